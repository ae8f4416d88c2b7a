"""`arcstep show` on a plan of instances, and what the verbs for one cluster say about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from icalendar import Calendar

from planner.documents.aliases import Key, Kind
from planner.documents.datablock import digest_of
from planner.documents.keyfile import extend_key
from planner.documents.markdown import render
from tests.cli.conftest import Arcstep
from tests.documents.fleetplans import FLEET
from tests.documents.test_jsondoc import valid

TEXT = render(FLEET)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "fleet.md"
    path.write_text(TEXT, "utf-8")
    return path


def test_it_is_read_back_and_printed_anew(arcstep: Arcstep, plan: Path) -> None:
    shown = arcstep("show", plan)
    assert shown.code == 0 and shown.out == TEXT
    assert shown.err == "arcstep: 0 of 53 boxes ticked.\n"


def test_its_json_fits_the_schema_of_show(arcstep: Arcstep, plan: Path) -> None:
    shown = arcstep("show", plan, "--json")
    value = valid(shown.out, "show")
    assert shown.code == 0 and value["plan"] is None
    assert value["fleet"]["title"] == FLEET.title  # type: ignore[index]


def test_calendar_and_page_are_saved_and_a_ticket_is_refused_before_anything_is(
    arcstep: Arcstep, plan: Path, tmp_path: Path
) -> None:
    ics, html, ticket = (tmp_path / f"f.{ending}" for ending in ("ics", "html", "json"))
    refused = arcstep("show", plan, "--ics", ics, "--ticket", ticket)
    assert refused.code == 2 and not ics.exists() and not ticket.exists()
    assert "is not one change" in refused.err and "arcstep plan NAME --to VERSION --out NAME.md" in refused.err
    assert arcstep("show", plan, "--ics", ics, "--html", html).code == 0
    assert len(list(Calendar.from_ical(ics.read_bytes()).walk("VEVENT"))) == 24
    assert "Each cluster's part" in html.read_text("utf-8")


def test_one_that_was_edited_is_for_reading_only(arcstep: Arcstep, plan: Path, tmp_path: Path) -> None:
    plan.write_text(TEXT.replace("1.29.13", "1.29.99", 1), "utf-8")
    shown = arcstep("show", plan, "--ics", tmp_path / "f.ics")
    assert shown.code == 2 and not (tmp_path / "f.ics").exists()
    shown = arcstep("show", plan)
    assert shown.code == 3 and "1.29.99" in shown.out and "for reading only" in shown.err


def test_another_day_is_not_judged_and_that_is_said(arcstep: Arcstep, plan: Path) -> None:
    shown = arcstep("show", plan, "--as-of", "2027-01-01")
    assert shown.code == 0 and "plan again for another day" in shown.err


def test_real_names_come_from_the_key_beside_it(arcstep: Arcstep, plan: Path, tmp_path: Path) -> None:
    key = tmp_path / "k.json"
    extend_key(key, lambda _: (None, Key().learned([(Kind.INSTANCE, "linz")])))
    said = arcstep("show", plan, "--key", key)
    assert said.code == 0 and "does not know store-1" in said.err and said.out == TEXT

    named = replace(FLEET, instances=(replace(FLEET.instances[0], name="instance-1"), *FLEET.instances[1:]))
    plan.write_text(render(named), "utf-8")
    said = arcstep("show", plan, "--key", key)
    assert "### linz: 2510 → 2604" in said.out and "instance-1" not in said.out and digest_of(named) in said.out


def test_walk_works_on_one_cluster_and_says_so(arcstep: Arcstep, plan: Path) -> None:
    answer = arcstep("walk", plan, "--demo", "--plain")
    assert answer.code == 2 and answer.out == ""
    assert (
        "is a plan of instances: read it with arcstep show" in answer.err
        and "arcstep plan NAME --to VERSION" in answer.err
    )


def test_it_is_no_source(arcstep: Arcstep, plan: Path) -> None:
    answer = arcstep("check", "--from", plan)
    assert answer.code == 2 and "it is a plan, not a snapshot" in answer.err and "arcstep show" in answer.err
