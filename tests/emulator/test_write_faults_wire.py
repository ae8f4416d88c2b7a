"""Wrong answers to a write and to its polls, on real sockets: what arrives, and what was done by then."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import aiohttp
import pytest

from planner.emulator.faults import FOREIGN
from planner.emulator.server import Emulator
from planner.emulator.world import Fault, World
from tests.emulator.conftest import Client, Hands, cluster_path
from tests.emulator.upgrades import BEFORE, NAME, TARGET, look, operation, upgrade

STATUSES = {
    "401": (401, "ExpiredAuthenticationToken"),
    "401-claims": (401, "ExpiredAuthenticationToken"),
    "403": (403, "AuthorizationFailed"),
    "404": (404, "ResourceNotFound"),
    "409": (409, "RequestConflict"),
    "412": (412, "PreconditionFailed"),
    "429": (429, "SubscriptionRequestsThrottled"),
    "429-day": (429, "SubscriptionRequestsThrottled"),
    "500": (500, "InternalServerError"),
    "503": (503, "ServerTimeout"),
}
UNTOUCHED = f"{BEFORE} Succeeded Succeeded 0/3 1/2"
UNDER_WAY = f"{TARGET} Accepted Succeeded 0/3 1/2"


@pytest.fixture
async def emulator(world: World, hands: Hands) -> AsyncIterator[Emulator]:
    async with Emulator(world, now=hands) as running:
        yield running


def hit(world: World, *faults: str) -> None:
    world.cluster(NAME).faults.extend(map(Fault.parse, faults))


async def operation_address(client: Client, world: World) -> str:
    return (await upgrade(client, world)).headers["Azure-AsyncOperation"]


# -- statuses


@pytest.mark.parametrize("kind", STATUSES)
async def test_a_write_that_is_refused_did_nothing(client: Client, world: World, kind: str) -> None:
    hit(world, f"put:{kind}!")
    reply = await upgrade(client, world)
    assert (reply.status, reply.code) == STATUSES[kind]
    assert await look(client, world) == UNTOUCHED
    assert world.operations == {}
    assert (await upgrade(client, world)).status == 201


@pytest.mark.parametrize("kind", sorted(set(STATUSES) - {"409"}))
async def test_a_poll_that_is_refused_stops_nothing(client: Client, world: World, hands: Hands, kind: str) -> None:
    address = await operation_address(client, world)
    hit(world, f"operation:{kind}!")
    reply = await client.follow(address)
    assert (reply.status, reply.code) == STATUSES[kind]
    hands.move(43)
    assert (await client.follow(address)).body["status"] == "Succeeded"


async def test_a_refusal_names_the_right_that_is_missing(client: Client, world: World) -> None:
    hit(world, "put:403!", "operation:403!")
    refused = await upgrade(client, world)
    assert "provisionedClusterInstances/write" in refused.body["error"]["message"]
    poll = await client.follow(await operation_address(client, world))
    assert "operationStatuses/read" in poll.body["error"]["message"]


@pytest.mark.parametrize(("kind", "wait"), [("429", "1"), ("429-day", "86400"), ("503", None)])
async def test_how_long_to_wait(client: Client, world: World, kind: str, wait: str | None) -> None:
    hit(world, f"put:{kind}")
    assert (await upgrade(client, world)).headers.get("Retry-After") == wait


async def test_a_claims_challenge_names_the_claims(client: Client, world: World) -> None:
    hit(world, "put:401-claims!", "put:401!")
    asked = (await upgrade(client, world)).headers["WWW-Authenticate"]
    claims = asked.partition('claims="')[2].partition('"')[0]
    assert json.loads(base64.b64decode(claims))["access_token"]["nbf"]["essential"] is True
    assert 'error="insufficient_claims"' in asked
    assert "claims" not in (await upgrade(client, world)).headers["WWW-Authenticate"]


# -- answers that are spoilt


async def test_a_portal_in_between_answers_html_and_passes_nothing_on(client: Client, world: World) -> None:
    hit(world, "put:html!")
    reply = await upgrade(client, world)
    assert (reply.status, reply.body) == (200, None)
    assert reply.headers["Content-Type"].startswith("text/html")
    assert "Azure-AsyncOperation" not in reply.headers
    assert await look(client, world) == UNTOUCHED


async def test_a_redirect_leads_to_another_host_and_does_nothing(client: Client, world: World) -> None:
    hit(world, "put:redirect!")
    reply = await upgrade(client, world, allow_redirects=False)
    assert reply.status == 307
    assert reply.headers["Location"] == FOREIGN + cluster_path(world, NAME)
    assert await look(client, world) == UNTOUCHED


@pytest.mark.parametrize("kind", ["half", "null"])
async def test_a_spoilt_answer_comes_after_the_work(client: Client, world: World, kind: str) -> None:
    hit(world, f"put:{kind}!")
    reply = await upgrade(client, world)
    assert reply.status == 201
    assert reply.body is None if kind == "half" else reply.body["properties"]["provisioningState"] is None
    assert await look(client, world) == UNDER_WAY
    assert (await operation(client, reply))["status"] == "Pending"


async def test_an_operation_can_be_on_another_host(client: Client, world: World) -> None:
    hit(world, "put:foreign!")
    address = (await upgrade(client, world)).headers["Azure-AsyncOperation"]
    assert address.startswith(f"{FOREIGN}/providers/Microsoft.HybridContainerService/locations/")
    (known,) = world.operations.values()
    assert urlsplit(address).path == known.path
    assert await look(client, world) == UNDER_WAY


async def test_the_other_host_can_be_one_that_listens(client: Client, world: World) -> None:
    world.foreign = "https://127.0.0.1:4444"
    hit(world, "put:foreign!", "cluster:redirect!")
    moved = await client.get(cluster_path(world, NAME), allow_redirects=False)
    assert moved.headers["Location"].startswith("https://127.0.0.1:4444/subscriptions/")
    assert (await upgrade(client, world)).headers["Azure-AsyncOperation"].startswith("https://127.0.0.1:4444/")


async def test_an_operation_can_go_unnamed(client: Client, world: World) -> None:
    hit(world, "put:no-operation!")
    reply = await upgrade(client, world)
    assert reply.status == 201
    assert "Azure-AsyncOperation" not in reply.headers
    assert await look(client, world) == UNDER_WAY


async def test_an_operation_can_tell_a_status_nobody_knows(client: Client, world: World) -> None:
    address = await operation_address(client, world)
    hit(world, "operation:status-odd!")
    assert [(await client.follow(address)).body["status"] for _ in range(2)] == ["Rebalancing", "Pending"]


# -- connections that break


async def test_a_reset_comes_before_the_work(client: Client, emulator: Emulator, world: World) -> None:
    hit(world, "put:reset!")
    with pytest.raises(aiohttp.ClientError):
        await upgrade(client, world)
    assert [(entry.status, len(entry.body) > 0) for entry in emulator.writes] == [(0, True)]
    assert await look(client, world) == UNTOUCHED


async def test_an_answer_is_lost_after_the_work(client: Client, emulator: Emulator, world: World) -> None:
    hit(world, "put:lost!")
    with pytest.raises(aiohttp.ClientError):
        await upgrade(client, world)
    assert [entry.status for entry in emulator.writes] == [0]
    assert await look(client, world) == UNDER_WAY
    assert len(world.operations) == 1


async def test_a_body_is_cut_in_the_middle(client: Client, world: World) -> None:
    hit(world, "put:cut!")
    with pytest.raises(aiohttp.ClientPayloadError):
        await upgrade(client, world)
    assert await look(client, world) == UNDER_WAY


async def test_a_cut_answer_has_its_head(client: Client, emulator: Emulator, world: World) -> None:
    hit(world, "cluster:cut!")
    url = emulator.url + cluster_path(world, NAME)
    async with client.session.get(
        url, params={"api-version": "2024-01-01"}, headers={"Authorization": "Bearer x"}
    ) as answer:
        assert answer.status == 200
        with pytest.raises(aiohttp.ClientPayloadError):
            await answer.read()


async def test_an_answer_drips(client: Client, emulator: Emulator, world: World) -> None:
    hit(world, "cluster:drip!")
    url = emulator.url + cluster_path(world, NAME)
    async with client.session.get(
        url, params={"api-version": "2024-01-01"}, headers={"Authorization": "Bearer x"}
    ) as answer:
        pieces = [await answer.content.readany() for _ in range(3)]
        assert pieces == [b"{", b'"', b"i"]
        assert not answer.content.at_eof()


@pytest.mark.parametrize("kind", ["hang", "drip"])
async def test_what_never_ends_is_ended_with_the_emulator(
    client: Client, emulator: Emulator, world: World, kind: str
) -> None:
    hit(world, f"put:{kind}")
    request = asyncio.create_task(upgrade(client, world))
    while not world.operations:
        await asyncio.sleep(0)
    assert not request.done()
    await asyncio.wait_for(emulator.close(), 1)
    with pytest.raises(aiohttp.ClientError):
        await request


async def test_a_client_that_sends_again_is_found_out(emulator: Emulator, world: World) -> None:
    """Plain aiohttp repeats a PUT whose connection breaks; the log shows both, and one upgrade."""
    trust = ssl.create_default_context(cafile=str(emulator.ca_file))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust)) as session:
        hit(world, "put:lost!")
        answer = await upgrade(Client(emulator, session), world)
    assert [(entry.method, entry.status) for entry in emulator.writes] == [("PUT", 0), ("PUT", 409)]
    assert answer.code == "RequestConflict"
    assert len(world.operations) == 1


@pytest.mark.parametrize(
    ("part", "rest"), [("cluster", "/default"), ("pools", "/default/agentPools"), ("all", "/default/agentPools")]
)
async def test_reads_break_the_same_way(client: Client, world: World, part: str, rest: str) -> None:
    hit(world, f"{part}:reset!", f"{part}:401!")
    with pytest.raises(aiohttp.ClientError):
        await client.get(cluster_path(world, NAME, rest))
    assert [(await client.get(cluster_path(world, NAME, rest))).status for _ in range(2)] == [401, 200]


# -- the syntax


@pytest.mark.parametrize(
    "text", ["outcome:403", "outcome:", "put:stuck", "put:status-odd", "operation:foreign", "cluster:no-operation"]
)
def test_a_fault_belongs_to_its_part(text: str) -> None:
    with pytest.raises(ValueError, match="is not a fault"):
        Fault.parse(text)


def test_a_fault_tells_its_kind_without_its_mark() -> None:
    assert Fault.parse("put:401-claims!").what == "401-claims"
    assert Fault.parse("outcome:timed-out") == Fault("outcome", "timed-out")
