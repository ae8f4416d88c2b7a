"""`arcstep plan --instance`: which instances, what it prints and saves, with which exit code, and read back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import icalendar
import jsonschema
import pytest

from planner.inventory import Inventory, Unknown, Unread
from planner.sources import open_plan
from tests import builders as b
from tests.cli.conftest import Arcstep

Saved = Callable[[Inventory], Path]
SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schema" / "fleet.schema.json"
CALENDAR = """
time_zone = "Europe/Vienna"
lead = "2d"
soak = "12h"

[[window]]
name = "night"
days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
from = "20:00"
to = "08:00"

[[freeze]]
name = "stocktaking"
from = "06-01"
to = "06-14"

[[wave]]
name = "pilot"
instances = ["lab"]
soak = "3d"
stop = "any upgrade of the wave failed"

[[wave]]
name = "stores"
tags = { ring = "1" }
"""


def eleven() -> Inventory:
    """Three instances, eleven clusters."""
    rings = {"lab": "0", "store-1": "1", "store-2": "1"}
    counts = {"lab": 3, "store-1": 4, "store-2": 4}
    clusters = [
        b.cluster(f"{name}-c{number}", version, instance=name, tags=(("ring", rings[name]),))
        for name, count in counts.items()
        for number, version in zip(range(count), ("1.29.13", "1.30.14", "1.31.10", "1.32.6"), strict=False)
    ]
    listed = b.offered(["1.30.13", "1.30.14", "1.31.9", "1.31.10", "1.32.5", "1.32.6"])
    return b.inventory(
        *clusters,
        instances=[b.instance(name, "12.2510") for name in rings],
        locations=[b.location(name, listed) for name in rings],
    )


def test_one_order_for_an_instance(arcstep: Arcstep, saved: Saved, tmp_path: Path) -> None:
    out = tmp_path / "lab.md"
    answer = arcstep("plan", "--instance", "lab", "--to", "latest", "--from", saved(eleven()), "--out", out)
    assert answer.code == 0, answer.err
    assert "release 12.2510 → 2602, waits for lab-c0 (S01)" in answer.out
    assert "1 release update is the fewest" in answer.out
    plan = open_plan(out).fleet
    assert plan is not None and [one.name for one in plan.instances] == ["lab"]


def test_saved_twice_the_second_takes_the_place_of_the_first_which_is_kept_beside(
    arcstep: Arcstep, saved: Saved, tmp_path: Path
) -> None:
    out, facts = tmp_path / "lab.md", saved(eleven())
    for goal in ("latest", "2602"):
        answer = arcstep("plan", "--instance", "lab", "--to", goal, "--from", facts, "--out", out)
        assert answer.code == 0, answer.err
    plans = [open_plan(path).fleet for path in (out, out.with_name("lab.md.bak"))]
    assert [plan.goal for plan in plans if plan is not None] == ["2602", "latest"]


def test_three_instances_in_two_waves_with_a_freeze_and_back_again(
    arcstep: Arcstep, saved: Saved, tmp_path: Path
) -> None:
    calendar, out, ics = tmp_path / "site.toml", tmp_path / "fleet.md", tmp_path / "fleet.ics"
    calendar.write_text(CALENDAR, "utf-8")
    facts = saved(eleven())
    answer = arcstep(
        "plan", "--instance", "lab", "--instance", "store-*", "--to", "latest", "--from", facts, "--calendar", calendar,
        "--out", out,
    )  # fmt: skip
    assert answer.code == 0, answer.err
    document = open_plan(out)
    plan = document.fleet
    assert plan is not None and document.executable and len(plan.members) == 11
    pilot, stores = plan.waves
    assert (pilot.instances, stores.instances) == (("lab",), ("store-1", "store-2"))
    assert pilot.end is not None and stores.start is not None and (stores.start - pilot.end).days >= 3
    assert plan.timing is not None and plan.timing.zone == "Europe/Vienna" and plan.critical
    frozen = [slot for slot in plan.timing.slots if "2026-06-01" <= f"{slot.start:%Y-%m-%d}" <= "2026-06-13"]
    assert not frozen and len(plan.timing.slots) == len(plan.steps)
    text = out.read_text("utf-8")
    assert "stocktaking" in text and "any upgrade of the wave failed" in text

    shown = arcstep("show", out, "--ics", ics)
    assert shown.code == 0 and shown.out == text
    events = icalendar.Calendar.from_ical(ics.read_bytes()).walk("VEVENT")
    assert len(events) >= len(plan.steps)

    again = tmp_path / "again.md"
    assert (
        arcstep(
            "plan", "--instance", "store-*", "--instance", "lab", "--to", "latest", "--from", facts, "--calendar",
            calendar, "--out", again,
        ).code
        == 0
    )  # fmt: skip
    assert again.read_bytes() == out.read_bytes()


def test_a_freeze_over_everything_is_named_and_the_plan_is_no_go(
    arcstep: Arcstep, saved: Saved, tmp_path: Path
) -> None:
    calendar = tmp_path / "site.toml"
    text = CALENDAR.replace('to = "06-14"', 'to = "12-31"').replace('from = "06-01"', 'from = "05-20"')
    calendar.write_text(f"finish_by = 2026-12-31\n{text}", "utf-8")
    answer = arcstep(
        "plan", "--instance", "*", "--to", "latest", "--from", saved(eleven()), "--calendar", calendar, "--json"
    )
    plan = answer.json["plan"]
    assert answer.code == 40 and plan["verdict"] == "NO-GO"
    assert plan["timing"]["conflicts"][0]["constraints"] == ["freeze stocktaking"]


def test_json_keeps_its_schema(arcstep: Arcstep, saved: Saved) -> None:
    answer = arcstep("plan", "--instance", "lab", "--to", "supported", "--from", saved(eleven()), "--json")
    jsonschema.validate(answer.json, json.loads(SCHEMA.read_text("utf-8")))
    assert answer.json["plan"]["goal"] == "supported"


def test_either_a_cluster_or_instances(arcstep: Arcstep, saved: Saved) -> None:
    facts = saved(eleven())
    for words in (("lab-c0", "--instance", "lab"), ()):
        answer = arcstep("plan", *words, "--to", "latest", "--from", facts)
        assert answer.code == 2 and "either CLUSTER, or --instance NAME" in answer.err


@pytest.mark.parametrize(("name", "says"), [("lba", "Nearest: lab."), ("shop-*", "no instance has a name like shop-*")])
def test_an_instance_that_is_not_there(arcstep: Arcstep, saved: Saved, name: str, says: str) -> None:
    answer = arcstep("plan", "--instance", name, "--to", "latest", "--from", saved(eleven()))
    assert answer.code == 2 and says in answer.err and answer.out == ""


def test_a_stranded_cluster_is_40_and_the_others_have_their_plan(arcstep: Arcstep, saved: Saved) -> None:
    facts = b.inventory(b.cluster("lost", "1.27.9"), b.cluster("new", "1.31.5"), release="2509")
    answer = arcstep("plan", "--instance", "plant12", "--to", "latest", "--from", saved(facts), "--json")
    assert answer.code == 40
    parts = {one["name"]: one["part"] for one in answer.json["plan"]["members"]}
    assert parts == {"lost": "isolated", "new": "planned"}


def test_an_unreadable_cluster_is_never_0(arcstep: Arcstep, saved: Saved) -> None:
    facts = b.inventory(b.cluster("dark", None), b.cluster("new", "1.31.5"), release="2509")
    assert arcstep("plan", "--instance", "plant12", "--to", "latest", "--from", saved(facts)).code == 3
    blind = b.inventory(b.cluster("new", "1.31.5"), instances=[b.instance(build=Unknown("not reported"))])
    answer = arcstep("plan", "--instance", "plant12", "--to", "latest", "--from", saved(blind), "--json")
    assert answer.code == 3 and answer.json["plan"]["verdict"] == "UNKNOWN"


def test_redacted_it_holds_no_name(arcstep: Arcstep, saved: Saved, tmp_path: Path) -> None:
    out = tmp_path / "plan.md"
    answer = arcstep(
        "plan", "--instance", "store-1", "--to", "latest", "--from", saved(eleven()), "--redact", "--out", out
    )
    assert answer.code == 0, answer.err
    text = out.read_text("utf-8")
    assert "store-1" not in text and "instance-" in text
    plan = open_plan(out).fleet
    assert plan is not None and len(plan.members) == 4
    named = arcstep("show", out)
    assert "store-1-c0" in named.out


def test_a_single_cluster_is_planned_as_before(arcstep: Arcstep, saved: Saved) -> None:
    answer = arcstep("plan", "lab-c0", "--to", "latest", "--from", saved(eleven()), "--json")
    assert answer.code in (0, 40) and answer.json["plan"]["subject"]["name"] == "lab-c0"


def test_what_was_not_read_of_a_cluster_is_said_and_3(arcstep: Arcstep, saved: Saved) -> None:
    one = b.cluster("one", "1.31.5", upgrades=())
    facts = b.inventory(one, release="2509", unread=[Unread("upgrade profile", one.key, "no permission")])
    answer = arcstep("plan", "--instance", "plant12", "--to", "2510", "--from", saved(facts))
    assert answer.code == 3 and "not read: upgrade profile of one: no permission" in answer.err


def test_who_was_not_seen_is_an_open_check_that_is_read_back(arcstep: Arcstep, saved: Saved, tmp_path: Path) -> None:
    facts = replace(b.inventory(b.cluster("one", "1.31.5", upgrades=()), release="2509"), expected=3)
    out = tmp_path / "plan.md"
    answer = arcstep("plan", "--instance", "plant12", "--to", "2510", "--from", saved(facts), "--out", out)
    assert answer.code == 3 and "partial: 1 of 3 clusters read; those missing may be on these instances." in answer.err
    assert "It was looked whether the 2 clusters not read run on plant12" in out.read_text("utf-8")
    plan = open_plan(out).fleet
    assert plan is not None and plan.steps[0].before[0].id == "S01.O1"
