"""The plan of instances on screen: asked for from Fleet and Instance, its tabs, its keys, saved and opened again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from planner.documents import markdown
from planner.documents.markdown import render
from planner.fleetplan import FleetPlan
from planner.ports import SourceError
from planner.timing import Lapse
from tests.documents.fleetplans import FLEET
from tests.tui.conftest import Stage, paste, press, screen_text, settled
from tests.tui.stage import StoredSource, fleet
from tests.tui.walks import until
from tui.__main__ import _open_plan
from tui.app import PlannerApp
from tui.lens import Lens
from tui.messages import FleetPlanAsked
from tui.screens.fleet import FleetScreen
from tui.screens.journals import JournalsScreen


async def test_marked_clusters_are_planned_together_and_neighbours_kept_safe(stage: Stage) -> None:
    async with stage() as pilot:
        await press(pilot, "asterisk", "P")
        text = screen_text(pilot)
        plan = pilot.app.state.fleet_job.plan
    assert plan is not None and len(plan.instances) == 4
    assert "1 Order" in text and "2 Clusters 9" in text
    assert "scada-07" in plan.verdict_because or plan.verdict.name in text


async def test_the_order_names_stages_and_who_an_update_waits_for(stage: Stage) -> None:
    async with stage(size=(120, 40)) as pilot:
        keys = tuple(row.key for row in pilot.app.state.rows if row.instance == "plant12")
        pilot.app.post_message(FleetPlanAsked(keys))
        await settled(pilot)
        text = screen_text(pilot)
        plan = pilot.app.state.fleet_job.plan
    assert "On 2411" in text and "plant12" in text
    first, bound = next((stage, stage.binding[0]) for stage in plan.instances[0].stages if stage.binding)
    assert f"{first.update} " in text and f"{bound.step} {bound.cluster}" in text


async def test_each_cluster_has_its_part_and_opens(stage: Stage) -> None:
    async with stage() as pilot:
        await press(pilot, "asterisk", "P", "2")
        text = screen_text(pilot)
        assert "LEADS TO" in text and "MUST START BY" in text
        assert "isolated" in text
        await press(pilot, "enter")
        assert type(pilot.app.screen).__name__ == "ClusterScreen"


async def test_times_risks_and_document_have_their_tabs(stage: Stage) -> None:
    async with stage() as pilot:
        await press(pilot, "asterisk", "P", "3")
        assert "How long" in screen_text(pilot)
        await press(pilot, "4")
        assert "What must not be done" in screen_text(pilot)
        await press(pilot, "5")
        assert "arcstep" in screen_text(pilot)


async def test_every_cluster_is_read_again_before_it_is_planned(stage: Stage) -> None:
    source = StoredSource(fleet())
    async with stage(source=source) as pilot:
        keys = tuple(row.key for row in pilot.app.state.rows if row.instance == "lab")
        pilot.app.post_message(FleetPlanAsked(keys))
        await settled(pilot)
    assert sorted(source.refreshed) == ["lab-1", "lab-3"]


async def test_a_calendar_brings_times_and_stays_for_the_next_goal(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "nights.toml"
    path.write_text(
        'time_zone = "Europe/Vienna"\n[[window]]\nname = "night"\ndays = ["Sat", "Sun"]\nfrom = "20:00"\nto = "08:00"\n'
    )
    async with stage(size=(120, 40)) as pilot:
        keys = tuple(row.key for row in pilot.app.state.rows if row.instance == "store113")
        pilot.app.post_message(FleetPlanAsked(keys))
        await press(pilot, "c")
        await paste(pilot, str(path))
        await press(pilot, "enter", "3")
        assert "Europe/Vienna" in screen_text(pilot)
        assert pilot.app.state.fleet_job.plan.timing.slots
        pilot.app.post_message(FleetPlanAsked(keys, "supported"))
        await settled(pilot)
        assert pilot.app.state.calendar_file == str(path)
        assert pilot.app.state.fleet_job.plan.timing.zone == "Europe/Vienna"


async def test_a_calendar_that_cannot_be_used_says_why_in_the_dialog(stage: Stage, tmp_path: Path) -> None:
    async with stage() as pilot:
        await press(pilot, "asterisk", "P", "c")
        await paste(pilot, str(tmp_path / "none.toml"))
        await press(pilot, "enter")
        assert type(pilot.app.screen).__name__ == "AskScreen"
        assert pilot.app.state.calendar_file == ""


async def test_a_goal_nobody_offers_is_refused_with_the_nearest(stage: Stage) -> None:
    async with stage() as pilot:
        await press(pilot, "asterisk", "P")
        pilot.app.post_message(FleetPlanAsked(pilot.app.state.fleet_job.keys, "1.99"))
        await settled(pilot)
        text = " ".join(screen_text(pilot).split())
    assert "this goal cannot be planned" in text and "1.99" in text


async def test_saved_it_opens_again_without_a_source(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "fleet.md"
    async with stage() as pilot:
        await press(pilot, "asterisk", "P", "e")
        field = pilot.app.screen.query_one("#path")
        field.value = str(path)
        await press(pilot, "enter")
        made = pilot.app.state.fleet_job.plan
        assert pilot.app.state.fleet_job.saved == str(path)
    app = PlannerApp(document=partial(_open_plan, path))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert pilot.app.state.fleet_job.plan == made
        assert "Saved plan" in screen_text(pilot)
        await press(pilot, "g")
        assert type(pilot.app.screen).__name__ == "FleetPlanScreen"
        await pilot.press("q")
        assert not pilot.app.is_running or pilot.app.return_code == 0


async def test_a_saved_one_is_among_the_plans_and_opens_over_the_fleet(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with stage() as pilot:
        await press(pilot, "asterisk", "P")
        path = tmp_path / "fleet.md"
        path.write_text(render(pilot.app.state.fleet_job.plan), "utf-8")
        as_of = pilot.app.state.as_of
        pilot.app.push_screen(JournalsScreen())
        await settled(pilot)
        assert "instances" in screen_text(pilot)
        await press(pilot, "enter")
        assert type(pilot.app.screen).__name__ == "FleetPlanScreen" and "Saved plan" in screen_text(pilot)
        assert pilot.app.state.as_of == as_of
        await press(pilot, "q")
        assert type(pilot.app.screen).__name__ == "JournalsScreen"


def test_a_plan_too_large_to_be_read_back_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "LARGEST_DOCUMENT", 1000)
    with pytest.raises(SourceError, match="Plan fewer instances at a time"):
        render(FLEET)


async def test_while_one_order_is_found_the_screen_answers_and_can_be_left(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, make = Event(), Lens.fleet_plan

    def held_back(*args: Any) -> FleetPlan:
        assert gate.wait(30)
        return make(*args)

    monkeypatch.setattr(Lens, "fleet_plan", held_back)
    async with stage() as pilot:
        await pilot.press("asterisk", "P")
        await until(pilot, lambda: "finding one order for 9 clusters" in screen_text(pilot))
        await pilot.press("q")
        assert isinstance(pilot.app.screen, FleetScreen)
        gate.set()
        await settled(pilot)
        assert isinstance(pilot.app.screen, FleetScreen) and pilot.app.state.fleet_job.plan is None


async def test_escape_goes_back_but_never_out_of_arcstep(tmp_path: Path) -> None:
    path = tmp_path / "fleet.md"
    path.write_text(render(FLEET), "utf-8")
    app = PlannerApp(document=partial(_open_plan, path))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "question_mark", "escape", "escape", "escape")
        assert app.is_running and "q leaves arcstep." in screen_text(pilot)
        await pilot.press("q")
        assert not app.is_running


async def test_who_is_out_of_support_inside_the_plan_is_told_with_its_times(tmp_path: Path) -> None:
    assert FLEET.timing is not None
    lapse = Lapse("pos-1", "1.30", "S02", "S07", date(2026, 6, 22), 12)
    path = tmp_path / "fleet.md"
    path.write_text(render(replace(FLEET, timing=replace(FLEET.timing, lapses=(lapse,)))), "utf-8")
    app = PlannerApp(document=partial(_open_plan, path))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "3")
        text = " ".join(screen_text(pilot).split())
    assert (
        "Out of support inside the plan" in text and "pos-1 is out of support for 12 days inside this plan: S02" in text
    )
