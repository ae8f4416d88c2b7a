"""`arcstep drift` of a plan of instances: printed, as JSON, with its exit code, and what it does not do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from planner.documents.grid import cells
from planner.documents.markdown import render
from planner.inventory import Inventory
from tests import builders as b
from tests.cli.conftest import Arcstep
from tests.planner.test_fleet_drift import PLAN, START, company

Saved = Callable[[Inventory], Path]
SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schema" / "drift.schema.json"
LATE = company(old="1.29.13", more=[b.cluster("late", "1.28.9")])


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """Three clusters to the latest version, over three updates of their instance."""
    path = tmp_path / "plant.md"
    path.write_text(render(PLAN), "utf-8")
    return path


def test_a_plan_that_still_holds_is_exit_0(arcstep: Arcstep, saved: Saved, plan: Path) -> None:
    answer = arcstep("drift", plan, "--from", saved(START))
    assert answer.code == 0 and answer.err == ""
    assert f"as planned: {len(PLAN.steps)} valid" in answer.out
    assert "Its steps are those that are left of this plan." in answer.out
    assert "compare again before each release update." in " ".join(answer.out.split())


def test_an_update_that_would_strand_somebody_is_exit_50_and_says_what_not_to_do(
    arcstep: Arcstep, saved: Saved, plan: Path
) -> None:
    answer = arcstep("drift", plan, "--from", saved(LATE))
    lines = answer.out.splitlines()
    assert answer.code == 50 and "drifted: 1 done, 4 valid, 9 impossible" in " ".join(answer.out.split())
    assert "plant12, release 2509; 4 clusters on it now" in lines
    assert "S06   impossible  release 2509 → 11.2510                       reality moved" in lines
    assert "it would newly strand late, which is not in the plan" in " ".join(answer.out.split())
    assert lines.count("                  S06 comes before it and is impossible.") == 1
    assert "Next: do not make S06 (plant12, release 2509 → 11.2510). Plan again" in answer.out
    assert lines[-1] == "  arcstep plan --instance plant12 --to latest --out FILE.md"
    assert max(map(cells, lines)) <= 80


def test_what_was_not_looked_at_is_exit_3(arcstep: Arcstep, saved: Saved, plan: Path) -> None:
    answer = arcstep("drift", plan, "--from", saved(company(more=[b.cluster("dark", None)])))
    assert answer.code == 3 and "not all of it can be told" in answer.out
    assert "update nothing before." in " ".join(answer.out.split())


def test_json_fits_the_published_schema(arcstep: Arcstep, saved: Saved, plan: Path) -> None:
    answer = arcstep("drift", plan, "--from", saved(LATE), "--json")
    value = answer.json
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(value)
    assert (answer.code, value["exit"], value["fate"], value["drift"]) == (50, 50, "impossible", None)
    found = value["fleet"]
    assert [one["fate"] for one in found["steps"]][:6] == ["done", "valid", "valid", "valid", "valid", "impossible"]
    assert found["instances"][0]["looked_at"] == 4 and found["anew"]["differences"]


def test_there_is_no_next_revision_and_no_second_plan(
    arcstep: Arcstep, saved: Saved, plan: Path, tmp_path: Path
) -> None:
    out = tmp_path / "next.md"
    answer = arcstep("drift", plan, "--from", saved(START), "--out", out)
    assert (answer.code, answer.out) == (2, "") and not out.exists()
    assert f"Make it anew: arcstep plan --instance plant12 --to latest --out {out}" in answer.err
    answer = arcstep("drift", plan, "--with", plan)
    assert (answer.code, answer.out) == (2, "") and "two plans of one cluster" in answer.err


def test_facts_older_than_the_plan_and_edits_by_hand_are_said(arcstep: Arcstep, saved: Saved, plan: Path) -> None:
    plan.write_text(plan.read_text("utf-8").replace("Do not update plant12", "Update plant12", 1), "utf-8")
    answer = arcstep("drift", plan, "--from", saved(replace(START, as_of=PLAN.as_of.replace(month=4))))
    assert "older than those the plan was made from" in answer.err
    assert "plant.md was changed by hand; its data was compared all the same." in answer.err


def test_a_plan_of_the_demo_fleet_has_not_drifted_from_it(arcstep: Arcstep, tmp_path: Path) -> None:
    """One cluster of the demo has an instance nobody may read, so that no update is called safe."""
    path = tmp_path / "demo.md"
    arcstep("plan", "--instance", "plant-linz", "--to", "latest", "--demo", "--out", path)
    answer = arcstep("drift", path, "--demo")
    assert answer.code == 3 and "valid, 3 unknown" in " ".join(answer.out.split())
    assert "is not known, and may be plant-linz" in " ".join(answer.out.split())
