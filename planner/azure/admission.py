"""What Azure says in an error message: the checks of the admission webhook taken out of it, secrets never repeated."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from planner.azure.fields import inside, items, text
from planner.events import Complaint
from planner.inventory import clean

MESSAGE_CAP: Final = 1000
_READ: Final = 100_000
"""Characters of a message that are looked at; a real one has hundreds."""
_CHECKS_SHOWN: Final = 20
_SECRETS: Final = (
    (re.compile(r"\b(?:ssh-|ecdsa-|sk-)[\w@.-]+\s+[\w+/=.]+"), "(SSH key)"),
    (re.compile(r"-----BEGIN.*?(?:-----END[^-]*-----|$)"), "(key or certificate)"),
    (re.compile(r"\beyJ[\w.=-]+"), "(token)"),
    (re.compile(r"(?i)\bbearer\s+\S+"), "(token)"),
    (re.compile(r"(https?://[^\s?\"'<>]*)\?[^\s\"'<>]*"), r"\1"),
)
"""Of a signed address only the query is a secret."""


@dataclass(frozen=True, slots=True)
class Said:
    """An error message, fit for a screen: its plain part, and the failed checks it held."""

    message: str
    complaints: tuple[Complaint, ...] = ()


def of_error(error: object) -> Said:
    """What the `error` of an answer says; an empty one says nothing, as Azure means it."""
    said = unpack(_plain(inside(error, "message")))
    code = text(inside(error, "code"), 80)
    if code is None:
        return said
    return Said(f"{code}: {said.message}" if said.message else code, said.complaints)


def unpack(message: str) -> Said:
    """A message with the webhook's JSON taken out of it; where that is no such JSON, the text as it is."""
    head, brace, tail = message[:_READ].partition("{")
    complaints = _complaints(brace + tail) if "denied the request" in head else ()
    if complaints:
        return Said(_shown(head.rstrip().rstrip(":")), complaints)
    return Said(_shown(message[:_READ]))


def _complaints(document: str) -> tuple[Complaint, ...]:
    try:
        found, _ = json.JSONDecoder().raw_decode(document)
    except (ValueError, RecursionError):
        return ()
    checks = items(inside(found, "validationChecks"))[:_CHECKS_SHOWN]
    return tuple(
        Complaint(
            _shown(_plain(check.get("name")), 120) or "(unnamed)",
            _shown(_plain(check.get("message"))),
            _shown(_plain(check.get("recommendation"))),
        )
        for check in checks
    )


def _plain(value: object) -> str:
    return value if isinstance(value, str) else ""


def _shown(raw: str, limit: int = MESSAGE_CAP) -> str:
    """On one line, without secrets, harmless, capped."""
    line = " ".join(raw.split())
    for secret, instead in _SECRETS:
        line = secret.sub(instead, line)
    return clean(line, limit)
