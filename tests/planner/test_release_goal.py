"""Goals that name a release of Azure Local: the fewest updates there, and only the hops without which they strand somebody."""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.destination import destination
from planner.findings import Verdict
from planner.fleet.joint import Joint, joint_order
from planner.fleet.targets import resolve_target
from planner.fleet.whatif import Bearing, WhatIf, what_if
from planner.fleetplan import FleetPlan, Part
from planner.goals import GoalError, GoalKind, goal_of_release, in_words, parse_goal
from planner.knowledge import load_catalog
from planner.moves import MoveKind, Platform
from planner.plan import Plan, StepKind
from planner.planning import build_plan
from planner.routes import Routes
from planner.support import Judge
from planner.version import OsLine
from tests import builders as b
from tests.planner.test_fleet_plan import hosted, planned
from tests.planner.test_joint_oracle import JointOracle, Versions, replayed
from tests.planner.test_joint_oracle import _climbing_world as climbing_worlds
from tests.planner.test_oracle import KEYS, VERSIONS, World

CATALOG = load_catalog()
ROUTES = Routes(CATALOG)


def hops(plan: FleetPlan | Plan) -> list[tuple[str, str]]:
    return [(step.where, step.target) for step in plan.steps if step.kind is StepKind.KUBERNETES]


# -- by value


def test_the_plan_to_2510_hops_only_who_would_be_stranded_there() -> None:
    facts = hosted("2509", *(b.cluster(f"c-{text}", text) for text in ("1.31.5", "1.28.9", "1.29.13")))
    plan = planned(facts, "2510")
    assert hops(plan) == [("c-1.28.9", "1.29.13")]
    assert [step.target for step in plan.steps if step.kind is StepKind.RELEASE] == ["11.2510"]
    (instance,) = plan.instances
    assert [(bound.cluster, bound.needs) for bound in instance.stages[0].binding] == [("c-1.28.9", "1.29.13")]
    assert instance.minimal == (
        "1 release update is the fewest that lead to release 2510, and no hop is made that they do not need."
    )
    removed = " 11.2510 no longer offers 1.29: hop right after the update, for its support ends 30 days later at the latest (P3)."
    parts = {one.name: (one.part, one.because) for one in plan.members}
    assert parts == {
        "c-1.28.9": (
            Part.PLANNED,
            f"Would be stranded on release 2510; hopped from 1.28.9 to 1.29.13 first, it can go on there.{removed}",
        ),
        "c-1.29.13": (Part.NOTHING_TO_DO, f"Can go on there as it is: stays on 1.29.13.{removed}"),
        "c-1.31.5": (
            Part.NOTHING_TO_DO,
            "Can go on there as it is: stays on 1.31.5. 11.2510 offers other patches of 1.31 (P8).",
        ),
    }
    assert "c-1.28.9, c-1.29.13 end on Kubernetes 1.29.13, which left support on 2025-10-31." in plan.verdict_because
    assert plan.title == "plant12: 3 clusters, release 2509 → 11.2510"


def test_the_verdict_says_who_is_off_the_list_where_the_plan_ends() -> None:
    plan = planned(hosted("12.2510", b.cluster("old", "1.30.14"), b.cluster("new", "1.31.10")), "2602")
    assert plan.verdict is not Verdict.GO
    assert "2602 no longer offers what old runs then: hop right after it (P3)." in plan.verdict_because


def test_a_plan_in_which_nothing_can_be_begun_is_no_go() -> None:
    offline = b.cluster("gone", "1.29.13", connectivity="Offline")
    plan = planned(hosted("2509", offline), "1.30")
    assert plan.verdict is Verdict.NO_GO and "nothing in it can be begun" in plan.verdict_because
    plan = planned(hosted("2509", offline, b.cluster("here", "1.29.13")), "1.30")
    assert plan.verdict is not Verdict.NO_GO and "Cannot be changed now: gone." in plan.verdict_because


def test_a_plan_names_what_is_disputed_about_the_releases_and_minors_it_passes() -> None:
    def disputed(*running: str, to: str) -> set[str]:
        plan = planned(hosted("2509", *(b.cluster(f"c-{text}", text) for text in running)), to)
        return {line.partition(":")[0] for line in plan.disputes}

    assert {"C5", "C6", "C14"} <= disputed("1.28.9", to="2510")  # 1.29, 2510, 2509
    assert disputed("1.30.9", to="2510").isdisjoint({"C5", "C10", "C12"})
    assert "C10" in disputed("1.31.5", to="2602") and "C12" in disputed("1.31.5", to="2604")


