"""A saved plan of instances opened in the app: a sentence says how it is read, and the app ends as a wrong call does."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.documents.markdown import render
from planner.sources import open_cluster_plan
from tests.documents.fleetplans import FLEET
from tests.tui.conftest import screen_text, settled
from tui.app import PlannerApp


async def test_a_plan_of_instances_says_how_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("fleet.md").write_text(render(FLEET), "utf-8")
    app = PlannerApp(document=lambda: open_cluster_plan(Path("fleet.md")))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        shown = " ".join(screen_text(pilot).split())
        assert "✖ fleet.md is a plan of instances: read it with arcstep show; this works on" in shown
        assert app.state.failure is not None and app.state.failure.exit_code == 2
