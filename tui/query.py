"""The filter line: text to a test on rows, and the orders a fleet can be put in. Pure; no Textual."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from planner.states import SupportState
    from planner.version import KubernetesVersion


@dataclass(frozen=True, slots=True)
class Row:
    """What the fleet list knows of a cluster without looking deeper. Findings and the next move are made lazily."""

    key: str
    name: str
    group: str
    instance: str
    release: str
    version: KubernetesVersion | None
    state: SupportState
    ends: date | None
    missing: str
    """Why something could not be read, or ""."""
    text: str
    """What a plain word is looked for in, folded."""
    home: str = ""
    """Id of the instance; "" where it is unknown. Two instances may have one name."""
    subscription: str = ""
    """Name and id."""
    tags: tuple[tuple[str, str], ...] = ()

    def days(self, as_of: date) -> int | None:
        """Days to the nearest end; negative = since."""
        return None if self.ends is None else (self.ends - as_of).days


Test = Callable[[Row, date], bool]

_WORD: Final = re.compile(r'(?:[^\s"]|"[^"]*"?)+')
"""A term ends at a space, unless the space stands between double quotes; the last quote may still be to come."""
_TERM: Final = re.compile(r"(!?)(?:([a-z]+)(<=|>=|<|>|:|=))?(.*)", re.DOTALL)
_FIELDS: Final[dict[str, Callable[[Row], str]]] = {
    "name": lambda row: row.name,
    "cluster": lambda row: row.name,
    "group": lambda row: row.group,
    "instance": lambda row: row.instance,
    "release": lambda row: row.release,
    "version": lambda row: str(row.version or "unknown"),
    "state": lambda row: str(row.state),
    "support": lambda row: str(row.state),
    "subscription": lambda row: row.subscription,
    "missing": lambda row: row.missing,
}
FIELDS: Final = (*_FIELDS, "tag", "days")
"""Findings and next moves are no fields: they are made when a row is looked at, not for a whole fleet at each key."""


def terms(query: str) -> list[str]:
    """The query taken apart, folded and without its quotes: site:"north hall" is one term."""
    return [term.replace('"', "") for term in _WORD.findall(query.casefold())]


def keep(rows: Sequence[Row], query: str, as_of: date) -> Sequence[Row]:
    """The rows every term of the query holds for, in their order; an empty query keeps all."""
    for term in terms(query):
        rows = _narrow(rows, term, as_of)
    return rows


def _narrow(rows: Sequence[Row], term: str, as_of: date) -> Sequence[Row]:
    found = _TERM.fullmatch(term)
    assert found is not None  # the last group takes anything
    inverse, field, operator, value = found.groups()
    test = _field_test(field, operator, value) if field else None
    if test is not None:
        return [row for row in rows if test(row, as_of) is not bool(inverse)]
    word = term[1:] if inverse else term
    if inverse:
        return [row for row in rows if word not in row.text]
    return [row for row in rows if word in row.text]


def asks_for_tag(query: str) -> bool:
    """Whether a term of the filter is about tags."""
    return any(term.removeprefix("!").startswith("tag:") for term in terms(query))


def tag_names(rows: Iterable[Row]) -> list[str]:
    """The names of all tags there are, in the order of the alphabet. Clusters share few sets of tags."""
    return sorted({name for tags in {row.tags for row in rows} for name, _ in tags}, key=str.casefold)


def strange_terms(query: str) -> tuple[str, ...]:
    """Terms that look like a field with a value but are none, such as suport<45d: they count as plain words."""
    found = (_TERM.fullmatch(term) for term in terms(query))
    return tuple(
        f"{term[2]}{term[3]}{term[4]}"
        for term in found
        if term and term[2] and not _field_test(term[2], term[3], term[4])
    )


def _field_test(field: str, operator: str, value: str) -> Test | None:
    """None where the field or the value makes no sense: then the term is a plain word."""
    if operator in _COMPARE:
        make = _COMPARED.get(field)
        return make(_COMPARE[operator], value) if make else None
    if field == "tag":
        return _tag_test(value)
    read = _FIELDS.get(field)
    if read is None:
        return None
    if operator == ":" and value.startswith("="):
        return _exact_test(field, read, value[1:])
    return lambda row, as_of: value in read(row).casefold()


def _exact_test(field: str, read: Callable[[Row], str], wanted: str) -> Test:
    """instance:=plant1 does not keep plant12; an instance may be given by its id too, since two can have one name."""
    if field == "instance":
        return lambda row, as_of: wanted in (row.instance.casefold(), row.home.casefold())
    return lambda row, as_of: read(row).casefold() == wanted


def _tag_test(value: str) -> Test:
    """line=3 is exactly that tag, line= any value of it; without "=" a part of a tag's name or value is enough.

    Clusters share few sets of tags, so each set is looked at once.
    """
    name, exact, wanted = value.partition("=")
    known: dict[tuple[tuple[str, str], ...], bool] = {}

    def holds(tags: tuple[tuple[str, str], ...]) -> bool:
        folded = [(tag.casefold(), text.casefold()) for tag, text in tags]
        if exact:
            return any(tag == name and (not wanted or text == wanted) for tag, text in folded)
        return any(value in tag or value in text for tag, text in folded)

    def test(row: Row, as_of: date) -> bool:
        found = known.get(row.tags)
        if found is None:
            found = known[row.tags] = holds(row.tags)
        return found

    return test


_COMPARE: Final[dict[str, Callable[[object, object], bool]]] = {
    "<": lambda left, right: left < right,  # type: ignore[operator]
    "<=": lambda left, right: left <= right,  # type: ignore[operator]
    ">": lambda left, right: left > right,  # type: ignore[operator]
    ">=": lambda left, right: left >= right,  # type: ignore[operator]
}


def _days_test(compare: Callable[[object, object], bool], value: str) -> Test | None:
    text = value.removesuffix("d")
    if not re.fullmatch(r"-?\d{1,6}", text):
        return None
    limit = int(text)

    def test(row: Row, as_of: date) -> bool:
        days = row.days(as_of)
        return days is not None and compare(days, limit)

    return test


def _version_test(compare: Callable[[object, object], bool], value: str) -> Test | None:
    from planner.version import InvalidVersion, KubernetesVersion, Minor

    try:
        limit: object = KubernetesVersion.parse(value) if value.count(".") == 2 else Minor.parse(value)
    except InvalidVersion:
        return None

    def test(row: Row, as_of: date) -> bool:
        if row.version is None:
            return False
        return compare(row.version.minor if isinstance(limit, Minor) else row.version, limit)

    return test


def _release_test(compare: Callable[[object, object], bool], value: str) -> Test | None:
    from planner.version import InvalidVersion, Release

    try:
        limit = Release.parse(value)
    except InvalidVersion:
        return None
    known: dict[str, bool] = {"": False}

    def test(row: Row, as_of: date) -> bool:
        found = known.get(row.release)
        if found is None:
            found = known[row.release] = compare(Release.parse(row.release), limit)
        return found

    return test


_COMPARED: Final[dict[str, Callable[[Callable[[object, object], bool], str], Test | None]]] = {
    "support": _days_test,
    "state": _days_test,
    "days": _days_test,
    "version": _version_test,
    "release": _release_test,
}


@dataclass(frozen=True, slots=True)
class Order:
    """A column to sort by and its direction."""

    place: int = 0
    backwards: bool = False

    def next(self) -> Order:
        """The next column, forwards."""
        return Order((self.place + 1) % len(ORDERS))

    def reverse(self) -> Order:
        """The same column the other way round."""
        return Order(self.place, not self.backwards)

    @property
    def name(self) -> str:
        """What the status line says."""
        name = ORDERS[self.place][0]
        return f"{name}, reversed" if self.backwards else name

    @property
    def column(self) -> str:
        """Id of the column that carries the arrow."""
        return ORDERS[self.place][1]

    @property
    def is_worst_first(self) -> bool:
        """The order rows come in."""
        return self.place == 0

    def sort(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Rows in this order; equal ones stay worst first, as they come."""
        if self.is_worst_first:
            return rows[::-1] if self.backwards else rows
        return sorted(rows, key=ORDERS[self.place][2], reverse=self.backwards)


def worst_first(row: Row) -> tuple[int, date, str, str]:
    """The order of the fleet: worst state, then nearest end, then name."""
    return row.state.order, row.ends or date.max, row.name.casefold(), row.key


ORDERS: Final[tuple[tuple[str, str, Callable[[Row], Any]], ...]] = (
    ("worst first", "support", worst_first),
    ("by cluster", "cluster", lambda row: row.name.casefold()),
    ("by instance", "instance", lambda row: row.instance.casefold()),
    ("by version", "version", lambda row: (row.version is not None, row.version)),
    ("by release", "release", lambda row: row.release),
    ("by nearest end", "support", lambda row: (row.ends is None, row.ends)),
)
