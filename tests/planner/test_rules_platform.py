"""AZL and CAT: the release of the instance, its updates, the Arc Resource Bridge, the age of the knowledge."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from planner.findings import Finding, Owner, Severity
from planner.inventory import Unknown
from tests.builders import AS_OF, cluster, instance, inventory, known, location
from tests.planner.ruling import LIVE_2602, in_fleet, rule
from tests.planner.small_catalog import small_catalog

BLOCKER, UNKNOWN, WARNING = Severity.BLOCKER, Severity.UNKNOWN, Severity.WARNING


def on(code: str, as_of: str = "2026-05-20", **changes: object) -> list[Finding]:
    """The findings with a code about an instance on 2604."""
    return in_fleet(code, inventory(cluster(), instances=[instance(release="2604", **changes)]), as_of=as_of)


def test_an_ended_release_is_named_with_date_rule_and_range() -> None:
    (found,) = rule("AZL-SUP-01", cluster(), "2411")
    assert found.title == "Azure Local 2411 left support on 2025-04-30 (rule LBL)."
    assert "other rules give dates up to 2025-10-31" in found.why
    assert (found.severity, found.owner) == (WARNING, Owner.INSTANCE_OWNER)
    assert (found.rules, found.disputes) == (("P10",), ("C11",))
    assert found.evidence[0].value == "10.2411.0.24"


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2026-08-15", None),
        ("2026-08-16", "AZL-SUP-02"),
        ("2026-09-30", "AZL-SUP-02"),
        ("2026-10-01", "AZL-SUP-01"),
    ],
)
def test_a_release_ends_soon_from_45_days_ahead_then_has_ended(day: str, code: str | None) -> None:
    found = [one.code for one in on("AZL-SUP-01", day) + on("AZL-SUP-02", day)]
    assert found == ([code] if code else [])


def test_soon_says_the_days_left() -> None:
    (found,) = on("AZL-SUP-02", "2026-09-29")
    assert found.title == "Support of Azure Local 2604 ends after 2026-09-30, in 1 day."


def test_a_known_release_is_not_unknown() -> None:
    assert not on("AZL-SUP-03")


def test_a_build_outside_the_catalog_is_unknown() -> None:
    (found,) = rule("AZL-SUP-03", cluster(), "12.2611.1004.5")
    assert (found.severity, found.title) == (UNKNOWN, "The Azure Local release is not known to the catalog.")
    assert found.why.startswith("Azure reports 12.2611.1004.5.")


def test_an_unread_build_is_unknown_with_its_reason() -> None:
    (found,) = on("AZL-SUP-03", build=Unknown("403 on the update summary"))
    assert found.title == "The Azure Local release could not be read."
    assert found.why.startswith("403 on the update summary.")
    assert not on("AZL-SUP-01", build=Unknown("403")) + on("AZL-SUP-02", build=Unknown("403"))


def test_an_instance_nobody_can_name_is_unknown() -> None:
    site = replace(location(), instance=Unknown("two instances fit"))
    (found,) = in_fleet("AZL-SUP-03", inventory(cluster(), locations=[site]))
    assert found.why.startswith("Two instances fit.")
    lost = replace(cluster(), custom_location=Unknown("no extended location"))
    (other,) = in_fleet("AZL-SUP-03", inventory(lost))
    assert other.title == "Which Azure Local instance hosts this cluster is not known."


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("AppliedSuccessfully", None),
        ("UpdateAvailable", None),
        ("UpdateInProgress", BLOCKER),
        ("PreparationInProgress", BLOCKER),
        ("UpdateFailed", WARNING),
        ("NeedsAttention", WARNING),
        ("PreparationFailed", WARNING),
        ("Unknown", UNKNOWN),
        ("SomethingNew", UNKNOWN),
    ],
)
def test_no_upgrade_while_the_hosts_are_updated(word: str, severity: Severity | None) -> None:
    found = on("AZL-STATE-01", update_state=known(word))
    assert [one.severity for one in found] == ([severity] if severity else [])


def test_an_unread_update_state_is_unknown() -> None:
    (found,) = on("AZL-STATE-01", update_state=Unknown("403"))
    assert (found.severity, found.evidence[0].value) == (UNKNOWN, "unknown: 403")


@pytest.mark.parametrize(
    ("status", "severity"), [("Running", None), ("Connected", None), ("Offline", BLOCKER), ("Starting", WARNING)]
)
def test_the_bridge_has_to_run(status: str, severity: Severity | None) -> None:
    site = replace(location(live=LIVE_2602), bridge_status=known(status))
    found = in_fleet("AZL-ARB-01", inventory(cluster(), release="2604", locations=[site]))
    assert [one.severity for one in found] == ([severity] if severity else [])


def test_an_unread_bridge_is_unknown() -> None:
    site = replace(location(), bridge_status=Unknown("not in the graph"))
    (found,) = in_fleet("AZL-ARB-01", inventory(cluster(), release="2604", locations=[site]))
    assert (found.severity, found.why) == (UNKNOWN, "Not in the graph.")


@pytest.mark.parametrize(
    ("days_ago", "titles"),
    [
        (319, []),
        (320, ["A solution update is due by 2026-07-04, in 45 days."]),
        (365, ["A solution update is due by 2026-05-20, today."]),
        (366, ["The last solution update is more than a year old: bridge certificates may have lapsed on 2026-05-19."]),
    ],
)
def test_a_solution_update_is_due_within_a_year(days_ago: int, titles: list[str]) -> None:
    found = on("AZL-ARB-01", last_updated=known(AS_OF - timedelta(days=days_ago)))
    assert [one.title for one in found] == titles
    assert all(one.severity is WARNING and one.rules == ("P25",) for one in found)


def test_an_unknown_last_update_leaves_the_bridge_unknown() -> None:
    (found,) = on("AZL-ARB-01", last_updated=Unknown("no update summary"))
    assert (found.severity, "no update summary" in found.why) == (UNKNOWN, True)


@pytest.mark.parametrize(("newest", "count"), [("2026-03-21", 0), ("2026-03-20", 1), ("2026-07-17", 0)])
def test_knowledge_is_old_after_sixty_days(newest: str, count: int) -> None:
    found = rule("CAT-AGE-01", cluster(), catalog=small_catalog(newest_fact=newest))
    assert [one.severity for one in found] == [WARNING] * count


def test_old_knowledge_names_its_age() -> None:
    (found,) = rule("CAT-AGE-01", cluster(), catalog=small_catalog(newest_fact="2026-01-10"))
    assert found.title == "The catalog is old: its newest fact is of 2026-01-10, 130 days before the day judged."
