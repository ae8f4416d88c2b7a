"""What a schedule is made of: pieces of work in an order, apart from what they are for. Types only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from planner.timing import Conflict, Slot


@dataclass(frozen=True, slots=True)
class Job:
    """A step as a piece of work that is not interrupted."""

    id: str
    low: int
    """Minutes."""
    high: int
    """Minutes; what is planned with."""
    soak: int = 0
    """Minutes to wait after it."""
    not_before: datetime | None = None
    removed_by: str = ""
    """Id of the job from whose end on it has to be over within 30 days (P3), where that can be had; "" = none."""
    ahead: tuple[str, ...] = ()
    """Names of the other clusters whose hops it is made of; empty = it is work of the plan's own."""


@dataclass(frozen=True, slots=True)
class Lane:
    """The work on one instance: batches one after the other, the jobs of a batch side by side."""

    instance: str
    """Name of the instance, which windows and freezes go by."""
    batches: tuple[tuple[Job, ...], ...]
    id: str = ""
    """Tells it from another instance of the same name; "" where the name does."""


@dataclass(frozen=True, slots=True)
class WaveWork:
    """Lanes that run side by side, and the wait after the last of them."""

    name: str
    lanes: tuple[Lane, ...]
    soak: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """A schedule of waves, or why there is none."""

    slots: tuple[Slot, ...]
    """In the order of the waves, lanes and batches; empty where something could not be placed."""
    finish: datetime | None
    critical: tuple[str, ...]
    """Ids of the jobs that decide the finish, in order: the last one waits for each of them. Of jobs that end together the
    first one stands for all; what a job would have to wait for anyhow, such as its window, does not make the one before it
    critical."""
    conflicts: tuple[Conflict, ...]
    """Empty where everything is placed before the deadline."""
