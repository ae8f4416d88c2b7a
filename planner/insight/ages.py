"""How old what the catalog says is: each fact by the newest document that states it, each document by its own date.

Ages are whole days up to the as-of day. A fact that only undated documents state has no age, which is not the same as
being new.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from planner.catalog import Catalog, ReleaseEntry, Source

_LINE_ENDS_SOURCE = "BAN"
"""Where the ends of OS lines were published; `planner.clocks` cites the same."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing the catalog states, with the documents that say so."""

    kind: str
    """release, list, support end, minor, Windows ceiling, risk, dispute, rule, scope line, removed API, hop or catalog."""
    name: str
    """Which one: "2510", "1.31", "C7", …"""
    keys: tuple[str, ...]
    """Citation keys of its documents."""
    dated: date | None
    """Date of the newest of them; None = all are undated."""
    overlay: str | None

    def age(self, as_of: date) -> int | None:
        """Days since it was last stated; negative = stated after the as-of day; None = undated."""
        return None if self.dated is None else (as_of - self.dated).days

    @property
    def title(self) -> str:
        """The fact in two words, such as "list 2510"."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A document, with what rests on it."""

    source: Source
    carries: tuple[Fact, ...]
    """The facts that cite it."""

    def age(self, as_of: date) -> int | None:
        """Days since its date; negative = dated after the as-of day; None = undated."""
        return None if self.source.dated is None else (as_of - self.source.dated).days


def facts_of(catalog: Catalog) -> tuple[Fact, ...]:
    """Every fact that cites a document. What is unknown is no fact: it has a reason and no age."""
    dates = {source.key: source.dated for source in catalog.documents}
    return tuple(_fact(dates, *stated) for stated in _stated(catalog))


def source_rows(catalog: Catalog, facts: tuple[Fact, ...]) -> tuple[SourceRow, ...]:
    """Every document, the newest first, undated ones last."""
    carried: dict[str, list[Fact]] = {source.key: [] for source in catalog.documents}
    for fact in facts:
        for key in fact.keys:
            if key in carried:
                carried[key].append(fact)
    rows = (SourceRow(source, tuple(carried[source.key])) for source in catalog.documents)
    return tuple(sorted(rows, key=lambda row: row.source.dated or date.min, reverse=True))


_Stated = tuple[str, str, str, str | None]
"""Kind, name, citation and overlay of a fact."""


def _fact(dates: Mapping[str, date | None], kind: str, name: str, citation: str, overlay: str | None) -> Fact:
    keys = tuple(dict.fromkeys(key for key in citation.split(", ") if key))
    dated = max((day for key in keys if (day := dates.get(key)) is not None), default=None)
    return Fact(kind, name, keys, dated, overlay)


def _stated(catalog: Catalog) -> Iterator[_Stated]:
    for release in reversed(catalog.releases):
        yield from _of_release(release)
    for minor in reversed(catalog.minors):
        yield "minor", str(minor.minor), ", ".join(minor.sources), minor.overlay
    for ceiling in catalog.windows:
        yield "Windows ceiling", ceiling.sku, ceiling.source, ceiling.overlay
    for risk in catalog.risks:
        yield "risk", risk.id, risk.source, risk.overlay
    for dispute in catalog.disputes:
        yield "dispute", dispute.id, ", ".join(source for _, source in dispute.sides), dispute.overlay
    for rule in catalog.rules:
        yield "rule", rule.id, rule.source, rule.overlay
    for line in catalog.scope:
        yield "scope line", line.id, line.source, line.overlay
    for api in catalog.removed_apis:
        yield "removed API", api.api, api.source, None
    for origin, citation in catalog.hop_sources.items():
        yield "hop", origin, citation, None
    yield "catalog", "newest fact", catalog.newest_source, None


def _of_release(entry: ReleaseEntry) -> Iterator[_Stated]:
    yield "release", entry.key, entry.source, entry.overlay
    if entry.offers is not None:
        yield "list", entry.key, entry.offers_source, entry.overlay
    if entry.support_ends is not None:
        yield "support end", entry.key, entry.support_ends_source, entry.overlay
    elif entry.line_ends:
        yield "support end", entry.key, _LINE_ENDS_SOURCE, entry.overlay
