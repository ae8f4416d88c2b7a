"""Rules about the Azure Local instance and its Arc Resource Bridge, and about the age of the knowledge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from planner.clocks import ClockState
from planner.findings import Evidence, Finding, Severity
from planner.inventory import Known, Observed, Unknown
from planner.policy.case import (
    BLOCKER,
    INSTANCE_OWNER,
    OPERATOR,
    UNKNOWN,
    WARNING,
    Site,
    SiteRule,
    cited,
    clock_fact,
    days_words,
    fact,
    moment,
    release_words,
    sentence,
)

CATALOG_DAYS: Final = 60
"""Knowledge older than this is called old: the platform changes every month."""
UPDATING: Final = frozenset({"updateinprogress", "preparationinprogress"})
UPDATE_FAILED: Final = frozenset({"updatefailed", "needsattention", "preparationfailed"})
UPDATE_REST: Final = frozenset({"appliedsuccessfully", "updateavailable"})
BRIDGE_WELL: Final = frozenset({"running", "connected"})
NO_INSTANCE: Final = Unknown("the instance is not known")


def _build_fact(site: Site) -> Evidence:
    return fact("Azure Local build", site.place.instance.build if site.place.instance is not None else NO_INSTANCE)


def release_out_of_support(site: Site) -> Iterator[Finding]:
    """AZL-SUP-01: the Azure Local release has left support, and with it every cluster on it (P10)."""
    clock = site.place.release_clock
    if clock.state is not ClockState.ENDED:
        return
    yield Finding(
        code="AZL-SUP-01",
        severity=WARNING,
        subject=site.subject,
        title=f"{release_words(site.place)} left support on {clock.ends} (rule {clock.rule}).",
        why=f"No cluster on it is supported, whatever its Kubernetes version (P10). {clock.reading}",
        cure="Update Azure Local, but first see which clusters that would strand.",
        owner=INSTANCE_OWNER,
        rules=("P10",),
        disputes=("C11",),
        evidence=(_build_fact(site), clock_fact(clock)),
        sources=("SUP", *cited(clock.source)),
    )


def release_ends_soon(site: Site) -> Iterator[Finding]:
    """AZL-SUP-02: the support of the Azure Local release ends soon (P10)."""
    clock = site.place.release_clock
    left = clock.days_left(site.judge.today)
    if clock.state is not ClockState.RUNNING or left is None or left > site.within:
        return
    yield Finding(
        code="AZL-SUP-02",
        severity=WARNING,
        subject=site.subject,
        title=f"Support of {release_words(site.place)} ends after {clock.ends}, {days_words(clock, site.judge.today)}.",
        why=f"From then on no cluster on it is supported, whatever its Kubernetes version (P10). {clock.reading}",
        cure="Plan the update of Azure Local, and the hops its clusters need before it.",
        owner=INSTANCE_OWNER,
        rules=("P10",),
        disputes=("C11",),
        evidence=(_build_fact(site), clock_fact(clock)),
        sources=("SUP", *cited(clock.source)),
    )


def release_unknown(site: Site) -> Iterator[Finding]:
    """AZL-SUP-03: the instance, its build or the release of that build is not known, so nothing can rest on it (P10)."""
    place = site.place
    if place.entry is not None:
        return
    if place.instance is None:
        title = "Which Azure Local instance hosts this cluster is not known."
        why = place.location.instance if place.location is not None else Unknown("its custom location was not read")
        cure = "Check the permission on the custom location and the instance, then read again."
    else:
        why = place.instance.build
        title = "The Azure Local release is not known to the catalog."
        cure = "Bring the catalog up to date, or add the release with an overlay file."
        if isinstance(why, Unknown):
            title = "The Azure Local release could not be read."
            cure = "Check the permission to read the update summary of the instance, then read again."
    yield Finding(
        code="AZL-SUP-03",
        severity=UNKNOWN,
        subject=site.subject,
        title=title,
        why=f"{_seen(why)} Its support end and what it offers cannot be judged (P10).",
        cure=cure,
        owner=INSTANCE_OWNER,
        rules=("P10",),
        evidence=(_build_fact(site),),
        sources=("SUP",),
    )


def _seen(observed: Observed[object]) -> str:
    if isinstance(observed, Known):
        return f"Azure reports {observed.value}."
    return sentence(observed.reason)


def update_not_at_rest(site: Site) -> Iterator[Finding]:
    """AZL-STATE-01: an update of Azure Local runs, failed or cannot be judged; no Kubernetes upgrade meanwhile."""
    state = site.place.instance.update_state if site.place.instance is not None else NO_INSTANCE
    word = state.value.casefold() if isinstance(state, Known) else ""
    if word in UPDATE_REST:
        return
    if word in UPDATING:
        severity, title = BLOCKER, "An update of Azure Local is running."
        cure = "Wait until the update has finished; do not upgrade Kubernetes meanwhile."
    elif word in UPDATE_FAILED:
        severity, title = WARNING, "The last update of Azure Local failed or needs attention."
        cure = "The owner of Azure Local finishes or repairs the update before any Kubernetes upgrade."
    else:
        severity, title = UNKNOWN, "Whether an update of Azure Local is running is not known."
        cure = "Check the updates page of the instance before any upgrade."
    yield Finding(
        code="AZL-STATE-01",
        severity=severity,
        subject=site.subject,
        title=title,
        why="Hosts that are being updated move and restart virtual machines, the nodes of the clusters among them.",
        cure=cure,
        owner=INSTANCE_OWNER,
        evidence=(fact("update state", state),),
        sources=("UPD",),
    )


def bridge_at_risk(site: Site) -> Iterator[Finding]:
    """AZL-ARB-01: the Arc Resource Bridge is offline, or a year without a solution update is over or near (P25)."""
    clock, place = site.place.bridge_clock, site.place
    status = place.location.bridge_status if place.location is not None else Unknown("the custom location is not known")
    left = clock.days_left(site.judge.today)
    found: list[tuple[Severity, str, str]] = []
    if isinstance(status, Unknown):
        found.append((UNKNOWN, "The state of the Arc Resource Bridge is not known.", sentence(status.reason)))
    elif status.value.casefold() not in BRIDGE_WELL:
        severity = BLOCKER if status.value.casefold() == "offline" else WARNING
        why = "Without it no cluster can be upgraded, and lists keep answering as they last were."
        found.append((severity, f"The Arc Resource Bridge reports {status.value}.", why))
    if clock.state is ClockState.UNKNOWN:
        found.append((UNKNOWN, "How long the bridge's certificates hold is not known.", clock.reading))
    elif clock.state is ClockState.ENDED:
        title = (
            f"The last solution update is more than a year old: bridge certificates may have lapsed on {clock.ends}."
        )
        found.append((WARNING, title, clock.reading))
    elif left is not None and left <= site.within:
        title = f"A solution update is due by {clock.ends}, {days_words(clock, site.judge.today)}."
        found.append((WARNING, title, clock.reading))
    updated = place.instance.last_updated if place.instance is not None else NO_INSTANCE
    for severity, title, why in found:
        yield Finding(
            code="AZL-ARB-01",
            severity=severity,
            subject=site.subject,
            title=title,
            why=why,
            cure="Check the bridge in the portal; apply a solution update within a year of the last one.",
            owner=INSTANCE_OWNER,
            rules=("P25",),
            evidence=(fact("bridge status", status), moment("last solution update", updated)),
            sources=("REL",),
        )


def catalog_old(site: Site) -> Iterator[Finding]:
    """CAT-AGE-01: the newest fact of the catalog is more than 60 days old; this warns and changes no verdict."""
    newest = site.judge.catalog.newest_fact
    age = (site.judge.today - newest).days
    if age <= CATALOG_DAYS:
        return
    yield Finding(
        code="CAT-AGE-01",
        severity=WARNING,
        subject=site.subject,
        title=f"The catalog is old: its newest fact is of {newest}, {age} days before the day judged.",
        why="Azure Local changes every month; minors leave with 30 days' notice, patches without (P5).",
        cure="Update arcstep, or add what is new with an overlay file; compare dates with Microsoft's pages.",
        owner=OPERATOR,
        rules=("P5",),
        evidence=(Evidence("newest fact of the catalog", str(newest), "catalog"),),
    )


PLATFORM_RULES: Final[tuple[SiteRule, ...]] = (
    release_out_of_support,
    release_ends_soon,
    release_unknown,
    update_not_at_rest,
    bridge_at_risk,
    catalog_old,
)
