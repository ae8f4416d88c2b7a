"""The composition root: a verb goes to `planner.cli`, everything else is the app.

Only here are clock, environment and arguments read. Imports stand in functions: help and version load nothing else.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from planner.cli.walk import Opened
    from planner.documents.readback import Document
    from planner.ports import Source
    from planner.sources import SourceSpec
    from tui.messages import CalendarChosen


def main() -> None:
    """Run arcstep and end the process with its exit code."""
    code = run(sys.argv[1:])
    gc.freeze()  # all memory goes back with the process: nothing needs to be searched for circles first
    sys.exit(code)


def run(argv: Sequence[str]) -> int:
    """What the arguments ask for; textual is imported only for the app."""
    from planner.cli import build_parser
    from planner.cli import main as headless

    try:
        arguments = build_parser().parse_args(argv)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 2
    verb = getattr(arguments, "verb", None)
    on_screen = verb is None or (verb == "walk" and not arguments.plain)
    if not on_screen or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return headless(argv)
    from planner.ports import SourceError

    try:
        return _walk(arguments) if verb else _start(arguments)
    except SourceError as error:
        print(f"arcstep: {error.what}: {error.why} {error.cure}", file=sys.stderr)
        return error.exit_code


def _start(arguments: argparse.Namespace) -> int:
    """The app on a source, or on a saved plan. Raises SourceError."""
    from functools import partial

    from planner.cli import spec_from

    spec = spec_from(arguments)
    _must_exist(spec)
    return _run_app(
        arguments,
        calendar=_calendar(getattr(arguments, "calendar", None)),
        opener=lambda which: _open(spec, which),
        begin="" if spec.is_plan else str(spec.file) if spec.kind == "file" else spec.kind,
        document=partial(_open_plan, spec.file) if spec.is_plan and spec.file else None,
        as_of=spec.as_of,
        overlays=spec.overlays,
    )


def _walk(arguments: argparse.Namespace) -> int:
    """The app on a walk. Raises SourceError for a plan that cannot be walked."""
    from planner.cli import spec_from
    from planner.cli.walk import open_walk
    from tui.messages import WalkAsked

    opened = open_walk(arguments)
    spec = spec_from(arguments)
    asked = WalkAsked(opened.plan, opened.digest, opened.file)
    return _run_app(
        arguments,
        source=opened.source,
        opened=opened,
        walk=asked,
        overlays=spec.overlays,
        opener=lambda which: _open(spec, which),
    )


def _calendar(path: Path | None) -> CalendarChosen | None:
    if path is None:
        return None
    from planner.calendarfile import CalendarError, load
    from planner.files import FileError
    from tui.messages import CalendarChosen

    try:
        return CalendarChosen(load(path), str(path))
    except CalendarError as error:
        raise FileError("The calendar cannot be used", f"{error}.", "Correct it, or start without it.") from None


def _must_exist(spec: SourceSpec) -> None:
    for path in (spec.file, *spec.overlays):
        if path is not None and not path.is_file():
            from planner.files import FileError
            from planner.inventory import clean

            raise FileError(f"{clean(str(path))} cannot be read", "there is no such file.", "Check the path.")


def _run_app(arguments: argparse.Namespace, *, opened: Opened | None = None, **options: Any) -> int:
    _quiet_libraries()
    no_color = getattr(arguments, "no_color", False) or "NO_COLOR" in os.environ
    if no_color:
        os.environ["NO_COLOR"] = "1"  # for textual, which then sends no colour at all
    from datetime import UTC, datetime

    from tui.app import PlannerApp
    from tui.look import Look
    from tui.outfit import outfit
    from tui.settings import read_settings, settings_path

    settings = read_settings(settings_path())
    app = PlannerApp(
        clock=lambda: datetime.now(UTC),
        look=Look(ascii=getattr(arguments, "ascii", False)),
        settings=settings,
        no_color=no_color,
        outfit=outfit(allow_upgrades="allow_upgrades" in arguments or settings.allow_upgrades, opened=opened),
        **options,
    )
    app.run()
    if app.walking.farewell:
        print(f"arcstep: {app.walking.farewell}", file=sys.stderr)
    code = app.return_code or 0
    if opened is None or app.walking.last is None:
        return code
    from planner.cli.exits import exit_of_walk

    return max(code, exit_of_walk(app.walking.last))


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
