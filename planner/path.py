"""Paths for a cluster: where it stands, what its goal comes to, the best path and the optimum of each component.

The instance's other clusters are never newly stranded: an update that needs them moved first carries a gate, and one
that nothing can make safe is refused and the search goes round it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from planner.catalog import Catalog
from planner.clocks import release_ends, utc_day
from planner.destination import destination
from planner.goals import Goal, GoalError, GoalKind, parse_goal
from planner.inventory import Cluster, Unknown
from planner.moves import Ground, Platform, State, offers
from planner.neighbours.groups import Neighbour, Refused, gates_of, lost_beside, refused_by
from planner.neighbours.passage import Doubt, PoolLoss, crossings, doubts_in, held_beside, losses_in
from planner.routes import Routes, stand
from planner.search import COMPONENTS, Aim, Path
from planner.standpoint import Standpoint, is_stranded_today, os_patch_target
from planner.support import Judge
from planner.version import KubernetesVersion

__all__ = [
    "Goal",
    "GoalError",
    "Neighbour",
    "Routes",
    "Solution",
    "Standpoint",
    "parse_goal",
    "solve",
    "stand",
]


@dataclass(frozen=True, slots=True)
class Solution:
    """What the search found for one cluster and goal."""

    standpoint: Standpoint
    target: KubernetesVersion | None
    """The version the goal came to; None where it names none (supported) or nothing is known."""
    path: Path | None
    alternatives: tuple[tuple[str, Path], ...]
    """(component, its optimum) in the order of COMPONENTS; empty unless asked for."""
    neighbours: tuple[Neighbour, ...]
    """Empty unless asked for."""
    refused: tuple[Refused, ...]
    lost: tuple[Cluster, ...]
    """Neighbours that are stranded already; empty unless asked for."""
    unknown_goal: bool
    """True where no list that can be reached is known, so that `latest` cannot be told."""
    losses: tuple[PoolLoss, ...] = ()
    """Windows pools that updates of the path leave without a hop, its own and neighbours'; empty unless asked for."""
    doubts: tuple[Doubt, ...] = ()
    """What nobody knows of a cluster and could turn the answer to an update; empty unless asked for."""
    held_beside: tuple[tuple[Cluster, str], ...] = ()
    """Neighbours that need not move and could not be changed now, each with why; empty unless asked for."""
    destination: Platform | None = None
    """The release a goal names; None for goals of a version."""


def supported_platforms(catalog: Catalog, today: date) -> frozenset[Platform]:
    """Platforms whose release clock has not ended: its earliest dated end is judged."""
    return frozenset(
        Platform(entry.key, line)
        for entry in catalog.releases
        for line in entry.lines
        if release_ends(catalog, entry, line)[0][0] >= today
    )


def solve(
    cluster: Cluster,
    goal: Goal,
    judge: Judge,
    routes: Routes,
    *,
    accepted: frozenset[str] = frozenset(),
    whole: bool = False,
) -> Solution | Unknown:
    """The best path of a cluster to a goal, or Unknown with the fact that is missing.

    A Solution with `path` None is a dead end; `deadend.explain` says why. `whole` adds the optimum of each component and
    what the neighbours have to do first.
    """
    standpoint = stand(cluster, judge, routes, recovery="RECOVERY-SKIP" in accepted)
    if isinstance(standpoint, Unknown):
        return standpoint
    refused: list[Refused] = []
    while True:
        solution = _solve_on(standpoint, goal, judge, routes, accepted, whole)
        if solution.path is None:
            return replace(solution, refused=tuple(refused))
        problem = refused_by(solution.path, cluster, judge, routes)
        if problem is None:
            found = replace(solution, refused=tuple(refused))
            return _with_company(found, solution.path, cluster, judge, routes) if whole else found
        refused.append(problem)
        edges = standpoint.ground.refused_updates | {(problem.origin, problem.target)}
        standpoint = replace(standpoint, ground=replace(standpoint.ground, refused_updates=edges))


