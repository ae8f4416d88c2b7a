"""What `arcstep catalog --json` and `arcstep catalog diff --json` print."""

from __future__ import annotations

from datetime import date
from typing import Final

from msgspec import Struct

from planner.catalog import Dispute
from planner.catalogdiff import CatalogDiff, Difference
from planner.insight.ages import Fact, SourceRow
from planner.insight.matrix import LineEnd, ReleaseRow
from planner.insight.minors import MinorRow
from planner.insight.view import KnowledgeView

CATALOG_SCHEMA: Final = 1
DIFF_SCHEMA: Final = 1


class LineEndEntry(Struct, frozen=True):
    """When support of a release ends on one OS line."""

    line: str
    ends: date
    """The last good day judged, the earliest any rule gives."""
    latest: date
    """The latest day any rule gives."""
    rule: str
    source: str


class ReleaseEntry(Struct, frozen=True):
    """One Azure Local release; null = unknown, see `unknown` for the reason."""

    key: str
    released: date | None
    offers: dict[str, tuple[str, ...]] | None
    """Versions by minor, newest minor first; null = nobody published the list."""
    offers_source: str | None
    strands: str
    """Which minors it strands, in words."""
    strands_upto: str | None
    """This minor and all older ones are stranded; null = that can be said of none."""
    fine_from: str | None
    """This minor and all newer ones can go on; null = that can be said of none. Between the two nobody can say."""
    support: tuple[LineEndEntry, ...]
    extension: str | None
    confidence: str
    notes: str
    source: str
    overlay: str | None
    unknown: dict[str, str]
    """Why a value is unknown, by its name in the knowledge files."""


class MinorEntry(Struct, frozen=True):
    """One Kubernetes minor with both clocks; null = unknown or not set."""

    minor: str
    aksarc_end: date | None
    """The end judged."""
    aksarc_end_basis: str
    """published, removal, not set or unknown."""
    aksarc_end_reading: str
    aksarc_end_source: str
    upstream_end: date | None
    """Shown, not judged."""
    upstream_release: date | None
    first_release: str | None
    last_release: str | None
    offered_on: tuple[str, ...]
    """Releases whose known list has it."""
    stranded_on: str | None
    """The first release that strands it for certain."""
    doubtful_on: tuple[str, ...]
    """Releases before that one for which it cannot be judged."""
    announced: str
    notes: str
    sources: tuple[str, ...]
    overlay: str | None
    unknown: dict[str, str]


class SideEntry(Struct, frozen=True):
    """One side of a contradiction."""

    claim: str
    source: str


class DisputeEntry(Struct, frozen=True):
    """A contradiction between documents."""

    id: str
    title: str
    sides: tuple[SideEntry, ...]
    ruling: str
    """Which reading arcstep follows, and why."""
    overlay: str | None


class SourceEntry(Struct, frozen=True):
    """A document."""

    key: str
    title: str
    dated: date | None
    age_days: int | None
    """Negative = dated after the as-of day; null = undated."""
    standing: str
    carries: tuple[str, ...]
    """The facts that cite it."""
    overlay: str | None


class FactEntry(Struct, frozen=True):
    """One thing the catalog states, with its age: days since the newest document that states it."""

    kind: str
    name: str
    sources: tuple[str, ...]
    dated: date | None
    age_days: int | None
    overlay: str | None


class CatalogDocument(Struct, frozen=True):
    """The answer of `arcstep catalog --json`. Releases, minors and sources stand newest first."""

    schema: int
    as_of: date
    """The day ages are counted to."""
    newest_fact: date
    newest_source: str
    age_days: int
    """Days since the newest fact."""
    is_old: bool
    """True where the age warns; it never changes a verdict."""
    compiled: date
    overlays: tuple[str, ...]
    releases: tuple[ReleaseEntry, ...]
    minors: tuple[MinorEntry, ...]
    disputes: tuple[DisputeEntry, ...]
    sources: tuple[SourceEntry, ...]
    facts: tuple[FactEntry, ...]


class FacetEntry(Struct, frozen=True):
    """One thing that is said differently; null = nothing is said."""

    what: str
    before: str | None
    after: str | None


class DifferenceEntry(Struct, frozen=True):
    """One entry that differs."""

    kind: str
    name: str
    change: str
    """added, removed or changed."""
    overlay: str | None
    facets: tuple[FacetEntry, ...]


