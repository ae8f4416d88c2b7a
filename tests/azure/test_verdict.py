"""What an answer to the upgrade means: certain only where it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.azure.verdict import Reply, verdict
from planner.events import Accepted, Complaint, Doubted, Refused
from tests.azure.conftest import payload
from tests.builders import AS_OF

OPERATION = "https://management.azure.com/the/operation"


def reply(status: int, document: Any = None, *, is_json: bool = True, wait: float | None = None) -> Reply:
    return Reply(status, {} if document is None else document, is_json, OPERATION, "c0ffee", wait)


def coded(code: str, message: str = "") -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


ADMISSION = payload("operationstatus-failed-validationchecks")


@pytest.mark.parametrize("status", [200, 201])
def test_accepted(status: int) -> None:
    assert verdict(reply(status), "S01", AS_OF) == Accepted(AS_OF, "S01", OPERATION, "c0ffee")


@pytest.mark.parametrize(
    ("status", "document", "words"),
    [
        (400, coded("InvalidRequestContent", "no good."), "(HTTP 400, InvalidRequestContent, correlation id c0ffee)"),
        (401, coded("ExpiredAuthenticationToken"), "refused the sign-in"),
        (403, coded("AuthorizationFailed"), "provisionedClusterInstances/write"),
        (403, coded("LinkedAuthorizationFailed"), "on the custom location: needs Microsoft.ExtendedLocation/custom"),
        (403, {}, "provisionedClusterInstances/write"),
        (403, coded("RequestDisallowedByPolicy", "tag it first"), "tag it first"),
        (404, coded("ResourceNotFound"), "does not know the cluster"),
        (409, coded("ReadOnlyDisabledSubscription"), "is disabled"),
        (409, coded("MissingSubscriptionRegistration"), "not registered"),
        (409, coded("ScopeLocked"), "read-only lock"),
        (412, coded("PreconditionFailed"), "changed since"),
        (422, coded("Odd", ""), "Odd"),
    ],
)
def test_refused(status: int, document: Any, words: str) -> None:
    event = verdict(reply(status, document), "S01", AS_OF)
    assert isinstance(event, Refused)
    assert words in event.why
    assert event.why.endswith("Nothing was started.")
    assert event.cure.endswith(".")
    assert "reader@example.com" not in event.why


@pytest.mark.parametrize(
    ("given_reply", "words"),
    [
        (reply(408), "neither yes nor no"),
        (reply(409, coded("RequestConflict")), "may be this upgrade"),
        (reply(409), "may be this upgrade"),
        (reply(429, coded("SubscriptionRequestsThrottled"), wait=86_400), "asks to wait 24 hours"),
        (reply(429), "throttling this account (HTTP 429"),
        (reply(500), "Azure failed"),
        (reply(503, coded("ServerTimeout")), "HTTP 503, ServerTimeout"),
        (reply(202), "neither yes nor no"),
        (reply(307), "neither yes nor no"),
        (reply(201, []), "not whole JSON"),
        (reply(200, is_json=False), "not Azure"),
        (reply(403, is_json=False), "not Azure"),
        (reply(502, is_json=False), "not Azure"),
    ],
)
def test_doubted(given_reply: Reply, words: str) -> None:
    event = verdict(given_reply, "S01", AS_OF)
    assert isinstance(event, Doubted)
    assert words in event.why


def test_the_checks_of_the_webhook_are_complaints() -> None:
    event = verdict(reply(400, {"error": ADMISSION["error"]}), "S01", AS_OF)
    assert isinstance(event, Refused)
    (complaint,) = event.complaints
    assert complaint.name == "K8sVersionValidation"
    assert event.cure == complaint.recommendation
    assert 'BadRequest: admission webhook "vhybridakscluster.kb.io" denied the request. Nothing' in event.why
    assert isinstance(complaint, Complaint)


@given(
    status=st.integers(100, 599),
    code=st.sampled_from(["", "RequestConflict", "ScopeLocked", "AuthorizationFailed", "Odd"]),
    is_json=st.booleans(),
    whole=st.booleans(),
)
def test_what_may_have_been_started_is_never_refused(status: int, code: str, is_json: bool, whole: bool) -> None:
    event = verdict(reply(status, coded(code) if whole else [], is_json=is_json), "S01", AS_OF)
    if isinstance(event, Refused):
        assert is_json
        assert 400 <= status < 500 and status not in (408, 429)
        assert status != 409 or code == "ScopeLocked"
    if isinstance(event, Accepted):
        assert status in (200, 201) and is_json and whole


def test_an_address_never_shows_in_a_text() -> None:
    assert OPERATION not in repr(reply(201))
    for status in (201, 400, 409, 500):
        event = verdict(reply(status), "S01", AS_OF)
        if not isinstance(event, Accepted):
            assert OPERATION not in repr(event)
