"""What Azure answers when it does not do as asked: status, body and headers in its own words."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import uuid4

from planner.emulator import payloads
from planner.emulator.faults import Part
from planner.emulator.payloads import Document
from planner.emulator.world import guid


class Refused(Exception):
    """An error answer with its body and extra headers."""

    def __init__(self, status: int, body: Document, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


ACTIONS: Final = {
    Part.CLUSTER: "Microsoft.HybridContainerService/provisionedClusterInstances/read",
    Part.PROFILE: "Microsoft.HybridContainerService/provisionedClusterInstances/upgradeProfiles/read",
    Part.POOLS: "Microsoft.HybridContainerService/provisionedClusterInstances/agentPools/read",
    Part.VERSIONS: "Microsoft.HybridContainerService/kubernetesVersions/read",
    Part.SUBSCRIPTION: "Microsoft.Resources/subscriptions/read",
    Part.PUT: "Microsoft.HybridContainerService/provisionedClusterInstances/write",
    Part.OPERATION: "Microsoft.HybridContainerService/locations/operationStatuses/read",
}
RATE_LIMITED: Final = (
    "Client application has been throttled and should not attempt to repeat the request until an amount of time has "
    "elapsed. Please see https://aka.ms/resourcegraph-throttling for help."
)


def refusal(status: int, code: str, message: str) -> Refused:
    """An error answer of ARM."""
    return Refused(status, payloads.error(code, message))


def missing(scope: str) -> Refused:
    """404: no such resource."""
    parts = scope.split("/providers/")
    kind, _, name = parts[-1].rpartition("/")
    group = scope.split("/")[4] if scope.count("/") > 4 else ""
    message = (
        f"The Resource '{kind}/{name}' under resource group '{group}' was not found. "
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix"
    )
    return refusal(404, "ResourceNotFound", message)


def forbidden(action: str, scope: str) -> Refused:
    """403: the account lacks the right `action`."""
    message = (
        f"The client 'reader@example.com' with object id '{guid('reader')}' does not have authorization to perform "
        f"action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please "
        "refresh your credentials."
    )
    return refusal(403, "AuthorizationFailed", message)


def throttled(subscription: str, seconds: int, kind: str = "read") -> Refused:
    """429 of a subscription's bucket."""
    message = (
        f"Number of '{kind}' requests for subscription '{subscription}' actor '{guid('reader')}' exceeded. "
        f"Please try again after '{seconds}' seconds."
    )
    return Refused(429, payloads.error("SubscriptionRequestsThrottled", message), {"Retry-After": str(seconds)})


def busy(resource: str) -> Refused:
    """409: another operation changes the resource."""
    message = (
        f"Cannot modify resource with id '{resource}' because the resource entity provisioning state is not terminal. "
        "Please wait for the provisioning state to become terminal and then retry the request."
    )
    return refusal(409, "RequestConflict", message)


def changed() -> Refused:
    """412: the tag of the request is not the tag of the resource."""
    message = "The condition specified using HTTP conditional header(s) is not met."
    return refusal(412, "PreconditionFailed", message)


def disabled(subscription: str) -> Refused:
    """409 of every write to a subscription that is not paid for."""
    message = (
        f"The subscription '{subscription}' is disabled and therefore marked as read only. You cannot perform any "
        "write actions on this subscription until it is re-enabled."
    )
    return refusal(409, "ReadOnlyDisabledSubscription", message)


def expired(*, claims: bool) -> Refused:
    """401 of a token that was good before; with `claims` it names what a new one must hold."""
    challenge = 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
    if claims:
        wanted = base64.b64encode(b'{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}').decode()
        challenge += f'error="insufficient_claims", claims="{wanted}"'
    else:
        challenge += 'error="invalid_token", error_description="The access token has expired."'
    message = "The access token expiry UTC time is earlier than current UTC time."
    body = payloads.error("ExpiredAuthenticationToken", message)
    return Refused(401, body, {"WWW-Authenticate": challenge})


def unauthenticated(tenant: str) -> Refused:
    """401 without a bearer token, and without a claims challenge."""
    challenge = (
        f'Bearer authorization_uri="https://login.windows.net/{tenant}", error="invalid_token", '
        "error_description=\"The authentication failed because of missing 'Authorization' header.\""
    )
    message = "Authentication failed. The 'Authorization' header is missing."
    return Refused(401, payloads.error("AuthenticationFailed", message), {"WWW-Authenticate": challenge})


def graph_error(now: datetime, code: str, message: str) -> Document:
    """An error body of Resource Graph: what went wrong is in the details."""
    outer = "RateLimiting" if code == "RateLimiting" else "BadRequest"
    support = f"timestamp = {payloads.stamp(now)}, correlationId = {uuid4()}"
    details: list[Document] = [{"code": code, "message": message}]
    if outer == "BadRequest":
        query = "Query is invalid. Please refer to the documentation for the Azure Resource Graph service."
        details.insert(0, {"code": "InvalidQuery", "message": query})
    return payloads.error(outer, f"Please provide below info when asking for support: {support}.", details)
