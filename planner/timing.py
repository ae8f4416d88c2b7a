"""When a plan is done: what a schedule comes to, as a plan remembers it. Types only; `schedule` fills them.

Moments are in UTC. Minutes are real ones: an hour lost or won by daylight saving time counts as what it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Fit(StrEnum):
    """Whether work fits into one window. Low and high are the ends of the duration bands, P50 and P90 where measured."""

    FITS = "fits"
    """The high estimate ends in the window."""
    TIGHT = "tight"
    """Only the low estimate does."""
    OVERRUNS = "overruns"
    """Not even the low estimate does."""


@dataclass(frozen=True, slots=True)
class WindowFit:
    """All steps in a row, begun when a window opens."""

    fit: Fit
    low: int
    """Minutes all steps take by the low ends of their bands, the soak between them included."""
    high: int
    window: int
    """Minutes of the longest window there is, by the clock on the wall."""
    step: str = ""
    """The step in which the window closes, by the high estimate; "" where it fits."""
    windows: int = 0
    """Openings of windows in which the slots lie; 0 = nothing was placed."""


@dataclass(frozen=True, slots=True)
class Slot:
    """When a step is planned to be made."""

    step: str
    start: datetime
    end: datetime
    """By the high end of its band."""
    window: str = ""
    """Name of the window it lies in; "" = any time is allowed."""


@dataclass(frozen=True, slots=True)
class Share:
    """One line of the subtraction that leads from a deadline to the latest start."""

    what: str
    """Such as "work, high estimate", "soak of wave pilot", "wave pilot, high estimate", "freeze year end", "lead time"."""
    minutes: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """A smallest set of constraints to relax, after which a schedule exists, or a deadline is met."""

    constraints: tuple[str, ...]
    """Such as "freeze year end", "wave order" or "finish by 2026-12-31"."""
    finish: datetime
    """When everything it is about would then be finished."""


@dataclass(frozen=True, slots=True)
class MustStart:
    """The latest moment to begin: a deadline less everything that lies between. The shares add up to the distance.

    Where waves go before, it is the moment to begin with the first of them.
    """

    deadline: date
    """The last good day of the clock that ends first."""
    clock: str
    """Which clock that is, such as "Kubernetes minor"."""
    rule: str
    """The rule that gave the day, such as P3 or LBL."""
    by: datetime | None
    """None where no start is early enough, or where nothing can be placed at all."""
    shares: tuple[Share, ...]
    is_past: bool
    """True where `by` is None or lies before the as-of moment."""
    finish: datetime | None = None
    """The earliest finish when begun at the as-of moment; None where nothing can be placed."""
    days_unsupported: int | None = None
    """Whole days from the deadline to that finish; 0 where it is met; None where unknown."""
    relax: tuple[Conflict, ...] = ()
    """The smallest sets to give up for the deadline to be met after all, begun at the as-of moment; empty where it is met, or
    nothing helps."""
    soonest: datetime | None = None
    """The finish with everything given up that holds the work back; None where the deadline can be met, or nothing does."""


@dataclass(frozen=True, slots=True)
class Lapse:
    """A cluster that is out of support between two steps: an update takes its minor away, and the hop off it comes too late."""

    cluster: str
    """Name."""
    minor: str
    update: str
    """Id of the step that takes it away."""
    hop: str
    """Id of the step that leads off it."""
    ends: date
    """The last good day: 30 days after the update (P3)."""
    days: int
    """Whole days from there to the end of the hop."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When a plan is to be made, and how sure that is."""

    low: int
    """Minutes of work, all steps one after the other, by the low ends of their bands."""
    high: int
    unknown: tuple[str, ...] = ()
    """Ids of the steps nobody can give a duration for; they are in none of the sums."""
    fit: WindowFit | None = None
    """None where no window limits the work."""
    slots: tuple[Slot, ...] = ()
    """Empty where nothing could be placed, or no calendar was given."""
    must_start: MustStart | None = None
    """None where no clock has an end, or a step has no duration."""
    downtime: tuple[str, ...] = ()
    """What is down while its node is replaced, a sentence each: single nodes are not rolled."""
    zone: str = "UTC"
    """The time zone in which windows and freezes are meant."""
    calendar: str = ""
    """Windows, freezes and waits in words; "" = none were given."""
    conflicts: tuple[Conflict, ...] = ()
    """Set where nothing fits: the smallest sets to relax, freezes before windows before soak before deadlines."""
    lapses: tuple[Lapse, ...] = ()
    """Whom the plan itself takes out of support for a while, the longest first."""
