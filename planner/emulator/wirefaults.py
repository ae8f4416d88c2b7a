"""Faults as answers: which of them a request meets, and what it gets then."""

from __future__ import annotations

from typing import Final

from planner.emulator import payloads
from planner.emulator.faults import UNDONE, Fault, Part, take_fault
from planner.emulator.messages import Call
from planner.emulator.payloads import Document
from planner.emulator.refusals import ACTIONS, Refused, busy, changed, expired, forbidden, missing, refusal, throttled

__all__ = ["Intercepted", "inject", "page"]

DAY: Final = 86_400


class Intercepted(Exception):
    """Something before Azure answers, or nothing does: the request is not carried out."""


def inject(call: Call, faults: list[Fault], part: str, scope: str, foreign: str = "") -> None:
    """Let the next fault of `part` happen. Raises Refused or Intercepted; other faults spoil the answer later."""
    fault = take_fault(faults, part, Part.ALL)
    if fault is None:
        return
    call.fault = fault
    if fault.what in UNDONE:
        if fault.what == "redirect":
            call.status = 307
            call.headers["Location"] = f"{foreign}{call.request.path}"
        raise Intercepted
    refused = _refusal(call, fault.what, part, scope)
    if refused is not None:
        raise refused


def _refusal(call: Call, kind: str, part: str, scope: str) -> Refused | None:
    match kind:
        case "401" | "401-claims":
            return expired(claims=kind == "401-claims")
        case "403":
            return forbidden(ACTIONS.get(part, "Microsoft.ResourceGraph/resources/read"), scope)
        case "404":
            return missing(scope)
        case "409":
            return busy(scope) if part == Part.PUT else Refused(409, payloads.not_registered())
        case "412":
            return changed()
        case "429" | "429-day":
            return throttled(call.found.get("subscription", ""), 1 if kind == "429" else DAY)
        case "500":
            return refusal(500, "InternalServerError", "The request could not be processed. Please try again.")
        case "503":
            return refusal(503, "ServerTimeout", "The request could not be processed. Please try again.")
        case _:
            return None


def page(call: Call, documents: list[Document], foreign: str) -> Document:
    """A list answer. Without further pages there is no nextLink key at all."""
    body: Document = {"value": documents}
    host = {"next-self": call.base_url, "next-foreign": foreign}.get(call.spoil)
    if host is None:
        return body
    return body | {
        "nextLink": f"{host}{call.request.path}?api-version={call.request.query['api-version']}&$skipToken=2"
    }
