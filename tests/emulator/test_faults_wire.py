"""Wrong answers on purpose."""

from __future__ import annotations

import asyncio
import json

import pytest

from planner.emulator.faults import FOREIGN
from planner.emulator.server import Emulator
from planner.emulator.world import Fault, World
from tests.emulator.conftest import Client, cluster_path, recorded, shape, versions_path


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("403", 403, "AuthorizationFailed"),
        ("404", 404, "ResourceNotFound"),
        ("409", 409, "MissingSubscriptionRegistration"),
        ("429", 429, "SubscriptionRequestsThrottled"),
        ("500", 500, "InternalServerError"),
        ("503", 503, "ServerTimeout"),
    ],
)
async def test_a_status_as_azure_words_it(client: Client, world: World, kind: str, status: int, code: str) -> None:
    world.cluster("mes-prod").faults.append(Fault.parse(kind))
    reply = await client.get(cluster_path(world, "mes-prod"))
    assert (reply.status, reply.code) == (status, code)
    assert reply.headers.get("Retry-After") == ("1" if status == 429 else None)


async def test_a_part_fails_alone(client: Client, world: World) -> None:
    world.cluster("mes-prod").faults.append(Fault.parse("pools:403"))
    pools = await client.get(cluster_path(world, "mes-prod", "/default/agentPools"))
    assert pools.status == 403
    assert "provisionedClusterInstances/agentPools/read" in pools.body["error"]["message"]
    assert (await client.get(cluster_path(world, "mes-prod"))).status == 200


async def test_a_fault_can_happen_once(client: Client, world: World) -> None:
    world.cluster("mes-prod").faults.append(Fault.parse("429!"))
    path = cluster_path(world, "mes-prod")
    assert [(await client.get(path)).status for _ in range(3)] == [429, 200, 200]


async def test_an_unregistered_subscription_answers_as_recorded(client: Client, world: World) -> None:
    world.subscriptions[0].registered = False
    cluster = await client.get(cluster_path(world, "mes-prod"))
    versions = await client.get(versions_path(world, "plant12"))
    assert cluster.status == versions.status == 409
    assert cluster.body == recorded("error-missingsubscriptionregistration")


async def test_a_captive_portal_answers_html_with_200(client: Client, world: World) -> None:
    world.cluster("mes-prod").faults.append(Fault.parse("html"))
    reply = await client.get(cluster_path(world, "mes-prod"))
    assert (reply.status, reply.body) == (200, None)
    assert reply.headers["Content-Type"].startswith("text/html")


async def test_half_a_document(client: Client, world: World) -> None:
    world.cluster("mes-prod").faults.append(Fault.parse("half"))
    reply = await client.get(cluster_path(world, "mes-prod"))
    assert reply.status == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(reply.raw)


async def test_every_leaf_null(client: Client, world: World) -> None:
    whole = await client.get(versions_path(world, "plant12"))
    world.instance("plant12").faults.append(Fault.parse("versions:null"))
    reply = await client.get(versions_path(world, "plant12"))
    assert set(reply.body) == set(whole.body)
    assert "str" not in json.dumps(shape(reply.body))
    assert len(reply.body["properties"]["values"]) == len(whole.body["properties"]["values"])


async def test_a_hang_ends_with_the_emulator(client: Client, emulator: Emulator, world: World) -> None:
    world.cluster("mes-prod").faults.append(Fault.parse("hang"))
    request = asyncio.create_task(client.get(cluster_path(world, "mes-prod")))
    while not emulator.log:
        await asyncio.sleep(0)
    assert not request.done()
    await asyncio.wait_for(emulator.close(), 1)
    await asyncio.gather(request, return_exceptions=True)
    assert emulator.log[0].status == 0


@pytest.mark.parametrize("kind", ["next-self", "next-foreign"])
async def test_a_next_link_that_must_not_be_followed(
    client: Client, emulator: Emulator, world: World, kind: str
) -> None:
    world.cluster("mes-prod").faults.append(Fault.parse(f"pools:{kind}"))
    reply = await client.get(cluster_path(world, "mes-prod", "/default/agentPools"))
    host = emulator.url if kind == "next-self" else FOREIGN
    assert reply.body["nextLink"].startswith(f"{host}/subscriptions/")


@pytest.mark.parametrize("text", ["", "nonsense", "pools:nonsense", "nowhere:403", "graph:403", "instance"])
def test_an_unknown_fault_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a fault"):
        Fault.parse(text)
