"""What Azure's answer to an upgrade means: accepted, certainly refused, or in doubt.

Refused only where it is certain that nothing was started; everything else is found out by looking at the cluster (PR5).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from planner.azure.admission import of_error
from planner.azure.errors import error_codes, span
from planner.azure.fields import inside
from planner.azure.standing import PLAN_AGAIN
from planner.events import Accepted, Doubted, Refused

WRITE: Final = "Microsoft.HybridContainerService/provisionedClusterInstances/write"
DEPLOY: Final = "Microsoft.ExtendedLocation/customLocations/deploy/action"
_CERTAIN_CONFLICTS: Final = frozenset(
    {"readonlydisabledsubscription", "missingsubscriptionregistration", "scopelocked"}
)
"""Any other 409 may be about an operation that runs, and that may be this very one."""
_OPEN: Final = frozenset({408, 409, 429})
_READ_IT: Final = "Read the message and remove its cause, then decide anew."


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to the PUT. `document` is None where the body is not whole JSON."""

    status: int
    document: object = field(repr=False)
    is_json: bool
    operation: str = field(repr=False)
    """The signed address of the operation; "" where none, or where it is not on Azure's own host."""
    correlation: str
    wait: float | None = None
    """Seconds that Azure asks to wait."""

    @property
    def said(self) -> str:
        """Status, codes and correlation id, for a text."""
        traced = (f"correlation id {self.correlation}",) if self.correlation else ()
        return ", ".join((f"HTTP {self.status}", *error_codes(self.document)[:2], *traced))


def verdict(reply: Reply, step: str, at: datetime) -> Accepted | Refused | Doubted:
    """The event an answer is."""
    if not reply.is_json:
        return Doubted(at, step, f"Something that is not Azure answered ({reply.said}): a proxy or a sign-in page.")
    if reply.status in (200, 201):
        if not isinstance(reply.document, dict):
            return Doubted(at, step, f"The answer is not whole JSON ({reply.said}).")
        return Accepted(at, step, reply.operation, reply.correlation)
    codes = {code.casefold() for code in error_codes(reply.document)}
    if reply.status == 409 and codes & _CERTAIN_CONFLICTS:
        return _refused(reply, step, at, *_of_conflict(codes))
    if reply.status in _OPEN or not 400 <= reply.status < 500:
        return Doubted(at, step, _doubt(reply))
    return _of_refusal(reply, codes, step, at)


def _doubt(reply: Reply) -> str:
    if reply.status == 409:
        return f"Azure says that something else is under way on the cluster ({reply.said}); it may be this upgrade."
    if reply.status == 429:
        wait = f" and asks to wait {span(reply.wait)}" if reply.wait is not None else ""
        return f"Azure is throttling this account{wait} ({reply.said})."
    if reply.status >= 500:
        return f"Azure failed while it had the upgrade ({reply.said})."
    return f"Azure gave an answer that says neither yes nor no ({reply.said})."


def _of_conflict(codes: set[str]) -> tuple[str, str]:
    if "readonlydisabledsubscription" in codes:
        return "The subscription is disabled: it can be read and not changed", "Have the subscription enabled again."
    if "scopelocked" in codes:
        return (
            "A read-only lock lies on the cluster or above it",
            "Ask its owner to take the lock away for the upgrade, then confirm it again.",
        )
    return (
        "The subscription is not registered for the resource provider",
        "Ask an owner to register Microsoft.HybridContainerService; arcstep never does that itself.",
    )


def _of_refusal(reply: Reply, codes: set[str], step: str, at: datetime) -> Refused:
    match reply.status:
        case 401:
            return _refused(
                reply, step, at, "Azure refused the sign-in", "Run `az login`, then prepare the upgrade anew."
            )
        case 403 if "linkedauthorizationfailed" in codes:
            return _refused(
                reply,
                step,
                at,
                f"No permission on the custom location: needs {DEPLOY}",
                "Ask for that right on the custom location; it is often in another resource group.",
            )
        case 403 if not codes or "authorizationfailed" in codes:
            return _refused(
                reply,
                step,
                at,
                f"No permission to upgrade: needs {WRITE}, and {DEPLOY} on the custom location",
                "Ask for the role Azure Kubernetes Service Arc Contributor on the resource group of the cluster.",
            )
        case 404:
            return _refused(reply, step, at, "Azure does not know the cluster any more", PLAN_AGAIN)
        case 412:
            return _refused(reply, step, at, "The cluster was changed since it was looked at", PLAN_AGAIN)
        case _:
            return _with_reason(reply, step, at)


def _refused(reply: Reply, step: str, at: datetime, why: str, cure: str) -> Refused:
    return Refused(at, step, f"{why} ({reply.said}). Nothing was started.", cure)


def _with_reason(reply: Reply, step: str, at: datetime) -> Refused:
    """A refusal that only Azure's own words explain."""
    said = of_error(inside(reply.document, "error"))
    message = said.message.rstrip(". ") or "it gave no reason"
    why = f"Azure refused the upgrade ({reply.said}): {message}. Nothing was started."
    cure = next((found.recommendation for found in said.complaints if found.recommendation), _READ_IT)
    return Refused(at, step, why, cure, said.complaints)
