"""A started app on a small fleet, for every screen's test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from textual.message_pump import MessagePump
from textual.pilot import Pilot

from planner.documents.markdown import render
from planner.inventory import Inventory
from tests.tui.stage import StoredSource, fleet
from tui.app import PlannerApp
from tui.state import Phase

Stage: TypeAlias = Callable[..., Any]


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
    """Everything asked for has been read, judged and drawn.

    Textual's own pause waits until the process uses little of the processor, which on a busy machine is no sign of rest.
    """
    app = pilot.app
    assert isinstance(app, PlannerApp)
    await pilot.pause()
    while app.is_running and at_work(app):
        await pilot.pause()
    await pilot.pause()


def at_work(app: PlannerApp) -> bool:
    """Whether a worker runs, a source is read, or a message waits for a widget that is there."""
    loading = app.state.phase in (Phase.WAITING, Phase.LOADING) and app.source is not None
    return loading or any(not worker.is_finished for worker in app.workers) or any(map(waits, pumps(app)))


def pumps(app: PlannerApp) -> Iterator[MessagePump]:
    yield app
    for screen in app.screen_stack:
        yield from screen.walk_children(with_self=True)


def waits(pump: MessagePump) -> bool:
    queue = pump._message_queue
    return bool(pump._next_callbacks) or (queue is not None and not queue.empty())


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Keys one after the other, each with what it sets off."""
    for key in keys:
        await pilot.press(key)
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
