"""Saved plans with the world they were made in, to be compared with another world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from planner.acceptance import Acceptance
from planner.catalog import Catalog
from planner.drift import Drift, Fate, Moved, drift_of
from planner.inventory import Cluster, Inventory
from planner.knowledge import load_catalog
from planner.path import Routes, parse_goal
from planner.plan import Plan
from planner.planning import build_plan
from planner.support import Judge
from planner.version import KubernetesVersion
from tests.builders import AS_OF, cluster, instance, inventory, location, offered, version

CATALOG = load_catalog()
ROUTES = Routes(CATALOG)
LATER = AS_OF + timedelta(days=21)
LIST_2604 = ("1.31.12", "1.31.13", "1.32.8", "1.32.9", "1.33.4", "1.33.5")


@dataclass(frozen=True)
class Saved:
    """A plan, and the world it was made in."""

    plan: Plan
    inventory: Inventory

    def against(self, whole: Inventory | None = None, catalog: Catalog = CATALOG, days: int = 21) -> Drift:
        """Compared with another world, or another catalog."""
        routes = ROUTES if catalog is CATALOG else Routes(catalog)
        return drift_of(self.plan, Judge(whole or self.inventory, catalog, AS_OF + timedelta(days=days)), routes)

    def with_cluster(self, running: str | None, **facts: Any) -> Inventory:
        """The same world with the first cluster as it is now."""
        first, *others = self.inventory.clusters
        return replace(self.inventory, clusters=(cluster(first.name, running, **facts), *others), as_of=LATER)

    def on(self, release: str, whole: Inventory | None = None, live: Sequence[str] | None = None) -> Inventory:
        """The same world with the instance on another release."""
        where = location(live=None if live is None else offered(live))
        return replace(whole or self.inventory, instances=(instance(release=release),), locations=(where,))


def saved(
    running: str,
    release: str,
    goal: str = "latest",
    *others: Cluster,
    live: Sequence[str] | None = None,
    accepted: Sequence[Acceptance] = (),
    **facts: Any,
) -> Saved:
    subject = cluster("mes", running, **facts)
    whole = inventory(subject, *others, release=release, live=None if live is None else offered(live))
    judge = Judge(whole, CATALOG, AS_OF)
    return Saved(build_plan(subject, parse_goal(goal, CATALOG), judge, ROUTES, accepted), whole)


CLIMB = saved("1.30.14", "2604", live=LIST_2604)
"""1.30.14 → 1.31.13 → 1.32.9 → 1.33.5, all on one release with a live list."""
UPDATES = saved("1.31.5", "2509", "1.32")
"""Release 2509 → 11.2510, then 1.31.5 → 1.32.6; the catalog says so."""
GATED = saved("1.31.5", "2509", "1.32", cluster("slow", "1.28.14"))
"""First slow to 1.29.13, then release 2509 → 11.2510, then 1.31.5 → 1.32.6."""


def fates(drift: Drift) -> list[Fate]:
    """Of the steps, in order."""
    return [step.fate for step in drift.steps]


def said(drift: Drift, step: str) -> tuple[str, Moved | None]:
    """The weightiest reason of a step."""
    reason = next(one for one in drift.steps if one.id == step).reasons[0]
    return reason.what, reason.cause


def catalog_with(key: str, **changes: Any) -> Catalog:
    """The catalog with one release changed."""
    rows = tuple(replace(one, **changes) if one.key == key else one for one in CATALOG.releases)
    return replace(CATALOG, releases=rows)


def versions(*texts: str) -> tuple[KubernetesVersion, ...]:
    """A list of offers."""
    return tuple(map(version, texts))


def climbing(running: str, live: Sequence[str] = LIST_2604, **facts: Any) -> Drift:
    """CLIMB against its cluster as it is now, and another live list."""
    return CLIMB.against(CLIMB.on("2604", CLIMB.with_cluster(running, **facts), live))
