"""The site's calendar: when work is allowed, when it is not, how long to wait, and who goes together. Types only.

Wall times and days are those of `zone`, so that a window at night stays at night when the clocks change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, time, tzinfo
from typing import Final

from planner.bands import Run


@dataclass(frozen=True, slots=True)
class Window:
    """Time in which work is allowed, once for each of its days."""

    name: str
    days: frozenset[int]
    """Weekdays on which it opens, Monday = 0."""
    opens: time
    closes: time
    """Not later than `opens` = on the day after; equal = a whole day."""
    instances: tuple[str, ...] = ()
    """Name patterns such as store-*; empty = every instance."""


@dataclass(frozen=True, slots=True)
class Freeze:
    """Days on which nothing may be under way, both ends included."""

    name: str
    first: date
    last: date
    yearly: bool = False
    """Every year from the month and day of `first` to those of `last`, over the turn of the year where that is earlier."""
    instances: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WaveRule:
    """Instances that go together; the first rule that fits an instance takes it."""

    name: str
    instances: tuple[str, ...] = ()
    """Name patterns of instances."""
    tags: tuple[tuple[str, str], ...] = ()
    """Tags one cluster of the instance has to carry, all of them."""
    soak: int = 0
    """Minutes to wait after its last step, before the next wave begins."""
    stop: str = ""
    """When the waves after it are not begun, in words."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Everything about time that a site decides. The default allows any time and waits for nothing."""

    name: str = ""
    zone: tzinfo = UTC
    zone_name: str = "UTC"
    windows: tuple[Window, ...] = ()
    """Empty = any time."""
    freezes: tuple[Freeze, ...] = ()
    waves: tuple[WaveRule, ...] = ()
    """Empty = one wave for all."""
    lead_days: int = 0
    """Days from the decision to the first step."""
    soak: int = 0
    """Minutes to wait after a release update, before the next step on that instance."""
    side_by_side: int = 1
    """Clusters of one instance that may be upgraded at a time: as many as there are spare IP addresses; 1 = not known."""
    start: date | None = None
    """Nothing begins before this day."""
    finish_by: date | None = None
    """The last day on which anything may be under way; None = only the clocks limit."""
    node_minutes: tuple[int, int] | None = None
    """The site's own figure for a node of a Kubernetes upgrade, low and high; None = journals, else arcstep's assumption."""
    release_minutes: tuple[int, int] | None = None
    """The site's own figure for a release update."""
    runs: tuple[Run, ...] = ()
    """Upgrades that journals of this site saw from start to end."""

    @property
    def is_given(self) -> bool:
        """True where a site has decided anything; own runs alone are no calendar."""
        return replace(self, runs=()) != ANYTIME


ANYTIME: Final = Calendar()
"""No limits: the calendar of a plan that was given none."""
