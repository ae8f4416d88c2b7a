"""`arcstep show --as-of`: a saved plan on another day."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from planner.documents.jsondoc import schemas
from planner.documents.markdown import render
from tests.cli.conftest import Arcstep
from tests.documents.plans import PLAN


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "p.md"
    path.write_text(render(PLAN), "utf-8")
    return path


def test_a_later_day_says_what_has_passed_and_leaves_the_document_as_it_is(arcstep: Arcstep, plan: Path) -> None:
    shown = arcstep("show", plan, "--as-of", "2026-12-03")
    assert shown.code == 0 and shown.out == plan.read_text("utf-8")
    assert shown.err.splitlines()[:5] == [
        "arcstep: As of 2026-12-03: 2 things changed since the plan was made (2026-05-20).",
        "arcstep: R-2: the acceptance ran out on 2026-12-01, 2 days ago; a person has to accept it again.",
        "arcstep: S02 release 2411 → 2510: the release is dated 2026-06-01; that day has come.",
        "arcstep: Subscription: not known when the plan was made, and not known now.",
        "arcstep: as of 2026-12-03: facts 197 days old, catalog 205 days old.",
    ]


def test_without_a_day_the_ages_are_those_of_the_plans_own(arcstep: Arcstep, plan: Path) -> None:
    assert arcstep("show", plan).err.splitlines()[0] == (
        "arcstep: as of 2026-05-20: facts of that day, catalog 8 days old."
    )


def test_an_earlier_day_is_told_apart(arcstep: Arcstep, plan: Path) -> None:
    err = arcstep("show", plan, "--as-of", "2026-05-19").err
    assert "newer than this day, by 1 day; nothing is judged back" in err and "facts 1 day newer" in err


def test_the_json_carries_the_day_and_fits_the_schema(arcstep: Arcstep, plan: Path) -> None:
    answer = arcstep("show", plan, "--json", "--as-of", "2026-06-01").json
    jsonschema.validate(answer, schemas()["show.schema.json"])
    seen = answer["as_of"]
    assert (seen["day"], seen["planned"], seen["facts_days"], seen["catalog_days"]) == (
        "2026-06-01", "2026-05-20", 12, 20,
    )  # fmt: skip
    assert [(one["part"], one["what"], one["on"]) for one in seen["changes"]] == [("release", "S02", "2026-06-01")]


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_document_changed_by_hand_is_not_judged(arcstep: Arcstep, plan: Path, options: tuple[str, ...]) -> None:
    plan.write_text(plan.read_text("utf-8").replace("forward only", "easy", 1), "utf-8")
    answer = arcstep("show", plan, "--as-of", "2026-12-03", *options)
    assert answer.code == 3 and "things changed" not in answer.err and "days old" not in answer.err
    if options:
        assert json.loads(answer.out)["as_of"] is None
