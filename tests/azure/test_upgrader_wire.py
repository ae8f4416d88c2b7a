"""The one write, over https, under every fault: one PUT at most, and never more certainty than there is."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from azure.core.exceptions import AzureError

from planner.azure.pacing import Pace
from planner.azure.policies import GuardError, Permit
from planner.azure.settings import AzureSettings
from planner.azure.wire import Wire, prepare
from planner.azure.writing import Put, never_left, put_once
from planner.emulator.world import Pool
from planner.events import Accepted, Doubted, Intended, Refused
from planner.ports import SourceError, Upgrader
from tests.azure.conftest import FakeTime, Stub, settings_for
from tests.azure.upgrading import ORIGIN, POINTER, TARGET, UNDER_WAY, UNTOUCHED, Upgrade, change_of, order_for
from tests.builders import AS_OF

# -- a good one


async def test_an_upgrade_is_one_put_that_changes_one_value(upgrade: Upgrade) -> None:
    prepared = await upgrade.upgrader.prepare(upgrade.order)
    assert prepared.diff == ((POINTER, ORIGIN, TARGET),)
    assert prepared.at == AS_OF
    assert prepared.warnings == ()
    assert upgrade.puts == []
    outcome = await upgrade.upgrader.send(upgrade.order, prepared.fingerprint, upgrade.intents.append)
    assert isinstance(outcome, Accepted)
    (put,) = upgrade.puts
    assert (put.method, put.status) == ("PUT", 201)
    assert change_of(put) == [POINTER]
    assert json.loads(put.body)["properties"]["kubernetesVersion"] == TARGET
    assert upgrade.state == UNDER_WAY
    assert outcome.operation.startswith(f"{upgrade.emulator.url}/providers/Microsoft.HybridContainerService/locations/")
    assert UUID(outcome.correlation)


async def test_the_intent_says_what_is_sent(upgrade: Upgrade) -> None:
    log = upgrade.emulator.log
    prepared = await upgrade.upgrader.prepare(upgrade.order)
    when: list[int] = []

    def record(intent: Intended) -> None:
        when.append(len(log))
        upgrade.intents.append(intent)

    await upgrade.upgrader.send(upgrade.order, prepared.fingerprint, record)
    (intent,), (put,) = upgrade.intents, upgrade.puts
    assert intent.order == upgrade.order
    assert intent.body_sha256 == hashlib.sha256(put.body).hexdigest() == prepared.fingerprint.body_sha256
    assert intent.etag and intent.etag == prepared.fingerprint.etag
    assert UUID(intent.request)
    (index,) = when
    assert log[index - 1].path == put.path and log[index - 1].method == "GET"  # the document itself is read last
    assert log[index] is put


async def test_the_put_says_who_it_is_and_what_it_is_based_on(stub: Stub, upgrade: Upgrade) -> None:
    seen = await asked_of(stub, upgrade)
    (put,) = seen
    assert put["if-match"] == '"tag"'
    assert put["content-type"] == "application/json"
    assert put["authorization"] == "Bearer a-token"
    assert put["x-ms-client-request-id"] == "11111111-2222-3333-4444-555555555555"


async def asked_of(stub: Stub, upgrade: Upgrade) -> list[dict[str, str]]:
    """The headers of what one PUT brings to a server that answers nothing of use."""
    from aiohttp import web

    seen: list[dict[str, str]] = []

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        seen.append({name.lower(): value for name, value in request.headers.items()})
        return web.json_response({}, status=503)

    stub.handler = handle
    wire = wire_for(stub.settings)
    try:
        put = Put(b"{}", '"tag"', "11111111-2222-3333-4444-555555555555")
        await put_once(wire, Permit(wire.endpoint, upgrade.cluster.id), put)
    finally:
        await wire.close()
    return seen


def wire_for(settings: AzureSettings) -> Wire:
    return prepare(settings)(Pace())


async def test_the_upgrader_is_what_a_walk_asks_for(upgrade: Upgrade) -> None:
    promised: Upgrader = upgrade.upgrader
    assert promised.who == "an account without a name in an unnamed tenant"


# -- every way a PUT can go wrong: (event, whether the server does the work)

REFUSED, DOUBTED, ACCEPTED = Refused, Doubted, Accepted
ENDS: dict[str, tuple[type[Any], bool, str]] = {
    "401": (REFUSED, False, "Azure refused the sign-in"),
    "401-claims": (REFUSED, False, "Azure refused the sign-in"),
    "403": (REFUSED, False, "provisionedClusterInstances/write"),
    "404": (REFUSED, False, "does not know the cluster"),
    "412": (REFUSED, False, "changed since it was looked at"),
    "409": (DOUBTED, False, "may be this upgrade"),
    "429": (DOUBTED, False, "asks to wait 1 seconds"),
    "429-day": (DOUBTED, False, "asks to wait 24 hours"),
    "500": (DOUBTED, False, "HTTP 500, InternalServerError"),
    "503": (DOUBTED, False, "HTTP 503, ServerTimeout"),
    "html": (DOUBTED, False, "not Azure"),
    "redirect": (DOUBTED, False, "HTTP 307"),
    "reset": (DOUBTED, False, "closed the connection"),
    "half": (DOUBTED, True, "not whole JSON"),
    "cut": (DOUBTED, True, "closed the connection"),
    "lost": (DOUBTED, True, "closed the connection"),
    "null": (ACCEPTED, True, ""),
    "foreign": (ACCEPTED, True, ""),
    "no-operation": (ACCEPTED, True, ""),
}


@pytest.mark.parametrize("kind", ENDS)
async def test_whatever_happens_there_is_one_put_and_no_false_certainty(
    upgrade: Upgrade, stub: Stub, time: FakeTime, kind: str
) -> None:
    upgrade.world.foreign = stub.url
    upgrade.fault(f"put:{kind}")
    outcome = await upgrade.run()
    event, done, words = ENDS[kind]
    assert type(outcome) is event
    assert len(upgrade.puts) == len(upgrade.intents) == 1
    assert upgrade.state == (UNDER_WAY if done else UNTOUCHED)
    assert not (isinstance(outcome, Refused) and done)
    assert stub.seen == []
    assert time.slept == []
    if isinstance(outcome, Accepted):
        assert bool(outcome.operation) is (kind == "null")
    else:
        assert words in outcome.why


@pytest.mark.parametrize("kind", ["hang", "drip"])
async def test_silence_ends_with_the_deadline_and_is_a_doubt(upgrade: Upgrade, kind: str) -> None:
    upgrade.fault(f"put:{kind}")
    upgrader = await upgrade.source.upgrader(deadline=0.7)
    prepared = await upgrader.prepare(upgrade.order)
    outcome = await upgrader.send(upgrade.order, prepared.fingerprint, upgrade.intents.append)
    assert isinstance(outcome, Doubted)
    assert "within 1 seconds" in outcome.why
    assert len(upgrade.puts) == 1
    assert upgrade.state == UNDER_WAY


async def test_cancelling_does_not_stop_a_put_that_is_on_its_way(upgrade: Upgrade) -> None:
    prepared = await upgrade.upgrader.prepare(upgrade.order)
    upgrade.emulator.latency = 0.1
    written = asyncio.Event()

    def record(_: Intended) -> None:
        written.set()

    sending = asyncio.create_task(upgrade.upgrader.send(upgrade.order, prepared.fingerprint, record))
    await written.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    async with asyncio.timeout(5):
        while not upgrade.puts or not upgrade.puts[0].status:
            await asyncio.sleep(0.01)
    assert upgrade.state == UNDER_WAY
    assert len(upgrade.puts) == 1


async def test_cancelling_before_the_intent_sends_nothing(upgrade: Upgrade) -> None:
    prepared = await upgrade.upgrader.prepare(upgrade.order)
    upgrade.emulator.latency = 0.2
    before = len(upgrade.emulator.log)
    sending = asyncio.create_task(upgrade.run_with(prepared.fingerprint))
    while len(upgrade.emulator.log) == before:
        await asyncio.sleep(0.005)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert (upgrade.intents, upgrade.puts) == ([], [])


def disable(upgrade: Upgrade) -> None:
    upgrade.world.subscriptions[0].state = "Disabled"


def unregister(upgrade: Upgrade) -> None:
    upgrade.world.subscriptions[0].registered = False


@pytest.mark.parametrize(
    ("change", "words"),
    [(disable, "The subscription is disabled"), (unregister, "not registered for the resource provider")],
)
async def test_conflicts_that_are_certain(upgrade: Upgrade, change: Callable[[Upgrade], None], words: str) -> None:
    fingerprint = (await upgrade.upgrader.prepare(upgrade.order)).fingerprint
    outcome = await upgrade.upgrader.send(upgrade.order, fingerprint, lambda _: change(upgrade))
    assert isinstance(outcome, Refused)
    assert words in outcome.why
    assert [put.method for put in upgrade.puts] == ["PUT"]  # and no registration either
    assert upgrade.state == UNTOUCHED


async def test_a_bad_request_is_told_in_the_words_of_azure(upgrade: Upgrade) -> None:
    upgrade.cluster.extra = {"extendedLocation": {"name": upgrade.cluster.instance.location_id + "x"}}
    outcome = await upgrade.run()
    assert isinstance(outcome, Refused)
    assert "extended location" in outcome.why
    assert len(upgrade.puts) == 1


# -- before anything is sent


def newer(upgrade: Upgrade) -> None:
    upgrade.cluster.version = "1.31.13"


def one_more_node(upgrade: Upgrade) -> None:
    upgrade.cluster.pools[0] = Pool("linux1", 4)


def one_more_pool(upgrade: Upgrade) -> None:
    upgrade.cluster.pools.append(Pool("linux3", 1))


def fewer_ready(upgrade: Upgrade) -> None:
    upgrade.cluster.pools[0] = Pool("linux1", 3, ready={ORIGIN: 2})


def touched(upgrade: Upgrade) -> None:
    upgrade.cluster.addon_errors = {"SmbCsiDriver": "chart failed"}


def settings_changed(upgrade: Upgrade) -> None:
    upgrade.cluster.extra = {"properties": {"securityProfile": {"fipsImage": True}}}


def busy(upgrade: Upgrade) -> None:
    upgrade.cluster.provisioning_state = "Updating"


def no_longer_offered(upgrade: Upgrade) -> None:
    upgrade.cluster.upgrades = ("1.31.13",)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (newer, "on 1.31.13, and the step begins at 1.31.12"),
        (one_more_node, "node pools: linux1 CBLMariner 3: 3 on 1.31.12 → linux1 CBLMariner 4: 4 on 1.31.12"),
        (one_more_pool, "node pools: none → linux3 CBLMariner 1: 1 on 1.31.12"),
        (fewer_ready, "node pools"),
        (touched, "the tag of the document"),
        (settings_changed, "the settings of the cluster"),
        (busy, "provisioningState is Updating"),
        (no_longer_offered, "Azure does not offer 1.32.9 now, but 1.31.13"),
    ],
)
async def test_a_cluster_that_changed_since_the_confirmation_stops_it(
    upgrade: Upgrade, change: Callable[[Upgrade], None], words: str
) -> None:
    prepared = await upgrade.upgrader.prepare(upgrade.order)
    change(upgrade)
    outcome = await upgrade.run_with(prepared.fingerprint)
    assert isinstance(outcome, Refused)
    assert words in outcome.why
    assert "Nothing was sent." in outcome.why
    assert (upgrade.puts, upgrade.intents) == ([], [])


async def test_a_change_after_the_last_look_meets_the_tag(upgrade: Upgrade) -> None:
    prepared = await upgrade.upgrader.prepare(upgrade.order)
    outcome = await upgrade.upgrader.send(upgrade.order, prepared.fingerprint, lambda _: touched(upgrade))
    assert isinstance(outcome, Refused)
    assert "HTTP 412" in outcome.why
    assert upgrade.state == UNTOUCHED


def full(_: Intended) -> None:
    raise SourceError("The journal cannot be kept", "No space is left on the disk.", "Make room.")


def broken(_: Intended) -> None:
    raise OSError(5, "Input/output error", "/secret/path")


@pytest.mark.parametrize(
    ("record", "words"), [(full, "could not be written down: No space is left"), (broken, "(OSError)")]
)
async def test_without_a_durable_intent_nothing_is_sent(
    upgrade: Upgrade, record: Callable[[Intended], None], words: str
) -> None:
    prepared = await upgrade.upgrader.prepare(upgrade.order)
    outcome = await upgrade.upgrader.send(upgrade.order, prepared.fingerprint, record)
    assert isinstance(outcome, Refused)
    assert words in outcome.why and "Nothing was sent." in outcome.why
    assert "/secret" not in outcome.why
    assert upgrade.puts == []


async def test_an_intent_that_took_too_long_to_write_is_not_acted_on(upgrade: Upgrade, time: FakeTime) -> None:
    prepared = await upgrade.upgrader.prepare(upgrade.order)

    def slow(_: Intended) -> None:
        time.now += 31

    outcome = await upgrade.upgrader.send(upgrade.order, prepared.fingerprint, slow)
    assert isinstance(outcome, Refused)
    assert "longer than 30 seconds" in outcome.why
    assert upgrade.puts == []


@pytest.mark.parametrize("part", ["cluster:503", "pools:html", "profile:403", "cluster:401", "pools:half"])
async def test_a_last_look_that_fails_stops_it(upgrade: Upgrade, part: str) -> None:
    prepared = await upgrade.upgrader.prepare(upgrade.order)
    upgrade.fault(part)
    outcome = await upgrade.run_with(prepared.fingerprint)
    assert isinstance(outcome, Refused)
    assert outcome.why.startswith("The last look failed: ")
    assert (upgrade.puts, upgrade.intents) == ([], [])


@pytest.mark.parametrize(
    "changes",
    [
        {"cluster": "/subscriptions/x"},
        {"cluster": "{id}#"},
        {"cluster": "{id}?x="},
        {"cluster": "{id}/../other"},
        {"cluster": ""},
        {"target": "1.32"},
        {"target": "v1.32.9"},
        {"target": "1.32.9 "},
        {"origin": "1.31"},
    ],
)
async def test_an_order_that_is_none_reaches_nobody(upgrade: Upgrade, changes: dict[str, str]) -> None:
    order = order_for(
        upgrade.world, **{name: text.replace("{id}", upgrade.cluster.id) for name, text in changes.items()}
    )
    fingerprint = (await upgrade.upgrader.prepare(upgrade.order)).fingerprint
    before = len(upgrade.emulator.log)
    with pytest.raises(SourceError) as told:
        await upgrade.upgrader.prepare(order)
    assert told.value.what == "The upgrade cannot be prepared"
    assert isinstance(await upgrade.upgrader.send(order, fingerprint, upgrade.intents.append), Refused)
    assert len(upgrade.emulator.log) == before


async def test_an_answer_about_another_cluster_is_not_sent_back(upgrade: Upgrade) -> None:
    upgrade.cluster.extra = {"id": upgrade.cluster.id.replace("mes-prod", "scada")}
    with pytest.raises(SourceError) as told:
        await upgrade.upgrader.prepare(upgrade.order)
    assert told.value.why == "The answer is about another cluster."


@pytest.mark.parametrize(
    ("fault", "what"),
    [("cluster:404", "Not found"), ("pools:403", "No permission to read"), ("profile:500", "Azure failed")],
)
async def test_what_cannot_be_read_cannot_be_prepared(upgrade: Upgrade, fault: str, what: str) -> None:
    upgrade.fault(fault)
    with pytest.raises(SourceError) as told:
        await upgrade.upgrader.prepare(upgrade.order)
    assert told.value.what == what


async def test_what_is_only_a_pity_is_a_warning(upgrade: Upgrade) -> None:
    upgrade.cluster.connectivity = "Offline"
    upgrade.cluster.pools[0] = Pool("linux1", 3, ready={ORIGIN: 2})
    upgrade.cluster.extra = {"properties": {"linuxProfile": {"ssh": {"publicKeys": []}}}}
    upgrade.cluster.addon_errors = {"SmbCsiDriver": "chart failed"}
    warnings = (await upgrade.upgrader.prepare(upgrade.order)).warnings
    assert [
        word for word in ("Offline", "Only 2 of 3", "no SSH key", "SmbCsiDriver") if word in " ".join(warnings)
    ] == [
        "Offline",
        "Only 2 of 3",
        "no SSH key",
        "SmbCsiDriver",
    ]


# -- the permit


async def test_a_permit_is_for_one_put(upgrade: Upgrade) -> None:
    wire = wire_for(settings_for(upgrade.emulator))
    permit = Permit(wire.endpoint, upgrade.cluster.id)
    put = Put(b"{}", "", "id")
    try:
        assert (await put_once(wire, permit, put)).status == 400
        for _ in range(2):
            with pytest.raises(GuardError):
                await put_once(wire, permit, put)
    finally:
        await wire.close()
    assert len(upgrade.puts) == 1


async def test_a_connection_that_never_came_about_left_nothing(upgrade: Upgrade) -> None:
    settings = replace(settings_for(upgrade.emulator), arm_endpoint="https://127.0.0.1:1")
    wire = wire_for(settings)
    try:
        with pytest.raises(AzureError) as error:
            await put_once(wire, Permit(wire.endpoint, upgrade.cluster.id), Put(b"{}", "", "id"))
    finally:
        await wire.close()
    assert never_left(error.value)


async def test_a_server_that_is_gone_by_the_time_of_the_put_got_nothing(upgrade: Upgrade) -> None:
    prepared = await upgrade.upgrader.prepare(upgrade.order)
    wire = await upgrade.upgrader._connect()  # pyright: ignore[reportPrivateUsage]

    def vanish(_: Intended) -> None:
        wire.endpoint = "https://127.0.0.1:1"

    outcome = await upgrade.upgrader.send(upgrade.order, prepared.fingerprint, vanish)
    assert isinstance(outcome, Refused)
    assert "refused the connection" in outcome.why and "Nothing was sent." in outcome.why
