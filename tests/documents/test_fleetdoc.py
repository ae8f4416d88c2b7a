"""The document of a plan of instances says what the plan says, section by section, in words an operator can act on."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from markdown_it import MarkdownIt

from planner.checklist import PREFLIGHT
from planner.documents.markdown import read, render
from planner.documents.page import render_page
from planner.findings import Verdict
from planner.fleetplan import FleetPlan, Part, StagePlan
from planner.plan import StepKind
from planner.timing import Slot
from tests.documents.fleetplans import BARE, FLEET, LATE, MINOR, RELEASE, START, TIMING, UNTIMED
from tests.documents.test_page import HOSTILE, Page

TEXT = render(FLEET)


def section(title: str, text: str = TEXT) -> str:
    """What stands under a heading, up to the next one of its level."""
    level = title.partition(" ")[0]
    after = text.partition(f"\n{title}\n")[2]
    assert after, title
    return re.split(rf"^#{{2,{len(level)}}} ", after, maxsplit=1, flags=re.MULTILINE)[0]


def headings(text: str) -> list[str]:
    return re.findall(r"^## (.*)$", text, flags=re.MULTILINE)


def test_the_sections_stand_in_the_order_of_their_weight() -> None:
    assert headings(TEXT) == [
        *("Decision summary", "Justification and impact", "What must not be done", "Pre-flight", "Order", "Instances"),
        *("Critical path", "Waves", "Schedule", "Timeline"),
        *("Clusters that are not brought to the goal", "Each cluster's part", "Limits"),
        *("Risks, disputed rules, unknowns", "Implementation", "Backout", "Approvals", "Sources", "Data"),
    ]


def test_what_has_nothing_to_say_is_left_out() -> None:
    assert headings(render(BARE)) == [
        *("Decision summary", "Order", "Instances", "Risks, disputed rules, unknowns", "Backout", "Data"),
    ]
    assert headings(render(UNTIMED)) == [one for one in headings(TEXT) if one not in ("Waves", "Critical path")]


def test_the_front_matter_holds_the_headline() -> None:
    lines = TEXT.split("---\n")[1].splitlines()
    assert lines[:9] == [
        "arcstep: fleet",
        "schema: 1",
        'title: "plant12 and store-1 to latest"',
        'goal: "latest"',
        'instances: "3"',
        'clusters: "7"',
        'steps: "7"',
        'verdict: "GO WITH RISKS"',
        'must_start_by: "no start is early enough"',
    ]
    assert 'must_start_by: "unknown"' in render(BARE)


def test_the_summary_says_who_is_left_behind_what_is_urgent_and_what_cannot_be_undone() -> None:
    assert "isolated: scada-07; carried along: old, mes-web; unknown: legacy; not planned: lab" in TEXT.split("## D")[0]
    summary = section("## Decision summary")
    assert "**What:** 7 clusters on 3 instances to latest: store-1 2510 → 2604, plant12 2411 → 2510." in summary
    assert "4 Kubernetes upgrades, 2 release updates, 1 decision." in summary
    assert "**Clusters:** 2 planned, 1 nothing to do, 2 carried along, 1 isolated, 1 unknown." in summary
    assert (
        "**Must start by:** **no start is early enough** for mes-line2: Kubernetes minor ends on 2026-06-30 (P3)."
        in summary
    )
    assert "unsupported" not in summary and "11 days unsupported" in section("### Must start by")
    assert "**Afterwards:** store-1 on 2604; plant12 on 2510." in summary
    assert "**Finish:** 2026-05-28 22:00 UTC, **after what was asked for**" in summary
    assert "In no sum, since nobody knows: S02, S06." in summary
    assert "**Cannot be undone:** 6 of 7 steps" in summary


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


def test_the_first_thing_that_must_not_be_done_is_an_update_before_its_gate() -> None:
    lines = [line for line in section("## What must not be done").splitlines() if line]
    assert lines[0].startswith("- Do not begin a release update before its gate")
    assert lines[1] == "- Do not update plant12 to 2510 before S03 and S04."
    still = replace(FLEET, instances=(replace(FLEET.instances[0], stages=(StagePlan("2510", (("S01",),), ""),)),))
    assert "before its gate" not in render(still)


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
    assert "| - | scada-07 (decision), mes-web (S04), mes-line2 (S03) | unknown |" in rows[7]
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


def test_clusters_with_nothing_to_do_take_a_line_each_and_those_of_which_too_little_is_known_their_own_part() -> None:
    rows = [line for line in section("### Clusters without a step of their own").splitlines() if line.startswith("|")]
    at_rest = [one.name for one in FLEET.members if one.part is Part.NOTHING_TO_DO]
    assert at_rest and [row.split(" | ")[0].removeprefix("| ") for row in rows[2:]] == at_rest
    assert all(f"### {name}: " not in TEXT for name in at_rest)
    assert section("### legacy: unknown") and section("### old: carried along")


def test_what_a_person_decides_about_a_cluster_is_not_held_up_with_it() -> None:
    own = tuple(replace(one, steps=("S05",), held_up="It is offline.") if one.part is Part.ISOLATED else one
                for one in FLEET.members)  # fmt: skip
    assert "held up" not in section("## Order", render(replace(FLEET, members=own)))


def test_many_reasons_are_counted() -> None:
    many = tuple(replace(FLEET.members[3], name=f"mes-{n}", held_up=f"Reason {n % 9}") for n in range(90))
    top = render(replace(FLEET, members=many)).split("## Decision summary")[0]
    assert "mes-45 and 4 more: Reason 0." in top and "Reason 6" not in top and "There are more." in top


def test_justification_says_which_clocks_have_ended_for_whom_and_what_the_work_does() -> None:
    ended = replace(MINOR, state="ended", ends=date(2025, 3, 1))
    members = tuple(
        replace(one, clocks=(ended, RELEASE)) if one.instance == "plant12" else one for one in FLEET.members
    )
    lines = section("## Justification and impact", render(replace(FLEET, members=members))).splitlines()
    assert lines[1] == "Goal: latest."
    assert "- Kubernetes minor, ended, 2025-03-01 (P3): scada-07, legacy, old, mes-line2, mes-web, POS-1." in lines
    assert "- Azure Local release, ended, 2025-04-30 (LBL): plant12." in lines
    assert sum(line.startswith(("- Kubernetes upgrade:", "- Release update:", "- Decision:")) for line in lines) == 3
    calm = tuple(replace(one, clocks=()) for one in FLEET.instances)
    assert "Run out" not in section("## Justification and impact", render(replace(FLEET, instances=calm)))


def test_many_ends_are_counted() -> None:
    clocks = tuple(replace(MINOR, state="ended", ends=date(2025, 1, 1 + n)) for n in range(9))
    text = render(replace(FLEET, members=(replace(FLEET.members[3], clocks=clocks),), instances=FLEET.instances[:1]))
    assert "- 3 more ends: see the clocks under" in section("## Justification and impact", text)


def test_what_has_to_be_true_first_stands_once_with_the_backup_among_it() -> None:
    boxes = re.findall(r"item:(\S+) -->", section("## Pre-flight"))
    assert boxes == [f"PRE.{number}" for number in range(1, len(PREFLIGHT) + 1)]
    assert "- [ ] Workloads and persistent data are backed up; there is no in-place way back. (P15)" in TEXT
    decided = replace(FLEET, steps=(FLEET.steps[4],))
    assert "## Pre-flight" not in render(decided)


def test_an_update_that_changes_the_host_operating_system_is_named_in_the_summary() -> None:
    assert "host operating system" not in section("## Decision summary")
    crossing = replace(FLEET.steps[5], purpose="On the way. It changes the host operating system from 11 to 12.")
    text = render(replace(FLEET, steps=(*FLEET.steps[:5], crossing, FLEET.steps[6])))
    assert "- **Changes the host operating system:** S06 on plant12 (release 2411 → 2510)." in text


def test_one_instance_is_the_whole_plan() -> None:
    text = render(replace(FLEET, instances=FLEET.instances[:1], waves=FLEET.waves[:1]))
    assert "| the whole plan |" not in text and "**Wave:**" not in text
    alone = replace(FLEET, instances=(replace(FLEET.instances[0], must_start=None),), members=())
    assert "| the whole plan | Kubernetes minor" in render(alone)


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
        "mes-web: 1.28.9 → 1.29.13 (S04); mes-line2: 1.28.14 → 1.29.13 (S03)." in plant
    )
    assert "- **Why no fewer updates:** 2411 offers nothing newer than 1.29" in plant
    assert "Subscription, unknown (P24)" in plant
    assert "- **Not judged:** whether an update strands legacy is not known." in plant
    store = section("### store-1: 2510 → 2604")
    assert "2604 waits for no cluster" in store and "- **On 2604:** nothing more." in store
    assert "- **Not planned:** its build could not be read." in section("### lab: not planned")


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
    assert "What does not fit" not in fine and "2026-05-28 22:00 UTC, by the high estimates." in fine
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


def test_a_cluster_that_cannot_be_saved_has_its_ways_out_and_equal_ones_are_told_once() -> None:
    lost = section("## Clusters that are not brought to the goal")
    assert re.findall(r"^### (.*)$", lost, flags=re.MULTILINE) == [
        "scada-07 on plant12: isolated",
        "legacy on plant12: unknown",
        "old on plant12: carried along",
        "mes-web on plant12: carried along",
    ]
    assert "1. **Rebuild** (cluster operator): Make a new cluster. Risk: downtime. Source: SKV. (P12)" in lost
    assert lost.count("**Rebuild**") == 1 and lost.count("Causes and ways out are those of scada-07.") == 2


def test_each_cluster_has_the_command_of_its_own_plan() -> None:
    assert "arcstep plan mes-line2 --to 1.30.14 --out mes-line2.md" in section("### mes-line2: planned")
    # two clusters share this name in other letters, so that the resource group has to say which one is meant
    assert "arcstep plan rg-test/pos-1 --to 1.31.5 --out rg-test-pos-1.md" in section("### pos-1: planned")
    assert "arcstep plan" not in section("### scada-07: isolated")
    assert "Kubernetes minor, running 2026-06-30 (P3)" in section("### old: carried along")


def test_no_step_is_green_by_omission() -> None:
    """A cluster of which nothing is known has no word of support beside it that the plan does not hold."""
    text = section("### legacy: unknown")
    assert "- **Today:** Kubernetes unknown" in text and "- **Afterwards:** Kubernetes unknown" in text


def test_approvals_name_owners_and_a_later_revision_asks_anew() -> None:
    approvals = section("## Approvals")
    assert "Azure Local owner of store-1 (name, date):" in approvals
    assert "Cluster operator of mes-line2, mes-web on plant12 (name, date):" in approvals
    assert "Owner of scada-07 knows that this plan does not save it (name, date):" in approvals
    assert "every approval has to be given anew" in section("## Approvals", render(UNTIMED))


def test_a_box_for_many_clusters_stays_short() -> None:
    many = tuple(replace(FLEET.members[3], name=f"mes-{number}") for number in range(90))
    text = render(replace(FLEET, members=many))
    line = next(line for line in text.splitlines() if "item:APPROVAL.C2 " in line)
    assert "mes-5 and 84 more on plant12" in line and len(line) < 200


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


# -- outside text --


def texts(value: Any) -> list[str]:
    """Every text of a plan."""
    if type(value) is str:
        return [value]
    if isinstance(value, tuple):
        return [text for one in value for text in texts(one)]
    if is_dataclass(value) and not isinstance(value, type):
        return [text for field in fields(value) for text in texts(getattr(value, field.name))]
    return []


def spoiled(value: Any, bad: str, keep: frozenset[str]) -> Any:
    """The plan with the bad text in the place of every text but ids."""
    if type(value) is str:
        return value if value in keep or not value else bad
    if isinstance(value, tuple):
        return tuple(spoiled(one, bad, keep) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: spoiled(getattr(value, f.name), bad, keep) for f in fields(value)})  # type: ignore[type-var]
    return value


IDS = frozenset(
    [step.id for step in FLEET.steps]
    + [check.id for step in FLEET.steps for check in (*step.before, *step.verify)]
    + [risk.state for risk in FLEET.risks]
    + [risk.id for risk in FLEET.risks]
)


@pytest.mark.parametrize("bad", HOSTILE)
def test_outside_text_in_every_place_stays_text_and_comes_back(bad: str) -> None:
    plan = spoiled(FLEET, bad, IDS)
    assert texts(plan).count(bad) > 200
    text = render(plan)
    document = read(text, "f.md")
    assert document.fleet == plan and document.problems == ()
    boxes = set(document.ticks)
    assert boxes >= {step.id for step in FLEET.steps} and "S09" not in boxes
    page = Page(render_page(plan))
    assert not {tag for tag, _ in page.elements} & {"script", "img", "iframe"}
    hrefs = {attrs["href"] or "" for _, attrs in page.elements if "href" in attrs}
    assert all(href.startswith(("https://evil.example", "https://x.test")) for href in hrefs)


def test_tables_have_as_many_cells_as_heads() -> None:
    html = MarkdownIt("commonmark").enable("table").render(TEXT.split("---\n", 2)[2])
    for table in re.findall(r"<table>.*?</table>", html, flags=re.DOTALL):
        heads = table.count("<th>")
        assert {row.count("<td>") for row in re.findall(r"<tr>.*?</tr>", table, flags=re.DOTALL)[1:]} == {heads}


def test_the_timeline_has_a_bar_for_each_instance_and_cluster_in_plain_letters() -> None:
    fence = section("## Timeline").partition("```text\n")[2].partition("```")[0]
    assert fence.isascii() and max(map(len, fence.splitlines())) <= 100
    named = [line.split("  ")[0] for line in fence.splitlines()[2:11]]
    assert named == [
        *("store-1", "- pos-1", "plant12", "- scada-07", "- legacy", "- old", "- mes-line2", "- mes-web", "- POS-1"),
    ]
    assert "> start by" in fence and "+ planned" in fence


def test_a_plan_where_all_is_well_says_nothing_of_clusters_left_behind() -> None:
    well = replace(FLEET, verdict=Verdict.GO, instances=FLEET.instances[:1], members=(FLEET.members[5],), risks=())
    text = render(well)
    assert "Not every cluster" not in text and "not brought to the goal" not in text
    assert "APPROVAL.risks" not in text and "APPROVAL.X" not in text
    assert all(one.part is Part.PLANNED for one in well.members)


def test_the_page_for_paper_begins_a_page_with_each_step() -> None:
    page = Page(render_page(FLEET))
    assert len(page.classed("step")) == len(FLEET.steps)
    assert [attrs["id"] for attrs in page.classed("tick")] == list(read(TEXT, "f.md").ticks)


def test_the_plan_is_json_there_and_back() -> None:
    assert msgspec.json.decode(msgspec.json.encode(FLEET), type=FleetPlan) == FLEET
    assert LATE.by is None and FLEET.catalog_date == date(2026, 5, 12)


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


def test_without_a_calendar_the_finish_is_what_it_would_be_begun_at_once() -> None:
    text = render(replace(FLEET, timing=replace(TIMING, slots=(), conflicts=(), calendar="")))
    assert (
        "- **Finish:** not scheduled: no calendar places a step in time; begun at once, 2026-05-23 22:00 UTC by" in text
    )
    assert "Begun at once |" in section("## Waves", text) and "Time zone" not in text


def test_a_risk_of_many_steps_names_some_and_counts_the_rest() -> None:
    """A label that an editor wraps over too many lines is not found again."""
    scattered = tuple(f"S{number:02}" for number in range(1, 99, 2))
    text = render(replace(FLEET, risks=(replace(FLEET.risks[0], steps=scattered),)))
    line = next(line for line in text.splitlines() if "item:RISK.R-1 " in line)
    assert "(high; S01, S03, S05, S07, S09, S11, S13 and more, 49 in all)" in line
