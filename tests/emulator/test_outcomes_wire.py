"""Every way an upgrade can go, at the moments that tell it from the others."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from planner.emulator.faults import Outcome
from planner.emulator.maintenance import heal
from planner.emulator.server import Emulator
from planner.emulator.world import Fault, World
from tests.emulator.conftest import SERVER_OWNED, Client, Hands, body_of, recorded
from tests.emulator.upgrades import BEFORE, NAME, TARGET, look, operation, put, read, upgrade

FOR_EVER = 5000
ROLLING = "Upgrading Upgrading Updating"
OUTCOMES: dict[str, dict[float, str]] = {
    "": {
        0.4: f"{TARGET} Accepted Succeeded Pending 0/3 1/2",
        42.9: f"{TARGET} {ROLLING} 3/3 2/2",
        43: f"{TARGET} Succeeded Succeeded Succeeded 3/3 2/2",
        FOR_EVER: f"{TARGET} Succeeded Succeeded Succeeded 3/3 2/2",
    },
    Outcome.TIMED_OUT: {
        30: f"{TARGET} {ROLLING} 1/3 1/2",
        31: f"{TARGET} Failed Upgrading Failed 2/3 1/2",
        42.9: f"{TARGET} Failed Upgrading Failed 3/3 2/2",
        43: f"{TARGET} Succeeded Succeeded Failed 3/3 2/2",
    },
    Outcome.STUCK: {
        42.9: f"{TARGET} {ROLLING} 3/3 2/2",
        43: f"{TARGET} Succeeded Upgrading Succeeded 3/3 2/2",
        FOR_EVER: f"{TARGET} Succeeded Upgrading Succeeded 3/3 2/2",
    },
    Outcome.FAILED: {
        3: f"{TARGET} {ROLLING} 0/3 1/2",
        3.5: f"{TARGET} Failed Failed Failed 0/3 1/2",
        FOR_EVER: f"{TARGET} Failed Failed Failed 0/3 1/2",
    },
    Outcome.ADMISSION: {
        0.4: f"{TARGET} Accepted Succeeded Pending 0/3 1/2",
        0.9: f"{TARGET} Accepted Succeeded Updating 0/3 1/2",
        1: f"{BEFORE} Succeeded Succeeded Failed 0/3 1/2",
        FOR_EVER: f"{BEFORE} Succeeded Succeeded Failed 0/3 1/2",
    },
    Outcome.PARTIAL: {
        36.5: f"{TARGET} {ROLLING} 3/3 1/2",
        43: f"{TARGET} Succeeded Succeeded Succeeded 3/3 1/2",
        FOR_EVER: f"{TARGET} Succeeded Succeeded Succeeded 3/3 1/2",
    },
    Outcome.DRAIN: {
        31: f"{TARGET} {ROLLING} 2/3 1/2",
        FOR_EVER: f"{TARGET} {ROLLING} 2/3 1/2",
    },
    Outcome.CANCELED: {
        3: f"{TARGET} {ROLLING} 0/3 1/2",
        3.5: f"{TARGET} Canceled Succeeded Canceled 0/3 1/2",
        FOR_EVER: f"{TARGET} Canceled Succeeded Canceled 0/3 1/2",
    },
    Outcome.DISCONNECTED: {
        25: f"{TARGET} {ROLLING} 1/3 1/2",
        43: f"{TARGET} Succeeded Succeeded Succeeded 3/3 2/2",
    },
}


@pytest.fixture
async def emulator(world: World, hands: Hands) -> AsyncIterator[Emulator]:
    async with Emulator(world, now=hands) as running:
        yield running


def plan(world: World, outcome: str) -> None:
    world.cluster(NAME).faults.append(Fault.parse(f"outcome:{outcome}"))


def test_every_outcome_is_tried() -> None:
    assert set(OUTCOMES) == {"", *Outcome.KNOWN}


@pytest.mark.parametrize("outcome", OUTCOMES)
async def test_an_outcome_at_its_moments(client: Client, world: World, hands: Hands, outcome: str) -> None:
    if outcome:
        plan(world, outcome)
    accepted = await upgrade(client, world)
    seen: dict[float, str] = {}
    for minutes in OUTCOMES[outcome]:
        hands.move(minutes)
        seen[minutes] = await look(client, world, accepted)
    assert seen == OUTCOMES[outcome]


@pytest.mark.parametrize("outcome", OUTCOMES)
async def test_looking_changes_nothing(client: Client, world: World, hands: Hands, outcome: str) -> None:
    """Whoever looks only at the end sees what those saw who looked all the time."""
    if outcome:
        plan(world, outcome)
    accepted = await upgrade(client, world)
    hands.move(list(OUTCOMES[outcome])[-1])
    assert await look(client, world, accepted) == list(OUTCOMES[outcome].values())[-1]


async def test_a_failure_says_why(client: Client, world: World, hands: Hands) -> None:
    plan(world, "failed")
    accepted = await upgrade(client, world)
    hands.move(10)
    status = (await read(client, world))["properties"]["status"]
    error = (await operation(client, accepted))["error"]
    assert status["errorMessage"] == error["message"] == "The new control plane node did not become ready in time."


async def test_a_canceled_operation_has_no_error(client: Client, world: World, hands: Hands) -> None:
    plan(world, "canceled")
    accepted = await upgrade(client, world)
    hands.move(10)
    told = await operation(client, accepted)
    assert (told["status"], told["error"]) == ("Canceled", {})
    assert "errorMessage" not in (await read(client, world))["properties"]["status"]


async def test_an_admission_error_has_the_recorded_shape_and_changes_nothing(
    client: Client, world: World, hands: Hands
) -> None:
    plan(world, "admission")
    before = await read(client, world)
    accepted = await upgrade(client, world)
    hands.move(2)
    told = await operation(client, accepted)
    known = recorded("operationstatus-failed-validationchecks")
    assert set(told) == set(known)
    assert told["error"]["code"] == known["error"]["code"]
    assert told["error"]["message"] == known["error"]["message"].replace("1.29.4", TARGET)
    after = await read(client, world)
    assert after["systemData"].pop("lastModifiedAt") > before["systemData"].pop("lastModifiedAt")
    assert after == before


@pytest.mark.parametrize("version", ["1.32.7", "1.33.5", "1.30.14", "1.31", "latest"])
async def test_a_version_that_is_not_offered_is_denied(
    client: Client, world: World, hands: Hands, version: str
) -> None:
    accepted = await upgrade(client, world, version)
    assert accepted.status == 201
    hands.move(1)
    assert await look(client, world, accepted) == f"{BEFORE} Succeeded Succeeded Failed 0/3 1/2"
    assert f"Kubernetes version {version} is not ready" in (await operation(client, accepted))["error"]["message"]


async def test_a_version_whose_image_is_missing_is_denied(client: Client, world: World, hands: Hands) -> None:
    world.instance("plant12").not_ready = frozenset({TARGET})
    accepted = await upgrade(client, world)
    hands.move(1)
    assert (await operation(client, accepted))["status"] == "Failed"


@pytest.mark.parametrize("profile", [None, {}, {"ssh": None}, {"ssh": {"publicKeys": []}}])
async def test_a_body_without_keys_is_denied(client: Client, world: World, hands: Hands, profile: Any) -> None:
    body = body_of(await read(client, world), TARGET)
    body["properties"]["linuxProfile"] = profile
    accepted = await put(client, world, body)
    hands.move(1)
    assert await look(client, world, accepted) == f"{BEFORE} Succeeded Succeeded Failed 0/3 1/2"
    message = (await operation(client, accepted))["error"]["message"]
    assert message.startswith('admission webhook "vhybridakscluster.kb.io" denied the request: ')
    assert "{" not in message


async def test_a_stuck_flag_is_healed_by_a_write_that_changes_nothing(
    client: Client, world: World, hands: Hands
) -> None:
    plan(world, "stuck")
    await upgrade(client, world)
    hands.move(60)
    accepted = await upgrade(client, world, TARGET)
    assert accepted.status == 201
    seen: list[str] = []
    for minutes in (60, 61, 62):
        hands.move(minutes)
        seen.append(await look(client, world, accepted))
    assert seen == [
        f"{TARGET} Accepted Upgrading Pending 3/3 2/2",
        f"{TARGET} Updating Upgrading Updating 3/3 2/2",
        f"{TARGET} Succeeded Succeeded Succeeded 3/3 2/2",
    ]


@pytest.mark.parametrize("outcome", ["failed", "canceled", "partial", "timed-out"])
async def test_what_was_left_undone_is_done_by_the_next_write(
    client: Client, world: World, hands: Hands, outcome: str
) -> None:
    plan(world, outcome)
    await upgrade(client, world)
    hands.move(31 if outcome == "timed-out" else 60)
    accepted = await upgrade(client, world, TARGET)
    hands.move(200)
    assert await look(client, world, accepted) == f"{TARGET} Succeeded Succeeded Succeeded 3/3 2/2"
    assert world.cluster(NAME).running is None


async def test_a_write_without_a_version_reconciles(client: Client, world: World, hands: Hands) -> None:
    body = body_of(await read(client, world), TARGET)
    del body["properties"]["kubernetesVersion"]
    accepted = await put(client, world, body)
    hands.move(200)
    assert (await operation(client, accepted))["status"] == "Succeeded"
    assert (await read(client, world))["properties"]["kubernetesVersion"] == BEFORE


async def test_a_held_drain_says_why_and_goes_on_when_healed(client: Client, world: World, hands: Hands) -> None:
    plan(world, "drain")
    accepted = await upgrade(client, world)
    hands.move(500)
    held, waiting = (await read(client, world, "/default/agentPools"))["value"]
    assert "disruption budget" in held["properties"]["status"]["errorMessage"]
    assert "errorMessage" not in waiting["properties"]["status"]
    assert (await upgrade(client, world)).code == "RequestConflict"
    heal(world, world.cluster(NAME), hands())
    seen: list[str] = []
    for minutes in (500, 507, 512.9, 513):
        hands.move(minutes)
        seen.append(await look(client, world, accepted))
    assert seen == [
        f"{TARGET} {ROLLING} 2/3 1/2",
        f"{TARGET} {ROLLING} 3/3 1/2",
        f"{TARGET} {ROLLING} 3/3 2/2",
        f"{TARGET} Succeeded Succeeded Succeeded 3/3 2/2",
    ]
    pools = (await read(client, world, "/default/agentPools"))["value"]
    assert not [pool for pool in pools if "errorMessage" in pool["properties"]["status"]]


async def test_a_cluster_is_offline_while_it_upgrades_and_back_afterwards(
    client: Client, world: World, hands: Hands
) -> None:
    async def contact() -> tuple[str, str]:
        found = (await client.get(world.cluster(NAME).id)).body["properties"]
        return found["connectivityStatus"], found["lastConnectivityTime"]

    plan(world, "disconnected")
    before = await contact()
    await upgrade(client, world)
    hands.move(30)
    assert await contact() == ("Offline", "2026-05-20T12:00:30Z")
    hands.move(60)
    state, when = await contact()
    assert state == "Connected"
    assert when[14:] == before[1][14:]
    assert when > before[1]


async def test_an_outcome_marked_so_happens_once(client: Client, world: World, hands: Hands) -> None:
    plan(world, "failed!")
    await upgrade(client, world)
    hands.move(10)
    await upgrade(client, world, TARGET)
    hands.move(100)
    assert world.cluster(NAME).faults == []
    await upgrade(client, world, "1.32.9")
    hands.move(200)
    assert (await read(client, world))["properties"]["provisioningState"] == "Succeeded"


async def test_what_the_service_writes_itself_cannot_be_sent(client: Client, world: World, hands: Hands) -> None:
    body = await read(client, world)
    body["properties"] |= {"provisioningState": "Nonsense", "status": {"currentState": "Nonsense"}}
    body |= {name: "nonsense" for name in SERVER_OWNED}
    body["properties"]["kubernetesVersion"] = TARGET
    assert (await put(client, world, body)).status == 201
    hands.move(43)
    assert await look(client, world) == f"{TARGET} Succeeded Succeeded 3/3 2/2"
    assert "onsense" not in json.dumps(await read(client, world))
