"""The table of rules as a whole: codes, order, sharing, and that findings keep what they promise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import pytest

from planner.catalog import Catalog
from planner.codes import FINDING_CODES
from planner.findings import Finding, Severity
from planner.inventory import Addon, Inventory, Unknown, Unread
from planner.knowledge import load_catalog
from planner.rules import CODES, RULES, findings_for
from planner.support import Judge
from tests.builders import AS_OF, cluster, instance, inventory, known, location, offered, pool
from tests.planner.ruling import LIVE_2602, ruled
from tests.planner.small_catalog import LIST_2510, LIST_2602

CODE = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)*-\d\d")


@cache
def shipped() -> Catalog:
    return load_catalog()


def test_every_rule_names_its_code_and_every_code_has_a_rule() -> None:
    named = {CODE.match(rule.__doc__ or "").group() for rule in RULES}  # type: ignore[union-attr]
    assert named == set(CODES)


def test_the_codes_are_those_the_knowledge_refers_to() -> None:
    assert tuple(CODES) == FINDING_CODES


def test_no_rule_stands_twice_in_the_table() -> None:
    assert len(set(RULES)) == len(RULES)


def healthy() -> Inventory:
    subject = cluster(running="1.33.5", upgrades=[])
    return inventory(subject, release="2604", live=LIVE_2602)


def test_a_healthy_cluster_leaves_only_information() -> None:
    assert [(found.severity, found.code) for found in ruled(healthy())] == [
        (Severity.INFO, "ARC-AGENT-01"),
        (Severity.INFO, "K8S-OS-01"),
    ]


def fleets() -> Iterator[tuple[Inventory, str]]:
    """Fleets that together make every rule speak, with the moment they are judged at."""
    yield healthy(), "2026-09-20"
    bad = replace(
        cluster(
            running="1.30.14",
            pools=[
                pool("old", ready=[(1, "1.30.14"), (1, "1.29.9")], state="Failed"),
                pool("win", "1.30.14", sku="Windows2019"),
                pool("odd", "1.30.14", sku="Windows2031"),
            ],
            upgrades=["1.30.9", "1.32.9"],
            connectivity="Offline",
            control_plane_count=1,
        ),
        addons=(Addon("SmbCsiDriver", "provisioning", None, "x"), Addon("KubeProxy", None, None)),
    )
    gap = Unread("node pools", bad.id, "403")
    for state in ("Failed", "Succeeded"):
        stuck = replace(bad, provisioning_state=known(state), current_state=known("Upgrading"))
        yield (
            inventory(stuck, release="2604", live=LIVE_2602, subscription_state="Disabled", unread=[gap]),
            "2026-05-20",
        )
    for state in ("Failed", "Updating", "Dreaming"):
        yield inventory(replace(bad, current_state=known(state)), release="2604"), "2026-03-01"
    blank = replace(
        cluster(running=None),
        provisioning_state=Unknown("403"),
        pools=Unknown("403"),
        connectivity=Unknown("403"),
        control_plane_count=Unknown("403"),
    )
    yield replace(inventory(blank), instances=(), locations=(), subscriptions=()), "2026-05-20"
    for text, release in (
        ("1.29.4", "2602"),
        ("1.29.13", "12.2510"),
        ("1.28.9", "2411"),
        ("1.34.1", "2604"),
        ("1.32.6", "2604"),
    ):
        live = offered(LIST_2602.split(), preview=["1.34.1"])
        for day in ("2025-08-01", "2025-10-20", "2026-05-20"):
            yield inventory(cluster(running=text), release=release, live=live if text == "1.34.1" else None), day
    off = replace(location(live=offered(LIST_2510.split())), bridge_status=known("Offline"))
    for word in ("UpdateInProgress", "UpdateFailed"):
        host = instance(release="2602", update_state=known(word))
        yield inventory(cluster(running="1.32.6"), instances=[host], locations=[off]), "2026-07-01"


def every_finding() -> Iterator[Finding]:
    for fleet, day in fleets():
        yield from ruled(fleet, as_of=day, catalog=shipped())
        yield from ruled(fleet, as_of=day)


def test_every_code_is_found_somewhere_and_no_other() -> None:
    image = replace(LIVE_2602[-1], readiness=())
    unready = inventory(cluster(running="1.33.4"), release="2604", live=[*LIVE_2602[:-1], image])
    codes = {found.code for found in every_finding()} | {found.code for found in ruled(unready)}
    assert codes == set(CODES)


def test_findings_are_whole_sentences_with_owner_evidence_and_known_citations() -> None:
    catalog = shipped()
    for found in every_finding():
        assert found.title.endswith(".") and found.why.endswith("."), found
        assert found.cure.endswith(".") or not found.cure, found
        assert "  " not in found.title + found.why + found.cure, found
        assert "None" not in found.title + found.why + found.cure, found
        assert found.subject == found.subject.casefold() != "", found
        assert found.evidence, found
        assert set(found.rules) <= set(catalog.rule_by_id), found
        assert set(found.disputes) <= set(catalog.dispute_by_id), found


def test_short_citations_are_known_to_the_shipped_catalog() -> None:
    cited = {source for found in every_finding() for source in found.sources if source.isupper()}
    assert cited <= set(shipped().sources)


def test_each_policy_rule_is_carried_by_the_findings_the_knowledge_says() -> None:
    carried = {(found.code, rule) for found in every_finding() for rule in found.rules}
    said = {(code, rule.id) for rule in shipped().rules for code in rule.codes if code in CODES}
    assert said <= carried


def test_worst_first_then_by_code() -> None:
    for fleet, day in fleets():
        order = [(found.severity.order, found.code) for found in ruled(fleet, as_of=day)]
        assert order == sorted(order)


def test_what_is_said_of_an_instance_is_said_once_for_all_its_clusters() -> None:
    one, two = cluster("one", "1.33.5"), cluster("two", "1.33.5")
    judge = Judge(inventory(one, two, release="2411"), shipped(), AS_OF)
    first, second = (
        next(found for found in findings_for(subject, judge) if found.code == "AZL-SUP-01") for subject in (one, two)
    )
    assert first is second
    assert first.subject == judge.inventory.instances[0].id


def test_clusters_without_a_place_do_not_share_what_is_said_of_it() -> None:
    one, two = (replace(cluster(name), custom_location=Unknown("not read")) for name in ("one", "two"))
    judge = Judge(inventory(one, two), shipped(), AS_OF)
    for subject in (one, two):
        assert {found.subject for found in findings_for(subject, judge)} == {subject.key}


@pytest.mark.parametrize(("within", "codes"), [(44, set[str]()), (45, {"AZL-SUP-02"})])
def test_soon_is_what_the_caller_says(within: int, codes: set[str]) -> None:
    found = ruled(healthy(), as_of="2026-08-16", within=within)
    assert {one.code for one in found if one.code == "AZL-SUP-02"} == codes


def test_one_judge_answers_each_caller_by_his_own_soon() -> None:
    fleet = healthy()
    judge = Judge(fleet, shipped(), datetime(2026, 8, 17, tzinfo=UTC))
    near, far = (findings_for(fleet.clusters[0], judge, within) for within in (10, 60))
    assert ["AZL-SUP-02" in {found.code for found in one} for one in (near, far)] == [False, True]
