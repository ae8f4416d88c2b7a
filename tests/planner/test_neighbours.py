"""Neighbours by value: what a release update waits for, by each cluster's own facts, and what becomes of the step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from planner.documents.datablock import plan_data
from planner.documents.markdown import read, render
from planner.drift import Fate, drift_of
from planner.findings import Verdict
from planner.inventory import Cluster, Known
from planner.knowledge import load_catalog
from planner.path import Routes, parse_goal
from planner.plan import Plan, Proof, StepKind
from planner.planning import build_plan
from planner.proofs import Mark, prove
from planner.replan import replan
from planner.schedule.calendar import ANYTIME, Calendar
from planner.sighting import Neighbour as Seen
from planner.sighting import Sighting
from planner.support import Judge
from tests.builders import AS_OF, cluster, inventory, pool, version

CATALOG = load_catalog()
ROUTES = Routes(CATALOG)


def planned(*others: Cluster, goal: str = "1.32", calendar: Calendar = ANYTIME) -> Plan:
    """A plan on 2509 that needs 11.2510, which strands who is on 1.28."""
    subject = cluster("fast", "1.31.5")
    whole = inventory(subject, *others, release="2509")
    return build_plan(subject, parse_goal(goal, CATALOG), Judge(whole, CATALOG, AS_OF), ROUTES, (), calendar)


def slow(name: str = "slow", **facts: object) -> Cluster:
    return cluster(name, "1.28.14", **facts)  # type: ignore[arg-type]


# -- what a neighbour can really do --


def test_a_gate_goes_by_the_upgrade_profile_where_it_was_read() -> None:
    gate = planned(slow(upgrades=["1.29.9"])).steps[0].awaits[0]
    assert (gate.origin, gate.hops, gate.target) == ("1.28.14", ("1.29.9",), "1.29.9")
    assert gate.note == ""


def test_the_hops_after_the_first_go_by_the_list() -> None:
    gate = planned(slow(upgrades=["1.28.15"])).steps[0].awaits[0]
    assert gate.hops == ("1.28.15", "1.29.13")


def test_without_a_profile_the_list_stands_in_and_that_is_said() -> None:
    gate = planned(slow()).steps[0].awaits[0]
    assert gate.hops == ("1.29.13",) and "comes from the catalog and is not confirmed" in gate.note


@pytest.mark.parametrize(
    ("neighbour", "why", "way"),
    [
        (
            slow(upgrades=[]),
            "Azure offers it no upgrade now, although the list of 2509 holds 1.29.13",
            "Find out why Azure does not offer slow the hop",
        ),
        (
            slow(upgrades=["1.30.4"]),
            "Azure offers it only 1.30.4 now",
            "Find out why Azure does not offer slow the hop",
        ),
    ],
)
def test_an_update_nothing_makes_safe_is_refused_with_the_cluster_why_and_its_ways_out(
    neighbour: Cluster, why: str, way: str
) -> None:
    plan = planned(neighbour)
    assert plan.dead_end is not None and plan.dead_end.by_rule and plan.verdict is Verdict.NO_GO
    cause = plan.dead_end.causes[0]
    assert cause.what == "update 2509 → 11.2510" and "slow (1.28.14)" in cause.why and why in cause.why
    titles = [one.title for one in plan.dead_end.ways_out]
    assert titles[:2] == [way, "Settle slow first"]
    assert "arcstep plan --instance plant12 --to 11.2510" in plan.dead_end.ways_out[1].how


def test_a_windows_pool_that_stops_short_is_named_with_its_way_out() -> None:
    sunk = tuple(replace(one, last_minor=version("1.28.0").minor) for one in CATALOG.windows)
    catalog = replace(CATALOG, windows=sunk)
    subject = cluster("fast", "1.31.5")
    whole = inventory(subject, slow(pools=[pool(running="1.28.14", sku="Windows2022")]), release="2509")
    plan = build_plan(subject, parse_goal("1.32", catalog), Judge(whole, catalog, AS_OF), Routes(catalog))
    assert plan.dead_end is not None
    assert "its Windows2022 node pool stops at Kubernetes 1.28" in plan.dead_end.causes[0].why
    assert plan.dead_end.ways_out[0].title == "Replace the Windows2022 node pools of slow first"


def test_a_neighbour_that_is_not_at_rest_is_repaired_before_its_hop_and_that_is_no_go() -> None:
    plan = planned(slow(current="Upgrading"))
    gate = plan.steps[0]
    assert gate.awaits[0].note.startswith("Wait or repair first: currentState is Upgrading.")
    assert gate.awaits[0].hops == ("1.29.13",) and gate.duration is None
    assert plan.verdict is Verdict.NO_GO
    assert "slow has to move first, and no hop of it may begin. currentState is Upgrading." in plan.verdict_because


# -- one gate for all --


def many(count: int, **facts: object) -> list[Cluster]:
    return [slow(f"n{number:02}", **facts) for number in range(count)]


def test_one_step_names_everybody_an_update_waits_for() -> None:
    plan = planned(*many(19), cluster("dark", None), cluster("fine", "1.30.9"))
    assert [step.kind for step in plan.steps] == [StepKind.NEIGHBOUR, StepKind.RELEASE, StepKind.KUBERNETES]
    gate = plan.steps[0]
    assert gate.title == "first 20 clusters: dark, n00 and 18 more" and gate.where == "plant12"
    assert [one.cluster for one in gate.awaits] == ["dark", *(f"n{number:02}" for number in range(19))]
    assert [check.id for check in gate.verify] == [one.check for one in gate.awaits]
    assert [check.proof for check in gate.verify[:2]] == [Proof.BY_HAND, Proof.NEIGHBOUR]
    assert gate.commands[0].argv == ("arcstep", "plan", "--instance", "plant12", "--to", "11.2510")


def test_each_check_of_a_gate_is_proven_by_its_own_cluster() -> None:
    gate = planned(slow("a"), slow("b")).steps[0]
    seen = Sighting(AS_OF, neighbours=(Seen("a", "1.29.13", True), Seen("b", "1.28.14", True)))
    assert [prove(check, gate, seen).mark for check in gate.verify] == [Mark.OK, Mark.NOT_SO]


def test_a_gate_is_done_once_all_have_moved() -> None:
    plan = planned(slow("a"), slow("b"))

    def gate_of(one: str, other: str) -> Fate:
        whole = inventory(cluster("fast", "1.31.5"), cluster("a", one), cluster("b", other), release="2509")
        return drift_of(plan, Judge(whole, CATALOG, AS_OF), ROUTES).steps[0].fate

    assert gate_of("1.28.14", "1.28.14") is Fate.VALID
    assert gate_of("1.29.13", "1.28.14") is Fate.VALID
    assert gate_of("1.29.13", "1.29.13") is Fate.DONE


def test_a_gate_for_other_clusters_is_another_step_with_another_id() -> None:
    plan = planned(slow("a"), slow("b"))
    whole = inventory(cluster("fast", "1.31.5"), slow("a"), slow("b"), slow("c"), release="2509")
    again = replan(plan, Judge(whole, CATALOG, AS_OF), ROUTES)
    gate = again.steps[0]
    assert gate.id == "S04" and [step.id for step in again.steps[1:]] == ["S02", "S03"]
    assert [one.check for one in gate.awaits] == [check.id for check in gate.verify] == ["S04.V1", "S04.V2", "S04.V3"]


def test_a_document_names_each_cluster_with_its_hops_and_reads_back() -> None:
    plan = planned(slow("a"), slow("b", upgrades=["1.29.9"]))
    text = render(plan)
    assert "| b | 1.28.14 → 1.29.9 | 36 min to 1 h 12 min | nothing found | S01.V2 |" in text
    again = read(text, "p.md")
    assert again.executable and again.plan == plan


def test_a_gate_an_older_arcstep_wrote_keeps_its_digest_and_its_meaning() -> None:
    plan = planned(slow())
    old = replace(plan, steps=tuple(replace(step, awaits=()) for step in plan.steps))
    assert "awaits" not in plan_data(old)["steps"][0]
    again = read(render(old), "p.md")
    assert again.executable and again.plan == old
    gate = old.steps[0]
    assert [(one.cluster, one.origin, one.target) for one in gate.awaited] == [("slow", "1.28.14", "1.29.13")]
    there = Sighting(AS_OF, neighbours=(Seen("slow", "1.29.13", True),))
    assert prove(gate.verify[0], gate, there).mark is Mark.OK
    moved = inventory(cluster("fast", "1.31.5"), cluster("slow", "1.29.13"), release="2509")
    assert drift_of(old, Judge(moved, CATALOG, AS_OF), ROUTES).steps[0].fate is Fate.DONE


# -- time --


def shares(plan: Plan) -> Sequence[tuple[str, int]]:
    assert plan.timing is not None and plan.timing.must_start is not None
    return [(share.what, share.minutes) for share in plan.timing.must_start.shares]


def test_the_hops_of_neighbours_count_and_are_named_in_the_subtraction() -> None:
    plan = planned(slow("a"), slow("b"))
    gate = plan.steps[0]
    assert gate.duration is not None and (gate.duration.low, gate.duration.high) == (72, 144)
    assert ("hops of a, b, high estimate", 144) in shares(plan)
    assert plan.timing is not None and plan.timing.unknown == ()


def test_with_spare_addresses_neighbours_go_side_by_side() -> None:
    plan = planned(*many(4), calendar=Calendar(side_by_side=3))
    gate = plan.steps[0]
    assert gate.duration is not None and gate.duration.high == 144
    assert ("hops of n00, n01, n02 and 1 more, high estimate", 144) in shares(plan)
    assert plan.timing is not None
    slots = {slot.step: (slot.end - slot.start).total_seconds() / 60 for slot in plan.timing.slots}
    assert list(slots) == ["S01", "S02", "S03"] and slots["S01"] == 144


@pytest.mark.parametrize("facts", [{"current": "Upgrading"}, {"control_plane_count": None}])
def test_a_neighbour_nobody_can_time_leaves_the_day_unknown_with_the_reason(facts: dict[str, object]) -> None:
    neighbour = slow(**{key: value for key, value in facts.items() if value is not None})
    if None in facts.values():
        assert isinstance(neighbour.pools, Known)
        neighbour = replace(neighbour, pools=replace(neighbour.pools, value=(replace(pool(), count=None),)))
    plan = planned(neighbour)
    assert plan.timing is not None and plan.timing.unknown == ("S01",) and plan.timing.must_start is None
    assert "**Must start by:** unknown: how long S01 will take is not known (for it is not known of slow" in render(
        plan
    )
