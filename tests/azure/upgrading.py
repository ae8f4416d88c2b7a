"""One upgrade of one cluster through the real upgrader, on the emulator: the order, the journal, the log of the server."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from planner.azure.reader import AzureSource
from planner.azure.upgrade_body import differences
from planner.azure.upgrader import AzureUpgrader
from planner.emulator.server import Emulator, LogEntry
from planner.emulator.world import Cluster, Fault, Pool, World
from planner.events import Accepted, Doubted, Fingerprint, Intended, Order, Refused

NAME, ORIGIN, TARGET = "mes-prod", "1.31.12", "1.32.9"
POINTER = "/properties/kubernetesVersion"


def at_rest(world: World) -> Cluster:
    """The cluster, with all its nodes on the origin."""
    cluster = world.cluster(NAME)
    cluster.pools = [Pool("linux1", 3), Pool("linux2", 2)]
    return cluster


def order_for(world: World, **changes: str) -> Order:
    wanted = {"step": "S01", "cluster": world.cluster(NAME).id, "name": NAME, "origin": ORIGIN, "target": TARGET}
    return Order(**{**wanted, **changes})


@dataclass
class Upgrade:
    """An operator at one cluster: prepares, confirms, and keeps what was to be written down."""

    world: World
    emulator: Emulator
    source: AzureSource
    upgrader: AzureUpgrader
    intents: list[Intended] = field(default_factory=list[Intended])

    @property
    def order(self) -> Order:
        return order_for(self.world)

    @property
    def cluster(self) -> Cluster:
        return self.world.cluster(NAME)

    def fault(self, *texts: str) -> None:
        self.cluster.faults.extend(map(Fault.parse, texts))

    async def run_with(self, fingerprint: Fingerprint) -> Accepted | Refused | Doubted:
        """Send what was confirmed with that fingerprint."""
        return await self.upgrader.send(self.order, fingerprint, self.intents.append)

    async def run(self) -> Accepted | Refused | Doubted:
        """Prepare and send."""
        return await self.run_with((await self.upgrader.prepare(self.order)).fingerprint)

    @property
    def puts(self) -> list[LogEntry]:
        """Everything that was no reading."""
        return self.emulator.writes

    @property
    def state(self) -> tuple[str, str]:
        """Version and provisioningState, as the server itself has them."""
        seen = self.world.seen(self.cluster, self.emulator.now())
        return seen.version, seen.provisioning_state


UNTOUCHED = (ORIGIN, "Succeeded")
UNDER_WAY = (TARGET, "Accepted")


def change_of(entry: LogEntry) -> list[str]:
    """The JSON pointers at which a PUT differs from the last answer about its cluster, but for what is Azure's own."""
    before: dict[str, Any] = json.loads(entry.before)
    for name in ("id", "name", "type", "systemData"):
        del before[name]
    for name in ("provisioningState", "status"):
        del before["properties"][name]
    return list(differences(before, json.loads(entry.body)))
