"""Networks, proxies and servers that misbehave, over real https; each is told as one cause and one cure."""

from __future__ import annotations

import asyncio
import gc
import gzip
import json
import logging
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiohttp import web

from planner.azure.errors import Trouble, of_network, of_status
from planner.azure.queries import GRAPH_PATH
from planner.inventory import Unknown
from planner.ports import SourceError
from tests.azure.conftest import FakeTime, Stub, empty_graph, graph, named, payload, stub_server
from tests.builders import SUBSCRIPTION, arm

CLUSTER = arm("Microsoft.Kubernetes/connectedClusters", "mes-prod")
ROW = {"id": CLUSTER, "name": "mes-prod", "kind": "ProvisionedCluster", "properties": {}}
LAW = f"/subscriptions/{SUBSCRIPTION}"


async def told(stub: Stub, time: FakeTime | None = None, **changes: Any) -> SourceError:
    source = stub.source(time, **changes)
    try:
        with pytest.raises(SourceError) as error:
            await source.load()
    finally:
        await source.close()
    assert error.value.exit_code == 4
    assert "a-token" not in str(error.value)
    return error.value


async def loaded(stub: Stub, time: FakeTime | None = None) -> Any:
    source = stub.source(time)
    try:
        return await source.load()
    finally:
        await source.close()


def answering(**rows_by_word: Any) -> Any:
    """Answers the query that holds the word with those rows, or with what the function makes of the request."""

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        body = json.loads(await request.read())
        for word, rows in rows_by_word.items():
            if f"{word}'" in body["query"]:
                return rows(body) if callable(rows) else graph(rows)
        return graph([])

    return handle


# -- connections


async def test_an_unknown_authority_is_named_and_switching_checks_off_is_not_offered(stub: Stub) -> None:
    error = await told(stub, ca_bundle=None)
    assert error.what == "The connection to Azure cannot be trusted"
    assert "Inspection Works" in error.why
    assert "--ca-bundle" in error.cure
    assert stub.seen == []


async def test_a_certificate_for_another_host_is_refused(authority: trustme.CA, ca_file: Path) -> None:
    async with stub_server(authority, ca_file, "example.com") as stub:
        error = await told(stub)
    assert error.what == "The connection to Azure cannot be trusted"
    assert stub.seen == []


async def test_a_refused_connection_is_told_at_once(stub: Stub, time: FakeTime) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        error = await told(stub, time, arm_endpoint=f"https://127.0.0.1:{unused.getsockname()[1]}")
    assert error.what == "Azure cannot be reached"
    assert "refused the connection" in error.why
    assert time.slept == []


@pytest.mark.parametrize(
    ("cause", "kind", "why"),
    [
        (socket.gaierror(-2, "Name or service not known"), Trouble.NETWORK, "cannot be resolved"),
        (ConnectionResetError(104, "reset"), Trouble.NETWORK, "No connection to"),
        (TimeoutError(110, "timed out"), Trouble.NETWORK, "did not accept a connection"),
        (ssl.SSLError(1, "WRONG_VERSION_NUMBER"), Trouble.TLS, "is not trusted"),
    ],
)
def test_causes_deep_inside_are_found(cause: Exception, kind: Trouble, why: str) -> None:
    outer = RuntimeError("SDK")
    outer.__cause__ = RuntimeError("aiohttp")
    outer.__cause__.__cause__ = cause
    cause.__cause__ = outer
    found = of_network(outer, "management.azure.com")
    assert found.kind is kind
    assert why in found.why


async def test_a_ca_bundle_that_is_none_is_a_usage_error(stub: Stub, tmp_path: Path) -> None:
    for name, text in (("missing.pem", None), ("bad.pem", "no certificate")):
        path = tmp_path / name
        if text is not None:
            path.write_text(text)
        source = stub.source(ca_bundle=path)
        with pytest.raises(SourceError) as error:
            await source.load()
        assert (error.value.what, error.value.exit_code) == ("The CA bundle cannot be used", 2)


