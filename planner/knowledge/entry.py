"""One entry of a knowledge file, read key by key. Every complaint names file, entry and reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NoReturn, TypeVar, cast

from planner.catalog import CatalogError
from planner.inventory import clean

T = TypeVar("T")
S = TypeVar("S", bound=StrEnum)

UNKNOWN = "unknown"
TEXT_LIMIT = 2000


class Entry:
    """Reads the keys of one table and remembers which ones nobody asked for.

    A fact nobody published is written as the text "unknown" with `<key>_reason` beside it; see `unless_unknown`.
    """

    def __init__(self, file: str, name: str, values: Mapping[str, Any], overlay: str | None = None) -> None:
        self.file = file
        self.name = name
        self.overlay = overlay
        self.reasons: dict[str, str] = {}
        """Why each unknown value is unknown, by key; filled while reading."""
        self._values = values
        self._left = set(values)

    def fail(self, reason: str) -> NoReturn:
        """Raise CatalogError about this entry."""
        raise CatalogError(f"{self.file}: {self.name}: {reason}")

    def close(self) -> None:
        """Refuse keys that were not read. Call after the last read."""
        if self._left:
            self.fail(f"unknown key {shown(min(self._left))}")

    def has(self, key: str) -> bool:
        """Whether an optional key is given."""
        return key in self._values

    def text(self, key: str, *, empty: bool = False) -> str:
        """A text; the empty one only where allowed."""
        return self._text(self._take(key), key, empty)

    def flag(self, key: str) -> bool:
        """true or false."""
        value = self._take(key)
        if not isinstance(value, bool):
            self.fail(f"{key} must be true or false, not {shown(value)}")
        return value

    def day(self, key: str) -> date:
        """A date without a time, written bare: 2025-10-31."""
        return self._day(self._take(key), key)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts without repeats; may be empty."""
        found = tuple(self._text(item, key, empty=False) for item in self._list(key))
        if len(set(found)) < len(found):
            self.fail(f"{key} names {shown(next(item for item in found if found.count(item) > 1))} twice")
        return found

    def parsed(self, key: str, parse: Callable[[str], T]) -> T:
        """A text that `parse` understands; its ValueError becomes the reason."""
        return self._parse(self.text(key), key, parse)

    def all_parsed(self, key: str, parse: Callable[[str], T]) -> tuple[T, ...]:
        """A list of texts that `parse` understands, without repeats."""
        return tuple(self._parse(item, key, parse) for item in self.texts(key))

    def choice(self, key: str, words: Iterable[str]) -> str:
        """One of the words."""
        value, allowed = self.text(key), tuple(words)
        if value not in allowed:
            self.fail(f"{key} is {shown(value)}, must be one of: {', '.join(allowed)}")
        return value

    def member(self, key: str, kind: type[S]) -> S:
        """A member of an enumeration, by its word."""
        return kind(self.choice(key, list(kind)))

    def tables(self, key: str) -> tuple[Entry, ...]:
        """A list of inner tables, each to be read and closed like an entry."""
        found: list[Entry] = []
        for place, item in enumerate(self._list(key), 1):
            found.append(self._inner(f"{key} {place}", self._table(item, f"{key} {place}")))
        return tuple(found)

    def table(self, key: str) -> Entry:
        """One inner table."""
        return self._inner(key, self._table(self._take(key), key))

    def days(self, key: str) -> dict[str, date]:
        """An inner table of dates by name."""
        return {
            name: self._day(item, f"{key}.{shown(name)}") for name, item in self._table(self._take(key), key).items()
        }

    def unless_unknown(self, key: str, read: Callable[[str], T]) -> T | None:
        """What `read` finds, or None where the value is "unknown"; then `<key>_reason` must say why."""
        if self._values.get(key) != UNKNOWN:
            return read(key)
        self._take(key)
        self.reasons[key] = self.text(f"{key}_reason")
        return None

    def sources(self, key: str = "source") -> str:
        """Citation keys, as "SKV" or "SKV, WN"; that they exist is checked when everything is read."""
        found = self.texts(key) if isinstance(self._values.get(key), list) else (self.text(key),)
        return ", ".join(found) or self.fail(f"{key} is empty")

    def _inner(self, name: str, values: Mapping[str, Any]) -> Entry:
        return Entry(self.file, f"{self.name}: {name}", values, self.overlay)

    def _take(self, key: str) -> Any:
        if key not in self._values:
            self.fail(f"{key} is missing")
        self._left.discard(key)
        return self._values[key]

    def _table(self, value: object, key: str) -> Mapping[str, object]:
        if not isinstance(value, dict):
            self.fail(f"{key} must be a table, not {shown(value)}")
        return cast("Mapping[str, object]", value)

    def _list(self, key: str) -> Sequence[object]:
        value = self._take(key)
        if not isinstance(value, list):
            self.fail(f"{key} must be a list, not {shown(value)}")
        return cast("Sequence[object]", value)

    def _text(self, value: object, key: str, empty: bool) -> str:
        if not isinstance(value, str):
            self.fail(f"{key} must be a text, not {shown(value)}")
        if not value.strip() and not empty:
            self.fail(f"{key} is empty")
        return clean(value, TEXT_LIMIT)

    def _day(self, value: object, key: str) -> date:
        if not isinstance(value, date) or isinstance(value, datetime):
            self.fail(f"{key} must be a date such as 2025-10-31, not {shown(value)}")
        return value

    def _parse(self, text: str, key: str, parse: Callable[[str], T]) -> T:
        try:
            return parse(text)
        except ValueError as problem:
            self.fail(f"{key}: {clean(str(problem), 200)}")


def shown(value: object) -> str:
    """A value from a file, short and harmless, for a message."""
    if not isinstance(value, str | int | float | bool | date):
        return f"a {type(value).__name__}"
    try:
        return clean(value if isinstance(value, str) else str(value), 60) or "an empty text"
    except ValueError:  # an integer of more digits than Python prints
        return "a very long number"
