"""Somebody who walks a plan without hesitating: ticks, confirms and proceeds as soon as the walk lets them."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from planner import events as e
from planner.azure.pacing import Pace
from planner.events import Decision
from planner.legs import Stage
from planner.ports import SourceError
from planner.proofs import Mark
from planner.walk import Walk, WalkError
from planner.walker import Walker

NAME = "grace"
HURRY = 60.0


def hurried() -> Pace:
    """Azure's quotas by a clock that runs as fast as the emulated time."""
    return Pace(lambda: time.monotonic() * HURRY, lambda seconds: asyncio.sleep(seconds / HURRY))


class Person:
    """Put on a walker; `over` is set when every step is done, `stuck` when a step needs attention."""

    def __init__(self, walker: Walker, *, by_hand: bool = False, starts: bool = True) -> None:
        self._walker = walker
        self._by_hand = by_hand
        self._starts = starts
        self._turn = asyncio.Event()
        self._turned = asyncio.Event()
        self.seen: list[Walk] = []
        walker.changed = self._notice
        self._turn.set()

    def _notice(self, walk: Walk) -> None:
        self.seen.append(walk)
        self._turn.set()
        self._turned.set()

    async def turned(self) -> None:
        """Wait for the next change."""
        self._turned.clear()
        await self._turned.wait()

    async def walk(self) -> Walk:
        """To the end of the plan."""
        while not self._walker.walk.is_over:
            await self._turn.wait()
            self._turn.clear()
            with suppress(WalkError, SourceError):
                await self._act()
        return self._walker.walk

    async def _act(self) -> None:
        walker, leg = self._walker, self._walker.walk.leg
        if leg is None:
            return
        match leg.stage:
            case Stage.CHECKING:
                self._tick(leg.before)
            case Stage.READY if not self._starts:
                pass
            case Stage.READY if leg.is_hop and not self._by_hand:
                prepared = await walker.prepare()
                walker.confirm(prepared, prepared.order.name, NAME)
            case Stage.READY:
                walker.act(e.Started(walker.now, leg.id, NAME))
            case Stage.VERIFYING:
                self._tick(leg.after)
            case Stage.GATE:
                walker.act(e.Decided(walker.now, leg.id, Decision.PROCEED, NAME))
            case _:
                pass

    def _tick(self, checks) -> None:  # type: ignore[no-untyped-def]
        for check in checks:
            leg = self._walker.walk.leg
            if check.manual and leg is not None and leg.check(check.id) and leg.mark(check.id) is Mark.OPEN:
                self._walker.act(e.Ticked(self._walker.now, check.id, True, NAME))
