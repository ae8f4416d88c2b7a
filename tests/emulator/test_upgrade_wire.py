"""An upgrade over https: the write, the operation, and what everybody sees while emulated time passes.

See upgrades.py for the cluster and its timetable.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from planner.emulator.operation import CANARY
from planner.emulator.server import Emulator
from planner.emulator.world import Fault, World
from tests.emulator.conftest import Client, Hands, body_of, cluster_path, recorded, shape, versions_path
from tests.emulator.test_sdk import clusters_client
from tests.emulator.upgrades import BEFORE, NAME, TARGET, look, operation, put, read, upgrade

CLUSTERS = "resources | where type =~ 'microsoft.kubernetes/connectedclusters' | project id, name, properties"
STATES = "extensibilityresources | project id, type, properties"


class Ticking:
    """A monotonic clock on which every look takes `step` seconds."""

    def __init__(self, step: float) -> None:
        self.step = step
        self.seconds = 0.0

    def __call__(self) -> float:
        self.seconds += self.step
        return self.seconds


@pytest.fixture
async def emulator(world: World, hands: Hands) -> AsyncIterator[Emulator]:
    async with Emulator(world, now=hands) as running:
        yield running


# -- the answer


async def test_an_update_is_accepted_as_recorded(client: Client, world: World) -> None:
    reply = await upgrade(client, world)
    assert reply.status == 201
    known = recorded("cluster-put-response-201")
    assert set(known) == set(reply.body)
    assert set(known["properties"]) <= set(reply.body["properties"])
    assert "status" not in reply.body["properties"]
    assert reply.body["properties"]["provisioningState"] == "Accepted"
    headers = {name.lower() for name in reply.headers}
    assert {name.lower() for name in recorded("response-headers-put-201")} <= headers
    assert not headers & {"retry-after", "location"}
    assert reply.headers["x-ms-ratelimit-remaining-subscription-writes"] == "199"
    assert reply.headers["x-ms-ratelimit-remaining-subscription-global-writes"] == "2999"
    assert reply.headers["x-ms-async-operation-timeout"] == "P6D"


async def test_the_address_of_the_operation_is_long_absolute_and_signed(client: Client, world: World) -> None:
    address = (await upgrade(client, world)).headers["Azure-AsyncOperation"]
    known = urlsplit(recorded("response-headers-put-201")["Azure-AsyncOperation"])
    found = urlsplit(address)
    assert f"{found.scheme}://{found.netloc}" == client.emulator.url
    assert found.path.rpartition("/")[0] == known.path.rpartition("/")[0].replace("CANADACENTRAL", "WESTEUROPE")
    assert len(found.path) - len("WESTEUROPE") == len(known.path) - len("CANADACENTRAL")
    query = {name: values[0] for name, values in parse_qs(found.query).items()}
    assert set(query) == set(parse_qs(known.query))
    assert 3000 < len(query["c"]) < 4000 < len(address) < 4400
    assert query["c"].startswith(CANARY)
    assert query["s"].startswith(CANARY)


async def test_operations_look_as_recorded_from_pending_to_succeeded(
    client: Client, world: World, hands: Hands
) -> None:
    accepted = await upgrade(client, world)
    for minutes, status in ((0, "pending"), (1, "updating"), (43, "succeeded")):
        hands.move(minutes)
        reply = await client.follow(accepted.headers["Azure-AsyncOperation"])
        assert reply.status == 200
        assert shape(reply.body) == shape(recorded(f"operationstatus-{status}"))
        assert reply.body["status"].lower() == status
        assert reply.body["error"] == {}
        assert reply.headers["x-ms-ratelimit-remaining-tenant-reads"]
        assert "Retry-After" not in reply.headers
    assert reply.body["endTime"] == "2026-05-20T12:43:00.0000000Z"
    assert reply.body["resourceId"].endswith("/ProvisionedClusterInstances/default")


@pytest.mark.parametrize("change", [("s=", "s=x"), ("t=", "t=1"), ("operationStatuses/", "operationStatuses/0")])
async def test_an_address_that_was_not_given_out_is_not_found(
    client: Client, world: World, change: tuple[str, str]
) -> None:
    address = (await upgrade(client, world)).headers["Azure-AsyncOperation"]
    reply = await client.follow(address.replace(*change))
    assert (reply.status, reply.code) == (404, "ResourceNotFound")


# -- what is refused


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"{}", b'{"properties": []}', b'{"properties": {"kubernetesVersion": 1.3}}'],
)
async def test_what_is_no_document_is_a_bad_request(client: Client, world: World, body: bytes) -> None:
    reply = await put(client, world, body)
    assert (reply.status, reply.code) == (400, "InvalidRequestContent")
    assert world.operations == {}


@pytest.mark.parametrize("location", [None, {}, {"name": "/subscriptions/other", "type": "CustomLocation"}])
async def test_a_cluster_cannot_be_moved(client: Client, world: World, location: Any) -> None:
    body = body_of(await read(client, world), TARGET) | {"extendedLocation": location}
    assert (await put(client, world, body)).status == 400
    assert world.operations == {}


async def test_another_api_version_is_refused(client: Client, world: World) -> None:
    path = cluster_path(world, NAME)
    reply = await client.ask("PUT", path, "2023-11-15-preview", json=body_of(await read(client, world), TARGET))
    assert (reply.status, reply.code) == (400, "NoRegisteredProviderFound")


async def test_a_disabled_subscription_takes_no_writes(client: Client, world: World) -> None:
    world.subscriptions[0].state = "Disabled"
    reply = await upgrade(client, world)
    assert reply.status == 409
    assert shape(reply.body) == shape(recorded("error-readonlydisabledsubscription"))
    assert reply.code == "ReadOnlyDisabledSubscription"
    assert await look(client, world) == f"{BEFORE} Succeeded Succeeded 0/3 1/2"


async def test_a_cluster_that_does_not_exist_cannot_be_made(client: Client, world: World) -> None:
    body = body_of(await read(client, world), TARGET)
    reply = await client.ask("PUT", cluster_path(world, NAME).replace(NAME, "new"), json=body)
    assert (reply.status, reply.code) == (404, "ResourceNotFound")


async def test_a_second_write_waits_for_the_first_to_end(client: Client, world: World, hands: Hands) -> None:
    await upgrade(client, world)
    for minutes in (0, 20, 42.9):
        hands.move(minutes)
        reply = await upgrade(client, world)
        assert (reply.status, reply.code) == (409, "RequestConflict")
    hands.move(43)
    assert (await upgrade(client, world)).status == 201


async def test_a_cluster_that_somebody_else_changes_is_busy(client: Client, world: World) -> None:
    world.cluster(NAME).provisioning_state = "Updating"
    assert (await upgrade(client, world)).code == "RequestConflict"


async def test_a_tag_is_honoured_until_it_is_switched_off(client: Client, world: World) -> None:
    path = cluster_path(world, NAME)
    old = (await client.get(path)).headers["ETag"]
    world.cluster(NAME).control_plane = 1
    body = body_of(await read(client, world), TARGET)

    def tagged(tag: str) -> dict[str, str]:
        return {"Authorization": "Bearer anything", "If-Match": tag}

    refused = await put(client, world, body, headers=tagged(old))
    assert (refused.status, refused.code) == (412, "PreconditionFailed")
    assert world.operations == {}
    new = (await client.get(path)).headers["ETag"]
    assert (await put(client, world, body, headers=tagged(new))).status == 201


async def test_an_old_tag_passes_where_tags_are_not_honoured(client: Client, world: World) -> None:
    world.if_match = False
    headers = {"Authorization": "Bearer anything", "If-Match": '"old"'}
    assert (await upgrade(client, world, headers=headers)).status == 201


async def test_writes_have_a_quota_of_their_own(client: Client, world: World, emulator: Emulator) -> None:
    for left in (199, 198):
        reply = await put(client, world, b"")
        assert reply.headers["x-ms-ratelimit-remaining-subscription-writes"] == str(left)
    assert (await client.get(cluster_path(world, NAME))).headers["x-ms-ratelimit-remaining-subscription-reads"] == "249"


# -- the course


async def test_an_upgrade_moves_the_control_plane_and_then_node_after_node(
    client: Client, world: World, hands: Hands
) -> None:
    accepted = await upgrade(client, world)
    seen: list[str] = []
    for minutes in (0, 1, 18, 25, 37, 42.7, 43):
        hands.move(minutes)
        seen.append(await look(client, world, accepted))
    assert seen == [
        f"{TARGET} Accepted Succeeded Pending 0/3 1/2",
        f"{TARGET} Upgrading Upgrading Updating 0/3 1/2",
        f"{TARGET} Upgrading Upgrading Updating 0/3 1/2",
        f"{TARGET} Upgrading Upgrading Updating 1/3 1/2",
        f"{TARGET} Upgrading Upgrading Updating 3/3 1/2",
        f"{TARGET} Upgrading Upgrading Updating 3/3 2/2",
        f"{TARGET} Succeeded Succeeded Succeeded 3/3 2/2",
    ]


async def test_pools_look_as_recorded_in_the_middle(client: Client, world: World, hands: Hands) -> None:
    await upgrade(client, world)
    hands.move(25)
    pools = await read(client, world, "/default/agentPools")
    assert shape(pools["value"][0]) == shape(recorded("agentpools-list-mid-upgrade")["value"][0])
    states = [(row["properties"]["provisioningState"], row["properties"]["status"]) for row in pools["value"]]
    assert [(state, status["currentState"]) for state, status in states] == [("Upgrading", "Upgrading")] * 2
    hands.move(37)
    pools = await read(client, world, "/default/agentPools")
    assert [row["properties"]["provisioningState"] for row in pools["value"]] == ["Succeeded", "Upgrading"]


async def test_profile_and_connected_cluster_follow_at_the_end(client: Client, world: World, hands: Hands) -> None:
    async def versions() -> tuple[str, str, list[str]]:
        profile = (await read(client, world, "/default/upgradeProfiles/default"))["properties"]["controlPlaneProfile"]
        connected = (await client.get(world.cluster(NAME).id)).body["properties"]
        upgrades = [row["kubernetesVersion"] for row in profile["upgrades"]]
        return profile["kubernetesVersion"], connected["kubernetesVersion"], upgrades

    await upgrade(client, world)
    hands.move(42.9)
    assert await versions() == (BEFORE, BEFORE, [TARGET, "1.32.8", "1.32.9"])
    hands.move(43)
    assert await versions() == (TARGET, TARGET, ["1.32.8", "1.32.9"])


async def test_resource_graph_is_two_minutes_behind(client: Client, world: World, hands: Hands) -> None:
    world.cluster(NAME).graph_version = "1.30.14"

    async def rows() -> list[str]:
        connected = next(row for row in (await client.query(CLUSTERS)).body["data"] if row["name"] == NAME)
        states = [row for row in (await client.query(STATES)).body["data"] if NAME in row["id"]]
        state, profile = sorted(states, key=lambda row: row["type"])
        return [
            state["properties"]["provisioningState"],
            state["properties"]["kubernetesVersion"],
            profile["properties"]["controlPlaneProfile"]["kubernetesVersion"],
            connected["properties"]["kubernetesVersion"],
        ]

    before = await rows()
    assert before == ["Succeeded", "1.30.14", "1.30.14", "1.30.14"]
    await upgrade(client, world)
    hands.move(1.9)
    assert await rows() == before
    hands.move(2)
    assert (await rows())[0] == "Accepted"
    hands.move(44.9)
    assert (await rows())[0] == "Upgrading"
    hands.move(45)
    assert await rows() == ["Succeeded", TARGET, TARGET, TARGET]


async def test_the_time_of_the_last_change_moves_with_the_work(client: Client, world: World, hands: Hands) -> None:
    async def modified() -> datetime:
        text = (await read(client, world))["systemData"]["lastModifiedAt"]
        return datetime.fromisoformat(text[:26] + "+00:00")

    await upgrade(client, world)
    assert await modified() == world.as_of
    hands.move(20)
    assert await modified() == world.as_of + timedelta(minutes=0.5)
    hands.move(100)
    assert await modified() == world.as_of + timedelta(minutes=43)


async def test_two_hops_one_after_the_other(client: Client, world: World, hands: Hands) -> None:
    first = await upgrade(client, world)
    hands.move(43)
    second = await upgrade(client, world, "1.32.9")
    assert first.headers["Azure-AsyncOperation"] != second.headers["Azure-AsyncOperation"]
    hands.move(43 + 49)
    properties = (await read(client, world))["properties"]
    assert (properties["kubernetesVersion"], properties["provisioningState"]) == ("1.32.9", "Succeeded")
    assert [(await operation(client, one))["status"] for one in (first, second)] == ["Succeeded", "Succeeded"]


async def test_a_cluster_can_be_changed_by_hand_after_its_upgrade(client: Client, world: World, hands: Hands) -> None:
    await upgrade(client, world)
    hands.move(43)
    assert await look(client, world) == f"{TARGET} Succeeded Succeeded 3/3 2/2"
    world.cluster(NAME).version = "1.32.9"
    world.cluster(NAME).provisioning_state = "Updating"
    assert await look(client, world) == "1.32.9 Updating Succeeded 0/3 0/2"


async def test_agents_keep_reporting_as_time_passes(client: Client, world: World, hands: Hands) -> None:
    async def contact(name: str) -> datetime:
        found = (await client.get(world.cluster(name).id)).body["properties"]["lastConnectivityTime"]
        return datetime.fromisoformat(found.replace("Z", "+00:00"))

    world.cluster("scada").connectivity = "Offline"
    before = await contact(NAME), await contact("scada")
    hands.move(60)
    assert await contact(NAME) == before[0] + timedelta(hours=1)
    assert await contact("scada") == before[1]


async def test_the_real_client_polls_an_upgrade_to_its_end(world: World) -> None:
    clock = Ticking(20)
    async with Emulator(world, speed=1, ticks=clock) as emulator, clusters_client(emulator) as client:
        scope, clusters = world.cluster(NAME).id, client.provisioned_cluster_instances
        raw = await clusters.get(scope, cls=lambda pipeline, *_: pipeline.context["deserialized_data"])
        body = json.dumps(body_of(raw, TARGET)).encode()
        poller = await clusters.begin_create_or_update(scope, body, polling_interval=0)
        done = await poller.result()
        pools = [pool async for pool in client.agent_pool.list_by_provisioned_cluster(scope)]
    assert poller.status() == "Succeeded"
    assert done.properties.kubernetes_version == TARGET
    assert done.properties.provisioning_state == done.properties.status.current_state == "Succeeded"
    ready = [(row.kubernetes_version, row.count) for pool in pools for row in pool.properties.status.ready_replicas]
    assert ready == [(TARGET, 3), (TARGET, 2)]
    assert [entry.method for entry in emulator.writes] == ["PUT"]


# -- the log


async def test_the_log_keeps_what_was_written_and_what_it_was_based_on(
    client: Client, emulator: Emulator, world: World, hands: Hands
) -> None:
    key = world.cluster(NAME).id.casefold()
    hands.move(7)
    read_first = await client.get(cluster_path(world, NAME))
    assert emulator.documents == {key: read_first.raw}
    body = json.dumps(body_of(read_first.body, TARGET)).encode()
    await put(client, world, body)
    await client.get(cluster_path(world, NAME))
    (write,) = emulator.writes
    assert (write.status, write.body, write.before) == (201, body, read_first.raw)
    assert write.body_sha256 == hashlib.sha256(body).hexdigest()
    assert write.moment == world.as_of + timedelta(minutes=7)
    assert emulator.documents[key] != read_first.raw
    assert [entry.body for entry in emulator.log if entry.is_read] == [b"", b""]


async def test_a_document_that_never_arrived_is_not_kept(client: Client, emulator: Emulator, world: World) -> None:
    world.cluster(NAME).faults.append(Fault.parse("cluster:500"))
    await client.get(cluster_path(world, NAME))
    await client.get(versions_path(world, "plant12"))
    assert emulator.documents == {}
