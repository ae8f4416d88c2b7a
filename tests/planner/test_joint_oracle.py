"""The joint order against a brute-force oracle on random small instances: legal, nobody newly stranded, no update too many."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.fleet.joint import Joint, joint_order
from planner.goals import goal_of_version
from planner.moves import MoveKind
from planner.routes import Routes
from planner.support import Judge
from planner.version import KubernetesVersion
from tests import builders as b
from tests.planner.test_oracle import KEYS, VERSIONS, Oracle, World

Versions = tuple[KubernetesVersion, ...]


@dataclass
class JointOracle:
    """Tries every interleaving of hops and updates; written apart from the program, from the words of the rules."""

    world: World
    goal: KubernetesVersion
    single: Oracle = field(init=False)

    def __post_init__(self) -> None:
        self.single = Oracle(self.world)

    def is_lost(self, version: KubernetesVersion) -> bool:
        return self.single.stranded(0, version.minor) is True

    def reaches_alone(self, version: KubernetesVersion) -> bool:
        return not self.is_lost(version) and self.least((version,), {0}, {0}) is not None

    def least(self, versions: Versions, seekers: set[int], survivors: set[int]) -> int | None:
        """Fewest updates after which all seekers run the goal, no survivor ever being stranded; None = never."""
        start = (0, versions)
        best = {start: 0}
        queue = deque([start])
        while queue:
            place, held = queue.popleft()
            cost = best[place, held]
            if all(held[seeker] == self.goal for seeker in seekers):
                return cost
            for target, more in self._moves(place, held, survivors):
                if best.get(target, 99) > cost + more:
                    best[target] = cost + more
                    (queue.append if more else queue.appendleft)(target)
        return None

    def _moves(self, place: int, held: Versions, survivors: set[int]) -> list[tuple[tuple[int, Versions], int]]:
        found: list[tuple[tuple[int, Versions], int]] = []
        for who in survivors:
            for kind, (_, version) in self.single.moves((place, held[who])):
                if kind == "hop":
                    found.append(((place, (*held[:who], version, *held[who + 1 :])), 0))
        for origin, later in self.world.edges:
            if origin == place and all(self.single.stranded(later, held[who].minor) is False for who in survivors):
                found.append(((later, held), 1))
        return found


Case = tuple[World, list[KubernetesVersion], KubernetesVersion]


@st.composite
def _random_world(draw: st.DrawFn) -> World:
    """Any lists, any updates."""
    count = draw(st.integers(2, 5))
    lists = st.one_of(
        st.none(),
        st.lists(st.sampled_from(VERSIONS), min_size=2, max_size=6, unique=True).map(lambda some: tuple(sorted(some))),
    )
    pairs = [(origin, target) for origin in range(count) for target in range(origin + 1, count)]
    edges = draw(st.lists(st.sampled_from(pairs), min_size=1, unique=True))
    return World(tuple(draw(lists) for _ in range(count)), frozenset(edges))


@st.composite
def _climbing_world(draw: st.DrawFn) -> World:
    """As releases are: each offers two or three minors, never lower ones than the release before; some publish no list."""
    count = draw(st.integers(3, 5))
    lists: list[Versions | None] = []
    low = 28
    for place in range(count):
        low = min(31, low + draw(st.sampled_from((0, 1, 1, 2))) * bool(place))
        minors = range(low, min(32, low + draw(st.integers(1, 2))) + 1)
        patches = draw(st.sampled_from(((1,), (2, 3), (1, 3))))
        listed = tuple(v for v in VERSIONS if v.minor.number in minors and v.patch in patches)
        lists.append(None if place and draw(st.integers(0, 5)) == 0 else listed)
    pairs = [(origin, target) for origin in range(count) for target in range(origin + 1, count)]
    ways = draw(st.lists(st.sampled_from(pairs), max_size=4, unique=True))
    row = [(place, place + 1) for place in range(count - 1) if draw(st.integers(0, 3))]
    return World(tuple(lists), frozenset({*ways, *row}))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """An instance, what its clusters run, and where they are to go: mostly upwards, so that there is something to do."""
    world = draw(st.one_of(_random_world(), _climbing_world(), _climbing_world(), _climbing_world()))
    listed = sorted({version for offered in world.offers for version in offered or ()}) or VERSIONS
    goal = draw(st.one_of(st.sampled_from(listed), st.sampled_from(listed[-2:])))
    running = draw(
        st.lists(st.one_of(st.sampled_from(VERSIONS), st.sampled_from(VERSIONS[:6])), min_size=1, max_size=3)
    )
    return world, running, goal


def ordered(world: World, running: list[KubernetesVersion], goal: KubernetesVersion) -> Joint:
    hosted = [b.cluster(f"c{number}", str(version)) for number, version in enumerate(running)]
    facts = b.inventory(*hosted, release=KEYS[0])
    catalog = world.catalog()
    judge = Judge(facts, catalog, b.AS_OF)
    return joint_order(facts.instances[0], goal_of_version(goal), judge, Routes(catalog))


def ways(joint: Joint) -> dict[int, list[tuple[str, int, KubernetesVersion]]]:
    """Each cluster's moves: (kind, place after it, version after it)."""
    return {
        int(cluster.name[1:]): [
            (str(move.kind), KEYS.index(move.target.platform.key), move.target.version) for move in path.moves
        ]
        for traveller, path in zip(joint.party.travellers, joint.paths, strict=True)
        if path is not None
        for cluster in traveller.clusters
    }


