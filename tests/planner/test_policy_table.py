"""The support policy is carried completely: every heading, every rule, every code."""

from __future__ import annotations

import pytest

from planner.catalog import Catalog
from planner.codes import CARRIERS, CLOCKS, FINDING_CODES
from planner.knowledge import load_catalog
from planner.support import ClockKind

HEADINGS = (
    "Support policies for AKS on Azure Local",
    "Service updates and releases",
    "Managed features in AKS Arc",
    "Supported version policy",
    "Shared responsibility",
    "AKS Arc support coverage",
    "AKS Arc support coverage for node pools",
    "Microsoft responsibilities for AKS Arc node pools",
    "Customer responsibilities for AKS Arc node pools",
    "User customization of node pools",
    "Security issues and patching",
    "Node maintenance and access",
    "Stopped or disconnected AKS Arc clusters",
    "Deleted or suspended subscription",
    "Unsupported preview and beta Kubernetes features",
    "Preview features or feature flags",
    "Upstream bugs and issues",
    "Next steps",
)
KINDS = {
    "finding": "P1 P2 P4 P5 P6 P7 P8 P9 P10 P20",
    "move": "P11 P12 P13 P14 P15 P16 P17 P18",
    "clock": "P3 P21 P22 P24 P25",
    "check": "P19",
    "scope": "P23 P26 P27 P28",
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def test_every_heading_of_the_policy_is_carried(catalog: Catalog) -> None:
    assert tuple(section.title for section in catalog.sections) == HEADINGS
    assert all(section.carried_by for section in catalog.sections)


def test_what_carries_a_heading_exists(catalog: Catalog) -> None:
    known = {*CARRIERS, *catalog.rule_by_id, *(line.id for line in catalog.scope)}
    assert {name for section in catalog.sections for name in section.carried_by} <= known


def test_every_scope_line_is_carried_by_its_own_heading(catalog: Catalog) -> None:
    carried = {section.title: section.carried_by for section in catalog.sections}
    assert all(line.id in carried[line.section] for line in catalog.scope)


def test_all_rules_with_what_they_became(catalog: Catalog) -> None:
    assert [rule.id for rule in catalog.rules] == [f"P{number}" for number in range(1, 29)]
    found = {kind: " ".join(rule.id for rule in catalog.rules if rule.kind == kind) for kind in KINDS}
    assert found == KINDS


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        ("P3", ("Kubernetes minor", "K8S-SUP-02")),
        ("P8", ("K8S-SUP-03",)),
        ("P11", ("hop", "K8S-OFFER-01")),
        ("P12", ("recovery hop",)),
        ("P17", ("hop", "K8S-SKEW-01", "K8S-SKEW-02", "step check")),
        ("P18", ("release update", "K8S-STRAND-02", "K8S-OFFER-02")),
        ("P21", ("Stopped", "ARC-CONN-02")),
        ("P25", ("Arc Resource Bridge", "AZL-ARB-01")),
        ("P28", ("Support scope",)),
    ],
)
def test_what_carries_a_rule(catalog: Catalog, rule: str, codes: tuple[str, ...]) -> None:
    assert catalog.rule_by_id[rule].codes == codes


def test_codes_are_one_agreed_list(catalog: Catalog) -> None:
    assert len(set(FINDING_CODES)) == len(FINDING_CODES) == 33
    assert {code for rule in catalog.rules for code in rule.codes} <= CARRIERS


def test_clock_names_are_the_clocks_there_are() -> None:
    assert tuple(ClockKind) == CLOCKS


def test_every_clock_carries_a_rule_or_a_heading(catalog: Catalog) -> None:
    carried = {code for rule in catalog.rules for code in rule.codes}
    carried |= {name for section in catalog.sections for name in section.carried_by}
    assert set(CLOCKS) <= carried


def test_scope_says_who_and_whether(catalog: Catalog) -> None:
    assert {line.owner for line in catalog.scope} == {"Microsoft", "cluster operator", "Azure Local owner", "shared"}
    assert {line.supported for line in catalog.scope} == {"yes", "no", "best effort", "conditional"}
    assert all(line.text and line.source for line in catalog.scope)


def test_where_known_issues_and_tickets_are(catalog: Catalog) -> None:
    urls = {line.id: line.url for line in catalog.scope}
    assert urls["known-issues"] == "https://github.com/Azure/aksArc/issues?q=is%3Aopen+is%3Aissue+label%3Aknown-issue"
    assert urls["support-ticket"] == "https://learn.microsoft.com/azure/aks/aksarc/help-support"
    assert all(url.startswith("https://") for url in urls.values() if url)
