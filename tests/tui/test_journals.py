"""Plans and journals, the command log, and what stops a plan from being walked."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from planner.documents.datablock import digest_of
from planner.documents.markdown import render
from planner.emulator.demo import DemoSource
from planner.events import Began, Ticked
from planner.findings import Verdict
from planner.journal import Journal, journal_path, walks_directory
from planner.plan import Plan
from tests.planner.strolls import AS_OF, PLAN
from tests.tui.conftest import press, screen_text, settled, staged
from tests.tui.stage import HOSTILE, StoredSource, fleet
from tests.tui.walks import on_screen, open_walk, rehearsed, until
from tui import errands
from tui.app import PlannerApp
from tui.open_walk import refusal
from tui.outfit import outfit
from tui.requests import MOST, Requests, brief
from tui.screens.error import ErrorScreen
from tui.screens.journals import JournalsScreen
from tui.screens.walk import WalkScreen


def keep(plan: Plan = PLAN, by: str = "grace") -> Path:
    """A walk that was begun and left."""
    digest = digest_of(plan)
    path = journal_path(walks_directory(), plan, digest)
    with Journal.create(path, Began(AS_OF, by, "desk", digest, plan)) as journal:
        journal.append(Ticked(AS_OF + timedelta(minutes=5), "PRE.3", True, by))
    return path


async def test_nothing_begun_and_nothing_saved_says_what_to_do_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with staged(outfit=outfit(allow_upgrades=False)) as pilot:
        await press(pilot, "colon", *"journals", "enter")
        assert isinstance(pilot.app.screen, JournalsScreen)
        assert "Nothing was begun" in on_screen(pilot) and "p on a cluster makes a plan" in on_screen(pilot)


async def test_what_was_begun_and_what_was_saved_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    keep()
    other = replace(PLAN, revision=2)
    (tmp_path / "next.md").write_text(render(other), "utf-8")
    (tmp_path / "begun.md").write_text(render(PLAN), "utf-8")
    (tmp_path / "edited.md").write_text(render(other).replace("1.30.14", "1.30.15"), "utf-8")
    (tmp_path / "notes.md").write_text("no plan", "utf-8")
    async with staged(outfit=outfit(allow_upgrades=False)) as pilot:
        errands.show_journals(pilot.app)
        await settled(pilot)
        text = on_screen(pilot)
        assert "0 running · 1 waiting for a person" in text
        assert "▲ waits" in text and "PRE checking" in text and "grace" in text
        assert "○ not begun" in text and "next.md" in text and "notes.md" not in text
        assert "begun.md" not in text, "a plan whose walk was begun is listed once"
        assert "begun 2026-05-20 by grace on desk" in text


async def test_a_walk_is_not_taken_up_without_azure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    keep()
    async with staged(outfit=outfit(allow_upgrades=False)) as pilot:
        errands.show_journals(pilot.app)
        await settled(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ErrorScreen) and "a walk needs Azure" in on_screen(pilot)


async def test_a_walk_is_taken_up_from_the_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with rehearsed() as pilot:
        await until(pilot, lambda: (leg := open_walk(pilot).leg) is not None and leg.seen is not None)
        errands.show_journals(pilot.app)
        await until(pilot, lambda: isinstance(pilot.app.screen, JournalsScreen) and "mes-prod" in screen_text(pilot))
        assert "held by" in on_screen(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, WalkScreen))
        assert "mes-prod" in screen_text(pilot).splitlines()[0]


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_journal_only_shows(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    keep(replace(PLAN, subject=replace(PLAN.subject, name=name)), by=name)
    async with staged(outfit=outfit(allow_upgrades=False)) as pilot:
        errands.show_journals(pilot.app)
        await settled(pilot)
        assert name[:9] in screen_text(pilot)


async def test_a_damaged_journal_is_listed_with_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = keep()
    lines = path.read_text("utf-8").splitlines()
    first = json.loads(lines[0]) | {"sum": "0" * 16}
    path.write_text("\n".join([json.dumps(first), *lines[1:]]) + "\n", "utf-8")
    async with staged(outfit=outfit(allow_upgrades=False)) as pilot:
        errands.show_journals(pilot.app)
        await settled(pilot)
        assert "✖ damaged" in on_screen(pilot) and path.name[:12] in on_screen(pilot)


# -- what is not walked


@pytest.mark.parametrize(
    ("plan", "problems", "can_look", "why"),
    [
        (PLAN, (), True, None),
        (replace(PLAN, verdict=Verdict.GO_WITH_RISKS), (), True, None),
        (PLAN, ("Line 5 was changed by hand.",), True, "Line 5 was changed by hand."),
        (replace(PLAN, verdict=Verdict.NO_GO), (), True, PLAN.verdict_because),
        (replace(PLAN, verdict=Verdict.UNKNOWN), (), True, PLAN.verdict_because),
        (replace(PLAN, steps=()), (), True, "Nothing has to be done: it has no steps."),
        (PLAN, (), False, "A walk looks at the cluster as it is now, and there is no Azure here."),
    ],
)
def test_a_plan_is_walked_or_refused_with_the_reason(
    plan: Plan, problems: tuple[str, ...], can_look: bool, why: str | None
) -> None:
    against = refusal(plan, problems, "plan.md", can_look=can_look)
    assert (against.why if against is not None else None) == why
    if not can_look:
        assert against is not None and "arcstep walk plan.md" in against.cure


async def test_enter_on_a_dead_end_or_a_snapshot_says_why_not() -> None:
    async with staged(outfit=outfit(allow_upgrades=True)) as pilot:
        await press(pilot, "down", "p", "enter")
        assert isinstance(pilot.app.screen, ErrorScreen) and "arcstep walk FILE" in on_screen(pilot)
        assert "read-only" in screen_text(pilot).splitlines()[0], "a snapshot cannot be upgraded"


# -- the command log


def test_the_command_log_keeps_paths_without_what_stands_behind_them() -> None:
    requests = Requests()
    requests.request("GET", "/subscriptions/a?api-version=1&sig=secret", 200, 0.01)
    requests.request("GET", "/x\x1b]0;pwn\x07", 0, 0.5)
    requests.command("az aksarc upgrade")
    assert [entry.text for entry in requests] == ["GET /subscriptions/a", "GET /x�]0;pwn�", "az aksarc upgrade"]


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("POST /providers/Microsoft.ResourceGraph/resources", "POST Microsoft.ResourceGraph/resources"),
        (
            "PUT /subscriptions/a/resourceGroups/b/providers/Microsoft.Kubernetes/connectedClusters/mes/providers/"
            "Microsoft.HybridContainerService/provisionedClusterInstances/default",
            "PUT mes: provisionedClusterInstances/default",
        ),
        (
            "GET /subscriptions/a/resourceGroups/b/providers/Microsoft.Kubernetes/connectedClusters/mes",
            "GET Microsoft.Kubernetes/connectedClusters/mes",
        ),
        ("az aksarc show --name x", "az aksarc show --name x"),
    ],
)
def test_a_request_is_named_by_its_cluster_and_what_was_asked(text: str, short: str) -> None:
    assert brief(text) == short


def test_the_command_log_forgets_the_oldest() -> None:
    requests = Requests()
    for number in range(MOST + 5):
        requests.command(str(number))
    assert len(requests) == MOST and next(iter(requests)).text == "5"


async def test_every_request_is_in_the_command_log_on_any_screen() -> None:
    app = PlannerApp(DemoSource())
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        source = app.source
        assert isinstance(source, DemoSource)
        assert len(app.requests) == len(source.log) > 5
        await press(pilot, "at")
        text = screen_text(pilot)
        assert "POST Microsoft.ResourceGraph/resources" in text and "0 writes" in text
        assert "api-version" not in text
        await press(pilot, "at")
        assert len(app.screen_stack) == 1


async def test_copied_commands_are_in_the_command_log() -> None:
    source = StoredSource(fleet())
    async with staged(source=source) as pilot:
        await press(pilot, "down", "p", "y", "enter", "at")
        assert "copied" in screen_text(pilot) and "1 command copied" in on_screen(pilot)
