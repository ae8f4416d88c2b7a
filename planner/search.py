"""The search: cost-to-go tables over the graph of moves, shared by every cluster that stands on the same ground.

The graph has no circles (releases and versions only go up), so the best cost from a state is the best of its moves,
worked out backwards once and kept. A cluster's path is then a walk down the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from planner.catalog import Catalog
from planner.moves import (
    Ground,
    LegalMove,
    MoveKind,
    State,
    hops,
    newest_hops,
    off_list,
    release_moves,
)
from planner.risks import risks_of
from planner.version import KubernetesVersion

COMPONENTS = ("open_high_risks", "hops", "release_updates", "off_list_moves", "stops")
"""What a path is chosen by, in the order of the recommendation."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """The components a path is chosen by, in this order; fewer is better."""

    open_high_risks: int
    hops: int
    release_updates: int
    off_list_moves: int
    stops: int


Reached = Callable[[State], bool]
Aim = Callable[[Ground], Reached]
"""The test for having reached a goal, made for a ground."""


Steps = tuple[tuple[LegalMove, Numbers], ...]
"""Moves from one state, each with what it adds."""


@dataclass(frozen=True, slots=True)
class Path:
    """Moves in order from a state; empty where the goal is reached already."""

    start: State
    moves: tuple[LegalMove, ...]
    numbers: Numbers

    @property
    def end(self) -> State:
        """The state the path leads to."""
        return self.moves[-1].target if self.moves else self.start

    @property
    def states(self) -> tuple[State, ...]:
        """Every state it passes, both ends included."""
        return (self.start, *(move.target for move in self.moves))


def priority(first: str | None = None) -> tuple[str, ...]:
    """The components with one of them put first: each alternative is the optimum of one component."""
    return COMPONENTS if first is None else (first, *(name for name in COMPONENTS if name != first))


_BASE = 1_000
"""No component of a path comes near this, so a cost packs into one integer that compares like the tuple."""


class Graph:
    """The moves worth considering on one ground and what each adds; shared by the tables of every priority."""

    def __init__(
        self,
        catalog: Catalog,
        ground: Ground,
        wanted: KubernetesVersion | None = None,
        accepted: frozenset[str] = frozenset(),
        beyond: Graph | None = None,
    ) -> None:
        self.catalog = catalog
        self.ground = ground
        self.beyond = beyond
        """The graph of every platform but `ground.here`, shared by all grounds alike there; None = this one."""
        self._wanted = wanted
        self._accepted = accepted
        self._moves: dict[State, tuple[LegalMove, ...]] = {}
        self._first_moves: dict[tuple[State, frozenset[KubernetesVersion]], tuple[LegalMove, ...]] = {}
        self._numbers: dict[tuple[LegalMove, bool], Numbers] = {}
        self._steps: dict[tuple[State, bool], Steps] = {}

    def moves(self, state: State) -> tuple[LegalMove, ...]:
        """From a state: hop before release update, newest patch first, then release key."""
        if self.beyond is not None and state.platform != self.ground.here:
            return self.beyond.moves(state)
        known = self._moves.get(state)
        if known is None:
            ahead = self._newest(hops(self.catalog, self.ground, state))
            known = self._moves[state] = (*ahead, *release_moves(self.catalog, self.ground, state))
        return known

    def first_moves(self, state: State, first_hops: frozenset[KubernetesVersion] | None) -> tuple[LegalMove, ...]:
        """From the state a cluster stands in: its upgrade profile, where it was read, says which hops there are."""
        if first_hops is None:
            return self.moves(state)
        key = (state, first_hops)
        known = self._first_moves.get(key)
        if known is None:
            ahead = self._newest(profile_hops(self.catalog, self.ground, state, first_hops))
            updates = (move for move in self.moves(state) if move.kind is MoveKind.RELEASE)
            known = self._first_moves[key] = (*ahead, *updates)
        return known

    def first_steps(self, state: State, first_hops: frozenset[KubernetesVersion] | None) -> Steps:
        """`first_moves` with what each adds."""
        if first_hops is None:
            return self.steps(state, False)
        return self._counted(self.first_moves(state, first_hops), False)

    def _newest(self, moves: Iterator[LegalMove]) -> list[LegalMove]:
        ahead = newest_hops(moves, self._wanted)
        return sorted(ahead, key=lambda move: move.target.version, reverse=True)

    def steps(self, state: State, hopped: bool) -> Steps:
        """The moves from a state with what each adds."""
        if self.beyond is not None and state.platform != self.ground.here:
            return self.beyond.steps(state, hopped)
        key = (state, hopped)
        known = self._steps.get(key)
        if known is None:
            known = self._steps[key] = self._counted(self.moves(state), hopped)
        return known

    def _counted(self, moves: Iterable[LegalMove], hopped: bool) -> Steps:
        return tuple((move, self.numbers(move, hopped)) for move in moves)

    def numbers(self, move: LegalMove, hopped: bool) -> Numbers:
        """What one move adds. A stop counts with the first hop on a release."""
        if self.beyond is not None and move.origin.platform != self.ground.here:
            return self.beyond.numbers(move, hopped)
        key = (move, hopped)
        known = self._numbers.get(key)
        if known is None:
            hop = move.kind is MoveKind.HOP
            known = self._numbers[key] = Numbers(
                open_high_risks=self._high_risks(move),
                hops=int(hop),
                release_updates=int(not hop),
                off_list_moves=int(off_list(self.catalog, self.ground, move.origin)),
                stops=int(hop and not hopped),
            )
        return known

    def _high_risks(self, move: LegalMove) -> int:
        met = risks_of(self.catalog, self.ground, move)
        return sum(risk.severity == "high" and risk.id not in self._accepted for risk in met)


class Table:
    """Cost-to-go for one graph, goal and priority; filled for the states that are asked for, and kept."""

    def __init__(
        self,
        graph: Graph,
        reached: Reached,
        order: tuple[str, ...] = COMPONENTS,
        beyond: Table | None = None,
    ) -> None:
        self._graph = graph
        self._beyond = beyond
        self._reached = reached
        self._weights = [_BASE ** (len(order) - 1 - order.index(name)) for name in COMPONENTS]
        self._costs: dict[tuple[State, bool], int | None] = {}
        self._paths: dict[tuple[State, frozenset[KubernetesVersion] | None], Path | None] = {}

    def cost(self, state: State, hopped: bool = False) -> int | None:
        """Least cost from a state to the goal, or None. `hopped`: a hop was made on this release before."""
        if self._beyond is not None and state.platform != self._graph.ground.here:
            return self._beyond.cost(state, hopped)
        key = (state, hopped)
        if key not in self._costs:
            self._costs[key] = 0 if self._reached(state) else self._least(state, hopped)
        return self._costs[key]

    def _least(self, state: State, hopped: bool) -> int | None:
        return min((cost for cost, _ in self._costed(self._graph.steps(state, hopped))), default=None)

    def _costed(self, steps: Steps) -> Iterator[tuple[int, tuple[LegalMove, Numbers]]]:
        for step in steps:
            move, numbers = step
            rest = self.cost(move.target, move.kind is MoveKind.HOP)
            if rest is not None:
                yield rest + self._weigh(numbers), step

    def _weigh(self, numbers: Numbers) -> int:
        risks, hops, updates, off_list, stops = self._weights
        return (
            risks * numbers.open_high_risks
            + hops * numbers.hops
            + updates * numbers.release_updates
            + off_list * numbers.off_list_moves
            + stops * numbers.stops
        )

    def path(self, start: State, first_hops: frozenset[KubernetesVersion] | None = None) -> Path | None:
        """The best path from a state, or None. Ties: hop earlier, then the newest patch, then the release key.

        `first_hops` are the targets of the upgrade profile; None = it was not read.
        """
        key = (start, first_hops)
        if key not in self._paths:
            self._paths[key] = self._walk(start, first_hops)
        return self._paths[key]

    def _walk(self, start: State, first_hops: frozenset[KubernetesVersion] | None) -> Path | None:
        state, hopped, taken = start, False, list[LegalMove]()
        total = Numbers(0, 0, 0, 0, 0)
        while not self._reached(state):
            options = list(
                self._costed(self._graph.steps(state, hopped) if taken else self._graph.first_steps(state, first_hops))
            )
            if not options:
                return None
            _, (move, numbers) = min(options, key=lambda option: option[0])
            total = _plus(total, numbers)
            taken.append(move)
            state, hopped = move.target, move.kind is MoveKind.HOP
        return Path(start, tuple(taken), total)


def profile_hops(
    catalog: Catalog, ground: Ground, state: State, targets: frozenset[KubernetesVersion]
) -> Iterator[LegalMove]:
    """The upgrade profile's targets that are legal (P11, P15; Windows ceilings): truth for the first hop."""
    narrowed = Ground(
        here=ground.here,
        live=tuple(sorted(targets)),
        windows=ground.windows,
        windows_ready=ground.windows_ready,
    )
    yield from (move._replace(profiled=True) for move in hops(catalog, narrowed, state))
    if ground.recovery:
        yield from (move for move in hops(catalog, ground, state) if move.recovery)


def _plus(one: Numbers, other: Numbers) -> Numbers:
    return Numbers(
        one.open_high_risks + other.open_high_risks,
        one.hops + other.hops,
        one.release_updates + other.release_updates,
        one.off_list_moves + other.off_list_moves,
        one.stops + other.stops,
    )


class Reach:
    """Every state that legal moves lead to from a start: what `latest` may choose from."""

    def __init__(self, graph: Graph, start: State, first_hops: frozenset[KubernetesVersion] | None = None) -> None:
        seen = {start}
        edge = [start]
        while edge:
            state = edge.pop()
            moves = graph.first_moves(state, first_hops) if state == start else graph.moves(state)
            for move in moves:
                if move.target not in seen:
                    seen.add(move.target)
                    edge.append(move.target)
        self.states = frozenset(seen)
        """The start included."""
        self.platforms = frozenset(state.platform for state in seen)
