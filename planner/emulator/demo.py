"""The demo: the real Azure reader against the embedded emulator, at the fixed moment of its fleet."""

from __future__ import annotations

import asyncio
from datetime import datetime

from planner.emulator.fleet import bundled
from planner.emulator.server import EmulatorThread, LogEntry
from planner.emulator.world import World
from planner.inventory import Cluster, Inventory, SourceKind
from planner.ports import Report, Source, SourceError, ignore

__all__ = ["DemoSource"]

TOKEN = "emulator"


class DemoSource:
    """A `Source` over the demo fleet, or over a given world. The emulator starts with the first reading.

    Time stands still at the fleet's as_of, so that two readings are equal to the byte. `latency` is seconds an
    answer takes.
    """

    label = "demo"

    def __init__(self, world: World | None = None, *, latency: float = 0.0, quota: bool = True) -> None:
        self.world = bundled("demo") if world is None else world
        self._thread = EmulatorThread(self.world, latency=latency, speed=0, quota=quota)
        self._lock = asyncio.Lock()
        self._reader: Source | None = None

    @property
    def as_of(self) -> datetime:
        """The moment the fleet stands for."""
        return self.world.as_of

    @property
    def log(self) -> list[LogEntry]:
        """Every request the emulator got."""
        return self._thread.log

    async def load(self, report: Report = ignore) -> Inventory:
        """Read the overview. Raises SourceError."""
        return await (await self._open()).load(report)

    async def load_all(self, report: Report = ignore) -> Inventory:
        """Read everything. Raises SourceError."""
        return await (await self._open()).load_all(report)

    async def refresh(self, inventory: Inventory, cluster: Cluster) -> Inventory:
        """Read one cluster again. Raises SourceError."""
        return await (await self._open()).refresh(inventory, cluster)

    async def close(self) -> None:
        """Close the reader and stop the emulator; safe to call twice."""
        async with self._lock:
            if self._reader is not None:
                await self._reader.close()
                self._reader = None
            self._thread.close()

    async def _open(self) -> Source:
        async with self._lock:
            if self._reader is None:
                try:
                    await self._thread.start_aside()
                except (OSError, RuntimeError) as problem:
                    raise SourceError(
                        "The demo cannot start", f"{problem}.", "Is loopback networking allowed?"
                    ) from None
                self._reader = self._make_reader()
            return self._reader

    def _make_reader(self) -> Source:
        from planner.azure.reader import AzureSource
        from planner.azure.settings import AzureSettings

        return AzureSource(
            AzureSettings(
                tenant=self.world.tenant,
                auth="static",
                arm_endpoint=self._thread.url,
                ca_bundle=self._thread.ca_file,
                now=lambda: self.world.as_of,
                source_kind=SourceKind.DEMO,
                token=lambda: TOKEN,
            )
        )
