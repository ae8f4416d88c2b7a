"""Time in the document of a plan of instances: slots, latest starts, what does not fit, waves, timeline."""

from __future__ import annotations

import re
from dataclasses import replace

from planner.documents.markdown import render
from planner.fleetplan import FleetPlan
from tests.documents.fleetplans import BARE, FLEET, START, TIMING, UNTIMED
from tests.documents.fleetsections import section


def test_a_start_that_is_near_a_start_that_is_past_and_none_at_all() -> None:
    def urgent(plan: FleetPlan) -> str:
        return next(line for line in render(plan).splitlines() if line.startswith("- **Must start by:**"))

    calm = replace(
        FLEET,
        instances=FLEET.instances[:1],
        members=tuple(replace(one, must_start=START if one.steps else None) for one in FLEET.members),
    )
    assert urgent(calm).startswith("- **Must start by:** 2026-06-25 20:00 UTC for mes-line2: Kubernetes minor ends on")
    past = replace(START, is_past=True, days_unsupported=2)
    assert urgent(replace(calm, members=tuple(replace(one, must_start=past) for one in calm.members))).endswith(
        "the subtraction stands under Schedule. **That is past.**"
    )
    assert urgent(BARE) == (
        "- **Must start by:** unknown: no clock has an end, or the duration of a step is not known."
    )


def test_one_instance_is_the_whole_plan() -> None:
    text = render(replace(FLEET, instances=FLEET.instances[:1], waves=FLEET.waves[:1]))
    assert "| the whole plan |" not in text and "**Wave:**" not in text
    alone = replace(FLEET, instances=(replace(FLEET.instances[0], must_start=None),), members=())
    assert "| the whole plan | Kubernetes minor" in render(alone)


def test_the_subtraction_is_shown_and_the_most_urgent_stands_first() -> None:
    rows = [line for line in section("### Must start by").splitlines() if line.startswith("|")][2:]
    assert [row.split(" | ")[0] for row in rows[:3]] == ["| the whole plan", "| mes-line2", "| plant12"]
    assert (
        "| 2026-06-30 | 10 h work, high estimate; 2 days soak; 2 days 22 h freeze half year | 2026-06-25 20:00"
        in rows[0]
    )
    assert "no start is early enough" in rows[1]
    assert "Unknown for lab: no clock has an end" in section("### Must start by")


def test_what_does_not_fit_names_the_smallest_sets_in_order() -> None:
    lines = [line for line in section("### What does not fit").splitlines() if re.match(r"\d\.", line)]
    assert lines == [
        "1. freeze half year: everything is then done by 2026-06-29 22:00 UTC.",
        "2. window nights, soak pilot: everything is then done by 2026-06-28 04:00 UTC.",
    ]
    fine = render(replace(FLEET, timing=replace(TIMING, conflicts=())))
    assert (
        "What does not fit" not in fine
        and "2026-05-28 22:00 UTC, by the high estimates, if S05 is over by the time it comes to that." in fine
    )
    nothing = render(replace(FLEET, timing=replace(TIMING, slots=())))
    assert "**nothing fits**" in nothing and "item:SCHEDULE.start" in nothing


def test_schedule_says_window_fit_zone_and_downtime() -> None:
    schedule = section("## Schedule")
    assert "**Windows, freezes, waits:** nights, every day from 20:00 to 22:00; freeze half year" in schedule
    assert "meant in Europe/Vienna; the Order gives both, everything else UTC" in schedule
    assert "**Window fit:** overruns" in schedule and "S03" in schedule.split("### ")[0]
    assert "- mes-line2: its control plane has one node; the API is down" in schedule


def test_waves_show_soak_and_stop_rule() -> None:
    assert "| pilot | store-1 | 24 h | more than one cluster is not healthy | 2026-05-22 20:00 –" in section("## Waves")
    assert "| plants | plant12 | 2 days | none given | not placed |" in section("## Waves")


def test_the_critical_path_stands_where_it_is_known() -> None:
    rows = [line.split(" | ")[0] for line in section("## Critical path").splitlines() if line.startswith("| S0")]
    assert rows == ["| S01", "| S02", "| S03", "| S06", "| S07"]
    assert "Critical path" not in render(UNTIMED)


def test_the_timeline_has_a_bar_for_each_instance_and_cluster_in_plain_letters() -> None:
    fence = section("## Timeline").partition("```text\n")[2].partition("```")[0]
    assert fence.isascii() and max(map(len, fence.splitlines())) <= 100
    named = [line.split("  ")[0] for line in fence.splitlines()[2:11]]
    assert named == [
        *("store-1", "- pos-1", "plant12", "- scada-07", "- legacy", "- old", "- mes-line2", "- mes-web", "- POS-1"),
    ]
    assert "> start by" in fence and "+ planned" in fence


def test_without_a_calendar_the_finish_is_what_it_would_be_begun_at_once() -> None:
    text = render(replace(FLEET, timing=replace(TIMING, slots=(), conflicts=(), calendar="")))
    assert (
        "- **Finish:** not scheduled: no calendar places a step in time; begun at once, 2026-05-23 22:00 UTC by" in text
    )
    assert "Begun at once |" in section("## Waves", text) and "Time zone" not in text
