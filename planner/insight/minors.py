"""Minors with both clocks: the end of AKS Arc support, which is judged, and the upstream end, which is only shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from planner.catalog import Catalog, MinorEntry
from planner.clocks import GRACE_DAYS, removal
from planner.insight.matrix import ReleaseRow


class EndBasis(StrEnum):
    """How the end of a minor is known."""

    PUBLISHED = "published"
    REMOVAL = "removal"
    """Removal from the lists plus 30 days (P3)."""
    OPEN = "not set"
    """The newest known list still offers it."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class MinorEnd:
    """The end of AKS Arc support of a minor, apart from any instance."""

    basis: EndBasis
    day: date | None
    """The last good day; None where no end is set or known."""
    reading: str
    """One sentence: the end and what it rests on."""
    source: str


@dataclass(frozen=True, slots=True)
class MinorRow:
    """One minor."""

    entry: MinorEntry
    end: MinorEnd
    offered_on: tuple[str, ...]
    """Keys of the releases whose known list has it, in order of time."""
    stranded_on: str | None
    """Key of the first release that strands it for certain; None where none is known to."""
    doubtful_on: tuple[str, ...]
    """Keys of the releases before that one for which it cannot be judged."""


def minor_rows(catalog: Catalog, releases: Sequence[ReleaseRow]) -> tuple[MinorRow, ...]:
    """Every minor, newest first. `releases` are the rows of the same catalog."""
    in_time = tuple(reversed(releases))
    return tuple(_row(catalog, entry, in_time) for entry in reversed(catalog.minors))


def _row(catalog: Catalog, entry: MinorEntry, in_time: Sequence[ReleaseRow]) -> MinorRow:
    doubtful: list[str] = []
    stranded: str | None = None
    for row in in_time:
        lost = row.strands.of(entry.minor)
        if lost:
            stranded = row.entry.key
            break
        if lost is None:
            doubtful.append(row.entry.key)
    return MinorRow(
        entry=entry,
        end=minor_end(catalog, entry),
        offered_on=tuple(
            row.entry.key for row in in_time if any(version.minor == entry.minor for version in row.entry.offers or ())
        ),
        stranded_on=stranded,
        doubtful_on=tuple(doubtful),
    )


def minor_end(catalog: Catalog, entry: MinorEntry) -> MinorEnd:
    """A published end wins; otherwise removal from the lists + 30 days (P3), unless the newest list still offers it."""
    minor = entry.minor
    if entry.aksarc_end is not None:
        source = entry.announced or ", ".join(entry.sources)
        return MinorEnd(EndBasis.PUBLISHED, entry.aksarc_end, f"Its end {entry.aksarc_end} was published.", source)
    newest = next((known for known in reversed(catalog.releases) if known.offers), None)
    if newest is None or newest.highest is None:
        return MinorEnd(EndBasis.UNKNOWN, None, "No list of versions is known, so nothing can be said.", "")
    if any(version.minor == minor for version in newest.offers or ()):
        reading = f"The newest list known, of {newest.key}, offers it: no end is set."
        return MinorEnd(EndBasis.OPEN, None, reading, newest.offers_source)
    if minor > newest.highest:
        return MinorEnd(EndBasis.UNKNOWN, None, "It is newer than every list known; no release offers it for sure.", "")
    gone = removal(catalog, minor, None, None)
    if gone is None or gone.released is None:
        reading = f"The newest list known, of {newest.key}, is without it; the day of its removal is not known."
        return MinorEnd(EndBasis.UNKNOWN, None, reading, newest.offers_source)
    day = gone.released + timedelta(days=GRACE_DAYS)
    reading = (
        f"{GRACE_DAYS} days (P3) after {gone.released}, when {gone.key} came without it; an instance may have received "
        "that list later."
    )
    return MinorEnd(EndBasis.REMOVAL, day, reading, gone.offers_source)
