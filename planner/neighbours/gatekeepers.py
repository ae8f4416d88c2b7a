"""A cluster that a release update of its instance has to wait for, and why: hops, a repair, or a version nobody knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.catalog import Catalog
from planner.doubts import lowest_run
from planner.inventory import Cluster, value_of
from planner.moves import Ground, LegalMove, Platform, Standing, standing
from planner.settled import unsettled
from planner.version import KubernetesVersion, Minor


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another cluster of the instance that has to move, or to be looked at, before a release update."""

    name: str
    key: str
    before: str
    """Release key of the update it has to precede."""
    on: str
    """Release key its hops are made on, at the latest."""
    current: str
    needed: KubernetesVersion | None
    """A version that is not stranded by the update, the fewest hops away; None = its own version could not be read."""
    hops: tuple[LegalMove, ...] = ()
    """The way there, each hop legal for this cluster by its own facts."""
    cluster: Cluster | None = None
    """Its facts; None where only its name is known."""
    behind: str = ""
    """Why it has to be repaired: nodes of it run what the update strands, whatever it is set to; "" = not needed."""
    least: Minor | None = None
    """Of one whose version could not be read: the lowest minor that can continue; None where no list tells."""

    @property
    def is_repair(self) -> bool:
        """It is set to what it needs; its nodes have to follow."""
        return bool(self.behind)


def unread_gate(cluster: Cluster, on: Platform, before: Platform, ground: Ground, catalog: Catalog) -> Neighbour:
    """The gate of a cluster whose version could not be read: what it would have to run is all that can be said."""
    minors = sorted(catalog.minor_entries)
    fates = {minor: standing(catalog, ground, before, minor) for minor in minors}
    least = next((minor for minor in minors if fates[minor] is Standing.FINE), None)
    return Neighbour(cluster.name, cluster.key, before.key, on.key, "unknown", None, (), cluster, least=least)


def repair_gate(
    cluster: Cluster, updates: Sequence[tuple[Platform, Platform]], ground: Ground, catalog: Catalog
) -> Neighbour | None:
    """The gate of a cluster whose upgrade broke off: nodes still run what the first such update strands (P17, P18).

    What it is set to decides about its hops, what its nodes run about whether it can continue. None where no node is behind.
    """
    wanted, lowest = value_of(cluster.version), lowest_run(cluster)
    if wanted is None or lowest is None or lowest.minor >= wanted.minor:
        return None
    for on, before in updates:
        if standing(catalog, ground, before, lowest.minor) is not Standing.FINE:
            why = unsettled(cluster) or ""
            return Neighbour(
                cluster.name, cluster.key, before.key, on.key, str(lowest), wanted, (), cluster, behind=why
            )
    return None
