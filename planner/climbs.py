"""What a cluster can be brought to: by hops on one release, and by an update to the next without being stranded.

The rules are those of its own plan. The first hop goes where its upgrade profile says, if that was read; the ones after
it go by the list of the custom location, and on later releases by the catalog.
"""

from __future__ import annotations

from typing import Final

from planner.moves import LegalMove, MoveKind, Platform, Standing, State, standing
from planner.routes import Routes
from planner.search import Graph
from planner.standpoint import Standpoint
from planner.version import KubernetesVersion

Held = frozenset[KubernetesVersion]
"""Versions a cluster can be brought to on a release."""
_NOTHING: Final[Held] = frozenset()


def held_at_start(standpoint: Standpoint, graph: Graph, routes: Routes) -> Held:
    """Every version it can be brought to on today's release; its upgrade profile says which first hops there are."""
    state, first_hops = standpoint.state, standpoint.first_hops

    def work_out() -> Held:
        first = graph.first_moves(state, first_hops)
        ahead = (climb(graph, move.target, routes) for move in first if move.kind is MoveKind.HOP)
        return frozenset({state.version}).union(*ahead)

    return routes.remembered(("held at start", id(graph), state, first_hops), work_out)


def climb(graph: Graph, state: State, routes: Routes) -> Held:
    """Every version that hops lead to on one release, the first included."""

    def work_out() -> Held:
        reached, edge = {state.version}, [state]
        while edge:
            for move in graph.moves(edge.pop()):
                if move.kind is MoveKind.HOP and move.target.version not in reached:
                    reached.add(move.target.version)
                    edge.append(move.target)
        return frozenset(reached)

    return routes.remembered(("climb along", id(graph), state), work_out)


def kept(graph: Graph, held: Held, target: Platform, routes: Routes) -> Held:
    """What of the held versions can continue on a release (P11, P18); where nobody knows, nothing can."""
    return frozenset(one for one in held if standing(routes.catalog, graph.ground, target, one.minor) is Standing.FINE)


def carried(graph: Graph, held: Held, target: Platform, routes: Routes) -> Held:
    """What is held after an update: what can continue there, and what it can then be hopped to."""
    if not held:
        return _NOTHING
    beyond = graph.beyond or graph

    def work_out() -> Held:
        fine = kept(beyond, held, target, routes)
        return _NOTHING.union(*(climb(beyond, State(target, version), routes) for version in fine))

    return routes.remembered(("carried", id(beyond), held, target), work_out)


def way_to(
    graph: Graph, state: State, first_hops: frozenset[KubernetesVersion] | None, version: KubernetesVersion
) -> tuple[LegalMove, ...]:
    """The fewest hops on one release that lead to a version, of equals by the newest patches; empty where none do.

    `first_hops` are the targets of the upgrade profile where the cluster stands on the release already.
    """
    layer: dict[State, tuple[LegalMove, ...]] = {state: ()}
    seen = {state}
    while layer:
        following: dict[State, tuple[LegalMove, ...]] = {}
        for at, taken in layer.items():
            for move in graph.first_moves(at, first_hops) if not taken else graph.moves(at):
                if move.kind is not MoveKind.HOP or move.target in seen:
                    continue
                if move.target.version == version:
                    return (*taken, move)
                seen.add(move.target)
                following[move.target] = (*taken, move)
        layer = following
    return ()
