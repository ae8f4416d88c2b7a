"""The other clusters of an instance: what has to move before a release update, so that none is newly stranded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from planner.inventory import Cluster, Unknown
from planner.moves import Ground, MoveKind, Platform, Standing, State, hops, standing
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


@dataclass(frozen=True, slots=True)
class Hosted:
    """The clusters of an instance by where they stand."""

    groups: tuple[Group, ...]
    stands: frozenset[tuple[State, int]]
    """Where they stand, apart from who they are: instances with the same stands are alike to the search."""


def groups_of(cluster: Cluster, judge: Judge, routes: Routes) -> Hosted:
    """The clusters of the cluster's instance, itself included; worked out once an instance."""
    instance = judge.inventory.instance_of(cluster)
    if instance is None:
        return Hosted((), frozenset())
    key = ("groups", instance.id)
    known = judge.memo.get(key)
    if known is None:
        found: dict[str | tuple[State, int], list[Cluster]] = {}
        stands: dict[str | tuple[State, int], Standpoint | Unknown] = {}
        for hosted in judge.inventory.clusters_by_instance.get(instance.id, ()):
            standpoint = stand(hosted, judge, routes)
            alike = "unknown" if isinstance(standpoint, Unknown) else (standpoint.state, id(standpoint.ground))
            found.setdefault(alike, []).append(hosted)
            stands.setdefault(alike, standpoint)
        groups = tuple(Group(stands[alike], tuple(alikes)) for alike, alikes in found.items())
        known = judge.memo[key] = Hosted(groups, frozenset(alike for alike in found if not isinstance(alike, str)))
    return cast(Hosted, known)


def lost_beside(cluster: Cluster, judge: Judge, routes: Routes) -> tuple[Cluster, ...]:
    """The other clusters of the instance that are stranded already: no update is kept back for them, but each moves the
    lowest version they could still skip to further away."""
    lost: list[Cluster] = []
    for group in groups_of(cluster, judge, routes).groups:
        stands = group.standpoint
        if isinstance(stands, Unknown):
            continue
        if (
            standing(judge.catalog, stands.ground, stands.state.platform, stands.state.version.minor)
            is Standing.STRANDED
        ):
            lost += [other for other in group.clusters if other.key != cluster.key]
    return tuple(sorted(lost, key=lambda other: (other.name, other.key)))


def refused_by(path: Path, cluster: Cluster, judge: Judge, routes: Routes) -> Refused | None:
    """The first release update of a path that strands a neighbour in whatever order it hops, or None.

    A neighbour may hop on every release the path passes. The cluster's own group is asked like the others: the path itself
    shows how it is saved.
    """
    hosted = groups_of(cluster, judge, routes)
    safe = routes.remembered(("safe", id(path), hosted.stands), lambda: _refused_by(path, hosted, routes) is None)
    return None if safe else _refused_by(path, hosted, routes)


def _refused_by(path: Path, hosted: Hosted, routes: Routes) -> Refused | None:
    for group in hosted.groups:
        owed = _owed_by(group, path, routes)
        if isinstance(owed, _Fatal) and not isinstance(group.standpoint, Unknown):
            first = min(group.clusters, key=lambda other: other.key)
            return Refused(first.name, owed.origin.key, owed.target.key, str(group.standpoint.state.version))
    return None


def gates_of(path: Path, cluster: Cluster, judge: Judge, routes: Routes) -> tuple[Neighbour, ...]:
    """What each neighbour must do before each release update of a path that is not refused."""
    updates = _updates_of(path, routes)
    gates: list[Neighbour] = []
    for group in groups_of(cluster, judge, routes).groups if updates else ():
        owed = _owed_by(group, path, routes)
        others = [other for other in group.clusters if other.key != cluster.key]
        if isinstance(group.standpoint, Unknown):
            on, before = updates[0]
            gates += [Neighbour(other.name, other.key, before.key, on.key, "unknown", None) for other in others]
        elif not isinstance(owed, _Fatal):
            gates += [
                Neighbour(other.name, other.key, hop.before.key, hop.on.key, str(hop.held), hop.wanted)
                for hop in owed
                for other in others
            ]
    order = {target.key: place for place, (_, target) in enumerate(updates)}
    return tuple(sorted(gates, key=lambda gate: (order[gate.before], gate.name, gate.key)))


def _updates_of(path: Path, routes: Routes) -> _Updates:
    """The release updates of a path; one object for equal ones."""
    updates = tuple((m.origin.platform, m.target.platform) for m in path.moves if m.kind is MoveKind.RELEASE)
    return routes.remembered(("updates", updates), lambda: updates)


def _owed_by(group: Group, path: Path, routes: Routes) -> tuple[_Hop, ...] | _Fatal:
    if isinstance(group.standpoint, Unknown):
        return ()
    updates = routes.remembered(("updates of", id(path)), lambda: _updates_of(path, routes))
    ground, state = group.standpoint.ground, group.standpoint.state
    return routes.remembered(("owed", id(ground), state, id(updates)), lambda: _owed(ground, state, updates, routes))


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
    if platform != ground.here:
        ground = routes.beyond(ground)
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
