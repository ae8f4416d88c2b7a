"""Runs a walk: events through the reducer and into the journal, commands out to Azure and their answers back in.

The order is what keeps a cluster safe: an event is judged, then kept on disk, then it counts (PR6). Everything that is
said about the cluster comes from looking at it (PR5).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol

from planner import events as e
from planner.itinerary import order_of
from planner.ports import Prepared, SourceError, Upgrader, Watcher
from planner.sighting import sight
from planner.support import Judge
from planner.walk import Command, Look, Poll, Send, Walk, WalkError, advance, is_worth_keeping, look_at, why_not_start

if TYPE_CHECKING:
    from planner.catalog import Catalog
    from planner.inventory import Cluster, Inventory
    from planner.plan import Step

FAREWELL: Final = 0.5
"""Seconds the answer to a PUT gets when arcstep is told to leave; after that the next start finds it out."""


class Keeper(Protocol):
    """Where events are kept: the journal."""

    def append(self, event: e.Event) -> None:
        """Durable when it returns. Raises SourceError where it cannot be."""
        ...


class Scout:
    """Looks at the cluster of a plan through a source, and keeps the newest facts."""

    def __init__(
        self,
        watcher: Watcher,
        inventory: Inventory | None,
        catalog: Catalog,
        cluster: str,
        clock: Callable[[], datetime],
        seen: Callable[[Inventory], None] | None = None,
    ) -> None:
        self._watcher = watcher
        self._catalog = catalog
        self._cluster = cluster.casefold()
        self._clock = clock
        self._seen = seen
        self.inventory = inventory

    async def look(self, command: Look) -> e.Looked | e.LookFailed:
        """What a look showed, or why it showed nothing. Never raises but CancelledError."""
        try:
            inventory = self.inventory or await self._watcher.load()
            cluster = self._find(inventory)
            inventory = await self._watcher.look(inventory, cluster, wide=command.wide)
        except SourceError as error:
            return e.LookFailed(self._clock(), command.step, error.why, error.cure)
        self.inventory = inventory
        if self._seen is not None:
            self._seen(inventory)
        judge = Judge(inventory, self._catalog, inventory.as_of)
        return e.Looked(inventory.as_of, command.step, sight(judge, self._find(inventory), command.target))

    async def poll(self, command: Poll) -> e.Polled | e.PollFailed:
        """What the operation says of itself."""
        return await self._watcher.poll(command.step, command.operation)

    def _find(self, inventory: Inventory) -> Cluster:
        cluster = inventory.by_key.get(self._cluster)
        if cluster is None:
            name = self._cluster.rpartition("/")[2]
            raise SourceError(
                "The cluster cannot be read", f"{name} is not among what this account can see.",
                "Check the subscription and the sign-in, or whether the cluster still exists.", 3,
            )  # fmt: skip
        return cluster


class Walker:
    """One walk in this process.

    `keeper` None = somebody else holds the walk, or there is no journal: then nothing may be decided here.
    `clock` is the time of events (UTC); `speed` is how many of its seconds pass in a real one (1 but in a rehearsal).
    `hand` does what a person would do elsewhere: in a rehearsal the emulator plays that part.
    """

    def __init__(
        self,
        walk: Walk,
        scout: Scout | None,
        clock: Callable[[], datetime],
        *,
        keeper: Keeper | None,
        upgrader: Upgrader | None = None,
        speed: float = 1.0,
        hand: Callable[[Step], None] | None = None,
        changed: Callable[[Walk], None] | None = None,
    ) -> None:
        self.walk = walk
        self.trouble = ""
        """Why something could not be kept on disk; "" while all is well."""
        self.changed = changed
        self._scout = scout
        self._clock = clock
        self._keeper = keeper
        self._upgrader = upgrader
        self._speed = speed
        self._hand = hand
        self._wake = asyncio.Event()
        self._commands: deque[Command] = deque()
        self._unkept: deque[e.Event] = deque()
        self._tasks: dict[tuple[type[Command], str], asyncio.Task[None]] = {}

    @property
    def may_upgrade(self) -> bool:
        """True where upgrades were allowed at the start and this process holds the walk."""
        return self._upgrader is not None and self._keeper is not None

    @property
    def who(self) -> str:
        """As whom arcstep would upgrade; "" where it may not."""
        return self._upgrader.who if self._upgrader is not None and self._keeper is not None else ""

    @property
    def is_sending(self) -> bool:
        """True while a PUT is on its way."""
        return any(kind is Send for kind, _ in self._tasks)

    def begin(self, commands: tuple[Command, ...]) -> None:
        """Take up what the first event asked for."""
        self._commands.extend(commands)
        self._wake.set()

    def act(self, event: e.Event) -> None:
        """Something a person did. Raises WalkError where it cannot be, SourceError where it cannot be kept."""
        if self._keeper is None:
            raise WalkError("This walk is only shown here: another arcstep holds it, or it has no journal.")
        self._take(event, certain=True)
        leg = self.walk.leg
        if isinstance(event, e.Started) and self._hand is not None and leg is not None and leg.step is not None:
            self._hand(leg.step)

    @property
    def now(self) -> datetime:
        """The moment by this walk's clock."""
        return self._clock()

    def look_now(self) -> None:
        """Look at the cluster again, and ask a running operation too."""
        leg = self.walk.leg
        if leg is not None:
            self._commands.append(look_at(leg))
            self._wake.set()

    async def prepare(self) -> Prepared:
        """Read the cluster and make the change, ready to be confirmed. Raises WalkError, SourceError. Sends nothing."""
        leg = self.walk.leg
        reason = why_not_start(self.walk)
        if reason or leg is None or leg.step is None:
            raise WalkError(reason or "There is nothing to start.")
        if self._upgrader is None or self._keeper is None:
            raise WalkError("arcstep may not upgrade: it was started without --allow-upgrades.")
        return await self._upgrader.prepare(order_of(self.walk, leg.step))

    def confirm(self, prepared: Prepared, typed: str, by: str) -> None:
        """Upgrade: the operator typed the name under the prepared change. Raises WalkError, SourceError."""
        if not self.may_upgrade:
            raise WalkError("arcstep may not upgrade: it was started without --allow-upgrades.")
        self.act(e.Confirmed(self._clock(), prepared.order.step, by, typed, prepared.fingerprint))

    async def run(self) -> None:
        """Watch until cancelled: do what is to be done, wait for what is due."""
        while True:
            self._wake.clear()
            while self._commands:
                self._spawn(self._commands.popleft())
            with suppress(TimeoutError):
                async with asyncio.timeout(self._until_due()):
                    await self._wake.wait()
                continue
            self._take(e.TimePassed(self._clock()), certain=False)

    async def close(self) -> None:
        """Stop watching. An answer that is on its way is waited for, a little: the PUT cannot be called back."""
        sending = {task for (kind, _), task in self._tasks.items() if kind is Send}
        for task in self._tasks.values():
            if task not in sending:
                task.cancel()
        if sending:
            await asyncio.wait(sending, timeout=FAREWELL)
        for task in sending:
            task.cancel()

    # -- inside

    def _until_due(self) -> float | None:
        due = [moment for moment in (self.walk.poll_due, self.walk.look_due) if moment is not None]
        if not due or self._scout is None:
            return None
        return max(0.0, (min(due) - self._clock()).total_seconds() / self._speed)

    def _take(self, event: e.Event, *, certain: bool) -> None:
        """Judge, keep, and only then let it count. `certain` = refuse an event that cannot be kept."""
        walk, commands = advance(self.walk, event)
        if self._keeper is not None and is_worth_keeping(self.walk, walk, event):
            self._keep(self._keeper, event, certain=certain)
        self.walk = walk
        self._commands.extend(commands)
        self._wake.set()
        if self.changed is not None:
            self.changed(walk)

    def _keep(self, keeper: Keeper, event: e.Event, *, certain: bool) -> None:
        """To the journal, after what it could not take before. What Azure did counts even where it cannot be kept."""
        try:
            while self._unkept:
                keeper.append(self._unkept[0])
                self._unkept.popleft()
            keeper.append(event)
            self.trouble = ""
        except SourceError as error:
            self.trouble = f"{error.what}: {error.why} {error.cure}"
            if certain:
                raise
            self._unkept.append(event)

    def _spawn(self, command: Command) -> None:
        asked = (type(command), command.step)
        if asked in self._tasks or self._scout is None:
            return  # the same question is being asked already
        self._tasks[asked] = asyncio.create_task(self._do(command, self._scout), name=f"walk {command.step}")

    async def _do(self, command: Command, scout: Scout) -> None:
        try:
            match command:
                case Look():
                    event: e.Event = await scout.look(command)
                case Poll():
                    event = await scout.poll(command)
                case Send():
                    event = await self._send(command)
        except Exception as error:  # a mistake of our own must not end the watch, nor pass for an answer
            event = self._mistake(command, error)
        # Answered: what follows from the answer may ask the same again.
        self._tasks.pop((type(command), command.step), None)
        with suppress(WalkError):  # the step it belongs to is over
            self._take(event, certain=False)

    def _mistake(self, command: Command, error: Exception) -> e.Event:
        """What is known after a mistake of our own: nothing, and whether something may have been sent."""
        at, why, cure = self._clock(), f"arcstep made a mistake ({type(error).__name__}).", "Report it; look again."
        match command:
            case Look():
                return e.LookFailed(at, command.step, why, cure)
            case Poll():
                return e.PollFailed(at, command.step, why, cure)
            case Send():
                leg = self.walk.leg
                sent = leg is not None and leg.intent is not None
                return e.Doubted(at, command.step, why) if sent else e.Refused(at, command.step, why, cure)

    async def _send(self, command: Send) -> e.Event:
        if self._upgrader is None:
            return e.Refused(self._clock(), command.step, "arcstep may not upgrade.", "Start it with --allow-upgrades.")
        return await self._upgrader.send(
            command.order, command.fingerprint, lambda intent: self._take(intent, certain=True)
        )
