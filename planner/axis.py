"""A date axis in cells of text: which day stands where, and the labels above it.

Days are whole calendar days in UTC. A cell holds as many days as the zoom says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class Zoom(StrEnum):
    """How much of the calendar forty cells show: a good month, a good quarter, a good year."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def days(self) -> int:
        """Days in a cell."""
        return _DAYS[self]

    def closer(self) -> Zoom:
        """The next one with fewer days in a cell; the closest stays."""
        return _STEPS[max(_STEPS.index(self) - 1, 0)]

    def wider(self) -> Zoom:
        """The next one with more days in a cell; the widest stays."""
        return _STEPS[min(_STEPS.index(self) + 1, len(_STEPS) - 1)]


_STEPS: Final = (Zoom.MONTH, Zoom.QUARTER, Zoom.YEAR)
_DAYS: Final = {Zoom.MONTH: 1, Zoom.QUARTER: 3, Zoom.YEAR: 10}


def shifted(day: date, days: int) -> date:
    """A day some days later or earlier; the calendar's own first and last day stop it."""
    wanted = day.toordinal() + days
    return date.fromordinal(min(max(wanted, date.min.toordinal()), date.max.toordinal()))


@dataclass(frozen=True, slots=True)
class Axis:
    """Days from left to right, the first one in cell 0."""

    first: date
    zoom: Zoom

    @classmethod
    def around(cls, day: date, zoom: Zoom, width: int) -> Axis:
        """An axis with a day a third of the way in: what comes matters more than what was."""
        return cls(shifted(day, -(width // 3) * zoom.days), zoom)

    def cell(self, day: date) -> int:
        """The cell a day stands in; negative = left of the axis."""
        return (day - self.first).days // self.zoom.days

    def last_day(self, cell: int) -> date:
        """The last day of a cell."""
        return shifted(self.first, (cell + 1) * self.zoom.days - 1)

    def header(self, width: int) -> tuple[str, str]:
        """Two lines of exactly `width` cells: the larger periods, and the smaller ones below, each where it begins."""
        upper, lower = _PERIODS[self.zoom]
        return self._labels(upper, width, runs_in=True), self._labels(lower, width, runs_in=False)

    def _labels(self, period: _Period, width: int, *, runs_in: bool) -> str:
        """`runs_in` = the period that began before the axis is named too, where it has room."""
        starts: list[tuple[int, str]] = []
        before = period.number(shifted(self.first, -1))
        for cell in range(width):
            last = self.last_day(cell)
            if (now := period.number(last)) != before:
                starts.append((cell, period.name(last)))
            before = now
        if runs_in and (not starts or starts[0][0] > 0):
            starts.insert(0, (0, period.name(self.first)))
        line = ""
        for place, (cell, name) in enumerate(starts):
            until = starts[place + 1][0] - 1 if place + 1 < len(starts) else width
            if cell >= len(line) and cell + len(name) <= until:
                line = line.ljust(cell) + name
        return line.ljust(width)


@dataclass(frozen=True, slots=True)
class _Period:
    number: Callable[[date], int]
    """Days of one period share a number."""
    name: Callable[[date], str]
    """What stands where the period of a day begins."""


_YEARS: Final = _Period(lambda day: day.year, lambda day: f"{day.year:04}")
_QUARTERS: Final = _Period(lambda day: day.year * 4 + (day.month - 1) // 3, lambda day: f"Q{(day.month - 1) // 3 + 1}")
_MONTHS: Final = _Period(lambda day: day.year * 12 + day.month, lambda day: _NAMES[day.month - 1])
_DATED_MONTHS: Final = _Period(
    lambda day: day.year * 12 + day.month, lambda day: f"{_NAMES[day.month - 1]} {day.year:04}"
)
_WEEKS: Final = _Period(lambda day: (day.toordinal() - 1) // 7, lambda day: f"{shifted(day, -day.weekday()).day:02}")
"""Named by the day of the month their Monday is."""
_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Not by locale: the same plan is the same text everywhere."""
_PERIODS: Final = {
    Zoom.MONTH: (_DATED_MONTHS, _WEEKS),
    Zoom.QUARTER: (_YEARS, _MONTHS),
    Zoom.YEAR: (_YEARS, _QUARTERS),
}
