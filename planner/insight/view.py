"""The whole view of the knowledge as one value: what `arcstep catalog` prints and the Knowledge screen draws."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from planner.catalog import Catalog, Dispute
from planner.insight.ages import Fact, SourceRow, facts_of, source_rows
from planner.insight.matrix import ReleaseRow, listed_minors, release_rows
from planner.insight.minors import MinorRow, minor_rows
from planner.policy.platform import CATALOG_DAYS
from planner.version import Minor


@dataclass(frozen=True)
class KnowledgeView:
    """Releases, minors and sources stand newest first."""

    catalog: Catalog
    listed: tuple[Minor, ...]
    """The columns of the matrix."""
    releases: tuple[ReleaseRow, ...]
    minors: tuple[MinorRow, ...]
    disputes: tuple[Dispute, ...]
    sources: tuple[SourceRow, ...]
    facts: tuple[Fact, ...]

    def age(self, as_of: date) -> int:
        """Days since the newest fact; negative = it is dated after the as-of day."""
        return (as_of - self.catalog.newest_fact).days

    def is_old(self, as_of: date) -> bool:
        """Whether the age warns (CAT-AGE-01); it never changes a verdict."""
        return self.age(as_of) > CATALOG_DAYS

    @property
    def unknown_lists(self) -> int:
        """How many releases have no published list."""
        return sum(row.entry.offers is None for row in self.releases)

    def about(self, kind: str, name: str) -> Fact | None:
        """The fact of this kind and name; None where the catalog states none, because it is unknown."""
        return next((fact for fact in self.facts if (fact.kind, fact.name) == (kind, name)), None)


def view_of(catalog: Catalog) -> KnowledgeView:
    """Everything the catalog says, ordered for reading."""
    facts = facts_of(catalog)
    releases = release_rows(catalog)
    return KnowledgeView(
        catalog=catalog,
        listed=listed_minors(catalog),
        releases=releases,
        minors=minor_rows(catalog, releases),
        disputes=catalog.disputes,
        sources=source_rows(catalog, facts),
        facts=facts,
    )


def short_age(days: int) -> str:
    """The same for a cell of a list, at most 11 wide: "12 d", or "after as-of" where it is dated after the as-of day."""
    return "after as-of" if days < 0 else f"{days} d"


def age_words(days: int | None) -> str:
    """An age for reading: "12 days old", "dated 3 days after the as-of day", "undated"."""
    if days is None:
        return "undated"
    unit = "day" if abs(days) == 1 else "days"
    return f"dated {-days} {unit} after the as-of day" if days < 0 else f"{days} {unit} old"