def replayed(joint: Joint, world: World, running: list[KubernetesVersion]) -> dict[int, KubernetesVersion]:
    """Walk all clusters along the chain together; every move is legal, and each update is the same for all."""
    oracle, chain = Oracle(world), [KEYS.index(platform.key) for platform in joint.chain]
    ends: dict[int, KubernetesVersion] = {}
    for who, moves in ways(joint).items():
        place, version, passed = 0, running[who], [0]
        for kind, after, held in moves:
            assert (kind, (after, held)) in oracle.moves((place, version))
            place, version = after, held
            if kind == MoveKind.RELEASE:
                passed.append(place)
        assert passed == chain
        ends[who] = version
    return ends


@settings(max_examples=600, deadline=None, derandomize=True)
@given(cases())
def test_joint_orders_are_legal_and_as_short_as_any(case: Case) -> None:
    world, running, goal = case
    joint = ordered(world, running, goal)
    oracle, versions = JointOracle(world, goal), tuple(running)
    alive = {who for who in range(len(running)) if not oracle.is_lost(running[who])}
    seekers = {who for who in alive if running[who] <= goal and oracle.reaches_alone(running[who])}
    ends = replayed(joint, world, running)
    assert {int(cluster.name[1:]) for one in joint.party.lost for cluster in one.clusters} == set(
        range(len(running))
    ) - alive

    isolated = _clusters(joint, joint.isolated)
    assert set(ends) == alive - isolated
    least = oracle.least(versions, seekers, alive)
    if least is not None:
        assert joint.updates == least and not isolated
        assert all(ends[who] == goal for who in seekers)
        return
    without = oracle.least(versions, seekers, seekers)
    if without is not None:
        assert all(ends[who] == goal for who in seekers)
        assert joint.updates == oracle.least(versions, seekers, alive - isolated)
        assert isolated and not isolated & seekers
        for who in isolated:
            assert oracle.least(versions, seekers, alive - isolated | {who}) is None
        return
    served = _clusters(joint, joint.seekers)
    assert not isolated and served < seekers
    assert joint.updates == oracle.least(versions, served, alive)
    for who in seekers - served:
        assert oracle.least(versions, served | {who}, alive) is None


def _clusters(joint: Joint, places: frozenset[int]) -> set[int]:
    return {int(cluster.name[1:]) for place in places for cluster in joint.party.travellers[place].clusters}


@settings(max_examples=200, deadline=None, derandomize=True)
@given(cases())
def test_the_order_does_not_depend_on_the_order_of_the_clusters(case: Case) -> None:
    world, running, goal = case
    there, back = ordered(world, running, goal), ordered(world, running[::-1], goal)
    assert there.chain == back.chain
    last = len(running) - 1
    assert ways(there) == {last - who: moves for who, moves in ways(back).items()}


def test_the_oracle_meets_every_kind_of_instance() -> None:
    """Guards the properties above: each of their branches is taken by some instance."""
    offers = {
        key: tuple(v for v in VERSIONS if v.minor.number in minors)
        for key, minors in {"a": (28, 29), "b": (30, 31), "c": (31, 32)}.items()
    }
    world = World((offers["a"], offers["b"], offers["c"]), frozenset({(0, 1), (1, 2)}))
    top, low, mid = VERSIONS[-1], VERSIONS[0], VERSIONS[3]
    served = ordered(world, [low, mid], top)
    assert served.updates == 2 and not served.isolated and len(served.seekers) == 2
    apart = ordered(World((offers["a"], offers["c"]), frozenset({(0, 1)})), [low, VERSIONS[6]], top)
    assert apart.isolated and apart.updates == 1
