"""The pipeline: what may leave, how often, and how long a wait is taken for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from azure.core.exceptions import IncompleteReadError, ServiceRequestError, ServiceResponseError
from azure.core.pipeline import AsyncPipeline, PipelineContext, PipelineRequest
from azure.core.rest import HttpRequest
from azure.mgmt.core.policies import AsyncARMAutoResourceProviderRegistrationPolicy

from planner.azure.credentials import open_credential
from planner.azure.errors import ReadError, Trouble
from planner.azure.policies import TRIES, Guard, GuardError, Patience, Permit, read_only_policies, wait_asked
from planner.azure.queries import GRAPH_PATH
from planner.azure.settings import AzureSettings
from tests.azure.conftest import FakeTime
from tests.builders import arm

ARM = "https://management.azure.com"
GET = HttpRequest("GET", f"{ARM}/subscriptions?api-version=1")


CLUSTER = arm("Microsoft.Kubernetes/connectedClusters", "mes-prod")
OWN = f"{ARM}{CLUSTER}/providers/Microsoft.HybridContainerService/provisionedClusterInstances/default?api-version=2024-01-01"


def checked(method: str, url: str, endpoint: str = ARM, permit: Permit | None = None) -> None:
    Guard(endpoint, permit).on_request(PipelineRequest(HttpRequest(method, url), PipelineContext(None)))


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", f"{ARM}/subscriptions"),
        ("GET", "https://MANAGEMENT.azure.com:443/x"),
        ("POST", f"{ARM}{GRAPH_PATH}?api-version=2021-03-01"),
    ],
)
def test_reads_pass(method: str, url: str) -> None:
    checked(method, url)


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("PUT", f"{ARM}/x"),
        ("PATCH", f"{ARM}/x"),
        ("DELETE", f"{ARM}/x"),
        ("HEAD", f"{ARM}/x"),
        ("POST", f"{ARM}/subscriptions/1/providers/Microsoft.HybridContainerService/register"),
        ("POST", f"{ARM}{GRAPH_PATH}/extra"),
        ("POST", f"{ARM}/x?{GRAPH_PATH}"),
        ("PUT", f"{ARM}{GRAPH_PATH}"),
        ("GET", "https://example.com/x"),
        ("GET", "http://management.azure.com/x"),
        ("GET", "https://management.azure.com.example.com/x"),
        ("GET", "https://management.azure.com@example.com/x"),
        ("GET", "https://management.azure.com:444/x"),
        ("GET", "https://[bad/x"),
    ],
)
def test_nothing_else_leaves(method: str, url: str) -> None:
    with pytest.raises(GuardError) as refused:
        checked(method, url)
    assert refused.value.problem.kind is Trouble.GUARD


def test_a_permit_lets_one_put_pass_and_no_second() -> None:
    permit = Permit(ARM, CLUSTER)
    assert not permit.is_spent
    checked("PUT", OWN, permit=permit)
    assert permit.is_spent
    for _ in range(2):
        with pytest.raises(GuardError):
            checked("PUT", OWN, permit=permit)
    checked("GET", OWN, permit=permit)


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("PUT", OWN.replace("mes-prod", "scada")),
        ("PUT", OWN.partition("?")[0]),
        ("PUT", f"{OWN}&x=1"),
        ("PUT", f"{OWN}#x"),
        ("PUT", OWN.replace("/default?", "/default/agentPools/one?")),
        ("PUT", f"{ARM}{CLUSTER}?api-version=2024-01-01"),
        ("PUT", OWN.replace(ARM, "https://example.com")),
        ("DELETE", OWN),
        ("PATCH", OWN),
        ("POST", OWN),
    ],
)
def test_a_permit_is_for_nothing_else_and_stays_unspent(method: str, url: str) -> None:
    permit = Permit(ARM, CLUSTER)
    with pytest.raises(GuardError):
        checked(method, url, permit=permit)
    assert not permit.is_spent


@pytest.mark.parametrize(
    "cluster", ["", "/", f"{CLUSTER}/", f"{CLUSTER}#", f"{CLUSTER}?x", f"{CLUSTER}/..", f"/x{CLUSTER}"]
)
def test_a_permit_is_for_one_cluster(cluster: str) -> None:
    with pytest.raises(ValueError, match="not an ARM id"):
        Permit(ARM, cluster)


def test_the_guard_is_last_and_no_policy_registers_providers(time: FakeTime) -> None:
    settings = AzureSettings(auth="static", arm_endpoint="https://127.0.0.1:1", token=lambda: "t")
    policies = read_only_policies(ARM, settings.token_scopes, open_credential(settings), time.pace, "mgmt-test")
    assert isinstance(policies[-1], Guard)
    assert not any(isinstance(policy, AsyncARMAutoResourceProviderRegistrationPolicy) for policy in policies)


class Reply:
    def __init__(self, status: int, **headers: str) -> None:
        self.status_code = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Script:
    """A transport that does one thing after the other; the last one again and again."""

    def __init__(self, *steps: Reply | Exception | Callable[[], Any]) -> None:
        self.steps = list(steps)
        self.sent = 0

    async def send(self, request: HttpRequest, **_: Any) -> Any:
        self.sent += 1
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return await step() if callable(step) else step

    async def run(self, time: FakeTime, deadline: float = 90.0) -> int:
        pipeline: AsyncPipeline[Any, Any] = AsyncPipeline(self, [Patience(time.pace, deadline)])  # type: ignore[arg-type]
        return (await pipeline.run(GET)).http_response.status_code


async def test_a_good_answer_is_asked_for_once(time: FakeTime) -> None:
    script = Script(Reply(200))
    assert (await script.run(time), script.sent, time.slept) == (200, 1, [])


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412])
async def test_refusals_are_not_repeated_even_with_retry_after(time: FakeTime, status: int) -> None:
    script = Script(Reply(status, retry_after="5"))
    assert (await script.run(time), script.sent, time.slept) == (status, 1, [])


async def test_a_busy_azure_is_obeyed_and_asked_again(time: FakeTime) -> None:
    script = Script(Reply(429, retry_after="2"), Reply(200))
    assert (await script.run(time), script.sent) == (200, 2)
    assert sum(time.slept) == pytest.approx(2)


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_in_the_end_the_answer_is_what_azure_said(time: FakeTime, status: int) -> None:
    script = Script(Reply(status))
    assert (await script.run(time), script.sent) == (status, TRIES)
    assert sum(time.slept) == pytest.approx(0.8 + 1.6 + 3.2)


@pytest.mark.parametrize("wait", ["121", "86400", "Fri, 31 Dec 2099 23:59:59 GMT"])
async def test_a_wait_beyond_the_cap_is_told_and_not_sat_through(time: FakeTime, wait: str) -> None:
    script = Script(Reply(429, retry_after=wait))
    with pytest.raises(ReadError) as told:
        await script.run(time)
    assert (told.value.kind, script.sent, time.slept) == (Trouble.BUSY, 1, [])
    assert "asks to wait" in told.value.why


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "2"}, 2),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "soon"}, 30),
        ({"retry-after": "-5"}, 30),
        ({"retry-after": "nan"}, 30),
        ({"retry-after": "inf"}, 30),
        ({"retry-after": ""}, 30),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after": "Wed, 20 May 2026 00:00:10 GMT", "date": "Wed, 20 May 2026 00:00:00 GMT"}, 10),
        ({"retry-after": "Wed, 20 May 2026 00:00:00 GMT", "date": "Wed, 20 May 2026 00:01:00 GMT"}, 0),
        ({"retry-after": "Wed, 20 May 2026 00:00:10 GMT", "date": "rubbish"}, 30),
        ({"x-ms-user-quota-resets-after": "00:00:05"}, 5),
        ({"x-ms-user-quota-resets-after": "later"}, None),
        ({}, None),
    ],
)
def test_how_long_azure_asks_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_asked(headers) == seconds


def unconnected() -> ServiceRequestError:
    key = ConnectionKey("host", 443, True, True, None, None, None)
    return ServiceRequestError("SDK", error=aiohttp.ClientConnectorError(key, OSError(111, "refused")))


async def test_a_first_connection_that_fails_is_told_at_once(time: FakeTime) -> None:
    script = Script(unconnected(), Reply(200))
    with pytest.raises(ServiceRequestError):
        await script.run(time)
    assert script.sent == 1


async def test_a_later_connection_that_fails_is_tried_again(time: FakeTime) -> None:
    script = Script(Reply(503), unconnected(), Reply(200))
    assert (await script.run(time), script.sent) == (200, 3)


@pytest.mark.parametrize(
    "error",
    [
        ServiceResponseError("reset"),
        IncompleteReadError("cut"),
        ServiceRequestError("SDK", error=aiohttp.ServerDisconnectedError()),
    ],
)
async def test_a_lost_answer_is_asked_for_once_more(time: FakeTime, error: Exception) -> None:
    script = Script(error, Reply(200))
    assert (await script.run(time), script.sent) == (200, 2)
    script = Script(error)
    with pytest.raises(type(error)):
        await script.run(time)
    assert script.sent == 2


async def test_one_reading_has_a_deadline_over_all_its_tries(time: FakeTime) -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    script = Script(never)
    with pytest.raises(ReadError) as told:
        await script.run(time, deadline=0.01)
    assert (told.value.kind, script.sent) == (Trouble.DEADLINE, 1)
