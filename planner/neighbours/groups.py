"""The other clusters of an instance: what has to move before a release update, so that none is newly stranded.

What a neighbour can do is what a plan of its own could: see `climbs`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from planner.climbs import Held, carried, climb, held_at_start, kept, way_to
from planner.inventory import Cluster, Unknown
from planner.moves import NOWHERE, Ground, LegalMove, MoveKind, Platform, State
from planner.neighbours.gatekeepers import Neighbour, repair_gate, unread_gate
from planner.neighbours.hindrance import Hindrance, hindrance_of
from planner.routes import Routes, stand
from planner.search import Graph, Path
from planner.standpoint import Standpoint, is_stranded_today
from planner.support import Judge
from planner.version import KubernetesVersion


@dataclass(frozen=True, slots=True)
class Refused:
    """A release update no order of hops can make safe, because of a named neighbour."""

    name: str
    origin: str
    target: str
    version: str
    hindrance: Hindrance | None = None
    """Why it cannot be moved far enough."""


@dataclass(frozen=True, slots=True)
class Group:
    """Clusters of one instance that stand alike; what one of them must do, all must."""

    standpoint: Standpoint | Unknown
    clusters: tuple[Cluster, ...]


_Alike = tuple[State, int, frozenset[KubernetesVersion] | None]
"""Where a cluster stands, on which ground, and what its upgrade profile offers."""


@dataclass(frozen=True, slots=True)
class Hosted:
    """The clusters of an instance by where they stand."""

    groups: tuple[Group, ...]
    stands: frozenset[_Alike]
    """Where they stand, apart from who they are: instances with the same stands are alike to the search."""


def groups_of(cluster: Cluster, judge: Judge, routes: Routes) -> Hosted:
    """The clusters of the cluster's instance, itself included; worked out once an instance."""
    instance = judge.inventory.instance_of(cluster)
    if instance is None:
        return Hosted((), frozenset())
    key = ("groups", instance.id)
    known = judge.memo.get(key)
    if known is None:
        found: dict[str | _Alike, list[Cluster]] = {}
        stands: dict[str | _Alike, Standpoint | Unknown] = {}
        for hosted in judge.inventory.clusters_by_instance.get(instance.id, ()):
            standpoint = stand(hosted, judge, routes)
            alike = "unknown" if isinstance(standpoint, Unknown) else _alike(standpoint)
            found.setdefault(alike, []).append(hosted)
            stands.setdefault(alike, standpoint)
        groups = tuple(Group(stands[alike], tuple(alikes)) for alike, alikes in found.items())
        known = judge.memo[key] = Hosted(groups, frozenset(alike for alike in found if not isinstance(alike, str)))
    return cast(Hosted, known)


def _alike(standpoint: Standpoint) -> _Alike:
    return standpoint.state, id(standpoint.ground), standpoint.first_hops


def lost_beside(cluster: Cluster, judge: Judge, routes: Routes) -> tuple[Cluster, ...]:
    """The other clusters of the instance that are stranded already: no update is kept back for them, but each moves the
    lowest version they could still skip to further away."""
    lost: list[Cluster] = []
    for group in groups_of(cluster, judge, routes).groups:
        stands = group.standpoint
        if isinstance(stands, Unknown):
            continue
        if is_stranded_today(stands, judge.catalog):
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
        stands, owed = group.standpoint, _owed_by(group, path, routes)
        if isinstance(owed, _Fatal) and not isinstance(stands, Unknown):
            first = min(group.clusters, key=lambda other: other.key)
            why = hindrance_of(stands, owed.origin, owed.target, owed.held, routes.catalog)
            return Refused(first.name, owed.origin.key, owed.target.key, str(stands.state.version), why)
    return None


def gates_of(path: Path, cluster: Cluster, judge: Judge, routes: Routes) -> tuple[Neighbour, ...]:
    """What each neighbour must do before each release update of a path that is not refused."""
    updates = _updates_of(path, routes)
    order = {target.key: place for place, (_, target) in enumerate(updates)}
    gates: list[Neighbour] = []
    for group in groups_of(cluster, judge, routes).groups if updates else ():
        owed = _owed_by(group, path, routes)
        others = [other for other in group.clusters if other.key != cluster.key]
        if isinstance(group.standpoint, Unknown):
            at = stand(cluster, judge, routes)
            ground = Ground(NOWHERE) if isinstance(at, Unknown) else at.ground
            gates += [unread_gate(other, *updates[0], ground, routes.catalog) for other in others]
        elif not isinstance(owed, _Fatal):
            gates += [_climbing(other, climb) for climb in owed for other in others]
            first = min((order[climb.before.key] for climb in owed), default=len(updates))
            gates += _repairs(group.standpoint, others, updates[:first], routes)
    return tuple(sorted(gates, key=lambda gate: (order[gate.before], gate.name, gate.key)))