class EffectEntry(Struct, frozen=True):
    """What follows for a release or a minor."""

    subject: str
    what: str
    before: str
    after: str


class CatalogDiffDocument(Struct, frozen=True):
    """The answer of `arcstep catalog diff --json`."""

    schema: int
    base: tuple[str, ...]
    """Overlays on both sides; none = compared with the shipped catalog."""
    overlays: tuple[str, ...]
    """The overlays that make the difference."""
    entries: tuple[DifferenceEntry, ...]
    effects: tuple[EffectEntry, ...]


def catalog_document(view: KnowledgeView, as_of: date) -> CatalogDocument:
    """The whole view as it is printed."""
    catalog = view.catalog
    return CatalogDocument(
        schema=CATALOG_SCHEMA,
        as_of=as_of,
        newest_fact=catalog.newest_fact,
        newest_source=catalog.newest_source,
        age_days=view.age(as_of),
        is_old=view.is_old(as_of),
        compiled=catalog.compiled,
        overlays=catalog.overlays,
        releases=tuple(map(_release, view.releases)),
        minors=tuple(map(_minor, view.minors)),
        disputes=tuple(map(_dispute, view.disputes)),
        sources=tuple(_source(row, as_of) for row in view.sources),
        facts=tuple(_fact(fact, as_of) for fact in view.facts),
    )


def diff_document(diff: CatalogDiff) -> CatalogDiffDocument:
    """A comparison as it is printed."""
    return CatalogDiffDocument(
        schema=DIFF_SCHEMA,
        base=diff.base,
        overlays=diff.overlays,
        entries=tuple(map(_difference, diff.entries)),
        effects=tuple(EffectEntry(one.subject, one.what, one.before, one.after) for one in diff.effects),
    )


def _release(row: ReleaseRow) -> ReleaseEntry:
    entry, strands = row.entry, row.strands
    listed = {str(cell.minor): tuple(map(str, cell.versions)) for cell in row.cells if cell.versions}
    known = entry.offers is not None
    return ReleaseEntry(
        key=entry.key,
        released=entry.released,
        offers=listed if known else None,
        offers_source=entry.offers_source if known else None,
        strands=strands.words,
        strands_upto=str(strands.upto) if strands.upto is not None else None,
        fine_from=str(strands.fine_from) if strands.fine_from is not None else None,
        support=tuple(map(_line_end, row.ends)),
        extension=entry.extension,
        confidence=entry.confidence,
        notes=entry.notes,
        source=entry.source,
        overlay=entry.overlay,
        unknown=dict(entry.unknown),
    )


def _line_end(end: LineEnd) -> LineEndEntry:
    return LineEndEntry(str(end.line), end.day, end.latest, end.rule, end.ends[0][2])


def _minor(row: MinorRow) -> MinorEntry:
    entry, end = row.entry, row.end
    return MinorEntry(
        minor=str(entry.minor),
        aksarc_end=end.day,
        aksarc_end_basis=str(end.basis),
        aksarc_end_reading=end.reading,
        aksarc_end_source=end.source,
        upstream_end=entry.upstream_end,
        upstream_release=entry.upstream_release,
        first_release=entry.aksarc_first,
        last_release=entry.aksarc_last,
        offered_on=row.offered_on,
        stranded_on=row.stranded_on,
        doubtful_on=row.doubtful_on,
        announced=entry.announced,
        notes=entry.notes,
        sources=entry.sources,
        overlay=entry.overlay,
        unknown=dict(entry.unknown),
    )


def _dispute(dispute: Dispute) -> DisputeEntry:
    sides = tuple(SideEntry(claim, source) for claim, source in dispute.sides)
    return DisputeEntry(dispute.id, dispute.title, sides, dispute.ruling, dispute.overlay)


def _source(row: SourceRow, as_of: date) -> SourceEntry:
    source = row.source
    carries = tuple(fact.title for fact in row.carries)
    return SourceEntry(source.key, source.title, source.dated, row.age(as_of), source.standing, carries, source.overlay)


def _fact(fact: Fact, as_of: date) -> FactEntry:
    return FactEntry(fact.kind, fact.name, fact.keys, fact.dated, fact.age(as_of), fact.overlay)


def _difference(entry: Difference) -> DifferenceEntry:
    facets = tuple(FacetEntry(facet.what, facet.before, facet.after) for facet in entry.facets)
    return DifferenceEntry(entry.kind, entry.name, str(entry.change), entry.overlay, facets)
