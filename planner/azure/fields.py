"""Single fields out of raw JSON, leniently: a wrong type is an absence, never an exception (H13, H14)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, TypeVar, cast

from planner.inventory import Known, Observed, Unknown, clean
from planner.version import InvalidVersion, KubernetesVersion

T = TypeVar("T")
Json = Mapping[str, object]

NOTHING: Final[Json] = {}
MOST_ITEMS: Final = 2000
"""Longer lists inside one document are cut: no real one comes near."""


def mapping(value: object) -> Json:
    """The value as an object, or an empty one."""
    return cast(Json, value) if isinstance(value, dict) else NOTHING


def inside(document: object, *path: str) -> object:
    """What lies at the end of a path of keys, or None."""
    current = document
    for key in path:
        current = mapping(current).get(key)
    return current


def is_list(value: object) -> bool:
    """True for a list, an empty one included: an empty list is an answer."""
    return isinstance(value, list)


def items(value: object) -> list[Json]:
    """The objects in a list; whatever else it holds is left out."""
    if not isinstance(value, list):
        return []
    return [cast(Json, item) for item in cast("list[object]", value)[:MOST_ITEMS] if isinstance(item, dict)]


def texts(value: object) -> list[object]:
    """The members of a list as they are, or none."""
    return cast("list[object]", value)[:MOST_ITEMS] if isinstance(value, list) else []


def text(value: object, limit: int = 256) -> str | None:
    """A harmless text, or None where there is none."""
    return clean(value, limit) if isinstance(value, str) and value else None


def count(value: object) -> int | None:
    """A whole number from 0 to a million, or None; true and false are no numbers."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1_000_000 else None


def flag(value: object) -> bool | None:
    """true or false, or None for anything else, "no" included."""
    return value if isinstance(value, bool) else None


def moment(value: object) -> datetime | None:
    """A time with its zone, as UTC, or None."""
    if not isinstance(value, str) or not 10 < len(value) < 64:
        return None
    try:
        found = datetime.fromisoformat(value)
        return found.astimezone(UTC) if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def version(value: object) -> KubernetesVersion | None:
    """A d.d.d version given as text, or None: the number 1.30 would read as 1.3."""
    try:
        return KubernetesVersion.parse(value) if isinstance(value, str) else None
    except InvalidVersion:
        return None


def observed(value: T | None, at: datetime, source: str, what: str) -> Observed[T]:
    """The value as a fact, or that Azure did not report it."""
    return Known(value, at, source) if value is not None else Unknown(f"Azure reported no {what}")


def shown(value: object) -> str:
    """A refused value, short enough to be quoted in a reason."""
    return f"“{clean(str(value) if isinstance(value, str | int | float) else type(value).__name__, 40)}”"


def changed_at(document: object) -> datetime | None:
    """When Azure last changed the document; for cached documents this is the age of the facts."""
    return moment(inside(document, "systemData", "lastModifiedAt"))
