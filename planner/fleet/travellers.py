"""The clusters of an instance as the joint search sees them: those that stand alike and want the same travel as one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from planner.goals import Goal, GoalKind
from planner.inventory import Cluster, Instance, Unknown
from planner.moves import Ground, Platform, offers
from planner.path import aim_of
from planner.routes import Routes, stand
from planner.search import Aim, Graph
from planner.standpoint import Standpoint, is_stranded_today
from planner.support import Judge
from planner.version import KubernetesVersion

Key = tuple[object, ...]
_ANY_PATCH = 10**6


@dataclass(frozen=True, slots=True)
class Want:
    """What a goal comes to for clusters that stand alike: a key that stands for it, the test, the version it names."""

    key: object
    aim: Aim
    version: KubernetesVersion | None
    exact: bool
    """The version itself is wanted, so that an older patch on a list is worth a hop."""
    most: KubernetesVersion | None
    """What must not be passed on the way there; None = no such limit."""


@dataclass(frozen=True, slots=True)
class Traveller:
    """Clusters of one instance that stand alike and want the same: what one of them can do, all can."""

    key: Key
    """Equal where everything the search looks at is equal, whichever clusters they are."""
    rank: Key
    """Orders travellers the same way in every run: lowest version first."""
    standpoint: Standpoint
    graph: Graph
    want: Want | None
    """None = no goal to reach: to be carried along without being stranded."""
    clusters: tuple[Cluster, ...]

    @property
    def ground(self) -> Ground:
        """What decides its moves."""
        return self.standpoint.ground


@dataclass(frozen=True, slots=True)
class Party:
    """Everybody on one instance."""

    start: Platform | None
    """None where no cluster could be judged."""
    travellers: tuple[Traveller, ...]
    """Those that can still move, lowest version first."""
    lost: tuple[Traveller, ...]
    """Stranded already: they block nobody."""
    unread: tuple[tuple[Cluster, Unknown], ...]
    """Too little is known of them."""


def party_of(
    instance: Instance,
    goal: Goal,
    judge: Judge,
    routes: Routes,
    *,
    accepted: frozenset[str] = frozenset(),
    seekers: frozenset[str] | None = None,
) -> Party:
    """Everybody on an instance. `seekers` are the keys of the clusters that are to reach the goal; None = all."""
    made: dict[Key, Traveller] = {}
    members: dict[Key, list[Cluster]] = {}
    unread: list[tuple[Cluster, Unknown]] = []
    for cluster in judge.inventory.clusters_by_instance.get(instance.id, ()):
        standpoint = stand(cluster, judge, routes, recovery="RECOVERY-SKIP" in accepted)
        if isinstance(standpoint, Unknown):
            unread.append((cluster, standpoint))
            continue
        seeks = seekers is None or cluster.key in seekers
        alike = (standpoint.state, id(standpoint.ground), standpoint.first_hops, seeks)
        if alike not in made:
            made[alike] = _traveller(standpoint, goal, judge, routes, accepted, seeks=seeks)
        members.setdefault(alike, []).append(cluster)
    found = [_with(made[alike], members[alike]) for alike in made]
    found.sort(key=lambda traveller: traveller.rank)
    lost = tuple(traveller for traveller in found if _is_lost(traveller, judge))
    start = found[0].standpoint.state.platform if found else None
    return Party(start, tuple(one for one in found if one not in lost), lost, tuple(unread))


def _with(traveller: Traveller, clusters: Iterable[Cluster]) -> Traveller:
    ordered = tuple(sorted(clusters, key=lambda cluster: (cluster.name, cluster.key)))
    one = traveller
    return Traveller(one.key, one.rank, one.standpoint, one.graph, one.want, ordered)


def _is_lost(traveller: Traveller, judge: Judge) -> bool:
    return not traveller.ground.recovery and is_stranded_today(traveller.standpoint, judge.catalog)


def _traveller(
    standpoint: Standpoint, goal: Goal, judge: Judge, routes: Routes, accepted: frozenset[str], *, seeks: bool
) -> Traveller:
    ground, state = standpoint.ground, standpoint.state
    want = want_of(standpoint, goal, judge, routes) if seeks else None
    graph = routes.graph(ground, want.version if want is not None and want.exact else None, accepted)
    key: Key = (state, id(graph), standpoint.first_hops, want.key if want is not None else None)
    rank: Key = (
        state.version,
        sorted(ground.windows),
        sorted(standpoint.first_hops or ()),
        standpoint.first_hops is None,
        ground.live or (),
        not seeks,
    )
    return Traveller(key, rank, standpoint, graph, want, ())


def want_of(standpoint: Standpoint, goal: Goal, judge: Judge, routes: Routes) -> Want | None:
    """What a goal comes to; None where it lies behind the cluster (P15), no list tells what it is, or nothing can be had."""
    if is_behind(goal, standpoint.state.version):
        return None

    def work_out() -> Want | None:
        found = aim_of(standpoint, goal, judge, routes)
        if found is None:
            return None
        key, aim, target = found
        if goal.kind is GoalKind.LATEST and _is_kept_back(standpoint, target, routes):
            return None
        most = KubernetesVersion(goal.minor, _ANY_PATCH) if goal.kind is GoalKind.MINOR and goal.minor else target
        if goal.kind is GoalKind.RELEASE:  # no hop is asked for, but what the update itself needs
            most = standpoint.state.version
        return Want(key, aim, target, goal.kind in (GoalKind.PATCH, GoalKind.OS_PATCH), most)

    alike = ("want", standpoint.state, id(standpoint.ground), standpoint.first_hops, goal, judge.today)
    return routes.remembered(alike, work_out)


def _is_kept_back(standpoint: Standpoint, target: KubernetesVersion | None, routes: Routes) -> bool:
    """Nothing newer can be reached although its release offers it: staying is no goal, and must not hold up the others."""
    version = standpoint.state.version
    listed = offers(routes.catalog, standpoint.ground, standpoint.state.platform) or ()
    return target == version and max(listed, default=version) > version


def is_behind(goal: Goal, version: KubernetesVersion) -> bool:
    """Whether a goal lies below what runs already."""
    if goal.version is not None:
        return goal.version < version
    return goal.minor is not None and goal.minor < version.minor
