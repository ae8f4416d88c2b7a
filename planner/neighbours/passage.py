"""The release updates of a path, seen through every cluster that is on the instance then: Windows pools, and what nobody knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from planner.catalog import Catalog
from planner.ceilings import ceiling_on, loss_words, lost_by_update
from planner.doubts import doubts_about, nodes_gap
from planner.holding import held_up
from planner.inventory import Cluster, Unknown
from planner.moves import Ground, MoveKind, Platform
from planner.neighbours.gatekeepers import Neighbour
from planner.neighbours.groups import groups_of
from planner.routes import Routes
from planner.search import Path
from planner.settled import unsettled
from planner.standpoint import Standpoint, is_stranded_today
from planner.support import Judge
from planner.version import KubernetesVersion


class PoolLoss(NamedTuple):
    """Windows pools that an update leaves without a hop they still have before it (P18)."""

    cluster: Cluster
    on: str
    """Release key they still have one on."""
    before: str
    """Release key of the update."""
    why: str
    """A clause, without a full stop."""


class Doubt(NamedTuple):
    """What nobody knows of a cluster and could turn the answer to an update."""

    cluster: Cluster
    before: str
    """Release key of the update."""
    what: str
    """A clause, without a full stop."""


class Crossing(NamedTuple):
    """A cluster as it is carried over an update."""

    cluster: Cluster
    ground: Ground
    on: Platform
    after: Platform
    held: KubernetesVersion
    """What it runs then."""
    as_today: bool
    """No hop of it comes before."""


def crossings(
    path: Path, cluster: Cluster, ground: Ground, gates: Sequence[Neighbour], judge: Judge, routes: Routes
) -> tuple[Crossing, ...]:
    """Every cluster that can still move, over every update: the cluster of the plan on its path, the others by their gates."""
    updates = [move for move in path.moves if move.kind is MoveKind.RELEASE]
    if not updates:
        return ()
    found = [
        Crossing(
            cluster,
            ground,
            move.origin.platform,
            move.target.platform,
            move.origin.version,
            move.origin.version == path.start.version,
        )
        for move in updates
    ]
    ways = [(move.origin.platform, move.target.platform) for move in updates]
    for group in groups_of(cluster, judge, routes).groups:
        if isinstance(group.standpoint, Unknown) or is_stranded_today(group.standpoint, routes.catalog):
            continue
        for other in group.clusters:
            if other.key != cluster.key:
                found += _carried(other, group.standpoint, ways, gates)
    return tuple(found)


def _carried(
    other: Cluster, standpoint: Standpoint, ways: Sequence[tuple[Platform, Platform]], gates: Sequence[Neighbour]
) -> Iterator[Crossing]:
    start = held = standpoint.state.version
    climbs = {gate.before: gate.hops[-1].target.version for gate in gates if gate.key == other.key and gate.hops}
    for on, after in ways:
        held = climbs.get(after.key, held)
        yield Crossing(other, standpoint.ground, on, after, held, held == start)


def losses_in(found: Sequence[Crossing], catalog: Catalog) -> Iterator[PoolLoss]:
    """Whose Windows pools an update leaves without a hop; each cluster by the first update that does."""
    seen: set[str] = set()
    for one in found:
        sku = lost_by_update(catalog, one.ground, one.on, one.after, one.held)
        if sku is not None and one.cluster.key not in seen:
            seen.add(one.cluster.key)
            yield PoolLoss(one.cluster, one.on.key, one.after.key, loss_words(catalog, one.after, sku))


def doubts_in(found: Sequence[Crossing], catalog: Catalog) -> Iterator[Doubt]:
    """What is not known and could turn the answer to an update; the same of a cluster once, by the first one."""
    seen: set[tuple[str, str]] = set()
    for one in found:
        if ceiling_on(catalog, one.ground, one.after, one.held) is not None:
            continue  # worse than a doubt, and decided about
        nodes = nodes_gap(one.cluster, one.ground, one.after, catalog)
        for what in doubts_about(one.cluster, one.ground, one.held, one.after, catalog):
            if what == nodes and not one.as_today:
                continue  # a hop comes before, and none may begin on nodes that are apart
            if (one.cluster.key, what) not in seen:
                seen.add((one.cluster.key, what))
                yield Doubt(one.cluster, one.after.key, what)


def held_beside(
    found: Sequence[Crossing], cluster: Cluster, gates: Sequence[Neighbour], judge: Judge
) -> Iterator[tuple[Cluster, str]]:
    """The others that stay as they are while the hosts are updated and could not be changed now, with the reason.

    Those an update waits for have a gate that says so.
    """
    waited_for = {gate.key for gate in gates} | {cluster.key}
    others = {one.cluster.key: one.cluster for one in found if one.cluster.key not in waited_for}
    for other in sorted(others.values(), key=lambda one: (one.name, one.key)):
        why = unsettled(other) or held_up(other, judge, own=True)
        if why:
            yield other, why
