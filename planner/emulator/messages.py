"""HTTP requests, answers and what lies between as values, and how a document is written, whole or spoilt."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from planner.emulator.faults import Fault
from planner.emulator.payloads import Document, nulls

__all__ = ["COMMON_HEADERS", "Answer", "Call", "Request", "etag", "written"]

JSON: Final = "application/json"
COMMON_HEADERS: Final = {
    "Cache-Control": "no-cache",
    "Pragma": "no-cache",
    "Expires": "-1",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
_HTML: Final = b"<html><head><title>Sign in to the network</title></head><body>Accept the terms to go on.</body></html>"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. Header names are lower-cased."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. `broken` is a fault of the connection it is sent on (faults.BROKEN), "" = none."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    content_type: str = "application/json"
    broken: str = ""


@dataclass(slots=True)
class Call:
    """A request on its way: when it came, what the route found, and the answer so far."""

    request: Request
    now: datetime
    base_url: str
    found: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: dict[str, str] = field(default_factory=dict[str, str])
    status: int = 200
    fault: Fault | None = None
    keep: str = ""
    """Lower-cased id of the cluster whose whole document this answer is."""

    @property
    def spoil(self) -> str:
        """What the fault does, "" = nothing."""
        return self.fault.what if self.fault else ""


def written(body: Document, spoil: str = "") -> tuple[bytes, str]:
    """The bytes of a document and their content type; `spoil` is a fault of the body (html, half, null) or ""."""
    if spoil == "html":
        return _HTML, "text/html"
    data = json.dumps(nulls(body) if spoil == "null" else body, separators=(",", ":")).encode()
    return (data[: len(data) // 2] if spoil == "half" else data), JSON


def etag(document: Document) -> str:
    """A tag of the content; the time a cached document was pushed is no content."""
    content = {key: value for key, value in document.items() if key != "systemData"}
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return f'"{digest[:8]}-0000-0a00-0000-{digest[8:20]}"'
