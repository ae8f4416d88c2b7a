"""What Azure answers when it does not do as asked: status, body and headers in its own words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import uuid4

from planner.emulator import payloads
from planner.emulator.payloads import Document
from planner.emulator.world import Part, guid


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


def throttled(subscription: str, seconds: int) -> Refused:
    """429 of a subscription's bucket."""
    message = (
        f"Number of 'read' requests for subscription '{subscription}' actor '{guid('reader')}' exceeded. "
        f"Please try again after '{seconds}' seconds."
    )
    return Refused(429, payloads.error("SubscriptionRequestsThrottled", message), {"Retry-After": str(seconds)})


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
