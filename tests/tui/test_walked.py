"""A saved plan opened without a source shows how far it was walked, from its journal alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner import events as e
from planner.documents.datablock import digest_of
from planner.documents.markdown import render
from planner.journal import Journal, journal_path, walks_directory
from planner.sources import open_plan
from tests.planner.strolls import Stroll, seen
from tests.tui.conftest import screen_text, settled
from tui.app import PlannerApp


async def test_a_saved_plan_shows_how_far_it_was_walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    stroll = Stroll()
    stroll.to_running()
    stroll.look(seen("1.30.14", "Upgrading Upgrading"))
    plan = stroll.walk.plan
    began = e.Began(stroll.events[0].at, "grace", "desk", digest_of(plan), plan)
    with Journal.create(journal_path(walks_directory(), plan, digest_of(plan)), began) as journal:
        for event in stroll.events[1:]:
            journal.append(event)
    path = tmp_path / "plan.md"
    path.write_text(render(plan), "utf-8")
    app = PlannerApp(document=lambda: open_plan(path))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "walked: running" in screen_text(pilot)
        await pilot.press("j")
        await settled(pilot)
        assert "walked: to do" in screen_text(pilot)
