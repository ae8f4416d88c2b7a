"""Builds an update begins on, by value: the same answer in what-if, a plan of the instance, and a plan of a cluster."""

from __future__ import annotations

import pytest

from planner.cli.codes import NO_PATH, UNKNOWN
from planner.cli.exits import exit_of_plan
from planner.findings import Verdict
from planner.fleet.building import build_fleet_plan
from planner.fleet.targets import resolve_target
from planner.fleet.whatif import WhatIf, what_if
from planner.inventory import Inventory
from planner.knowledge import load_catalog
from planner.path import Routes, parse_goal
from planner.plan import Plan
from planner.planning import build_plan
from planner.support import Judge
from tests.builders import AS_OF, cluster, inventory, offered

CATALOG = load_catalog()
ROUTES = Routes(CATALOG)
LISTED = offered(("1.30.13", "1.30.14", "1.31.9", "1.31.10", "1.32.5", "1.32.6"))


def on_build(build: str) -> Inventory:
    return inventory(cluster("c", "1.31.10", upgrades=["1.32.5", "1.32.6"]), release=build, live=LISTED)


def planned(facts: Inventory, goal: str) -> Plan:
    return build_plan(facts.clusters[0], parse_goal(goal, CATALOG), Judge(facts, CATALOG, AS_OF), ROUTES)


@pytest.mark.parametrize(
    ("build", "goal", "begins"),
    [
        ("11.2510.1002.40", "12.2510", "11.2510.1002.87 or 11.2510.1002.93"),
        ("12.2601.1002.38", "2602", "12.2601.1002.503"),
    ],
)
def test_an_update_that_begins_on_another_build_has_to_wait_for_it(build: str, goal: str, begins: str) -> None:
    facts = on_build(build)
    short = f"plant12 is on build {build}, and the update to {goal} begins on {begins}: take that build first."
    plan = planned(facts, goal)
    assert (plan.verdict, plan.verdict_because.startswith(f"Not now: {short}")) == (Verdict.NO_GO, True)
    assert exit_of_plan(plan) == NO_PATH
    judge = Judge(facts, CATALOG, AS_OF)
    fleet = build_fleet_plan([facts.instances[0]], parse_goal(goal, CATALOG), judge, ROUTES)
    assert fleet.verdict is Verdict.NO_GO and short in fleet.verdict_because
    answer = what_if(facts.instances[0], resolve_target(goal, facts.instances[0], judge, ROUTES), judge, ROUTES)
    assert isinstance(answer, WhatIf) and answer.not_now == (short,)


@pytest.mark.parametrize("build", ["11.2510.1002.87", "11.2510.1002.93", "11.2510.1002.120"])
def test_a_build_it_begins_on_or_a_newer_one_is_not_refused(build: str) -> None:
    plan = planned(on_build(build), "12.2510")
    assert plan.verdict is not Verdict.NO_GO and exit_of_plan(plan) != UNKNOWN
    assert any("else take that build first" in check.text and check.manual for check in plan.steps[-1].before)


def test_builds_on_the_way_are_looked_at_when_they_are_reached() -> None:
    facts = inventory(cluster("c", "1.31.5", upgrades=[]), release="2509")
    plan = planned(facts, "12.2510")
    assert plan.verdict is not Verdict.NO_GO
    assert any("else take that build first" in check.text for check in plan.steps[-1].before)
