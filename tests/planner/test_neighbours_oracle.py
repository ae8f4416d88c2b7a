"""Plans of one cluster against a brute-force walk of its instance: gates are legal for whom they name, nobody is stranded."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.catalog import Catalog, WindowsCeiling
from planner.goals import goal_of_version
from planner.path import Routes
from planner.plan import Plan, StepKind
from planner.planning import build_plan
from planner.support import Judge
from planner.version import KubernetesVersion, Minor, Release
from tests import builders as b
from tests.planner.test_oracle import KEYS, VERSIONS, Oracle, World

Version = KubernetesVersion
SKU = "Windows2019"


@dataclass(frozen=True)
class Hosted:
    """A cluster: what it runs, what its upgrade profile offers (None = not read), and whether it has a Windows pool."""

    running: Version
    profile: tuple[Version, ...] | None
    windows: bool


@dataclass(frozen=True)
class Site:
    """An instance on the first release of a table, its live list (None = not read), and its clusters, the subject first."""

    world: World
    live: tuple[Version, ...] | None
    last_minor: int
    """Up to here Windows pools can go."""
    last_release: int
    """Place of the last release with Windows images."""
    clusters: tuple[Hosted, ...]
    goal: Version

    def catalog(self) -> Catalog:
        ceiling = WindowsCeiling(
            SKU, Minor(1, self.last_minor), Release.parse(KEYS[self.last_release]), "2026-03", "WIN"
        )
        return replace(self.world.catalog(), windows=(ceiling,))

    def plan(self) -> Plan:
        hosted = [
            b.cluster(
                f"c{number}",
                str(one.running),
                upgrades=None if one.profile is None else [str(version) for version in one.profile],
                pools=[b.pool("p", str(one.running), sku=SKU if one.windows else "CBLMariner")],
            )
            for number, one in enumerate(self.clusters)
        ]
        live = None if self.live is None else b.offered([str(version) for version in self.live])
        facts, catalog = b.inventory(*hosted, release=KEYS[0], live=live), self.catalog()
        return build_plan(hosted[0], goal_of_version(self.goal), Judge(facts, catalog, b.AS_OF), Routes(catalog))


class Walk:
    """Every move of every cluster, from the words of the rules; written apart from the program."""

    def __init__(self, site: Site) -> None:
        self.site = site
        here = site.live if site.live is not None else site.world.offers[0]
        self.offers = (here, *site.world.offers[1:])
        self.today = Oracle(replace(site.world, offers=self.offers))
        self.later = Oracle(site.world)

    def is_lost(self, who: int) -> bool:
        """Left behind by the list, and its own profile names no next minor that is not."""
        one = self.site.clusters[who]
        ahead = one.running.minor.next
        led = any(target.minor == ahead for target in one.profile or ()) and not self.today.stranded(0, ahead)
        return self.today.stranded(0, one.running.minor) is True and not led

    def may_hop(self, who: int, place: int, held: Version, target: Version) -> bool:
        one = self.site.clusters[who]
        first = place == 0 and held == one.running and one.profile is not None
        listed = one.profile if first else self.offers[place]
        windows = not one.windows or (target.minor.number <= self.site.last_minor and place <= self.site.last_release)
        step = target.minor.number - held.minor.number
        return target in (listed or ()) and target > held and step in (0, 1) and windows

    def has_no_way_on(self, who: int, place: int, held: Version) -> bool:
        """Its Windows pools forbid whatever it could hop to, or what it runs where there is nothing newer."""
        site, offered = self.site, self.offers[place] or ()
        ahead = [v for v in offered if v > held and v.minor.number - held.minor.number in (0, 1)] or [held]
        too_late = place > site.last_release
        return site.clusters[who].windows and all(too_late or v.minor.number > site.last_minor for v in ahead)

    def survives(self, later: int, held: Version) -> bool:
        return self.later.stranded(later, held.minor) is False

    def reaches(self, alive: list[int]) -> bool:
        """Whether the subject can come to its goal in any interleaving of hops and updates that strands nobody."""
        start = (0, tuple(one.running for one in self.site.clusters))
        queue, seen = deque([start]), {start}
        while queue:
            place, held = queue.popleft()
            if held[0] == self.site.goal:
                return True
            for following in self._moves(place, held, alive):
                if following not in seen:
                    seen.add(following)
                    queue.append(following)
        return False

    def _moves(self, place: int, held: tuple[Version, ...], alive: list[int]) -> list[tuple[int, tuple[Version, ...]]]:
        found: list[tuple[int, tuple[Version, ...]]] = []
        for who in alive:
            for target in VERSIONS:
                if self.may_hop(who, place, held[who], target):
                    found.append((place, (*held[:who], target, *held[who + 1 :])))
        for origin, later in self.site.world.edges:
            if origin == place and all(self.survives(later, held[who]) for who in alive):
                found.append((later, held))
        return found


@st.composite
def sites(draw: st.DrawFn) -> Site:
    """Releases whose lists climb, with gaps; clusters of which some are offered what the list says, less, or nothing."""
    count = draw(st.integers(2, 4))
    lists: list[tuple[Version, ...] | None] = []
    low = 28
    for place in range(count):
        low = min(31, low + draw(st.sampled_from((0, 1, 1, 2))) * bool(place))
        top = min(32, low + draw(st.integers(1, 2)))
        listed = tuple(v for v in VERSIONS if low <= v.minor.number <= top and v.patch in draw(_PATCHES))
        lists.append(None if draw(st.integers(0, 7)) == 0 or not listed else listed)
    pairs = [(origin, target) for origin in range(count) for target in range(origin + 1, count)]
    ways = draw(st.lists(st.sampled_from(pairs), max_size=2, unique=True))
    row = [(place, place + 1) for place in range(count - 1)]
    world = World(tuple(lists), frozenset({*ways, *row}))
    live = draw(st.sampled_from((lists[0], None)))
    others = range(draw(st.integers(1, 2)))
    clusters = (draw(_hosted(lists[0] or ())), *(draw(_hosted(lists[0] or (), strange=True)) for _ in others))
    reached = [v for listed in lists for v in listed or () if v >= clusters[0].running] or [clusters[0].running]
    goal = draw(st.one_of(st.sampled_from(sorted(reached)), st.just(max(reached))))
    return Site(world, live, draw(st.integers(29, 32)), draw(st.integers(0, count - 1)), clusters, goal)


_PATCHES = st.sampled_from(((1,), (2, 3), (1, 3)))


@st.composite
def _hosted(draw: st.DrawFn, listed: tuple[Version, ...], *, strange: bool = False) -> Hosted:
    """`strange` = its profile may hold anything, whatever the list says."""
    running = draw(st.sampled_from(VERSIONS[:7]))
    ahead = [v for v in listed if v > running and v.minor.number - running.minor.number <= 1]
    anything = st.lists(st.sampled_from(VERSIONS), max_size=3, unique=True).map(lambda some: tuple(sorted(some)))
    ways = (st.none(), st.just(tuple(ahead)), st.just(()), *((anything,) if strange else ()))
    profile = draw(st.one_of(*ways))
    return Hosted(running, profile, draw(st.integers(0, 3)) == 0)


def walked(site: Site, plan: Plan) -> None:
    """Make every step of a plan, its gates included, asking the rules at each."""
    walk = Walk(site)
    alive = [who for who in range(len(site.clusters)) if not walk.is_lost(who)]
    held = [one.running for one in site.clusters]
    place, decided, asked = 0, set[int](), set[int]()
    for step in plan.steps:
        match step.kind:
            case StepKind.KUBERNETES:
                target = Version.parse(step.target)
                assert walk.may_hop(0, place, held[0], target)
                held[0] = target
            case StepKind.NEIGHBOUR:
                assert step.release == KEYS[place]
                for one in step.awaits:
                    who = int(one.cluster[1:])
                    assert who in alive and who != 0 and one.origin == str(held[who])
                    for target in map(Version.parse, one.hops):
                        assert walk.may_hop(who, place, held[who], target)
                        held[who] = target
                    assert str(held[who]) == one.target
            case StepKind.DECIDE:
                assert step.release == KEYS[place]
                decided.add(int(step.where[1:]))
            case _:
                later = KEYS.index(step.target)
                assert step.kind is StepKind.RELEASE and (place, later) in site.world.edges
                assert all(walk.survives(later, held[who]) for who in alive)
                sunk = {who for who in alive if walk.has_no_way_on(who, later, held[who])}
                asked |= {who for who in sunk if not walk.has_no_way_on(who, place, held[who])}
                assert decided == asked, "a decision about Windows pools is missing, or asked for without need"
                place = later
    assert held[0] == site.goal


def test_every_gate_is_legal_for_whom_it_names_and_nobody_is_stranded() -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=300, deadline=None, derandomize=True)
    @given(sites())
    def holds(site: Site) -> None:
        plan, walk = site.plan(), Walk(site)
        alive = [who for who in range(len(site.clusters)) if not walk.is_lost(who)]
        seen["decided"] += any(step.kind is StepKind.DECIDE for step in plan.steps)
        seen["gated" if any(step.awaits for step in plan.steps) else "dead end" if plan.dead_end else "free"] += 1
        if plan.dead_end is None:
            walked(site, plan)
        else:
            assert 0 not in alive or not walk.reaches(alive)

    holds()
    assert all(seen[kind] > 15 for kind in ("gated", "dead end", "free", "decided")), (
        "some kind of instance is hardly met"
    )
