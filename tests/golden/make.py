"""Writes the golden documents anew: `python -m tests.golden.make`. Read the difference before it is committed."""

from __future__ import annotations

from planner.documents.markdown import render
from tests.golden.situations import FOLDER, plans


def main() -> None:
    """One file for each situation; files of situations that are gone go too."""
    wanted = {FOLDER / f"{name}.md": render(plan) for name, plan in plans().items()}
    for old in set(FOLDER.glob("*.md")) - set(wanted):
        old.unlink()
    for path, text in wanted.items():
        path.write_bytes(text.encode("utf-8"))


if __name__ == "__main__":
    main()
