"""Two catalogs side by side: which entries were added, removed or changed, and what follows for releases and minors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from planner.catalog import Catalog
from planner.insight.facets import Portrait, portraits
from planner.insight.matrix import ReleaseRow
from planner.insight.minors import MinorRow
from planner.insight.view import view_of

_NOTHING: Final = "-"


class Change(StrEnum):
    """What happened to an entry."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Facet:
    """One thing that is said differently."""

    what: str
    before: str | None
    """None = nothing was said."""
    after: str | None
    """None = nothing is said any more."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry that differs."""

    kind: str
    """release, minor, risk, dispute, rule, source, …"""
    name: str
    change: Change
    facets: tuple[Facet, ...]
    """At least one; of an entry that was added or removed all it says."""
    overlay: str | None
    """The overlay file behind it; None where no overlay is."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What follows for the judgement of a release or a minor, through whichever entry."""

    subject: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class CatalogDiff:
    """Everything that differs."""

    entries: tuple[Difference, ...]
    effects: tuple[Effect, ...]
    base: tuple[str, ...]
    """Overlays that lie on both catalogs; none = the first is the shipped one."""
    overlays: tuple[str, ...]
    """Overlays that lie only on the second."""

    @property
    def is_empty(self) -> bool:
        """True when both say the same."""
        return not self.entries

    def count(self, change: Change) -> int:
        """How many entries were added, removed or changed."""
        return sum(entry.change is change for entry in self.entries)


def compare(before: Catalog, after: Catalog) -> CatalogDiff:
    """What the second catalog says differently, by meaning: a restated entry is no difference."""
    shared = before.overlays
    own = after.overlays[len(shared) :] if after.overlays[: len(shared)] == shared else after.overlays
    entries = tuple(_differences(before, after, ", ".join(own) or None))
    return CatalogDiff(entries, tuple(_effects(before, after)) if entries else (), shared, own)


def _differences(before: Catalog, after: Catalog, own: str | None) -> Iterator[Difference]:
    old, new = portraits(before), portraits(after)
    for (kind, name), portrait in new.items():
        was = old.get((kind, name))
        facets = tuple(_facets(was.facets if was is not None else {}, portrait.facets))
        if facets:
            change = Change.ADDED if was is None else Change.CHANGED
            yield Difference(kind, name, change, facets, portrait.overlay or own)
    for (kind, name), portrait in old.items():
        if (kind, name) not in new:
            yield _removed(kind, name, portrait)


def _removed(kind: str, name: str, portrait: Portrait) -> Difference:
    return Difference(kind, name, Change.REMOVED, tuple(_facets(portrait.facets, {})), None)


def _facets(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Facet]:
    for what in dict.fromkeys((*after, *before)):
        if before.get(what) != after.get(what):
            yield Facet(what, before.get(what), after.get(what))


def _effects(before: Catalog, after: Catalog) -> Iterator[Effect]:
    old, new = _judged(before), _judged(after)
    for subject, judged in new.items():
        was = old.get(subject, {})
        for what, text in judged.items():
            if was.get(what, _NOTHING) != text:
                yield Effect(subject, what, was.get(what, _NOTHING), text)


def _judged(catalog: Catalog) -> dict[str, Mapping[str, str]]:
    """What the catalog means for releases and minors, in words."""
    view = view_of(catalog)
    releases = {f"release {row.entry.key}": _of_release(row) for row in view.releases}
    return {**releases, **{f"minor {row.entry.minor}": _of_minor(row) for row in view.minors}}


def _of_release(row: ReleaseRow) -> Mapping[str, str]:
    ends = {f"support judged to end on {end.line}": f"{end.day} ({end.rule})" for end in row.ends}
    return {"strands": row.strands.words, **ends}


def _of_minor(row: MinorRow) -> Mapping[str, str]:
    day = f"{row.end.day} ({row.end.basis})" if row.end.day is not None else str(row.end.basis)
    return {"AKS Arc end judged": day, "first stranded on": row.stranded_on or "no release known"}
