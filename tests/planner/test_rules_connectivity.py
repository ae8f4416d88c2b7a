"""ARC and SUB: contact, a cluster that may be stopped, upstream, the subscription."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from planner.findings import Owner, Severity
from planner.inventory import Cluster, Unknown
from tests.builders import AS_OF, cluster, inventory
from tests.planner.ruling import in_fleet, rule
from tests.planner.small_catalog import MINORS, minor, small_catalog

BLOCKER, UNKNOWN, WARNING, INFO = Severity.BLOCKER, Severity.UNKNOWN, Severity.WARNING, Severity.INFO


def silent(word: str = "Offline", days: int = 10) -> Cluster:
    return cluster(connectivity=word, last_contact=AS_OF - timedelta(days=days))


def test_a_connected_cluster_is_neither_silent_nor_stopped() -> None:
    for word in ("Connected", "connected"):
        assert not rule("ARC-CONN-01", silent(word, 90)) + rule("ARC-CONN-02", silent(word, 90))


@pytest.mark.parametrize("word", ["Offline", "Connecting", "Expired", "AgentNotInstalled", "SomethingNew"])
def test_no_contact_blocks_and_names_the_day_it_ends(word: str) -> None:
    (found,) = rule("ARC-CONN-01", silent(word))
    assert (found.severity, found.rules) == (BLOCKER, ("P22",))
    assert found.title == f"The cluster is not connected to Azure ({word})."
    assert found.why.endswith("The 30 days end 2026-06-09, in 20 days.")


@pytest.mark.parametrize(
    ("days", "title", "end"),
    [
        (30, "The cluster is not connected to Azure (Offline).", "2026-05-20, today."),
        (31, "The cluster (Offline) has been without contact since 2026-04-19.", "2026-05-19, 1 day ago."),
    ],
)
def test_the_limit_is_over_after_its_last_day(days: int, title: str, end: str) -> None:
    (found,) = rule("ARC-CONN-01", silent(days=days))
    assert found.title == title
    assert found.why.endswith(end)


def test_no_last_contact_is_said() -> None:
    (found,) = rule("ARC-CONN-01", replace(silent(), last_contact=Unknown("field missing")))
    assert found.why.endswith("Since when is not known.")
    assert "unknown: field missing" in [one.value for one in found.evidence]


def test_unknown_connectivity_is_unknown_and_never_connected() -> None:
    subject = replace(cluster(), connectivity=Unknown("403"))
    (found,) = rule("ARC-CONN-01", subject)
    assert (found.severity, found.title) == (UNKNOWN, "Whether the cluster is connected to Azure is not known.")
    assert not rule("ARC-CONN-02", subject)


@pytest.mark.parametrize(("word", "count"), [("Offline", 1), ("Expired", 1), ("Connecting", 0), ("SomethingNew", 0)])
def test_only_silence_may_mean_stopped(word: str, count: int) -> None:
    found = rule("ARC-CONN-02", silent(word))
    assert [one.severity for one in found] == [WARNING] * count
    assert all(one.rules == ("P21", "P23", "P28") and "2026-06-09" in one.why for one in found)


@pytest.mark.parametrize(("running", "ahead"), [("1.33.5", 3), ("1.34.1", None), ("1.31.13", 5)])
def test_upstream_more_than_two_minors_ahead_is_information(running: str, ahead: int | None) -> None:
    found = rule("ARC-AGENT-01", cluster(running=running))
    minor_text = running.rpartition(".")[0]
    titles = [f"Upstream is at 1.36, {ahead} minors ahead of {minor_text}."] if ahead else []
    assert [one.title for one in found] == titles
    assert all((one.severity, one.owner, one.cure) == (INFO, Owner.MICROSOFT, "") for one in found)


def test_upstream_is_as_it_was_on_the_day() -> None:
    assert not rule("ARC-AGENT-01", cluster(running="1.33.5"), as_of="2026-04-21")
    assert rule("ARC-AGENT-01", cluster(running="1.33.5"), as_of="2026-04-22")


def test_upstream_end_is_shown_where_it_is_known() -> None:
    (found,) = rule("ARC-AGENT-01", cluster(running="1.31.13"))
    assert "Upstream end of life of 1.31: 2025-11-11; shown, not judged." in found.why
    bare = small_catalog(minors=[minor("1.31"), *MINORS[4:]])
    assert "end of life" not in rule("ARC-AGENT-01", cluster(running="1.31.13"), catalog=bare)[0].why


def test_without_a_version_or_upstream_dates_nothing_is_said_of_upstream() -> None:
    assert not rule("ARC-AGENT-01", cluster(running=None))
    assert not rule("ARC-AGENT-01", cluster(running="1.31.13"), catalog=small_catalog(minors=[]))


@pytest.mark.parametrize(
    ("state", "severity"),
    [
        ("Enabled", None),
        ("Warned", WARNING),
        ("PastDue", WARNING),
        ("Disabled", BLOCKER),
        ("Deleted", BLOCKER),
        ("Hibernating", UNKNOWN),
    ],
)
def test_a_subscription_that_is_not_enabled_is_said(state: str, severity: Severity | None) -> None:
    found = in_fleet("SUB-STATE-01", inventory(cluster(), subscription_state=state))
    assert [(one.severity, one.title) for one in found] == (
        [(severity, f"The subscription is {state}.")] if severity else []
    )


def test_a_suspended_subscription_names_the_day_support_ends_and_how_it_is_counted() -> None:
    (found,) = in_fleet("SUB-STATE-01", inventory(cluster(), subscription_state="Disabled"))
    assert "2026-07-19" in found.why
    assert "counted from 2026-05-20" in found.why


def test_a_subscription_nobody_read_is_unknown() -> None:
    (found,) = in_fleet("SUB-STATE-01", replace(inventory(cluster()), subscriptions=()))
    assert (found.severity, found.title) == (UNKNOWN, "The state of the subscription is not known.")
