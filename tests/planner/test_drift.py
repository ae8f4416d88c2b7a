"""Drift by value: what becomes of hops and release updates, done, offered otherwise, or refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from planner.acceptance import Acceptance
from planner.documents.driftlines import WIDTH, drift_lines
from planner.documents.grid import cells
from planner.drift import Fate, Moved, drift_of
from planner.inventory import Unknown
from planner.path import Routes, parse_goal
from planner.planning import build_plan
from planner.support import Judge
from tests.builders import AS_OF, cluster, inventory, pool, version
from tests.planner.saved import (
    CATALOG,
    CLIMB,
    LIST_2604,
    ROUTES,
    UPDATES,
    catalog_with,
    climbing,
    fates,
    said,
    saved,
    versions,
)

DONE, VALID, CHANGED, IMPOSSIBLE, UNKNOWN = Fate.DONE, Fate.VALID, Fate.CHANGED, Fate.IMPOSSIBLE, Fate.UNKNOWN
REALITY, KNOWLEDGE, POLICY = Moved.REALITY, Moved.KNOWLEDGE, Moved.POLICY


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
    lines = drift_lines(replace(drift, planned_catalog=date(2026, 5, 12), catalog=date(2026, 5, 18)))
    assert max(map(cells, lines)) <= WIDTH
    assert lines == [
        "mes: 1.30.14 → 1.33.5 (goal latest): drifted: 1 done, 1 changed, 1 impossible",
        "",
        "          PLAN, REVISION 1                    NOW",
        "facts     2026-05-20 00:00 UTC (21 d old)     2026-06-10 00:00 UTC",
        "judged    2026-05-20 00:00 UTC (21 d old)     2026-06-10 00:00 UTC",
        "catalog   2026-05-12 (29 d old)               2026-05-18 (23 d old)",
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


def test_a_newer_image_gives_the_goal_os_patch_another_meaning() -> None:
    plan = saved("1.31.12", "2604", "os-patch", live=LIST_2604)
    drift = plan.against(plan.on("2604", live=(*LIST_2604, "1.31.14")))
    assert fates(drift) == [VALID] and drift.fate is CHANGED
    assert drift.whole[0].what == "os-patch comes to 1.31.14 now, the plan to 1.31.13"


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
