"""Values of arguments: text in, or an error argparse shows."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from planner.emulator.mishaps import Named


def moment(text: str) -> datetime:
    """A date (its first moment in UTC) or a moment; without a zone it is UTC. For argparse."""
    from datetime import UTC, datetime

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2026-05-20") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def path(text: str) -> Path:
    """A path; whether it is there is looked at later."""
    from pathlib import Path

    return Path(text)


def days(text: str) -> int:
    """A number of days."""
    return _number(text, 0, 36500, "a number of days")


def port(text: str) -> int:
    """A port; 0 = a free one."""
    return _number(text, 0, 65535, "a port")


def _number(text: str, least: int, most: int, what: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 9 and least <= int(text) <= most):
        raise argparse.ArgumentTypeError(f"{text!r} is not {what} from {least} to {most}")
    return int(text)


def speed(text: str) -> float:
    """How many times faster than the clock; 0 = time stands still."""
    try:
        speed = float(text)
    except ValueError:
        speed = -1.0
    if not 0 <= speed <= 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is not a speed such as 60")
    return speed


def haste(text: str) -> float:
    """A speed at which a walk gets on."""
    if (found := speed(text)) <= 0:
        raise argparse.ArgumentTypeError("time would stand still, and the walk with it")
    return found


def faults(text: str) -> tuple[Named, ...]:
    """What goes wrong in a rehearsal, and at which step."""
    from planner.emulator.mishaps import MishapError, parse_mishaps

    try:
        return parse_mishaps(text)
    except MishapError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
