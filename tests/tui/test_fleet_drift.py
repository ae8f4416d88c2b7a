"""Drift of the plan of instances on screen: by its key, against newer facts, and where there is nothing to compare."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from planner.documents.markdown import render
from planner.inventory import Cluster, Inventory
from planner.sources import open_plan
from tests import builders as b
from tests.planner.test_fleet_drift import PLAN, START, company
from tests.tui.conftest import press, screen_text, settled, staged
from tests.tui.stage import StoredSource
from tui.app import PlannerApp
from tui.look import Look
from tui.messages import FleetPlanAsked
from tui.screens.fleet_drift import FleetDriftScreen
from tui.screens.fleet_plan import FleetPlanScreen

KEYS = tuple(cluster.key for cluster in START.clusters)


class MovingSource(StoredSource):
    """A fleet that is another one as soon as a cluster is read again."""

    moved: Inventory | None = None

    async def refresh(self, inventory: Inventory, cluster: Cluster) -> Inventory:
        return self.moved or await super().refresh(inventory, cluster)


async def test_a_plan_that_was_just_made_has_no_drift_and_everybody_is_read_again() -> None:
    source = MovingSource(START)
    async with staged(source=source, size=(120, 40)) as pilot:
        pilot.app.post_message(FleetPlanAsked(KEYS))
        await settled(pilot)
        source.refreshed.clear()
        await press(pilot, "d")
        text = screen_text(pilot)
        assert isinstance(pilot.app.screen, FleetDriftScreen)
        assert "as planned: 14 valid" in text and "go on with the next step" in text
        assert "plant12, release 2509; 3 clusters on it now" in text
        assert sorted(source.refreshed) == ["mid", "new", "old"]
        await press(pilot, "d")
        assert isinstance(pilot.app.screen, FleetPlanScreen)


async def test_who_came_since_is_named_on_the_update_that_must_not_be_made() -> None:
    source = MovingSource(START)
    async with staged(source=source, size=(120, 40), look=Look(ascii=True)) as pilot:
        pilot.app.post_message(FleetPlanAsked(KEYS))
        await settled(pilot)
        source.moved = company(old="1.29.13", more=[b.cluster("late", "1.28.9")])
        await press(pilot, "d")
        text = " ".join(screen_text(pilot).split())
        assert text.isascii() and "drifted: 1 done, 4 valid, 9 impossible" in text
        assert "Next: do not make S06 (plant12, release 2509 -> 11.2510). Plan again" in text
        assert "it would newly strand late, which is not in the plan" in text
        source.moved = company(old="1.29.13")
        await press(pilot, "r")
        assert "as planned: 1 done, 13 valid" in " ".join(screen_text(pilot).split())


async def test_without_a_source_or_without_steps_it_says_so(tmp_path: Path) -> None:
    path = tmp_path / "plant.md"
    path.write_text(render(PLAN), "utf-8")
    app = PlannerApp(document=lambda: open_plan(path))
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "d")
        assert isinstance(app.screen, FleetPlanScreen)
        told = " ".join(one.message for one in app._notifications)
        assert "Drift needs facts: start arcstep with a source, or run arcstep drift FILE." in told
    done = replace(START, clusters=(b.cluster("new", "1.31.5"),), expected=1)
    async with staged(source=StoredSource(done)) as pilot:
        pilot.app.post_message(FleetPlanAsked((done.clusters[0].key,), "1.31"))
        await settled(pilot)
        await press(pilot, "d")
        assert "This plan has no steps" in screen_text(pilot)


async def test_its_key_is_among_the_hints_and_the_way_back_too() -> None:
    async with staged(source=StoredSource(START)) as pilot:
        pilot.app.post_message(FleetPlanAsked(KEYS))
        await settled(pilot)
        last = screen_text(pilot).splitlines()[-1]
        assert "d Drift" in last and "q Back" in last
