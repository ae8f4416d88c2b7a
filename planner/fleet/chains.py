"""Chains of releases an instance can be led through without newly stranding anybody, and those with the fewest updates.

On each release every traveller has a set of versions it can be brought to. An update keeps of it what can continue there
(P11, P18); where nothing is kept of somebody who has to survive, the update is not made. Sets that are met again with no
more versions and no fewer updates lead nowhere new, so the first layer in which everybody's goal is met is the least.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from planner.climbs import Held, carried, held_at_start
from planner.fleet.travellers import Traveller
from planner.moves import Platform, State, updates
from planner.routes import Routes
from planner.search import Reached
from planner.version import KubernetesVersion

Chain = tuple[Platform, ...]
_ALIKE: Final = 8
"""So many chains that allow the same are compared by what their hops cost; more of them would differ in name only."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """How near one update fewer comes: the best such chain, and who does not reach the goal on it."""

    chain: Chain
    traveller: int
    """Place of the first traveller that falls short."""
    best: KubernetesVersion
    """The newest version it can be brought to there."""


@dataclass(frozen=True, slots=True)
class Found:
    """Every chain with the fewest updates; empty where none meets all goals."""

    chains: tuple[Chain, ...]
    shortfall: Shortfall | None
    """None where no update is needed, or no shorter chain exists."""


@dataclass(frozen=True, slots=True)
class _Node:
    chain: Chain
    held: tuple[Held, ...]


def fewest_updates(
    start: Platform,
    travellers: Sequence[Traveller],
    seekers: frozenset[int],
    survivors: frozenset[int],
    routes: Routes,
) -> Found:
    """The chains on which all `seekers` (places in `travellers`) reach their goals and no survivor is ever stranded."""
    tests = {place: _test(travellers[place]) for place in sorted(seekers)}
    layer = [_Node((start,), tuple(held_at_start(one.standpoint, one.graph, routes) for one in travellers))]
    seen: dict[Platform, list[tuple[Held, ...]]] = {}
    shortfall: Shortfall | None = None
    while layer:
        short = [_short(node, tests) for node in layer]
        reached = tuple(node.chain for node, missing in zip(layer, short, strict=True) if not missing)
        if reached:
            return Found(reached, shortfall)
        nearest = min(range(len(layer)), key=lambda place: (len(short[place]), place))
        place = short[nearest][0]
        shortfall = Shortfall(layer[nearest].chain, place, max(layer[nearest].held[place]))
        for node in layer:
            seen.setdefault(node.chain[-1], []).append(node.held)
        layer = list(_next_layer(layer, travellers, survivors, seen, routes))
    return Found((), shortfall)


def _next_layer(
    layer: Sequence[_Node],
    travellers: Sequence[Traveller],
    survivors: frozenset[int],
    seen: dict[Platform, list[tuple[Held, ...]]],
    routes: Routes,
) -> Iterator[_Node]:
    alike: dict[tuple[Platform, tuple[Held, ...]], int] = {}
    for node in layer:
        for update in updates(routes.catalog, node.chain[-1]):
            pairs = zip(travellers, node.held, strict=True)
            held = tuple(carried(one.graph, kept, update.target, routes) for one, kept in pairs)
            if not all(held[place] for place in survivors) or _is_dominated(held, seen.get(update.target, ())):
                continue
            count = alike[update.target, held] = alike.get((update.target, held), 0) + 1
            if count <= _ALIKE:
                yield _Node((*node.chain, update.target), held)


def _is_dominated(held: tuple[Held, ...], before: Sequence[tuple[Held, ...]]) -> bool:
    """Fewer updates led to the same release with no fewer versions for anybody."""
    return any(all(mine <= theirs for mine, theirs in zip(held, other, strict=True)) for other in before)


def _test(traveller: Traveller) -> Reached:
    assert traveller.want is not None  # a seeker seeks something
    return traveller.want.aim(traveller.ground)


def _short(node: _Node, tests: dict[int, Reached]) -> list[int]:
    """Places of the seekers that cannot have reached their goal at the end of a chain."""
    end = node.chain[-1]
    return [
        place for place, test in tests.items() if not any(test(State(end, version)) for version in node.held[place])
    ]


def held_along(traveller: Traveller, chain: Chain, routes: Routes) -> tuple[Held, ...]:
    """What a traveller can be brought to on each release of a chain; empty from the update on that strands it."""
    held = [held_at_start(traveller.standpoint, traveller.graph, routes)]
    for platform in chain[1:]:
        held.append(carried(traveller.graph, held[-1], platform, routes))
    return tuple(held)
