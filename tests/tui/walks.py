"""Walks for the screens' tests: drawn from a value, or rehearsed on the emulator by real https."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from textual.pilot import Pilot

from planner.cli.walk import crew_for, journals_of
from planner.documents.datablock import digest_of
from planner.emulator.demo import DemoSource
from planner.emulator.mishaps import Mishaps
from planner.emulator.rehearsal import world_for
from planner.legs import Leg, Stage
from planner.plan import Plan
from planner.ports import Source
from planner.proofs import Mark
from planner.walk import Walk
from tests.planner.strolls import CATALOG, PLAN
from tests.tui.conftest import screen_text, settled, staged
from tests.tui.rest import BEAT, PATIENCE, rest
from tui import places
from tui.app import PlannerApp
from tui.messages import WalkAsked
from tui.open_walk import OpenWalk
from tui.screens.walk import WalkScreen
from tui.walking import Outfit
from tui.widgets.virtual_table import VirtualTable


class Azure(DemoSource):
    """The emulated Azure without a quota, so that nobody has to wait for one."""

    async def _rest(self, seconds: float) -> None:
        await asyncio.sleep(0)


@asynccontextmanager
async def drawn(walk: Walk, *, size: tuple[int, int] = (80, 24), **more: object) -> AsyncIterator[Pilot[int]]:
    """The Walk screen on a walk that only lies there."""
    look = {"look": more.pop("look")} if "look" in more else {}
    async with staged(size=size, **look) as pilot:
        app = app_of(pilot)
        name, command = walk.plan.subject.name, "arcstep walk plan.md"
        app.state = replace(app.state, walk=OpenWalk(name, command, walk=walk, **more))  # type: ignore[arg-type]
        app.push_screen(places.walk())
        await settled(pilot)
        yield pilot


@asynccontextmanager
async def rehearsed(
    plan: Plan = PLAN,
    *,
    allow_upgrades: bool = True,
    mishaps: Mishaps | None = None,
    size: tuple[int, int] = (80, 24),
) -> AsyncIterator[Pilot[int]]:
    """The app on the walk of a plan, on an emulated Azure in which others play along. Time passes by `later`."""
    source = Azure(world_for(plan, CATALOG), quota=False)

    async def crew(chosen: Source, wanted: Plan, digest: str, catalog: object):
        return await crew_for(
            chosen, wanted, CATALOG, digest=digest, allow_upgrades=allow_upgrades, mishaps=mishaps, speed=1.0
        )

    def directory(chosen: Source | None) -> Path:
        return journals_of(chosen or source)

    outfit = Outfit(crew, directory, lambda _, file: f"arcstep walk {file} --demo", allow_upgrades)
    app = PlannerApp(source, outfit=outfit, walk=WalkAsked(plan, digest_of(plan), "plan.md"))
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: open_walk(pilot).walk is not None or open_walk(pilot).failure is not None)
        yield pilot


def app_of(pilot: Pilot[int]) -> PlannerApp:
    """The app, by its own type."""
    assert isinstance(pilot.app, PlannerApp)
    return pilot.app


def open_walk(pilot: Pilot[int]) -> OpenWalk:
    """The open walk; an empty one before that."""
    return app_of(pilot).state.walk or OpenWalk("")


def leg_of(pilot: Pilot[int]) -> Leg:
    """The leg whose turn it is."""
    leg = open_walk(pilot).leg
    assert leg is not None
    return leg


async def later(pilot: Pilot[int], minutes: float) -> None:
    """Emulated time has passed, and arcstep has looked again since."""
    app = app_of(pilot)
    source = app.source
    assert isinstance(source, DemoSource)
    moment = source.now() + timedelta(minutes=minutes)
    source.start_clock(1.0, moment)
    app.walking.look_now()
    await until(pilot, lambda: (seen := leg_of(pilot).seen) is not None and seen.at >= moment)


async def until(pilot: Pilot[int], fact: Callable[[], object]) -> None:
    """Wait for a fact."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE
    while not fact():
        assert loop.time() < deadline, f"it never came; on screen:\n{screen_text(pilot)}"
        await asyncio.sleep(BEAT)
        await rest()
    await rest()


async def until_stage(pilot: Pilot[int], step: str, *stages: Stage) -> None:
    """Wait for a leg to be current and at one of these stages."""
    await until(pilot, lambda: (leg := open_walk(pilot).leg) is not None and leg.id == step and leg.stage in stages)


async def tick_all(pilot: Pilot[int]) -> None:
    """Tick what arcstep did not tick of the current leg, with the keys."""
    await until(pilot, lambda: leg_of(pilot).seen is not None)
    leg = leg_of(pilot)
    for check in leg.after if leg.stage is Stage.VERIFYING else leg.before:
        if leg_of(pilot).id == leg.id and leg_of(pilot).mark(check.id) is Mark.OPEN:
            rows(pilot).highlight(check.id)
            await pilot.press("space")
            await pilot.pause()


def on_screen(pilot: Pilot[int]) -> str:
    """What stands on the screen, as one line."""
    return " ".join(screen_text(pilot).split())


def rows(pilot: Pilot[int]) -> VirtualTable:
    """The rows of the Walk screen."""
    screen = next(one for one in pilot.app.screen_stack if isinstance(one, WalkScreen))
    return screen.query_one(VirtualTable)


async def type_text(pilot: Pilot[int], text: str) -> None:
    """Type, letter by letter."""
    for letter in text:
        await pilot.press("minus" if letter == "-" else "full_stop" if letter == "." else letter)
