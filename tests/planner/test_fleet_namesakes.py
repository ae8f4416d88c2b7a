"""Two instances of one name in a plan: each keeps its own work, times, waves and clusters; only the calendar goes by names."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from planner.documents.fleettimeline import timeline
from planner.documents.fleetwords import Order
from planner.documents.markdown import render
from planner.fleet.bars import planned_bars
from planner.fleet.building import build_fleet_plan
from planner.fleet.homes import members_by_instance
from planner.fleetplan import FleetPlan
from planner.goals import parse_goal
from planner.inventory import CustomLocation, Instance, Inventory
from planner.routes import Routes
from planner.schedule.calendar import Calendar, Freeze, WaveRule
from planner.support import Judge
from planner.timing import MustStart, Slot
from tests import builders as b
from tests.planner.test_fleet_plan import member, shipped

AS_OF = datetime(2025, 12, 1, tzinfo=UTC)
NAMED = Calendar(name="site")


def arm_id(group: str) -> str:
    return b.arm("Microsoft.AzureStackHCI/clusters", "plant", group).casefold()


def hosts(group: str, release: str, name: str = "plant") -> Instance:
    return b.instance(name, release, id=arm_id(group), resource_group=group)


def place(group: str) -> CustomLocation:
    return replace(b.location("plant"), id=f"cl-{group}", instance=b.known(arm_id(group)))


def fleet(*names: str) -> Inventory:
    """On 2507 a cluster that has far to go, on 2510 one that is nearly there; the instances go by these names."""
    one, two = names or ("plant", "plant")
    return b.inventory(
        b.cluster("far", "1.28.14", custom_location=b.known("cl-rg-a")),
        b.cluster("near", "1.30.14", custom_location=b.known("cl-rg-b"), tags=(("ring", "second"),)),
        instances=[hosts("rg-a", "2507", one), hosts("rg-b", "12.2510", two)],
        locations=[place("rg-a"), place("rg-b")],
        as_of=AS_OF,
    )


def planned(facts: Inventory, calendar: Calendar = NAMED) -> FleetPlan:
    catalog = shipped()
    judge = Judge(facts, catalog, facts.as_of)
    return build_fleet_plan(facts.instances, parse_goal("1.31", catalog), judge, Routes(catalog), (), calendar)


def slots(plan: FleetPlan) -> tuple[Slot, ...]:
    assert plan.timing is not None
    return plan.timing.slots


def starts(plan: FleetPlan) -> list[MustStart | None]:
    return [one.must_start for one in (*plan.instances, *plan.members)]


def test_namesakes_are_timed_as_instances_of_two_names_are() -> None:
    same, apart = planned(fleet()), planned(fleet("plant-a", "plant-b"))
    assert slots(same) == slots(apart) and len(slots(same)) == len(same.steps)
    assert starts(same) == starts(apart) and None not in starts(same)
    assert (same.critical, same.timing and same.timing.must_start) == (
        apart.critical,
        apart.timing and apart.timing.must_start,
    )


def test_without_a_calendar_too_each_has_its_own_day_to_begin_by() -> None:
    same, apart = planned(fleet(), Calendar()), planned(fleet("plant-a", "plant-b"), Calendar())
    assert starts(same) == starts(apart) and None not in starts(same)


def test_namesakes_in_two_waves_go_one_after_the_other() -> None:
    waves = (WaveRule("second", tags=(("ring", "second"),), soak=1440), WaveRule("first", instances=("plant*",)))
    same, apart = (planned(facts, Calendar(waves=waves)) for facts in (fleet(), fleet("plant-a", "plant-b")))
    assert [(one.name, one.start, one.end) for one in same.waves] == [
        (one.name, one.start, one.end) for one in apart.waves
    ]
    assert [one.instance_ids for one in same.waves] == [(arm_id("rg-b"),), (arm_id("rg-a"),)]
    assert starts(same) == starts(apart)
    order = Order(same)
    told = {step.id: wave.name for step in same.steps if (wave := order.wave_of(step.id)) is not None}
    assert {told[id] for id in member(same, "far").steps} == {"first"}
    assert {told[id] for id in member(same, "near").steps} == {"second"}


def test_a_freeze_by_name_holds_for_both() -> None:
    frozen = Calendar(freezes=(Freeze("year end", date(2025, 12, 1), date(2026, 1, 6), instances=("plant",)),))
    assert min(one.start for one in slots(planned(fleet(), frozen))) >= datetime(2026, 1, 7, tzinfo=UTC)


def test_each_cluster_is_known_to_be_on_its_own_instance() -> None:
    plan = planned(fleet())
    assert {id: [one.name for one in found] for id, found in members_by_instance(plan).items()} == {
        arm_id("rg-a"): ["far"],
        arm_id("rg-b"): ["near"],
    }
    bars = {bar.key: bar for bar in planned_bars(plan)}
    far, near = (min(clock.ends for clock in member(plan, name).clocks if clock.ends) for name in ("far", "near"))
    assert far < near and bars[arm_id("rg-a")].ends == far and bars[arm_id("rg-b")].ends == near


def test_documents_tell_each_cluster_once_below_its_own_instance() -> None:
    plan = planned(fleet())
    drawn = [line for line in timeline(Order(plan)) if "- far" in line or "- near" in line]
    assert len(drawn) == 2
    text = render(plan)
    clusters = [line for line in text.splitlines() if line.startswith("- **Clusters:**")]
    assert clusters[-2:] == ["- **Clusters:** planned: far", "- **Clusters:** planned: near"]
    approvals = [
        line.partition("Cluster operator of ")[2] for line in text.splitlines() if "Cluster operator of" in line
    ]
    assert [words.partition(" on ")[0] for words in approvals] == ["far", "near"]


def test_a_document_saved_before_ids_of_instances_were_told_still_knows_them_by_whose_steps_they_hold() -> None:
    plan = planned(fleet())
    old = replace(plan, members=tuple(replace(one, instance_id="") for one in plan.members))
    assert members_by_instance(old) == {
        id: tuple(replace(one, instance_id="") for one in found) for id, found in members_by_instance(plan).items()
    }
