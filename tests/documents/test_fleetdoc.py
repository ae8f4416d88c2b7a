"""The document of a plan of instances says what the plan says, section by section, in words an operator can act on."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from planner.checklist import PREFLIGHT
from planner.documents.markdown import render
from planner.findings import Verdict
from planner.fleetplan import Part, StagePlan
from tests.documents.fleetplans import BARE, FLEET, MINOR, RELEASE, UNTIMED
from tests.documents.fleetsections import TEXT, headings, section


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


def test_the_first_thing_that_must_not_be_done_is_an_update_before_its_gate() -> None:
    lines = [line for line in section("## What must not be done").splitlines() if line]
    assert lines[0].startswith("- Do not begin a release update before its gate")
    assert lines[1] == "- Do not update plant12 to 2510 before S03 and S04."
    still = replace(FLEET, instances=(replace(FLEET.instances[0], stages=(StagePlan("2510", (("S01",),), ""),)),))
    assert "before its gate" not in render(still)


def test_clusters_with_nothing_to_do_take_a_line_each_and_those_of_which_too_little_is_known_their_own_part() -> None:
    rows = [line for line in section("### Clusters without a step of their own").splitlines() if line.startswith("|")]
    at_rest = [one.name for one in FLEET.members if one.part is Part.NOTHING_TO_DO]
    assert at_rest and [row.split(" | ")[0].removeprefix("| ") for row in rows[2:]] == at_rest
    assert all(f"### {name}: " not in TEXT for name in at_rest)
    assert section("### legacy: unknown") and section("### old: carried along")


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


def test_a_plan_where_all_is_well_says_nothing_of_clusters_left_behind() -> None:
    well = replace(FLEET, verdict=Verdict.GO, instances=FLEET.instances[:1], members=(FLEET.members[5],), risks=())
    text = render(well)
    assert "Not every cluster" not in text and "not brought to the goal" not in text
    assert "APPROVAL.risks" not in text and "APPROVAL.X" not in text
    assert all(one.part is Part.PLANNED for one in well.members)


def test_a_risk_of_many_steps_names_some_and_counts_the_rest() -> None:
    """A label that an editor wraps over too many lines is not found again."""
    scattered = tuple(f"S{number:02}" for number in range(1, 99, 2))
    text = render(replace(FLEET, risks=(replace(FLEET.risks[0], steps=scattered),)))
    line = next(line for line in text.splitlines() if "item:RISK.R-1 " in line)
    assert "(high; S01, S03, S05, S07, S09, S11, S13 and more, 49 in all)" in line
