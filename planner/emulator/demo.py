"""The demo: the real Azure reader against the embedded emulator, at the fixed moment of its fleet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from planner.emulator.fleet import bundled
from planner.emulator.server import EmulatorThread, LogEntry
from planner.emulator.world import World
from planner.inventory import Cluster, Inventory, SourceKind
from planner.ports import Report, SourceError, Upgrader, ignore

if TYPE_CHECKING:
    from planner.azure.reader import AzureSource
    from planner.azure.settings import AzureSettings
    from planner.events import Polled, PollFailed

__all__ = ["DemoSource"]

TOKEN = "emulator"


class DemoSource:
    """A `Source` over the demo fleet, or over a given world. The emulator starts with the first reading.

    Time stands still at the fleet's as_of, so that two readings are equal to the byte, until `start_clock` lets it
    go. `latency` is seconds an answer takes.
    """

    label = "demo"

    def __init__(self, world: World | None = None, *, latency: float = 0.0, quota: bool = True) -> None:
        self.world = bundled("demo") if world is None else world
        self._thread = EmulatorThread(self.world, latency=latency, speed=0, quota=quota)
        self._lock = asyncio.Lock()
        self._told: Callable[[str, str, int, float], None] | None = None
        self._reader: AzureSource | None = None
        self._haste = 1.0

    @property
    def as_of(self) -> datetime:
        """The moment the fleet stands for."""
        return self.world.as_of

    @property
    def log(self) -> list[LogEntry]:
        """Every request the emulator got."""
        return self._thread.log

    @property
    def url(self) -> str:
        """Where the emulator listens, once it was opened."""
        return self._thread.url

    @property
    def ca_file(self) -> Path:
        """The certificate authority to trust. Raises RuntimeError before the emulator was opened."""
        return self._thread.ca_file

    def now(self) -> datetime:
        """The emulated moment."""
        return self._thread.now()

    def start_clock(self, speed: float, at: datetime | None = None) -> None:
        """Let emulated time run on from where it is, or from a later moment, `speed` emulated seconds in a second
        (0 = hold it). Readings keep the pace of emulated time where that is quicker."""
        self._haste = max(1.0, speed)
        self._thread.start_clock(speed, at)

    def change(self, work: Callable[[], None]) -> None:
        """Change the world between two answers: before every request that comes after this call."""
        self._thread.change(work)

    def tell_requests(self, told: Callable[[str, str, int, float], None]) -> None:
        """Tell of every request from now on, as live Azure does."""
        self._told = told
        if self._reader is not None:
            self._reader.tell_requests(told)

    async def open(self) -> AzureSettings:
        """Start the emulator without reading anything; what a client of Azure needs to reach it. Raises SourceError."""
        await self._open()
        return self._settings()

    async def load(self, report: Report = ignore) -> Inventory:
        """Read the overview. Raises SourceError."""
        return await (await self._open()).load(report)

    async def load_all(self, report: Report = ignore) -> Inventory:
        """Read everything. Raises SourceError."""
        return await (await self._open()).load_all(report)

    async def refresh(self, inventory: Inventory, cluster: Cluster) -> Inventory:
        """Read one cluster again. Raises SourceError."""
        return await (await self._open()).refresh(inventory, cluster)

    async def look(self, inventory: Inventory, cluster: Cluster, *, wide: bool) -> Inventory:
        """Read what a walk looks at. Raises SourceError."""
        return await (await self._open()).look(inventory, cluster, wide=wide)

    async def poll(self, step: str, operation: str) -> Polled | PollFailed:
        """Ask a running operation."""
        return await (await self._open()).poll(step, operation)

    async def upgrader(self) -> Upgrader:
        """The way to upgrade clusters of the emulator. Raises SourceError."""
        return await (await self._open()).upgrader()

    async def close(self) -> None:
        """Close the reader and stop the emulator; safe to call twice."""
        async with self._lock:
            if self._reader is not None:
                await self._reader.close()
                self._reader = None
            self._thread.close()

    async def _open(self) -> AzureSource:
        async with self._lock:
            if self._reader is None:
                try:
                    await self._thread.start_aside()
                except (OSError, RuntimeError) as problem:
                    raise SourceError(
                        "The demo cannot start", f"{problem}.", "Is loopback networking allowed?"
                    ) from None
                self._reader = self._make_reader()
                if self._told is not None:
                    self._reader.tell_requests(self._told)
            return self._reader

    def _make_reader(self) -> AzureSource:
        from planner.azure.pacing import Pace
        from planner.azure.reader import AzureSource

        return AzureSource(self._settings(), Pace(sleep=self._rest))

    async def _rest(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._haste)

    def _settings(self) -> AzureSettings:
        from planner.azure.settings import AzureSettings

        return AzureSettings(
            tenant=self.world.tenant,
            auth="static",
            arm_endpoint=self.url,
            ca_bundle=self.ca_file,
            now=self.now,
            source_kind=SourceKind.DEMO,
            token=lambda: TOKEN,
        )
