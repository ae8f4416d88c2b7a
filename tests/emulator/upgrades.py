"""Upgrading a cluster by hand, and telling in a line what is to be seen.

The cluster has three control plane nodes, a pool of three nodes and one of two with one node on the target already. At
six minutes a node the control plane is done after 18.5 minutes, the pools after 36.5 and 42.5, and all after 43.
"""

from __future__ import annotations

import json
from typing import Any

from planner.emulator.world import World
from tests.emulator.conftest import Client, Reply, body_of, cluster_path

NAME = "mes-prod"
BEFORE, TARGET = "1.31.12", "1.31.13"


async def read(client: Client, world: World, rest: str = "/default") -> Any:
    return (await client.get(cluster_path(world, NAME, rest))).body


async def put(client: Client, world: World, body: Any, **options: Any) -> Reply:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await client.ask("PUT", cluster_path(world, NAME), data=data, **options)


async def upgrade(client: Client, world: World, version: str = TARGET, **options: Any) -> Reply:
    return await put(client, world, body_of(await read(client, world), version), **options)


async def operation(client: Client, accepted: Reply) -> Any:
    return (await client.follow(accepted.headers["Azure-AsyncOperation"])).body


async def look(client: Client, world: World, accepted: Reply | None = None) -> str:
    """What there is to see, in a line: states of the cluster, of the operation, and nodes at the target."""
    properties = (await read(client, world))["properties"]
    words = [properties["kubernetesVersion"], properties["provisioningState"], properties["status"]["currentState"]]
    words += [(await operation(client, accepted))["status"]] if accepted else []
    for pool in (await read(client, world, "/default/agentPools"))["value"]:
        ready = pool["properties"]["status"]["readyReplicas"]
        there = sum(row["count"] for row in ready if row["kubernetesVersion"] == TARGET)
        words.append(f"{there}/{sum(row['count'] for row in ready)}")
    return " ".join(words)