def test_who_is_stranded_already_is_decided_about_and_does_not_keep_the_others_from_it() -> None:
    plan = planned(hosted("2509", b.cluster("old", "1.26.6"), b.cluster("new", "1.30.9")), "2510")
    assert [step.kind for step in plan.steps] == [StepKind.DECIDE, StepKind.RELEASE]
    assert {one.name: one.part for one in plan.members} == {"old": Part.ISOLATED, "new": Part.NOTHING_TO_DO}


def test_who_cannot_be_saved_from_it_makes_it_a_no_go() -> None:
    stuck = b.cluster("stuck", "1.28.9", upgrades=[])
    plan = planned(hosted("2509", stuck, b.cluster("new", "1.30.9")), "2510")
    assert plan.verdict is Verdict.NO_GO and "stuck" in plan.verdict_because
    assert {one.name: one.part for one in plan.members}["stuck"] is Part.ISOLATED


def test_an_instance_that_runs_it_or_a_later_release_has_nothing_to_do() -> None:
    for release in ("12.2510", "2602"):
        plan = planned(hosted(release, b.cluster("c", "1.31.10")), "2510")
        assert not plan.steps
        assert plan.members[0].because == "Its instance runs release 2510 or a later one already: stays on 1.31.10."


def test_a_plan_of_one_cluster_may_have_that_goal_too() -> None:
    facts = hosted("2509", b.cluster("mes", "1.31.5"), b.cluster("old", "1.28.9"))
    judge = Judge(facts, CATALOG, facts.as_of)
    plan = build_plan(
        facts.clusters[0],
        parse_goal("2510", CATALOG),
        judge,
        ROUTES,
    )
    assert plan.title == "mes: release 2509 → 11.2510, stays on 1.31.5"
    assert [step.kind for step in plan.steps] == [StepKind.NEIGHBOUR, StepKind.RELEASE]


def test_a_release_that_no_update_leads_to_is_refused_with_those_that_come_nearest() -> None:
    with pytest.raises(GoalError) as error:
        planned(hosted("12.2510", b.cluster("c", "1.31.10")), "11.2510")
    assert str(error.value) == (
        "plant12 runs 2510 and cannot be updated to 11.2510: no update the catalog knows leads there. "
        "Nearest: 2511, 2512, 2601."
    )


# -- what a name means


@pytest.mark.parametrize(
    ("name", "here", "line", "key"),
    [
        ("2510", "2509", OsLine.H23, "11.2510"),  # on its own OS line
        ("2510", "2509", OsLine.H24, "12.2510"),
        ("12.2510", "2509", OsLine.H23, "12.2510"),
        ("2510", "2602", OsLine.H24, "2602"),  # there or beyond
        ("2509", "2509", OsLine.H23, "2509"),
        ("11.2510", "2509", OsLine.H24, None),
        ("2402", "2311.5", OsLine.H23, None),
    ],
)
def test_a_name_means_the_release_on_the_instances_own_os_line(
    name: str, here: str, line: OsLine, key: str | None
) -> None:
    found = destination(name, Platform(here, line), ROUTES)
    assert (found.key if found is not None else None) == key


def test_releases_are_read_as_goals_and_told_as_releases() -> None:
    assert parse_goal(" 2510 ", CATALOG) == goal_of_release("2510")
    assert parse_goal("12.2510", CATALOG).kind is GoalKind.RELEASE
    assert parse_goal("1.32", CATALOG).kind is GoalKind.MINOR
    assert [in_words(goal) for goal in ("2510", "12.2510", "2411.2", "1.32", "1.32.9", "latest")] == [
        "release 2510", "release 12.2510", "release 2411.2", "1.32", "1.32.9", "latest"
    ]  # fmt: skip
    with pytest.raises(GoalError, match=r"Nearest: .*251"):
        parse_goal("2513", CATALOG)


# -- by properties


