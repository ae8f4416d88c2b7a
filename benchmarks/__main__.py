"""Prints the table. `python -m benchmarks [THEME ...]` measures all of it, or the themes that are named."""

from __future__ import annotations

import argparse
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from benchmarks.measure import HEADER, Row, line

THEMES = ("start", "keys", "freezes", "quitting", "headless", "planning", "files", "live", "timeline")


def main() -> int:
    """0 when every bar is kept, 1 when one is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Prints how fast arcstep is here.")
    parser.add_argument("themes", nargs="*", metavar="THEME", help=f"{', '.join(THEMES)}; without one, all of them")
    themes = parser.parse_args().themes or THEMES
    if unknown := set(themes) - set(THEMES):
        parser.error(f"no theme {', '.join(sorted(unknown))}; there are {', '.join(THEMES)}")
    print(HEADER)
    measured: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="arcstep-bench-") as folder:
        for theme in themes:
            for row in import_module(f"benchmarks.{theme}").rows(Path(folder)):
                print(line(row), flush=True)
                measured.append(row)
    missed = [row for row in measured if not row.ok]
    print(f"\n{len(measured) - len(missed)} of {len(measured)} within their bar")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
