"""One order for all clusters of an instance: the chain of releases with the fewest updates, and each cluster's way along it.

Nobody is newly stranded. A cluster that cannot reach the goal is carried along; one that no order can keep from being
stranded, and whose own goal is out of reach, is set apart instead of blocking the rest, and a person decides about it
before the update that would strand it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from planner.fleet.chains import Chain, Found, Shortfall, fewest_updates, held_along
from planner.fleet.travellers import Party, Traveller, party_of
from planner.goals import Goal
from planner.inventory import Instance
from planner.moves import LegalMove, MoveKind, State
from planner.routes import Routes
from planner.search import COMPONENTS, Graph, Numbers, Path, Reached, Table
from planner.support import Judge
from planner.version import KubernetesVersion


@dataclass(frozen=True, slots=True)
class Joint:
    """The order of an instance. Travellers and their paths stand in the same places."""

    instance: Instance
    party: Party
    chain: Chain
    """Releases in order, today's first; empty where nobody could be judged."""
    paths: tuple[Path | None, ...]
    """One for each of `party.travellers`; None for those set apart."""
    seekers: frozenset[int]
    """Places of the travellers that reach their goal."""
    isolated: frozenset[int]
    """Places of those an update of the chain strands, in whatever order they hop."""
    shortfall: Shortfall | None
    """Why one update fewer does not do."""

    @property
    def updates(self) -> int:
        """How many release updates there are."""
        return max(0, len(self.chain) - 1)


class Along(Graph):
    """A graph cut down to one chain of releases: hops as they are, and of the updates only the next one of the chain."""

    def __init__(self, whole: Graph, chain: Chain) -> None:
        super().__init__(whole.catalog, whole.ground)
        self._whole = whole
        self._after = dict(pairwise(chain))

    def moves(self, state: State) -> tuple[LegalMove, ...]:
        """Hops, and the next update."""
        return tuple(move for move in self._whole.moves(state) if self._is_along(move))

    def first_moves(self, state: State, first_hops: frozenset[KubernetesVersion] | None) -> tuple[LegalMove, ...]:
        """From where a cluster stands: the hops of its upgrade profile, and the next update."""
        return tuple(move for move in self._whole.first_moves(state, first_hops) if self._is_along(move))

    def numbers(self, move: LegalMove, hopped: bool) -> Numbers:
        """What one move adds, as in the whole graph."""
        return self._whole.numbers(move, hopped)

    def _is_along(self, move: LegalMove) -> bool:
        return move.kind is MoveKind.HOP or self._after.get(move.origin.platform) == move.target.platform


@dataclass(frozen=True, slots=True)
class _Solved:
    """What the search found for travellers like these, whoever they are."""

    chains: tuple[Chain, ...]
    paths: tuple[tuple[Path | None, ...], ...]
    """For each chain, each traveller's path."""
    seekers: frozenset[int]
    isolated: frozenset[int]
    shortfall: Shortfall | None


def joint_order(
    instance: Instance,
    goal: Goal,
    judge: Judge,
    routes: Routes,
    *,
    accepted: frozenset[str] = frozenset(),
    seekers: frozenset[str] | None = None,
) -> Joint:
    """The order of an instance to a goal. `seekers` are the keys of the clusters that want it; None = all.

    Of all chains with the fewest updates the one whose paths together have the fewest open high risks, then hops, moves
    made off-list, and stops; ties go to the earlier releases.
    """
    party = party_of(instance, goal, judge, routes, accepted=accepted, seekers=seekers)
    if party.start is None or not party.travellers:
        chain = (party.start,) if party.start is not None else ()
        return Joint(instance, party, chain, (), frozenset(), frozenset(), None)
    alike = ("joint", party.start, tuple(traveller.key for traveller in party.travellers))
    solved = routes.remembered(alike, lambda: _solve(party, routes))
    best = min(range(len(solved.chains)), key=lambda place: _cost(solved.paths[place], party.travellers))
    return Joint(
        instance, party, solved.chains[best], solved.paths[best], solved.seekers, solved.isolated, solved.shortfall
    )


