"""Releases against minors: the patches a release offers, which minors it strands, and when its support ends.

A list nobody published stays unknown in every cell; what its neighbours say about it bounds only what it strands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from planner.catalog import Catalog, ReleaseEntry
from planner.clocks import release_ends
from planner.offers import strands_on
from planner.version import KubernetesVersion, Minor, OsLine


@dataclass(frozen=True, slots=True)
class Cell:
    """What one release offers of one minor."""

    minor: Minor
    versions: tuple[KubernetesVersion, ...] | None
    """Ascending; empty = the list is known and has none of this minor; None = the list is unknown."""

    @property
    def words(self) -> str:
        """The patches such as ".13 .14", "?" for an unknown list, "" where the minor is not on a known one."""
        return "?" if self.versions is None else " ".join(f".{version.patch}" for version in self.versions)


@dataclass(frozen=True, slots=True)
class Strands:
    """Which minors a release leaves without a legal hop (P11, P18)."""

    upto: Minor | None
    """This minor and all older ones are stranded; None = that can be said of none."""
    fine_from: Minor | None
    """This minor and all newer ones can go on; None = that can be said of none. What lies between cannot be judged."""

    @property
    def is_certain(self) -> bool:
        """True where every minor can be judged."""
        return self.upto is not None and self.fine_from is not None and self.fine_from - self.upto == 1

    def of(self, minor: Minor) -> bool | None:
        """Whether a cluster on the minor is stranded; None = cannot be judged."""
        if self.upto is not None and minor <= self.upto:
            return True
        return False if self.fine_from is not None and minor >= self.fine_from else None

    @property
    def doubt(self) -> str:
        """The minors that cannot be judged, in a column's width: "1.29", ">= 1.30", "<= 1.24", "all", or ""."""
        if self.is_certain:
            return ""
        if self.upto is not None and self.fine_from is not None:
            return self._between
        if self.fine_from is not None:
            return f"<= {self.fine_from.previous}"
        return f">= {self.upto.next}" if self.upto is not None else "all"

    @property
    def words(self) -> str:
        """The same in a few words."""
        certain = f"{self.upto} and older" if self.upto is not None else ""
        if self.is_certain:
            return certain
        return "; ".join(part for part in (certain, f"{self._between} cannot be judged") if part)

    @property
    def _between(self) -> str:
        if self.upto is not None and self.fine_from is not None:
            first, last = self.upto.next, self.fine_from.previous
            return str(first) if first == last else f"{first} to {last}"
        if self.fine_from is not None:
            return f"{self.fine_from.previous} and older"
        return f"{self.upto.next} and newer" if self.upto is not None else "all minors"


@dataclass(frozen=True, slots=True)
class LineEnd:
    """When support of a release ends on one OS line. Days are the last good ones."""

    line: OsLine
    ends: tuple[tuple[date, str, str], ...]
    """Every end a rule gives as (day, rule, source), earliest first; never empty, since the label always gives one."""

    @property
    def day(self) -> date:
        """The day judged: the earliest (dispute C11)."""
        return self.ends[0][0]

    @property
    def rule(self) -> str:
        """The rule that gave it: PUB, SIX, REC or LBL."""
        return self.ends[0][1]

    @property
    def latest(self) -> date:
        """The latest day any rule gives."""
        return self.ends[-1][0]


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """One release of the matrix."""

    entry: ReleaseEntry
    cells: tuple[Cell, ...]
    """One for each minor of the matrix, in its order."""
    strands: Strands
    ends: tuple[LineEnd, ...]
    """One for each OS line, older line first."""

    @property
    def end(self) -> LineEnd:
        """The line whose support ends first."""
        return min(self.ends, key=lambda end: end.day)

    @property
    def last_end(self) -> LineEnd:
        """The line whose support ends last; the same one where the lines agree."""
        return max(self.ends, key=lambda end: end.day) if self.is_split else self.end

    @property
    def is_split(self) -> bool:
        """True where the OS lines end on different days."""
        return len({end.day for end in self.ends}) > 1


def listed_minors(catalog: Catalog) -> tuple[Minor, ...]:
    """Every minor that stands on a known list, newest first: the columns of the matrix."""
    found = {version.minor for entry in catalog.releases for version in entry.offers or ()}
    return tuple(sorted(found, reverse=True))


def release_rows(catalog: Catalog) -> tuple[ReleaseRow, ...]:
    """Every release, newest first."""
    minors = listed_minors(catalog)
    borders = tuple(_borders(catalog))
    return tuple(
        ReleaseRow(
            entry=entry,
            cells=tuple(Cell(minor, _patches(entry, minor)) for minor in minors),
            strands=_strands(catalog, entry, borders),
            ends=tuple(LineEnd(line, release_ends(catalog, entry, line)) for line in sorted(entry.lines)),
        )
        for entry in reversed(catalog.releases)
    )


def _patches(entry: ReleaseEntry, minor: Minor) -> tuple[KubernetesVersion, ...] | None:
    return None if entry.offers is None else tuple(version for version in entry.offers if version.minor == minor)


def _borders(catalog: Catalog) -> Iterator[Minor]:
    """The minors on both sides of every border a list can draw: stranded below, fine above."""
    for lowest in {entry.lowest for entry in catalog.releases if entry.lowest is not None}:
        for minor in (lowest.previous.previous, lowest.previous):
            if minor.number >= 0:
                yield minor


def _strands(catalog: Catalog, entry: ReleaseEntry, borders: tuple[Minor, ...]) -> Strands:
    judged = {minor: strands_on(catalog, minor, entry) for minor in borders}
    return Strands(
        upto=max((minor for minor, lost in judged.items() if lost is True), default=None),
        fine_from=min((minor for minor, lost in judged.items() if lost is False), default=None),
    )
