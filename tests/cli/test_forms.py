"""The other forms of a plan and of a check, written beside the answer."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

from planner.cli import main


def test_a_plan_is_saved_as_calendar_page_and_ticket(tmp_path: Path, demo_snapshot: Path) -> None:
    plan = tmp_path / "p.md"
    assert main(["plan", "wms-dc1", "--to", "supported", "--from", str(demo_snapshot), "--out", str(plan)]) == 40
    forms = {name: tmp_path / f"p.{name}" for name in ("ics", "html", "ticket")}
    options = [word for name, path in forms.items() for word in (f"--{name}", str(path))]
    for _ in range(2):  # the second time over its own files
        assert main(["show", str(plan), *options]) == 0
    assert forms["ics"].read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
    assert "wms-dc1" in forms["html"].read_text("utf-8")
    assert json.loads(forms["ticket"].read_text("utf-8"))["short_description"].startswith("wms-dc1")
    assert not list(tmp_path.glob("*.bak"))


def test_a_plan_that_was_edited_has_no_other_form(tmp_path: Path, demo_snapshot: Path) -> None:
    plan = tmp_path / "p.md"
    assert main(["plan", "wms-dc1", "--to", "supported", "--from", str(demo_snapshot), "--out", str(plan)]) == 40
    text = plan.read_text("utf-8")
    plan.write_text(text.replace('"revision": 1', '"revision": 7').replace("1.30.14", "1.30.15"), "utf-8")
    assert main(["show", str(plan), "--ics", str(tmp_path / "p.ics")]) == 2
    assert not (tmp_path / "p.ics").exists()


def test_a_check_is_saved_as_junit_and_a_foreign_file_stays(tmp_path: Path, demo_snapshot: Path) -> None:
    path = tmp_path / "check.xml"
    for _ in range(2):
        assert main(["check", "--from", str(demo_snapshot), "--junit", str(path)]) == 40
    cases = ElementTree.parse(path).getroot().iter("testcase")
    assert len(list(cases)) > 40
    foreign = tmp_path / "notes.xml"
    foreign.write_text("<mine/>")
    assert main(["check", "--from", str(demo_snapshot), "--junit", str(foreign)]) == 2
    assert foreign.read_text() == "<mine/>"
