"""A started app on a small fleet, for every screen's test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from planner.documents.markdown import render
from planner.inventory import Inventory
from tests.tui.rest import BEAT, rest, without_sleeping
from tests.tui.stage import StoredSource, fleet
from tui.app import PlannerApp
from tui.state import Phase

Stage: TypeAlias = Callable[..., Any]


@pytest.fixture(autouse=True)
def no_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys, clicks and pauses wait for rest, and for nothing else."""
    without_sleeping(monkeypatch)


@asynccontextmanager
async def staged(
    inventory: Inventory | None = None, *, size: tuple[int, int] = (80, 24), **options: Any
) -> AsyncIterator[Pilot[int]]:
    """The app with the fleet read and shown; `hook` sees every message."""
    source = options.pop("source", None) or StoredSource(inventory or fleet())
    hook = options.pop("hook", None)
    app = PlannerApp(source, **options)
    async with app.run_test(size=size, notifications=True, message_hook=hook) as pilot:
        await settled(pilot)
        yield pilot


async def settled(pilot: Pilot[int]) -> None:
    """Everything asked for has been read, judged and drawn: the app rests, and no worker is at work."""
    app = pilot.app
    assert isinstance(app, PlannerApp)
    await rest()
    while app.is_running and at_work(app):
        await asyncio.sleep(BEAT)
        await rest()


def at_work(app: PlannerApp) -> bool:
    """Whether a worker runs or a source is read."""
    loading = app.state.phase in (Phase.WAITING, Phase.LOADING) and app.source is not None
    return loading or any(not worker.is_finished for worker in app.workers)


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Keys one after the other, each with what it sets off."""
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


async def paste(pilot: Pilot[int], text: str) -> None:
    """A text in one go, as a terminal sends what is pasted; for what would be many keys and is not about keys."""
    pilot.app.post_message(Paste(text))
    await settled(pilot)


def screen_text(pilot: Pilot[int]) -> str:
    """What stands on the screen, line by line."""
    app = pilot.app
    lines = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in lines)


@pytest.fixture
def stage() -> Stage:
    return staged


async def saved_plan(folder: Path) -> Path:
    """A plan of mes-prod as the app makes it, saved."""
    async with staged() as pilot:
        await press(pilot, "down", "p")
        path = folder / "plan.md"
        path.write_text(render(pilot.app.state.job.plan), "utf-8")
    return path
