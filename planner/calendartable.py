"""One table of a calendar file, read key by key. Every complaint names file, place, key and reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import Any, Final, NoReturn, cast

from planner.inventory import clean
from planner.schedule.slots import YEARS
from planner.schedule.words import WEEKDAYS

DAY: Final = 24 * 60
"""Minutes."""
_MOST: Final = 200
"""Windows, freezes or waves in one file."""
_SPAN: Final = re.compile(r"(\d{1,4}) ?(w|d|h|min)")
_MINUTES: Final = {"w": 7 * DAY, "d": DAY, "h": 60, "min": 1}
_TIME: Final = re.compile(r"(\d{2}):(\d{2})")
_MONTH_DAY: Final = re.compile(r"(\d{2})-(\d{2})")
_LEAP_YEAR: Final = 2000
"""Stands for every year in a yearly freeze; it has a 29 February."""
_LONGEST: Final = 30 * DAY
"""No figure for a step is longer."""


class CalendarError(ValueError):
    """A calendar that cannot be used; the message is a sentence without its full stop, naming file, key and reason."""


def nearest(near: list[str]) -> str:
    """The end of a complaint that names what may have been meant."""
    return f"; the nearest is {near[0]!r}" if near else ""


def quoted(value: object) -> str:
    """A value in a complaint."""
    return repr(clean(str(value), 60))


class Table:
    """Reads the keys of one table and remembers which ones exist. Every complaint names file, place, key and reason."""

    def __init__(self, file: str, where: str, values: Mapping[str, Any]) -> None:
        self._file = file
        self._where = where
        self._values = values
        self._known: set[str] = set()

    def fail(self, key: str, reason: str) -> NoReturn:
        """Raise CalendarError about a key."""
        raise CalendarError(": ".join(part for part in (self._file, self._where, clean(key), reason) if part))

    def close(self) -> None:
        """Refuse keys that nobody asked for. Call after the last read."""
        for key in sorted(set(self._values) - self._known):
            self.fail(
                key, f"there is no such key{nearest(get_close_matches(key, sorted(self._known), n=1, cutoff=0.5))}"
            )

    def _get(self, key: str) -> object:
        self._known.add(key)
        return self._values.get(key)

    def text(self, key: str, default: str) -> str:
        """A text, not empty; the default where it is not given."""
        value = self._get(key)
        if value is None:
            return default
        if not isinstance(value, str) or not value.strip():
            self.fail(key, "a text is needed")
        return clean(value.strip())

    def name(self) -> str:
        """The name of a window, freeze or wave, by which everything else calls it."""
        name = self.text("name", "")
        if not name:
            self.fail("name", "a name is needed")
        self._where = f"{self._where} {name!r}"
        return name

    def flag(self, key: str, default: bool) -> bool:
        """true or false."""
        value = self._get(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.fail(key, "true or false is needed")

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; none where it is not given."""
        value = self._get(key)
        if value is None:
            return ()
        many = cast("list[object]", value) if isinstance(value, list) else []
        texts = tuple(clean(one.strip()) for one in many if isinstance(one, str) and one.strip())
        if not texts or len(texts) != len(many):
            self.fail(key, 'a list of texts is needed, such as ["one", "two"]')
        return texts

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """A table of texts; none where it is not given."""
        value = self._get(key)
        if value is None:
            return ()
        pairs = cast("dict[str, object]", value) if isinstance(value, dict) else {}
        if not pairs or not all(isinstance(one, str) for one in pairs.values()):
            self.fail(key, 'a table of texts is needed, such as { ring = "0" }')
        return tuple((clean(name), clean(str(one))) for name, one in pairs.items())

    def weekday(self, day: str) -> int:
        """The number of a day, Monday = 0."""
        short = day.capitalize()
        if short not in WEEKDAYS:
            self.fail("days", f"{day!r} is not a day such as {', '.join(WEEKDAYS)}")
        return WEEKDAYS.index(short)

    def span(self, key: str) -> int:
        """Minutes of a text such as 24h; 0 where it is not given."""
        value = self._get(key)
        if value is None:
            return 0
        found = _SPAN.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            self.fail(key, f"{quoted(value)} is not a time such as 90min, 24h, 5d or 2w")
        return int(found[1]) * _MINUTES[found[2]]

    def count(self, key: str, least: int, most: int) -> int:
        """A whole number; the least where it is not given."""
        value = self._get(key)
        if value is None:
            return least
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.fail(key, f"a whole number from {least} to {most} is needed")
        return value

    def day(self, key: str) -> date | None:
        """A date, bare or in quotation marks; None where it is not given."""
        value = self._get(key)
        if value is None:
            return None
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            with suppress(ValueError):
                value = date.fromisoformat(value)
        if not isinstance(value, date) or isinstance(value, datetime) or value.year not in YEARS:
            self.fail(key, f"{quoted(value)} is not a date such as 2026-12-24")
        return value

    def bound(self, key: str) -> date | None:
        """An end of a freeze: a date, or None for a month and a day."""
        value = self._get(key)
        if value is None:
            self.fail(key, "a date is needed, or a month and a day such as 12-24")
        return None if isinstance(value, str) and _MONTH_DAY.fullmatch(value) else self.day(key)

    def month_day(self, key: str) -> date:
        """A month and a day, in the year that stands for every year."""
        value = str(self._get(key))
        month, day = map(int, value.split("-"))
        try:
            return date(_LEAP_YEAR, month, day)
        except ValueError:
            self.fail(key, f"{value!r} is no month and day")

    def wall_time(self, key: str) -> time:
        """A wall time, as text or bare; midnight where it is not given, and for 24:00."""
        value = self._get(key)
        if value is None:
            return time()
        if isinstance(value, time) and value.tzinfo is None and not value.second and not value.microsecond:
            return value
        found = _TIME.fullmatch(value) if isinstance(value, str) else None
        if found is None or int(found[2]) > 59 or int(found[1]) * 60 + int(found[2]) > DAY:
            self.fail(key, f"{quoted(value)} is not a time of day such as 22:00")
        return time(int(found[1]) % 24, int(found[2]))

    def figure(self, key: str, unit: int) -> tuple[int, int] | None:
        """Low and high in minutes, of a list of two numbers in a unit of so many minutes."""
        value = self._get(key)
        if value is None:
            return None
        many = cast("list[object]", value) if isinstance(value, list) else []
        ends = [one * unit for one in many if isinstance(one, int | float) and not isinstance(one, bool)]
        if len(ends) != 2 or len(many) != 2 or not 0 < ends[0] <= ends[1] <= _LONGEST:
            self.fail(key, "low and high are needed, such as [3, 8]")
        return max(1, round(ends[0])), max(1, round(ends[1]))

    def table(self, key: str) -> Table:
        """A table in this one; an empty one where it is not given."""
        value = self._get(key)
        if value is not None and not isinstance(value, dict):
            self.fail(key, f"a table is needed: [{key}]")
        return Table(self._file, key, cast("dict[str, Any]", value or {}))

    def tables(self, key: str) -> list[Table]:
        """Tables of one kind, in their order."""
        value = self._get(key)
        many = cast("list[object]", value) if isinstance(value, list) else []
        if value is not None and (not many or not all(isinstance(one, dict) for one in many)):
            self.fail(key, f"tables are needed, each under its own [[{key}]]")
        if len(many) > _MOST:
            self.fail(key, f"there are {len(many):,}, and no more than {_MOST} are read")
        return [Table(self._file, f"[[{key}]]", cast("dict[str, Any]", one)) for one in many]
