"""`arcstep plan --calendar`: windows and own runs in the plan, and what is wrong with a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from planner.files import state_directory
from planner.inventory import Inventory
from tests.builders import cluster, inventory, offered
from tests.cli.conftest import Answer, Arcstep
from tests.documents.plans import SUBJECT
from tests.journals import BEGAN, SMALL, WALK, written

Saved = Callable[[Inventory], Path]
NIGHTS = '[[window]]\nname = "nights"\nfrom = "22:00"\nto = "06:00"\n'


@pytest.fixture
def plan(arcstep: Arcstep, saved: Saved, tmp_path: Path) -> Callable[..., Answer]:
    """Plan the one cluster of a snapshot; the calendar is given as text."""
    file = saved(inventory(cluster("mes-prod", "1.32.9"), release="2604", live=offered(["1.32.9", "1.33.5"])))

    def run(calendar: str | None = None, *more: object) -> Answer:
        path = tmp_path / "site.toml"
        given = () if calendar is None else ("--calendar", path)
        if calendar is not None:
            path.write_text(calendar, "utf-8")
        return arcstep("plan", "mes-prod", "--to", "latest", "--from", file, *given, *more)

    return run


def test_steps_get_slots_in_the_windows_and_the_file_name_stays_out(plan: Callable[..., Answer]) -> None:
    answer = plan(NIGHTS, "--json")
    timing = answer.json["plan"]["timing"]
    assert timing["calendar"] == "window nights (every day 22:00-06:00)" and timing["fit"]["fit"] == "fits"
    assert [(slot["step"], slot["start"], slot["window"]) for slot in timing["slots"]] == [
        ("S01", "2026-05-20T00:00:00Z", "nights")
    ]
    assert "site.toml" not in answer.out


def test_without_a_calendar_nothing_is_scheduled(plan: Callable[..., Answer]) -> None:
    out = plan().out
    assert "- **When:** not scheduled: this plan holds no window" in out
    assert "- **Must start by:** 2026-09-30 22:48 UTC (Azure Local release, last good day 2026-09-30, LBL)." in out


def test_a_calendar_that_cannot_be_used_is_a_usage_error(plan: Callable[..., Answer], tmp_path: Path) -> None:
    answer = plan("laed = 1")
    assert (answer.code, answer.out) == (2, "")
    assert "site.toml: laed: there is no such key; the nearest is 'lead'.\n" in answer.err
    missing = plan(None, "--calendar", tmp_path / "none.toml")
    assert missing.code == 2 and "there is no such file" in missing.err


def test_a_pattern_that_names_no_instance_is_said(plan: Callable[..., Answer]) -> None:
    freeze = '[[freeze]]\nname = "move"\nfrom = 2026-09-01\nto = 2026-09-14\ninstances = ["plnt-*", "*"]\n'
    answer = plan(freeze)
    assert 'arcstep: calendar: freeze "move": no instance has a name like plnt-*\n' in answer.err
    assert "like *" not in answer.err and "calendar:" not in plan(NIGHTS).err


def test_names_in_a_calendar_cannot_be_hidden(plan: Callable[..., Answer], tmp_path: Path) -> None:
    answer = plan(NIGHTS, "--redact", "--out", tmp_path / "p.md")
    assert answer.code == 2 and "--calendar" in answer.err and not (tmp_path / "p.md").exists()


def test_three_walks_of_this_machine_make_the_times_and_a_plan_makes_no_directory(plan: Callable[..., Answer]) -> None:
    plan()
    walks = state_directory() / "walks"
    assert not walks.exists()
    walks.mkdir(parents=True, mode=0o700)
    for name in ("a", "b", "c"):
        of_name = replace(SMALL, subject=replace(SUBJECT, name=name, id=SUBJECT.id + name))
        began = replace(BEGAN, plan=of_name, digest=name * 64)
        confirmed = replace(WALK[2], typed=name)  # type: ignore[call-arg]
        written(walks, (began, WALK[1], confirmed, *WALK[3:]))
    assert "48 min (by P50 and P90 of your own 3 runs)" in plan().out
    assert "your own figure, 5 to 9 minutes" in plan("[durations]\nnode_minutes = [5, 9]").out


def test_walks_that_cannot_be_read_do_not_stop_a_plan(plan: Callable[..., Answer]) -> None:
    state_directory().mkdir(parents=True)
    (state_directory() / "walks").write_text("no directory")
    answer = plan()
    assert "your own runs are not counted" in answer.err and "assumption" in answer.out
