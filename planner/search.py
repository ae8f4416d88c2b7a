"""The search: cost-to-go tables over the graph of moves, shared by every cluster that stands on the same ground.

The graph has no circles (releases and versions only go up), so the best cost from a state is the best of its moves,
worked out backwards once and kept. A cluster's path is then a walk down the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from planner.catalog import Catalog
from planner.moves import (
    Ground,
    LegalMove,
    MoveKind,
    Platform,
    State,
    hops,
    newest_hops,
    off_list,
    release_moves,
    risks_of,
)
from planner.plan import Numbers
from planner.version import KubernetesVersion

COMPONENTS = ("open_high_risks", "hops", "release_updates", "off_list_moves", "stops")
"""What a path is chosen by, in the order of the recommendation."""

Reached = Callable[[State], bool]


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


def priority(first: str | None = None) -> tuple[str, ...]:
    """The components with one of them put first: each alternative is the optimum of one component."""
    return COMPONENTS if first is None else (first, *(name for name in COMPONENTS if name != first))


_BASE = 1_000
"""No component of a path comes near this, so a cost packs into one integer that compares like the tuple."""

Costed = tuple[int, LegalMove]


class Table:
    """Cost-to-go for one ground, goal and priority; filled for the states that are asked for, and kept."""

    def __init__(
        self,
        catalog: Catalog,
        ground: Ground,
        reached: Reached,
        *,
        wanted: KubernetesVersion | None = None,
        accepted: frozenset[str] = frozenset(),
        order: tuple[str, ...] = COMPONENTS,
    ) -> None:
        self.catalog = catalog
        self.ground = ground
        self._reached = reached
        self._wanted = wanted
        self._accepted = accepted
        self._weight = {name: _BASE ** (len(order) - 1 - place) for place, name in enumerate(order)}
        self._costs: dict[tuple[State, bool], int | None] = {}
        self._moves: dict[State, tuple[LegalMove, ...]] = {}

    def moves(self, state: State) -> tuple[LegalMove, ...]:
        """The moves a path considers from a state: hop before release update, newest patch first, then release key."""
        known = self._moves.get(state)
        if known is None:
            ahead = newest_hops(hops(self.catalog, self.ground, state), self._wanted)
            ahead.sort(key=lambda move: move.target.version, reverse=True)
            known = self._moves[state] = (*ahead, *release_moves(self.catalog, self.ground, state))
        return known

    def cost(self, state: State, hopped: bool = False) -> int | None:
        """Least cost from a state to the goal, or None. `hopped`: a hop was made on this release before."""
        key = (state, hopped)
        if key not in self._costs:
            self._costs[key] = 0 if self._reached(state) else self._best(self.moves(state), hopped)
        return self._costs[key]

    def _best(self, moves: tuple[LegalMove, ...], hopped: bool) -> int | None:
        costs = [cost for cost, _ in self._costed(moves, hopped)]
        return min(costs, default=None)

    def _costed(self, moves: tuple[LegalMove, ...], hopped: bool) -> Iterator[Costed]:
        for move in moves:
            rest = self.cost(move.target, move.kind is MoveKind.HOP)
            if rest is not None:
                yield rest + self._price(move, hopped), move

    def _price(self, move: LegalMove, hopped: bool) -> int:
        numbers = self.numbers_of(move, hopped)
        return sum(self._weight[name] * getattr(numbers, name) for name in COMPONENTS)

    def numbers_of(self, move: LegalMove, hopped: bool) -> Numbers:
        """What one move adds. A stop counts with the first hop on a release."""
        hop = move.kind is MoveKind.HOP
        high = [risk for risk in self._risks(move) if risk not in self._accepted]
        return Numbers(
            open_high_risks=len(high),
            hops=int(hop),
            release_updates=int(not hop),
            off_list_moves=int(off_list(self.catalog, self.ground, move.origin)),
            stops=int(hop and not hopped),
        )

    def _risks(self, move: LegalMove) -> list[str]:
        return [risk.id for risk in risks_of(self.catalog, self.ground, move) if risk.severity == "high"]

    def path(self, start: State, first_hops: frozenset[KubernetesVersion] | None = None) -> Path | None:
        """The best path from a state, or None. Ties: hop earlier, then the newest patch, then the release key.

        `first_hops` are the targets of the upgrade profile: while no hop was made on the release the cluster stands on,
        only these are legal there. None = the profile was not read.
        """
        state, hopped, taken = start, False, list[LegalMove]()
        total = Numbers(0, 0, 0, 0, 0)
        while not self._reached(state):
            bound = first_hops if state == start else None
            options = list(self._costed(self._bounded(state, bound), hopped))
            if not options:
                return None
            _, move = min(options, key=lambda option: option[0])
            total = _plus(total, self.numbers_of(move, hopped))
            taken.append(move)
            state, hopped = move.target, move.kind is MoveKind.HOP
        return Path(start, tuple(taken), total)

    def _bounded(self, state: State, first_hops: frozenset[KubernetesVersion] | None) -> tuple[LegalMove, ...]:
        if first_hops is None:
            return self.moves(state)
        allowed = (move for move in profile_hops(self.catalog, self.ground, state, first_hops))
        ahead = newest_hops(allowed, self._wanted)
        ahead.sort(key=lambda move: move.target.version, reverse=True)
        return (*ahead, *(move for move in self.moves(state) if move.kind is MoveKind.RELEASE))


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
    yield from hops(catalog, narrowed, state)
    if ground.recovery:
        yield from (move for move in hops(catalog, ground, state) if move.recovery)


def _plus(one: Numbers, other: Numbers) -> Numbers:
    return Numbers(*(getattr(one, name) + getattr(other, name) for name in COMPONENTS))


class Reach:
    """Every state that legal moves lead to from a start: what `latest` may choose from."""

    def __init__(self, table: Table, start: State, first_hops: frozenset[KubernetesVersion] | None = None) -> None:
        self._table = table
        self._start = start
        self._first_hops = first_hops

    @cached_property
    def states(self) -> frozenset[State]:
        """The start included."""
        seen = {self._start}
        edge = [self._start]
        while edge:
            state = edge.pop()
            bound = self._first_hops if state == self._start else None
            for move in self._table._bounded(state, bound):  # pyright: ignore[reportPrivateUsage]
                if move.target not in seen:
                    seen.add(move.target)
                    edge.append(move.target)
        return frozenset(seen)

    @cached_property
    def platforms(self) -> frozenset[Platform]:
        """The platforms among them."""
        return frozenset(state.platform for state in self.states)
