"""TOML tables read strictly: every key is asked for by kind, and what is left over is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final, TypeVar, cast

from planner.emulator.faults import Fault
from planner.version import InvalidVersion, KubernetesVersion

__all__ = ["FleetError", "Table"]

T = TypeVar("T")
_MISSING: Final = object()


class FleetError(ValueError):
    """A fleet file cannot be used. The message names file, entry and reason."""


class Table:
    """One TOML table that is emptied while it is read, so that what is left over was not understood."""

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self._values = dict(values)
        self.where = where

    def fail(self, reason: str) -> FleetError:
        """The error for this entry."""
        return FleetError(f"{self.where}: {reason}")

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def _take(self, key: str, default: Any) -> Any:
        value = self._values.pop(key, default)
        if value is _MISSING:
            raise self.fail(f"{key} is missing")
        return value

    def named(self, key: str) -> str:
        """A required text that from now on names this entry in messages."""
        name = self.text(key)
        self.where = f"{self.where} ({name})"
        return name

    def text(self, key: str, default: Any = _MISSING) -> Any:
        """A text."""
        value = self._take(key, default)
        if value is not default and not isinstance(value, str):
            raise self.fail(f"{key} must be a text")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts or numbers, or one of them alone; () where it is missing."""
        value = self._take(key, ())
        values: list[Any] = list(cast("list[Any]", value)) if isinstance(value, list | tuple) else [value]
        return tuple(str(item) for item in values)

    def number(self, key: str, default: int) -> int:
        """A whole number that is not negative."""
        value = self._take(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.fail(f"{key} must be a whole number")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """true or false."""
        value = self._take(key, default)
        if not isinstance(value, bool):
            raise self.fail(f"{key} must be true or false")
        return value

    def moment(self, key: str) -> datetime:
        """A required moment with its offset."""
        value = self._take(key, _MISSING)
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise self.fail(f"{key} must be a moment such as 2026-05-20T12:00:00Z")
        return value.astimezone(UTC)

    def day(self, key: str) -> datetime | None:
        """The evening of a date."""
        value = self._take(key, None)
        if value is not None and type(value) is not date:
            raise self.fail(f"{key} must be a date such as 2026-05-20")
        return None if value is None else datetime.combine(value, time(20, 15), UTC)

    def check(self, value: Any, reader: Callable[[str], T]) -> T:
        """Read one value with a parser of versions."""
        try:
            return reader(value)
        except InvalidVersion as problem:
            raise self.fail(str(problem)) from None

    def read(self, key: str, reader: Callable[[str], object], default: Any = _MISSING) -> Any:
        """A text that must be a version of some kind, kept as text."""
        value = self.text(key, default)
        if isinstance(value, str):
            self.check(value, reader)
        return value

    def versions(self, key: str) -> tuple[str, ...] | None:
        """A list of Kubernetes versions; None where it is missing."""
        if key not in self._values:
            return None
        return tuple(str(self.check(text, KubernetesVersion.parse)) for text in self.texts(key))

    def choice(self, key: str, known: Mapping[str, T]) -> T:
        """The entry another table defines under this name."""
        name = self.text(key)
        if name not in known:
            raise self.fail(f"{key} {name!r} is not defined; there are {', '.join(known) or 'none'}")
        return known[name]

    def table(self, key: str) -> dict[str, Any]:
        """A table, {} where it is missing."""
        value = self._take(key, {})
        if not isinstance(value, dict):
            raise self.fail(f"{key} must be a table")
        return cast("dict[str, Any]", value)

    def entries(self, key: str) -> list[Table]:
        """A list of tables, each named by its place."""
        value = self._take(key, [])
        rows: list[Any] = cast("list[Any]", value) if isinstance(value, list) else [None]
        if not all(isinstance(row, dict) for row in rows):
            raise self.fail(f"{key} must be a list of tables")
        return [Table(row, f"{self.where}: {key} {place}") for place, row in enumerate(rows, 1)]

    def faults(self, *parts: str) -> list[Fault]:
        """Faults of the parts this resource has."""
        try:
            found = [Fault.parse(text) for text in self.texts("faults")]
        except ValueError as problem:
            raise self.fail(str(problem)) from None
        foreign = next((fault for fault in found if fault.part not in parts), None)
        if foreign is not None:
            raise self.fail(f"a fault of {foreign.part} does not belong here")
        return found

    def done(self) -> None:
        """Refuse what nobody asked for."""
        if self._values:
            raise self.fail(f"unknown key {', '.join(sorted(self._values))}")
