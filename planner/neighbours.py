"""The other clusters of an instance: what has to move before a release update, so that none is newly stranded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from planner.catalog import Catalog
from planner.inventory import Cluster, Unknown
from planner.moves import Ground, LegalMove, MoveKind, Platform, Standing, State, hops, standing
from planner.routes import Routes, stand
from planner.search import Path
from planner.standpoint import Standpoint
from planner.support import Judge
from planner.version import KubernetesVersion


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another cluster of the instance that has to move before a release update."""

    name: str
    key: str
    before: str
    """Release key of the update it has to precede."""
    on: str
    """Release key its hops are made on, at the latest."""
    current: str
    needed: KubernetesVersion | None
    """Least version that is not stranded by the update; None = its version could not be read."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A release update no order of hops can make safe, because of a named neighbour."""

    name: str
    origin: str
    target: str
    version: str


@dataclass(frozen=True, slots=True)
class Group:
    """Clusters of one instance that stand alike; what one of them must do, all must."""

    standpoint: Standpoint | Unknown
    clusters: tuple[Cluster, ...]


def groups_of(cluster: Cluster, judge: Judge, routes: Routes) -> tuple[Group, ...]:
    """The clusters of the cluster's instance, itself included, by where they stand; worked out once an instance."""
    instance = judge.inventory.instance_of(cluster)
    if instance is None:
        return ()
    key = ("groups", instance.id)
    known = judge.memo.get(key)
    if known is None:
        found: dict[object, list[Cluster]] = {}
        stands: dict[object, Standpoint | Unknown] = {}
        for hosted in judge.inventory.clusters_by_instance.get(instance.id, ()):
            standpoint = stand(hosted, judge, routes)
            alike = "unknown" if isinstance(standpoint, Unknown) else (standpoint.state, id(standpoint.ground))
            found.setdefault(alike, []).append(hosted)
            stands.setdefault(alike, standpoint)
        known = judge.memo[key] = tuple(Group(stands[alike], tuple(alikes)) for alike, alikes in found.items())
    return cast(tuple[Group, ...], known)


def gates_of(
    path: Path, cluster: Cluster, judge: Judge, routes: Routes
) -> tuple[tuple[Neighbour, ...], Refused | None]:
    """What each neighbour must do before each release update of a path, or the update nothing can make safe.

    A neighbour may hop on every release the path passes; it is followed as the set of versions it can have by then.
    """
    gates: list[Neighbour] = []
    releases = [move for move in path.moves if move.kind is MoveKind.RELEASE]
    if not releases:
        return (), None
    for group in groups_of(cluster, judge, routes):
        others = [other for other in group.clusters if other.key != cluster.key]
        if not others:
            continue
        first = min(others, key=lambda other: other.key)
        found, problem = _gates_of_one(first, group.standpoint, releases, judge.catalog)
        if problem is not None:
            return (), problem
        gates += [replace(gate, name=other.name, key=other.key) for gate in found for other in others]
    order = {move.target.platform.key: place for place, move in enumerate(releases)}
    return tuple(sorted(gates, key=lambda gate: (order[gate.before], gate.name, gate.key))), None


def _gates_of_one(
    other: Cluster, standpoint: Standpoint | Unknown, releases: list[LegalMove], catalog: Catalog
) -> tuple[list[Neighbour], Refused | None]:
    first = releases[0]
    if isinstance(standpoint, Unknown):
        before, on = first.target.platform.key, first.origin.platform.key
        return [Neighbour(other.name, other.key, before, on, "unknown", None)], None
    ground = standpoint.ground
    if standing(catalog, ground, standpoint.state.platform, standpoint.state.version.minor) is Standing.STRANDED:
        return [], None
    needs = _needs({standpoint.state.version}, releases, ground, catalog)
    if isinstance(needs, LegalMove):
        version = str(standpoint.state.version)
        return [], Refused(other.name, needs.origin.platform.key, needs.target.platform.key, version)
    gates: list[Neighbour] = []
    held = standpoint.state.version
    for move, needed in zip(releases, needs, strict=True):
        if held in needed:
            continue
        on = move.origin.platform
        ahead = _climb({held}, on, ground, catalog) & needed
        least = min(version.minor for version in ahead)
        wanted = max(version for version in ahead if version.minor == least)
        gates.append(Neighbour(other.name, other.key, move.target.platform.key, on.key, str(held), wanted))
        held = wanted
    return gates, None


def _needs(
    held: set[KubernetesVersion], releases: list[LegalMove], ground: Ground, catalog: Catalog
) -> list[set[KubernetesVersion]] | LegalMove:
    """For each update, the versions a cluster may have just before it so that none of the updates strands it.

    The first update no version survives is returned instead where there is one.
    """
    before: list[set[KubernetesVersion]] = []
    for move in releases:
        climbed = _climb(held, move.origin.platform, ground, catalog)
        target = move.target.platform
        held = {version for version in climbed if standing(catalog, ground, target, version.minor) is Standing.FINE}
        if not held:
            return move
        before.append(held)
    for place in range(len(releases) - 2, -1, -1):
        on, later = releases[place].target.platform, before[place + 1]
        before[place] = {version for version in before[place] if _climb({version}, on, ground, catalog) & later}
    return before


def _climb(
    held: set[KubernetesVersion], platform: Platform, ground: Ground, catalog: Catalog
) -> set[KubernetesVersion]:
    reached, edge = set(held), list(held)
    while edge:
        version = edge.pop()
        for move in hops(catalog, ground, State(platform, version)):
            if move.target.version not in reached:
                reached.add(move.target.version)
                edge.append(move.target.version)
    return reached
