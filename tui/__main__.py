"""The composition root: a verb goes to `planner.cli`, everything else is the app.

Only here are clock, environment and arguments read. Imports stand in functions: help and version load nothing else.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from planner.documents.readback import Document
    from planner.ports import Source
    from planner.sources import SourceSpec


def main() -> None:
    """Run arcstep and end the process with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(argv: Sequence[str]) -> int:
    """What the arguments ask for; textual is imported only for the app."""
    from planner.cli import build_parser
    from planner.cli import main as headless

    try:
        arguments = build_parser().parse_args(argv)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 2
    if getattr(arguments, "verb", None) or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return headless(argv)
    from planner.cli import spec_from
    from planner.ports import SourceError

    try:
        spec = spec_from(arguments)
        _must_exist(spec)
    except SourceError as error:
        print(f"arcstep: {error.what}: {error.why} {error.cure}", file=sys.stderr)
        return error.exit_code
    return _run_app(arguments, spec)


def _must_exist(spec: SourceSpec) -> None:
    from planner.files import FileError
    from planner.inventory import clean

    for path in (spec.file, *spec.overlays):
        if path is not None and not path.is_file():
            raise FileError(f"{clean(str(path))} cannot be read", "there is no such file.", "Check the path.")


def _run_app(arguments: argparse.Namespace, spec: SourceSpec) -> int:
    _quiet_libraries()
    no_color = getattr(arguments, "no_color", False) or "NO_COLOR" in os.environ
    if no_color:
        os.environ["NO_COLOR"] = "1"  # for textual, which then sends no colour at all
    from datetime import UTC, datetime
    from functools import partial

    from tui.app import PlannerApp
    from tui.look import Look
    from tui.settings import read_settings, settings_path

    app = PlannerApp(
        opener=lambda which: _open(spec, which),
        begin="" if spec.is_plan else str(spec.file) if spec.kind == "file" else spec.kind,
        document=partial(_open_plan, spec.file) if spec.is_plan and spec.file else None,
        as_of=spec.as_of,
        clock=lambda: datetime.now(UTC),
        look=Look(ascii=getattr(arguments, "ascii", False)),
        settings=read_settings(settings_path()),
        no_color=no_color,
        overlays=spec.overlays,
    )
    app.run()
    return app.return_code or 0


def _open(spec: SourceSpec, which: str) -> Source:
    """The source the arguments named, or another one the operator chose on screen."""
    from dataclasses import replace
    from pathlib import Path

    from planner.sources import open_source

    kind = "live" if which == "live" else "demo" if which == "demo" else "file"
    chosen = replace(spec, kind=kind, file=Path(which).expanduser() if kind == "file" else None)
    return open_source(chosen)


def _open_plan(path: Path) -> Document:
    from planner.sources import open_plan

    return open_plan(path)


def _quiet_libraries() -> None:
    """A library that logs to the terminal would tear the screen."""
    import logging

    for name in ("azure", "msal", "asyncio", "aiohttp", "urllib3"):
        logging.getLogger(name).addHandler(logging.NullHandler())


if __name__ == "__main__":
    main()
