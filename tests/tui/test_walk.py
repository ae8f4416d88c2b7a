"""A walk on screen, on the emulator: from the pre-flight list over a typed name to the next step; and what stops it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from planner.emulator.demo import DemoSource
from planner.emulator.mishaps import Mishap
from planner.events import Way
from planner.files import ensure_directory, state_directory
from planner.journal import journals
from planner.legs import Stage
from planner.locks import Holder, acquire, lock_path
from tests.planner.strolls import PLAN
from tests.tui.walks import (
    app_of,
    later,
    leg_of,
    on_screen,
    open_walk,
    rehearsed,
    rows,
    tick_all,
    type_text,
    until,
    until_stage,
)
from tui.prose import plain
from tui.screens.decide import DecideScreen
from tui.screens.leave import LeaveScreen
from tui.screens.started import StartedScreen
from tui.screens.upgrade import UpgradeScreen
from tui.screens.walk import WalkScreen
from tui.widgets.page_view import PageView


def writes(pilot: Pilot[int]) -> list[str]:
    source = app_of(pilot).source
    assert isinstance(source, DemoSource)
    return [entry.method for entry in source.log if entry.method not in ("GET", "POST")]


async def to_ready(pilot: Pilot[int]) -> None:
    await tick_all(pilot)
    await until_stage(pilot, "S01", Stage.CHECKING)
    await tick_all(pilot)
    await until_stage(pilot, "S01", Stage.READY)
    assert rows(pilot).key == "S01:start"


async def to_confirm(pilot: Pilot[int]) -> UpgradeScreen:
    await to_ready(pilot)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, UpgradeScreen) and pilot.app.screen.prepared)
    screen = pilot.app.screen
    assert isinstance(screen, UpgradeScreen)
    return screen


async def to_sent(pilot: Pilot[int]) -> None:
    await to_confirm(pilot)
    await type_text(pilot, "mes-prod")
    await pilot.press("enter")
    await until(pilot, lambda: leg_of(pilot).stage not in (Stage.READY, Stage.SENDING))


async def test_from_the_preflight_list_over_the_typed_name_and_the_gate_to_the_next_step() -> None:
    async with rehearsed() as pilot:
        screen = await to_confirm(pilot)
        facts = plain(screen.query_one("#facts", PageView).page)
        assert "/properties/kubernetesVersion\n  - 1.29.13\n  + 1.30.14" in facts
        assert "mes-prod, resource group rg-test" in facts and "AND all node pools" in facts and "P15" in facts
        await type_text(pilot, "mes-prod")
        await pilot.press("enter")
        await until_stage(pilot, "S01", Stage.RUNNING)
        await later(pilot, 26)
        assert "set to 1.30.14, ready pool1 1/3" in on_screen(pilot)
        await later(pilot, 60)
        await until_stage(pilot, "S01", Stage.VERIFYING)
        assert writes(pilot) == ["PUT"]
        await tick_all(pilot)
        await until_stage(pilot, "S01", Stage.GATE)
        await pilot.press("enter", "enter")
        assert isinstance(pilot.app.screen, DecideScreen), "a gate has no default"
        await pilot.press("tab", *"well", "enter", "p")
        await until(pilot, lambda: leg_of(pilot).id == "S02")
        walk = open_walk(pilot).walk
        assert walk is not None and any("proceed decided" in line.text and "well" in line.text for line in walk.log)
        assert "S02 of 3" in on_screen(pilot)


@pytest.mark.parametrize("typed", ["", "mes-pro", "mes-prod ", "MES-PROD"])
async def test_a_wrong_name_sends_nothing(typed: str) -> None:
    async with rehearsed() as pilot:
        screen = await to_confirm(pilot)
        screen.query_one("#name").value = typed
        await pilot.press("enter")
        assert pilot.app.screen is screen and "nothing was sent" in on_screen(pilot)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, WalkScreen) and leg_of(pilot).stage is Stage.READY
        assert writes(pilot) == []


async def test_read_only_it_shows_the_command_and_watches_what_a_person_started() -> None:
    async with rehearsed(allow_upgrades=False) as pilot:
        await to_ready(pilot)
        assert "read-only" in on_screen(pilot) and "az aksarc upgrade --name mes-prod" in on_screen(pilot)
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, StartedScreen)
        await pilot.press("y", "enter")
        assert isinstance(pilot.app.screen, StartedScreen), "only its letter says that it was started"
        assert "--kubernetes-version 1.30.14" in pilot.app.clipboard
        await pilot.press("s")
        await until_stage(pilot, "S01", Stage.RUNNING)
        assert leg_of(pilot).way is Way.BY_HAND
        await later(pilot, 90)
        await until_stage(pilot, "S01", Stage.VERIFYING)
        assert writes(pilot) == []


async def test_a_lost_answer_is_said_to_be_unknown_and_the_cluster_decides() -> None:
    async with rehearsed(mishaps={"S01": (Mishap.LOST_ANSWER,)}) as pilot:
        await to_sent(pilot)
        await until(pilot, lambda: any("not known" in line.text for line in open_walk(pilot).walk.log))  # type: ignore[union-attr]
        await later(pilot, 20)
        await until_stage(pilot, "S01", Stage.RUNNING)
        assert writes(pilot) == ["PUT"]


async def test_what_azure_objects_to_stands_with_its_recommendation() -> None:
    async with rehearsed(mishaps={"S01": (Mishap.ADMISSION,)}) as pilot:
        await to_sent(pilot)
        await later(pilot, 5)
        await until_stage(pilot, "S01", Stage.CHECKING, Stage.READY)
        refusal = leg_of(pilot).refusal
        assert refusal is not None and refusal.complaints
        rows(pilot).highlight("S01:start")
        await pilot.press("z")
        await pilot.pause()
        text = on_screen(pilot)
        assert refusal.complaints[0].name in text and refusal.complaints[0].recommendation[:30] in text


async def test_hold_keeps_it_from_starting_and_going_on_lets_it() -> None:
    async with rehearsed() as pilot:
        await to_ready(pilot)
        await pilot.press("h", "tab", *"lunch", "enter", "h")
        await until(pilot, lambda: open_walk(pilot).walk.held)  # type: ignore[union-attr]
        assert "On hold" in on_screen(pilot)
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, WalkScreen), "nothing starts"
        await pilot.press("h")
        await until(pilot, lambda: not open_walk(pilot).walk.held)  # type: ignore[union-attr]
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, UpgradeScreen)


async def test_abort_asks_and_what_runs_goes_on() -> None:
    async with rehearsed() as pilot:
        await to_sent(pilot)
        await until_stage(pilot, "S01", Stage.RUNNING)
        await pilot.press("exclamation_mark")
        assert "cannot be called back" in on_screen(pilot)
        await pilot.press("escape")
        assert not open_walk(pilot).walk.aborted  # type: ignore[union-attr]
        await pilot.press("exclamation_mark", "a")
        await until(pilot, lambda: open_walk(pilot).walk.aborted)  # type: ignore[union-attr]
        assert "What runs in Azure goes on" in on_screen(pilot)
        await later(pilot, 90)
        await until_stage(pilot, "S01", Stage.VERIFYING)


async def test_leaving_while_it_runs_asks_and_says_how_to_come_back() -> None:
    async with rehearsed() as pilot:
        await to_sent(pilot)
        await until_stage(pilot, "S01", Stage.RUNNING)
        await pilot.press("q")
        assert isinstance(pilot.app.screen, LeaveScreen) and "arcstep walk plan.md --demo" in on_screen(pilot)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, WalkScreen)
        await pilot.press("q", "enter")
    farewell = app_of(pilot).walking.farewell
    assert farewell.startswith("1 upgrade goes on") and "mes-prod → 1.30.14" in farewell
    assert farewell.endswith("resume with: arcstep walk plan.md --demo")


async def test_a_walk_that_was_left_is_found_where_reality_is() -> None:
    async with rehearsed() as pilot:
        await to_sent(pilot)
        await until_stage(pilot, "S01", Stage.RUNNING)
    async with rehearsed() as pilot:
        await until_stage(pilot, "S01", Stage.RUNNING, Stage.VERIFYING)
        walk = open_walk(pilot).walk
        assert walk is not None and any("taken up again" in line.text for line in walk.log)
        assert writes(pilot) == []


async def test_a_walk_somebody_else_holds_is_only_shown() -> None:
    directory = ensure_directory(ensure_directory(state_directory()) / "rehearsals")
    holder = Holder(4711, "desk", "grace", PLAN.as_of)
    with acquire(lock_path(directory, PLAN.subject.id, PLAN.subject.name), holder):
        async with rehearsed() as pilot:
            await until(pilot, lambda: leg_of(pilot).seen is not None)
            assert "Only shown here: grace on desk (process 4711)" in on_screen(pilot)
            before = leg_of(pilot).ticks
            rows(pilot).highlight("PRE.3")
            await pilot.press("space")
            await pilot.pause()
            assert leg_of(pilot).ticks == before


async def test_notes_and_evidence_are_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with rehearsed() as pilot:
        await until(pilot, lambda: leg_of(pilot).seen is not None)
        await pilot.press("n", *"spare", "enter")
        await until(pilot, lambda: leg_of(pilot).notes)
        assert "spare" in on_screen(pilot)
        await pilot.press("e")
        await until(pilot, lambda: pilot.app.screen.query("#path"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, WalkScreen))
    (evidence,) = tmp_path.glob("*.md")
    assert "spare" in evidence.read_text("utf-8")


async def test_the_journal_of_a_walk_is_listed_and_opened_from_the_list() -> None:
    async with rehearsed() as pilot:
        await until(pilot, lambda: leg_of(pilot).seen is not None)
        app = app_of(pilot)
        assert app.walking.journal is not None
        (entry,) = journals(app.walking.journal.parent)
        assert entry.cluster == "mes-prod" and entry.holder is not None