def _with_company(solution: Solution, path: Path, cluster: Cluster, judge: Judge, routes: Routes) -> Solution:
    """What the updates of the path mean for everybody on the instance."""
    gates = gates_of(path, cluster, judge, routes)
    met = crossings(path, cluster, solution.standpoint.ground, gates, judge, routes)
    return replace(
        solution,
        neighbours=gates,
        lost=lost_beside(cluster, judge, routes),
        losses=tuple(losses_in(met, judge.catalog)),
        doubts=tuple(doubts_in(met, judge.catalog)),
        held_beside=tuple(held_beside(met, cluster, gates, judge)),
    )


def solve_alone(standpoint: Standpoint, goal: Goal, judge: Judge, routes: Routes) -> Solution:
    """The best path from a standpoint to a goal, as if no neighbour could be stranded on the way."""
    return _solve_on(standpoint, goal, judge, routes, frozenset(), False)


def _solve_on(
    standpoint: Standpoint, goal: Goal, judge: Judge, routes: Routes, accepted: frozenset[str], whole: bool
) -> Solution:
    ground, state = standpoint.ground, standpoint.state
    aim = aim_of(standpoint, goal, judge, routes)
    if aim is None:
        return Solution(standpoint, None, None, (), (), (), (), unknown_goal=True)
    key, test, target = aim
    wanted = target if goal.kind in (GoalKind.PATCH, GoalKind.OS_PATCH) else None

    graph = routes.graph(ground, wanted, accepted)

    def best(first: str | None) -> Path | None:
        return routes.table(graph, key, test, first).path(state, standpoint.first_hops)

    path = best(None)
    found: list[tuple[str, Path]] = []
    if whole and path is not None:
        for name in COMPONENTS:
            other = best(name)
            if other is not None:
                found.append((name, other))
    reaches = target if goal.kind is not GoalKind.MINOR or path is None else path.end.version
    end = destination(goal.release, state.platform, routes) if goal.kind is GoalKind.RELEASE else None
    return Solution(standpoint, reaches, path, tuple(found), (), (), (), unknown_goal=False, destination=end)


def aim_of(
    standpoint: Standpoint, goal: Goal, judge: Judge, routes: Routes
) -> tuple[object, Aim, KubernetesVersion | None] | None:
    """What the goal comes to here: a key for it, the test for having reached it, and the version where it names one."""
    catalog = judge.catalog
    match goal.kind:
        case GoalKind.PATCH:
            version = goal.version
        case GoalKind.MINOR:

            def newest_of_minor(ground: Ground, state: State) -> bool:
                listed = offers(catalog, ground, state.platform)
                if state.version.minor != goal.minor or not listed:
                    return False
                same = [version for version in listed if version.minor == goal.minor]
                return bool(same) and state.version >= max(same)

            return ("minor", goal.minor), lambda ground: partial(newest_of_minor, ground), None
        case GoalKind.SUPPORTED:
            platforms = routes.supported(utc_day(judge.as_of), supported_platforms)

            def in_support(ground: Ground, state: State) -> bool:
                listed = offers(catalog, ground, state.platform)
                return listed is not None and state.version in listed and state.platform in platforms

            return ("supported", platforms), lambda ground: partial(in_support, ground), None
        case GoalKind.LATEST:
            version = _latest(standpoint, judge, routes)
        case GoalKind.OS_PATCH:
            version = os_patch_target(standpoint, catalog)
        case GoalKind.RELEASE:
            end = destination(goal.release, standpoint.state.platform, routes)
            if end is None:
                return None
            return ("release", end), lambda _: lambda state: state.platform == end, None
    if version is None:
        return None
    return ("version", version), lambda _: lambda state: state.version == version, version


def _latest(standpoint: Standpoint, judge: Judge, routes: Routes) -> KubernetesVersion | None:
    """The newest version on a list that can be reached without stranding; None where no such list is known.

    Of a stranded cluster nothing can be reached; what it is kept from is what a recovery hop would open (P12).
    """
    catalog, ground, state = judge.catalog, standpoint.ground, standpoint.state
    if is_stranded_today(standpoint, catalog):
        ground = replace(ground, recovery=True)
    reach = routes.reach(routes.graph(ground, None, frozenset()), state, standpoint.first_hops)
    if not any(offers(catalog, ground, platform) for platform in reach.platforms):
        return None
    return max(reached.version for reached in reach.states)
