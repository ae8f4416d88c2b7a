"""The search against a brute-force oracle on random small tables: legal, never stranding, never more hops than needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hypothesis import example, given, settings
from hypothesis import strategies as st

from planner.catalog import Basis, Catalog, ReleaseEntry, UpdateEdge
from planner.deadend import explain
from planner.goals import goal_of_minor, goal_of_version
from planner.moves import Ground, MoveKind, Platform, State
from planner.path import Solution
from planner.search import COMPONENTS, Graph, Path, Table, priority
from planner.standpoint import Standpoint
from planner.version import KubernetesVersion, Minor, OsLine, Release
from tests.builders import cluster

LINE = OsLine.H24
MINORS = [Minor(1, number) for number in range(28, 33)]
VERSIONS = [KubernetesVersion(minor, patch) for minor in MINORS for patch in (1, 2, 3)]
KEYS = ["2511", "2512", "2601", "2602", "2603"]


@dataclass(frozen=True)
class World:
    """A table of releases: what each offers (None = unknown) and which updates exist."""

    offers: tuple[tuple[KubernetesVersion, ...] | None, ...]
    edges: frozenset[tuple[int, int]]

    def catalog(self) -> Catalog:
        return Catalog(
            newest_fact=date(2026, 1, 1),
            compiled=date(2026, 1, 1),
            releases=tuple(self._entry(place) for place in range(len(self.offers))),
            minors=(), windows=(), risks=(), disputes=(), rules=(), scope=(), sections=(), removed_apis=(),
            sources={},
            documented_hops={},
        )  # fmt: skip

    def _entry(self, place: int) -> ReleaseEntry:
        ways = (UpdateEdge(KEYS[origin], Basis.RULE) for origin, target in sorted(self.edges) if target == place)
        return ReleaseEntry(
            key=KEYS[place], release=Release.parse(KEYS[place]), lines=frozenset({LINE}), kind="", is_feature=False,
            builds=(), released=None, support_ends=None, support_ends_source="", line_ends={},
            offers=self.offers[place], offers_source="", updates_from=tuple(ways), extension=None,
            confidence="official", notes="", source="",
        )  # fmt: skip


Here = tuple[int, KubernetesVersion]


class Oracle:
    """Every legal path, found by trying all moves; written apart from the program, from the words of the rules."""

    def __init__(self, world: World) -> None:
        self.world = world

    def stranded(self, place: int, minor: Minor) -> bool | None:
        listed = self.world.offers[place]
        if listed:
            return minor.number < min(v.minor.number for v in listed) - 1
        lows = [min(v.minor.number for v in offered) if offered else None for offered in self.world.offers]
        before = [low for low in lows[:place] if low is not None]
        after = [low for low in lows[place + 1 :] if low is not None]
        if before and minor.number < before[-1] - 1:
            return True
        if after and minor.number >= after[0] - 1:
            return False
        return None

    def moves(self, here: Here) -> list[tuple[str, Here]]:
        place, version = here
        found: list[tuple[str, Here]] = []
        for target in self.world.offers[place] or ():
            if target > version and target.minor.number - version.minor.number in (0, 1):
                found.append(("hop", (place, target)))
        if self.stranded(place, version.minor) is True:  # no update brings it back
            return found
        for origin, later in self.world.edges:
            if origin == place and self.stranded(later, version.minor) is False:
                found.append(("release", (later, version)))
        return found

    def cheapest(self, start: Here, goal: KubernetesVersion) -> dict[str, int] | None:
        """Least hops over all paths, and least release updates among those; None = no path."""
        best: dict[str, int] | None = None
        stack: list[tuple[Here, int, int]] = [(start, 0, 0)]
        seen: set[tuple[Here, int, int]] = set()
        while stack:
            entry = stack.pop()
            if entry in seen:
                continue
            seen.add(entry)
            here, hops, updates = entry
            if here[1] == goal:
                if best is None or (hops, updates) < (best["hops"], best["release_updates"]):
                    best = {"hops": hops, "release_updates": updates}
                continue
            for kind, target in self.moves(here):
                if target[1] <= goal:
                    stack.append((target, hops + (kind == "hop"), updates + (kind == "release")))
        return best


@st.composite
def worlds(draw: st.DrawFn) -> World:
    count = draw(st.integers(2, 4))
    lists = st.one_of(
        st.none(),
        st.lists(st.sampled_from(VERSIONS), min_size=1, max_size=5, unique=True).map(
            lambda chosen: tuple(sorted(chosen))
        ),
    )
    pairs = [(origin, target) for origin in range(count) for target in range(origin + 1, count)]
    return World(
        tuple(draw(lists) for _ in range(count)), frozenset(draw(st.lists(st.sampled_from(pairs), unique=True)))
    )


def state(here: Here) -> State:
    return State(Platform(KEYS[here[0]], LINE), here[1])


def searched(world: World, start: Here, goal: KubernetesVersion, first: str | None = None) -> Path | None:
    graph = Graph(world.catalog(), Ground(state(start).platform), goal)
    return Table(graph, lambda reached: reached.version == goal, priority(first)).path(state(start))


LEFT_BEHIND = World(((VERSIONS[12],), (VERSIONS[3], VERSIONS[6])), frozenset({(0, 1)}))
"""The list of today begins at 1.32, a later one at 1.29."""


@settings(max_examples=400, deadline=None, derandomize=True)
@example(LEFT_BEHIND, VERSIONS[0], VERSIONS[3])
@given(worlds(), st.sampled_from(VERSIONS), st.sampled_from(VERSIONS))
def test_no_path_exactly_where_the_oracle_has_none_and_never_more_hops(
    world: World, begin: KubernetesVersion, goal: KubernetesVersion
) -> None:
    start: Here = (0, begin)
    best = Oracle(world).cheapest(start, goal)
    path = searched(world, start, goal)
    if best is None:
        assert path is None
        return
    assert path is not None
    assert path.numbers.hops == best["hops"]
    assert path.numbers.release_updates == best["release_updates"]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(worlds(), st.sampled_from(VERSIONS), st.sampled_from(VERSIONS), st.sampled_from(COMPONENTS))
def test_every_move_of_every_alternative_is_legal(
    world: World, begin: KubernetesVersion, goal: KubernetesVersion, first: str
) -> None:
    path = searched(world, (0, begin), goal, first)
    if path is None:
        return
    oracle, here = Oracle(world), (0, begin)
    for move in path.moves:
        target: Here = (KEYS.index(move.target.platform.key), move.target.version)
        assert (str(move.kind), target) in oracle.moves(here)
        here = target
    assert here[1] == goal
    assert path.numbers.hops == sum(move.kind is MoveKind.HOP for move in path.moves)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(worlds(), st.sampled_from(VERSIONS), st.sampled_from(VERSIONS))
def test_each_component_is_least_where_it_comes_first(
    world: World, begin: KubernetesVersion, goal: KubernetesVersion
) -> None:
    paths = {name: searched(world, (0, begin), goal, name) for name in COMPONENTS}
    found = [path for path in paths.values() if path is not None]
    assert len(found) in (0, len(paths))
    for name, path in paths.items():
        if path is not None:
            assert getattr(path.numbers, name) == min(getattr(other.numbers, name) for other in found)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(worlds(), st.sampled_from(VERSIONS), st.sampled_from(VERSIONS))
def test_a_dead_end_names_a_cause_and_is_by_rule_where_every_list_is_known(
    world: World, begin: KubernetesVersion, goal: KubernetesVersion
) -> None:
    if goal <= begin or searched(world, (0, begin), goal) is not None:
        return
    standpoint = Standpoint(state((0, begin)), Ground(state((0, begin)).platform), None)
    solution = Solution(standpoint, goal, None, (), (), (), (), unknown_goal=False)
    dead = explain(cluster(running=str(begin)), goal_of_version(goal), solution, world.catalog(), "plant12")
    assert dead.causes and dead.ways_out
    if all(offered is not None for offered in world.offers):
        assert dead.by_rule
    assert dead.by_rule is not all(cause.missing for cause in dead.causes)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(worlds(), st.sampled_from(VERSIONS))
def test_a_dead_end_by_missing_knowledge_opens_for_some_list(world: World, begin: KubernetesVersion) -> None:
    """Where arcstep says that knowledge is missing, some content of the unknown lists does open a path to the minor."""
    goal = VERSIONS[-1]
    if goal.minor <= begin.minor or searched(world, (0, begin), goal) is not None:
        return
    standpoint = Standpoint(state((0, begin)), Ground(state((0, begin)).platform), None)
    solution = Solution(standpoint, goal, None, (), (), (), (), unknown_goal=False)
    dead = explain(cluster(running=str(begin)), goal_of_minor(goal.minor), solution, world.catalog(), "plant12")
    if dead.by_rule:
        return
    between = tuple(v for v in VERSIONS if v.minor >= begin.minor)
    filled = World(tuple(between if offered is None else offered for offered in world.offers), world.edges)
    assert any(searched(filled, (0, begin), v) is not None for v in VERSIONS if v.minor == goal.minor)
