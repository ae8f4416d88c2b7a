"""Asking a running operation: what it says, and that it cannot be asked, is an event and never an exception."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from planner.azure.queries import is_operation_url
from planner.emulator.operation import CANARY
from planner.emulator.world import Fault
from planner.events import Accepted, Polled, PollFailed
from tests.azure.conftest import FakeTime, Stub
from tests.azure.upgrading import UNDER_WAY, Upgrade
from tests.builders import AS_OF

ARM = "https://management.azure.com"
PATH = "/providers/Microsoft.HybridContainerService/locations/EASTUS/operationStatuses/88fe-1*CBD4"


async def accepted(upgrade: Upgrade) -> str:
    outcome = await upgrade.run()
    assert isinstance(outcome, Accepted)
    return outcome.operation


async def test_a_running_operation(upgrade: Upgrade) -> None:
    operation = await accepted(upgrade)
    assert await upgrade.source.poll("S01", operation) == Polled(AS_OF, "S01", "Pending")
    assert len(upgrade.puts) == 1


@pytest.mark.parametrize(
    ("kind", "words", "cure"),
    [
        ("401", "refused the sign-in", "az login"),
        ("401-claims", "refused the sign-in", "az login"),
        ("403", "locations/operationStatuses/read", "looks at the cluster instead"),
        ("404", "no longer knows the operation; the cluster decides", "looks at the cluster instead"),
        ("412", "HTTP 412", "Read again"),
        ("429-day", "asks to wait 24 hours", "after that time"),
        ("500", "Azure failed", "Read again"),
        ("503", "Azure failed", "Read again"),
        ("html", "a page instead of data", "Open a web browser"),
        ("half", "not whole JSON", "Read again"),
        ("null", "names no status", "Read again"),
        ("reset", "closed the connection", "Read again"),
        ("lost", "closed the connection", "Read again"),
        ("cut", "is damaged", "Read again"),
        ("redirect", "a page instead of data", "Open a web browser"),
    ],
)
async def test_an_operation_that_cannot_be_asked_goes_on(upgrade: Upgrade, kind: str, words: str, cure: str) -> None:
    operation = await accepted(upgrade)
    upgrade.fault(f"operation:{kind}")
    event = await upgrade.source.poll("S01", operation)
    assert isinstance(event, PollFailed)
    assert words in event.why
    assert cure in event.cure
    assert (event.at, event.step) == (AS_OF, "S01")
    assert CANARY not in repr(event)
    assert upgrade.state == UNDER_WAY
    assert len(upgrade.puts) == 1


async def test_a_busy_azure_is_waited_for(upgrade: Upgrade, time: FakeTime) -> None:
    operation = await accepted(upgrade)
    upgrade.fault("operation:429!")
    assert isinstance(await upgrade.source.poll("S01", operation), Polled)
    assert sum(time.slept) == pytest.approx(1)


async def test_a_status_of_the_future_is_told_as_it_is(upgrade: Upgrade) -> None:
    operation = await accepted(upgrade)
    upgrade.fault("operation:status-odd")
    event = await upgrade.source.poll("S01", operation)
    assert isinstance(event, Polled)
    assert (event.status, event.message) == ("Rebalancing", "")


async def test_a_denied_upgrade_is_told_with_its_checks(upgrade: Upgrade, time: FakeTime) -> None:
    upgrade.fault("outcome:admission")
    operation = await accepted(upgrade)
    upgrade.emulator.start_clock(1)
    time.now += 120
    event = await upgrade.source.poll("S01", operation)
    assert isinstance(event, Polled)
    assert event.status == "Failed"
    assert event.message == 'BadRequest: admission webhook "vhybridakscluster.kb.io" denied the request'
    assert [complaint.name for complaint in event.complaints] == ["K8sVersionValidation"]
    assert "AKSArcValidationErrors" in event.complaints[0].recommendation


@pytest.mark.parametrize(
    "change",
    [
        (ARM, "https://example.com"),
        (ARM, "http://management.azure.com"),
        (ARM, "https://management.azure.com.example.com"),
        (ARM, "https://management.azure.com@example.com"),
        (ARM, "https://user@management.azure.com"),
        (ARM, "https://management.azure.com:444"),
        (ARM, "//management.azure.com"),
        (ARM, ""),
        ("operationStatuses", "operationResults"),
        ("HybridContainerService", "Authorization"),
        ("88fe", "../88fe"),
        ("88fe", "{0}"),
        ("88fe", "a b"),
        ("88fe", "a\nb"),
        ("88fe", "a#b"),
        ("CBD4", "CBD4/more"),
        ("CBD4", "."),
    ],
)
def test_only_the_status_of_an_operation_at_azure_is_asked(change: tuple[str, str]) -> None:
    good = f"{ARM}{PATH}?api-version=2024-01-01&t=1&c=MIIIr-_&s=Z2if%2B&h=q"
    assert is_operation_url(good, ARM) and is_operation_url(good, f"{ARM}/")
    assert change[0] in good
    assert not is_operation_url(good.replace(*change, 1), ARM)


async def test_an_edited_journal_sends_the_token_nowhere(upgrade: Upgrade, stub: Stub) -> None:
    for operation in (f"{stub.url}{PATH}", "", "nonsense", upgrade.emulator.url):
        event = await upgrade.source.poll("S01", operation)
        assert isinstance(event, PollFailed)
        assert "not one of Azure's" in event.why
    assert stub.seen == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"status": "Updating", "error": {}}, "Updating"),
        ({"status": "\x1b[31mOdd", "error": None}, "\N{REPLACEMENT CHARACTER}[31mOdd"),
        ({"status": "x" * 900}, "x" * 59 + "…"),
    ],
)
async def test_any_status_is_told_harmlessly(stub: Stub, body: Any, status: str) -> None:
    async def handle(_: web.BaseRequest) -> web.StreamResponse:
        return web.json_response(body)

    stub.handler = handle
    source = stub.source()
    try:
        assert await source.poll("S01", f"{stub.url}{PATH}") == Polled(AS_OF, "S01", status)
    finally:
        await source.close()


async def test_no_sign_in_is_an_event_too(stub: Stub) -> None:
    source = stub.source(auth="env", token=None)
    try:
        event = await source.poll("S01", f"{stub.url}{PATH}")
    finally:
        await source.close()
    assert isinstance(event, PollFailed)
    assert stub.seen == []


async def test_asking_can_be_cancelled(upgrade: Upgrade) -> None:
    operation = await accepted(upgrade)
    upgrade.cluster.faults.append(Fault.parse("operation:hang"))
    before = len(upgrade.emulator.log)
    asking = asyncio.create_task(upgrade.source.poll("S01", operation))
    while len(upgrade.emulator.log) == before:
        await asyncio.sleep(0.005)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert upgrade.state == UNDER_WAY