def cheapest(oracle: JointOracle, versions: Versions, end: int, survivors: set[int]) -> tuple[int, int] | None:
    """Fewest updates to a release with no survivor stranded, and the fewest hops of all with so many; None = never."""
    order = count()
    queue = [((0, 0), next(order), 0, versions)]
    seen: set[tuple[int, Versions]] = set()
    while queue:
        cost, _, place, held = heappop(queue)
        if place == end:
            return cost
        if (place, held) in seen:
            continue
        seen.add((place, held))
        for target, updates in oracle._moves(place, held, survivors):
            more = (cost[0] + updates, cost[1] + (1 - updates))
            heappush(queue, (more, next(order), *target))
    return None


@st.composite
def cases(draw: st.DrawFn) -> tuple[World, Versions, int]:
    world = draw(climbing_worlds())
    running = draw(st.lists(st.sampled_from(VERSIONS[:9]), min_size=1, max_size=3))
    return world, tuple(running), draw(st.integers(1, len(world.offers) - 1))


def _joint_of(world: World, running: Versions, end: int) -> Joint:
    clusters = [b.cluster(f"c{number}", str(version)) for number, version in enumerate(running)]
    facts = b.inventory(*clusters, release=KEYS[0])
    catalog = world.catalog()
    routes = Routes(catalog)
    return joint_order(facts.instances[0], goal_of_release(KEYS[end]), Judge(facts, catalog, b.AS_OF), routes)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(cases())
def test_no_update_and_no_hop_too_many_and_nobody_stranded(case: tuple[World, Versions, int]) -> None:
    world, running, end = case
    oracle = JointOracle(world, VERSIONS[0])
    alive = {who for who in range(len(running)) if not oracle.is_lost(running[who])}
    line = next(iter(world.catalog().releases[0].lines))
    if destination(KEYS[end], Platform(KEYS[0], line), Routes(world.catalog())) is None or not alive:
        return
    joint = _joint_of(world, running, end)
    replayed(joint, world, list(running))
    made = sum(
        move.kind is MoveKind.HOP
        for path, one in zip(joint.paths, joint.party.travellers, strict=True)
        if path is not None
        for move in path.moves * len(one.clusters)
    )
    isolated = {int(c.name[1:]) for place in joint.isolated for c in joint.party.travellers[place].clusters}
    least = cheapest(oracle, running, end, alive)
    if least is not None:
        assert not isolated and (joint.updates, made) == least
        return
    seekers = {who for who in alive if cheapest(oracle, running, end, {who}) is not None}
    if not seekers or cheapest(oracle, running, end, seekers) is None:
        assert joint.updates == 0 and not isolated
        return
    assert isolated and not isolated & seekers
    assert (joint.updates, made) == cheapest(oracle, running, end, alive - isolated)


def test_the_property_above_meets_each_of_its_cases() -> None:
    """Two hops and two updates; somebody set apart; nobody who gets there."""
    climb = World((tuple(VERSIONS[3:7]), tuple(VERSIONS[6:9]), tuple(VERSIONS[9:12])), frozenset({(0, 1), (1, 2)}))
    there = _joint_of(climb, (VERSIONS[2], VERSIONS[5]), 2)
    assert there.updates == 2 and not there.isolated
    apart = _joint_of(World((None, climb.offers[1]), frozenset({(0, 1)})), (VERSIONS[1], VERSIONS[7]), 1)
    assert apart.updates == 1 and len(apart.party.travellers) - len(apart.isolated) == 1
    nobody = _joint_of(World((None, climb.offers[2]), frozenset({(0, 1)})), (VERSIONS[3],), 1)
    assert nobody.updates == 0 and not nobody.isolated


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(["1.26.6", "1.27.9", "1.28.9", "1.29.13", "1.30.9", "1.31.5"]), min_size=1, max_size=4),
       st.sampled_from(["2510", "12.2510", "2602", "2604"]))  # fmt: skip
def test_what_if_and_the_plan_name_the_same_clusters_and_the_same_hops(running: list[str], release: str) -> None:
    facts = hosted("2509", *(b.cluster(f"c{number}", text) for number, text in enumerate(running)))
    judge, host = Judge(facts, CATALOG, facts.as_of), facts.instances[0]
    answer = what_if(host, resolve_target(release, host, judge, ROUTES), judge, ROUTES)
    assert isinstance(answer, WhatIf)
    told = {
        (effect.cluster.name, str(version))
        for effect in answer.effects
        if effect.bearing is Bearing.STRANDED
        for fix in effect.fixes
        for version in fix.versions
    }
    assert set(hops(planned(facts, release))) == told
