"""Rest is reached when everything a key sets off has happened, however it was set off; and it is not slept for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest
from textual.app import App
from textual.widget import Widget

from tests.tui.rest import SHORT, rest

FAR = 60.0


class Sign(Widget):
    """Says what it was told last, once that is drawn."""

    told = drawn = "nothing"

    def tell(self, text: str) -> None:
        self.told = text
        self.refresh()

    def render(self) -> str:
        self.drawn = self.told
        return self.told


class Setting(App[None]):
    """One sign, and a key that sets something off."""

    def __init__(self, set_off: Callable[[Setting], None]) -> None:
        super().__init__()
        self.set_off, self.sign = set_off, Sign()

    def compose(self) -> list[Widget]:  # type: ignore[override]
        return [self.sign]

    def key_x(self) -> None:
        self.set_off(self)


def by_message(app: Setting) -> None:
    """Through many callbacks, from widget to app and back."""

    def hop(left: int) -> None:
        (app if left % 2 else app.sign).call_later(hop, left - 1) if left else app.sign.tell("done")

    hop(40)


def after_drawing(app: Setting) -> None:
    app.sign.tell("drawn")
    app.call_after_refresh(lambda: app.sign.call_after_refresh(app.sign.tell, "done"))


def by_timer(app: Setting) -> None:
    app.set_timer(SHORT / 5, lambda: app.sign.tell("done"))


def by_thread(app: Setting) -> None:
    started = threading.Event()

    async def read() -> None:
        await asyncio.to_thread(started.wait)
        await asyncio.to_thread(lambda: None)
        await asyncio.sleep(0)
        app.sign.tell("done")

    threading.Timer(SHORT, started.set).start()
    app.run_worker(read())


@pytest.mark.parametrize("set_off", [by_message, after_drawing, by_timer, by_thread])
async def test_a_key_has_been_followed_to_its_end(set_off: Callable[[Setting], None]) -> None:
    async with Setting(set_off).run_test() as pilot:
        await pilot.press("x")
        assert pilot.app.sign.drawn == "done"  # type: ignore[attr-defined]


async def test_what_is_far_away_or_goes_on_for_ever_is_not_waited_for() -> None:
    def set_off(app: Setting) -> None:
        app.set_timer(FAR, app.exit)
        app.set_interval(FAR, app.exit)
        app.run_worker(asyncio.Event().wait())

    async with Setting(set_off).run_test() as pilot:
        await asyncio.wait_for(pilot.press("x"), FAR / 2)
        assert pilot.app.is_running


async def test_rest_does_not_need_an_app() -> None:
    done: list[int] = []
    asyncio.get_running_loop().call_soon(done.append, 1)
    await rest()
    assert done == [1]
