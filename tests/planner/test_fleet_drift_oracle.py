"""Drift of plans of instances on random small instances: none on a plan's own facts, none after a legal prefix of its
steps, and always a refusal where a cluster came that an update would strand."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.fates import Fate
from planner.fleet.building import build_fleet_plan
from planner.fleet.drifting import fleet_drift_of
from planner.fleet.fates import FleetDrift
from planner.fleetplan import FleetPlan
from planner.goals import GoalError, goal_of_version
from planner.inventory import Inventory
from planner.plan import Step, StepKind
from planner.routes import Routes
from planner.support import Judge
from planner.version import KubernetesVersion
from tests import builders as b
from tests.planner.test_joint_oracle import Case, cases
from tests.planner.test_oracle import KEYS, VERSIONS, Oracle, World

BUILDS = {key: f"12.{key}.1002.5" for key in KEYS}


def facts(running: Sequence[object], place: int, *more: str) -> Inventory:
    """The clusters on one instance on the release with that place, and one more for each version."""
    hosted = [b.cluster(f"c{number}", str(version)) for number, version in enumerate(running)]
    late = [b.cluster(f"late{number}", version) for number, version in enumerate(more)]
    return b.inventory(*hosted, *late, instances=[b.instance(release=BUILDS[KEYS[place]])])


def planned(world: World, running: Sequence[KubernetesVersion], goal: KubernetesVersion) -> FleetPlan | None:
    """None where the goal is none."""
    at, catalog = facts(running, 0), world.catalog()
    try:
        return build_fleet_plan(at.instances, goal_of_version(goal), Judge(at, catalog, b.AS_OF), Routes(catalog))
    except GoalError:
        return None


def drifted(plan: FleetPlan, world: World, now: Inventory) -> FleetDrift:
    catalog = world.catalog()
    return fleet_drift_of(plan, Judge(now, catalog, b.AS_OF), Routes(catalog))


def walked(steps: Sequence[Step], running: Sequence[KubernetesVersion]) -> tuple[list[str], int]:
    """What the clusters run, and where the instance is, after some steps were carried out."""
    held, place = list(map(str, running)), 0
    for step in steps:
        if step.kind is StepKind.KUBERNETES:
            held[int(step.where[1:])] = step.target
        elif step.kind is StepKind.RELEASE:
            place = KEYS.index(step.target)
    return held, place


@settings(max_examples=150, deadline=None, derandomize=True)
@given(cases())
def test_a_fresh_plan_has_not_drifted_from_its_own_facts(case: Case) -> None:
    world, running, goal = case
    plan = planned(world, running, goal)
    if plan is None:
        return
    drift = drifted(plan, world, facts(running, 0))
    assert drift.fate is Fate.VALID
    assert [step.reasons for step in drift.steps] == [()] * len(plan.steps)
    assert not drift.whole and not drift.facts and not drift.instances[0].reasons
    assert drift.anew is not None and not drift.anew.differs and drift.anew.verdict is plan.verdict


@settings(max_examples=200, deadline=None, derandomize=True)
@given(cases(), st.data())
def test_after_a_legal_prefix_what_was_made_is_done_and_the_rest_is_valid(case: Case, data: st.DataObject) -> None:
    world, running, goal = case
    plan = planned(world, running, goal)
    if plan is None or not plan.steps:
        return
    count = data.draw(st.integers(1, len(plan.steps)))
    held, place = walked(plan.steps[:count], running)
    drift = drifted(plan, world, facts(held, place))
    made = [Fate.VALID if step.kind is StepKind.DECIDE else Fate.DONE for step in plan.steps[:count]]
    assert [step.fate for step in drift.steps] == made + [Fate.VALID] * (len(plan.steps) - count)
    assert drift.fate in (Fate.VALID, Fate.DONE), (drift.whole, drift.instances)
    assert not drift.whole


@settings(max_examples=200, deadline=None, derandomize=True)
@given(cases(), st.data())
def test_a_cluster_that_an_update_would_strand_makes_it_impossible_and_is_named(
    case: Case, data: st.DataObject
) -> None:
    world, running, goal = case
    plan = planned(world, running, goal)
    if plan is None:
        return
    count = data.draw(st.integers(0, len(plan.steps)))
    held, place = walked(plan.steps[:count], running)
    oracle = Oracle(world)
    ahead = [KEYS.index(step.target) for step in plan.steps[count:] if step.kind is StepKind.RELEASE]
    lost = [one for one in VERSIONS if any(oracle.stranded(after, one.minor) for after in ahead)]
    version = data.draw(st.sampled_from(lost or VERSIONS))
    drift = drifted(plan, world, facts(held, place, str(version)))
    fates = {step.id: step for step in drift.steps}
    if oracle.stranded(place, version.minor) is True:
        return
    for step in plan.steps[count:]:
        if step.kind is StepKind.RELEASE:
            answer = oracle.stranded(KEYS.index(step.target), version.minor)
            named = any("late0" in reason.what for reason in fates[step.id].reasons)
            if answer is True:
                assert fates[step.id].fate is Fate.IMPOSSIBLE and named
                return
            assert fates[step.id].fate is (Fate.VALID if answer is False else Fate.UNKNOWN)
            assert named is (answer is None)
