"""The next move of a cluster in one or two words: what stands in the last column of a fleet."""

from __future__ import annotations

from typing import cast

from planner.goals import SUPPORTED
from planner.inventory import Cluster, Unknown
from planner.moves import MoveKind
from planner.neighbours.groups import groups_of
from planner.obstacles import relaxed
from planner.path import Solution, solve, solve_alone
from planner.routes import Routes, stand
from planner.standpoint import Standpoint, first_hops_of
from planner.support import Judge, SupportState

NOTHING = "-"
NO_PATH = "no path"
CANNOT_TELL = "?"


def next_move(cluster: Cluster, judge: Judge, routes: Routes) -> str:
    """The first move towards `supported`; of a supported cluster the newest version offered now, or "-".

    "no path" = a rule leaves none; "?" = not enough is known to say.
    """
    state, _ = judge.state(cluster)
    standpoint = stand(cluster, judge, routes)
    if isinstance(standpoint, Unknown):
        return CANNOT_TELL
    # Clusters that stand alike move alike, unless an update is on the way: it may strand a neighbour.
    alone = ("next", id(standpoint), state)
    known = cast("tuple[str | None, object] | None", judge.memo.get(alone))
    if known is None:
        known = judge.memo[alone] = _next_alone(state, standpoint, judge, routes), standpoint
    return known[0] if known[0] is not None else _next_among(cluster, state, standpoint, judge, routes)


def _next_alone(state: SupportState, standpoint: Standpoint, judge: Judge, routes: Routes) -> str | None:
    """What holds whoever the neighbours are; None where it depends on them."""
    if state is SupportState.SUPPORTED:
        ahead = first_hops_of(standpoint, judge.catalog)
        return f"K8s {ahead[-1]}" if ahead else NOTHING
    solution = solve_alone(standpoint, SUPPORTED, judge, routes)
    path = solution.path
    if path is not None and any(move.kind is MoveKind.RELEASE for move in path.moves):
        return None
    return _in_words(solution, judge)


def _next_among(cluster: Cluster, state: SupportState, standpoint: Standpoint, judge: Judge, routes: Routes) -> str:
    place = judge.place(cluster)
    here = ("stands", id(place))
    stands = judge.memo.get(here)
    if stands is None:
        stands = judge.memo[here] = judge.alike.number(groups_of(cluster, judge, routes).stands)
    among = ("next", id(standpoint), state, stands)
    known = judge.memo.get(among)
    if known is None:
        solution = solve(cluster, SUPPORTED, judge, routes)
        known = judge.memo[among] = CANNOT_TELL if isinstance(solution, Unknown) else _in_words(solution, judge)
    return str(known)


def _in_words(solution: Solution, judge: Judge) -> str:
    if solution.path is None:
        return NO_PATH if _is_by_rule(solution, judge) else CANNOT_TELL
    if not solution.path.moves:
        return NOTHING
    move = solution.path.moves[0]
    return f"K8s {move.target.version}" if move.kind is MoveKind.HOP else f"release {move.target.platform.key}"


def _is_by_rule(solution: Solution, judge: Judge) -> bool:
    """What `deadend.explain` finds out with all its words: whether a rule forbids, rather than nobody knowing."""
    standpoint = solution.standpoint
    way = relaxed(standpoint.state, None, standpoint.ground, judge.catalog, standpoint.first_hops)
    refusals = [stride.obstacle.refusal for stride in way if stride.obstacle is not None]
    return not refusals or not all(refusal.is_missing_knowledge for refusal in refusals)
