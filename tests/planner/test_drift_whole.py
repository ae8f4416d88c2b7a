"""Drift by value: the plan as a whole, policy, and what could not be read; and properties over random worlds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.acceptance import Acceptance
from planner.documents.driftlines import WIDTH, drift_lines
from planner.documents.grid import cells
from planner.drift import Fate, Moved, drift_of
from planner.goals import GoalError
from planner.inventory import Cluster, Inventory, Unknown
from planner.path import parse_goal
from planner.planning import build_plan
from planner.replan import ReplanError, compare, replan
from planner.support import Judge
from tests.builders import AS_OF, BUILDS, cluster, instance, inventory, known, offered, pool
from tests.planner.saved import (
    CATALOG,
    CLIMB,
    LATER,
    LIST_2604,
    ROUTES,
    UPDATES,
    Saved,
    catalog_with,
    climbing,
    fates,
    said,
    saved,
)

DONE, VALID, CHANGED, IMPOSSIBLE, UNKNOWN = Fate.DONE, Fate.VALID, Fate.CHANGED, Fate.IMPOSSIBLE, Fate.UNKNOWN
REALITY, KNOWLEDGE, POLICY = Moved.REALITY, Moved.KNOWLEDGE, Moved.POLICY


# -- the plan as a whole --


def test_a_dead_end_that_opens_is_drift_and_one_that_stays_is_none() -> None:
    plan = saved("1.31.13", "2606")
    assert plan.plan.dead_end is not None and plan.plan.dead_end.by_rule is False
    assert plan.against().fate is UNKNOWN
    drift = plan.against(plan.on("2606", live=LIST_2604))
    assert drift.fate is CHANGED and drift.whole[0].what.startswith("there is a path now: Kubernetes 1.31.13 → 1.32.9")
    stranded = saved("1.27.9", "2508", live=("1.29.12", "1.30.8"))
    assert stranded.against().fate is VALID


def test_a_goal_that_comes_to_more_is_drift_while_steps_are_left() -> None:
    longer = (*LIST_2604, "1.34.1")
    drift = CLIMB.against(CLIMB.on("2604", live=longer))
    assert set(fates(drift)) == {VALID} and drift.fate is CHANGED
    assert drift.whole[0].what == "latest comes to 1.34.1 now, the plan to 1.33.5"
    assert climbing("1.33.5", longer).fate is DONE


def test_a_plan_that_needed_nothing_and_needs_steps_now() -> None:
    plan = saved("1.33.5", "2604", live=LIST_2604)
    assert plan.plan.steps == () and plan.against().fate is VALID
    drift = plan.against(plan.on("2604", live=(*LIST_2604, "1.33.6")))
    assert drift.whole[0].what == "steps are needed now: Kubernetes 1.33.5 → 1.33.6"


def test_a_goal_below_what_runs_is_said() -> None:
    plan = saved("1.32.9", "2604", "1.32", live=LIST_2604)
    drift = plan.against(plan.on("2604", plan.with_cluster("1.33.5"), LIST_2604))
    assert "downgrades are not possible (P15)" in drift.whole[0].what


def test_time_alone_may_end_the_support_a_plan_leads_to() -> None:
    drift = CLIMB.against(days=200)
    assert set(fates(drift)) == {VALID} and drift.fate is CHANGED
    assert "left support" in drift.whole[0].what and drift.whole[0].cause is REALITY


# -- policy --


def test_a_ruling_that_changed_is_policy() -> None:
    plan = saved("1.30.9", "2604", live=LIST_2604)
    assert any(line.startswith("C2: ") for line in plan.plan.disputes)
    ruled = tuple(replace(one, ruling="Otherwise.") if one.id == "C2" else one for one in CATALOG.disputes)
    drift = plan.against(catalog=replace(CATALOG, disputes=ruled))
    assert drift.steps[0].fate is CHANGED and said(drift, "S01")[1] is POLICY
    assert said(drift, "S01")[0].startswith("dispute C2: ")
    assert fates(drift)[1:] == [VALID, VALID], "it is said once, at the next step"


def test_a_date_of_support_that_moved_is_policy_at_the_plans_own_moment() -> None:
    drift = CLIMB.against(catalog=catalog_with("2604", support_ends=date(2026, 6, 1)), days=0)
    assert said(drift, "S01")[1] is POLICY and "Azure Local release clock" in said(drift, "S01")[0]
    assert [shift.what for shift in drift.policy] == ["Azure Local release clock"]
    assert "2026-06-01 (PUB)" in drift.policy[0].now
    assert CLIMB.against(days=21).policy == (), "time that goes on is no change of policy"


def test_policy_is_judged_on_the_facts_of_then() -> None:
    drift = climbing("1.31.13")
    assert drift.policy == ()
    moved = CLIMB.on("2604", CLIMB.with_cluster("1.31.13"), LIST_2604)
    later = CLIMB.against(moved, catalog_with("2604", support_ends=date(2026, 6, 1)))
    assert [shift.what for shift in later.policy] == ["Azure Local release clock"]


def test_where_it_ends_may_be_judged_otherwise() -> None:
    ending = catalog_with("11.2510", support_ends=date(2026, 2, 2))
    drift = UPDATES.against(catalog=ending)
    assert (
        drift.whole[0].cause is POLICY and "it ends on Kubernetes 1.32.6 on Azure Local 11.2510" in drift.whole[0].what
    )


# -- what is missing --


def test_a_cluster_that_was_not_read_leaves_everything_unknown() -> None:
    drift = CLIMB.against(replace(CLIMB.inventory, clusters=()))
    assert set(fates(drift)) == {UNKNOWN} and drift.fate is UNKNOWN
    assert said(drift, "S01") == ("mes is not among the clusters that were read", None)


def test_a_version_or_release_nobody_could_read_leaves_its_steps_unknown() -> None:
    assert set(fates(CLIMB.against(CLIMB.with_cluster(None)))) == {UNKNOWN}
    dark = replace(UPDATES.inventory, instances=(instance(release="2509", build=Unknown("no permission")),))
    assert set(fates(UPDATES.against(dark))) == {UNKNOWN}


def test_states_nobody_could_read_hold_the_next_step_back() -> None:
    subject = replace(CLIMB.inventory.clusters[0], current_state=Unknown("no permission"))
    drift = CLIMB.against(replace(CLIMB.inventory, clusters=(subject,)))
    assert fates(drift) == [UNKNOWN, VALID, VALID] and drift.fate is UNKNOWN


def test_the_facts_that_moved_are_listed_and_their_time_is_no_matter() -> None:
    assert CLIMB.against(replace(CLIMB.inventory, as_of=LATER)).facts == ()
    subject = replace(CLIMB.inventory.clusters[0], provisioning_state=known("Succeeded", LATER, "graph"))
    assert CLIMB.against(replace(CLIMB.inventory, clusters=(subject,))).facts == ()
    moved = climbing("1.31.13").facts
    assert ("Kubernetes version wanted", "1.30.14", "1.31.13") in [(one.what, one.then, one.now) for one in moved]


def test_a_plan_somebody_wrote_nonsense_into_is_compared_and_nothing_breaks() -> None:
    first, *rest = CLIMB.plan.steps
    odd = replace(
        CLIMB.plan,
        goal="nonsense",
        subject=replace(CLIMB.plan.subject, version="x", build="y"),
        steps=(replace(first, id="first", target="1.x", release="?"), *rest),
        path=CLIMB.plan.path[:2],
    )
    drift = drift_of(odd, Judge(CLIMB.inventory, CATALOG, LATER), ROUTES)
    assert drift.steps[0].fate is UNKNOWN and drift.fate is not VALID
    assert max(map(cells, drift_lines(drift))) <= WIDTH


# -- properties --


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Inventory, str, tuple[Acceptance, ...]]:
    """An instance with one to three clusters on anything the catalog lists, and a goal for the first."""
    release = draw(st.sampled_from(sorted(BUILDS)))
    listed = [str(one) for row in CATALOG.releases for one in row.offers or ()]
    live = draw(st.none() | st.lists(st.sampled_from(listed), min_size=1, max_size=8, unique=True))
    running = st.sampled_from(listed)
    profile = st.none() | st.lists(running, max_size=3, unique=True)
    skus = st.sampled_from(["CBLMariner", "Windows2022"])
    states = st.sampled_from(["Succeeded"] * 5 + ["Upgrading"])

    def one(name: str) -> Cluster:
        runs = draw(running)
        pools = [pool(running=runs, sku=draw(skus))]
        return cluster(name, runs, pools=pools, upgrades=draw(profile), current=draw(states))

    clusters = [one(f"c{place}") for place in range(draw(st.integers(1, 3)))]
    goal = draw(st.sampled_from(["latest", "supported", "os-patch", "1.31", "1.32", "1.33", "1.32.9"]))
    day = date(2026, 12, 1)
    accepted = draw(st.sampled_from([(), (Acceptance("RECOVERY-SKIP", "x", day), Acceptance("SCALE-ROUTE", "x", day))]))
    return inventory(*clusters, release=release, live=None if live is None else offered(live)), goal, accepted


def made(world: tuple[Inventory, str, tuple[Acceptance, ...]]) -> Saved | None:
    whole, goal, accepted = world
    judge = Judge(whole, CATALOG, AS_OF)
    try:
        return Saved(build_plan(whole.clusters[0], parse_goal(goal, CATALOG), judge, ROUTES, accepted), whole)
    except GoalError:
        return None


@settings(max_examples=150)
@given(worlds())
def test_nothing_drifts_where_nothing_moved(world: tuple[Inventory, str, tuple[Acceptance, ...]]) -> None:
    """Against the very facts it was made from every step is valid, and planning again gives the same steps."""
    plan = made(world)
    if plan is None:
        return
    judge = Judge(plan.inventory, CATALOG, AS_OF)
    drift = drift_of(plan.plan, judge, ROUTES)
    assert set(fates(drift)) <= {VALID}, drift
    assert drift.facts == drift.knowledge == drift.policy == ()
    end = plan.plan.dead_end
    assert drift.fate is (UNKNOWN if end is not None and not end.by_rule else VALID)
    again = replan(plan.plan, judge, ROUTES)
    assert again.steps == plan.plan.steps and again.path == plan.plan.path
    assert compare(plan.plan, again).is_empty


@settings(max_examples=100)
@given(worlds(), worlds())
def test_drift_between_any_two_worlds_is_told_and_planned_again(one: Any, other: Any) -> None:
    """Whatever moved: every step has a fate, what is not as planned has a reason, and no id is given twice."""
    plan = made(one)
    if plan is None:
        return
    judge = Judge(other[0], CATALOG, LATER)
    drift = drift_of(plan.plan, judge, ROUTES)
    assert [step.id for step in drift.steps] == [step.id for step in plan.plan.steps]
    assert all(step.reasons for step in drift.steps if step.fate is not VALID)
    assert max(map(cells, drift_lines(drift))) <= WIDTH
    try:
        again = replan(plan.plan, judge, ROUTES)
    except ReplanError:
        return
    ids = [step.id for step in again.steps] + [past.id for past in again.history[0].steps]
    assert len(ids) == len(set(ids))
    assert {step.id for step in plan.plan.steps} <= set(ids)
