"""Drift by value: known issues, Windows pools, neighbours, repairs, acceptances and images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from planner.acceptance import Acceptance
from planner.drift import Drift, Fate, Moved
from planner.inventory import Cluster, Unread
from tests.builders import AS_OF, cluster, inventory, pool, version
from tests.planner.saved import (
    CATALOG,
    CLIMB,
    GATED,
    LATER,
    LIST_2604,
    UPDATES,
    climbing,
    fates,
    said,
    saved,
)

DONE, VALID, CHANGED, IMPOSSIBLE, UNKNOWN = Fate.DONE, Fate.VALID, Fate.CHANGED, Fate.IMPOSSIBLE, Fate.UNKNOWN
REALITY, KNOWLEDGE, POLICY = Moved.REALITY, Moved.KNOWLEDGE, Moved.POLICY


# -- known issues --


def test_a_known_issue_that_came_or_went_is_knowledge() -> None:
    ids = CLIMB.plan.steps[1].risks
    assert ids
    fewer = replace(CATALOG, risks=tuple(risk for risk in CATALOG.risks if risk.id != ids[0]))
    drift = CLIMB.against(catalog=fewer)
    assert said(drift, "S02") == (f"known issue {ids[0]} no longer meets it", KNOWLEDGE)
    old = CATALOG.risk_by_id[ids[0]]
    more = replace(CATALOG, risks=(*CATALOG.risks, replace(old, id="AKS-NEW", title="Something new.")))
    drift = CLIMB.against(catalog=more)
    assert said(drift, "S02") == ("known issue AKS-NEW meets it now: Something new", KNOWLEDGE)
    assert len(drift.steps[1].reasons) == 1, "the check of a known issue is told with it"


def test_a_known_issue_of_a_windows_pool_that_came_is_reality() -> None:
    plan = saved("1.31.10", "12.2510", "1.32")
    windows = [pool(running="1.31.10"), pool("win", "1.31.10", sku="Windows2022")]
    drift = plan.against(plan.with_cluster("1.31.10", pools=windows))
    what, cause = said(drift, "S01")
    assert what.startswith("known issue AKS-WIN-FEATURE-OFF meets it now") and cause is REALITY


# -- Windows --


def test_a_ceiling_over_a_pool_that_came_is_reality_and_one_that_sank_is_knowledge() -> None:
    plan = saved("1.31.10", "12.2510", "1.32")
    sunk = tuple(replace(one, last_minor=version("1.31.0").minor) for one in CATALOG.windows)
    windows = [pool(running="1.31.10", sku="Windows2022")]
    came = plan.against(plan.with_cluster("1.31.10", pools=windows), replace(CATALOG, windows=sunk))
    what, cause = said(came, "S01")
    assert "Windows2022 stops at Kubernetes 1.31" in what and (came.steps[0].fate, cause) == (IMPOSSIBLE, REALITY)
    had = saved("1.31.10", "12.2510", "1.32", pools=windows)
    drift = had.against(catalog=replace(CATALOG, windows=sunk))
    assert drift.steps[0].fate is IMPOSSIBLE and said(drift, "S01")[1] is KNOWLEDGE


# -- neighbours --


def beside(*others: Cluster, release: str = "2509", unread: Sequence[Unread] = ()) -> Drift:
    first = GATED.inventory.clusters[0]
    whole = inventory(first, *others, release=release, as_of=LATER, unread=unread)
    return GATED.against(whole)


@pytest.mark.parametrize(
    ("running", "expected"),
    [
        ("1.28.14", [VALID, VALID, VALID]),
        ("1.28.12", [VALID, VALID, VALID]),
        ("1.29.13", [DONE, VALID, VALID]),
        ("1.30.9", [DONE, VALID, VALID]),
        (None, [UNKNOWN, VALID, VALID]),
    ],
)
def test_a_neighbour_is_judged_by_what_it_runs(running: str | None, expected: list[Fate]) -> None:
    assert fates(beside(cluster("slow", running))) == expected


def test_a_neighbour_that_is_not_at_rest_has_not_arrived() -> None:
    drift = beside(cluster("slow", "1.29.13", current="Upgrading"))
    assert fates(drift)[0] is CHANGED and "not at rest" in said(drift, "S01")[0]


def test_a_neighbour_that_left_is_no_matter_and_one_nobody_read_is_unknown() -> None:
    assert said(beside(), "S01") == ("slow is no longer on the instance", REALITY)
    gap = Unread("clusters", "", "no permission")
    assert beside(unread=[gap]).steps[0].fate is UNKNOWN


def test_an_instance_that_did_not_wait_is_said() -> None:
    drift = beside(cluster("slow", "1.28.14"), release="11.2510")
    assert fates(drift) == [CHANGED, DONE, VALID]
    assert said(drift, "S01") == ("the instance went on to 11.2510 before slow moved", REALITY)


def test_another_neighbour_that_has_to_move_first_holds_the_update_back() -> None:
    drift = beside(cluster("slow", "1.28.14"), cluster("late", "1.28.14"))
    assert fates(drift) == [VALID, CHANGED, VALID]
    assert said(drift, "S02") == ("first late to 1.29.13: it runs 1.28.14, and 11.2510 would strand it", REALITY)


def test_a_neighbour_nothing_can_save_makes_the_update_impossible() -> None:
    """Its Windows pool keeps it from the one hop it needs."""
    sunk = tuple(replace(one, last_minor=version("1.28.0").minor) for one in CATALOG.windows)
    bound = cluster("bound", "1.28.14", pools=[pool(running="1.28.14", sku="Windows2022")])
    whole = inventory(UPDATES.inventory.clusters[0], bound, release="2509")
    drift = UPDATES.against(whole, replace(CATALOG, windows=sunk))
    what, _ = said(drift, "S01")
    assert fates(drift) == [IMPOSSIBLE, IMPOSSIBLE]
    assert "bound (1.28.14) runs on the same instance, would be stranded by it" in what


# -- wait or repair, blockers, acceptances --


def test_a_repair_is_done_once_the_cluster_is_at_rest() -> None:
    plan = saved("1.31.13", "2604", current="Upgrading")
    assert plan.plan.steps[0].title == "wait or repair"
    assert fates(plan.against())[0] is VALID
    assert fates(plan.against(plan.with_cluster("1.31.13")))[0] is DONE
    failed = plan.against(plan.with_cluster("1.31.13", provisioning="Failed"))
    assert said(failed, "S01") == ("provisioningState is Failed.", REALITY)


def test_a_cluster_that_is_not_at_rest_waits_before_the_next_hop() -> None:
    drift = climbing("1.30.14", pools=[pool(ready=[(2, "1.30.14"), (1, "1.30.9")])])
    assert fates(drift) == [CHANGED, VALID, VALID]
    assert said(drift, "S01")[1] is REALITY


def test_a_blocker_the_plan_does_not_know_stands_before_the_next_step() -> None:
    far = {"connectivity": "Offline", "last_contact": AS_OF - timedelta(days=40)}
    drift = climbing("1.31.13", **far)
    assert fates(drift) == [DONE, CHANGED, VALID]
    assert said(drift, "S02")[0].startswith("ARC-CONN-01: ")


def test_an_acceptance_that_ran_out_is_said_and_lifts_nothing_any_more() -> None:
    until = AS_OF.date() + timedelta(days=7)
    accepted = [Acceptance("RECOVERY-SKIP", "board", until)]
    plan = saved("1.29.4", "2602", accepted=accepted)
    assert fates(plan.against(days=5))[0] is VALID
    drift = plan.against(days=8)
    assert drift.steps[0].fate is IMPOSSIBLE
    assert f"the acceptance of RECOVERY-SKIP ran out on {until}" in [one.what for one in drift.steps[0].reasons]


# -- newer images without a version --

REFRESH = saved("1.33.5", "2604", "os-patch", live=LIST_2604,
                accepted=[Acceptance("SCALE-ROUTE", "board", AS_OF.date() + timedelta(days=60))])  # fmt: skip


def test_scaling_for_images_stays_valid_until_a_version_or_a_node_count_changes() -> None:
    assert fates(REFRESH.against()) == [VALID]
    newer = REFRESH.against(REFRESH.on("2604", live=(*LIST_2604, "1.33.6")))
    assert said(newer, "S01") == ("Kubernetes 1.33.6 is within reach now and brings newer images", REALITY)
    grown = REFRESH.on("2604", REFRESH.with_cluster("1.33.5", pools=[pool(running="1.33.5", count=4)]), LIST_2604)
    assert "its commands are other ones now" in [reason.what for reason in REFRESH.against(grown).steps[0].reasons]
    assert said(REFRESH.against(days=61), "S01")[0].startswith("the acceptance of SCALE-ROUTE ran out")
