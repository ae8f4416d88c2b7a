"""Drift of plans of instances by value: each fate of each kind of step, who came and who went, and the plan made anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from planner.acceptance import Acceptance
from planner.fates import Fate, Moved, StepFate
from planner.findings import Verdict
from planner.fleet.anew import reasons_anew
from planner.fleet.building import build_fleet_plan
from planner.fleet.drifting import fleet_drift_of
from planner.fleet.fates import FleetDrift
from planner.fleet.homes import members_by_instance
from planner.fleetplan import FleetPlan
from planner.goals import GoalError, parse_goal
from planner.inventory import Cluster, Inventory, Unknown, Unread
from planner.plan import StepKind
from planner.ports import NEWER_FACTS
from planner.routes import Routes
from planner.schedule.calendar import Calendar
from planner.support import Judge
from tests import builders as b
from tests.planner.test_fleet_drift_oracle import facts as on_one
from tests.planner.test_fleet_plan import hosted, planned, shipped
from tests.planner.test_oracle import VERSIONS, World

DONE, VALID, CHANGED, IMPOSSIBLE, UNKNOWN = Fate.DONE, Fate.VALID, Fate.CHANGED, Fate.IMPOSSIBLE, Fate.UNKNOWN


def company(
    *, old: str = "1.28.9", mid: str = "1.29.13", new: str = "1.31.5", more: Sequence[Cluster] = ()
) -> Inventory:
    """Three clusters on 2509, which a plan leads through 11.2510 and 12.2510 to 2602."""
    return hosted("2509", b.cluster("old", old), b.cluster("mid", mid), b.cluster("new", new), *more)


START = company()
PLAN = planned(START)
"""S01-S03 are hops of old, S04-S05 of mid, S06 is the update to 11.2510."""


def drift(now: Inventory, plan: FleetPlan = PLAN, *, days: int = 0) -> FleetDrift:
    return fleet_drift_of(plan, Judge(now, shipped(), now.as_of + timedelta(days=days)), Routes(shipped()))


def step(found: FleetDrift, id: str) -> StepFate:
    return next(one for one in found.steps if one.id == id)


def said(found: FleetDrift, id: str) -> str:
    return "; ".join(reason.what for reason in step(found, id).reasons)


def notes(found: FleetDrift) -> list[tuple[str, Fate]]:
    return [(reason.what, reason.fate) for one in found.instances for reason in one.reasons]


# -- the whole of it --


def test_a_fresh_plan_is_valid_and_made_anew_the_same() -> None:
    found = drift(START)
    assert found.fate is VALID and {one.fate for one in found.steps} == {VALID}
    assert found.anew is not None and not found.anew.differs and found.anew.verdict is PLAN.verdict
    assert (found.title, found.goal, found.verdict) == (PLAN.title, "latest", PLAN.verdict)
    assert [(one.planned, one.release, one.looked_at) for one in found.instances] == [("2509", "2509", 3)]
    assert not found.whole and not found.facts and not found.knowledge


def test_what_was_made_is_done_and_the_rest_goes_on() -> None:
    found = drift(company(old="1.31.5", mid="1.30.9"))
    assert [one.fate for one in found.steps[:5]] == [DONE, DONE, DONE, DONE, VALID]
    assert {one.fate for one in found.steps[5:]} == {VALID} and found.fate is VALID
    assert said(found, "S01") == "old runs 1.31.5"
    assert [(one.what, one.then, one.now) for one in found.facts] == [
        ("mid", "1.29.13", "1.30.9"),
        ("old", "1.28.9", "1.31.5"),
    ]


def test_every_step_done_is_done() -> None:
    end = hosted("2602", *(b.cluster(name, "1.33.5") for name in ("old", "mid", "new")))
    found = drift(end)
    assert found.fate is DONE and {one.fate for one in found.steps} == {DONE}
    assert said(found, "S06") == "plant12 runs 2602"


def test_a_calendar_makes_no_difference() -> None:
    plan = planned(START, calendar=Calendar(side_by_side=3))
    found = drift(START, plan)
    assert found.fate is VALID and found.anew is not None and not found.anew.differs


def test_clusters_nobody_asked_for_are_left_out_again() -> None:
    plan = planned(START, seekers=["new"])
    found = drift(START, plan)
    assert found.fate is VALID and found.anew is not None and not found.anew.differs


# -- release updates --


def test_a_cluster_made_since_that_an_update_would_strand_is_named_with_what_saves_it() -> None:
    found = drift(company(more=[b.cluster("late", "1.28.9")]))
    assert step(found, "S06").fate is IMPOSSIBLE and found.fate is IMPOSSIBLE
    assert said(found, "S06") == (
        "it would newly strand late, which is not in the plan: that runs 1.28.9, and 11.2510 offers nothing below 1.30 "
        "(P11, P18); first 1.29.13"
    )
    assert step(found, "S06").reasons[0].cause is Moved.REALITY
    assert {one.fate for one in found.steps[:5]} == {VALID}, "hops before it are still worth making"
    assert {one.fate for one in found.steps[6:]} == {IMPOSSIBLE}
    assert said(found, "S07") == "S06 comes before it and is impossible"
    assert found.anew is not None and found.anew.differences[0].startswith("late: hops 1.29.13 on 2509")


def test_a_cluster_made_since_that_is_safe_is_told_and_no_drift() -> None:
    found = drift(company(more=[b.cluster("late", "1.31.5")]))
    assert found.fate is VALID
    assert notes(found) == [("late (1.31.5) is not in the plan; every update that is left was tried with it", VALID)]


def test_a_cluster_whose_hop_cannot_be_made_any_more_makes_the_update_impossible() -> None:
    """Its next minor is not offered any more, so what the plan does to it cannot be done, and the update strands it."""
    found = drift(b.inventory(*START.clusters, release="2509", live=b.offered(["1.28.9", "1.30.9", "1.31.5"])))
    assert step(found, "S01").fate is IMPOSSIBLE
    assert step(found, "S06").fate is IMPOSSIBLE
    assert said(found, "S06").startswith("it would newly strand old, which S01 was to bring further: that runs 1.28.9")


def test_a_hop_that_cannot_be_made_stops_no_update_that_its_cluster_survives() -> None:
    found = drift(b.inventory(*START.clusters, release="2509", live=b.offered(["1.29.13", "1.30.9"])))
    assert step(found, "S03").fate is IMPOSSIBLE and "2509 no longer offers 1.31.5" in said(found, "S03")
    assert step(found, "S06").fate is VALID
    assert said(found, "S07") == "S03 comes before it and is impossible"
    assert step(found, "S09").fate is VALID, "another cluster goes on"


def test_an_update_that_came_first_strands_who_was_late() -> None:
    found = drift(hosted("11.2510", b.cluster("old", "1.28.9"), b.cluster("mid", "1.31.5"), b.cluster("new", "1.31.5")))
    assert step(found, "S06").fate is DONE
    assert step(found, "S01").fate is IMPOSSIBLE and "11.2510 offers nothing below 1.30" in said(found, "S01")
    assert step(found, "S10").fate is VALID, "what is stranded already holds nobody up"
    assert (found.facts[0].what, found.facts[0].now) == ("release of plant12", "11.2510")


def test_an_instance_that_went_another_way() -> None:
    found = drift(hosted("2508", *START.clusters))
    assert notes(found) == [("it runs 2508, which is not on the plan's way (2509 > 11.2510 > 12.2510 > 2602)", CHANGED)]
    past = drift(hosted("2604", *(b.cluster(name, "1.33.5") for name in ("old", "mid", "new"))))
    assert step(past, "S06").fate is CHANGED
    assert said(past, "S06") == "plant12 is on release 2604, off the plan's path"


def test_an_update_whose_edge_is_gone() -> None:
    world = World((VERSIONS[:6], VERSIONS[3:6]), frozenset({(0, 1)}))
    facts = on_one(["1.29.3"], 0)
    plan = planned(facts, "2512", catalog=world.catalog())
    assert [one.title for one in plan.steps] == ["release 2511 → 2512"]
    cut = replace(world, edges=frozenset()).catalog()
    found = fleet_drift_of(plan, Judge(facts, cut, facts.as_of), Routes(cut))
    assert said(found, "S01") == "no update from 2511 to 2512 is known (P18)"
    assert step(found, "S01").reasons[0].cause is Moved.KNOWLEDGE


# -- hops --


def test_another_patch_on_the_list_is_a_change() -> None:
    listed = [*map(str, shipped().by_key["2509"].offers or ())]
    other = ["1.29.14" if one == "1.29.13" else one for one in listed]
    found = drift(b.inventory(*START.clusters, release="2509", live=b.offered(other)))
    assert step(found, "S01").fate is CHANGED
    assert said(found, "S01").startswith("1.29.14 is offered instead of 1.29.13")
    assert step(found, "S06").fate is VALID


def test_a_cluster_that_ran_ahead_by_legal_hops_has_done_its_part() -> None:
    plan = planned(START, "1.31")
    assert [one.target for one in plan.steps if one.where == "mid"] == ["1.30.9", "1.31.5"]
    found = drift(company(mid="1.31.7"), plan)
    assert [one.fate for one in found.steps if one.where == "mid"] == [DONE, DONE]
    listed = ["1.29.13", "1.30.9", "1.31.5", "1.32.6"]
    ahead = b.inventory(*company(mid="1.32.6").clusters, release="2509", live=b.offered(listed))
    assert [one.fate for one in drift(ahead, plan).steps if one.where == "mid"] == [DONE, DONE]
    jumped = [one for one in drift(company(mid="1.34.1"), plan).steps if one.where == "mid"]
    assert {one.fate for one in jumped} == {CHANGED} and jumped[0].reasons[
        0
    ].what == "mid runs 1.34.1, off the plan's path"


@pytest.mark.parametrize(
    ("old", "why"),
    [
        (b.cluster("old", "1.28.9", connectivity="Offline"), "not now: ARC-CONN-01"),
        (b.cluster("old", "1.28.9", current="Upgrading"), "not now: "),
        (replace(b.cluster("old", "1.28.9"), pools=Unknown("no permission")), "could not be read: node pools"),
    ],
    ids=["offline", "busy", "pools not read"],
)
def test_what_keeps_a_cluster_from_beginning_is_unknown_and_never_fine(old: Cluster, why: str) -> None:
    found = drift(hosted("2509", old, *START.clusters[1:]))
    assert step(found, "S01").fate is UNKNOWN and said(found, "S01").startswith(why)
    assert step(found, "S02").fate is VALID, "said once, on the step it holds up"
    assert found.fate is UNKNOWN


def test_a_hop_under_way_is_not_done_yet() -> None:
    found = drift(hosted("2509", b.cluster("old", "1.29.13", current="Upgrading"), *START.clusters[1:]))
    assert said(found, "S01") == "not now: old is set to 1.29.13, but not at rest. currentState is Upgrading."
    assert step(found, "S01").fate is UNKNOWN and found.fate is UNKNOWN


def test_a_neighbour_that_is_being_changed_holds_the_next_update_up() -> None:
    ready = company(old="1.31.5", mid="1.31.5")
    busy = hosted(
        "2509", *ready.clusters[:2], b.cluster("new", "1.31.5"), b.cluster("late", "1.31.5", current="Creating")
    )
    found = drift(busy)
    assert said(found, "S06") == "not now: late: currentState is Creating." and step(found, "S06").fate is UNKNOWN


def test_an_acceptance_that_ran_out_is_said_on_its_step() -> None:
    risk = next(name for one in PLAN.steps for name in one.risks)
    until = START.as_of.date() + timedelta(days=5)
    judge = Judge(START, shipped(), START.as_of)
    plan = build_fleet_plan(
        START.instances, parse_goal("latest", shipped()), judge, Routes(shipped()), [Acceptance(risk, "board", until)]
    )
    first = next(one.id for one in plan.steps if risk in one.risks)
    assert step(drift(START, plan, days=5), first).fate is VALID
    late = drift(START, plan, days=6)
    assert f"the acceptance of {risk} ran out on {until}" in said(late, first)


# -- who is there --


def test_clusters_that_are_gone_or_moved_have_no_step_any_more() -> None:
    gone = replace(START, clusters=START.clusters[:2], expected=2)
    found = drift(gone)
    assert {(one.fate, one.reasons[0].what) for one in found.steps if one.where == "new"} == {
        (CHANGED, "new is no longer on plant12")
    }
    lost = replace(START, clusters=START.clusters[:2], expected=3)
    assert {one.fate for one in drift(lost).steps if one.where == "new"} == {UNKNOWN}
    moved = b.inventory(
        *START.clusters[:2],
        b.cluster("new", "1.31.5", instance="other"),
        instances=[*START.instances, b.instance("other", "2509")],
        locations=[*START.locations, b.location("other", None)],
    )
    found = drift(moved)
    assert {one.reasons[0].what for one in found.steps if one.where == "new"} == {"new is on other now"}


def test_an_update_is_never_valid_before_everybody_was_looked_at() -> None:
    dark = drift(company(more=[b.cluster("dark", None)]))
    assert step(dark, "S06").fate is UNKNOWN
    assert "11.2510 might strand dark, which is not in the plan: the cluster's version is unknown" in said(dark, "S06")
    homeless = b.cluster("nomad", "1.31.5", custom_location=Unknown("no permission"))
    found = drift(company(more=[homeless]))
    assert said(found, "S06") == "the instance of nomad is not known, and may be plant12"
    assert said(found, "S10").startswith("as S06 says, not every cluster")
    part = drift(replace(START, expected=4))
    assert said(part, "S06") == "3 of 4 clusters were read, and the others may be on plant12"
    gap = Unread(NEWER_FACTS, START.clusters[2].key, "no route")
    stale = drift(replace(START, unread=(gap,)))
    assert said(stale, "S06") == "new could not be read again, so it may have changed: no route"
    assert {one.fate for one in (found, part, stale, dark)} == {UNKNOWN}


def test_an_instance_that_was_not_read_is_unknown() -> None:
    found = drift(replace(START, instances=(), clusters=(), expected=0))
    assert notes(found)[0] == ("plant12 is not among the instances that were read", UNKNOWN)
    assert {step(found, "S06").fate, found.fate} == {UNKNOWN} and found.anew is None


def test_a_cluster_nobody_could_read_is_looked_at_once_it_can_be() -> None:
    plan = planned(company(more=[b.cluster("dark", None)]))
    look = next(one for one in plan.steps if one.where == "dark")
    blind = drift(company(more=[b.cluster("dark", None)]), plan)
    assert step(blind, look.id).fate is UNKNOWN and blind.fate is UNKNOWN
    seen = drift(company(more=[b.cluster("dark", "1.31.5")]), plan)
    assert step(seen, look.id).fate is DONE
    assert all(one.fate is not IMPOSSIBLE for one in seen.steps)
    low = drift(company(more=[b.cluster("dark", "1.28.9")]), plan)
    assert any("it would newly strand dark" in reason.what for one in low.steps for reason in one.reasons)


def test_a_repair_is_over_once_both_states_are_good() -> None:
    busy = company(more=[b.cluster("stuck", "1.31.5", current="Failed")])
    plan = planned(busy)
    repair = next(one for one in plan.steps if one.title == "wait or repair")
    assert step(drift(busy, plan), repair.id).fate is VALID
    calm = drift(company(more=[b.cluster("stuck", "1.31.5")]), plan)
    assert step(calm, repair.id).fate is DONE
    worse = drift(company(more=[b.cluster("stuck", "1.31.5", current="Upgrading")]), plan)
    assert step(worse, repair.id).fate is CHANGED


def test_decisions_stay_open_and_what_they_are_about_blocks_nobody() -> None:
    facts = b.inventory(b.cluster("lost", "1.27.9"), b.cluster("new", "1.31.5"), release="2509")
    plan = planned(facts)
    decide = next(one for one in plan.steps if one.where == "lost")
    found = drift(facts, plan)
    assert found.fate is VALID and step(found, decide.id).reasons == ()
    stranded = drift(b.inventory(*facts.clusters, b.cluster("more", "1.27.9"), release="2509"), plan)
    assert ("more (1.27.9) is not in the plan, and is stranded already: decide about it first", CHANGED) in notes(
        stranded
    )


def test_two_instances_of_one_name_keep_their_clusters_apart() -> None:
    one, two = b.instance("site", "2509"), replace(b.instance("site", "2509"), id=b.instance_id("site2"))
    facts = b.inventory(
        b.cluster("a", "1.29.13", instance="site"),
        b.cluster("b", "1.29.13", instance="site2"),
        instances=[one, two],
        locations=[b.location("site"), b.location("site2")],
    )
    plan = planned(facts)
    homes = members_by_instance(plan)
    assert {id: [each.name for each in members] for id, members in homes.items()} == {one.id: ["a"], two.id: ["b"]}
    assert drift(facts, plan).fate is VALID


# -- the plan made anew --


def test_a_goal_that_comes_to_more_is_said_where_no_step_says_so() -> None:
    world = World((VERSIONS[:6], VERSIONS[3:6]), frozenset({(0, 1)}))
    facts = on_one(["1.29.3"], 0)
    plan = planned(facts, catalog=world.catalog())
    assert plan.steps == ()
    more = replace(world, offers=(VERSIONS[:6], VERSIONS[3:9])).catalog()
    found = fleet_drift_of(plan, Judge(facts, more, facts.as_of), Routes(more))
    assert [one.what for one in found.whole] == ["made anew it leaves c0 on 1.30.3, not on 1.29.3"]
    assert found.fate is CHANGED and found.anew is not None and found.anew.differs


def test_what_was_go_and_must_not_be_begun_any_more_is_never_fine() -> None:
    """Where no step says so, the verdict of a plan made now does."""
    plan = replace(PLAN, verdict=Verdict.GO)
    anew = replace(PLAN, verdict=Verdict.NO_GO, verdict_because="A known issue applies.")
    (reason,) = reasons_anew(plan, anew, set(), {VALID})
    assert (reason.what, reason.fate) == ("made anew it is NO-GO: A known issue applies.", CHANGED)
    assert reasons_anew(plan, anew, set(), {VALID, IMPOSSIBLE}) == (), "a step says so already"
    assert reasons_anew(anew, anew, set(), {VALID}) == (), "it was so when the plan was made"
    dark = replace(anew, verdict=Verdict.UNKNOWN)
    assert [one.fate for one in reasons_anew(plan, dark, set(), {VALID})] == [UNKNOWN]


@pytest.mark.parametrize("goal", ["latest", "supported", "1.30", "os-patch", "2604"])
def test_a_plan_that_is_carried_out_on_real_lists_never_drifts(goal: str) -> None:
    """A goal such as os-patch goes on for those who reached it, and a plan made half-way may hop elsewhere: neither is drift."""
    plan = planned(START, goal)
    running, key = {one.name: one.version for one in plan.members}, "2509"
    for made in plan.steps:
        if made.kind is StepKind.KUBERNETES:
            running[made.where] = made.target
        elif made.kind is StepKind.RELEASE:
            key = made.target
        found = drift(hosted(key, *(b.cluster(name, version) for name, version in running.items())), plan)
        assert found.fate in (VALID, DONE), (made.id, found.whole)
        assert step(found, made.id).fate is DONE


def test_a_goal_that_cannot_be_planned_for_any_more() -> None:
    error = GoalError("1.31 lies behind every cluster.")
    assert [one.what for one in reasons_anew(PLAN, error, set(), {VALID})] == ["1.31 lies behind every cluster."]
    assert reasons_anew(PLAN, error, set(), {DONE}) == ()
