"""What an update waits for, by value: one that broke off, one nobody could read, one that cannot be changed as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from planner.acceptance import POOLS_STAY, Acceptance
from planner.cli.codes import NO_PATH, UNKNOWN
from planner.cli.exits import exit_of_plan
from planner.drift import Fate, drift_of
from planner.findings import Verdict
from planner.inventory import Cluster, Inventory, Unknown
from planner.knowledge import load_catalog
from planner.openings import has_open_checks, is_open_check
from planner.path import Routes, parse_goal
from planner.plan import Plan, Proof, StepKind
from planner.planning import build_plan
from planner.support import Judge
from tests.builders import AS_OF, cluster, inventory, offered, pool

CATALOG = load_catalog()
ROUTES = Routes(CATALOG)
ON_2509 = offered(("1.29.12", "1.29.13", "1.30.8", "1.30.9", "1.31.4", "1.31.5"))


def fine() -> Cluster:
    return cluster("ok", "1.31.5", upgrades=[])


def behind(**facts: object) -> Cluster:
    """Stranded by 11.2510 unless it hops to 1.29.13 first."""
    return cluster("n", "1.28.9", upgrades=["1.29.12", "1.29.13"], **facts)  # type: ignore[arg-type]


def site(*others: Cluster) -> Inventory:
    return inventory(fine(), *others, release="2509", live=ON_2509)


def planned(facts: Inventory, goal: str = "2510") -> Plan:
    judge = Judge(facts, CATALOG, facts.as_of)
    return build_plan(facts.clusters[0], parse_goal(goal, CATALOG), judge, ROUTES)


# -- an upgrade that broke off --

BROKEN = cluster(
    "half",
    "1.29.13",
    pools=[pool(running="1.28.9")],
    provisioning="Failed",
    current="Failed",
    upgrades=[],
)
APART = cluster("half", "1.29.13", pools=[pool("a", "1.29.13"), pool("b", "1.28.9")], upgrades=[])


@pytest.mark.parametrize("half", [BROKEN, APART])
def test_a_neighbour_is_judged_by_its_oldest_nodes_and_repaired_before_the_update(half: Cluster) -> None:
    plan = planned(site(half))
    gate = plan.steps[0]
    assert [step.title for step in plan.steps] == ["first repair half", "release 2509 → 11.2510"]
    assert plan.verdict is Verdict.NO_GO
    assert plan.verdict_because.startswith(
        "Not now: half has to be repaired first: nodes of it run what 11.2510 strands."
    )
    assert (gate.awaits[0].origin, gate.awaits[0].target, gate.awaits[0].hops) == ("1.28.9", "1.29.13", ())
    assert gate.verify[0].proof is Proof.BY_HAND and "every node runs 1.29.13 or newer" in gate.verify[0].text
    assert plan.must_not[0].startswith("Do not update plant12 to 11.2510 before half (S01): it would be stranded")


def test_nodes_an_update_does_not_strand_ask_for_nothing() -> None:
    half = cluster("half", "1.30.9", pools=[pool(running="1.29.13")], current="Failed", upgrades=[])
    assert [step.kind for step in planned(site(half)).steps] == [StepKind.RELEASE]


def test_one_that_is_repaired_is_no_longer_waited_for() -> None:
    plan, mended = planned(site(BROKEN)), cluster("half", "1.29.13", upgrades=[])
    fates = [step.fate for step in drift_of(plan, Judge(site(BROKEN), CATALOG, AS_OF), ROUTES).steps]
    assert fates[0] is Fate.VALID
    assert drift_of(plan, Judge(site(mended), CATALOG, AS_OF), ROUTES).steps[0].fate is Fate.DONE


# -- a version nobody could read --


def test_what_a_dark_neighbour_has_to_run_is_said_and_nobody_calls_the_update_safe() -> None:
    plan = planned(site(cluster("dark", None)))
    gate = plan.steps[0]
    assert plan.verdict is Verdict.UNKNOWN and "Too little is known of dark" in plan.verdict_because
    assert gate.title == "first find out what dark runs" and gate.awaits[0].target == "1.29 or newer"
    assert gate.verify[0].text == (
        "dark can continue on 11.2510 (its minor is 1.29 or newer); plan again once it is known."
    )
    assert plan.must_not[0] == (
        "Do not update plant12 to 11.2510 before it is known what dark (S01) runs: it might be stranded for good (P18)."
    )


def test_knowing_that_it_is_too_old_does_not_tick_its_gate() -> None:
    plan = planned(site(cluster("dark", None)))
    read = site(cluster("dark", "1.28.9", upgrades=["1.29.13"]))
    assert drift_of(plan, Judge(read, CATALOG, AS_OF), ROUTES).steps[0].fate is Fate.CHANGED
    enough = site(cluster("dark", "1.29.13", upgrades=[]))
    assert drift_of(plan, Judge(enough, CATALOG, AS_OF), ROUTES).steps[0].fate is Fate.DONE


# -- one that cannot be changed as it is --


def test_a_gate_on_a_cluster_out_of_contact_is_no_go() -> None:
    plan = planned(site(behind(connectivity="Offline", last_contact=AS_OF - timedelta(days=60))))
    assert plan.verdict is Verdict.NO_GO
    assert "n has to move first, and no hop of it may begin. ARC-CONN-01" in plan.verdict_because


def test_a_gate_on_a_cluster_of_which_facts_are_missing_is_no_go() -> None:
    plan = planned(site(replace(behind(), pools=Unknown("403"))))
    assert plan.verdict is Verdict.NO_GO
    assert "n has to move first; its node pools could not be read" in plan.verdict_because


def test_a_later_gate_counts_like_the_first_step() -> None:
    """On 11.2510 it can still do without a hop, on 12.2510 and 2602 it cannot: the gate is not the first step."""
    stopped = cluster("n", "1.29.13", connectivity="Offline", last_contact=AS_OF - timedelta(days=60))
    plan = planned(inventory(fine(), stopped, release="2509", live=ON_2509), goal="2602")
    assert plan.steps[0].kind is StepKind.RELEASE and StepKind.NEIGHBOUR in [step.kind for step in plan.steps]
    assert plan.verdict is Verdict.NO_GO and "ARC-CONN-01" in plan.verdict_because


# -- what must not be done --


def test_every_update_with_a_gate_has_its_line() -> None:
    assert planned(site(behind())).must_not[0] == (
        "Do not update plant12 to 11.2510 before n (S01): it would be stranded for good (P18)."
    )


def test_a_hop_on_the_way_that_saves_the_cluster_itself_has_its_line() -> None:
    facts = inventory(cluster("c", "1.27.9"), release="2503", as_of=datetime(2025, 8, 30, tzinfo=UTC))
    plan = planned(facts, goal="2508")
    hop = next(step for step in plan.steps if step.kind is StepKind.KUBERNETES)
    assert plan.must_not[0] == (
        f"Do not update plant12 to 2508 before c ({hop.id}): it would be stranded for good (P18)."
    )
    assert sum("stranded for good" in line for line in plan.must_not) == 1


def test_a_hop_no_update_needs_has_none() -> None:
    facts = inventory(cluster("c", "1.30.9", upgrades=["1.31.5"]), release="2509", live=ON_2509)
    plan = planned(facts, goal="1.32")
    assert plan.steps[0].kind is StepKind.KUBERNETES
    assert not any("stranded for good" in line for line in plan.must_not)


# -- Windows pools --

ON_2603 = offered(("1.31.12", "1.31.13", "1.32.8", "1.32.9", "1.33.4", "1.33.5"))


def windows(sku: str = "Windows2022") -> Cluster:
    pools = [pool(running="1.32.9"), pool("w", "1.32.9", sku=sku)]
    return cluster("w", "1.32.9", upgrades=["1.33.5"], pools=pools)


def linux() -> Cluster:
    return cluster("o", "1.32.9", upgrades=["1.33.5"])


@pytest.mark.parametrize("clusters", [(windows(), linux()), (linux(), windows())])
def test_windows_pools_without_a_hop_are_decided_about_before_the_update(clusters: tuple[Cluster, ...]) -> None:
    plan = planned(inventory(*clusters, release="2603", live=ON_2603), goal="2604")
    assert [step.title for step in plan.steps] == ["decide about the Windows pools of w", "release 2603 → 2604"]
    assert plan.steps[0].kind is StepKind.DECIDE and plan.steps[0].where == "w"
    assert plan.verdict is Verdict.NO_GO and "the last release with the Windows2022 node image is 2603" in (
        plan.verdict_because
    )
    assert plan.must_not[0] == ("Do not update plant12 to 2604 before it is decided about w (S01): see those steps.")
    assert exit_of_plan(plan) == NO_PATH


def test_a_sku_nobody_knows_makes_the_update_unknown_for_everybody() -> None:
    plan = planned(inventory(linux(), windows("Windows2025"), release="2603", live=ON_2603), goal="2604")
    assert plan.verdict is Verdict.UNKNOWN and exit_of_plan(plan) == UNKNOWN
    what = "how far its windows2025 node pools go is not known"
    assert plan.verdict_because.startswith(f"Nobody can say what the update to 2604 does to w: {what}.")
    assert any(line.startswith(f"w: {what}") for line in plan.unknowns)
    assert plan.must_not[0] == f"Do not update plant12 to 2604 before it is known of w: {what}."


def test_pools_of_a_neighbour_that_were_not_read_make_it_unknown_where_a_ceiling_could_bind() -> None:
    dark = replace(windows(), pools=Unknown("403"))
    plan = planned(inventory(linux(), dark, release="2603", live=ON_2603), goal="2604")
    assert plan.verdict is Verdict.UNKNOWN
    assert "whether it has Windows node pools is not known" in plan.verdict_because


# -- who was not seen --


def test_a_cluster_of_unknown_instance_is_an_open_check_before_the_first_update_and_never_exit_0() -> None:
    lost = cluster("lost", "1.28.9", custom_location=Unknown("403"))
    plan = planned(inventory(fine(), lost, release="2509", live=ON_2509), goal="2602")
    updates = [step for step in plan.steps if step.kind is StepKind.RELEASE]
    assert [is_open_check(step.before[0].id) for step in updates] == [True, *[False] * (len(updates) - 1)]
    assert "lost" in updates[0].before[0].text and updates[0].before[0].manual
    assert plan.verdict is Verdict.GO_WITH_RISKS and "open checks" in plan.verdict_because
    assert exit_of_plan(plan) == UNKNOWN
    assert any(line.startswith("The instance of lost is not known, and may be plant12") for line in plan.unknowns)
    assert any("the instance of lost is not known, and may be plant12" in line for line in plan.must_not)


def test_so_are_clusters_that_were_not_read_and_a_plan_without_an_update_does_not_ask() -> None:
    partial = replace(site(), expected=5)
    plan = planned(partial)
    assert exit_of_plan(plan) == UNKNOWN and any("1 of 5 clusters were read" in line for line in plan.unknowns)
    hop = replace(inventory(cluster("c", "1.30.9", upgrades=["1.31.5"]), release="2509", live=ON_2509), expected=5)
    assert not has_open_checks(planned(hop, goal="1.31").steps)


def test_a_plan_with_an_open_check_is_not_changed_by_it_alone() -> None:
    partial = replace(site(), expected=5)
    assert drift_of(planned(partial), Judge(partial, CATALOG, AS_OF), ROUTES).fate is Fate.VALID


def test_a_neighbour_nobody_can_reach_is_looked_at_although_it_need_not_move() -> None:
    away = cluster("away", "1.30.9", connectivity="Offline", last_contact=AS_OF - timedelta(days=60))
    plan = planned(site(away))
    assert plan.steps[0].before[0].text.startswith("away can be changed again, or its owner agreed")
    assert exit_of_plan(plan) == UNKNOWN


def test_that_pools_stay_can_be_accepted_by_name_until_a_day_and_then_the_step_is_still_there() -> None:
    facts = inventory(windows(), linux(), release="2603", live=ON_2603)
    consent = Acceptance(POOLS_STAY, "the line goes in August", AS_OF.date())
    judge = Judge(facts, CATALOG, AS_OF)
    plan = build_plan(facts.clusters[1], parse_goal("2604", CATALOG), judge, ROUTES, (consent,))
    assert [step.kind for step in plan.steps] == [StepKind.DECIDE, StepKind.RELEASE]
    assert plan.verdict is Verdict.GO_WITH_RISKS
    note = next(note for note in plan.risks if note.id == POOLS_STAY)
    assert (note.state, note.severity, note.steps) == ("accepted", "high", ("S01",))
    assert drift_of(plan, judge, ROUTES).fate is Fate.VALID
    late = Judge(replace(facts, as_of=AS_OF + timedelta(days=1)), CATALOG, AS_OF + timedelta(days=1))
    assert drift_of(plan, late, ROUTES).steps[0].fate is Fate.CHANGED
