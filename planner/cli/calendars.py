"""The calendar of a verb: the file it names, and the runs that the journals of this machine saw."""

from __future__ import annotations

import argparse
from dataclasses import replace

from planner.bands import Run
from planner.cli.running import UsageError, say
from planner.inventory import Inventory
from planner.schedule.calendar import ANYTIME, Calendar
from planner.schedule.words import unmatched


def calendar_from(arguments: argparse.Namespace) -> Calendar:
    """What `--calendar` says, with own runs; nothing real is learned from a demo. Raises FileError, UsageError."""
    from planner.calendarfile import CalendarError, load

    path = getattr(arguments, "calendar", None)
    try:
        calendar = ANYTIME if path is None else load(path)
    except CalendarError as error:
        raise UsageError(f"The calendar cannot be used: {error}.".replace("..", ".")) from None
    return calendar if getattr(arguments, "demo", False) else replace(calendar, runs=_own_runs())


def say_unmatched(calendar: Calendar, inventory: Inventory) -> None:
    """A freeze whose pattern names nothing that was read freezes nothing: that is said, not left to be found."""
    for sentence in unmatched(calendar, (one.name for one in inventory.instances)):
        say(f"calendar: {sentence}")


def _own_runs() -> tuple[Run, ...]:
    """A plan does not fail for want of them."""
    from planner.files import FileError

    try:
        return own_runs_here()
    except FileError as error:
        say(f"your own runs are not counted: {error.what}: {error.why}")
        return ()


def own_runs_here() -> tuple[Run, ...]:
    """Looked for where walks lie; the directory is not made for that. Raises FileError."""
    from planner.files import state_directory
    from planner.journal import own_runs

    return own_runs(state_directory() / "walks")
