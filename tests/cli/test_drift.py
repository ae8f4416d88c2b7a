"""`arcstep drift`: a saved plan against newer facts or another plan, printed, as JSON, and planned again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from planner.documents.grid import cells
from planner.documents.markdown import Tick, read, render
from planner.inventory import Inventory, Unknown
from planner.plan import Plan
from planner.replan import replan
from planner.support import Judge
from tests.cli.conftest import Arcstep
from tests.planner.saved import CATALOG, CLIMB, LATER, LIST_2604, ROUTES

Saved = Callable[[Inventory], Path]
MOVED = CLIMB.on("2604", CLIMB.with_cluster("1.31.13"), ("1.31.13", "1.32.9", "1.32.10", "1.33.5"))
SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schema" / "drift.schema.json"


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """The climb, saved three weeks ago."""
    path = tmp_path / "mes.md"
    path.write_text(render(CLIMB.plan), "utf-8")
    return path


def reread(path: Path) -> Plan:
    document = read(path.read_text("utf-8"), path.name)
    assert document.plan is not None and document.executable
    return document.plan


def test_a_plan_that_still_holds_is_exit_0(arcstep: Arcstep, saved: Saved, plan: Path) -> None:
    answer = arcstep("drift", plan, "--from", saved(CLIMB.inventory))
    assert answer.code == 0, answer.err
    assert "as planned: 3 valid" in answer.out
    assert answer.out.splitlines()[-1] == f"  arcstep walk {plan}"
    assert answer.err == ""


def test_a_plan_that_drifted_is_exit_50_with_verdict_what_and_cause(arcstep: Arcstep, saved: Saved, plan: Path) -> None:
    answer = arcstep("drift", plan, "--from", saved(MOVED))
    assert answer.code == 50, answer.err
    assert "drifted: 1 done, 1 valid, 1 changed" in answer.out
    lines = answer.out.splitlines()
    assert "S01   done        Kubernetes 1.30.14 → 1.31.13                 reality moved" in lines
    assert "facts     2026-05-20 00:00 UTC (21 d old)     2026-06-10 00:00 UTC" in lines
    assert lines[-1] == f"  arcstep drift {plan} --out FILE.md"
    assert max(map(len, lines[:-1])) <= 80


def test_done_to_the_end_is_exit_0(arcstep: Arcstep, saved: Saved, plan: Path) -> None:
    finished = CLIMB.on("2604", CLIMB.with_cluster("1.33.5"), LIST_2604)
    answer = arcstep("drift", plan, "--from", saved(finished))
    assert answer.code == 0 and "every step is done: 3 done" in answer.out


@pytest.mark.parametrize("missing", ["version", "cluster"])
def test_what_could_not_be_read_is_exit_3_and_never_fine(
    arcstep: Arcstep, saved: Saved, plan: Path, missing: str
) -> None:
    subject = CLIMB.inventory.clusters[0]
    dark = (replace(subject, version=Unknown("no permission")),) if missing == "version" else ()
    answer = arcstep("drift", plan, "--from", saved(replace(CLIMB.inventory, clusters=dark)))
    assert answer.code == 3
    assert "not all of it can be told: 3 unknown" in answer.out


def test_json_fits_the_published_schema_and_stands_alone_on_stdout(arcstep: Arcstep, saved: Saved, plan: Path) -> None:
    answer = arcstep("drift", plan, "--from", saved(MOVED), "--json")
    value = answer.json
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(value)
    assert (answer.code, value["exit"], value["fate"], value["executable"]) == (50, 50, "changed", True)
    assert [(step["id"], step["fate"]) for step in value["drift"]["steps"]] == [
        ("S01", "done"),
        ("S02", "changed"),
        ("S03", "valid"),
    ]
    reason = value["drift"]["steps"][1]["reasons"][0]
    assert reason["cause"] == "reality moved" and "1.32.10" in reason["what"]
    assert value["changes"] == []


def test_out_writes_the_next_revision_with_both_columns(
    arcstep: Arcstep, saved: Saved, plan: Path, tmp_path: Path
) -> None:
    out = tmp_path / "next.md"
    answer = arcstep("drift", plan, "--from", saved(MOVED), "--out", out)
    assert answer.code == 50 and "next.md: revision 2" in answer.err
    assert "~ | S02 Kubernetes 1.31.13 → 1.32.9       | S04 Kubernetes 1.31.13 → 1.32.10" in answer.out
    anew = reread(out)
    assert (anew.revision, [step.id for step in anew.steps]) == (2, ["S04", "S05"])
    assert anew.goal == CLIMB.plan.goal
    assert arcstep("drift", out, "--from", saved(MOVED)).code == 0
    assert reread(plan) == CLIMB.plan, "the old revision is left as it was"


def test_the_next_revision_keeps_to_the_calendar_that_is_given_again(
    arcstep: Arcstep, saved: Saved, plan: Path, tmp_path: Path
) -> None:
    calendar, second, third = tmp_path / "site.toml", tmp_path / "2.md", tmp_path / "3.md"
    calendar.write_text('[[window]]\nname = "night"\nfrom = "20:00"\nto = "08:00"\n', "utf-8")
    arcstep("drift", plan, "--from", saved(MOVED), "--out", second, "--calendar", calendar)
    timing = reread(second).timing
    assert timing is not None and "night" in timing.calendar
    answer = arcstep("drift", second, "--from", saved(MOVED), "--out", third)
    assert "give it again with --calendar FILE.toml" in answer.err
    assert reread(third).timing is not None


def test_out_over_the_plan_itself_keeps_the_old_one_beside_it(arcstep: Arcstep, saved: Saved, plan: Path) -> None:
    old = plan.read_bytes()
    assert arcstep("drift", plan, "--from", saved(MOVED), "--out", plan).code == 50
    assert reread(plan).revision == 2
    assert plan.with_name("mes.md.bak").read_bytes() == old


def test_out_never_overwrites_a_foreign_file(arcstep: Arcstep, saved: Saved, plan: Path, tmp_path: Path) -> None:
    out = tmp_path / "notes.md"
    out.write_text("mine", "utf-8")
    answer = arcstep("drift", plan, "--from", saved(MOVED), "--out", out)
    assert (answer.code, out.read_text("utf-8")) == (2, "mine") and "notes.md" in answer.err


def test_a_plan_edited_by_hand_is_compared_and_never_carried_on(
    arcstep: Arcstep, saved: Saved, plan: Path, tmp_path: Path
) -> None:
    plan.write_text(plan.read_text("utf-8").replace("- **Way back:** forward", "- **Way back:** easy", 1), "utf-8")
    out = tmp_path / "next.md"
    answer = arcstep("drift", plan, "--from", saved(CLIMB.inventory), "--out", out)
    assert answer.code == 2 and "as planned: 3 valid" in answer.out
    assert "mes.md was changed by hand; its data was compared all the same." in answer.err
    assert "no next revision was written" in answer.err and not out.exists()
    assert arcstep("drift", plan, "--from", saved(CLIMB.inventory)).code == 0


def test_ticks_and_notes_are_no_edit(arcstep: Arcstep, saved: Saved, plan: Path, tmp_path: Path) -> None:
    plan.write_text(plan.read_text("utf-8").replace("- [ ]", "- [x]"), "utf-8")
    out = tmp_path / "next.md"
    assert arcstep("drift", plan, "--from", saved(CLIMB.inventory), "--out", out).code == 0
    assert [step.id for step in reread(out).steps] == ["S01", "S02", "S03"]


def test_what_is_no_plan_is_usage(arcstep: Arcstep, saved: Saved, tmp_path: Path) -> None:
    path = tmp_path / "p.md"
    path.write_text("# Notes\n", "utf-8")
    answer = arcstep("drift", path, "--from", saved(CLIMB.inventory))
    assert (answer.code, answer.out) == (2, "") and "no data block" in answer.err
    assert arcstep("drift", tmp_path / "none.md", "--from", saved(CLIMB.inventory)).code == 2


def test_facts_older_than_the_plans_are_named(arcstep: Arcstep, saved: Saved, plan: Path) -> None:
    past = replace(CLIMB.inventory, as_of=CLIMB.plan.as_of.replace(month=4))
    assert "older than those the plan was made from" in arcstep("drift", plan, "--from", saved(past)).err


def test_a_goal_that_lies_behind_is_said_and_nothing_is_written(
    arcstep: Arcstep, saved: Saved, plan: Path, tmp_path: Path
) -> None:
    out = tmp_path / "next.md"
    answer = arcstep("drift", plan, "--from", saved(replace(CLIMB.inventory, clusters=())), "--out", out)
    assert answer.code == 3 and not out.exists()
    assert "no next revision was written: mes is not among the clusters that were read" in answer.err


def test_a_plan_of_the_demo_fleet_has_not_drifted_from_it(
    arcstep: Arcstep, planned: Callable[[str, str], Path]
) -> None:
    answer = arcstep("drift", planned("paint-shop", "latest"), "--demo")
    assert answer.code == 0 and "as planned: 8 valid" in answer.out


def test_ticks_and_notes_are_carried_over_to_the_next_revision_and_approvals_are_not(
    arcstep: Arcstep, saved: Saved, plan: Path, tmp_path: Path
) -> None:
    written = {"S03.1": Tick(True, "Ann"), "APPROVAL.ticket": Tick(True, "CHG1"), "APPROVAL.change": Tick(True, "Bob")}
    plan.write_text(render(CLIMB.plan, {**written, "S01": Tick(True, "Ann, 1 June")}), "utf-8")
    out = tmp_path / "next.md"
    moved = CLIMB.on("2604", CLIMB.with_cluster("1.31.13"), LIST_2604)
    answer = arcstep("drift", plan, "--from", saved(moved), "--out", out)
    assert "2 of 4 boxes with a tick or a note were carried over; the others stay with revision 1." in answer.err
    assert "Approvals have to be given anew." in answer.err
    assert [step.id for step in reread(out).steps] == ["S02", "S03"]
    boxes = read(out.read_text("utf-8"), "next.md").ticks
    assert {id: tick for id, tick in boxes.items() if tick.done or tick.note} == {
        "S03.1": Tick(True, "Ann"),
        "APPROVAL.ticket": Tick(True, "CHG1"),
    }


# -- two saved plans --


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The next revision of the climb, after its first step."""
    path = tmp_path / "later.md"
    path.write_text(render(replan(CLIMB.plan, Judge(MOVED, CATALOG, LATER), ROUTES)), "utf-8")
    return path


