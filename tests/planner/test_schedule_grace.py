"""Support that ends inside a plan: updates that take a minor away, held back where that helps, told where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.documents.markdown import render
from planner.findings import Verdict
from planner.fleet.building import build_fleet_plan
from planner.fleetplan import FleetPlan
from planner.goals import parse_goal
from planner.inventory import Inventory
from planner.plan import Plan
from planner.planning import build_plan
from planner.routes import Routes
from planner.schedule.calendar import ANYTIME, Calendar, Freeze
from planner.schedule.grace import Due, Removal, held_back, lapses_of
from planner.schedule.waves import schedule
from planner.schedule.words import lapse_words, one_lapse
from planner.schedule.work import Job, Lane, WaveWork
from planner.support import Judge
from planner.timing import Lapse, Timing
from planner.version import Minor
from tests import builders as b
from tests.planner.test_fleet_plan import shipped

BEGIN = datetime(2026, 6, 1, tzinfo=UTC)
HOUR = 60
SUMMER = Freeze("summer", date(2026, 6, 2), date(2026, 7, 12))
FROZEN = Calendar(freezes=(SUMMER,))
UPDATE = Job("update", HOUR, 8 * HOUR, soak=24 * HOUR)
TAKEN = Removal("update", "hop", "c", Minor(1, 30))


def job(id: str, hours: int = 1) -> Job:
    return Job(id, HOUR, hours * HOUR)


def wave(*jobs: Job, instance: str = "plant", name: str = "w") -> WaveWork:
    return WaveWork(name, (Lane(instance, tuple((one,) for one in jobs), instance),))


def days(waves: Sequence[WaveWork], calendar: Calendar = FROZEN) -> dict[str, str]:
    return {slot.step: f"{slot.start:%m-%d}" for slot in schedule(waves, BEGIN, calendar).slots}


def held(
    waves: Sequence[WaveWork], *removals: Removal, dues: Sequence[Due] = (), calendar: Calendar = FROZEN
) -> tuple[WaveWork, ...]:
    return held_back(waves, removals, dues, BEGIN, calendar)


def lapsed(waves: Sequence[WaveWork], *removals: Removal, calendar: Calendar = FROZEN) -> tuple[Lapse, ...]:
    return lapses_of(removals, schedule(waves, BEGIN, calendar).slots)


def test_an_update_waits_for_the_hop_that_needs_it_to_come_in_time() -> None:
    waves = [wave(UPDATE, job("hop"))]
    assert days(waves) == {"update": "06-01", "hop": "07-13"}
    assert lapsed(waves, TAKEN) == (Lapse("c", "1.30", "update", "hop", date(2026, 7, 1), 12),)
    later = held(waves, TAKEN)
    assert days(later) == {"update": "07-13", "hop": "07-14"} and lapsed(later, TAKEN) == ()


def test_up_to_thirty_days_nothing_waits() -> None:
    short = Calendar(freezes=(replace(SUMMER, last=date(2026, 6, 30)),))
    waves = [wave(UPDATE, job("hop"))]
    assert days(waves, short) == {"update": "06-01", "hop": "07-01"}
    assert held(waves, TAKEN, calendar=short) == tuple(waves) and not lapsed(waves, TAKEN, calendar=short)
    longer = Calendar(freezes=(replace(SUMMER, last=date(2026, 7, 1)),))
    assert [one.days for one in lapsed(waves, TAKEN, calendar=longer)] == [1]
    assert days(held(waves, TAKEN, calendar=longer), longer)["update"] == "07-02"


def test_what_does_not_depend_on_the_update_does_not_wait_with_it() -> None:
    waves = [wave(job("first"), UPDATE, job("hop")), wave(job("other"), instance="store")]
    assert days([WaveWork("w", (*waves[0].lanes, *waves[1].lanes))])["other"] == "06-01"
    both = [WaveWork("w", (*waves[0].lanes, *waves[1].lanes))]
    assert days(held(both, TAKEN)) == {"first": "06-01", "update": "07-13", "hop": "07-14", "other": "06-01"}


def test_nobody_misses_a_deadline_so_that_another_keeps_its_support() -> None:
    waves = [wave(UPDATE, job("hop"))]
    on = Due(frozenset({"update"}), date(2026, 6, 20))
    assert held(waves, TAKEN, dues=[on]) == tuple(waves), "the update itself has to be over by then"
    behind = [*waves, wave(job("next"), instance="store", name="x")]
    due = Due(frozenset({"next"}), date(2026, 7, 13))
    assert days(behind)["next"] == "07-13" and held(behind, TAKEN, dues=[due]) == tuple(behind)
    later = Due(frozenset({"next"}), date(2026, 7, 14))
    assert days(held(behind, TAKEN, dues=[later]))["update"] == "07-13"


def test_of_two_instances_the_one_that_harms_nobody_is_held_back_alone() -> None:
    lanes = [Lane(name, ((replace(UPDATE, id=f"u{name}"),), (job(f"h{name}"),)), name) for name in ("a", "b")]
    taken = [Removal(f"u{name}", f"h{name}", name, Minor(1, 30)) for name in ("a", "b")]
    due = Due(frozenset({"ua"}), date(2026, 6, 20))
    found = held([WaveWork("w", tuple(lanes))], *taken, dues=[due])
    assert {id: day for id, day in days(found).items() if id[0] == "u"} == {"ua": "06-01", "ub": "07-13"}
    assert [one.cluster for one in lapsed(found, *taken)] == ["a"]


def test_where_waiting_never_helps_nothing_waits_and_it_is_told() -> None:
    long = job("hop", 24 * 40)
    waves = [wave(UPDATE, long)]
    assert held(waves, TAKEN, calendar=ANYTIME) == tuple(waves)
    (one,) = lapsed(waves, TAKEN, calendar=ANYTIME)
    assert one.days == 11
    assert lapse_words([one, one]) == (
        "c is out of support for 11 days inside this plan: update takes Kubernetes 1.30 away, its support ends 2026-07-01 "
        "(P3), and hop is over later. The same holds for 1 more."
    )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 45)), min_size=1, max_size=3),
    st.lists(st.tuples(st.sampled_from("uh"), st.integers(1, 20), st.integers(0, 20 * 24)), min_size=2, max_size=5),
)
def test_holding_back_never_adds_a_lapse_and_nothing_begins_earlier(
    freezes: list[tuple[int, int]], rows: list[tuple[str, int, int]]
) -> None:
    calendar = Calendar(
        freezes=tuple(
            Freeze("f", BEGIN.date() + timedelta(days=gap), BEGIN.date() + timedelta(days=gap + length))
            for gap, length in freezes
        )
    )
    jobs = [
        Job(f"{kind}{n}", 1, hours * HOUR, soak * HOUR if kind == "u" else 0)
        for n, (kind, hours, soak) in enumerate(rows)
    ]
    taken: list[Removal] = []
    by = ""
    for one in jobs:
        if one.id[0] == "h" and by:
            taken.append(Removal(by, one.id, one.id, Minor(1, 30)))
        by = "" if one.id[0] == "h" else by or one.id
    waves = [wave(*jobs)]
    plain, later = (schedule(found, BEGIN, calendar) for found in (waves, held_back(waves, taken, (), BEGIN, calendar)))
    assert not later.conflicts and len(later.slots) == len(jobs)
    assert all(one.start <= two.start for one, two in zip(plain.slots, later.slots, strict=True))
    before, after = lapses_of(taken, plain.slots), lapses_of(taken, later.slots)
    assert after == () or after == before


# -- in plans --

SPRING = Calendar(name="site", soak=24 * HOUR, freezes=(Freeze("spring", date(2026, 2, 18), date(2026, 3, 24)),))
OFFERED = b.offered(("1.30.13", "1.30.14", "1.31.9", "1.31.10", "1.32.5", "1.32.6"))


def facts() -> Inventory:
    """2602, the next release, has no 1.30 any more."""
    old = b.cluster("c", "1.30.14", upgrades=["1.31.9", "1.31.10"])
    return b.inventory(old, release="12.2510", live=OFFERED, as_of=datetime(2026, 2, 17, tzinfo=UTC))


def alone(calendar: Calendar, goal: str = "1.31.13") -> Plan:
    catalog, found = shipped(), facts()
    judge = Judge(found, catalog, found.as_of)
    return build_plan(found.clusters[0], parse_goal(goal, catalog), judge, Routes(catalog), calendar=calendar)


def together(calendar: Calendar, goal: str = "1.31.13") -> FleetPlan:
    catalog, found = shipped(), facts()
    judge = Judge(found, catalog, found.as_of)
    return build_fleet_plan(found.instances, parse_goal(goal, catalog), judge, Routes(catalog), (), calendar)


def timing(plan: Plan | FleetPlan) -> Timing:
    assert plan.timing is not None
    return plan.timing


def test_plans_hold_the_update_back_over_a_freeze() -> None:
    for plan in (alone(SPRING), together(SPRING)):
        assert [f"{slot.start:%m-%d}" for slot in timing(plan).slots] == ["03-25", "03-26"]
        assert timing(plan).lapses == () and "inside this plan" not in plan.verdict_because
        assert timing(plan).must_start is not None


@pytest.mark.parametrize("made", [alone, together])
def test_plans_that_cannot_say_so_in_verdict_and_times(made: type[Plan] | type[FleetPlan]) -> None:
    """The soak alone is longer than thirty days."""
    plan = made(replace(SPRING, soak=40 * 24 * HOUR))  # type: ignore[call-arg, arg-type]
    (one,) = timing(plan).lapses
    assert (one.cluster, one.minor, one.update, one.hop) == ("c", "1.30", "S01", "S02") and one.days >= 10
    assert plan.verdict is Verdict.GO_WITH_RISKS
    assert f"\n- {one_lapse(one)}\n" in render(plan)
    assert (
        "c is out of support for" in plan.verdict_because and "S01 takes Kubernetes 1.30 away" in plan.verdict_because
    )
