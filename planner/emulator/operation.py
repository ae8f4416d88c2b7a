"""The status of a long-running operation, and the signed address it is found at."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from planner.emulator.frames import Changing
from planner.emulator.payloads import PROVIDER, Document, instance_id, stamp
from planner.emulator.world import Cluster, guid

__all__ = ["CANARY", "ENDED", "Operation", "new_operation"]

CANARY: Final = "c4naryOfAnEmulatedSignature"
"""Begins every secret part of an address, so that a leak is found by looking for it."""
ENDED: Final = frozenset({"Succeeded", "Failed", "Canceled"})
_CERTIFICATE: Final = 3400
"""Characters of the certificate in an address; with the rest it comes to the 4 kB of a real one."""
_EPOCH: Final = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Operation(Changing):
    """One accepted write. `cluster` is the lower-cased id of the connected cluster."""

    name: str
    cluster: str
    resource: str
    location: str
    began: datetime
    status: str = "Pending"
    ended: datetime | None = None
    error: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def path(self) -> str:
        """Where it is found: below the tenant, under no subscription."""
        return f"{PROVIDER}/locations/{self.location.upper()}/operationStatuses/{self.name}"

    @property
    def query(self) -> Mapping[str, str]:
        """The signed part of the address."""
        ticks = (self.began - _EPOCH).total_seconds() * 1e7
        return {
            "api-version": "2024-01-01",
            "t": f"{ticks:.0f}",
            "c": f"{CANARY}{_noise(self.name, _CERTIFICATE)}",
            "s": f"{CANARY}{_noise('s' + self.name, 315)}",
            "h": _noise("h" + self.name, 43),
        }

    def address(self, base_url: str) -> str:
        """The absolute URL, about 4 kB, which reads without any other right: a secret."""
        return f"{base_url}{self.path}?{urlencode(self.query)}"

    def document(self) -> Document:
        """What a GET answers. No error is an empty object."""
        body: Document = {
            "id": self.path,
            "name": self.name,
            "resourceId": self.resource,
            "status": self.status,
            "startTime": stamp(self.began),
            "error": dict(self.error),
        }
        if self.ended is not None:
            body["endTime"] = stamp(self.ended)
        return body | ({"properties": None} if self.status == "Succeeded" else {})


def new_operation(cluster: Cluster, moment: datetime, number: int) -> Operation:
    """An operation that begins now; `number` tells it from others on the same cluster."""
    name = guid("operation", cluster.id, str(number))
    return Operation(
        name=f"{name}*{hashlib.sha256(name.encode()).hexdigest().upper()}",
        cluster=cluster.id.casefold(),
        resource=instance_id(cluster),
        location=cluster.instance.location,
        began=moment,
    )


def _noise(seed: str, length: int) -> str:
    """Characters of a signature: always the same for the same seed."""
    blocks = (hashlib.sha256(f"{seed}/{number}".encode()).digest() for number in range(length // 40 + 1))
    return base64.urlsafe_b64encode(b"".join(blocks)).decode().rstrip("=")[:length]