def test_two_plans_stand_side_by_side_and_are_exit_50(arcstep: Arcstep, plan: Path, later: Path) -> None:
    answer = arcstep("drift", plan, "--with", later)
    assert (answer.code, answer.err) == (50, "")
    lines = answer.out.splitlines()
    assert lines[0].startswith("mes: 1.30.14 → 1.33.5, then mes: 1.31.13 → 1.33.5: ")
    assert "* | S01 Kubernetes 1.30.14 → 1.31.13      | done" in lines
    assert "~ | S02 Kubernetes 1.31.13 → 1.32.9       | S04 Kubernetes 1.31.13 → 1.32.10" in lines
    assert max(map(cells, lines)) <= 80
    back = arcstep("drift", later, "--with", plan)
    assert (back.code, back.err) == (50, f"arcstep: {plan} is as of an earlier moment than {later}.\n")


def test_two_plans_that_say_the_same_are_exit_0_whatever_is_ticked(
    arcstep: Arcstep, plan: Path, tmp_path: Path
) -> None:
    ticked = tmp_path / "ticked.md"
    ticked.write_text(plan.read_text("utf-8").replace("- [ ]", "- [x]"), "utf-8")
    answer = arcstep("drift", plan, "--with", ticked)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines()[:2] == [
        "mes: 1.30.14 → 1.33.5: nothing differs in verdict, goal, end, steps, risks and",
        "unknowns.",
    ]
    assert "= | S02 Kubernetes 1.31.13 → 1.32.9       | S02 Kubernetes 1.31.13 → 1.32.9" in answer.out


