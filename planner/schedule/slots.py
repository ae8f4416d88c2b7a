"""Free time: when work on an instance may be under way, by windows, freezes, the first day and the last one.

Windows and freezes are meant in the calendar's own zone. A wall time that comes twice opens a window the second time and
closes it the first time, so that nothing is under way at a time somebody may have meant to be closed; whole days begin the
first time. One that is skipped is the moment the clocks go forward.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final

from planner.schedule.calendar import Calendar, Freeze, Window

HORIZON: Final = timedelta(days=3 * 366)
"""So far ahead, or back, a slot is looked for."""
YEARS: Final = range(1900, 9000)
"""Years with which time is reckoned; a day outside them is no day of any plan."""
_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Free:
    """An interval in which work may be under way, in UTC."""

    start: datetime
    end: datetime
    window: str = ""
    """Names of the windows it is made of; "" = any time is allowed."""

    @property
    def minutes(self) -> int:
        """Its length."""
        return (self.end - self.start) // _MINUTE


class FreeTime:
    """The free time of an instance from a moment on, worked out as far as it is asked for."""

    def __init__(self, calendar: Calendar, instance: str, begin: datetime, end: datetime) -> None:
        self._source = free_time(calendar, instance, begin, end)
        self._found: list[Free] = []
        self._ends: list[datetime] = []

    def first(self, minutes: int, at: datetime) -> Free | None:
        """The earliest time for work that is not interrupted, not before `at`; None where there is none."""
        length = timedelta(minutes=minutes)
        place = bisect_right(self._ends, at)
        while place < len(self._found) or self._more():
            free = self._found[place]
            start = max(free.start, at)
            if start + length <= free.end:
                return Free(start, start + length, free.window)
            place += 1
        return None

    def _more(self) -> bool:
        free = next(self._source, None)
        if free is None:
            return False
        self._found.append(free)
        self._ends.append(free.end)
        return True


class FreeBefore:
    """The free time of an instance up to any moment, worked out as far back as it is asked for."""

    def __init__(self, calendar: Calendar, instance: str) -> None:
        self._calendar, self._instance = calendar, instance
        self._found: list[Free] = []
        self._starts: list[datetime] = []
        self._span: tuple[datetime, datetime] | None = None

    def last(self, minutes: int, limit: datetime) -> Free | None:
        """The latest time for work that is not interrupted, over by `limit`; None where there is none."""
        return next((found for reach in _REACHES if (found := self._last(minutes, limit, reach)) is not None), None)

    def _last(self, minutes: int, limit: datetime, reach: timedelta) -> Free | None:
        self._cover(limit - reach, limit)
        length = timedelta(minutes=minutes)
        for place in range(bisect_right(self._starts, limit) - 1, -1, -1):
            free = self._found[place]
            start = min(free.end, limit) - length
            if start >= free.start:
                return Free(start, start + length, free.window)
        return None

    def _cover(self, since: datetime, until: datetime) -> None:
        span = self._span
        if span is not None and span[0] <= since and until <= span[1]:
            return
        if span is not None:
            # Once more than the first time it is a fleet that asks: a good piece further saves to begin anew each time.
            since = span[0] if span[0] <= since else since - _REACHES[1]
            until = span[1] if until <= span[1] else until + _REACHES[1]
        self._span = since, until
        self._found = [*free_time(self._calendar, self._instance, since, until)]
        self._starts = [free.start for free in self._found]


_REACHES: Final = (timedelta(days=45), timedelta(days=400), HORIZON)
"""How far back free time is worked out: no further than it has to be."""


def free_time(calendar: Calendar, instance: str, begin: datetime, end: datetime) -> Iterator[Free]:
    """The free intervals between two moments in UTC, in order; no two of them touch."""
    first, last = limits_of(calendar)
    begin, end = max(begin, first or begin), min(end, last or end)
    frozen = frozen_time(calendar, instance, begin, end)
    for opening in _merged(_openings(calendar, instance, begin, end)):
        yield from _without(opening, frozen)


def frozen_time(
    calendar: Calendar, instance: str, begin: datetime, end: datetime
) -> tuple[tuple[datetime, datetime, str], ...]:
    """The freezes of an instance between two moments: start, end and name, by their start; they may overlap."""
    found = (
        (max(start, begin), min(stop, end), freeze.name)
        for freeze in freezes_of(calendar, instance)
        for start, stop in _stops(freeze, calendar.zone, begin.year - 2, end.year + 1)
        if start < end and stop > begin
    )
    return tuple(sorted(found))


def limits_of(calendar: Calendar) -> tuple[datetime | None, datetime | None]:
    """The moments before and after which nothing may be under way."""
    first = None if calendar.start is None else midnight(calendar.start, calendar.zone)
    last = None if calendar.finish_by is None else midnight(calendar.finish_by + _DAY, calendar.zone)
    return first, last


def windows_of(calendar: Calendar, instance: str) -> tuple[Window, ...]:
    """The windows of an instance; none = any time."""
    return tuple(window for window in calendar.windows if names(window.instances, instance))


def freezes_of(calendar: Calendar, instance: str) -> tuple[Freeze, ...]:
    """The freezes of an instance."""
    return tuple(freeze for freeze in calendar.freezes if names(freeze.instances, instance))


def names(patterns: Sequence[str], instance: str) -> bool:
    """Whether patterns name an instance; no pattern names every one. Capital letters make no difference."""
    return not patterns or any(fnmatchcase(instance.casefold(), pattern.casefold()) for pattern in patterns)


def longest_window(calendar: Calendar, instance: str) -> int | None:
    """Minutes of the longest window by the clock on the wall, freezes apart; None where work is never kept waiting."""
    monday = datetime(2001, 1, 1, tzinfo=UTC)
    plain = replace(calendar, zone=UTC, freezes=(), start=None, finish_by=None)
    if not windows_of(plain, instance):
        return None
    spans = [free.minutes for free in free_time(plain, instance, monday, monday + 21 * _DAY)]
    longest = max(spans, default=0)
    return None if longest >= 21 * 24 * 60 else longest


# -- wall times --


def midnight(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day, in UTC."""
    return moment(datetime.combine(day, time()), zone)