def _cost(paths: Sequence[Path | None], travellers: Sequence[Traveller]) -> tuple[int, ...]:
    """The components of all paths together, each path counted for each of its clusters."""
    pairs = [(path.numbers, len(one.clusters)) for path, one in zip(paths, travellers, strict=True) if path is not None]
    return tuple(sum(getattr(numbers, name) * count for numbers, count in pairs) for name in COMPONENTS)


def _solve(party: Party, routes: Routes) -> _Solved:
    everyone = frozenset(range(len(party.travellers)))
    seekers = frozenset(place for place in everyone if _reaches_alone(party.travellers[place], routes))
    attempt = _Attempt(party, routes)
    found = attempt.chains(seekers, everyone)
    isolated: frozenset[int] = frozenset()
    if not found.chains:
        found, isolated = attempt.without_the_hopeless(seekers, everyone)
    if not found.chains:
        found, seekers = attempt.with_most(seekers, everyone)
        isolated = frozenset()
    paths = tuple(_paths(party, chain, seekers, isolated, routes) for chain in found.chains)
    return _Solved(found.chains, paths, seekers, isolated, found.shortfall)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """The search with one set of demands after another."""

    party: Party
    routes: Routes

    def chains(self, seekers: frozenset[int], survivors: frozenset[int]) -> Found:
        """The shortest chains for these demands."""
        assert self.party.start is not None
        return fewest_updates(self.party.start, self.party.travellers, seekers, survivors, self.routes)

    def without_the_hopeless(self, seekers: frozenset[int], everyone: frozenset[int]) -> tuple[Found, frozenset[int]]:
        """All seekers reach their goals; of the others as many as possible are kept safe, and the rest is set apart."""
        found = self.chains(seekers, seekers)
        kept = seekers
        if not found.chains:
            return found, frozenset()
        for place in sorted(everyone - seekers):
            more = self.chains(seekers, kept | {place})
            if more.chains:
                found, kept = more, kept | {place}
        return found, everyone - kept

    def with_most(self, seekers: frozenset[int], everyone: frozenset[int]) -> tuple[Found, frozenset[int]]:
        """No order serves all: nobody is stranded, and as many as possible, lowest version first, reach their goals."""
        served: frozenset[int] = frozenset()
        found = self.chains(served, everyone)
        for place in sorted(seekers):
            more = self.chains(served | {place}, everyone)
            if more.chains:
                found, served = more, served | {place}
        return found, served


def _reaches_alone(traveller: Traveller, routes: Routes) -> bool:
    want, standpoint = traveller.want, traveller.standpoint
    if want is None:
        return False
    return routes.table(traveller.graph, want.key, want.aim).path(standpoint.state, standpoint.first_hops) is not None


def _paths(
    party: Party, chain: Chain, seekers: frozenset[int], isolated: frozenset[int], routes: Routes
) -> tuple[Path | None, ...]:
    return tuple(
        None if place in isolated else _path(traveller, chain, routes, seeks=place in seekers)
        for place, traveller in enumerate(party.travellers)
    )


def _path(traveller: Traveller, chain: Chain, routes: Routes, *, seeks: bool) -> Path | None:
    """The best path of a traveller to the end of a chain.

    A goal is met there; where it is out of reach the traveller comes as near to it as the chain lets it, for later there
    may be no hop left. Without a goal it moves only as far as the updates need.
    """
    graph, want, end = traveller.graph, traveller.want, chain[-1]
    nearest = _nearest(traveller, chain, routes) if want is not None and not seeks else None
    key = want.key if want is not None and seeks else nearest

    def table() -> Table:
        test: Reached | None = want.aim(graph.ground) if want is not None and seeks else None

        def reached(at: State) -> bool:
            return at.platform == end and (nearest is None or at.version == nearest) and (test is None or test(at))

        return Table(Along(graph, chain), reached)

    along = routes.remembered(("along", id(graph), chain, key), table)
    return along.path(traveller.standpoint.state, traveller.standpoint.first_hops)


def _nearest(traveller: Traveller, chain: Chain, routes: Routes) -> KubernetesVersion:
    """The newest version a traveller can be brought to on a chain without passing its goal."""
    assert traveller.want is not None
    most = traveller.want.most
    held = held_along(traveller, chain, routes)[-1]
    return max((version for version in held if most is None or version <= most), default=min(held))