def test_a_plan_edited_by_hand_is_compared_by_its_data_and_said_to_be_edited(
    arcstep: Arcstep, plan: Path, tmp_path: Path
) -> None:
    edited = tmp_path / "edited.md"
    edited.write_text(plan.read_text("utf-8").replace("- **Way back:** forward", "- **Way back:** easy", 1), "utf-8")
    answer = arcstep("drift", plan, "--with", edited)
    assert answer.code == 0 and "nothing differs" in answer.out
    assert f"{edited} was changed by hand; its data was compared all the same." in answer.err
    assert f"{plan} was changed" not in answer.err


def test_two_plans_as_json_fit_the_published_schema(arcstep: Arcstep, plan: Path, later: Path) -> None:
    answer = arcstep("drift", plan, "--with", later, "--json")
    value = answer.json
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(value)
    assert (answer.code, value["exit"], value["fate"], value["executable"]) == (50, 50, "changed", True)
    assert value["drift"] is None
    steps = [(one["kind"], one["after"]) for one in value["changes"] if one["part"] == "step"]
    assert steps == [
        ("done", "done"),
        ("changed", "S04 Kubernetes 1.31.13 → 1.32.10"),
        ("changed", "S05 Kubernetes 1.32.10 → 1.33.5"),
    ]
    same = arcstep("drift", plan, "--with", plan, "--json")
    assert (same.code, same.json["fate"]) == (0, "valid")


@pytest.mark.parametrize(
    ("option", "named"), [("--demo", "--demo"), ("--from=s.json", "--from"), ("--as-of=2026-06-01", "--as-of")]
)
def test_no_source_is_read_for_two_plans(arcstep: Arcstep, plan: Path, later: Path, option: str, named: str) -> None:
    answer = arcstep("drift", plan, "--with", later, option)
    assert (answer.code, answer.out) == (2, "") and f"Leave {named} out." in answer.err


def test_plans_of_two_clusters_and_what_is_no_plan_are_usage(arcstep: Arcstep, plan: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.md"
    subject = replace(CLIMB.plan.subject, id=CLIMB.plan.subject.id + "2", name="mes2")
    other.write_text(render(replace(CLIMB.plan, subject=subject)), "utf-8")
    answer = arcstep("drift", plan, "--with", other)
    assert (answer.code, answer.out) == (2, "") and "one of mes2, another cluster" in answer.err
    other.write_text("# Notes\n", "utf-8")
    assert arcstep("drift", plan, "--with", other).code == 2
