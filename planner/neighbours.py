"""The other clusters of an instance: what has to move before a release update, so that none is newly stranded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from planner.inventory import Cluster, Unknown
from planner.moves import Ground, LegalMove, MoveKind, Platform, Standing, State, hops, standing
from planner.routes import Routes, stand
from planner.search import Path
from planner.standpoint import Standpoint
from planner.support import Judge
from planner.version import KubernetesVersion, Minor


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
        found, problem = _gates_of_one(first, group.standpoint, releases, routes)
        if problem is not None:
            return (), problem
        gates += [replace(gate, name=other.name, key=other.key) for gate in found for other in others]
    order = {move.target.platform.key: place for place, move in enumerate(releases)}
    return tuple(sorted(gates, key=lambda gate: (order[gate.before], gate.name, gate.key))), None


def _gates_of_one(
    other: Cluster, standpoint: Standpoint | Unknown, releases: list[LegalMove], routes: Routes
) -> tuple[list[Neighbour], Refused | None]:
    updates = tuple((move.origin.platform, move.target.platform) for move in releases)
    if isinstance(standpoint, Unknown):
        on, before = updates[0]
        return [Neighbour(other.name, other.key, before.key, on.key, "unknown", None)], None
    ground, state = standpoint.ground, standpoint.state
    owed = routes.remembered(("owed", id(ground), state, updates), lambda: _owed(ground, state, updates, routes))
    if isinstance(owed, _Fatal):
        return [], Refused(other.name, owed.origin.key, owed.target.key, str(state.version))
    return [
        Neighbour(other.name, other.key, hop.before.key, hop.on.key, str(hop.held), hop.wanted) for hop in owed
    ], None


@dataclass(frozen=True, slots=True)
class _Hop:
    """What whoever runs `held` owes on release `on` before the update to `before`."""

    before: Platform
    on: Platform
    held: KubernetesVersion
    wanted: KubernetesVersion


@dataclass(frozen=True, slots=True)
class _Fatal:
    """An update that strands whoever starts there, in whatever order it hops."""

    origin: Platform
    target: Platform


_Updates = tuple[tuple[Platform, Platform], ...]


def _owed(ground: Ground, start: State, updates: _Updates, routes: Routes) -> tuple[_Hop, ...] | _Fatal:
    """What any cluster on this ground that starts there owes before each update; nothing where it is stranded already."""
    if standing(routes.catalog, ground, start.platform, start.version.minor) is Standing.STRANDED:
        return ()
    needs = _needs(start.version, updates, ground, routes)
    if isinstance(needs, _Fatal):
        return needs
    owed: list[_Hop] = []
    held = start.version
    for (on, target), needed in zip(updates, needs, strict=True):
        if held in needed:
            continue
        ahead = _climb(held, on, ground, routes) & needed
        least = min(version.minor for version in ahead)
        wanted = max(version for version in ahead if version.minor == least)
        owed.append(_Hop(target, on, held, wanted))
        held = wanted
    return tuple(owed)


def _needs(
    start: KubernetesVersion, updates: _Updates, ground: Ground, routes: Routes
) -> list[set[KubernetesVersion]] | _Fatal:
    """For each update, the versions a cluster may have just before it so that none of the updates strands it.

    The first update no version survives is returned instead where there is one.
    """
    before: list[set[KubernetesVersion]] = []
    held = {start}
    for origin, target in updates:
        climbed = {ahead for version in held for ahead in _climb(version, origin, ground, routes)}
        fine = {minor for minor in {v.minor for v in climbed} if _is_fine(minor, target, ground, routes)}
        held = {version for version in climbed if version.minor in fine}
        if not held:
            return _Fatal(origin, target)
        before.append(held)
    for place in range(len(updates) - 2, -1, -1):
        on, later = updates[place][1], before[place + 1]
        before[place] = {version for version in before[place] if _climb(version, on, ground, routes) & later}
    return before


def _is_fine(minor: Minor, platform: Platform, ground: Ground, routes: Routes) -> bool:
    return standing(routes.catalog, ground, platform, minor) is Standing.FINE


def _climb(
    start: KubernetesVersion, platform: Platform, ground: Ground, routes: Routes
) -> frozenset[KubernetesVersion]:
    """Every version that can be had on a platform, starting from one; worked out once."""
    return routes.remembered(
        ("climb", id(ground), platform, start), lambda: _climb_from(start, platform, ground, routes)
    )


def _climb_from(
    start: KubernetesVersion, platform: Platform, ground: Ground, routes: Routes
) -> frozenset[KubernetesVersion]:
    reached, edge = {start}, [start]
    while edge:
        for move in hops(routes.catalog, ground, State(platform, edge.pop())):
            if move.target.version not in reached:
                reached.add(move.target.version)
                edge.append(move.target.version)
    return frozenset(reached)
