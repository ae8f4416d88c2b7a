"""Drift by value: what becomes of each kind of step, by which cause; and that nothing drifts where nothing moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.acceptance import Acceptance
from planner.catalog import Catalog
from planner.documents.driftlines import WIDTH, drift_lines
from planner.documents.grid import cells
from planner.drift import Drift, Fate, Moved, drift_of
from planner.goals import GoalError
from planner.inventory import Cluster, Inventory, Unknown, Unread
from planner.knowledge import load_catalog
from planner.path import Routes, parse_goal
from planner.plan import Plan
from planner.planning import build_plan
from planner.replan import ReplanError, compare, replan
from planner.support import Judge
from planner.version import KubernetesVersion
from tests.builders import AS_OF, BUILDS, cluster, instance, inventory, known, location, offered, pool, version

CATALOG = load_catalog()
ROUTES = Routes(CATALOG)
LATER = AS_OF + timedelta(days=21)
LIST_2604 = ("1.31.12", "1.31.13", "1.32.8", "1.32.9", "1.33.4", "1.33.5")
DONE, VALID, CHANGED, IMPOSSIBLE, UNKNOWN = Fate.DONE, Fate.VALID, Fate.CHANGED, Fate.IMPOSSIBLE, Fate.UNKNOWN
REALITY, KNOWLEDGE, POLICY = Moved.REALITY, Moved.KNOWLEDGE, Moved.POLICY


@dataclass(frozen=True)
class Saved:
    """A plan, and the world it was made in."""

    plan: Plan
    inventory: Inventory

    def against(self, whole: Inventory | None = None, catalog: Catalog = CATALOG, days: int = 21) -> Drift:
        """Compared with another world, or another catalog."""
        routes = ROUTES if catalog is CATALOG else Routes(catalog)
        return drift_of(self.plan, Judge(whole or self.inventory, catalog, AS_OF + timedelta(days=days)), routes)

    def with_cluster(self, running: str | None, **facts: Any) -> Inventory:
        """The same world with the first cluster as it is now."""
        first, *others = self.inventory.clusters
        return replace(self.inventory, clusters=(cluster(first.name, running, **facts), *others), as_of=LATER)

    def on(self, release: str, whole: Inventory | None = None, live: Sequence[str] | None = None) -> Inventory:
        """The same world with the instance on another release."""
        where = location(live=None if live is None else offered(live))
        return replace(whole or self.inventory, instances=(instance(release=release),), locations=(where,))


def saved(
    running: str,
    release: str,
    goal: str = "latest",
    *others: Cluster,
    live: Sequence[str] | None = None,
    accepted: Sequence[Acceptance] = (),
    **facts: Any,
) -> Saved:
    subject = cluster("mes", running, **facts)
    whole = inventory(subject, *others, release=release, live=None if live is None else offered(live))
    judge = Judge(whole, CATALOG, AS_OF)
    return Saved(build_plan(subject, parse_goal(goal, CATALOG), judge, ROUTES, accepted), whole)


def fates(drift: Drift) -> list[Fate]:
    return [step.fate for step in drift.steps]


def said(drift: Drift, step: str) -> tuple[str, Moved | None]:
    """The weightiest reason of a step."""
    reason = next(one for one in drift.steps if one.id == step).reasons[0]
    return reason.what, reason.cause


def catalog_with(key: str, **changes: Any) -> Catalog:
    """The catalog with one release changed."""
    rows = tuple(replace(one, **changes) if one.key == key else one for one in CATALOG.releases)
    return replace(CATALOG, releases=rows)


def versions(*texts: str) -> tuple[KubernetesVersion, ...]:
    return tuple(map(version, texts))


CLIMB = saved("1.30.14", "2604", live=LIST_2604)
"""1.30.14 → 1.31.13 → 1.32.9 → 1.33.5, all on one release with a live list."""
UPDATES = saved("1.31.5", "2509", "1.32")
"""Release 2509 → 11.2510, then 1.31.5 → 1.32.6; the catalog says so."""


def climbing(running: str, live: Sequence[str] = LIST_2604, **facts: Any) -> Drift:
    return CLIMB.against(CLIMB.on("2604", CLIMB.with_cluster(running, **facts), live))


# -- the example --


def test_a_three_week_old_plan_against_a_moved_fleet() -> None:
    """One step done, one offering a newer patch, the others still valid but for the last, which is impossible."""
    old = saved("1.30.9", "2509", "1.33", live=("1.29.13", "1.30.9", "1.31.4", "1.31.5"))
    assert [step.title for step in old.plan.steps] == [
        "Kubernetes 1.30.9 → 1.31.5",
        "release 2509 → 11.2510",
        "Kubernetes 1.31.5 → 1.32.6",
        "release 11.2510 → 12.2510",
        "release 12.2510 → 2602",
        "Kubernetes 1.32.6 → 1.33.5",
    ]
    moved = old.on("2509", old.with_cluster("1.31.5"), ("1.30.9", "1.31.5"))
    lists = {"11.2510": versions("1.31.10", "1.32.6", "1.32.7"), "2602": versions("1.31.13", "1.32.9")}
    rows = tuple(replace(one, offers=lists.get(one.key, one.offers)) for one in CATALOG.releases)
    drift = old.against(moved, replace(CATALOG, releases=rows, newest_fact=date(2026, 8, 8)))
    assert fates(drift) == [DONE, VALID, CHANGED, VALID, VALID, IMPOSSIBLE]
    assert said(drift, "S01") == ("mes runs 1.31.5", REALITY)
    assert said(drift, "S03") == ("1.32.7 is offered as well, a newer patch than 1.32.6", KNOWLEDGE)
    assert said(drift, "S06") == ("2602 no longer offers 1.33.5 (P18). It offers 1.31.13, 1.32.9", KNOWLEDGE)
    assert drift.fate is IMPOSSIBLE
    assert [(shift.what, shift.then, shift.now) for shift in drift.knowledge] == [
        ("catalog", str(CATALOG.newest_fact), "2026-08-08")
    ]


def test_the_example_fits_in_80_columns() -> None:
    drift = climbing("1.31.13", ("1.31.13", "1.32.9", "1.32.10", "1.34.1"))
    assert fates(drift) == [DONE, CHANGED, IMPOSSIBLE]
    lines = drift_lines(drift)
    assert max(map(cells, lines)) <= WIDTH
    assert lines == [
        "mes: 1.30.14 → 1.33.5 (goal latest): drifted: 1 done, 1 changed, 1 impossible",
        "",
        "          PLAN, REVISION 1                    NOW",
        "facts     2026-05-20 00:00 UTC (21 d old)     2026-06-10 00:00 UTC",
        "judged    2026-05-20 00:00 UTC (21 d old)     2026-06-10 00:00 UTC",
        "catalog   2026-07-17                          2026-07-17",
        "",
        "STEP  VERDICT     WHAT                                         CAUSE",
        "S01   done        Kubernetes 1.30.14 → 1.31.13                 reality moved",
        "                  mes runs 1.31.13.",
        "S02   changed     Kubernetes 1.31.13 → 1.32.9                  reality moved",
        "                  1.32.10 is offered as well, a newer patch",
        "                  than 1.32.9.",
        "S03   impossible  Kubernetes 1.32.9 → 1.33.5                   reality moved",
        "                  2604 no longer offers 1.33.5 (P18). It",
        "                  offers 1.31.13, 1.32.9, 1.32.10, 1.34.1;",
        "                  the published list of 2604 still holds it.",
        "",
        "REALITY               THEN                          NOW",
        "Kubernetes version    1.30.14                       1.31.13",
        "wanted",
        "versions offered on   1.31.12, 1.31.13, 1.32.8,     1.31.13, 1.32.9, 1.32.10,",
        "the instance          1.32.9, 1.33.4, 1.33.5        1.34.1",
        "nodes                 pool1: 3 × CBLMariner; 3 on   pool1: 3 × CBLMariner; 3 on",
        "                      1.30.14                       1.31.13",
    ]


# -- hops: where the cluster stands --


@pytest.mark.parametrize(
    ("running", "expected"),
    [
        ("1.30.14", [VALID, VALID, VALID]),
        ("1.31.13", [DONE, VALID, VALID]),
        ("1.31.14", [DONE, CHANGED, VALID]),
        ("1.32.8", [DONE, CHANGED, VALID]),
        ("1.32.9", [DONE, DONE, VALID]),
        ("1.33.5", [DONE, DONE, DONE]),
        ("1.33.6", [DONE, DONE, DONE]),
        ("1.34.1", [CHANGED, CHANGED, CHANGED]),
        ("1.30.9", [CHANGED, VALID, VALID]),
        ("1.29.4", [IMPOSSIBLE, IMPOSSIBLE, IMPOSSIBLE]),
    ],
)
def test_a_step_is_done_when_the_plans_own_path_leads_to_what_runs(running: str, expected: list[Fate]) -> None:
    assert fates(climbing(running)) == expected


def test_a_version_past_the_path_is_not_done_by_its_number() -> None:
    assert said(climbing("1.34.1"), "S01") == ("mes is on Kubernetes 1.34.1, off the plan's path", REALITY)


def test_a_minor_the_path_skips_is_off_the_path() -> None:
    """A recovery hop goes from 1.29 to 1.31 at once: a cluster on 1.30 came another way."""
    accepted = [Acceptance("RECOVERY-SKIP", "board", date(2026, 12, 1))]
    plan = saved("1.29.4", "2602", "1.31", accepted=accepted)
    assert [step.target for step in plan.plan.steps] == ["1.31.13"]
    assert fates(plan.against(plan.with_cluster("1.30.14"))) == [CHANGED]


def test_a_start_from_another_patch_is_said() -> None:
    what, cause = said(climbing("1.31.14"), "S02")
    assert what == "it starts from 1.31.14 on 2604, not from 1.31.13 on 2604" and cause is REALITY


def test_a_step_is_not_done_before_the_nodes_have_followed() -> None:
    halfway = climbing("1.31.13", pools=[pool(ready=[(2, "1.31.13"), (1, "1.30.14")])])
    assert fates(halfway) == [CHANGED, VALID, VALID]
    assert "not at rest" in said(halfway, "S01")[0]
    assert fates(climbing("1.31.13", current="Upgrading"))[0] is CHANGED


def test_nodes_nobody_could_read_leave_a_step_unknown() -> None:
    whole = CLIMB.with_cluster("1.31.13")
    blind = replace(whole, clusters=(replace(whole.clusters[0], pools=Unknown("no permission")),))
    drift = CLIMB.against(blind)
    assert fates(drift)[0] is UNKNOWN and said(drift, "S01") == ("could not be read: node pools", None)


# -- hops: what is offered --


@pytest.mark.parametrize(
    ("live", "fate", "words"),
    [
        (("1.31.13", "1.31.14", "1.32.9", "1.33.5"), CHANGED, "1.31.14 is offered as well"),
        (("1.31.14", "1.32.9", "1.33.5"), CHANGED, "1.31.14 is offered instead of 1.31.13"),
        (("1.31.12", "1.32.9", "1.33.5"), CHANGED, "1.31.12 is offered instead of 1.31.13"),
        (("1.30.15", "1.32.9", "1.33.5"), IMPOSSIBLE, "2604 no longer offers 1.31.13"),
        (("1.32.9", "1.33.5"), IMPOSSIBLE, "2604 offers nothing below 1.32"),
    ],
)
def test_a_live_list_decides_about_the_next_hop(live: tuple[str, ...], fate: Fate, words: str) -> None:
    drift = climbing("1.30.14", live)
    assert drift.steps[0].fate is fate
    assert words in said(drift, "S01")[0] and said(drift, "S01")[1] is REALITY


def test_what_follows_an_impossible_step_is_impossible_as_well() -> None:
    drift = climbing("1.30.14", ("1.32.9", "1.33.5"))
    assert fates(drift) == [IMPOSSIBLE] * 3
    assert said(drift, "S03") == ("S01 comes before it and is impossible", REALITY)


def test_a_newer_patch_is_no_matter_where_the_goal_names_the_older() -> None:
    plan = saved("1.32.9", "2604", "1.33.5", live=LIST_2604)
    assert fates(plan.against(plan.on("2604", live=(*LIST_2604, "1.33.6")))) == [VALID]


def test_the_upgrade_profile_goes_before_the_list() -> None:
    plan = saved("1.30.14", "2604", live=LIST_2604, upgrades=["1.31.13"])
    drift = plan.against(plan.with_cluster("1.30.14", upgrades=[]))
    assert fates(drift) == [CHANGED, VALID, VALID]
    words = "1.31.13 is on the instance's list, but Azure offers this cluster nothing now"
    assert said(drift, "S01") == (words, REALITY)
    assert fates(plan.against(plan.with_cluster("1.30.14", upgrades=["1.31.14"])))[0] is CHANGED


def test_a_list_that_was_live_and_is_unread_is_unknown_and_no_drift() -> None:
    drift = CLIMB.against(CLIMB.on("2604", live=None))
    assert set(fates(drift)) == {UNKNOWN} and drift.fate is UNKNOWN
    assert "could not be read (version list answered 404)" in said(drift, "S01")[0]


def test_a_list_the_catalog_stood_in_for_is_confirmed_by_a_live_one() -> None:
    """It also tells of images, so that a known issue is ruled out."""
    plan = saved("1.32.9", "2604")
    assert plan.plan.steps[0].basis == "catalog"
    confirmed = plan.against(plan.on("2604", live=LIST_2604))
    assert [one.what for one in confirmed.steps[0].reasons] == ["known issue AKS-IMAGE-NOT-READY no longer meets it"]
    assert said(confirmed, "S01")[1] is REALITY
    assert said(plan.against(plan.on("2604", live=LIST_2604[:4])), "S01")[1] is REALITY


def test_a_later_list_that_changed_is_knowledge() -> None:
    catalog = catalog_with("11.2510", offers=tuple(map(version, ["1.30.14", "1.31.10"])))
    what, cause = said(UPDATES.against(catalog=catalog), "S02")
    assert "11.2510 no longer offers 1.32.6" in what and cause is KNOWLEDGE


def test_a_later_list_that_is_not_known_any_more_is_unknown() -> None:
    drift = UPDATES.against(catalog=catalog_with("11.2510", offers=None))
    assert fates(drift) == [VALID, UNKNOWN] and drift.fate is UNKNOWN


# -- release updates --


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        ("2509", [VALID, VALID]),
        ("11.2510", [DONE, VALID]),
        ("2508", [IMPOSSIBLE, IMPOSSIBLE]),
        ("2411", [IMPOSSIBLE, IMPOSSIBLE]),
    ],
)
def test_an_update_is_done_when_the_instance_stands_behind_it_on_the_path(release: str, expected: list[Fate]) -> None:
    assert fates(UPDATES.against(UPDATES.on(release))) == expected


def test_an_instance_past_the_path_is_off_it() -> None:
    drift = UPDATES.against(UPDATES.on("2602"))
    assert drift.steps[0].fate is CHANGED
    assert said(drift, "S01") == ("plant12 is on release 2602, off the plan's path", REALITY)


def test_a_hop_left_behind_by_the_instance_is_stranded_in_the_planners_words() -> None:
    plan = saved("1.28.14", "2509", "1.32")
    assert plan.plan.steps[0].title == "Kubernetes 1.28.14 → 1.29.13"
    drift = plan.against(plan.on("12.2510"))
    what, cause = said(drift, "S01")
    assert drift.steps[0].fate is IMPOSSIBLE and cause is REALITY
    assert "12.2510 offers nothing below 1.30, so no one-minor hop from 1.28 is left (P11)" in what


def test_an_edge_that_is_gone_is_knowledge() -> None:
    drift = UPDATES.against(catalog=catalog_with("11.2510", updates_from=()))
    assert fates(drift) == [IMPOSSIBLE, IMPOSSIBLE]
    assert said(drift, "S01") == ("no update from 2509 to 11.2510 is known (P18)", KNOWLEDGE)
    assert said(drift, "S02") == ("S01 comes before it and is impossible", KNOWLEDGE)


def test_a_release_that_would_strand_it_now_is_impossible() -> None:
    drift = UPDATES.against(catalog=catalog_with("11.2510", offers=(version("1.33.5"),)))
    assert said(drift, "S01") == ("update 2509 → 11.2510: 1.31 could not continue on 11.2510.", KNOWLEDGE)


def test_a_release_date_that_moved_is_said() -> None:
    early = AS_OF.replace(year=2025, month=10, day=1)
    subject = cluster("mes", "1.31.5")
    whole = inventory(subject, release="2509", as_of=early)
    plan = build_plan(subject, parse_goal("1.32", CATALOG), Judge(whole, CATALOG, early), ROUTES)
    assert plan.steps[0].not_before == date(2025, 10, 24)
    later = early + timedelta(days=60)
    assert fates(drift_of(plan, Judge(whole, CATALOG, later), ROUTES)) == [VALID, VALID]
    catalog = catalog_with("11.2510", released=date(2025, 11, 3))
    drift = drift_of(plan, Judge(whole, catalog, early), Routes(catalog))
    assert said(drift, "S01") == ("not before 2025-11-03; the plan says 2025-10-24", KNOWLEDGE)


def test_a_build_condition_that_came_is_a_check_that_came() -> None:
    edges = tuple(replace(edge, from_build="11.2509.1001.22") for edge in CATALOG.by_key["11.2510"].updates_from)
    what, cause = said(UPDATES.against(catalog=catalog_with("11.2510", updates_from=edges)), "S01")
    assert "a check came: The instance is on build 11.2509.1001.22" in what and cause is KNOWLEDGE


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

GATED = saved("1.31.5", "2509", "1.32", cluster("slow", "1.28.14"))
"""First slow to 1.29.13, then release 2509 → 11.2510, then 1.31.5 → 1.32.6."""


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


# -- the plan as a whole --


def test_a_dead_end_that_opens_is_drift_and_one_that_stays_is_none() -> None:
    plan = saved("1.31.13", "2606")
    assert plan.plan.dead_end is not None and plan.plan.dead_end.by_rule is False
    assert plan.against().fate is UNKNOWN
    drift = plan.against(plan.on("2606", live=LIST_2604))
    assert drift.fate is CHANGED and drift.whole[0].what.startswith("there is a path now: Kubernetes 1.31.13 → 1.32.9")
    stranded = saved("1.27.9", "2508", live=("1.29.12", "1.30.8"))
    assert stranded.against().fate is VALID


def test_a_goal_that_comes_to_more_is_drift_while_steps_are_left() -> None:
    longer = (*LIST_2604, "1.34.1")
    drift = CLIMB.against(CLIMB.on("2604", live=longer))
    assert set(fates(drift)) == {VALID} and drift.fate is CHANGED
    assert drift.whole[0].what == "latest comes to 1.34.1 now, the plan to 1.33.5"
    assert climbing("1.33.5", longer).fate is DONE


def test_a_plan_that_needed_nothing_and_needs_steps_now() -> None:
    plan = saved("1.33.5", "2604", live=LIST_2604)
    assert plan.plan.steps == () and plan.against().fate is VALID
    drift = plan.against(plan.on("2604", live=(*LIST_2604, "1.33.6")))
    assert drift.whole[0].what == "steps are needed now: Kubernetes 1.33.5 → 1.33.6"


def test_a_goal_below_what_runs_is_said() -> None:
    plan = saved("1.32.9", "2604", "1.32", live=LIST_2604)
    drift = plan.against(plan.on("2604", plan.with_cluster("1.33.5"), LIST_2604))
    assert "downgrades are not possible (P15)" in drift.whole[0].what


def test_time_alone_may_end_the_support_a_plan_leads_to() -> None:
    drift = CLIMB.against(days=200)
    assert set(fates(drift)) == {VALID} and drift.fate is CHANGED
    assert "left support" in drift.whole[0].what and drift.whole[0].cause is REALITY


# -- policy --


def test_a_ruling_that_changed_is_policy() -> None:
    plan = saved("1.30.9", "2604", live=LIST_2604)
    assert any(line.startswith("C2: ") for line in plan.plan.disputes)
    ruled = tuple(replace(one, ruling="Otherwise.") if one.id == "C2" else one for one in CATALOG.disputes)
    drift = plan.against(catalog=replace(CATALOG, disputes=ruled))
    assert drift.steps[0].fate is CHANGED and said(drift, "S01")[1] is POLICY
    assert said(drift, "S01")[0].startswith("dispute C2: ")
    assert fates(drift)[1:] == [VALID, VALID], "it is said once, at the next step"


def test_a_date_of_support_that_moved_is_policy_at_the_plans_own_moment() -> None:
    drift = CLIMB.against(catalog=catalog_with("2604", support_ends=date(2026, 6, 1)), days=0)
    assert said(drift, "S01")[1] is POLICY and "Azure Local release clock" in said(drift, "S01")[0]
    assert [shift.what for shift in drift.policy] == ["Azure Local release clock"]
    assert "2026-06-01 (PUB)" in drift.policy[0].now
    assert CLIMB.against(days=21).policy == (), "time that goes on is no change of policy"


def test_policy_is_judged_on_the_facts_of_then() -> None:
    drift = climbing("1.31.13")
    assert drift.policy == ()
    moved = CLIMB.on("2604", CLIMB.with_cluster("1.31.13"), LIST_2604)
    later = CLIMB.against(moved, catalog_with("2604", support_ends=date(2026, 6, 1)))
    assert [shift.what for shift in later.policy] == ["Azure Local release clock"]


def test_where_it_ends_may_be_judged_otherwise() -> None:
    ending = catalog_with("11.2510", support_ends=date(2026, 2, 2))
    drift = UPDATES.against(catalog=ending)
    assert (
        drift.whole[0].cause is POLICY and "it ends on Kubernetes 1.32.6 on Azure Local 11.2510" in drift.whole[0].what
    )


# -- what is missing --


def test_a_cluster_that_was_not_read_leaves_everything_unknown() -> None:
    drift = CLIMB.against(replace(CLIMB.inventory, clusters=()))
    assert set(fates(drift)) == {UNKNOWN} and drift.fate is UNKNOWN
    assert said(drift, "S01") == ("mes is not among the clusters that were read", None)


def test_a_version_or_release_nobody_could_read_leaves_its_steps_unknown() -> None:
    assert set(fates(CLIMB.against(CLIMB.with_cluster(None)))) == {UNKNOWN}
    dark = replace(UPDATES.inventory, instances=(instance(release="2509", build=Unknown("no permission")),))
    assert set(fates(UPDATES.against(dark))) == {UNKNOWN}


def test_states_nobody_could_read_hold_the_next_step_back() -> None:
    subject = replace(CLIMB.inventory.clusters[0], current_state=Unknown("no permission"))
    drift = CLIMB.against(replace(CLIMB.inventory, clusters=(subject,)))
    assert fates(drift) == [UNKNOWN, VALID, VALID] and drift.fate is UNKNOWN


def test_the_facts_that_moved_are_listed_and_their_time_is_no_matter() -> None:
    assert CLIMB.against(replace(CLIMB.inventory, as_of=LATER)).facts == ()
    subject = replace(CLIMB.inventory.clusters[0], provisioning_state=known("Succeeded", LATER, "graph"))
    assert CLIMB.against(replace(CLIMB.inventory, clusters=(subject,))).facts == ()
    moved = climbing("1.31.13").facts
    assert ("Kubernetes version wanted", "1.30.14", "1.31.13") in [(one.what, one.then, one.now) for one in moved]


# -- properties --


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Inventory, str, tuple[Acceptance, ...]]:
    """An instance with one to three clusters on anything the catalog lists, and a goal for the first."""
    release = draw(st.sampled_from(sorted(BUILDS)))
    listed = [str(one) for row in CATALOG.releases for one in row.offers or ()]
    live = draw(st.none() | st.lists(st.sampled_from(listed), min_size=1, max_size=8, unique=True))
    running = st.sampled_from(listed)
    profile = st.none() | st.lists(running, max_size=3, unique=True)
    skus = st.sampled_from(["CBLMariner", "Windows2022"])
    states = st.sampled_from(["Succeeded"] * 5 + ["Upgrading"])

    def one(name: str) -> Cluster:
        runs = draw(running)
        pools = [pool(running=runs, sku=draw(skus))]
        return cluster(name, runs, pools=pools, upgrades=draw(profile), current=draw(states))

    clusters = [one(f"c{place}") for place in range(draw(st.integers(1, 3)))]
    goal = draw(st.sampled_from(["latest", "supported", "os-patch", "1.31", "1.32", "1.33", "1.32.9"]))
    day = date(2026, 12, 1)
    accepted = draw(st.sampled_from([(), (Acceptance("RECOVERY-SKIP", "x", day), Acceptance("SCALE-ROUTE", "x", day))]))
    return inventory(*clusters, release=release, live=None if live is None else offered(live)), goal, accepted


def made(world: tuple[Inventory, str, tuple[Acceptance, ...]]) -> Saved | None:
    whole, goal, accepted = world
    judge = Judge(whole, CATALOG, AS_OF)
    try:
        return Saved(build_plan(whole.clusters[0], parse_goal(goal, CATALOG), judge, ROUTES, accepted), whole)
    except GoalError:
        return None


@settings(max_examples=150)
@given(worlds())
def test_nothing_drifts_where_nothing_moved(world: tuple[Inventory, str, tuple[Acceptance, ...]]) -> None:
    """Against the very facts it was made from every step is valid, and planning again gives the same steps."""
    plan = made(world)
    if plan is None:
        return
    judge = Judge(plan.inventory, CATALOG, AS_OF)
    drift = drift_of(plan.plan, judge, ROUTES)
    assert set(fates(drift)) <= {VALID}, drift
    assert drift.facts == drift.knowledge == drift.policy == ()
    end = plan.plan.dead_end
    assert drift.fate is (UNKNOWN if end is not None and not end.by_rule else VALID)
    again = replan(plan.plan, judge, ROUTES)
    assert again.steps == plan.plan.steps and again.path == plan.plan.path
    assert compare(plan.plan, again).is_empty


@settings(max_examples=100)
@given(worlds(), worlds())
def test_drift_between_any_two_worlds_is_told_and_planned_again(one: Any, other: Any) -> None:
    """Whatever moved: every step has a fate, what is not as planned has a reason, and no id is given twice."""
    plan = made(one)
    if plan is None:
        return
    judge = Judge(other[0], CATALOG, LATER)
    drift = drift_of(plan.plan, judge, ROUTES)
    assert [step.id for step in drift.steps] == [step.id for step in plan.plan.steps]
    assert all(step.reasons for step in drift.steps if step.fate is not VALID)
    assert max(map(cells, drift_lines(drift))) <= WIDTH
    try:
        again = replan(plan.plan, judge, ROUTES)
    except ReplanError:
        return
    ids = [step.id for step in again.steps] + [past.id for past in again.history[0].steps]
    assert len(ids) == len(set(ids))
    assert {step.id for step in plan.plan.steps} <= set(ids)