async def test_a_reset_connection_is_asked_for_once_more(stub: Stub) -> None:
    async def reset(request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    stub.handler = reset
    error = await told(stub)
    assert "closed the connection" in error.why
    assert len(stub.seen) == 12  # six queries, twice each


# -- answers that are not Azure's


@pytest.mark.parametrize(
    ("status", "kind"),
    [(200, "text/html"), (403, "text/html"), (511, "text/html"), (302, "text/html"), (200, "text/plain")],
)
async def test_a_page_in_between_is_not_taken_for_azure(stub: Stub, status: int, kind: str) -> None:
    async def portal(_: web.BaseRequest) -> web.StreamResponse:
        headers = {"Location": "https://portal.example.com/?canary"} if status == 302 else {}
        return web.Response(status=status, text="<html>canary</html>", content_type=kind, headers=headers)

    stub.handler = portal
    error = await told(stub)
    assert error.what == ("Azure failed" if status == 511 else "This is not Azure answering")
    assert "canary" not in str(error)


@pytest.mark.parametrize("body", [b"", b'{"data": [', b"[]", b"null", b'{"data": null}', b'{"data": {}}', b"\xff"])
async def test_a_broken_answer_is_not_quoted(stub: Stub, body: bytes) -> None:
    async def broken(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=body, content_type="application/json")

    stub.handler = broken
    assert (await told(stub)).what == "The answer cannot be read"


async def test_compressed_answers_are_read_and_damaged_ones_told(stub: Stub) -> None:
    whole = gzip.compress(json.dumps({"totalRecords": 1, "count": 1, "data": [ROW]}).encode())

    async def packed(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=whole, content_type="application/json", headers={"Content-Encoding": "gzip"})

    stub.handler = packed
    assert [cluster.name for cluster in (await loaded(stub)).clusters] == ["mes-prod"]

    async def damaged(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=b"x" + whole, content_type="application/json", headers={"Content-Encoding": "gzip"})

    stub.handler = damaged
    assert (await told(stub)).why == "The answer is damaged."


async def test_the_server_may_only_be_offered_what_can_be_unpacked(stub: Stub) -> None:
    offered: set[str] = set()

    async def note(request: web.BaseRequest) -> web.StreamResponse:
        offered.add(request.headers["Accept-Encoding"])
        return graph([ROW])

    stub.handler = note
    await loaded(stub)
    assert offered == {"gzip, deflate"}


# -- sign-in and rights


async def test_a_refused_token_is_renewed_once(stub: Stub, time: FakeTime) -> None:
    async def refuse(_: web.BaseRequest) -> web.StreamResponse:
        return web.json_response({"error": {"code": "ExpiredAuthenticationToken"}}, status=401)

    stub.handler = refuse
    error = await told(stub, time)
    assert error.what == "Not signed in to Azure"
    assert "ExpiredAuthenticationToken" in error.why
    assert "az login" in error.cure


async def test_an_account_without_subscriptions(stub: Stub) -> None:
    async def none(_: web.BaseRequest) -> web.StreamResponse:
        details = [{"code": "NoValidSubscriptionsInQueryRequest", "message": "canary"}]
        return web.json_response({"error": {"code": "BadRequest", "message": "canary", "details": details}}, status=400)

    stub.handler = none
    error = await told(stub)
    assert error.what == "No subscription to read"
    assert "canary" not in str(error)


async def test_an_account_that_sees_nothing_at_all(stub: Stub) -> None:
    assert (await told(stub)).why == "The account is signed in but can see no subscription."


async def test_a_subscription_without_clusters_is_an_inventory_with_a_gap(stub: Stub) -> None:
    stub.handler = answering(**{"subscriptions": [{"id": LAW, "name": "Plant"}]})
    fleet = await loaded(stub)
    assert fleet.clusters == ()
    assert "no AKS Arc cluster is visible in 1 subscriptions" in fleet.unread[0].reason


@pytest.mark.parametrize(
    ("status", "codes", "kind"),
    [
        (403, ("AuthorizationFailed",), Trouble.FORBIDDEN),
        (404, ("ResourceNotFound",), Trouble.MISSING),
        (409, ("MissingSubscriptionRegistration",), Trouble.REGISTRATION),
        (409, ("Conflict",), Trouble.REFUSED),
        (400, ("BadRequest", "InvalidQuery"), Trouble.REFUSED),
        (429, ("RateLimiting",), Trouble.BUSY),
        (503, (), Trouble.SERVER),
        (407, (), Trouble.NOT_AZURE),
    ],
)
def test_the_kind_of_an_answer(status: int, codes: tuple[str, ...], kind: Trouble) -> None:
    found = of_status(status, codes, False, "management.azure.com", "Some/right/read")
    assert found.kind is kind
    assert (kind is Trouble.FORBIDDEN) == ("Some/right/read" in found.why)


# -- paging


async def test_fewer_rows_than_counted_is_partial(stub: Stub) -> None:
    stub.handler = answering(connectedclusters=lambda _: graph([ROW], total=1000))
    fleet = await loaded(stub)
    assert (len(fleet.clusters), fleet.expected) == (1, 1000)
    reasons = [gap.reason for gap in fleet.unread if gap.what == "clusters"]
    assert reasons == ["Azure counts 1000 rows; 999 of them did not come"]


async def test_the_first_recorded_page_counts_rows_it_does_not_hold(stub: Stub) -> None:
    page = payload("arg-response-page1")

    def once(body: dict[str, Any]) -> web.Response:
        following = "$skipToken" in body["options"]
        return graph([], 1001) if following else web.json_response(page)

    stub.handler = answering(connectedclusters=once)
    fleet = await loaded(stub)
    assert (fleet.clusters[0].name, fleet.expected) == ("s-aszc", 1001)


async def test_pages_that_go_in_circles_end(stub: Stub) -> None:
    loop = {"$skipToken": "again"}
    stub.handler = answering(connectedclusters=lambda _: graph([ROW], 5, **loop))
    fleet = await loaded(stub)
    assert [cluster.name for cluster in fleet.clusters] == ["mes-prod"]
    assert "without an end" in next(gap.reason for gap in fleet.unread if gap.what == "clusters")
    assert len(stub.seen) < 20


async def test_a_query_that_breaks_off_keeps_what_it_brought(stub: Stub) -> None:
    def breaking(body: dict[str, Any]) -> web.Response:
        if "$skipToken" in body["options"]:
            return web.json_response({"error": {"code": "InternalServerError"}}, status=500)
        return graph([ROW], 3, **{"$skipToken": "next"})

    stub.handler = answering(connectedclusters=breaking)
    fleet = await loaded(stub)
    assert (len(fleet.clusters), fleet.expected) == (1, 3)
    assert "Azure failed (HTTP 500, InternalServerError)." in {gap.reason for gap in fleet.unread}


async def test_the_collector_runs_again_after_a_reading_however_it_ends(stub: Stub) -> None:
    during: list[bool] = []

    async def look(_: web.BaseRequest) -> web.StreamResponse:
        during.append(gc.isenabled())
        return graph([ROW] if len(during) <= 6 else [])

    stub.handler = look
    await loaded(stub)
    assert gc.isenabled()
    stub.handler = empty_graph
    await told(stub)
    assert gc.isenabled()
    assert not any(during)


async def test_rows_that_shift_between_pages_are_noticed(stub: Stub) -> None:
    def shifting(body: dict[str, Any]) -> web.Response:
        return graph([ROW], 2) if "$skipToken" in body["options"] else graph([ROW], 2, **{"$skipToken": "next"})

    stub.handler = answering(connectedclusters=shifting)
    fleet = await loaded(stub)
    assert fleet.expected == 2
    assert [gap.what for gap in fleet.unread].count("clusters") == 1


async def test_an_answer_cut_short_without_a_next_page_is_partial(stub: Stub) -> None:
    stub.handler = answering(connectedclusters=lambda _: graph([ROW], resultTruncated="true"))
    fleet = await loaded(stub)
    assert "Azure cut the answer short" in {gap.reason for gap in fleet.unread}


async def test_a_query_that_fails_costs_its_own_columns(stub: Stub) -> None:
    def failing(_: dict[str, Any]) -> web.Response:
        return web.json_response({"error": {"code": "BadRequest"}}, status=400)

    stub.handler = answering(connectedclusters=[ROW], provisionedclusterinstances=failing)
    fleet = await loaded(stub)
    assert named(fleet, "mes-prod").version == Unknown("Azure refused the request (HTTP 400, BadRequest).")


# -- where the token goes, and what is said


async def test_a_list_that_leads_elsewhere_takes_no_token_there(
    stub: Stub, authority: trustme.CA, ca_file: Path
) -> None:
    async with stub_server(authority, ca_file) as other:

        async def lead(request: web.BaseRequest) -> web.StreamResponse:
            if request.path == GRAPH_PATH:
                return await answering(connectedclusters=[ROW])(request)
            return web.json_response({"value": [], "nextLink": f"{other.url}{request.path}"})

        stub.handler = lead
        source = stub.source()
        fleet = await source.load_all()
        await source.close()
    assert other.seen == []
    cluster = named(fleet, "mes-prod")
    assert "another host" in next(gap.reason for gap in fleet.unread_of(cluster) if gap.what == "node pools")
    assert set(stub.tokens) == {"Bearer a-token"}


@pytest.mark.parametrize("link", ["https://[bad", "::", "//example.com/x", "x" * 10_000, 7, {}, "\x00"])
async def test_a_next_page_that_is_no_address_costs_the_pools_only(stub: Stub, link: Any) -> None:
    async def lead(request: web.BaseRequest) -> web.StreamResponse:
        if request.path == GRAPH_PATH:
            return await answering(connectedclusters=[ROW])(request)
        if request.path.endswith("/agentPools"):
            return web.json_response({"value": [], "nextLink": link})
        return web.json_response({"error": {"code": "ResourceNotFound"}}, status=404)

    stub.handler = lead
    source = stub.source()
    fleet = await source.load_all()
    await source.close()
    assert {method for method, _ in stub.seen} == {"GET", "POST"}
    assert "cluster state" in {gap.what for gap in fleet.unread_of(named(fleet, "mes-prod"))}


async def test_an_id_that_is_none_is_never_asked_about(stub: Stub) -> None:
    hostile = {**ROW, "id": f"{CLUSTER}#/../../x"}
    stub.handler = answering(connectedclusters=[hostile])
    source = stub.source()
    fleet = await source.load_all()
    await source.close()
    assert {path for _, path in stub.seen} == {GRAPH_PATH}
    assert any("no ARM id" in gap.reason for gap in fleet.unread)


async def test_libraries_say_nothing_on_the_screen(stub: Stub, capfd: pytest.CaptureFixture[str]) -> None:
    async def cut(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=500, text="canary")

    stub.handler = cut
    await told(stub)
    for name in ("azure.core", "azure.identity", "msal", "aiohttp.client", "asyncio"):
        logging.getLogger(name).warning("canary")
    assert capfd.readouterr() == ("", "")


async def test_a_silent_server_is_given_up_on(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.azure.wire.READ", 0.05)

    async def hang(_: web.BaseRequest) -> web.StreamResponse:
        await asyncio.Event().wait()
        return web.Response()

    stub.handler = hang
    assert (await told(stub)).what == "Azure did not answer in time"
