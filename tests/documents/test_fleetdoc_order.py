"""The order in the document of a plan of instances: every step in its place, what it waits for, its box."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from planner.checklist import PREFLIGHT
from planner.documents.markdown import read, render
from planner.fleetplan import FleetPlan, Part, StagePlan
from planner.plan import StepKind
from planner.timing import Slot
from tests.documents.fleetplans import FLEET, TIMING, UNTIMED
from tests.documents.fleetsections import TEXT, section


def test_the_order_names_wave_stage_neighbours_and_slot_of_every_step() -> None:
    rows = [line for line in section("## Order").splitlines() if line.startswith("|")]
    assert len(rows) == 2 + len(FLEET.steps)
    assert rows[2] == (
        "| pilot | store-1 | 2510 | S01 | Kubernetes 1.30.4 → 1.31.5 | pos-1 | - | - | 36 min to 1 h 12 min "
        "| 2026-05-22 22:00 – 2026-05-23 00:00 Europe/Vienna (2026-05-22 20:00 – 22:00 UTC) |"
    )
    assert rows[4] == (
        "| plants | plant12 | 2411 | S03 | Kubernetes 1.28.14 → 1.29.13 | mes-line2 | S04 | - | 36 min to 1 h 12 min "
        "| 2026-05-24 22:00 – 2026-05-25 00:00 Europe/Vienna (2026-05-24 20:00 – 22:00 UTC) |"
    )
    assert "| - | mes-web (S04), mes-line2 (S03), decision about scada-07 (S05) | unknown |" in rows[7]
    bare = [line for line in section("## Order", render(UNTIMED)).splitlines() if line.startswith("|")]
    assert bare[0] == "| Instance | On release | Step | What | Where | Side by side with | Waits for | Takes |"
    assert bare[2] == "| store-1 | 2510 | S01 | Kubernetes 1.30.4 → 1.31.5 | pos-1 | - | - | 36 min to 1 h 12 min |"


def test_a_step_that_was_not_placed_says_so_and_a_slot_over_midnight_names_both_days() -> None:
    slot = replace(TIMING.slots[1], end=TIMING.slots[1].end + timedelta(hours=3))
    text = render(replace(FLEET, timing=replace(TIMING, slots=(slot,), zone="UTC")))
    rows = [line for line in section("## Order", text).splitlines() if line.startswith("|")]
    assert rows[2].endswith("| not placed |")
    assert rows[3].endswith("| 2026-05-23 20:00 – 2026-05-24 01:00 UTC |")
    assert rows[6].endswith("| until decided | before the next step |")


def test_slots_are_told_in_the_zone_of_the_calendar_where_there_is_one() -> None:
    slot = replace(TIMING.slots[0], start=TIMING.slots[0].start - timedelta(hours=4))

    def first(zone: str, slot: Slot = slot) -> str:
        text = render(replace(FLEET, timing=replace(TIMING, slots=(slot,), zone=zone)))
        return [line for line in section("## Order", text).splitlines() if line.startswith("|")][2]

    assert first("Europe/Vienna").endswith(
        "| 2026-05-22 18:00 – 2026-05-23 00:00 Europe/Vienna (2026-05-22 16:00 – 22:00 UTC) |"
    )
    short = replace(slot, end=slot.start + timedelta(hours=2))
    assert first("Europe/Vienna", short).endswith("| 2026-05-22 18:00 – 20:00 Europe/Vienna (16:00 – 18:00 UTC) |")
    assert first("Pacific/Auckland", short).endswith(
        "| 2026-05-23 04:00 – 06:00 Pacific/Auckland (2026-05-22 16:00 – 18:00 UTC) |"
    )
    for unheard in ("UTC", "Nowhere/Land", "../etc", "a" * 300, "Europe"):
        assert first(unheard, short).endswith("| 2026-05-22 16:00 – 18:00 UTC |")


HELD = replace(
    FLEET,
    members=tuple(
        replace(one, held_up="OFFLINE: mes-line2 is offline. Bring it back.") if one.name == "mes-line2" else one
        for one in FLEET.members
    ),
)


def test_steps_that_cannot_begin_now_are_told_at_the_top_in_the_order_and_at_their_cluster() -> None:
    text = render(HELD)
    assert (
        "> **Not now**: steps of these cannot begin as things are. mes-line2: OFFLINE: mes-line2 is offline."
        in (text.split("## Decision summary")[0])
    )
    assert "What is held up cannot begin as things are: Each cluster's part says why." in section("## Order", text)
    rows = [line for line in section("## Order", text).splitlines() if line.startswith("|")]
    assert [row.split(" | ")[3] for row in rows if "| mes-line2 (held up) |" in row] == ["S03", "S07"]
    assert "mes-web (S04), mes-line2 (S03, held up)" in rows[7]
    assert section("### Sign-off", text).count("(held up: see Each cluster's part), done by") == 2
    part = section("### mes-line2: planned", text)
    assert "- **Not now:** OFFLINE: mes-line2 is offline. Bring it back." in part
    assert "held up" not in TEXT and "Not now" not in TEXT
    assert read(text, "f.md").executable


def test_what_a_person_decides_about_a_cluster_is_not_held_up_with_it() -> None:
    own = tuple(replace(one, steps=("S05",), held_up="It is offline.") if one.part is Part.ISOLATED else one
                for one in FLEET.members)  # fmt: skip
    assert "held up" not in section("## Order", render(replace(FLEET, members=own)))


def test_many_reasons_are_counted() -> None:
    many = tuple(replace(FLEET.members[3], name=f"mes-{n}", held_up=f"Reason {n % 9}") for n in range(90))
    top = render(replace(FLEET, members=many)).split("## Decision summary")[0]
    assert "mes-45 and 4 more: Reason 0." in top and "Reason 6" not in top and "There are more." in top


def test_every_step_has_one_box_and_every_wave_of_several() -> None:
    ticks = read(TEXT, "f.md").ticks
    steps = {step.id for step in FLEET.steps}
    checks = {check.id for step in FLEET.steps for check in (*step.before, *step.verify)}
    assert set(ticks) == steps | checks | {f"{id}.gate" for id in steps} | {
        *(f"PRE.{number}" for number in range(1, len(PREFLIGHT) + 1)),
        *("WAVE.1", "WAVE.2", "RISK.R-1", "APPROVAL.ticket", "APPROVAL.change", "APPROVAL.risks"),
        *("APPROVAL.I1", "APPROVAL.I2", "APPROVAL.C1", "APPROVAL.C2", "APPROVAL.X1"),
    }
    boxes = re.findall(r"item:(\S+) -->", section("### Sign-off"))
    assert boxes == ["S01", "S02", "WAVE.1", "S03", "S04", "S05", "S06", "S07", "WAVE.2"]
    one = replace(FLEET, waves=(replace(FLEET.waves[0], instances=("store-1", "plant12")),))
    assert "item:WAVE" not in render(one)


def test_each_update_names_the_clusters_it_waits_for() -> None:
    plant = section("### plant12: 2411 → 2510")
    assert "- **On 2411:** S03, S04 side by side; then S05." in plant
    assert (
        "- **S06, update to 2510:** 2510 waits for scada-07: 1.26.12 → 1.28.9 (a person has to decide first); "
        "mes-web: 1.28.9 → 1.29.13 (S04); mes-line2: 1.28.14 → 1.29.13 (S03); decision about scada-07 (S05)." in plant
    )
    assert "- **Why no fewer updates:** 2411 offers nothing newer than 1.29" in plant
    assert "Subscription, unknown (P24)" in plant
    assert "- **Not judged:** whether an update strands legacy is not known." in plant
    store = section("### store-1: 2510 → 2604")
    assert "2604 waits for no cluster" in store and "- **On 2604:** nothing more." in store
    assert "- **Not planned:** its build could not be read." in section("### lab: not planned")


def test_every_step_stands_in_full_and_is_signed_off_once() -> None:
    implementation = section("## Implementation")
    assert re.findall(r"^### (S\d+ \S+:)", implementation, flags=re.MULTILINE) == [
        *("S01 pos-1:", "S02 store-1:", "S03 mes-line2:", "S04 mes-web:", "S05 scada-07:", "S06 plant12:"),
        "S07 mes-line2:",
    ]
    assert "Sign-off" not in implementation and implementation.count("**Expected:**") == len(FLEET.steps)


@pytest.mark.parametrize("kind", list(StepKind))
def test_a_step_of_every_kind_is_told(kind: StepKind) -> None:
    plan = replace(FLEET, steps=(replace(FLEET.steps[0], kind=kind, duration=None),))
    assert "- **Abort:** " in render(plan) and "- **Takes:** unknown: " in render(plan)


def test_updates_in_a_row_share_a_line_and_steps_in_a_row_their_ids() -> None:
    stages = (
        StagePlan("2411", (), "S01"),
        StagePlan("2411.2", (), "S02"),
        StagePlan("2503", (("S03",), ("S04",), ("S05",), ("S06",), ("S07",)), ""),
    )
    text = section("### plant12: stays on 2411", render(with_stages(stages)))
    assert "- **S01, S02, updates to 1.31.5, 2604:** one after the other; they wait for no cluster" in text
    assert "- **On 2503:** S03 to S07 one after the other." in text and "On 2411:" not in text


def with_stages(stages: tuple[StagePlan, ...]) -> FleetPlan:
    return replace(FLEET, instances=(replace(FLEET.instances[1], target="2411", stages=stages),))


def test_a_table_without_anything_side_by_side_has_no_column_for_it() -> None:
    text = section("## Order", render(with_stages((StagePlan("2411", (("S01",), ("S02",)), ""),))))
    assert "Side by side" not in text and "top to bottom, one after the other." in text
