"""K8S-OFFER: forbidden edges, lists that disagree, images, and how old a list is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from planner.findings import Owner, Severity
from planner.inventory import Cluster, OfferedVersion, Readiness, Unknown
from planner.rules import findings_for
from planner.support import Judge
from tests.builders import AS_OF, cluster, inventory, known, location, offered, pool, version
from tests.planner.ruling import CATALOG, LIVE_2602, in_fleet, rule
from tests.planner.small_catalog import LIST_2510, LIST_2602

UNKNOWN, WARNING = Severity.UNKNOWN, Severity.WARNING
ALL_2602 = LIST_2602.split()


# -- K8S-OFFER-01 --


@pytest.mark.parametrize(
    ("targets", "rules"),
    [
        (["1.32.8", "1.33.4"], ("P11",)),
        (["1.31.12"], ("P15",)),
        (["1.31.13"], ("P15",)),
        (["1.30.9", "1.33.5"], ("P11", "P15")),
    ],
)
def test_a_target_that_skips_or_goes_back_is_refused(targets: list[str], rules: tuple[str, ...]) -> None:
    (found,) = rule("K8S-OFFER-01", cluster(running="1.31.13", upgrades=targets))
    assert (found.severity, found.rules, found.disputes) == (WARNING, rules, ("C3",))


def test_the_live_list_is_looked_at_as_the_profile_is() -> None:
    live = offered(ALL_2602, upgrades={"1.31.13": ["1.32.9", "1.33.5"]})
    (found,) = rule("K8S-OFFER-01", cluster(running="1.31.13"), live=live)
    assert found.title == "Azure offers 1.33.5 from 1.31.13, which the upgrade rules forbid."


def test_a_skip_offered_to_a_stranded_cluster_is_named_as_such() -> None:
    (found,) = rule("K8S-OFFER-01", cluster(running="1.29.4", upgrades=["1.31.13"]))
    assert found.rules == ("P11", "P12", "P13")
    assert "with a warning (P12, P13)" in found.why


def test_legal_unread_and_preview_targets_are_not_refused() -> None:
    assert not rule("K8S-OFFER-01", cluster(running="1.31.13", upgrades=["1.32.8", "1.32.9"]))
    assert not rule("K8S-OFFER-01", cluster(running="1.31.13"))
    assert not rule("K8S-OFFER-01", cluster(running=None, upgrades=["1.31.13"]))


# -- K8S-OFFER-02 --


def test_a_profile_as_the_catalog_expects_is_silent() -> None:
    assert not rule("K8S-OFFER-02", cluster(running="1.31.13", upgrades=["1.32.8", "1.32.9"]))
    assert not rule("K8S-OFFER-02", cluster(running="1.33.5", upgrades=[]))


def test_missing_and_unexpected_targets_are_named() -> None:
    (found,) = rule("K8S-OFFER-02", cluster(running="1.31.13", upgrades=["1.32.9", "1.32.11"]))
    assert (found.severity, found.owner) == (WARNING, Owner.CLUSTER_OPERATOR)
    assert found.title == "Azure's targets from 1.31.13 differ from the catalog: missing 1.32.8; unexpected 1.32.11."


def test_an_empty_profile_does_not_mean_up_to_date() -> None:
    (found,) = rule("K8S-OFFER-02", cluster(running="1.31.13", upgrades=[]))
    assert "missing 1.32.8, 1.32.9" in found.title
    assert "it does not mean up to date" in found.why


def test_live_upgrades_that_differ_from_the_catalog_are_a_finding() -> None:
    live = offered(ALL_2602, upgrades={"1.31.13": ["1.32.9"]})
    (found,) = rule("K8S-OFFER-02", cluster(running="1.31.13", upgrades=["1.32.8", "1.32.9"]), live=live)
    assert "missing 1.32.8" in found.title
    agreed = offered(ALL_2602, upgrades={"1.31.13": ["1.32.8", "1.32.9"]})
    assert not rule("K8S-OFFER-02", cluster(running="1.31.13", upgrades=["1.32.8", "1.32.9"]), live=agreed)


def test_a_forbidden_target_is_not_called_unexpected_as_well() -> None:
    assert not rule("K8S-OFFER-02", cluster(running="1.31.13", upgrades=["1.32.8", "1.32.9", "1.33.5"]))


def test_a_preview_among_the_live_targets_is_neither_unexpected_nor_refused() -> None:
    live = offered(ALL_2602, preview=["1.34.2"], upgrades={"1.33.4": ["1.33.5", "1.34.2"], "1.32.9": ["1.34.2"]})
    subject = cluster(running="1.33.4", upgrades=["1.33.5"])
    assert not rule("K8S-OFFER-02", subject, live=live)
    assert not rule("K8S-OFFER-01", cluster(running="1.32.9"), live=live)


def test_clusters_with_other_profiles_are_weighed_apart() -> None:
    full, empty = cluster("a", "1.31.13", upgrades=["1.32.8", "1.32.9"]), cluster("b", "1.31.13", upgrades=[])
    judge = Judge(inventory(full, empty, release="2604", live=LIVE_2602), CATALOG, AS_OF)
    said = [{found.code for found in findings_for(subject, judge)} for subject in (full, empty)]
    assert ["K8S-OFFER-02" in codes for codes in said] == [False, True]


def test_an_unread_profile_is_unknown() -> None:
    (found,) = rule("K8S-OFFER-02", cluster(running="1.31.13"))
    assert found.severity is UNKNOWN
    assert "not read" in found.why


def test_a_live_list_that_differs_from_the_published_one_is_said_of_the_instance() -> None:
    live = offered([*ALL_2602[1:], "1.33.7"])
    (found,) = rule("K8S-OFFER-02", cluster(running="1.33.5", upgrades=[]), live=live)
    assert found.title == (
        "The live version list differs from the published list of Azure Local 2604 "
        "(only live: 1.33.7; only in the catalog: 1.31.12)."
    )
    assert (found.owner, "plant12" in found.subject) == (Owner.INSTANCE_OWNER, True)


def test_without_a_published_list_there_is_nothing_to_disagree_with() -> None:
    assert not rule("K8S-OFFER-02", cluster(running="1.33.5", upgrades=[]), "2606", live=offered(LIST_2510.split()))
    assert not rule("K8S-OFFER-02", cluster(running="1.33.5", upgrades=[]), "2604", live=None)


# -- K8S-OFFER-03 --


def rows(text: str, *images: Readiness) -> tuple[OfferedVersion, ...]:
    return tuple(replace(row, readiness=images) if str(row.version) == text else row for row in LIVE_2602)


LINUX_OFF = Readiness("Linux", "CBLMariner", False, "downloading")


def test_a_next_version_without_its_image_is_named_with_the_message() -> None:
    (found,) = rule("K8S-OFFER-03", cluster(running="1.31.13"), live=rows("1.32.9", LINUX_OFF))
    assert (found.severity, found.title) == (WARNING, "Node images not ready: Linux for 1.32.9 (downloading).")


def test_an_image_that_is_not_next_does_not_matter() -> None:
    assert not rule("K8S-OFFER-03", cluster(running="1.31.13"), live=rows("1.33.5", LINUX_OFF))
    assert not rule("K8S-OFFER-03", cluster(running="1.31.13"), live=rows("1.31.12", LINUX_OFF))


def test_any_ready_linux_image_will_do() -> None:
    both = rows("1.32.9", LINUX_OFF, Readiness("Linux", "AzureLinux", True))
    assert not rule("K8S-OFFER-03", cluster(running="1.31.13"), live=both)


@pytest.mark.parametrize("images", [(), (Readiness("Linux", "CBLMariner", None),), (Readiness(None, None, True),)])
def test_an_image_nobody_speaks_of_is_unknown(images: tuple[Readiness, ...]) -> None:
    (found,) = rule("K8S-OFFER-03", cluster(running="1.31.13"), live=rows("1.32.9", *images))
    assert (found.severity, found.title) == (
        UNKNOWN,
        "Whether these node images are ready is not said: Linux for 1.32.9.",
    )


def with_windows(sku: str) -> Cluster:
    return cluster(running="1.31.13", pools=[pool("cpu", "1.31.13"), pool("win", "1.31.13", sku=sku)])


def test_windows_rows_count_only_with_windows_pools() -> None:
    assert not rule("K8S-OFFER-03", cluster(running="1.31.13"))
    (found,) = rule("K8S-OFFER-03", with_windows("Windows2022"))
    message = "Windows nodepool feature is disabled"
    assert found.title == f"Node images not ready: Windows2022 for 1.32.8, 1.32.9 ({message})."


def test_a_windows_image_that_is_not_listed_is_unknown() -> None:
    (found,) = rule("K8S-OFFER-03", with_windows("Windows2019"))
    assert found.severity is UNKNOWN
    assert "Windows2019 for 1.32.8, 1.32.9" in found.title


def test_previews_are_not_next() -> None:
    live = tuple(replace(row, is_preview=True) for row in rows("1.32.9", LINUX_OFF))
    assert not rule("K8S-OFFER-03", cluster(running="1.31.13"), live=live)


# -- K8S-OFFER-04 --


@pytest.mark.parametrize(("hours", "titles"), [(24, []), (25, ["The live version list is 1 day(s) old."])])
def test_a_list_is_old_after_a_day(hours: int, titles: list[str]) -> None:
    site = replace(location(), offered=known(LIVE_2602, AS_OF - timedelta(hours=hours)))
    found = in_fleet("K8S-OFFER-04", inventory(cluster(running="1.33.5"), release="2604", locations=[site]))
    assert [one.title for one in found] == titles


@pytest.mark.parametrize(("key", "stand_in"), [("2604", "The published list"), ("2606", "No list")])
def test_an_unread_list_says_what_stands_in_for_it(key: str, stand_in: str) -> None:
    (found,) = rule("K8S-OFFER-04", cluster(), key, live=None)
    assert (found.severity, found.why) == (
        UNKNOWN,
        f"Version list answered 404. {stand_in} stands in for it.",
    )


def test_an_empty_list_is_not_an_answer() -> None:
    (found,) = rule("K8S-OFFER-04", cluster(), live=())
    assert found.why.startswith("The answer was empty.")


def test_a_cluster_without_a_location_has_no_list() -> None:
    lost = replace(cluster(), custom_location=Unknown("not read"))
    (found,) = in_fleet("K8S-OFFER-04", inventory(lost, live=LIVE_2602))
    assert found.why == "The custom location is not known. No list stands in for it."


def test_the_offer_orders_by_number_and_not_as_text() -> None:
    live = offered(["1.31.9", "1.31.10"])
    (found,) = rule("K8S-SUP-03", cluster(running="1.31.7"), "12.2510", live=live)
    assert found.cure == f"Upgrade to {version('1.31.10')}."
