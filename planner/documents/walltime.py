"""Moments in words: in UTC, and by the clock on the wall where a calendar has a time zone of its own.

A zone this machine does not know is as none: the moment in UTC is right everywhere.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo


def zone_of(name: str) -> tzinfo | None:
    """A time zone by its name; None where that is UTC, or where this machine does not know it."""
    try:
        return None if name == "UTC" else ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None


def between(start: datetime, end: datetime) -> str:
    """Two moments in UTC; the day of the second one only where it is another."""
    return f"{_span(start.astimezone(UTC), end.astimezone(UTC))} UTC"


def between_here(start: datetime, end: datetime, zone: str) -> str:
    """As `between`, by the clock on the wall first where the zone is another.

    2026-06-05 20:00 – 22:00 Europe/Vienna (18:00 – 20:00 UTC); the day in UTC only where it is another.
    """
    utc, found = between(start, end), zone_of(zone)
    if found is None:
        return utc
    try:
        start, end = start.astimezone(found), end.astimezone(found)
    except OverflowError:
        return utc
    if start.date() == end.date():
        utc = utc.removeprefix(f"{start:%Y-%m-%d} ")
    return f"{_span(start, end)} {zone} ({utc})"


def _span(start: datetime, end: datetime) -> str:
    is_one_day = start.date() == end.date()
    return f"{start:%Y-%m-%d %H:%M} – {end:%H:%M}" if is_one_day else f"{start:%Y-%m-%d %H:%M} – {end:%Y-%m-%d %H:%M}"
