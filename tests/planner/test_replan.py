"""Planning again by value: what is kept, what is superseded, which ids are given; and plans compared by meaning."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from planner.acceptance import Acceptance
from planner.documents.driftlines import WIDTH, change_lines
from planner.documents.grid import cells
from planner.documents.markdown import read, render
from planner.inventory import Inventory
from planner.plan import Change, Plan
from planner.replan import ReplanError, compare, replan
from planner.support import Judge
from tests.builders import AS_OF, cluster
from tests.planner.saved import CATALOG, CLIMB, GATED, LATER, LIST_2604, ROUTES, saved

MOVED = CLIMB.on("2604", CLIMB.with_cluster("1.31.13"), ("1.31.13", "1.32.9", "1.32.10", "1.33.5"))
"""One hop on, and a newer patch is offered for the second."""


def again(plan: Plan, whole: Inventory, *acceptances: Acceptance) -> Plan:
    return replan(plan, Judge(whole, CATALOG, LATER), ROUTES, acceptances)


def test_what_is_done_is_history_and_what_changed_is_superseded() -> None:
    anew = again(CLIMB.plan, MOVED)
    assert (anew.revision, anew.goal, anew.as_of) == (2, "latest", LATER)
    assert [(step.id, step.title) for step in anew.steps] == [
        ("S04", "Kubernetes 1.31.13 → 1.32.10"),
        ("S05", "Kubernetes 1.32.10 → 1.33.5"),
    ]
    (first,) = anew.history
    assert (first.number, first.as_of, first.catalog_date) == (1, AS_OF, CATALOG.newest_fact)
    assert [(past.id, past.fate, past.because) for past in first.steps] == [
        ("S01", "done", "mes runs 1.31.13"),
        ("S02", "superseded", "1.32.10 is offered as well, a newer patch than 1.32.9"),
        ("S03", "superseded", "not needed any more"),
    ]


def test_a_step_that_stays_keeps_its_id_and_every_id_goes_along() -> None:
    anew = again(CLIMB.plan, CLIMB.on("2604", CLIMB.with_cluster("1.31.13"), LIST_2604))
    assert [step.id for step in anew.steps] == ["S02", "S03"]
    assert anew.steps[0] == CLIMB.plan.steps[1]
    assert [move.step for move in anew.path] == ["", "S02", "S03"]
    assert {name for risk in anew.risks for name in risk.steps} == {"S02", "S03"}
    assert [past.id for past in anew.history[0].steps] == ["S01"]
    recommended = anew.alternatives[0]
    assert [move.step for move in recommended.moves] == ["S02", "S03"]


def test_new_steps_have_checks_of_their_own_id() -> None:
    for step in again(CLIMB.plan, MOVED).steps:
        assert {check.id.partition(".")[0] for check in (*step.before, *step.verify)} == {step.id}


def test_no_id_is_given_again_in_any_later_revision() -> None:
    second = again(CLIMB.plan, MOVED)
    back = CLIMB.on("2604", CLIMB.with_cluster("1.31.13"), LIST_2604)
    third = again(second, back)
    assert [step.id for step in third.steps] == ["S06", "S07"]
    assert [revision.number for revision in third.history] == [1, 2] and third.revision == 3
    assert [past.id for past in third.history[1].steps] == ["S04", "S05"]


def test_a_finished_plan_has_no_steps_left() -> None:
    anew = again(CLIMB.plan, CLIMB.on("2604", CLIMB.with_cluster("1.33.5"), LIST_2604))
    assert anew.steps == () and {past.fate for past in anew.history[0].steps} == {"done"}


def test_a_dead_end_may_be_what_is_left() -> None:
    anew = again(CLIMB.plan, CLIMB.on("2604", CLIMB.with_cluster("1.28.14"), LIST_2604))
    assert anew.dead_end is not None and anew.steps == ()
    assert {past.fate for past in anew.history[0].steps} == {"superseded"}


def test_acceptances_count_on_and_a_newer_one_takes_the_place_of_an_older() -> None:
    day = date(2026, 6, 1)
    plan = saved("1.29.4", "2602", accepted=[Acceptance("RECOVERY-SKIP", "board", day)])
    assert again(plan.plan, plan.inventory).dead_end is not None, "it ran out before"
    longer = Acceptance("RECOVERY-SKIP", "board again", date(2026, 12, 1))
    anew = again(plan.plan, plan.inventory, longer)
    assert anew.steps and anew.accepted == (longer,)


def test_a_cluster_that_was_not_read_or_a_goal_behind_it_cannot_be_planned_again() -> None:
    with pytest.raises(ReplanError, match="mes is not among the clusters"):
        again(CLIMB.plan, replace(CLIMB.inventory, clusters=()))
    plan = saved("1.32.9", "2604", "1.32", live=LIST_2604)
    with pytest.raises(ReplanError, match=r"goal 1\.32 .* downgrades are not possible \(P15\)"):
        again(plan.plan, plan.on("2604", plan.with_cluster("1.33.5"), LIST_2604))


def test_the_next_revision_is_a_document_that_can_be_read_back() -> None:
    anew = again(CLIMB.plan, MOVED)
    document = read(render(anew), "p.md")
    assert document.plan == anew and document.executable
    text = document.text
    assert "### From revision 1 to 2" in text
    assert "| S01 | Kubernetes 1.30.14 → 1.31.13 | mes | done | mes runs 1.31.13. |" in text
    assert "| S02 Kubernetes 1.31.13 → 1.32.9 | S04 Kubernetes 1.31.13 → 1.32.10 | changed |" in text
    assert "## Changes" not in render(CLIMB.plan)


# -- comparing --


def test_plans_are_compared_by_meaning() -> None:
    changes = compare(CLIMB.plan, again(CLIMB.plan, MOVED)).changes
    assert [change for change in changes if change.part in ("verdict", "goal", "step")] == [
        Change("verdict", "same", "GO WITH RISKS", "GO WITH RISKS"),
        Change("goal", "same", "latest: 1.33.5", "latest: 1.33.5"),
        Change("step", "done", "S01 Kubernetes 1.30.14 → 1.31.13", "done"),
        Change("step", "changed", "S02 Kubernetes 1.31.13 → 1.32.9", "S04 Kubernetes 1.31.13 → 1.32.10"),
        Change("step", "changed", "S03 Kubernetes 1.32.9 → 1.33.5", "S05 Kubernetes 1.32.10 → 1.33.5"),
    ]


def test_any_two_plans_can_be_compared() -> None:
    alone = saved("1.31.5", "2509", "1.32").plan
    diff = compare(GATED.plan, alone)
    steps = [(change.kind, change.before, change.after) for change in diff.changes if change.part == "step"]
    assert steps == [
        ("removed", "S01 first slow to 1.29.13", ""),
        ("same", "S02 release 2509 → 11.2510", "S01 release 2509 → 11.2510"),
        ("same", "S03 Kubernetes 1.31.5 → 1.32.6", "S02 Kubernetes 1.31.5 → 1.32.6"),
    ]
    assert [change.kind for change in compare(alone, GATED.plan).changes if change.part == "step"] == [
        "added",
        "same",
        "same",
    ]
    assert compare(alone, alone).is_empty and not diff.is_empty


def test_risks_unknowns_and_the_end_are_compared() -> None:
    fewer = replace(CLIMB.plan, risks=CLIMB.plan.risks[1:], unknowns=("Something.",), outcome="")
    changes = [change for change in compare(CLIMB.plan, fewer).changes if change.kind != "same"]
    gone = CLIMB.plan.risks[0]
    assert Change("risk", "removed", f"{gone.id} ({gone.severity}, {gone.state})", "") in changes
    assert Change("unknown", "added", "", "Something.") in changes
    assert Change("end", "removed", CLIMB.plan.outcome, "") in changes


def test_two_columns_fit_in_80() -> None:
    plan = saved("1.31.5", "2509", "1.32", cluster("a-neighbour-with-quite-a-long-name-of-its-own", "1.28.14"))
    lines = change_lines(compare(plan.plan, CLIMB.plan).changes, "Revision 1", "Revision 2")
    assert max(map(cells, lines)) <= WIDTH
    assert lines[0] == "  | Revision 1                            | Revision 2"
    assert any(line.startswith("- | S01 first") for line in lines)
    assert change_lines(compare(CLIMB.plan, again(CLIMB.plan, MOVED)).changes, "Before", "After")[3:7] == [
        "= | end Kubernetes 1.33.5 on Azure Local  | end Kubernetes 1.33.5 on Azure Local",
        "  | 2604, a release in support until      | 2604, a release in support until",
        "  | 2026-09-30 (LBL).                     | 2026-09-30 (LBL).",
        "* | S01 Kubernetes 1.30.14 → 1.31.13      | done",
    ]
