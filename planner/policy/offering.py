"""Rules about what is offered: edges Azure names, lists that disagree, images that are not there, old lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from planner.findings import Evidence, Finding
from planner.inventory import Known, NodePool, OfferedVersion, Readiness, Unknown
from planner.offers import LIVE
from planner.policy.case import (
    INSTANCE_OWNER,
    OPERATOR,
    UNKNOWN,
    WARNING,
    Case,
    CaseRule,
    Site,
    SiteRule,
    listed,
    offer_fact,
    reason_of,
    release_words,
    sentence,
    version_fact,
)
from planner.states import SupportState
from planner.version import KubernetesVersion

FRESH: Final = timedelta(days=1)
"""A version list older than this is old: it is pushed from the site and answers on even when the bridge is offline."""


def _profile(case: Case) -> tuple[KubernetesVersion, ...] | None:
    upgrades = case.cluster.upgrades
    if isinstance(upgrades, Unknown):
        return None
    return tuple(sorted(upgrade.version for upgrade in upgrades.value if not upgrade.is_preview))


def _live_rows(case: Case) -> tuple[OfferedVersion, ...]:
    location = case.place.location
    offered = location.offered if location is not None else None
    return offered.value if isinstance(offered, Known) else ()


def _live_edges(case: Case) -> tuple[KubernetesVersion, ...] | None:
    """Targets the live list names for the running version; None where it names none."""
    return next((row.upgrades for row in _live_rows(case) if row.version == case.version), None)


def _edge_facts(case: Case) -> tuple[Evidence, ...]:
    facts: list[Evidence] = []
    upgrades = case.cluster.upgrades
    if isinstance(upgrades, Known):
        targets = listed(upgrade.version for upgrade in upgrades.value) or "none"
        facts.append(Evidence("upgrade profile", targets, upgrades.source, upgrades.at))
    edges = _live_edges(case)
    if edges is not None and case.place.offer is not None:
        offer = case.place.offer
        facts.append(Evidence(f"live list, from {case.version}", listed(edges) or "none", offer.source, offer.at))
    return tuple(facts)


def _breaks_a_rule(version: KubernetesVersion, target: KubernetesVersion) -> bool:
    return target <= version or target.minor - version.minor > 1


def live_edge_refused(case: Case) -> Iterator[Finding]:
    """K8S-OFFER-01: Azure names a target that goes back or skips a minor; arcstep never takes it (P11, P15, C3)."""
    version = case.version
    if version is None:
        return
    targets = {*(_profile(case) or ()), *(_live_edges(case) or ())}
    bad = sorted(target for target in targets if _breaks_a_rule(version, target))
    if not bad:
        return
    back = [target for target in bad if target <= version]
    rules = (("P11",) if len(back) < len(bad) else ()) + (("P15",) if back else ())
    lost = case.outlook.state is SupportState.STRANDED
    way = " From a stranded version such a skip is the way Microsoft names, with a warning (P12, P13)." if lost else ""
    yield Finding(
        code="K8S-OFFER-01",
        severity=WARNING,
        subject=case.subject,
        title=f"Azure offers {listed(bad)} from {version}, which the upgrade rules forbid.",
        why=f"Only the next minor may follow and nothing may go back ({listed(rules)}); documents disagree (C3).{way}",
        cure="Do not take this target; name the target yourself in every upgrade command.",
        owner=OPERATOR,
        rules=(*rules, "P12", "P13") if lost else rules,
        disputes=("C3",),
        evidence=(version_fact(case), *_edge_facts(case)),
        sources=("SKV", "CU", "STK"),
    )


def live_edges_disagree(case: Case) -> Iterator[Finding]:
    """K8S-OFFER-02: the targets Azure names are not those the catalog expects; or the upgrade profile was not read."""
    version, entry, profile = case.version, case.place.entry, _profile(case)
    if version is None:
        return  # support_unknown says so
    if profile is None:
        yield _profile_unread(case)
    if entry is None or entry.offers is None:
        return
    expected = {target for target in entry.offers if target > version and target.minor - version.minor <= 1}
    said = [targets for targets in (profile, _live_edges(case)) if targets is not None]
    legal = [{target for target in targets if not _breaks_a_rule(version, target)} for targets in said]
    if all(targets == expected for targets in legal):
        return
    missing = sorted({target for targets in legal for target in expected - targets})
    extra = sorted({target for targets in legal for target in targets - expected})
    parts = ([f"missing {listed(missing)}"] if missing else []) + ([f"unexpected {listed(extra)}"] if extra else [])
    yield Finding(
        code="K8S-OFFER-02",
        severity=WARNING,
        subject=case.subject,
        title=f"Azure's targets from {version} differ from the catalog: {'; '.join(parts)}.",
        why="A missing target can mean an image that is not there, an old extension or a state that is not Succeeded; "
        "it does not mean up to date.",
        cure="Trust what Azure offers now; find out why a target is missing before waiting for it.",
        owner=OPERATOR,
        rules=("P11", "P18"),
        evidence=(
            version_fact(case),
            *_edge_facts(case),
            Evidence(f"catalog, {entry.key}", listed(sorted(expected)) or "none", entry.offers_source),
        ),
        sources=("SKV", "BUL"),
    )


def _profile_unread(case: Case) -> Finding:
    return Finding(
        code="K8S-OFFER-02",
        severity=UNKNOWN,
        subject=case.subject,
        title="What Azure would upgrade this cluster to now was not read.",
        why=f"The upgrade profile is unknown: {reason_of(case.cluster.upgrades)}. The version list stands in for it.",
        cure="Read the cluster again before an upgrade (az aksarc get-upgrades).",
        owner=OPERATOR,
        rules=("P18",),
        evidence=(Evidence("upgrade profile", f"unknown: {reason_of(case.cluster.upgrades)}", ""),),
        sources=("SDK",),
    )


def live_list_disagrees(site: Site) -> Iterator[Finding]:
    """K8S-OFFER-02: the live version list is not the published one; the live list is followed."""
    offer, entry = site.place.offer, site.place.entry
    if offer is None or offer.basis != LIVE or entry is None or not entry.offers:
        return
    live, published = set(offer.versions), set(entry.offers)
    if live == published:
        return
    parts = [
        f"{where}: {listed(sorted(versions))}"
        for where, versions in (("only live", live - published), ("only in the catalog", published - live))
        if versions
    ]
    yield Finding(
        code="K8S-OFFER-02",
        severity=WARNING,
        subject=site.subject,
        title=f"The live version list differs from the published list of {release_words(site.place)} ({'; '.join(parts)}).",
        why="The live list decides what can be installed now; the catalog may be older than the last change.",
        cure="Go by the live list; bring the catalog up to date with an overlay.",
        owner=INSTANCE_OWNER,
        rules=("P2", "P5", "P18"),
        evidence=(
            offer_fact(offer),
            Evidence(f"catalog, {entry.key}", listed(entry.offers), entry.offers_source),
        ),
        sources=("SKV",),
    )


def image_not_ready(case: Case) -> Iterator[Finding]:
    """K8S-OFFER-03: the node image of a next version is not ready; Windows rows count only with Windows pools."""
    rows = _live_rows(case)
    if not rows:
        return  # list_old_or_unread says so
    pools = case.cluster.pools.value if isinstance(case.cluster.pools, Known) else ()
    absent: list[str] = []
    unsaid: list[str] = []
    for row in rows:
        if row.is_preview or (case.version is not None and not _is_next(case.version, row.version)):
            continue
        for name, images in _needed_images(row, pools):
            states = {image.ready for image in images}
            if True in states:
                continue
            if False in states:
                said = next((image.message for image in images if image.message), None)
                absent.append(f"{row.version} {name}" + (f" ({said})" if said else ""))
            else:
                unsaid.append(f"{row.version} {name}")
    if absent:
        yield _image_finding(case, absent, known=True)
    if unsaid:
        yield _image_finding(case, unsaid, known=False)


def _is_next(version: KubernetesVersion, target: KubernetesVersion) -> bool:
    return not _breaks_a_rule(version, target)


def _needed_images(row: OfferedVersion, pools: Iterable[NodePool]) -> Iterator[tuple[str, list[Readiness]]]:
    """The image rows a hop needs: any Linux one, and that of each Windows SKU in use."""
    yield "Linux", [image for image in row.readiness if (image.os_type or "").casefold() == "linux"]
    for sku in sorted({pool.os_sku or "Windows" for pool in pools if pool.is_windows}):
        yield sku, [image for image in row.readiness if (image.os_sku or "").casefold() == sku.casefold()]


def _image_finding(case: Case, images: list[str], *, known: bool) -> Finding:
    return Finding(
        code="K8S-OFFER-03",
        severity=WARNING if known else UNKNOWN,
        subject=case.subject,
        title=f"Node images not ready: {listed(images)}."
        if known
        else f"Whether these node images are ready is not said: {listed(images)}.",
        why="An upgrade to a version without its node image is refused or stops half way.",
        cure="Wait for the download (4 to 5 GB each), check the storage path; switch on Windows node pools if in use.",
        owner=INSTANCE_OWNER,
        evidence=(offer_fact(case.place.offer),),
        sources=("IMG", "WIN"),
    )


def list_old_or_unread(site: Site) -> Iterator[Finding]:
    """K8S-OFFER-04: the live version list could not be read, or is more than a day old."""
    location = site.place.location
    offered = location.offered if location is not None else Unknown("the custom location is not known")
    if isinstance(offered, Known) and offered.value:
        age = site.judge.as_of - offered.at
        if age <= FRESH:
            return
        severity, title = WARNING, f"The live version list is {age.days} day(s) old."
        why = "It is sent from the site and keeps answering when the bridge is offline; it may not be true any more."
    else:
        severity, title = UNKNOWN, "The live version list could not be read."
        reason = sentence(offered.reason if isinstance(offered, Unknown) else "the answer was empty")
        stands_in = (
            "The published list stands in for it." if site.place.offer is not None else "No list stands in for it."
        )
        why = f"{reason} {stands_in}".strip()
    yield Finding(
        code="K8S-OFFER-04",
        severity=severity,
        subject=site.subject,
        title=title,
        why=why,
        cure="Read it again; if it stays so, check the Arc Resource Bridge and the permission on the custom location.",
        owner=INSTANCE_OWNER,
        rules=("P5", "P18"),
        evidence=(offer_fact(site.place.offer),),
        sources=("IMG", "SDK"),
    )


OFFER_RULES: Final[tuple[CaseRule, ...]] = (live_edge_refused, live_edges_disagree, image_not_ready)
SITE_OFFER_RULES: Final[tuple[SiteRule, ...]] = (live_list_disagrees, list_old_or_unread)
