"""Rules about the support of the Kubernetes version a cluster runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

from planner.catalog import ReleaseEntry
from planner.clocks import ClockState
from planner.findings import Evidence, Finding
from planner.offers import strands_on
from planner.policy.case import (
    BLOCKER,
    INSTANCE_OWNER,
    OPERATOR,
    UNKNOWN,
    WARNING,
    Case,
    CaseRule,
    cited,
    clock_fact,
    days_words,
    listed,
    offer_fact,
    reason_of,
    version_fact,
)
from planner.reasons import still_works
from planner.states import NO_WAY, ONE_HOP, ONLY_A_SKIP, RELEASE_FIRST, SupportState
from planner.version import KubernetesVersion, Minor


def minor_out_of_support(case: Case) -> Iterator[Finding]:
    """K8S-SUP-01: the minor's support has ended, by its published date or 30 days after its removal (P1, P3, P4)."""
    clock, version = case.outlook.clock, case.version
    if clock.state is not ClockState.ENDED or version is None:
        return
    works = still_works(case.place, version)
    way_back = case.judge.support(case.cluster).way_back
    rules = ("P1", "P4", "P6", "P7") if clock.rule == "PUB" else ("P1", "P3", "P4", "P6", "P7")
    yield Finding(
        code="K8S-SUP-01",
        severity=WARNING,
        subject=case.subject,
        title=f"Kubernetes {version.minor} left support on {clock.ends}.",
        why=f"{works[0].upper()}{works[1:]} (P4, P6, P7).",
        cure=_way_back(case, version, way_back),
        owner=OPERATOR,
        rules=(*rules, "P14") if way_back == ONE_HOP else rules,
        disputes=("C7",),
        evidence=(version_fact(case), clock_fact(clock), offer_fact(case.place.offer)),
        sources=("SKV", "SUP"),
    )


def _way_back(case: Case, version: KubernetesVersion, way_back: str) -> str:
    if way_back == ONE_HOP:
        return f"Upgrade to {_first_supported(case, version)}: one hop, and Kubernetes is back in support."
    if way_back == RELEASE_FIRST:
        return f"{case.release} cannot bring it back alone: plan release updates and hops together."
    if way_back == ONLY_A_SKIP:
        return "Only a skip over minors or a rebuild is left (see K8S-STRAND-01)."
    if way_back == NO_WAY:
        return "Nothing offered here is one hop away: ask Microsoft support before changing anything."
    return "Read the live version list first; without it no way back can be named."


def _first_supported(case: Case, version: KubernetesVersion) -> KubernetesVersion | None:
    """The newest patch of the lowest supported minor one hop away."""
    offer = case.place.offer
    if offer is None:
        return None
    good = [
        target
        for target in offer.next_hops(version)
        if case.judge.outlook_of(case.place, target).state is not SupportState.OUT_OF_SUPPORT
    ]
    return offer.newest(min(good).minor) if good else None


def minor_in_grace(case: Case) -> Iterator[Finding]:
    """K8S-SUP-02: the minor was removed and its support still runs for some days (P3, P4, P6)."""
    clock, version = case.outlook.clock, case.version
    if clock.state is not ClockState.GRACE or version is None:
        return
    offer = case.place.offer
    target = _first_supported(case, version)
    yield Finding(
        code="K8S-SUP-02",
        severity=WARNING,
        subject=case.subject,
        title=f"Kubernetes {version.minor} is off the list; its support ends after {clock.ends}.",
        why=f"It ends {days_words(clock, case.judge.today)}. Already now no new pool or cluster can be made on it (P6).",
        cure=f"Upgrade to {target} before that day." if target else "Plan the next hop before that day.",
        owner=OPERATOR,
        rules=("P3", "P4", "P6"),
        disputes=("C7",),
        evidence=(version_fact(case), clock_fact(clock), offer_fact(offer)),
        sources=("SKV",),
    )


def patch_outdated(case: Case) -> Iterator[Finding]:
    """K8S-SUP-03: the minor is on the list and the patch is not (P2, P8); documents disagree what that means (C2)."""
    offer, version = case.place.offer, case.version
    if offer is None or version is None or version.minor not in offer.minors:
        return
    if version in offer.versions or version in offer.previews:
        return
    newest = offer.newest(version.minor)
    yield Finding(
        code="K8S-SUP-03",
        severity=WARNING,
        subject=case.subject,
        title=f"The patch {version} is not on the list of {case.release}.",
        why="One document supports listed versions only, another speaks of whole minors only: disputed (C2).",
        cure=f"Upgrade to {newest}." if newest and newest > version else "Plan the hop to the next minor.",
        owner=OPERATOR,
        rules=("P2", "P8"),
        disputes=("C2",),
        evidence=(version_fact(case), offer_fact(offer)),
        sources=("SKV", "SUP"),
    )


def runs_a_preview(case: Case) -> Iterator[Finding]:
    """K8S-SUP-04: the running version is marked as a preview on the live list (P9)."""
    offer, version = case.place.offer, case.version
    if offer is None or version not in offer.previews:
        return
    yield Finding(
        code="K8S-SUP-04",
        severity=WARNING,
        subject=case.subject,
        title=f"Kubernetes {version} is a preview.",
        why="Previews are not meant for production: best effort, in business hours (P9).",
        cure="Do not run production on it; move to a version that is generally available when one is offered.",
        owner=OPERATOR,
        rules=("P9",),
        evidence=(version_fact(case), offer_fact(offer)),
        sources=("SKV", "SUP"),
    )


