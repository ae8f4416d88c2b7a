"""The calendar of a plan of instances: slots at their moments, latest starts and ends on whole days, each under one name."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from icalendar import Calendar, Event

from planner.documents.calendar import render_calendar
from planner.documents.fleetcalendar import entries_of, render_fleet_calendar
from planner.fleetplan import FleetPlan
from tests.documents.fleetplans import BARE, FLEET, MINOR, RELEASE, TIMING, UNTIMED
from tests.documents.plans import PLAN
from tests.documents.test_calendar import lines_of

ROOT = Path(__file__).resolve().parents[2]


def events(plan: FleetPlan) -> dict[str, Event]:
    """By summary, as a calendar program reads them."""
    return {str(event["summary"]): event for event in Calendar.from_ical(render_fleet_calendar(plan)).walk("VEVENT")}


def test_a_slot_is_a_moment_in_utc_that_keeps_people_busy() -> None:
    event = events(FLEET)["mes-line2: S03 Kubernetes 1.28.14 → 1.29.13"]
    assert (event.start, event.end) == (datetime(2026, 5, 24, 20, tzinfo=UTC), datetime(2026, 5, 24, 22, tzinfo=UTC))
    assert event["transp"] == "OPAQUE" and "window nights" in event["description"]
    assert not list(event.walk("VALARM"))
    update = events(FLEET)["plant12: S06 release 2411 → 2510"]
    assert update.start == datetime(2026, 5, 27, 20, tzinfo=UTC)


def test_latest_starts_and_ends_are_whole_days_that_warn() -> None:
    start = events(FLEET)["pos-1: must start by this day"]
    assert start.start == date(2026, 6, 25) and "Begin by 2026-06-25 20:00 UTC" in start["description"]
    end = events(FLEET)["mes-line2: Kubernetes minor: last good day"]
    assert end.start == date(2026, 6, 30) and end["transp"] == "TRANSPARENT" and len(list(end.walk("VALARM"))) == 2
    assert not list(events(FLEET)["plant12: Azure Local release: ended with this day"].walk("VALARM"))
    assert "mes-line2: must start by this day" not in events(FLEET)  # no start is early enough


def test_freezes_are_no_events_and_the_clock_of_an_instance_is_one_for_all_its_clusters() -> None:
    found = events(FLEET)
    assert not [name for name in found if "freeze" in name]
    assert "store-1: Azure Local release: last good day" in found
    assert "pos-1: Azure Local release: last good day" not in found
    assert "mes-web: Azure Local release: last good day" in found  # its instance tells another day


def test_an_entry_keeps_its_name_when_step_ids_move_and_is_that_of_the_clusters_own_plan() -> None:
    before = {name: str(event["uid"]) for name, event in events(FLEET).items()}
    assert len(set(before.values())) == len(before)
    later = replace(renumbered(FLEET), as_of=FLEET.as_of + timedelta(days=3), revision=2)
    assert {name.replace(": S1", ": S0"): str(event["uid"]) for name, event in events(later).items()} == before
    own = replace(PLAN, subject=replace(PLAN.subject, id=FLEET.members[3].id, clocks=(MINOR,)))
    alone = Calendar.from_ical(render_calendar(own)).walk("VEVENT")
    uids = {str(event["uid"]) for event in alone}
    assert before["mes-line2: Kubernetes minor: last good day"] in uids


def renumbered(plan: FleetPlan) -> FleetPlan:
    """S11 for S01 in every place."""
    new = {step.id: f"S1{step.id[2:]}" for step in plan.steps}
    stages = [
        tuple(
            replace(
                stage,
                batches=tuple(tuple(new[id] for id in ids) for ids in stage.batches),
                update=new.get(stage.update, ""),
            )
            for stage in one.stages
        )
        for one in plan.instances
    ]
    return replace(
        plan,
        instances=tuple(replace(one, stages=own) for one, own in zip(plan.instances, stages, strict=True)),
        members=tuple(replace(one, steps=tuple(new[id] for id in one.steps)) for one in plan.members),
        steps=tuple(replace(step, id=new[step.id]) for step in plan.steps),
        timing=replace(TIMING, slots=tuple(replace(slot, step=new[slot.step]) for slot in TIMING.slots)),
    )


def test_two_slots_that_look_alike_are_two_entries() -> None:
    twice = replace(FLEET.steps[0], id="S09")
    slots = (TIMING.slots[0], replace(TIMING.slots[0], step="S09", start=datetime(2026, 6, 1, tzinfo=UTC)))
    slots = (slots[0], replace(slots[1], end=datetime(2026, 6, 1, 2, tzinfo=UTC)))
    members = tuple(replace(one, steps=("S01", "S09")) if one.steps == ("S01",) else one for one in FLEET.members)
    plan = replace(FLEET, steps=(FLEET.steps[0], twice), members=members, timing=replace(TIMING, slots=slots))
    assert {"pos-1: S01 Kubernetes 1.30.4 → 1.31.5", "pos-1: S09 Kubernetes 1.30.4 → 1.31.5"} <= set(events(plan))


def test_without_dates_there_is_no_event_and_without_a_calendar_no_slot() -> None:
    assert events(BARE) == {}
    assert {day.span for _, _, day in entries_of(UNTIMED)} == {None}
    endless = replace(FLEET.members[0], clocks=(replace(RELEASE, ends=date.max),))
    assert events(replace(BARE, members=(endless,))) == {}


def test_the_same_plan_gives_the_same_bytes_in_every_zone_and_order_of_hashes() -> None:
    script = (
        "import sys; from tests.documents.fleetplans import FLEET; "
        "from planner.documents.fleetcalendar import render_fleet_calendar; "
        "sys.stdout.buffer.write(render_fleet_calendar(FLEET))"
    )
    place = {"TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=place, capture_output=True, check=True, timeout=60
    )
    assert done.stdout == render_fleet_calendar(FLEET)
    assert b"METHOD" not in {line.split(b":")[0] for line in lines_of(done.stdout)}
