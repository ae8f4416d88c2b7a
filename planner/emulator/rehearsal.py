"""A rehearsal: a plan walked against the emulated Azure, which goes wrong where it is asked to.

The emulator plays Azure and everybody else. What an earlier rehearsal of the plan did is done again first, so that one
that was left, or killed, can be taken up.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from planner.emulator.demo import DemoSource
from planner.emulator.faults import Fault
from planner.emulator.mishaps import OUTCOMES, REQUESTS, Mishap, Mishaps
from planner.emulator.offstage import help_out, play, relive, subject_in
from planner.emulator.staging import world_for
from planner.events import Accepted, Doubted, Event, Fingerprint, Intended, Order, Polled, PollFailed, Refused
from planner.inventory import Cluster, Inventory
from planner.plan import Plan, Step
from planner.ports import Prepared, Report, SourceError, Upgrader, ignore

if TYPE_CHECKING:
    from planner.catalog import Catalog

__all__ = ["SPEED", "Rehearsal", "play", "relive", "world_for"]

SPEED: Final = 60.0
"""Emulated seconds in a second: a minute each."""
SECOND: Final = 2
"""Which question about a running step a refused sign-in meets: the first showed that it runs."""
_GLANCE: Final = 0.01
"""Seconds between two looks at whether the request has arrived."""
_ACCOUNT: Final = "you"
_TENANT: Final = "a rehearsal"
"""The emulator lets everybody in, so that its token names nobody."""


def kill() -> None:
    """End this process as a lost terminal or the power does: nothing is put in order."""
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


class Rehearsal:
    """A planner.ports.Watcher of one walk on an emulated Azure.

    `speed` is emulated seconds in a second, `kept` what a journal tells of an earlier rehearsal, `die` what the fault
    "kill" does. Raises SourceError where the emulated Azure does not hold the plan's cluster.
    """

    def __init__(
        self,
        source: DemoSource,
        plan: Plan,
        catalog: Catalog,
        *,
        mishaps: Mishaps | None = None,
        speed: float = SPEED,
        kept: Iterable[Event] = (),
        die: Callable[[], None] = kill,
    ) -> None:
        self.source = source
        self.speed = speed
        self._plan = plan
        self._catalog = catalog
        self._mishaps = dict(mishaps or {})
        self._watched = self._part = ""
        self._asked = Counter[str]()
        self._die = die
        events = tuple(kept)
        if plan.subject.id.casefold() not in source.world.cluster_by_id:
            raise SourceError(
                "The plan cannot be rehearsed here", f"the demo fleet has no {plan.subject.name}.",
                "Rehearse it from its file: arcstep walk FILE --demo", 2,
            )  # fmt: skip
        source.change(lambda: relive(source.world, plan, events, catalog, self._arm_outcome))
        source.start_clock(speed, events[-1].at if events else None)

    @property
    def label(self) -> str:
        """That it is none of the real world."""
        return "rehearsal"

    def clock(self) -> datetime:
        """The emulated moment."""
        return self.source.now()

    def hand(self, step: Step) -> None:
        """Do what the step asks somebody to do elsewhere."""
        now = self.clock()
        self._watched, self._part = step.id, "cluster"
        self._arm_outcome(step.id)
        self.source.change(lambda: play(self.source.world, self._plan, step, now, self._catalog))

    async def upgrader(self) -> Upgrader:
        """The way to upgrade the emulated cluster. Raises SourceError."""
        return _Upgrader(await self.source.upgrader(), self)

    async def load(self, report: Report = ignore) -> Inventory:
        """Read the overview. Raises SourceError."""
        return await self.source.load(report)

    async def load_all(self, report: Report = ignore) -> Inventory:
        """Read everything. Raises SourceError."""
        return await self.source.load_all(report)

    async def refresh(self, inventory: Inventory, cluster: Cluster) -> Inventory:
        """Read one cluster again. Raises SourceError."""
        return await self.source.refresh(inventory, cluster)

    async def look(self, inventory: Inventory, cluster: Cluster, *, wide: bool) -> Inventory:
        """Read what a walk looks at. Raises SourceError."""
        now = self.clock()
        self._refuse("cluster")
        self.source.change(lambda: help_out(self.source.world, self._plan, now))
        return await self.source.look(inventory, cluster, wide=wide)

    async def poll(self, step: str, operation: str) -> Polled | PollFailed:
        """Ask a running operation."""
        self._refuse("operation")
        return await self.source.poll(step, f"{self.source.url}{operation[len(_host(operation)) :]}")

    async def close(self) -> None:
        """Stop the emulator; safe to call twice."""
        await self.source.close()

    # -- what goes wrong

    def meets(self, step: str, mishap: Mishap) -> bool:
        """True once for a mishap of a step."""
        left = self._mishaps.get(step, ())
        self._mishaps[step] = tuple(other for other in left if other is not mishap)
        return mishap in left

    def arm(self, step: str) -> bool:
        """Let what is to go wrong with a request of arcstep go wrong. True where arcstep has to be killed by it."""
        self._watched, self._part = step, "operation"
        self._arm_outcome(step)
        deadly = False
        for mishap, fault in REQUESTS.items():
            if self.meets(step, mishap):
                self._break(fault)
                deadly = deadly or mishap is Mishap.KILL
        return deadly

    async def kill_after(self, writes: int) -> None:
        """End arcstep as soon as the emulated Azure has taken one write more than `writes`."""
        while len(self.source.world.operations) <= writes:
            await asyncio.sleep(_GLANCE)
        self._die()

    def _refuse(self, part: str) -> None:
        """What a refused sign-in meets: the operation where arcstep began it, and else the cluster."""
        if Mishap.SIGN_IN not in self._mishaps.get(self._watched, ()) or part != self._part:
            return
        self._asked[self._watched] += 1
        if self._asked[self._watched] == SECOND and self.meets(self._watched, Mishap.SIGN_IN):
            self._break(f"{part}:401!")

    def _arm_outcome(self, step: str) -> None:
        for mishap, fault in OUTCOMES.items():
            if self.meets(step, mishap):
                self._break(fault)

    def _break(self, fault: str) -> None:
        faults = subject_in(self.source.world, self._plan).faults
        self.source.change(lambda: faults.append(Fault.parse(fault)))


def _host(address: str) -> str:
    """Scheme and host: an operation of an earlier rehearsal is found again under its name, wherever the emulator is now."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


class _Upgrader:
    """The real upgrader, with what is to go wrong in front of it."""

    def __init__(self, inner: Upgrader, rehearsal: Rehearsal) -> None:
        self._inner = inner
        self._rehearsal = rehearsal

    @property
    def who(self) -> str:
        return f"{_ACCOUNT} in {_TENANT}"

    async def prepare(self, order: Order) -> Prepared:
        return replace(await self._inner.prepare(order), account=_ACCOUNT, tenant=_TENANT)

    async def send(
        self, order: Order, fingerprint: Fingerprint, record: Callable[[Intended], None]
    ) -> Accepted | Refused | Doubted:
        before = len(self._rehearsal.source.world.operations)
        if not self._rehearsal.arm(order.step):
            return await self._inner.send(order, fingerprint, record)
        killing = asyncio.create_task(self._rehearsal.kill_after(before))
        try:
            return await self._inner.send(order, fingerprint, record)
        finally:
            killing.cancel()
