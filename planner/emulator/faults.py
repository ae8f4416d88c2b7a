"""Wrong answers on purpose: what can go wrong, where, and what has happened by then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

__all__ = ["BROKEN", "FOREIGN", "UNDONE", "Fault", "Outcome", "Part"]

FOREIGN: Final = "https://127.0.0.2:1"
"""Another host, where no bearer token may go."""
UNDONE: Final = frozenset({"html", "reset", "redirect"})
"""Faults that meet a request before Azure does: a write with one of them changes nothing."""
BROKEN: Final = frozenset({"hang", "reset", "lost", "cut", "drip"})
"""Faults of the connection rather than of the answer."""


class Part:
    """The documents of a resource that a fault can hit."""

    CLUSTER: Final = "cluster"
    PROFILE: Final = "profile"
    POOLS: Final = "pools"
    VERSIONS: Final = "versions"
    SUBSCRIPTION: Final = "subscription"
    PUT: Final = "put"
    """The write that upgrades a cluster."""
    OPERATION: Final = "operation"
    """The status of an operation on the cluster."""
    OUTCOME: Final = "outcome"
    """No answer, but how the next upgrade of the cluster goes."""
    GRAPH: Final = "graph"
    """The rows of the resource in Resource Graph."""
    QUERY: Final = "query"
    """Every answer of Resource Graph."""
    ALL: Final = "all"
    """Every ARM document of the resource; its graph rows stay."""
    KNOWN: Final = (
        *(CLUSTER, PROFILE, POOLS, VERSIONS, SUBSCRIPTION),
        *(PUT, OPERATION, OUTCOME, GRAPH, QUERY, ALL),
    )
    OF_CLUSTER: Final = (CLUSTER, PROFILE, POOLS, PUT, OPERATION, OUTCOME, GRAPH, ALL)


class Outcome:
    """How an upgrade can go other than well."""

    TIMED_OUT: Final = "timed-out"
    """The operation and provisioningState fail while the nodes go on; ends well."""
    STUCK: Final = "stuck"
    """All nodes arrive and the operation succeeds, but currentState stays Upgrading."""
    FAILED: Final = "failed"
    """The control plane does not come up; both states Failed, no node moved."""
    ADMISSION: Final = "admission"
    """The admission webhook denies it; the cluster stays as it was."""
    PARTIAL: Final = "partial"
    """Succeeds, yet one pool stays behind."""
    DRAIN: Final = "drain"
    """A node cannot be drained; goes on only after it is healed."""
    CANCELED: Final = "canceled"
    """Canceled before any node moved."""
    DISCONNECTED: Final = "disconnected"
    """Goes well, with the connected cluster offline meanwhile."""
    KNOWN: Final = (TIMED_OUT, STUCK, FAILED, ADMISSION, PARTIAL, DRAIN, CANCELED, DISCONNECTED)


@dataclass(frozen=True, slots=True)
class Fault:
    """A wrong answer: `kind` for the documents of `part`.

    ARM kinds: a status, 401-claims (401 with a claims challenge), 429-day (to be tried again in a day), html (a page
    with status 200), half (half a JSON document), null (every leaf is null), hang (no answer), reset (closed before
    anything was done), lost (closed after it was done), cut (closed in the middle of the body), drip (a byte each
    100 ms), redirect (to another host), next-self and next-foreign (a nextLink that loops or leaves the host). A write
    with html, reset, redirect or a status did nothing; with any other kind it did its work. Kinds of `put` alone:
    foreign (the operation is on another host) and no-operation (none is named); of `operation` alone: status-odd.
    Graph kinds: instance (instance and profile rows are missing), all (the connected cluster is missing too), profile
    (only the upgrade profile row is missing), duplicate. Kinds of `outcome`: see Outcome. A kind ending in "!"
    happens once.
    """

    part: str
    kind: str

    KINDS: ClassVar = (
        *("401", "401-claims", "403", "404", "409", "412", "429", "429-day", "500", "503"),
        *("html", "half", "null", "hang", "reset", "lost", "cut", "drip", "redirect", "next-self", "next-foreign"),
    )
    SPECIAL: ClassVar = {
        Part.GRAPH: ("instance", "all", "profile", "duplicate"),
        Part.OUTCOME: Outcome.KNOWN,
        Part.PUT: (*KINDS, "foreign", "no-operation"),
        Part.OPERATION: (*KINDS, "status-odd"),
    }

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read "403", "pools:html", "put:lost!" or "outcome:stuck". Raises ValueError naming the text."""
        part, _, kind = text.rpartition(":")
        part = part or Part.ALL
        known = cls.SPECIAL.get(part, cls.KINDS)
        if part not in Part.KNOWN or kind.rstrip("!") not in known:
            raise ValueError(f"{text!r} is not a fault; a {part} fault is one of {', '.join(known)}")
        return cls(part, kind)

    @property
    def what(self) -> str:
        """The kind without its mark."""
        return self.kind.rstrip("!")


def take_fault(faults: list[Fault], *parts: str) -> Fault | None:
    """The first fault of one of the parts; one that happens once is gone afterwards."""
    found = next((fault for fault in faults if fault.part in parts), None)
    if found is not None and found.kind.endswith("!"):
        faults.remove(found)
    return found