def last_moment(wall: datetime, zone: tzinfo) -> datetime:
    """The moment in UTC at which clocks on the wall show a time: the last, where they do so twice."""
    last = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return last if last.astimezone(zone).replace(tzinfo=None) == wall else moment(wall, zone)


def moment(wall: datetime, zone: tzinfo) -> datetime:
    """The moment in UTC at which clocks on the wall show a time: the first, where they do so twice."""
    first = wall.replace(tzinfo=zone).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return first
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    before = early.astimezone(zone).utcoffset()
    while first - early > _MINUTE:
        middle = early + (first - early) // (2 * _MINUTE) * _MINUTE
        early, first = (middle, first) if middle.astimezone(zone).utcoffset() == before else (early, middle)
    return first


def _openings(calendar: Calendar, instance: str, begin: datetime, end: datetime) -> Iterator[Free]:
    windows = windows_of(calendar, instance)
    if not windows:
        if begin < end:
            yield Free(begin, end)
        return
    for year in range((begin - 2 * _DAY).year, (end + 2 * _DAY).year + 1):
        opened = sorted(
            (start, stop, window.name) for window in windows for start, stop in _year(window, calendar.zone, year)
        )
        for start, stop, name in opened:
            if start < end and stop > begin:
                yield Free(max(start, begin), min(stop, end), name)


@lru_cache(maxsize=512)
def _year(window: Window, zone: tzinfo, year: int) -> tuple[tuple[datetime, datetime], ...]:
    """A window's openings on the days of a year; one that the clocks skip, or may close before it opens, is left out."""
    day = date(year, 1, 1)
    found: list[tuple[datetime, datetime]] = []
    later = _DAY if window.closes <= window.opens else timedelta()
    opening = moment if window.opens == window.closes else last_moment  # days in a row leave no gap between them
    while day.year == year:
        if day.weekday() in window.days:
            start = opening(datetime.combine(day, window.opens), zone)
            stop = moment(datetime.combine(day + later, window.closes), zone)
            if start < stop:
                found.append((start, stop))
        day += _DAY
    return tuple(found)


def _merged(openings: Iterator[Free]) -> Iterator[Free]:
    """Openings that touch as one; they come by their start."""
    held = next(openings, None)
    if held is None:
        return
    for free in openings:
        if free.start > held.end:
            yield held
            held = free
        else:
            both = dict.fromkeys((*held.window.split(", "), free.window))
            held = Free(held.start, max(held.end, free.end), ", ".join(both))
    yield held


def _without(opening: Free, frozen: Sequence[tuple[datetime, datetime, str]]) -> Iterator[Free]:
    at = opening.start
    for start, stop, _ in frozen:
        if stop <= at:
            continue
        if start >= opening.end:
            break
        if start > at:
            yield replace(opening, start=at, end=start)
        at = max(at, stop)
    if at < opening.end:
        yield replace(opening, start=at)


def _stops(freeze: Freeze, zone: tzinfo, first: int, last: int) -> Iterator[tuple[datetime, datetime]]:
    """A freeze as moments; a yearly one for each of the years in which it may begin."""
    if not freeze.yearly:
        yield midnight(freeze.first, zone), midnight(freeze.last + _DAY, zone)
        return
    turn = (freeze.last.month, freeze.last.day) < (freeze.first.month, freeze.first.day)
    for year in range(first, last + 1):
        start = _on(year, freeze.first, _DAY)
        stop = _on(year + turn, freeze.last, timedelta()) + _DAY
        if start < stop:
            yield midnight(start, zone), midnight(stop, zone)


def _on(year: int, day: date, leap: timedelta) -> date:
    """The month and day in a year; 29 February of other years is the day before 1 March, and `leap` later."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28) + leap
