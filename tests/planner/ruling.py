"""What the rules find, for the tests of rules: one cluster on one instance, judged at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from planner.catalog import Catalog
from planner.findings import Finding
from planner.inventory import Cluster, Inventory, OfferedVersion, Unread
from planner.rules import findings_for
from planner.support import Judge
from tests.builders import inventory, offered
from tests.planner.small_catalog import LIST_2602, small_catalog

CATALOG = small_catalog()
LIVE_2602 = offered(LIST_2602.split())


def ruled(
    fleet: Inventory, *, as_of: str = "2026-05-20", within: int = 45, catalog: Catalog = CATALOG
) -> tuple[Finding, ...]:
    """What is found about the first cluster of an inventory."""
    judge = Judge(fleet, catalog, datetime.fromisoformat(as_of).replace(tzinfo=UTC))
    return findings_for(fleet.clusters[0], judge, within)


def rule(
    code: str,
    subject: Cluster,
    release: str = "2604",
    *,
    live: tuple[OfferedVersion, ...] | None = LIVE_2602,
    as_of: str = "2026-05-20",
    within: int = 45,
    catalog: Catalog = CATALOG,
    unread: Sequence[Unread] = (),
) -> list[Finding]:
    """The findings with one code about a cluster on a release."""
    fleet = inventory(subject, release=release, live=live, unread=unread)
    return [found for found in ruled(fleet, as_of=as_of, within=within, catalog=catalog) if found.code == code]


def in_fleet(code: str, fleet: Inventory, *, as_of: str = "2026-05-20", catalog: Catalog = CATALOG) -> list[Finding]:
    """The findings with one code about the first cluster of an inventory."""
    return [found for found in ruled(fleet, as_of=as_of, catalog=catalog) if found.code == code]
