"""K8S-SKEW, K8S-WIN, K8S-OS and K8S-CP: nodes, Windows images, the node OS, the control plane."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.findings import Severity
from planner.inventory import LISTED, POOLS, NodePool, Readiness, Unknown, Unread
from tests.builders import cluster, known, pool
from tests.planner.ruling import LIVE_2602, rule
from tests.planner.small_catalog import LIST_2503, RELEASES, release, small_catalog

BLOCKER, UNKNOWN, WARNING, INFO = Severity.BLOCKER, Severity.UNKNOWN, Severity.WARNING, Severity.INFO


def test_nodes_on_one_version_are_fine() -> None:
    subject = cluster(running="1.32.9", pools=[pool("a", "1.32.9"), pool("b", "1.32.9")])
    assert not rule("K8S-SKEW-01", subject) + rule("K8S-SKEW-02", subject)


def test_nodes_apart_block_whether_in_one_pool_or_two() -> None:
    in_one = cluster(running="1.32.9", pools=[pool(ready=[(2, "1.32.9"), (1, "1.31.13")])])
    in_two = cluster(running="1.32.9", pools=[pool("a", "1.32.9"), pool("b", "1.31.13")])
    for subject in (in_one, in_two):
        (found,) = rule("K8S-SKEW-01", subject)
        assert (found.severity, found.rules) == (BLOCKER, ("P17",))
        assert found.title == "The nodes run different versions: 1.31.13, 1.32.9."


def test_nodes_that_are_gone_do_not_count() -> None:
    subject = cluster(running="1.32.9", pools=[pool(ready=[(3, "1.32.9"), (0, "1.31.13")])])
    assert not rule("K8S-SKEW-01", subject) + rule("K8S-SKEW-02", subject)


def test_wanted_but_not_arrived_blocks() -> None:
    (found,) = rule("K8S-SKEW-02", cluster(running="1.32.9", pools=[pool(running="1.31.13")]))
    assert (found.severity, found.title) == (BLOCKER, "1.32.9 is wanted, but nodes run 1.31.13.")
    assert "one minor apart" in found.why
    (patch,) = rule("K8S-SKEW-02", cluster(running="1.32.9", pools=[pool(running="1.32.8")]))
    assert "within one minor" in patch.why
    assert not rule("K8S-SKEW-01", cluster(running="1.32.9", pools=[pool(running="1.31.13")]))


def test_pools_listed_by_the_overview_are_no_news_but_a_failed_read_is() -> None:
    subject = replace(
        cluster(running="1.32.9"),
        pools=known((replace(pool("a", ready=[]), provisioning_state=None, current_state=None),), source=LISTED),
    )
    (later,) = rule("K8S-SKEW-01", subject)
    assert (later.severity, later.title) == (INFO, "Node versions are not part of the overview.")
    assert not rule("K8S-STATE-01", subject)
    (failed,) = rule("K8S-SKEW-01", subject, unread=[Unread(POOLS, subject.id, "No permission.")])
    assert (failed.severity, failed.title) == (UNKNOWN, "The node pools were not read: No permission.")


def test_pools_not_read_or_silent_about_versions_are_unknown() -> None:
    unread = replace(cluster(running="1.32.9"), pools=Unknown("403"))
    (found,) = rule("K8S-SKEW-01", unread)
    assert (found.severity, found.title) == (UNKNOWN, "The node pools were not read: 403.")
    silent = cluster(running="1.32.9", pools=[pool("mute")])
    (quiet,) = rule("K8S-SKEW-01", silent)
    assert (quiet.severity, quiet.title) == (UNKNOWN, "Azure does not say which version these pools run: mute.")
    assert not rule("K8S-SKEW-02", unread) + rule("K8S-SKEW-02", silent)


def test_an_empty_pool_has_no_version_to_report() -> None:
    assert not rule("K8S-SKEW-01", cluster(running="1.32.9", pools=[pool("empty", count=0)]))


def windows(running: str, *pools: NodePool) -> list[NodePool]:
    return [pool("linux", running), *pools]


@pytest.mark.parametrize(
    ("running", "sku", "severity"),
    [
        ("1.31.13", "Windows2019", INFO),
        ("1.32.9", "Windows2019", WARNING),
        ("1.33.5", "Windows2019", WARNING),
        ("1.33.5", "Windows2022", INFO),
        ("1.33.5", "windows2022", INFO),
        ("1.33.5", "Windows2031", UNKNOWN),
    ],
)
def test_a_windows_image_caps_the_cluster(running: str, sku: str, severity: Severity) -> None:
    subject = cluster(running=running, pools=windows(running, pool("win", running, sku=sku)))
    (found,) = rule("K8S-WIN-01", subject)
    assert found.severity is severity


def test_the_ceiling_is_named_once_for_each_image() -> None:
    pools = [
        pool(name, "1.31.13", sku=sku)
        for name, sku in (("a", "Windows2022"), ("b", "Windows2019"), ("c", "Windows2019"))
    ]
    found = rule("K8S-WIN-01", cluster(running="1.31.13", pools=windows("1.31.13", *pools)))
    assert [one.title for one in found] == [
        "Windows2019 pools hold this cluster at Kubernetes 1.32.",
        "Windows2022 pools hold this cluster at Kubernetes 1.34.",
    ]


def test_a_windows_pool_without_a_sku_is_unknown() -> None:
    nameless = replace(pool("win", "1.31.13", sku="Windows2019"), os_sku=None)
    (found,) = rule("K8S-WIN-01", cluster(running="1.31.13", pools=[nameless]))
    assert found.severity is UNKNOWN


def test_linux_pools_have_no_ceiling() -> None:
    assert not rule("K8S-WIN-01", cluster(running="1.33.5")) + rule("K8S-WIN-02", cluster(running="1.33.5"))


@pytest.mark.parametrize(("key", "count"), [("12.2510", 0), ("2511", 1), ("2604", 1)])
def test_an_image_is_gone_after_the_last_release_that_shipped_it(key: str, count: int) -> None:
    subject = cluster(running="1.31.13", pools=[pool("win", "1.31.13", sku="Windows2019")])
    found = rule("K8S-WIN-02", subject, key, live=None)
    assert [one.severity for one in found] == [WARNING] * count


def test_an_image_that_is_ready_live_is_not_gone() -> None:
    ready = replace(LIVE_2602[0], readiness=(Readiness("Windows", "WINDOWS2019", True),))
    off = replace(LIVE_2602[0], readiness=(Readiness("Windows", "Windows2019", False),))
    subject = cluster(running="1.31.13", pools=[pool("win", "1.31.13", sku="Windows2019")])
    assert not rule("K8S-WIN-02", subject, live=(ready,))
    assert rule("K8S-WIN-02", subject, live=(off,))


def test_node_os_patches_are_never_called_automatic() -> None:
    (found,) = rule("K8S-OS-01", cluster(running="1.32.9"))
    assert (found.severity, found.disputes) == (INFO, ("C1", "C13"))


def test_a_version_only_older_releases_offered_runs_an_ended_node_os() -> None:
    (found,) = rule("K8S-OS-01", cluster(running="1.29.4"), "2411", live=None)
    assert found.severity is WARNING
    assert "1.29.4 only came on Azure Linux 2, ended 2025-07-31" in found.title


def test_a_version_some_newer_release_offered_too_may_run_the_newer_node_os() -> None:
    """1.28.14 was on the lists of 2503 and of 2507, the first with Azure Linux 3."""
    longer = small_catalog([*RELEASES[:3], release("2507", "2025-07-24", LIST_2503), *RELEASES[3:]])
    assert rule("K8S-OS-01", cluster(running="1.28.14"), "2503", live=None)[0].severity is WARNING
    assert rule("K8S-OS-01", cluster(running="1.28.14"), "2503", live=None, catalog=longer)[0].severity is INFO


@pytest.mark.parametrize("running", ["1.31.7", None])
def test_a_version_on_no_list_and_an_unread_one_prove_no_node_os(running: str | None) -> None:
    assert rule("K8S-OS-01", cluster(running=running))[0].severity is INFO


def test_one_control_plane_node_means_downtime() -> None:
    (found,) = rule("K8S-CP-01", cluster(control_plane_count=1))
    assert (found.severity, found.evidence[0].value) == (WARNING, "1")
    assert not rule("K8S-CP-01", cluster(control_plane_count=3))


def test_an_unknown_control_plane_is_unknown() -> None:
    (found,) = rule("K8S-CP-01", replace(cluster(), control_plane_count=Unknown("field missing")))
    assert found.severity is UNKNOWN
    assert "field missing" in found.why
