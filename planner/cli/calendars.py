"""The calendar of a verb: the file it names, and the runs that the journals of this machine saw."""

from __future__ import annotations

import argparse
from dataclasses import replace

from planner.cli.running import UsageError
from planner.schedule.calendar import ANYTIME, Calendar


def calendar_from(arguments: argparse.Namespace) -> Calendar:
    """What `--calendar` says, with own runs; nothing real is learned from a demo. Raises FileError, UsageError."""
    from planner.calendarfile import CalendarError, load

    path = getattr(arguments, "calendar", None)
    try:
        calendar = ANYTIME if path is None else load(path)
    except CalendarError as error:
        raise UsageError(f"The calendar cannot be used: {error}.".replace("..", ".")) from None
    if getattr(arguments, "demo", False):
        return calendar
    from planner.journal import own_runs, walks_directory

    directory = walks_directory()
    return replace(calendar, runs=own_runs(directory)) if directory.is_dir() else calendar
