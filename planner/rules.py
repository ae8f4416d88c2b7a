"""The policy as one table of rules, each a function with its code and meaning in its doc string.

A rule looks at a cluster, or at the custom location and instance it stands on; what it says about the latter is worked
out once for all clusters there.
"""

from __future__ import annotations

from typing import Final, cast

from planner.findings import Finding, Severity
from planner.inventory import Cluster, value_of
from planner.policy.case import Case, CaseRule, Site, SiteRule
from planner.policy.condition import CONDITION_RULES
from planner.policy.connectivity import CONNECTIVITY_RULES
from planner.policy.images import IMAGE_RULES
from planner.policy.kubernetes import KUBERNETES_RULES
from planner.policy.offering import OFFER_RULES, SITE_OFFER_RULES
from planner.policy.platform import PLATFORM_RULES
from planner.policy.pools import POOL_RULES
from planner.support import Judge

CASE_RULES: Final[tuple[CaseRule, ...]] = (
    *KUBERNETES_RULES,
    *CONDITION_RULES,
    *POOL_RULES,
    *OFFER_RULES,
    *IMAGE_RULES,
    *CONNECTIVITY_RULES,
)
SITE_RULES: Final[tuple[SiteRule, ...]] = (*SITE_OFFER_RULES, *PLATFORM_RULES)
RULES: Final[tuple[CaseRule | SiteRule, ...]] = (*CASE_RULES, *SITE_RULES)

CODES: Final = {
    "K8S-SUP-01": "Kubernetes minor out of support",
    "K8S-SUP-02": "Kubernetes minor in grace",
    "K8S-SUP-03": "Patch not on the list",
    "K8S-SUP-04": "Preview version",
    "K8S-SUP-05": "Support cannot be judged",
    "K8S-SUP-06": "Kubernetes support ends soon",
    "K8S-STRAND-01": "Stranded: no legal hop left",
    "K8S-STRAND-02": "A later release would strand it",
    "K8S-SKEW-01": "Nodes run different versions",
    "K8S-SKEW-02": "Nodes do not run the wanted version",
    "K8S-STATE-01": "Not at rest: state is not Succeeded",
    "K8S-STATE-02": "Timed out, but the upgrade goes on",
    "K8S-STATE-03": "Upgrading flag is stuck",
    "K8S-STATE-04": "Add-on not ready",
    "K8S-OFFER-01": "Azure offers a forbidden hop",
    "K8S-OFFER-02": "Live offer and catalog disagree",
    "K8S-OFFER-03": "Node image not ready",
    "K8S-OFFER-04": "Version list old or unread",
    "K8S-WIN-01": "Windows ceiling",
    "K8S-WIN-02": "Windows image no longer shipped",
    "K8S-OS-01": "Node OS patches are manual",
    "K8S-CP-01": "Single control plane node: downtime",
    "K8S-READ-01": "Parts could not be read",
    "AZL-SUP-01": "Azure Local release out of support",
    "AZL-SUP-02": "Azure Local support ends soon",
    "AZL-SUP-03": "Azure Local release unknown",
    "AZL-STATE-01": "Azure Local update running or failed",
    "AZL-ARB-01": "Arc Resource Bridge at risk",
    "ARC-CONN-01": "No contact with Azure",
    "ARC-CONN-02": "May be stopped",
    "ARC-AGENT-01": "Behind upstream, for information",
    "SUB-STATE-01": "Subscription not enabled",
    "CAT-AGE-01": "Catalog is old",
}
"""Every code with a title of one line."""

SOON: Final = 45
"""Days ahead that count as soon, unless asked otherwise."""

_ORDER: Final = {severity: severity.order for severity in Severity}


def findings_for(cluster: Cluster, judge: Judge, within: int = SOON) -> tuple[Finding, ...]:
    """What the rules say about a cluster and what it stands on, worst first, then by code.

    `within` = days ahead in which an end counts as soon.
    """
    place = judge.place(cluster)
    version = value_of(cluster.version)
    case = Case(cluster, cluster.key, judge, place, judge.outlook(cluster), version, within)
    found = [finding for rule in CASE_RULES for finding in rule(case)]
    found.extend(_site_findings(case))
    found.sort(key=_rank)
    return tuple(found)


def _rank(finding: Finding) -> tuple[int, str]:
    return _ORDER[finding.severity], finding.code


def _site_findings(case: Case) -> tuple[Finding, ...]:
    place = case.place
    stands_on = place.instance or place.location
    subject = stands_on.id if stands_on is not None else case.subject
    key = ("site", id(place), subject, case.within)  # the judge keeps its places, so an id stays theirs
    kept = case.judge.memo.get(key)
    if kept is None:
        site = Site(subject, case.judge, place, case.within)
        kept = case.judge.memo[key] = tuple(finding for rule in SITE_RULES for finding in rule(site))
    return cast("tuple[Finding, ...]", kept)
