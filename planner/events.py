"""What can happen on a walk. The journal is a list of these, and folding them gives the walk back.

Every event carries when it happened (UTC). Names of people are what the operating system or the operator says; they are
evidence, not proof.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from planner.plan import Plan
from planner.sighting import Sighting


class Way(StrEnum):
    """Who makes the change of a step."""

    ARCSTEP = "arcstep"
    """arcstep sends the upgrade, after the typed name."""
    BY_HAND = "by hand"
    """Somebody runs the command or uses the portal; arcstep only watches."""


class Decision(StrEnum):
    """What the operator decides at a gate, or at any time."""

    PROCEED = "proceed"
    HOLD = "hold"
    ABORT = "abort"


@dataclass(frozen=True, slots=True)
class Complaint:
    """One failed check of Azure's admission webhook."""

    name: str
    message: str
    recommendation: str


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a cluster looked like when the operator confirmed: anything else at the last look stops the upgrade (PR4)."""

    version: str
    provisioning_state: str
    current_state: str
    pools: tuple[str, ...]
    """A line a pool: name, SKU, count and ready nodes by version."""
    location: str
    """Lower-cased id of the custom location."""
    etag: str
    body_sha256: str
    """Of the body to be sent, so that any change of the document shows."""


@dataclass(frozen=True, slots=True)
class Order:
    """One upgrade as the plan asks for it; nothing else is ever sent."""

    step: str
    cluster: str
    """ARM id of the connected cluster."""
    name: str
    origin: str
    target: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, and when."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Began(Event):
    """A walk of a plan began. The plan is in the event, so that a walk outlives its document."""

    by: str
    host: str
    digest: str
    """SHA-256 of the plan's data."""
    plan: Plan
    mode: str = ""
    """Whether arcstep might upgrade, as whom, and whether it was only rehearsed."""


@dataclass(frozen=True, slots=True)
class Reopened(Event):
    """The walk was taken up again, maybe by somebody else."""

    by: str
    host: str
    mode: str = ""


@dataclass(frozen=True, slots=True)
class Looked(Event):
    """A look at the cluster, and with it at its instance."""

    step: str
    seen: Sighting


@dataclass(frozen=True, slots=True)
class LookFailed(Event):
    """A look brought nothing; what was known before stands, and grows old."""

    step: str
    why: str
    cure: str


@dataclass(frozen=True, slots=True)
class Ticked(Event):
    """A person ticked a check by hand, or took the tick back."""

    item: str
    done: bool
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Noted(Event):
    """A note of a person, on a step or a check."""

    item: str
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Started(Event):
    """A person says that the change of a guided step was started elsewhere."""

    step: str
    by: str


@dataclass(frozen=True, slots=True)
class Confirmed(Event):
    """The operator typed the cluster's name under the change of one line. Allows exactly one PUT (PR2)."""

    step: str
    by: str
    typed: str
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class Intended(Event):
    """Durable on disk before the PUT is sent; without it nothing is sent (PR6, PR7)."""

    step: str
    order: Order
    body_sha256: str
    etag: str
    request: str
    """x-ms-client-request-id of the PUT."""


@dataclass(frozen=True, slots=True)
class Accepted(Event):
    """Azure took the PUT. `operation` is signed: it belongs into the journal and nowhere else (PR9)."""

    step: str
    operation: str = field(repr=False)
    correlation: str


@dataclass(frozen=True, slots=True)
class Refused(Event):
    """Certain: nothing was started. Before the PUT (something changed, no intent on disk) or by Azure."""

    step: str
    why: str
    cure: str
    complaints: tuple[Complaint, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubted(Event):
    """The PUT was sent and its fate is not known: only looking at the cluster can tell."""

    step: str
    why: str


@dataclass(frozen=True, slots=True)
class Polled(Event):
    """What the operation says of itself; the cluster has the last word."""

    step: str
    status: str
    message: str = ""
    complaints: tuple[Complaint, ...] = ()


@dataclass(frozen=True, slots=True)
class PollFailed(Event):
    """The operation could not be asked. It goes on all the same."""

    step: str
    why: str
    cure: str


@dataclass(frozen=True, slots=True)
class Decided(Event):
    """A decision at a gate (`step`), or to hold, to abort or to go on at any time."""

    step: str
    decision: Decision
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class TimePassed(Event):
    """Nothing happened but time. Never kept."""


EVENTS: tuple[type[Event], ...] = (
    Began,
    Reopened,
    Looked,
    LookFailed,
    Ticked,
    Noted,
    Started,
    Confirmed,
    Intended,
    Accepted,
    Refused,
    Doubted,
    Polled,
    PollFailed,
    Decided,
)
"""Those that a journal may hold, by the name of their class."""
