"""Plans of instances by value: who waits for whom, who is set apart, what people decide, and how many run side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import pytest

from planner.acceptance import parse_acceptance
from planner.catalog import Basis, Catalog, UpdateEdge
from planner.findings import Verdict
from planner.fleet.building import build_fleet_plan
from planner.fleet.joint import joint_order
from planner.fleetplan import FleetPlan, InstancePlan, Member, Part
from planner.goals import GoalError, goal_of_version, parse_goal
from planner.inventory import Cluster, Inventory, Unknown, value_of
from planner.knowledge import load_catalog
from planner.moves import Ground, Platform, Standing, hop_refusal, offers, standing
from planner.plan import Proof, Step, StepKind
from planner.routes import Routes
from planner.schedule.calendar import ANYTIME, Calendar, Freeze, WaveRule, Window
from planner.support import Judge
from planner.version import KubernetesVersion, OsLine
from tests import builders as b
from tests.planner.small_catalog import release, small_catalog


@cache
def shipped() -> Catalog:
    return load_catalog()


def planned(
    facts: Inventory,
    goal: str = "latest",
    *,
    seekers: Sequence[str] | None = None,
    calendar: Calendar = ANYTIME,
    catalog: Catalog | None = None,
) -> FleetPlan:
    knowledge = catalog or shipped()
    judge = Judge(facts, knowledge, facts.as_of)
    wanted = None if seekers is None else frozenset(one.key for one in facts.clusters if one.name in seekers)
    return build_fleet_plan(
        facts.instances, parse_goal(goal, knowledge), judge, Routes(knowledge), (), calendar, wanted
    )


def hosted(release_key: str, *clusters: Cluster, **changes: object) -> Inventory:
    listed = shipped().by_key[release_key].offers or ()
    return b.inventory(*clusters, release=release_key, live=b.offered([*map(str, listed)]), **changes)  # type: ignore[arg-type]


def member(plan: FleetPlan, name: str) -> Member:
    return next(one for one in plan.members if one.name == name)


def texts(plan: FleetPlan) -> list[str]:
    return [f"{step.where}: {step.title}" for step in plan.steps]


def walked(plan: FleetPlan, instance: InstancePlan, facts: Inventory, catalog: Catalog) -> dict[str, str]:
    """Walk the steps of an instance in their order; every hop is legal and no update strands anybody who is kept."""
    own = [one for one in plan.members if one.instance == instance.name]
    kept = {one.name for one in own if one.part not in (Part.ISOLATED, Part.UNKNOWN)}
    running = {one.name: KubernetesVersion.parse(one.version) for one in own if one.name in kept}
    here = Platform(instance.release, _line(facts, instance))
    ground = Ground(here)
    for stage in instance.stages:
        assert stage.release == here.key
        for batch in stage.batches:
            assert len({plan.step(id).where for id in batch}) == len(batch)
            for id in batch:
                step = plan.step(id)
                if step.kind is StepKind.KUBERNETES:
                    running[step.where] = _hopped(step, running[step.where], here, ground, catalog)
        if stage.update:
            step = plan.step(stage.update)
            assert step.origin == here.key
            entry = catalog.by_key[step.target]
            here = Platform(step.target, here.line if here.line in entry.lines else min(entry.lines))
            bad = [name for name, held in running.items() if not _is_fine(held, here, ground, catalog)]
            assert not bad, f"{step.title} strands {bad}"
    assert instance.target == here.key
    return {name: str(version) for name, version in running.items()}


def _line(facts: Inventory, instance: InstancePlan) -> OsLine:
    build = value_of(facts.instance_by_id[instance.id].build)
    assert build is not None
    return build.line


def _hopped(step: Step, held: KubernetesVersion, here: Platform, ground: Ground, catalog: Catalog) -> KubernetesVersion:
    target = KubernetesVersion.parse(step.target)
    assert str(held) == step.origin and target > held and target.minor - held.minor in (0, 1)
    if step.basis == "catalog":
        assert target in (offers(catalog, ground, here) or ())
    return target


def _is_fine(version: KubernetesVersion, here: Platform, ground: Ground, catalog: Catalog) -> bool:
    return standing(catalog, ground, here, version.minor) is Standing.FINE


# -- who waits for whom --


def three_on_2509() -> Inventory:
    return hosted("2509", b.cluster("old", "1.28.9"), b.cluster("mid", "1.29.13"), b.cluster("new", "1.31.5"))


def test_no_update_comes_before_a_hop_it_would_make_impossible() -> None:
    facts = three_on_2509()
    plan = planned(facts)
    (instance,) = plan.instances
    assert walked(plan, instance, facts, shipped()) == dict.fromkeys(("old", "mid", "new"), "1.33.5")
    assert [stage.release for stage in instance.stages] == ["2509", "11.2510", "12.2510", "2602"]
    assert [[(one.cluster, one.version, one.needs) for one in stage.binding] for stage in instance.stages] == [
        [("old", "1.28.9", "1.29.13")],
        [],
        [("old", "1.29.13", "1.30.9"), ("mid", "1.29.13", "1.30.9")],
        [],
    ]
    first = plan.step(instance.stages[0].update)
    bound = instance.stages[0].binding[0]
    assert plan.step(bound.step).title == "Kubernetes 1.28.9 → 1.29.13"
    assert first.before[0].text == f"old runs 1.29.13 or newer ({bound.step}): on 1.28.9 it would be stranded."
    assert plan.must_not[0].startswith(f"Do not update plant12 to 11.2510 before old ({bound.step})")


def test_the_shortest_way_says_why_nothing_shorter_does() -> None:
    (instance,) = planned(three_on_2509()).instances
    assert instance.minimal == (
        "3 release updates are the fewest. Every known way with 2 or fewer was tried; the nearest ends on 12.2510, where "
        "old reaches 1.32.6 at most, short of latest."
    )


@pytest.mark.parametrize("goal", ["latest", "supported", "1.31", "1.30"])
@pytest.mark.parametrize("key", ["2411", "2503", "2507", "2509", "11.2510", "12.2510", "2602", "2604"])
def test_every_order_is_legal_on_every_release(key: str, goal: str) -> None:
    lowest = shipped().by_key[key].lowest
    assert lowest is not None
    running = [f"{minor}.99" if minor < lowest else f"{minor}.0" for minor in (lowest.previous, lowest, lowest.next)]
    facts = hosted(key, *(b.cluster(f"c{place}", version) for place, version in enumerate(running)))
    plan = planned(facts, goal)
    (instance,) = plan.instances
    ends = walked(plan, instance, facts, shipped())
    assert {one.name: one.target for one in plan.members if one.name in ends} == ends


def test_only_the_marked_climb_and_neighbours_move_as_far_as_the_updates_need() -> None:
    plan = planned(three_on_2509(), seekers=["new"])
    old, mid, new = (member(plan, name) for name in ("old", "mid", "new"))
    assert new.part is Part.PLANNED and new.target == "1.33.5"
    assert old.part is Part.CARRIED and old.because.startswith("Not asked for; from 1.28.9 to 1.30.9")
    assert (old.target, mid.target) == ("1.30.9", "1.30.9")  # 2602 begins with 1.31: one minor below it goes on
    walked(plan, plan.instances[0], three_on_2509(), shipped())


def test_a_goal_behind_a_cluster_moves_nothing_of_it() -> None:
    plan = planned(three_on_2509(), "1.30")
    assert member(plan, "new").part is Part.NOTHING_TO_DO
    assert member(plan, "new").target == "1.31.5"
    assert {member(plan, name).target for name in ("old", "mid")} == {"1.30.9"}
    assert plan.instances[0].minimal == "No release update is needed."


def test_a_goal_nobody_offers_is_refused() -> None:
    with pytest.raises(GoalError, match=r"1\.99"):
        planned(three_on_2509(), "1.99")


# -- who cannot be saved --


def test_a_stranded_cluster_is_set_apart_and_blocks_nobody() -> None:
    facts = hosted("2509", b.cluster("lost", "1.27.9"), b.cluster("new", "1.31.5"))
    plan = planned(facts)
    lost = member(plan, "lost")
    assert lost.part is Part.ISOLATED
    (decision,) = [plan.step(id) for id in lost.steps]
    assert decision.kind is StepKind.DECIDE
    assert plan.steps.index(decision) < next(n for n, step in enumerate(plan.steps) if step.kind is StepKind.RELEASE)
    assert lost.dead_end is not None and lost.dead_end.by_rule and lost.dead_end.ways_out
    assert member(plan, "new").target == "1.33.5"
    assert plan.verdict is not Verdict.NO_GO
    assert f"decided about lost ({decision.id})" in " ".join(plan.must_not)
    assert "No way to the goal: lost." in plan.verdict_because


def test_a_skip_that_a_person_accepted_brings_a_stranded_cluster_back_into_the_order() -> None:
    facts = hosted("2509", b.cluster("lost", "1.27.9"), b.cluster("new", "1.31.5"))
    judge, accepted = (
        Judge(facts, shipped(), facts.as_of),
        parse_acceptance("RECOVERY-SKIP:the board:2026-12-31", shipped()),
    )
    plan = build_fleet_plan(facts.instances, parse_goal("latest", shipped()), judge, Routes(shipped()), (accepted,))
    lost = member(plan, "lost")
    assert (lost.part, lost.target) == (Part.PLANNED, "1.33.5")
    assert plan.step(lost.steps[0]).title == "Kubernetes 1.27.9 → 1.29.13"
    assert "RECOVERY-SKIP" in plan.step(lost.steps[0]).risks and plan.accepted == (accepted,)
    assert plan.instances[0].stages[0].binding[0].cluster == "lost"


def test_a_cluster_no_order_saves_is_decided_about_before_the_update_that_strands_it() -> None:
    facts = hosted("12.2510", b.cluster("stuck", "1.29.13", upgrades=()), b.cluster("new", "1.32.6"))
    plan = planned(facts)
    stuck = member(plan, "stuck")
    assert stuck.part is Part.ISOLATED and stuck.dead_end is not None and stuck.dead_end.ways_out
    (stage, last) = plan.instances[0].stages
    (decision,) = [plan.step(id) for batch in stage.batches for id in batch]
    assert decision.kind is StepKind.DECIDE and stuck.steps == (decision.id,)
    assert [(one.cluster, one.needs, one.step) for one in stage.binding] == [("stuck", "", decision.id)]
    assert plan.steps.index(decision) < plan.steps.index(plan.step(stage.update))
    assert plan.verdict is Verdict.NO_GO and "stuck cannot be saved" in plan.verdict_because
    assert last.release == "2602" and member(plan, "new").target == "1.33.5"


def test_without_the_need_of_others_a_cluster_that_cannot_move_keeps_the_instance_where_it_is() -> None:
    facts = hosted("12.2510", b.cluster("stuck", "1.29.13", upgrades=()), b.cluster("new", "1.32.6"))
    plan = planned(facts, "1.32")
    assert not plan.steps
    assert member(plan, "stuck").part is Part.CARRIED and member(plan, "stuck").dead_end is not None
    assert plan.verdict is Verdict.NO_GO


def test_windows_pools_are_decided_about_before_their_images_end() -> None:
    windows = [b.pool("linux", "1.31.10"), b.pool("win", "1.31.10", sku="Windows2019")]
    ready = b.offered([*map(str, shipped().by_key["12.2510"].offers or ())])
    row = replace(ready[0].readiness[1], os_sku="Windows2019", ready=True, message=None)
    live = tuple(replace(one, readiness=(one.readiness[0], row)) for one in ready)
    facts = b.inventory(
        b.cluster("label", "1.31.10", pools=windows), b.cluster("new", "1.32.6"), release="12.2510", live=live
    )
    plan = planned(facts)
    label = member(plan, "label")
    assert label.target == "1.32.6"
    assert "From 2602 on no hop is legal with its Windows2019 pools" in label.because
    kinds = [(step.kind, step.where) for step in plan.steps]
    assert kinds.index((StepKind.DECIDE, "label")) < kinds.index((StepKind.RELEASE, "plant12"))


def test_no_one_order_for_two_ways_that_part_serves_the_lowest_and_strands_nobody() -> None:
    way = UpdateEdge("2509", Basis.RULE)
    parted = (
        release("2509", "2025-09-22", "1.29.12 1.29.13 1.30.9", lines=[OsLine.H24]),
        replace(release("12.2510", None, "1.31.9 1.31.10", lines=[OsLine.H24]), updates_from=(way,)),
        replace(release("2511", None, "1.30.13 1.31.10", lines=[OsLine.H24]), updates_from=(way,)),
    )
    catalog = small_catalog(parted)
    windows = b.cluster("win", "1.30.9", upgrades=(), pools=[b.pool("win", "1.30.9", sku="Windows2019")])
    facts = b.inventory(windows, b.cluster("low", "1.29.12", upgrades=()), release="12.2509.1001.21")
    judge = Judge(facts, catalog, b.AS_OF)
    joint = joint_order(facts.instances[0], goal_of_version(b.version("1.31.10")), judge, Routes(catalog))
    assert [platform.key for platform in joint.chain] == ["2509", "2511"]
    plan = planned(facts, "1.31.10", catalog=catalog)
    win = member(plan, "win")
    assert win.part is Part.CARRIED and win.dead_end is not None
    assert "low (1.29.12) runs on the same instance" in win.dead_end.summary
    assert "Azure offers it no upgrade now" in win.dead_end.summary
    assert member(plan, "low").target == "1.31.10"


# -- what is not known, what is not settled --


def test_a_cluster_of_unknown_version_is_looked_at_before_the_first_update() -> None:
    facts = hosted("2509", b.cluster("dark", None), b.cluster("new", "1.31.5"))
    plan = planned(facts)
    assert member(plan, "dark").part is Part.UNKNOWN
    kinds = [step.kind for step in plan.steps]
    assert kinds.index(StepKind.NEIGHBOUR) < kinds.index(StepKind.RELEASE)
    assert plan.verdict is Verdict.UNKNOWN


def test_an_unsettled_cluster_is_repaired_first() -> None:
    facts = hosted("2509", b.cluster("busy", "1.31.5", current="Upgrading"), b.cluster("old", "1.28.9"))
    plan = planned(facts)
    own = [plan.step(id) for id in member(plan, "busy").steps]
    assert own[0].kind is StepKind.REPAIR and plan.verdict is Verdict.NO_GO
    assert plan.steps.index(own[0]) < next(n for n, step in enumerate(plan.steps) if step.kind is StepKind.RELEASE)


def test_a_cluster_that_is_being_changed_is_waited_for_even_where_it_has_nothing_to_do() -> None:
    facts = hosted("2602", b.cluster("busy", "1.33.5", current="Upgrading"), b.cluster("new", "1.32.9"))
    plan = planned(facts)
    assert [(step.kind, step.where) for step in plan.steps] == [(StepKind.REPAIR, "busy"), (StepKind.KUBERNETES, "new")]
    assert plan.verdict is Verdict.NO_GO and plan.verdict_because.startswith("Not now: busy")


def test_a_cluster_that_is_offline_is_held_up_and_the_update_that_waits_for_it_is_no_go() -> None:
    away = b.cluster("away", "1.28.9", connectivity="Offline")
    plan = planned(hosted("2509", away, b.cluster("new", "1.31.5")))
    assert member(plan, "away").held_up.startswith("ARC-CONN-01")
    assert plan.verdict is Verdict.NO_GO and "an update waits for away" in plan.verdict_because
    free = b.cluster("away", "1.31.5", connectivity="Offline")
    plan = planned(hosted("2509", free, b.cluster("new", "1.31.5")))
    assert plan.verdict is Verdict.GO_WITH_RISKS and "Cannot be changed now: away." in plan.verdict_because


def test_an_instance_without_a_readable_release_is_said_to_be_missing() -> None:
    from planner.inventory import Unknown

    facts = b.inventory(b.cluster("a", "1.31.5"), instances=[b.instance(build=Unknown("not reported"))])
    plan = planned(facts)
    assert plan.instances[0].missing and plan.instances[0].target == ""
    assert plan.verdict is Verdict.UNKNOWN and not plan.steps


# -- side by side --


def test_upgrades_run_side_by_side_as_far_as_spare_addresses_and_the_bridge_allow() -> None:
    many = [b.cluster(f"c{number:02}", "1.31.12") for number in range(40)]
    facts = hosted("2602", *many)
    one = planned(facts)
    assert {len(batch) for batch in one.instances[0].stages[0].batches} == {1}
    assert "spare IP address" in one.limits[0]
    most = planned(facts, calendar=replace(ANYTIME, side_by_side=99))
    sizes = [len(batch) for batch in most.instances[0].stages[0].batches]
    assert max(sizes) == 32 and sum(sizes) == len(most.steps)
    hop = most.steps[0]
    assert not any(line.proof is Proof.ALONE for line in hop.before)
    assert any("only the clusters of this batch" in line.text and line.manual for line in hop.before)
    walked(most, most.instances[0], facts, shipped())


# -- waves and times --


def fleet_of_three() -> Inventory:
    names = ("lab-1", "store-1", "store-2")
    clusters = [
        b.cluster(f"{name}-c{number}", "1.31.13", instance=name, tags=(("ring", "0" if name == "lab-1" else "1"),))
        for name in names
        for number in range(2)
    ]
    listed = b.offered([*map(str, shipped().by_key["2604"].offers or ())])
    return b.inventory(
        *clusters,
        instances=[b.instance(name, "2604") for name in names],
        locations=[b.location(name, listed) for name in names],
    )


NIGHTS = Calendar(
    name="nights",
    windows=(Window("night", frozenset(range(7)), time(22), time(6)),),
    waves=(
        WaveRule("pilot", tags=(("ring", "0"),), soak=3 * 24 * 60, stop="any upgrade failed"),
        WaveRule("stores", instances=("store-*",)),
    ),
)


def test_waves_go_one_after_the_other_with_their_soak() -> None:
    plan = planned(fleet_of_three(), calendar=NIGHTS)
    pilot, stores = plan.waves
    assert (pilot.instances, stores.instances) == (("lab-1",), ("store-1", "store-2"))
    assert pilot.stop == "any upgrade failed"
    assert pilot.end is not None and stores.start is not None
    assert (stores.start - pilot.end).days >= 3
    assert plan.timing is not None and {slot.step for slot in plan.timing.slots} == {step.id for step in plan.steps}
    assert all(slot.start.hour >= 22 or slot.start.hour < 6 for slot in plan.timing.slots)
    assert plan.critical and plan.step(plan.critical[0]).where.startswith("lab-1")
    assert [one.wave for one in plan.instances] == ["pilot", "stores", "stores"]


def test_a_freeze_over_everything_is_named_as_what_to_relax() -> None:
    busy = replace(
        NIGHTS, freezes=(Freeze("year end", date(2026, 5, 1), date(2026, 12, 31)),), finish_by=date(2026, 12, 31)
    )
    plan = planned(fleet_of_three(), calendar=busy)
    assert plan.timing is not None and not plan.timing.slots
    assert plan.timing.conflicts[0].constraints == ("freeze year end",)
    assert plan.verdict is Verdict.NO_GO and "freeze year end" in plan.verdict_because


def test_the_finish_of_every_cluster_is_that_of_its_slots_and_the_worst_is_told_for_all() -> None:
    plan = planned(fleet_of_three(), calendar=NIGHTS)
    assert plan.timing is not None and plan.timing.must_start is not None
    ends = {slot.step: slot.end for slot in plan.timing.slots}
    for one in plan.members:
        assert one.must_start is not None and one.must_start.finish == max(ends[id] for id in one.steps)
    late = [one.must_start.days_unsupported for one in plan.instances if one.must_start is not None]
    assert plan.timing.must_start.days_unsupported == max(late)


def test_a_later_wave_has_to_begin_with_the_first_and_the_fleet_with_the_earliest() -> None:
    plan = planned(fleet_of_three(), calendar=NIGHTS)
    lab, store, _ = plan.instances
    assert lab.must_start is not None and store.must_start is not None and plan.timing is not None
    assert lab.must_start.by is not None and store.must_start.by is not None
    assert lab.must_start.deadline == store.must_start.deadline
    assert store.must_start.by <= lab.must_start.by - timedelta(days=3)
    named = {share.what: share.minutes for share in store.must_start.shares}
    assert named["soak of wave pilot"] == 3 * 24 * 60 and named["wave pilot, high estimate"] > 0
    deadline = datetime.combine(store.must_start.deadline + timedelta(days=1), time(), UTC)
    assert sum(named.values()) == (deadline - store.must_start.by) // timedelta(minutes=1)
    assert not any("wave" in share.what for share in lab.must_start.shares)
    assert plan.timing.must_start is not None
    assert plan.timing.must_start.by == min(one.must_start.by for one in plan.members if one.must_start)  # type: ignore[type-var]


def test_a_clock_that_ends_before_the_planned_finish_is_said_with_what_would_help() -> None:
    """The release 2604 ends on 2026-09-30; the soak of the pilot runs over it."""
    slow = replace(NIGHTS, waves=(replace(NIGHTS.waves[0], soak=200 * 24 * 60), NIGHTS.waves[1]))
    plan = planned(fleet_of_three(), calendar=slow)
    late = {one.name: one.must_start for one in plan.members if one.must_start is not None and one.must_start.is_past}
    assert sorted(late) == ["store-1-c0", "store-1-c1", "store-2-c0", "store-2-c1"]
    for found in late.values():
        assert [one.constraints for one in found.relax] == [("soak of wave pilot",), ("wave order",)]
    worst = max(late.values(), key=lambda found: found.days_unsupported or 0)
    assert f"{worst.days_unsupported} days unsupported" in plan.verdict_because
    assert (
        "In time without soak of wave pilot, or without wave order. It is too late for 3 more." in plan.verdict_because
    )
    assert plan.verdict is not Verdict.GO
    assert "too late" not in planned(fleet_of_three(), calendar=NIGHTS).verdict_because


def test_no_wave_is_placed_behind_one_that_nobody_knows_the_end_of() -> None:
    facts = fleet_of_three()
    dark = tuple(replace(one, pools=Unknown("not read")) if one.name == "lab-1-c1" else one for one in facts.clusters)
    plan = planned(replace(facts, clusters=dark), calendar=NIGHTS)
    assert plan.timing is not None and len(plan.timing.unknown) > 0
    placed = {plan.step(slot.step).where for slot in plan.timing.slots}
    assert placed == {"lab-1-c0"}
    assert [wave.start is None for wave in plan.waves] == [False, True]
    assert [one.must_start is None for one in plan.instances] == [True, True, True]


def test_a_decision_has_no_slot_and_nothing_of_a_lost_cluster_sets_the_day_to_begin() -> None:
    facts = hosted("2509", b.cluster("lost", "1.27.9"), b.cluster("new", "1.31.5"))
    plan = planned(facts, calendar=replace(NIGHTS, waves=()))
    decisions = {step.id for step in plan.steps if step.kind is StepKind.DECIDE}
    assert decisions and plan.timing is not None and plan.timing.must_start is not None
    assert not decisions & {slot.step for slot in plan.timing.slots}
    assert member(plan, "lost").must_start is None
    assert plan.timing.must_start.deadline == date(2025, 10, 31)  # the release; 1.27 ended long before


def test_the_same_facts_in_another_order_give_the_same_plan() -> None:
    facts = fleet_of_three()
    turned = replace(facts, clusters=facts.clusters[::-1], instances=facts.instances[::-1])
    assert planned(turned, calendar=NIGHTS) == planned(facts, calendar=NIGHTS)


def test_must_start_by_is_told_for_each_cluster_and_the_most_urgent_for_all() -> None:
    plan = planned(three_on_2509())
    starts = [one.must_start.by for one in plan.members if one.must_start is not None and one.must_start.by]
    assert len(starts) == 3
    assert plan.timing is not None and plan.timing.must_start is not None and plan.timing.must_start.by is not None
    assert plan.timing.must_start.by <= min(starts)
    assert plan.timing.must_start.by.tzinfo is UTC
    assert plan.instances[0].must_start == plan.timing.must_start


def test_windows_ceilings_count_in_every_hop() -> None:
    """No hop of a plan is one the Windows pools of its cluster forbid."""
    windows = [b.pool("linux", "1.31.12"), b.pool("win", "1.31.12", sku="Windows2022")]
    facts = hosted("2602", b.cluster("win", "1.31.12", pools=windows))
    plan = planned(facts)
    ground = Ground(Platform("2602", OsLine.H24), windows=frozenset({"windows2022"}))
    for step in plan.steps:
        if step.kind is StepKind.KUBERNETES:
            target = KubernetesVersion.parse(step.target)
            assert hop_refusal(shipped(), ground, ground.here, target) is None
