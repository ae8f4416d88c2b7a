"""An upgrade over https: the write, the operation, and what everybody sees while emulated time passes."""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from planner.emulator.server import Emulator
from planner.emulator.world import World
from tests.emulator.conftest import Client, cluster_path
from tests.emulator.test_sdk import clusters_client

TARGET = "1.31.13"
WRITTEN_BY_THE_SERVICE = ("id", "name", "type", "systemData")


class Hands:
    """The hands of a clock that a test moves."""

    def __init__(self, moment: datetime) -> None:
        self.began = moment
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def move(self, minutes: float) -> None:
        """To so many minutes after the beginning."""
        self.moment = self.began + timedelta(minutes=minutes)


class Ticking:
    """A monotonic clock on which every look takes `step` seconds."""

    def __init__(self, step: float) -> None:
        self.step = step
        self.seconds = 0.0

    def __call__(self) -> float:
        self.seconds += self.step
        return self.seconds


@pytest.fixture
def hands(world: World) -> Hands:
    return Hands(world.as_of)


@pytest.fixture
async def emulator(world: World, hands: Hands) -> AsyncIterator[Emulator]:
    async with Emulator(world, now=hands) as running:
        yield running


def body_of(document: dict[str, Any], version: str = TARGET) -> dict[str, Any]:
    """What an honest client sends: the document as read, without what is read-only, with one change."""
    body = {name: value for name, value in copy.deepcopy(document).items() if name not in WRITTEN_BY_THE_SERVICE}
    for name in ("provisioningState", "status"):
        del body["properties"][name]
    body["properties"]["kubernetesVersion"] = version
    return body


async def upgrade(client: Client, world: World, name: str = "mes-prod", version: str = TARGET, **options: Any) -> Any:
    path = cluster_path(world, name)
    body = body_of((await client.get(path)).body, version)
    return await client.ask("PUT", path, data=json.dumps(body).encode(), **options)


async def test_the_real_client_polls_an_upgrade_to_its_end(world: World) -> None:
    clock = Ticking(20)
    async with Emulator(world, speed=1, ticks=clock) as emulator, clusters_client(emulator) as client:
        scope, clusters = world.cluster("mes-prod").id, client.provisioned_cluster_instances
        raw = await clusters.get(scope, cls=lambda pipeline, *_: pipeline.context["deserialized_data"])
        body = json.dumps(body_of(raw)).encode()
        poller = await clusters.begin_create_or_update(scope, body, polling_interval=0)
        done = await poller.result()
        pools = [pool async for pool in client.agent_pool.list_by_provisioned_cluster(scope)]
    assert poller.status() == "Succeeded"
    assert done.properties.kubernetes_version == TARGET
    assert done.properties.provisioning_state == done.properties.status.current_state == "Succeeded"
    ready = [(row.kubernetes_version, row.count) for pool in pools for row in pool.properties.status.ready_replicas]
    assert ready == [(TARGET, 3), (TARGET, 2)]
    assert [entry.method for entry in emulator.writes] == ["PUT"]
