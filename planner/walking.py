"""Taking up a walk: the lock, the journal, and the walk as its events tell it, together with who may do what."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from planner.catalog import Catalog
    from planner.inventory import Inventory
    from planner.locks import Holder
    from planner.plan import Plan, Step
    from planner.ports import Upgrader, Watcher
    from planner.walker import Walker


@dataclass(frozen=True)
class Crew:
    """Who walks, by which clock, and what they may use."""

    by: str
    """Name of the person, as the operating system tells it."""
    host: str
    clock: Callable[[], datetime]
    watcher: Watcher | None
    """None = nothing can be looked at here: checks are ticked by hand and nothing is verified."""
    upgrader: Upgrader | None = None
    speed: float = 1.0
    hand: Callable[[Step], None] | None = None
    """Plays what people do elsewhere; only in a rehearsal."""
    seen: Callable[[Inventory], None] | None = None
    """Told every inventory that a look brings."""


@dataclass
class Session:
    """A walk taken up in this process."""

    walker: Walker
    journal: Path
    holder: Holder | None
    """Who else holds it; then it can only be watched here."""
    problems: tuple[str, ...]
    """What is wrong with the journal, a sentence each."""

    async def close(self) -> None:
        """Stop watching, close the journal, free the lock; safe to call twice."""
        raise NotImplementedError


def take_up(
    plan: Plan, digest: str, crew: Crew, catalog: Catalog, directory: Path, inventory: Inventory | None = None
) -> Session:
    """Begin the walk of a plan, or take it up where its journal left it.

    Raises SourceError where the journal cannot be made or used, WalkError for a plan without steps.
    """
    raise NotImplementedError
