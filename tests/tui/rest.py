"""Rest: nothing is left to be done in the app, found by looking at what works and waits, never by sleeping.

Textual's own tests sleep 20 ms after each key, and on until the process uses little of the processor. That takes most of
the time of a test, and on a busy machine it is no sign of rest.
"""

from __future__ import annotations

import asyncio
from asyncio import BaseEventLoop
from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from textual._context import active_app
from textual.app import App
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.timer import Timer

PATIENCE = 30.0
"""Seconds until a test gives up waiting; never a pause."""
SHORT = 0.05
"""Seconds: a timer that goes off once within this time is part of what a key sets off; a longer one tells people
something later, and no test waits for it."""
BEAT = 0.001
"""Seconds between two looks at something that neither the event loop nor a thread will say."""

_threads: WeakKeyDictionary[BaseEventLoop, set[asyncio.Future[Any]]] = WeakKeyDictionary()


def without_sleeping(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual's pilot waits for rest wherever it would sleep; the loop counts what it gave to threads."""
    given = BaseEventLoop.run_in_executor

    def run_in_executor(self: BaseEventLoop, *args: Any) -> asyncio.Future[Any]:
        future = given(self, *args)
        running = _threads.setdefault(self, set())
        running.add(future)
        future.add_done_callback(running.discard)  # in the loop, just before whoever waits for it wakes up
        return future

    monkeypatch.setattr(BaseEventLoop, "run_in_executor", run_in_executor)
    monkeypatch.setattr("textual.pilot.wait_for_idle", rest)
    monkeypatch.setattr("textual.app.wait_for_idle", rest)


async def rest(*_: float) -> None:
    """No message is queued or handled, no callback or short timer pending, no thread at work, and all of it drawn.

    What goes to and fro over the network is not waited for, nor a worker that waits for it: see `settled` and `until`.
    """
    loop = asyncio.get_running_loop()
    assert isinstance(loop, BaseEventLoop)
    deadline = loop.time() + PATIENCE
    while await _goes_on(loop) or _draws(loop):
        assert loop.time() < deadline, f"it never came to rest: {_threads.get(loop)} {list(_timers())}"


async def _goes_on(loop: BaseEventLoop) -> bool:
    """Give way once to everything that can run. Whether something ran, or is still to run."""
    # the first look at the ready ones, with this task being the last of them, is before what has just arrived
    for _ in range(2):
        await asyncio.sleep(0)
        if _is_ready(loop):
            return True
    if running := _threads.get(loop):
        await asyncio.wait(running, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        return True
    if any(map(_is_busy, _screens())) or any(_timers()):
        await asyncio.sleep(BEAT)
        return True
    return False


def _is_ready(loop: BaseEventLoop) -> bool:
    return bool(loop._ready)  # type: ignore[attr-defined]


def _draws(loop: BaseEventLoop) -> bool:
    """Draw now what the screen would draw with its next frame. Whether this sets off anything."""
    for screen in _screens()[-1:]:
        screen._on_timer_update()
    return _is_ready(loop)


def _is_busy(screen: Screen[Any]) -> bool:
    """Whether the screen still fills its rows, in slices with a short sleep between them."""
    return bool(getattr(getattr(screen, "lookahead", None), "is_busy", False))


def _timers() -> Iterator[Timer]:
    """Short timers that go off once, and have not yet."""
    app: App[Any] | None = active_app.get(None)
    if app is None or not app.is_running:
        return
    for pump in pumps(app):
        for timer in tuple(pump._timers):
            pending = timer._task is not None and not timer._task.done()
            if pending and timer._repeat == 0 and timer._interval <= SHORT and timer._active.is_set():
                yield timer


def _screens() -> list[Screen[Any]]:
    app: App[Any] | None = active_app.get(None)
    return app.screen_stack if app is not None and app.is_running else []


def pumps(app: App[Any]) -> Iterator[MessagePump]:
    """The app, its screens and all their widgets."""
    yield app
    for screen in _screens():
        yield from screen.walk_children(with_self=True)
