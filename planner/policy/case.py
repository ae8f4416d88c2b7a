"""What a rule looks at, and what rules share: evidence from facts, words for severities and owners.

Severities: a *blocker* forbids every move until it is cured; a *warning* puts support or a later move at stake;
*unknown* says that something could not be read and therefore not be judged; *info* is good to know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from planner.clocks import Clock, reason_in
from planner.findings import Evidence, Finding, Owner, Severity
from planner.inventory import Cluster, Known, Observed, Unknown
from planner.offers import LIVE, Offer
from planner.states import Outlook, Place
from planner.support import Judge
from planner.version import KubernetesVersion

BLOCKER: Final = Severity.BLOCKER
UNKNOWN: Final = Severity.UNKNOWN
WARNING: Final = Severity.WARNING
INFO: Final = Severity.INFO
MICROSOFT: Final = Owner.MICROSOFT
OPERATOR: Final = Owner.CLUSTER_OPERATOR
INSTANCE_OWNER: Final = Owner.INSTANCE_OWNER


@dataclass(frozen=True, slots=True)
class Case:
    """One cluster before the rules."""

    cluster: Cluster
    subject: str
    judge: Judge
    place: Place
    outlook: Outlook
    """One object for every cluster with this version under this list and release, so its identity can stand for them."""
    version: KubernetesVersion | None
    """None where it could not be read."""
    within: int
    """An end this many days ahead counts as soon."""

    @property
    def release(self) -> str:
        """The release in words."""
        return release_words(self.place)


@dataclass(frozen=True, slots=True)
class Site:
    """One custom location with its instance before the rules; the answer holds for every cluster on it."""

    subject: str
    """Id of the instance, else of the custom location, else key of the cluster."""
    judge: Judge
    place: Place
    within: int


CaseRule = Callable[[Case], Iterable[Finding]]
SiteRule = Callable[[Site], Iterable[Finding]]


def release_words(place: Place) -> str:
    """The release of a place as a sentence calls it."""
    return f"Azure Local {place.entry.release}" if place.entry is not None else "the Azure Local release"


def fact(name: str, observed: Observed[object]) -> Evidence:
    """A fact as evidence, with its own source and time; an unknown one with its reason."""
    if isinstance(observed, Known):
        return Evidence(name, str(observed.value), observed.source, observed.at)
    return Evidence(name, f"unknown: {reason_in(observed)}", "", None)


def moment(name: str, observed: Observed[datetime]) -> Evidence:
    """A point in time as evidence, to the second in UTC."""
    if isinstance(observed, Known):
        return Evidence(name, observed.value.strftime("%Y-%m-%d %H:%M:%SZ"), observed.source, observed.at)
    return Evidence(name, f"unknown: {reason_in(observed)}", "", None)


def version_fact(case: Case) -> Evidence:
    """The Kubernetes version as it was read."""
    return fact("Kubernetes version", case.cluster.version)


def clock_fact(clock: Clock) -> Evidence:
    """What a clock says, as evidence from the catalog."""
    return Evidence(str(clock.kind), clock.reading, clock.source)


def offer_fact(offer: Offer | None) -> Evidence:
    """The version list a judgement used."""
    if offer is None:
        return Evidence("offered versions", "unknown", "")
    name = "offered versions (live)" if offer.basis == LIVE else "offered versions (catalog)"
    return Evidence(name, offer.text, offer.source, offer.at)


def listed(values: Iterable[object]) -> str:
    """Values in a row, as a sentence lists them."""
    return ", ".join(map(str, values))


def reason_of(observed: Observed[object]) -> str:
    """Why a fact is unknown; "" for a known one."""
    return reason_in(observed) if isinstance(observed, Unknown) else ""


def breaks_a_rule(version: KubernetesVersion, target: KubernetesVersion) -> bool:
    """The target is not newer (P15), or skips a minor (P11)."""
    return target <= version or target.minor - version.minor > 1


def sentence(text: str) -> str:
    """A reason from elsewhere as a sentence of its own."""
    text = text.strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def days_words(clock: Clock, today: date) -> str:
    """How far the end of a clock is, in words; "" without an end."""
    left = clock.days_left(today)
    if left is None:
        return ""
    if left < 0:
        return f"{-left} day{'s' if left < -1 else ''} ago"
    return "today" if left == 0 else f"in {left} day{'s' if left > 1 else ''}"


def cited(source: str) -> tuple[str, ...]:
    """The documents a clock or entry cites."""
    return tuple(key for key in source.split(", ") if key)
