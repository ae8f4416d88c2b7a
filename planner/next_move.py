"""The next move of a cluster in one or two words: what stands in the last column of a fleet."""

from __future__ import annotations

from planner.deadend import explain
from planner.goals import SUPPORTED
from planner.inventory import Cluster, Unknown, value_of
from planner.moves import MoveKind
from planner.path import solve
from planner.routes import Routes, stand
from planner.standpoint import Standpoint, first_hops_of, windows_skus
from planner.support import Judge, SupportState

NOTHING = "-"
NO_PATH = "no path"
CANNOT_TELL = "?"


def next_move(cluster: Cluster, judge: Judge, routes: Routes) -> str:
    """The first move towards `supported`; of a supported cluster the newest version offered now, or "-".

    "no path" = a rule leaves none; "?" = not enough is known to say.
    """
    state, _ = judge.state(cluster)
    # Facts that are one object are alike without looking into them; a snapshot and a reading share what is equal.
    same = (
        "next",
        id(cluster.version),
        id(cluster.upgrades),
        value_of(cluster.custom_location),
        windows_skus(cluster),
        state,
    )
    known = judge.memo.get(same)
    if known is None:
        known = judge.memo[same] = _next_alike(cluster, state, judge, routes)
    return str(known)


def _next_alike(cluster: Cluster, state: SupportState, judge: Judge, routes: Routes) -> str:
    standpoint = stand(cluster, judge, routes)
    if isinstance(standpoint, Unknown):
        return CANNOT_TELL
    # Clusters of one custom location that stand alike move alike.
    place = value_of(cluster.custom_location), standpoint.ground.windows
    alike = ("next", place, state, standpoint.state, standpoint.first_hops)
    known = judge.memo.get(alike)
    if known is None:
        known = judge.memo[alike] = _next(cluster, state, standpoint, judge, routes)
    return str(known)


def _next(cluster: Cluster, state: SupportState, standpoint: Standpoint, judge: Judge, routes: Routes) -> str:
    if state is SupportState.SUPPORTED:
        ahead = first_hops_of(standpoint, judge.catalog)
        return f"K8s {ahead[-1]}" if ahead else NOTHING
    solution = solve(cluster, SUPPORTED, judge, routes)
    if isinstance(solution, Unknown):
        return CANNOT_TELL
    if solution.path is None:
        return NO_PATH if explain(cluster, SUPPORTED, solution, judge.catalog, "").by_rule else CANNOT_TELL
    if not solution.path.moves:
        return NOTHING
    move = solution.path.moves[0]
    return f"K8s {move.target.version}" if move.kind is MoveKind.HOP else f"release {move.target.platform.key}"
