"""The seams of the core: what a source of facts must be able to do. Shells implement these; the core names them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # the seams are imported before the first frame, the facts after it
    from planner.inventory import Cluster, Inventory


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