def _climbing(other: Cluster, climb: _Climb) -> Neighbour:
    before, on = climb.before.key, climb.on.key
    return Neighbour(other.name, other.key, before, on, str(climb.held), climb.wanted, climb.hops, other)


def _repairs(
    standpoint: Standpoint, others: Sequence[Cluster], updates: _Updates, routes: Routes
) -> Iterator[Neighbour]:
    """Those of which nodes are behind what they are set to, so far that an update before any hop of theirs strands them."""
    if is_stranded_today(standpoint, routes.catalog):
        return
    for other in others:
        gate = repair_gate(other, updates, standpoint.ground, routes.catalog)
        if gate is not None:
            yield gate


def _updates_of(path: Path, routes: Routes) -> _Updates:
    """The release updates of a path; one object for equal ones."""
    updates = tuple((m.origin.platform, m.target.platform) for m in path.moves if m.kind is MoveKind.RELEASE)
    return routes.remembered(("updates", updates), lambda: updates)


def _owed_by(group: Group, path: Path, routes: Routes) -> tuple[_Climb, ...] | _Fatal:
    stands = group.standpoint
    if isinstance(stands, Unknown):
        return ()
    updates = routes.remembered(("updates of", id(path)), lambda: _updates_of(path, routes))
    return routes.remembered(("owed", _alike(stands), id(updates)), lambda: _owed(stands, updates, routes))


@dataclass(frozen=True, slots=True)
class _Climb:
    """What a cluster owes on release `on` before the update to `before`."""

    before: Platform
    on: Platform
    hops: tuple[LegalMove, ...]

    @property
    def held(self) -> KubernetesVersion:
        """What it runs until then."""
        return self.hops[0].origin.version

    @property
    def wanted(self) -> KubernetesVersion:
        """What it has to run."""
        return self.hops[-1].target.version


@dataclass(frozen=True, slots=True)
class _Fatal:
    """An update that strands whoever starts there, in whatever order it hops."""

    origin: Platform
    target: Platform
    held: Held
    """What it can be brought to before it."""


_Updates = tuple[tuple[Platform, Platform], ...]


def _owed(standpoint: Standpoint, updates: _Updates, routes: Routes) -> tuple[_Climb, ...] | _Fatal:
    """What any cluster that stands there owes before each update; nothing where it is stranded already."""
    ground, start = standpoint.ground, standpoint.state
    if is_stranded_today(standpoint, routes.catalog):
        return ()
    graph = routes.remembered(("graph of", id(ground)), lambda: routes.graph(ground, None, frozenset()))
    needs = _needs(standpoint, updates, graph, routes)
    if isinstance(needs, _Fatal):
        return needs
    owed: list[_Climb] = []
    held = start.version
    for (on, target), needed in zip(updates, needs, strict=True):
        if held not in needed:
            hops = _least(standpoint, State(on, held), needed, graph, routes)
            owed.append(_Climb(target, on, hops))
            held = hops[-1].target.version
    return tuple(owed)


def _least(standpoint: Standpoint, at: State, needed: Held, graph: Graph, routes: Routes) -> tuple[LegalMove, ...]:
    """The hops into the lowest minor that is needed: as few as that takes, of equals to the newest patch."""
    first = standpoint.first_hops if at == standpoint.state else None
    reached = held_at_start(standpoint, graph, routes) if at == standpoint.state else climb(graph, at, routes)
    ahead = reached & needed
    least = min(version.minor for version in ahead)
    ways = [way_to(graph, at, first, version) for version in sorted(ahead, reverse=True) if version.minor == least]
    return min(ways, key=len)


def _needs(standpoint: Standpoint, updates: _Updates, graph: Graph, routes: Routes) -> list[Held] | _Fatal:
    """For each update, the versions a cluster may have just before it so that none of the updates strands it.

    The first update no version survives is returned instead where there is one.
    """
    before: list[Held] = []
    held = held_at_start(standpoint, graph, routes)
    for origin, target in updates:
        fine = kept(graph, held, target, routes)
        if not fine:
            return _Fatal(origin, target, held)
        before.append(fine)
        held = carried(graph, fine, target, routes)
    for place in range(len(updates) - 2, -1, -1):
        on, later = updates[place][1], before[place + 1]
        before[place] = frozenset(v for v in before[place] if climb(graph, State(on, v), routes) & later)
    return before
