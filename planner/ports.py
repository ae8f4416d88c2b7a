"""The seams of the core: what a source of facts must be able to do. Shells implement these; the core names them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:  # the seams are imported before the first frame, the facts after it
    from datetime import datetime

    from planner.events import Accepted, Doubted, Event, Fingerprint, Intended, Order, Polled, PollFailed, Refused
    from planner.inventory import Cluster, Inventory


NEWER_FACTS: Final = "newer facts"
"""What could not be read where a cluster still stands with the facts of an earlier reading."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a reading has come. `inventory` holds the rows read so far, so that a screen can show them."""

    done: int
    total: int | None
    what: str
    """What is being read now, in words."""
    inventory: Inventory | None = None


Report = Callable[[Progress], None]


def ignore(_: Progress) -> None:
    """A report nobody reads."""


class SourceError(Exception):
    """Nothing could be read at all. Carries what failed, why, and what to do next, each one sentence.

    `exit_code` is 4 (not signed in, unreachable), 3 (a part could not be read) or 2 (a file that cannot be used).
    """

    def __init__(self, what: str, why: str, cure: str, exit_code: int = 4) -> None:
        super().__init__(f"{what}: {why} {cure}")
        self.what = what
        self.why = why
        self.cure = cure
        self.exit_code = exit_code


class Source(Protocol):
    """Where an inventory comes from: live Azure, the embedded emulator, a file."""

    @property
    def label(self) -> str:
        """One word or two for the header, such as "live", "demo", "snapshot"."""
        ...

    async def load(self, report: Report = ignore) -> Inventory:
        """Read the overview of the whole fleet. Parts that fail become `Inventory.unread`. Raises SourceError."""
        ...

    async def load_all(self, report: Report = ignore) -> Inventory:
        """The overview plus profile and pools of every cluster (what `snapshot` writes). Raises SourceError."""
        ...

    async def refresh(self, inventory: Inventory, cluster: Cluster) -> Inventory:
        """Read profile, pools and state of one cluster again; returns the whole inventory with it replaced."""
        ...

    async def close(self) -> None:
        """Give back connections; safe to call twice."""
        ...


class Watcher(Source, Protocol):
    """A source that can follow a walk: live Azure, or the emulator."""

    async def look(self, inventory: Inventory, cluster: Cluster, *, wide: bool) -> Inventory:
        """State, contact, profile, pools and version list of one cluster, read now; `wide` = the whole overview before it,
        so that instance and neighbours are of now too. Raises SourceError where nothing could be read."""
        ...

    async def poll(self, step: str, operation: str) -> Polled | PollFailed:
        """Ask a running operation. Never raises: that it cannot be asked is an event too (PR5)."""
        ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """An upgrade ready to be confirmed: nothing was sent yet."""

    order: Order
    fingerprint: Fingerprint
    diff: tuple[tuple[str, str, str], ...]
    """(JSON pointer, value now, value to be sent); exactly one row, or the upgrade must not be sent (PR3)."""
    at: datetime
    """When it was read."""
    account: str
    tenant: str
    warnings: tuple[str, ...]
    """What the operator should know before typing the name, a sentence each."""


class Upgrader(Protocol):
    """The only thing that writes to Azure, and only where the operator allowed upgrades at the start."""

    @property
    def who(self) -> str:
        """Such as "grace@example.com in contoso.example"."""
        ...

    async def prepare(self, order: Order) -> Prepared:
        """Read the cluster and make the body. Raises SourceError, also where the cluster is not as the order expects."""
        ...

    async def send(
        self, order: Order, fingerprint: Fingerprint, record: Callable[[Intended], None]
    ) -> Accepted | Refused | Doubted:
        """The safe upgrade protocol: look again, compare, `record` the intent durably, one PUT. Never raises but CancelledError.

        Cancelling it does not stop a PUT that is on its way; its answer is then lost to the caller, and found out by
        looking. Where `record` raises nothing is sent.
        """
        ...


Record = Callable[["Event"], None]
"""Keeps an event durably before it returns. Raises SourceError where it cannot."""
