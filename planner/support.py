"""Support states and clocks of a cluster at a moment: pure judgement over facts and knowledge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class SupportState(StrEnum):
    """Worst first; `order` sorts that way. Support is a conjunction (P10)."""

    STRANDED = "stranded"
    OUT_OF_SUPPORT = "out of support"
    UNKNOWN = "unknown"
    GRACE = "grace"
    PREVIEW = "preview"
    PATCH_OUTDATED = "patch outdated"
    SUPPORTED = "supported"

    @property
    def order(self) -> int:
        """0 is worst."""
        return _ORDER[self]


_ORDER = {state: place for place, state in enumerate(SupportState)}


class ClockKind(StrEnum):
    """The six dated limits."""

    KUBERNETES = "Kubernetes minor"
    RELEASE = "Azure Local release"
    CONTACT = "Last contact"
    STOPPED = "Stopped"
    SUBSCRIPTION = "Subscription"
    BRIDGE = "Arc Resource Bridge"


class ClockState(StrEnum):
    """How a clock stands at as_of."""

    ENDED = "ended"
    GRACE = "grace"
    RUNNING = "running"
    UNKNOWN = "unknown"
    NOT_STARTED = "not started"


@dataclass(frozen=True, slots=True)
class Clock:
    """One dated limit seen from as_of. Days are whole calendar days in UTC."""

    kind: ClockKind
    state: ClockState
    ends: date | None
    """The date judged (the earliest where rules disagree); None where unknown or not started."""
    latest: date | None
    """The latest date another rule gives, when it differs from `ends`."""
    starts: date | None
    """When the clock began (removal, last contact, …), where known."""
    rule: str
    """The rule that gave `ends`, such as "P3" or "LBL"."""
    reading: str
    """One sentence: what the clock says, with its basis."""
    source: str

    def days_left(self, as_of: date) -> int | None:
        """Days from as_of to the end; negative = days since; None = no date."""
        return None if self.ends is None else (self.ends - as_of).days


@dataclass(frozen=True, slots=True)
class Support:
    """The judgement of one cluster: the worst part names it."""

    state: SupportState
    because: str
    """One sentence with date and rule: why this state."""
    clocks: tuple[Clock, ...]
    """All six, nearest end first, unknown and not started last."""
    way_back: str
    """For stranded and out_of_support: "one hop back", "only a skip", "none", else ""."""
    skew: int | None
    """Minors between control plane and the oldest observed node; None = no node version observed."""

    @property
    def nearest(self) -> Clock | None:
        """The clock that ends or ended first, or None where no clock has a date."""
        return next((clock for clock in self.clocks if clock.ends is not None), None)
