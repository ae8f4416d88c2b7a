"""Rules about what is offered: targets Azure names, lists that disagree, lists that are old."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final, NamedTuple, cast

from planner.findings import Evidence, Finding
from planner.inventory import Known, Unknown, Upgrade
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
    breaks_a_rule,
    listed,
    offer_fact,
    reason_of,
    release_words,
    sentence,
    version_fact,
)
from planner.policy.later_lists import later_lists_out_of_date
from planner.states import SupportState
from planner.version import KubernetesVersion

FRESH: Final = timedelta(days=1)
"""A version list older than this is old: it is pushed from the site and answers on even when the bridge is offline."""


class Targets(NamedTuple):
    """What Azure would upgrade a version to, against the rules and against the catalog; previews are left out."""

    live: tuple[KubernetesVersion, ...] | None
    """What the live list names for the version; None where it names nothing."""
    refused: tuple[KubernetesVersion, ...]
    """Targets that go back or skip a minor."""
    expected: tuple[KubernetesVersion, ...] | None
    """Targets by the published list; None where none was published."""
    missing: tuple[KubernetesVersion, ...]
    extra: tuple[KubernetesVersion, ...]


def _targets(case: Case, version: KubernetesVersion) -> Targets:
    """Worked out once for all clusters of a place with the same version and upgrade profile."""
    upgrades = case.cluster.upgrades
    profile = upgrades.value if isinstance(upgrades, Known) else None
    key = ("targets", id(case.outlook), profile)
    kept = case.judge.memo.get(key)
    if kept is None:
        kept = case.judge.memo[key] = _weigh(case, version, profile)
    return cast("Targets", kept)


def _weigh(case: Case, version: KubernetesVersion, profile: tuple[Upgrade, ...] | None) -> Targets:
    live, entry = _live_targets(case, version), case.place.entry
    answers = [set(live)] if live is not None else []
    if profile is not None:
        answers.append({upgrade.version for upgrade in profile if not upgrade.is_preview})
    refused = {target for answer in answers for target in answer if breaks_a_rule(version, target)}
    if entry is None or entry.offers is None:
        return Targets(live, tuple(sorted(refused)), None, (), ())
    expected = {target for target in entry.offers if not breaks_a_rule(version, target)}
    missing = {target for answer in answers for target in expected - answer}
    extra = {target for answer in answers for target in answer - expected - refused}
    return Targets(live, *(tuple(sorted(found)) for found in (refused, expected, missing, extra)))


def _live_targets(case: Case, version: KubernetesVersion) -> tuple[KubernetesVersion, ...] | None:
    live, offer = case.place.live, case.place.offer
    if live is None or offer is None:
        return None
    edges = next((row.upgrades for row in live.value if row.version == version), None)
    return None if edges is None else tuple(target for target in edges if target not in offer.previews)


def _target_facts(case: Case, targets: Targets) -> tuple[Evidence, ...]:
    facts = [version_fact(case)]
    upgrades, offer = case.cluster.upgrades, case.place.offer
    if isinstance(upgrades, Known):
        named = listed(upgrade.version for upgrade in upgrades.value) or "none"
        facts.append(Evidence("upgrade profile", named, upgrades.source, upgrades.at))
    if targets.live is not None and offer is not None:
        named = listed(targets.live) or "none"
        facts.append(Evidence(f"live list, from {case.version}", named, offer.source, offer.at))
    return tuple(facts)


def live_edge_refused(case: Case) -> Iterator[Finding]:
    """K8S-OFFER-01: Azure names a target that goes back or skips a minor; arcstep never takes it (P11, P15, C3)."""
    version = case.version
    if version is None:
        return
    targets = _targets(case, version)
    bad = targets.refused
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
        evidence=_target_facts(case, targets),
        sources=("SKV", "CU", "STK"),
    )


def live_edges_disagree(case: Case) -> Iterator[Finding]:
    """K8S-OFFER-02: the targets Azure names are not those the catalog expects; or the upgrade profile was not read."""
    version, entry = case.version, case.place.entry
    if version is None:
        return  # support_unknown says so
    if isinstance(case.cluster.upgrades, Unknown):
        yield _profile_unread(case)
    targets = _targets(case, version)
    if entry is None or targets.expected is None or not (targets.missing or targets.extra):
        return
    parts = [
        f"{word} {listed(found)}"
        for word, found in (("missing", targets.missing), ("unexpected", targets.extra))
        if found
    ]
    yield Finding(
        code="K8S-OFFER-02",
        severity=WARNING,
        subject=case.subject,
        title=f"Azure's targets from {version} differ from the catalog: {'; '.join(parts)}.",
        why="A missing target can mean an image that is not there, an old extension or a state that is not Succeeded; "
        "it does not mean up to date."
        if targets.missing
        else "The catalog may be older than the last change of the list; what Azure offers now counts.",
        cure="Trust what Azure offers now; find out why a target is missing before waiting for it."
        if targets.missing
        else "Go by what Azure offers now; bring the catalog up to date with an overlay.",
        owner=OPERATOR,
        rules=("P11", "P18"),
        evidence=(
            *_target_facts(case, targets),
            Evidence(f"catalog, {entry.key}", listed(targets.expected) or "none", entry.offers_source),
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


def list_old_or_unread(site: Site) -> Iterator[Finding]:
    """K8S-OFFER-04: the live version list could not be read, is that of the release before, or is more than a day old."""
    location = site.place.location
    offered = location.offered if location is not None else Unknown("the custom location is not known")
    if isinstance(offered, Known) and offered.value and site.place.live is None:
        severity, title = UNKNOWN, "The live version list is older than the last update of the hosts."
        why = f"It holds {listed(row.version for row in offered.value)}, which is not what the release is known to offer. "
        why += "It is taken for that of the release before; the published list stands in for it."
    elif isinstance(offered, Known) and offered.value:
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


OFFER_RULES: Final[tuple[CaseRule, ...]] = (live_edge_refused, live_edges_disagree)
SITE_OFFER_RULES: Final[tuple[SiteRule, ...]] = (live_list_disagrees, later_lists_out_of_date, list_old_or_unread)
