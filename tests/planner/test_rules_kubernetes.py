"""K8S-SUP and K8S-STRAND: firing, silent, boundary days and unknowns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.findings import Owner, Severity
from planner.inventory import Unknown
from tests.builders import cluster, inventory, offered
from tests.planner.ruling import in_fleet, rule
from tests.planner.small_catalog import LIST_2510, LIST_2602, release, small_catalog


def test_a_minor_out_of_support_names_end_rules_and_the_hop_back() -> None:
    (found,) = rule("K8S-SUP-01", cluster(running="1.30.9"))
    assert found.title == "Kubernetes 1.30 left support on 2026-03-19."
    assert found.why.startswith("It runs on and existing pools can be scaled, but no new pools or clusters on it")
    assert found.cure == "Upgrade to 1.31.13: one hop, and Kubernetes is back in support."
    assert found.rules == ("P1", "P3", "P4", "P6", "P7", "P14")
    assert (found.severity, found.owner, found.disputes) == (Severity.WARNING, Owner.CLUSTER_OPERATOR, ("C7",))
    assert (found.evidence[0].fact, found.evidence[0].value) == ("Kubernetes version", "1.30.9")
    assert found.evidence[2].value == LIST_2602.replace(" ", ", ")


def test_an_ended_minor_that_is_still_offered_can_still_be_installed() -> None:
    (found,) = rule("K8S-SUP-01", cluster(running="1.28.9"), "2411", live=None, as_of="2026-02-10")
    assert "2025-08-31" in found.title
    assert "it can still be installed here" in found.why
    assert found.cure == "Azure Local 2411 cannot bring it back alone: plan release updates and hops together."
    assert found.rules == ("P1", "P4", "P6", "P7")


@pytest.mark.parametrize(
    ("running", "key", "live", "cure"),
    [
        ("1.29.4", "2604", None, "Only a skip over minors or a rebuild is left (see K8S-STRAND-01)."),
        ("1.29.13", "2601", None, "Read the live version list first; without it no way back can be named."),
        ("1.28.9", "2604", "1.27.9", "Nothing offered here is one hop away: ask Microsoft support"),
    ],
)
def test_the_cure_of_an_ended_minor_follows_the_way_back(running: str, key: str, live: str | None, cure: str) -> None:
    rows = offered(live.split()) if live else None
    (found,) = rule("K8S-SUP-01", cluster(running=running), key, live=rows)
    assert found.cure.startswith(cure)


@pytest.mark.parametrize(
    ("day", "codes"), [("2026-03-19", ["K8S-SUP-02"]), ("2026-03-20", ["K8S-SUP-01"]), ("2026-03-18", ["K8S-SUP-02"])]
)
def test_grace_ends_with_its_last_day(day: str, codes: list[str]) -> None:
    subject = cluster(running="1.30.9")
    found = [one for code in ("K8S-SUP-01", "K8S-SUP-02") for one in rule(code, subject, "2602", live=None, as_of=day)]
    assert [one.code for one in found] == codes


def test_grace_says_when_it_ends_and_what_is_refused_already() -> None:
    (found,) = rule("K8S-SUP-02", cluster(running="1.30.9"), "2602", live=None, as_of="2026-03-18")
    assert found.title == "Kubernetes 1.30 is off the list; its support ends after 2026-03-19."
    assert found.why == "It ends in 1 day. Already now no new pool or cluster can be made on it (P6)."
    assert found.cure == "Upgrade to 1.31.13 before that day."
    (last,) = rule("K8S-SUP-02", cluster(running="1.30.9"), "2602", live=None, as_of="2026-03-19")
    assert last.why.startswith("It ends today.")


@pytest.mark.parametrize("running", ["1.31.13", "1.35.1", None])
def test_a_listed_an_unknown_and_an_unread_minor_have_neither_ended_nor_grace(running: str | None) -> None:
    subject = cluster(running=running)
    assert not rule("K8S-SUP-01", subject) + rule("K8S-SUP-02", subject)


def test_a_patch_off_the_list_is_disputed_and_names_the_newest() -> None:
    (found,) = rule("K8S-SUP-03", cluster(running="1.32.6"))
    assert found.title == "The patch 1.32.6 is not on the list of Azure Local 2604."
    assert found.cure == "Upgrade to 1.32.9."
    assert (found.rules, found.disputes) == (("P2", "P8"), ("C2",))


def test_a_patch_newer_than_the_list_is_not_sent_back() -> None:
    (found,) = rule("K8S-SUP-03", cluster(running="1.32.11"))
    assert found.cure == "Plan the hop to the next minor."


@pytest.mark.parametrize(
    ("running", "key"), [("1.32.8", "2604"), ("1.30.9", "2604"), (None, "2604"), ("1.32.6", "2606")]
)
def test_listed_removed_and_unknown_are_not_patch_outdated(running: str | None, key: str) -> None:
    assert not rule("K8S-SUP-03", cluster(running=running), key, live=None)


def test_a_preview_is_a_warning_and_not_an_outdated_patch() -> None:
    live = offered(LIST_2602.split(), preview=["1.34.1"])
    (found,) = rule("K8S-SUP-04", cluster(running="1.34.1"), live=live)
    assert (found.rules, found.severity) == (("P9",), Severity.WARNING)
    assert not rule("K8S-SUP-03", cluster(running="1.34.1"), live=live)
    assert not rule("K8S-SUP-04", cluster(running="1.33.5"), live=live)


def test_an_unread_version_is_an_unknown_finding_with_its_reason() -> None:
    (found,) = rule("K8S-SUP-05", cluster(running=None))
    assert (found.severity, found.title) == (Severity.UNKNOWN, "The Kubernetes version could not be read.")
    assert "no permission to read the cluster" in found.why


def test_an_unknown_list_is_an_unknown_finding() -> None:
    (found,) = rule("K8S-SUP-05", cluster(running="1.32.9"), "2606", live=None)
    assert found.title == "Whether 1.32.9 is offered on Azure Local 2606 is not known."


def test_a_version_above_the_list_cannot_be_judged() -> None:
    (found,) = rule("K8S-SUP-05", cluster(running="1.35.1"))
    assert found.title == "The support of 1.35.1 cannot be judged."
    assert "newer than everything the instance offers" in found.why


@pytest.mark.parametrize(("running", "key"), [("1.32.9", "2604"), ("1.29.13", "2601"), ("1.29.4", "2604")])
def test_what_can_be_judged_is_not_unknown(running: str, key: str) -> None:
    assert not rule("K8S-SUP-05", cluster(running=running), key, live=None)


@pytest.mark.parametrize(("day", "count"), [("2025-07-16", 0), ("2025-07-17", 1), ("2025-08-31", 1), ("2025-09-01", 0)])
def test_a_published_end_is_soon_from_45_days_ahead_to_its_last_day(day: str, count: int) -> None:
    assert len(rule("K8S-SUP-06", cluster(running="1.28.9"), "2411", live=None, as_of=day)) == count


def test_soon_names_the_days_left() -> None:
    (found,) = rule("K8S-SUP-06", cluster(running="1.28.9"), "2411", live=None, as_of="2025-08-01")
    assert found.title == "Support of Kubernetes 1.28 ends after 2025-08-31, in 30 days."
    assert not rule("K8S-SUP-06", cluster(running="1.28.9"), "2411", live=None, as_of="2025-08-01", within=29)


def test_grace_is_not_said_twice_as_soon() -> None:
    assert not rule("K8S-SUP-06", cluster(running="1.29.13"), "11.2510", live=None, as_of="2025-10-28")


def test_stranded_blocks_and_names_what_is_left() -> None:
    (found,) = rule("K8S-STRAND-01", cluster(running="1.29.4"))
    assert (found.severity, found.disputes) == (Severity.BLOCKER, ("C3", "C4"))
    assert found.title == "1.29.4 is stranded: nothing Azure Local 2604 offers is one minor away."
    assert "skip to 1.31.13" in found.cure and "P12, P13" in found.cure


def test_stranded_by_the_bounds_of_an_unknown_list() -> None:
    (found,) = rule("K8S-STRAND-01", cluster(running="1.28.14"), "2601", live=None)
    assert "skip into an offered version" in found.cure


@pytest.mark.parametrize(("running", "key"), [("1.30.9", "2604"), ("1.29.13", "2601"), (None, "2604")])
def test_one_minor_below_cannot_judge_and_unread_are_not_stranded(running: str | None, key: str) -> None:
    assert not rule("K8S-STRAND-01", cluster(running=running), key, live=None)


def test_the_first_release_that_would_strand_is_named_with_the_hop_before_it() -> None:
    (found,) = rule("K8S-STRAND-02", cluster(running="1.28.9"), "2411", live=None)
    assert found.title == "An update of Azure Local to 2510 or later would strand this cluster on 1.28.9."
    assert found.cure == "First upgrade this cluster to 1.29 or later, then update Azure Local."
    assert (found.owner, found.rules) == (Owner.INSTANCE_OWNER, ("P11", "P18"))


def test_lists_nobody_published_make_the_border_uncertain() -> None:
    (found,) = rule("K8S-STRAND-02", cluster(running="1.29.13"), "12.2510", live=offered(LIST_2510.split()))
    assert "to 2602 or later" in found.title
    assert "No list was published for 2511, 2601: the border may come earlier." in found.why


@pytest.mark.parametrize(
    ("running", "key"), [("1.30.14", "12.2510"), ("1.31.13", "2604"), ("1.29.4", "2604"), (None, "12.2510")]
)
def test_nothing_ahead_or_stranded_already_is_silent(running: str | None, key: str) -> None:
    assert not rule("K8S-STRAND-02", cluster(running=running), key, live=None)


def test_the_other_build_of_the_same_label_is_not_a_later_release() -> None:
    pair = small_catalog([release("11.2510", "2025-10-24", LIST_2510), release("12.2510", "2025-11-05", LIST_2602)])
    assert not rule("K8S-STRAND-02", cluster(running="1.29.13"), "11.2510", live=None, catalog=pair)


def test_without_a_release_stranding_ahead_cannot_be_told_and_the_release_is_unknown() -> None:
    subject = replace(cluster(running="1.28.9"), custom_location=Unknown("not read"))
    assert not in_fleet("K8S-STRAND-02", inventory(subject))
    assert in_fleet("AZL-SUP-03", inventory(subject))
