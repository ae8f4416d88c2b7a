"""What live lists prove against the catalog: a minor that is gone does not come back, and a list can be of the release before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from planner.alike import Same
from planner.findings import Severity, Verdict
from planner.fleet.building import build_fleet_plan
from planner.fleet.effects import Bearing
from planner.fleet.targets import resolve_target
from planner.fleet.whatif import WhatIf, what_if
from planner.goals import parse_goal
from planner.inventory import Inventory, OfferedVersion
from planner.knowledge import load_catalog
from planner.moves import Standing
from planner.plan import Plan
from planner.planning import build_plan
from planner.proven import Proven, judged, worth_knowing
from planner.routes import Routes
from planner.rules import findings_for
from planner.support import Judge, SupportState
from planner.version import Minor
from tests import builders as b
from tests.planner.test_stranded_today import FROM_1_32, LIST_2510

CATALOG = load_catalog()
ROUTES = Routes(CATALOG)
LIST_2509 = b.offered(("1.29.12", "1.29.13", "1.30.8", "1.30.9", "1.31.4", "1.31.5"))
LIST_2602 = b.offered(("1.31.12", "1.31.13", "1.32.8", "1.32.9", "1.33.4", "1.33.5"))


def judge(facts: Inventory) -> Judge:
    return Judge(facts, CATALOG, facts.as_of)


def plan(facts: Inventory, goal: str) -> Plan:
    return build_plan(facts.clusters[0], parse_goal(goal, CATALOG), judge(facts), ROUTES)


def looked(facts: Inventory, release: str) -> WhatIf:
    mind, host = judge(facts), facts.instances[0]
    found = what_if(host, resolve_target(release, host, mind, ROUTES), mind, ROUTES)
    assert isinstance(found, WhatIf)
    return found


def beside(running: str, sister: str, live: Sequence[OfferedVersion]) -> Inventory:
    """A cluster on 12.2510, and an instance further on with a live list of its own."""
    return b.inventory(
        b.cluster("c", running, upgrades=["1.31.10"] if running.startswith("1.30") else []),
        instances=[b.instance(release="12.2510"), b.instance("sis", sister)],
        locations=[b.location(live=LIST_2510), b.location("sis", live)],
    )


def test_what_a_sister_shows_of_a_release_strands_there_too() -> None:
    """2602 is published from 1.31 on, but sis offers nothing below 1.32 there: 1.30 would be left behind."""
    facts = beside("1.30.14", "2602", FROM_1_32)
    effect = looked(facts, "2602").effects[0]
    assert effect.bearing is Bearing.STRANDED and effect.newly
    assert "2602 offers nothing below 1.32" in effect.why.replace("2602 O", "2602 o")
    assert effect.gap and effect.first == "1.31.10 at least"
    made = plan(facts, "2602")
    assert made.verdict is Verdict.UNKNOWN and made.steps == ()
    assert "that of sis on 2602 begins at 1.32" in str(made.dead_end)
    fleet = build_fleet_plan(facts.instances[:1], parse_goal("2602", CATALOG), judge(facts), ROUTES)
    assert fleet.verdict is Verdict.UNKNOWN and fleet.steps == ()


@pytest.mark.parametrize("running", ["1.31.10", "1.32.6"])
def test_a_list_that_is_shown_to_be_out_of_date_calls_nobody_fine(running: str) -> None:
    facts = beside(running, "2602", FROM_1_32)
    effect = looked(facts, "2602").effects[0]
    assert effect.bearing is Bearing.CANNOT_JUDGE and not effect.is_listed
    assert "that of sis on 2602 begins at 1.32 already" in effect.why
    assert plan(facts, "2602").verdict is Verdict.UNKNOWN


def test_a_finding_says_which_lists_and_who_shows_it() -> None:
    facts = beside("1.30.14", "2602", FROM_1_32)
    found = [one for one in findings_for(facts.clusters[0], judge(facts)) if "not known" in one.title]
    assert [one.code for one in found] == ["K8S-OFFER-02"]
    assert "2602, 2603, 2604, 2605" in found[0].title and "sis on 2602 begins at 1.32" in found[0].title


@pytest.mark.parametrize(
    ("sister", "live"),
    [
        pytest.param("2602", LIST_2602, id="as published"),
        pytest.param("12.2510", FROM_1_32, id="the release it runs itself: its own list decides"),
        pytest.param("2509", FROM_1_32, id="an earlier release"),
    ],
)
def test_a_sister_that_shows_nothing_new_changes_nothing(sister: str, live: Sequence[OfferedVersion]) -> None:
    facts = beside("1.30.14", sister, live)
    alone = b.inventory(facts.clusters[0], release="12.2510", live=LIST_2510)
    assert looked(facts, "2602").effects == looked(alone, "2602").effects
    assert plan(facts, "2602").steps == plan(alone, "2602").steps


def test_what_is_gone_today_is_not_offered_by_a_later_release() -> None:
    """2605 is published from 1.31 on, but 1.31 is gone on 2602 already."""
    facts = b.inventory(b.cluster("c", "1.31.13", upgrades=["1.32.8"]), release="2602", live=FROM_1_32)
    effect = looked(facts, "2605").effects[0]
    assert effect.bearing is Bearing.CANNOT_JUDGE and effect.offered == ()
    assert "the one read on 2602 now begins at 1.32" in effect.why
    made = plan(facts, "2605")
    assert made.verdict is Verdict.UNKNOWN and made.steps == ()


def test_an_unpublished_list_is_bounded_by_what_a_sister_shows() -> None:
    """Nobody published the list of 2606: 1.31 is bounded by 2605 alone, and lost where 1.33 is the lowest live."""
    shown = (Proven("2606", Minor(1, 33), "sis"),)
    fates = [judged(Same(CATALOG), proofs, "2606", Minor(1, 31)) for proofs in ((), shown)]
    assert fates == [Standing.CANNOT_JUDGE, Standing.STRANDED]
    assert judged(Same(CATALOG), shown, "2607", Minor(1, 33)) is Standing.CANNOT_JUDGE
    assert judged(Same(CATALOG), shown, "2605", Minor(1, 30)) is Standing.FINE


def test_only_what_says_more_than_the_catalog_is_kept() -> None:
    """So that instances whose lists are as published share their tables."""
    as_published = Proven("2602", Minor(1, 31), "a")
    more, less = Proven("2603", Minor(1, 32), "b"), Proven("2604", Minor(1, 32), "c")
    assert worth_knowing(CATALOG, [less, as_published, more, Proven("9901", Minor(1, 40), "d")]) == (more,)


# -- lists of the release before --


def updated_after(live: Sequence[OfferedVersion], running: str, release: str = "12.2510") -> Inventory:
    """The list last changed in October 2025, the hosts were updated in February 2026."""
    host = b.instance(release=release, last_updated=b.known(datetime(2026, 2, 10, tzinfo=UTC)))
    read = b.known(tuple(live), at=datetime(2025, 10, 1, tzinfo=UTC))
    return b.inventory(
        b.cluster("c", running),
        instances=[host],
        locations=[replace(b.location(), offered=read)],
        as_of=datetime(2026, 2, 20, tzinfo=UTC),
    )


def test_a_list_older_than_the_hosts_update_is_not_what_they_offer() -> None:
    """2509's list, read before the update to 2510: 1.29 can no longer be had."""
    facts = updated_after(LIST_2509, "1.28.9")
    mind = judge(facts)
    assert mind.support(facts.clusters[0]).state is SupportState.STRANDED
    offer = mind.offered(facts.clusters[0])
    assert offer is not None and offer.basis == "catalog"
    assert plan(facts, "1.29").steps == ()
    old = [one for one in findings_for(facts.clusters[0], mind) if one.code == "K8S-OFFER-04"]
    assert [one.severity for one in old] == [Severity.UNKNOWN] and "older than the last update" in old[0].title


@pytest.mark.parametrize(
    ("live", "release"),
    [
        pytest.param(LIST_2510, "12.2510", id="as published: it did not change with the update"),
        pytest.param(FROM_1_32, "12.2510", id="newer than what is published"),
        pytest.param(LIST_2602, "2606", id="nobody published the list of this release"),
    ],
)
def test_an_old_list_that_cannot_be_of_the_release_before_is_believed(
    live: Sequence[OfferedVersion], release: str
) -> None:
    facts = updated_after(live, "1.32.6", release)
    offer = judge(facts).offered(facts.clusters[0])
    assert offer is not None and offer.basis == "live"
