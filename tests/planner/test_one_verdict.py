"""What if, the plan of an instance and the plan of one cluster give one answer about an update of the hosts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from planner.cli.codes import NO_PATH, OK, UNKNOWN
from planner.cli.exits import exit_of_plan
from planner.cli.fleetplan import exit_of_fleet_plan
from planner.cli.whatif import exit_of_what_if
from planner.findings import Verdict
from planner.fleet.building import build_fleet_plan
from planner.fleet.targets import resolve_target
from planner.fleet.whatif import WhatIf, what_if
from planner.fleetplan import FleetPlan
from planner.goals import parse_goal
from planner.inventory import Inventory, Unknown
from planner.knowledge import load_catalog
from planner.plan import Plan, StepKind
from planner.planning import build_plan
from planner.routes import Routes
from planner.support import Judge
from tests import builders as b

CATALOG = load_catalog()
ROUTES = Routes(CATALOG)
L2509 = b.offered(("1.29.12", "1.29.13", "1.30.8", "1.30.9", "1.31.4", "1.31.5"))
L2603 = b.offered(("1.31.12", "1.31.13", "1.32.8", "1.32.9", "1.33.4", "1.33.5"))
AWAY = {"connectivity": "Offline", "last_contact": b.AS_OF - timedelta(days=60)}


@dataclass(frozen=True)
class Answers:
    """All three, for one release."""

    what: WhatIf
    fleet: FleetPlan
    single: Plan
    """Of the cluster that was asked for."""

    @property
    def exits(self) -> tuple[int, int, int]:
        return exit_of_what_if(self.what, self.facts, ()), exit_of_fleet_plan(self.fleet), exit_of_plan(self.single)

    facts: Inventory


def answers(facts: Inventory, release: str, cluster: str) -> Answers:
    judge, host = Judge(facts, CATALOG, facts.as_of), facts.instances[0]
    what = what_if(host, resolve_target(release, host, judge, ROUTES), judge, ROUTES)
    assert isinstance(what, WhatIf)
    goal = parse_goal(release, CATALOG)
    one = next(one for one in facts.clusters if one.name == cluster)
    fleet = build_fleet_plan([host], goal, judge, ROUTES)
    return Answers(what, fleet, build_plan(one, goal, judge, ROUTES), facts)


def forbids(texts: tuple[str, ...], who: str) -> bool:
    """Something must not be done before somebody was looked at or moved."""
    return any(text.startswith("Do not update plant12") and who in text for text in texts)


# -- an upgrade that broke off --


@pytest.mark.parametrize("state", ["Failed", "Succeeded"])
def test_nodes_an_upgrade_left_behind_hold_the_update_up_everywhere(state: str) -> None:
    ran = [b.pool(running="1.28.9")] if state == "Failed" else [b.pool("a", "1.29.13"), b.pool("b", "1.28.9")]
    half = b.cluster("half", "1.29.13", pools=ran, provisioning=state, current=state, upgrades=[])
    facts = b.inventory(b.cluster("ok", "1.31.5", upgrades=[]), half, release="2509", live=L2509)
    found = answers(facts, "2510", "ok")
    assert found.exits == (NO_PATH, NO_PATH, NO_PATH)
    assert found.fleet.verdict is Verdict.NO_GO and "half" in found.fleet.verdict_because
    assert found.single.verdict is Verdict.NO_GO and "half" in found.single.verdict_because
    assert forbids(found.fleet.must_not, "half") and forbids(found.single.must_not, "half")


# -- Windows ceilings are law --


@pytest.mark.parametrize("asked", ["w", "o"])
def test_windows_pools_an_update_leaves_without_a_hop_are_decided_about_first(asked: str) -> None:
    pools = [b.pool(running="1.32.9"), b.pool("win", "1.32.9", sku="Windows2022")]
    facts = b.inventory(
        b.cluster("w", "1.32.9", upgrades=["1.33.5"], pools=pools),
        b.cluster("o", "1.32.9", upgrades=["1.33.5"]),
        release="2603",
        live=L2603,
    )
    found = answers(facts, "2604", asked)
    assert found.exits == (NO_PATH, NO_PATH, NO_PATH)
    for plan in (found.fleet, found.single):
        assert [step.kind for step in plan.steps] == [StepKind.DECIDE, StepKind.RELEASE]
        assert plan.verdict is Verdict.NO_GO and "w" in plan.verdict_because
        assert forbids(plan.must_not, "w (S01)")


def test_a_sku_at_its_last_minor_is_lost_to_an_update_that_offers_only_higher_ones() -> None:
    """Its image is still shipped and its version may stay: what is gone is every hop."""
    facts = b.inventory(
        b.cluster("w", "1.32.6", pools=[b.pool("win", "1.32.6", sku="Windows2019")], upgrades=[]), release="12.2510"
    )
    found = answers(facts, "2602", "w")
    assert found.fleet.verdict is not Verdict.GO
    assert (found.exits[0] == NO_PATH) is (found.exits[1] == NO_PATH)


# -- hosts and clusters that are not at rest --


@pytest.mark.parametrize(("what", "code"), [("update", "AZL-STATE-01"), ("bridge", "AZL-ARB-01")])
def test_hosts_on_which_nothing_may_be_begun_stop_every_update(what: str, code: str) -> None:
    facts = b.inventory(b.cluster("ok", "1.31.5", upgrades=[]), release="2509", live=L2509)
    if what == "update":
        host = b.instance(release="2509", update_state=b.known("UpdateInProgress"))
        facts = replace(facts, instances=(host,))
    else:
        facts = replace(facts, locations=(replace(facts.locations[0], bridge_status=b.known("Offline")),))
    found = answers(facts, "2510", "ok")
    assert found.exits == (UNKNOWN, NO_PATH, NO_PATH)
    assert found.what.verdict.startswith(f"Not now: {code}: ")
    assert found.fleet.verdict_because.startswith(f"Not now: plant12: {code}: ")
    assert found.single.verdict_because.startswith(f"{code}: ")


def test_a_cluster_that_is_away_is_looked_at_before_its_hosts_are_updated() -> None:
    facts = b.inventory(
        b.cluster("ok", "1.31.5", upgrades=[]), b.cluster("away", "1.31.5", **AWAY), release="2509", live=L2509
    )
    found = answers(facts, "2510", "ok")
    assert found.exits[:2] == (UNKNOWN, UNKNOWN)
    assert found.fleet.verdict is Verdict.GO_WITH_RISKS
    assert "Cannot be changed now: away." in found.fleet.verdict_because
    (update,) = found.fleet.steps
    assert update.before[0].id == "S01.O1" and update.before[0].manual
    assert update.before[0].text.startswith("away can be changed again, or its owner agreed")
    assert next(one for one in found.fleet.members if one.name == "away").held_up.startswith("ARC-CONN-01")


# -- who was not seen --


def test_a_cluster_of_unknown_instance_may_be_on_this_one() -> None:
    lost = b.cluster("lost", "1.28.9", custom_location=Unknown("403"))
    facts = b.inventory(b.cluster("ok", "1.31.5", upgrades=[]), lost, release="2509", live=L2509)
    found = answers(facts, "2510", "ok")
    assert found.exits == (UNKNOWN, UNKNOWN, UNKNOWN)
    for plan in (found.fleet, found.single):
        assert plan.verdict is Verdict.GO_WITH_RISKS
        assert any("lost" in text for text in plan.unknowns) and forbids(plan.must_not, "lost")
        assert plan.steps[0].before[0].text.startswith("It was looked whether lost run on plant12")


def test_clusters_that_were_not_read_may_be_on_it() -> None:
    facts = replace(b.inventory(b.cluster("ok", "1.31.5", upgrades=[]), release="2509", live=L2509), expected=5)
    found = answers(facts, "2510", "ok")
    assert found.exits == (UNKNOWN, UNKNOWN, UNKNOWN)
    for plan in (found.fleet, found.single):
        assert plan.verdict is Verdict.GO_WITH_RISKS
        assert any("1 of 5 clusters were read" in text for text in plan.unknowns)
        assert forbids(plan.must_not, "1 of 5 clusters were read")
    assert "1 of 5 clusters were read" in found.fleet.verdict_because


def test_hops_alone_do_not_wait_for_who_was_not_seen() -> None:
    facts = replace(b.inventory(b.cluster("ok", "1.31.4"), release="2509", live=L2509), expected=5)
    judge = Judge(facts, CATALOG, facts.as_of)
    plan = build_fleet_plan(facts.instances, parse_goal("1.31.5", CATALOG), judge, ROUTES)
    assert [step.kind for step in plan.steps] == [StepKind.KUBERNETES] and exit_of_fleet_plan(plan) == OK
    assert not any("were read" in text for text in (*plan.unknowns, *plan.must_not))


# -- what is not known of somebody --


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("pools", "whether it has Windows node pools is not known"),
        ("sku", "how far its windows2025 node pools go is not known"),
    ],
)
def test_windows_pools_nobody_knows_make_it_unknown(what: str, says: str) -> None:
    dark = b.cluster("dark", "1.32.9", upgrades=[], pools=[b.pool("w", "1.32.9", sku="Windows2025")])
    if what == "pools":
        dark = replace(dark, pools=Unknown("403"))
    found = answers(b.inventory(dark, release="2603", live=L2603), "2604", "dark")
    assert found.exits == (UNKNOWN, UNKNOWN, UNKNOWN)
    assert found.what.open[0].gap == says
    assert found.fleet.verdict is Verdict.UNKNOWN and says in found.fleet.verdict_because
    assert found.single.verdict is Verdict.UNKNOWN
    assert any(says in text for text in found.fleet.unknowns) and forbids(found.fleet.must_not, says)


def test_a_version_above_the_list_it_is_brought_to_is_a_contradiction_everywhere() -> None:
    facts = b.inventory(
        b.cluster("c", "1.33.4", upgrades=[]), release="2509", live=b.offered(("1.29.13", "1.32.5", "1.33.4"))
    )
    found = answers(facts, "2510", "c")
    assert found.exits == (UNKNOWN, UNKNOWN, UNKNOWN)
    assert found.fleet.verdict is Verdict.UNKNOWN and "(P15)" in found.fleet.verdict_because
    assert found.single.verdict is Verdict.UNKNOWN


def test_a_cluster_whose_version_nobody_read_is_found_out_first() -> None:
    facts = b.inventory(b.cluster("ok", "1.31.5", upgrades=[]), b.cluster("dark", None), release="2509", live=L2509)
    found = answers(facts, "2510", "ok")
    assert found.exits == (UNKNOWN, UNKNOWN, UNKNOWN)
    for plan in (found.fleet, found.single):
        assert plan.verdict is Verdict.UNKNOWN
        assert "dark can continue on 11.2510" in plan.steps[0].verify[0].text
        assert forbids(plan.must_not, "dark (S01)")


def test_where_everything_is_known_and_at_rest_all_three_say_go() -> None:
    facts = b.inventory(b.cluster("ok", "1.31.5", upgrades=[]), release="2509", live=L2509)
    found = answers(facts, "2510", "ok")
    assert found.exits == (OK, OK, OK) and not found.what.open and not found.fleet.steps[0].before[0].id.endswith("O1")