def support_unknown(case: Case) -> Iterator[Finding]:
    """K8S-SUP-05: version, list or removal date are missing, so Kubernetes support cannot be judged (P10)."""
    if case.outlook.state is not SupportState.UNKNOWN:
        return
    clock, place = case.outlook.clock, case.place
    if case.version is None:
        title, why = "The Kubernetes version could not be read.", f"Azure: {reason_of(case.cluster.version)}."
        cure = "Ask for read permission on the cluster, or look at it in the portal."
    elif place.offer is None:
        title = f"Whether {case.version} is offered on {case.release} is not known."
        why = "No live version list was read and none was published for it; nothing is assumed from its neighbours."
        cure = "Read the live list of the custom location (az aksarc get-versions)."
    else:
        title, why = f"The support of {case.version} cannot be judged.", clock.reading
        cure = "Compare with Microsoft's list of supported versions by hand."
    yield Finding(
        code="K8S-SUP-05",
        severity=UNKNOWN,
        subject=case.subject,
        title=title,
        why=why,
        cure=cure,
        owner=OPERATOR,
        rules=("P10",),
        evidence=(version_fact(case), offer_fact(place.offer), clock_fact(clock)),
        sources=cited(clock.source) or ("SUP",),
    )


def support_ends_soon(case: Case) -> Iterator[Finding]:
    """K8S-SUP-06: a published end of the minor's support is near (P4)."""
    clock, version = case.outlook.clock, case.version
    left = clock.days_left(case.judge.today)
    if clock.state is not ClockState.RUNNING or left is None or left > case.within or version is None:
        return
    yield Finding(
        code="K8S-SUP-06",
        severity=WARNING,
        subject=case.subject,
        title=f"Support of Kubernetes {version.minor} ends after {clock.ends}, {days_words(clock, case.judge.today)}.",
        why="After that day Microsoft answers requests with “upgrade first” (P4).",
        cure="Plan the hop to the next minor before that day.",
        owner=OPERATOR,
        rules=("P1", "P4"),
        disputes=("C7",),
        evidence=(version_fact(case), clock_fact(clock)),
        sources=("SKV",),
    )


def stranded(case: Case) -> Iterator[Finding]:
    """K8S-STRAND-01: the release has left the cluster behind: no legal hop is left and the platform cannot go back
    (P11, P12, P13, P18)."""
    version, offer = case.version, case.place.offer
    if case.outlook.state is not SupportState.STRANDED or version is None:
        return
    lowest = offer.newest(offer.lowest) if offer is not None else None
    skip = f"skip to {lowest}" if lowest else "skip into an offered version"
    yield Finding(
        code="K8S-STRAND-01",
        severity=BLOCKER,
        subject=case.subject,
        title=f"{version} is stranded: nothing {case.release} offers is one minor away.",
        why="Kubernetes moves one minor at a time (P11), and an Azure Local update cannot be taken back (P18).",
        cure=f"Build a new cluster and move the workloads, or with Microsoft's help {skip}, which may fail (P12, P13).",
        owner=OPERATOR,
        rules=("P7", "P11", "P12", "P13", "P18"),
        disputes=("C3", "C4"),
        evidence=(version_fact(case), offer_fact(offer)),
        sources=("SKV", "CU", "BUL"),
    )


def would_be_stranded(case: Case) -> Iterator[Finding]:
    """K8S-STRAND-02: a later release of the catalog would strand the cluster as it is now (P11, P18)."""
    version, entry = case.version, case.place.entry
    if version is None or entry is None or case.outlook.state is SupportState.STRANDED:
        return
    first, unsure = _first_stranding(case, entry, version.minor)
    if first is None or first.lowest is None:
        return
    needed = first.lowest.previous
    gap = f" No list was published for {listed(unsure)}: the border may come earlier." if unsure else ""
    yield Finding(
        code="K8S-STRAND-02",
        severity=WARNING,
        subject=case.subject,
        title=f"An update of Azure Local to {first.release} or later would strand this cluster on {version}.",
        why=f"{first.release} starts at {first.lowest}, more than one minor away from {version.minor} (P11).{gap}",
        cure=f"First upgrade this cluster to {needed} or later, then update Azure Local.",
        owner=INSTANCE_OWNER,
        rules=("P11", "P18"),
        evidence=(
            version_fact(case),
            Evidence(f"list of {first.key}", listed(first.offers or ()), first.offers_source),
        ),
        sources=("SKV",),
    )


def _first_stranding(case: Case, entry: ReleaseEntry, minor: Minor) -> tuple[ReleaseEntry | None, tuple[str, ...]]:
    """The first later release known to strand the minor, and those before it nobody can judge."""
    key = ("stranding", entry.key, minor)
    kept = case.judge.memo.get(key)
    if kept is None:
        kept = case.judge.memo[key] = _look_ahead(case, entry, minor)
    return cast("tuple[ReleaseEntry | None, tuple[str, ...]]", kept)


def _look_ahead(case: Case, entry: ReleaseEntry, minor: Minor) -> tuple[ReleaseEntry | None, tuple[str, ...]]:
    catalog = case.judge.catalog
    unsure: list[str] = []
    for later in catalog.releases[catalog.position[entry.key] + 1 :]:
        if later.release <= entry.release:
            continue
        strands = strands_on(catalog, minor, later)
        if strands and later.lowest is not None:
            return later, tuple(unsure)
        if strands is None:
            unsure.append(str(later.release))
    return None, ()


KUBERNETES_RULES: Final[tuple[CaseRule, ...]] = (
    minor_out_of_support,
    minor_in_grace,
    patch_outdated,
    runs_a_preview,
    support_unknown,
    support_ends_soon,
    stranded,
    would_be_stranded,
)
