"""A calendar by whole days, for a date axis: the days that are frozen for an instance, and those on which work is allowed.

Days are those of the calendar's own zone, as its freezes are written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from planner.schedule.calendar import Calendar
from planner.schedule.slots import YEARS, free_time, frozen_time, midnight

_DAY: Final = timedelta(days=1)
_MOMENT: Final = timedelta(microseconds=1)
_FIRST: Final = date(YEARS.start, 1, 1)
_LAST: Final = date(YEARS.stop - 1, 12, 30)


@dataclass(frozen=True, slots=True)
class Frozen:
    """Days on which nothing may be under way, both included."""

    what: str
    """Such as "freeze year end", or "nothing before 2026-06-01" where the calendar begins or ends."""
    first: date
    last: date


def frozen_days(calendar: Calendar, instance: str, first: date, last: date) -> tuple[Frozen, ...]:
    """What keeps an instance from work between two days, by its first day, cut off at both; they may overlap.

    "" = an instance nobody knows the name of: then only what is meant for every instance counts.
    """
    first, last = max(first, _FIRST), min(last, _LAST)
    if last < first:
        return ()
    begin, end = midnight(first, calendar.zone), midnight(last + _DAY, calendar.zone)
    found = [
        Frozen(f"freeze {name}", *_days(start, stop, calendar.zone))
        for start, stop, name in frozen_time(calendar, instance, begin, end)
    ]
    return tuple(sorted((*found, *_outside(calendar, first, last)), key=lambda one: (one.first, one.last)))


def _outside(calendar: Calendar, first: date, last: date) -> Iterator[Frozen]:
    if calendar.start is not None and calendar.start > first:
        yield Frozen(f"nothing before {calendar.start}", first, min(calendar.start - _DAY, last))
    if calendar.finish_by is not None and calendar.finish_by < last:
        yield Frozen(f"nothing after {calendar.finish_by}", max(calendar.finish_by + _DAY, first), last)


def open_days(calendar: Calendar, instance: str, first: date, last: date) -> frozenset[date]:
    """The days between two with any time for work: a window, or no window applies; and no freeze of the whole day."""
    first, last = max(first, _FIRST), min(last, _LAST)
    if last < first:
        return frozenset()
    begin, end = midnight(first, calendar.zone), midnight(last + _DAY, calendar.zone)
    found: set[date] = set()
    for free in free_time(calendar, instance, begin, end):
        day, until = _days(free.start, free.end, calendar.zone)
        found.update(day + timedelta(days=number) for number in range((until - day).days + 1))
    return frozenset(found)


def _days(start: datetime, stop: datetime, zone: tzinfo) -> tuple[date, date]:
    """The first and the last day an interval touches; midnight at its end touches no further day."""
    return start.astimezone(zone).date(), (stop - _MOMENT).astimezone(zone).date()
