"""Release updates and scaling, as everybody sees them while emulated time passes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from planner.emulator.maintenance import heal, scale, update_release
from planner.emulator.server import Emulator
from planner.emulator.world import Fault, World
from tests.emulator.conftest import Client, Hands, cluster_path, versions_path
from tests.emulator.upgrades import NAME, TARGET, look, operation, upgrade

BUILD = "12.2605.1003.210"
OFFERS = ("1.32.8", "1.32.9", "1.33.4", "1.33.5")
SUMMARIES = (
    "extensibilityresources | where type =~ 'microsoft.azurestackhci/clusters/updatesummaries' | project id, properties"
)


@pytest.fixture
async def emulator(world: World, hands: Hands) -> AsyncIterator[Emulator]:
    async with Emulator(world, now=hands) as running:
        yield running


async def summary(client: Client) -> Any:
    rows = (await client.query(SUMMARIES)).body["data"]
    return next(row["properties"] for row in rows if "plant12" in row["id"])


async def offered(client: Client, world: World) -> list[str]:
    listed = (await client.get(versions_path(world, "plant12"))).body["properties"]["values"]
    return [patch for minor in listed for patch in minor["patchVersions"]]


async def pool(client: Client, world: World, name: str = "linux1") -> tuple[int, str, dict[str, int]]:
    properties = (await client.get(cluster_path(world, NAME, f"/default/agentPools/{name}"))).body["properties"]
    ready = {row["kubernetesVersion"]: row["count"] for row in properties["status"]["readyReplicas"]}
    return properties["count"], properties["provisioningState"], ready


async def test_a_release_update_is_under_way_and_then_applied(client: Client, world: World, hands: Hands) -> None:
    before = await summary(client), await offered(client, world)
    update_release(world.instance("plant12"), BUILD, OFFERS, hands.began + timedelta(minutes=10), minutes=180)
    assert (await summary(client), await offered(client, world)) == before
    hands.move(13)
    under_way = await summary(client)
    assert (under_way["state"], under_way["currentVersion"]) == ("UpdateInProgress", "12.2604.1003.1006")
    assert await offered(client, world) == before[1]
    hands.move(190)
    assert await offered(client, world) == list(OFFERS)
    hands.move(192)
    done = await summary(client)
    assert (done["state"], done["currentVersion"]) == ("AppliedSuccessfully", BUILD)
    assert done["lastUpdated"] == "2026-05-20T15:10:00.0000000Z"


async def test_profiles_follow_the_list_of_the_new_release(client: Client, world: World, hands: Hands) -> None:
    path = cluster_path(world, NAME, "/default/upgradeProfiles/default")
    update_release(world.instance("plant12"), BUILD, OFFERS, hands(), minutes=60)
    hands.move(60)
    profile = (await client.get(path)).body["properties"]["controlPlaneProfile"]
    assert [row["kubernetesVersion"] for row in profile["upgrades"]] == ["1.32.8", "1.32.9"]


async def test_an_upgrade_goes_on_while_the_instance_is_updated(client: Client, world: World, hands: Hands) -> None:
    accepted = await upgrade(client, world)
    update_release(world.instance("plant12"), BUILD, OFFERS, hands(), minutes=60)
    hands.move(43)
    assert await look(client, world, accepted) == f"{TARGET} Succeeded Succeeded Succeeded 3/3 2/2"


def test_one_update_of_an_instance_at_a_time(world: World) -> None:
    update_release(world.instance("plant12"), BUILD, OFFERS, world.as_of, minutes=60)
    with pytest.raises(ValueError, match="plant12 is being updated already"):
        update_release(world.instance("plant12"), BUILD, OFFERS, world.as_of + timedelta(minutes=59))
    update_release(world.instance("plant12"), BUILD, None, world.as_of + timedelta(minutes=60))


async def test_a_pool_is_scaled_out_and_in_again(client: Client, world: World, hands: Hands) -> None:
    cluster = world.cluster(NAME)
    scale(cluster, "linux1", 5, hands())
    seen = [await pool(client, world)]
    for minutes in (6, 12):
        hands.move(minutes)
        seen.append(await pool(client, world))
    assert seen == [
        (5, "Updating", {"1.31.12": 3}),
        (5, "Updating", {"1.31.12": 4}),
        (5, "Succeeded", {"1.31.12": 5}),
    ]
    scale(cluster, "linux1", 3, hands())
    hands.move(24)
    assert await pool(client, world) == (3, "Succeeded", {"1.31.12": 3})
    assert (await client.get(cluster.id)).body["properties"]["totalNodeCount"] == 3 + 3 + 2


async def test_the_node_that_is_behind_goes_first(client: Client, world: World, hands: Hands) -> None:
    cluster = world.cluster(NAME)
    cluster.version = TARGET
    scale(cluster, "linux2", 1, hands())
    hands.move(6)
    assert await pool(client, world, "linux2") == (1, "Succeeded", {TARGET: 1})
    scale(cluster, "linux2", 0, hands())
    hands.move(12)
    assert await pool(client, world, "linux2") == (0, "Succeeded", {})


def test_a_pool_is_scaled_only_where_there_is_one_and_nothing_else_goes_on(world: World) -> None:
    cluster = world.cluster(NAME)
    with pytest.raises(KeyError):
        scale(cluster, "windows", 3, world.as_of)
    scale(cluster, "linux1", 4, world.as_of)
    with pytest.raises(ValueError, match="mes-prod is being changed already"):
        scale(cluster, "linux2", 4, world.as_of)


async def test_healing_a_stuck_flag(client: Client, world: World, hands: Hands) -> None:
    world.cluster(NAME).faults.append(Fault.parse("outcome:stuck"))
    accepted = await upgrade(client, world)
    hands.move(60)
    heal(world, world.cluster(NAME), hands())
    hands.move(62)
    assert await look(client, world, accepted) == f"{TARGET} Succeeded Succeeded Succeeded 3/3 2/2"
    assert (await operation(client, accepted))["endTime"] == "2026-05-20T12:43:00.0000000Z"
