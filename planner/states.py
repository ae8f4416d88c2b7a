"""Support states and what a judgement is made of: the types; `support` fills them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from planner.version import KubernetesVersion

if TYPE_CHECKING:  # the states alone are wanted long before a judgement is
    from planner.catalog import ReleaseEntry
    from planner.clocks import Clock
    from planner.inventory import CustomLocation, Instance, Known, OfferedVersion
    from planner.offers import Offer

ONE_HOP: Final = "one hop back"
ONLY_A_SKIP: Final = "only a skip"
RELEASE_FIRST: Final = "release update first"
NO_WAY: Final = "none"


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


@dataclass(frozen=True, slots=True)
class Support:
    """The judgement of one cluster: the worst part names it."""

    state: SupportState
    because: str
    """One sentence with date and rule: why this state."""
    clocks: tuple[Clock, ...]
    """All six, nearest end first, unknown and not started last."""
    way_back: str
    """For stranded and out of support: "one hop back", "release update first" (one hop is legal but does not lead into
    support here), "only a skip" (P12), "none"; "" where it cannot be told or Kubernetes is not what ended."""
    skew: int | None
    """Minors between control plane and the oldest observed node; None = no node version observed."""

    @property
    def nearest(self) -> Clock | None:
        """The clock that ends or ended first, or None where no clock has a date."""
        return next((clock for clock in self.clocks if clock.ends is not None), None)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one Kubernetes version means under one list and release."""

    clock: Clock
    state: SupportState
    """Of Kubernetes alone."""
    whole: SupportState
    """Of Kubernetes and the release together."""
    ends: date | None
    """The nearest end of Kubernetes and release."""


@dataclass(frozen=True, slots=True)
class Place:
    """What every cluster of one custom location shares."""

    location: CustomLocation | None
    instance: Instance | None
    entry: ReleaseEntry | None
    """The release the instance runs; None where its build is not known or not in the catalog."""
    live: Known[tuple[OfferedVersion, ...]] | None
    """The live list; None where none can be believed."""
    offer: Offer | None
    release_clock: Clock
    bridge_clock: Clock
    outlooks: dict[KubernetesVersion | None, Outlook] = field(default_factory=dict[KubernetesVersion | None, Outlook])
    """Filled as versions are met; None stands for a version nobody could read. One for all places
    alike in list and release."""
