"""The timing of a plan: sums, slots, window fit, downtime, words; and what a plan says that is too late."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pytest

from planner.bands import Band, Run
from planner.goals import LATEST
from planner.inventory import Unknown
from planner.knowledge import load_catalog
from planner.path import Routes
from planner.plan import Plan, StepKind
from planner.planning import build_plan
from planner.replan import replan
from planner.schedule.calendar import ANYTIME, Calendar, Freeze, WaveRule, Window
from planner.schedule.downtime import downtime_of
from planner.schedule.fit import fit_of
from planner.schedule.timing import renamed, timing_of
from planner.schedule.words import calendar_words, late_words, minutes_in_words, reach_words, unmatched
from planner.support import Judge
from planner.timing import Fit, MustStart, Slot, Timing, WindowFit
from tests.builders import cluster, inventory, known, offered, pool
from tests.documents.plans import HOP, UPDATE
from tests.planner.test_schedule_must_start import AS_OF, clock
from tests.planner.test_schedule_slots import ALL, NIGHT, at, vienna
from tests.planner.test_schedule_waves import job

BAND = Band(60, 120, "test")
HOP_1 = replace(HOP, duration=BAND)
UPDATE_2 = replace(UPDATE, duration=Band(120, 480, "test"), not_before=None)
HOP_3 = replace(HOP_1, id="S03")
LIVE = offered(["1.31.13", "1.32.9", "1.33.5"])
CLOCKS = [clock("2026-04-05")]


def timed(*steps: Any, calendar: Calendar = ANYTIME) -> Timing:
    found = timing_of(steps, CLOCKS, calendar, AS_OF, "plant12", ("down",))
    assert found is not None
    return found


def planned(calendar: Calendar = ANYTIME, as_of: datetime | None = None, **changes: Any) -> Plan:
    catalog = load_catalog()
    fleet = inventory(cluster("c", "1.31.13", **changes), release="2604", live=LIVE)
    judge = Judge(fleet, catalog, as_of or fleet.as_of)
    return build_plan(fleet.clusters[0], LATEST, judge, Routes(catalog), (), calendar)


# -- timing --


def test_without_a_calendar_there_are_sums_and_a_latest_start_and_no_slots() -> None:
    found = timed(HOP_1, UPDATE_2)
    assert (found.low, found.high, found.unknown, found.fit, found.slots) == (180, 600, (), None, ())
    assert found.must_start is not None and found.must_start.by == at("2026-04-05T14:00")
    assert (found.calendar, found.zone, found.conflicts, found.downtime) == ("", "UTC", (), ("down",))


def test_nothing_to_do_has_no_timing_and_a_day_of_no_calendar_neither() -> None:
    assert timing_of((), CLOCKS, ANYTIME, AS_OF) is None
    assert timing_of((HOP_1,), CLOCKS, ANYTIME, AS_OF.replace(year=9998)) is None


def test_a_release_update_soaks_and_a_hop_does_not() -> None:
    found = timed(HOP_1, UPDATE_2, HOP_3, calendar=Calendar(soak=1440))
    assert [(slot.step, slot.start, slot.end) for slot in found.slots] == [
        ("S01", at("2026-03-01T08:00"), at("2026-03-01T10:00")),
        ("S02", at("2026-03-01T10:00"), at("2026-03-01T18:00")),
        ("S03", at("2026-03-02T18:00"), at("2026-03-02T20:00")),
    ]
    assert found.calendar == "any time; soak 24 h after a release update"


def test_the_date_of_a_release_holds_its_step_back() -> None:
    dated = replace(UPDATE_2, not_before=date(2026, 3, 20))
    assert timed(dated, calendar=Calendar(lead_days=1)).slots[0].start == at("2026-03-20")


def test_behind_a_step_without_a_duration_nothing_is_placed_and_no_day_is_told() -> None:
    gate = replace(HOP, id="S02", kind=StepKind.NEIGHBOUR, duration=None)
    found = timed(HOP_1, gate, HOP_3, calendar=vienna(NIGHT))
    assert (found.low, found.high, found.unknown) == (120, 240, ("S02",))
    assert [slot.step for slot in found.slots] == ["S01"]
    assert found.must_start is None and found.fit is None
    assert timed(replace(gate, id="S01"), HOP_3, calendar=vienna(NIGHT)).slots == ()


def test_what_does_not_fit_names_what_to_give_up() -> None:
    calendar = Calendar(freezes=(Freeze("spring", date(2026, 3, 1), date(2026, 3, 31)),), finish_by=date(2026, 3, 31))
    found = timed(HOP_1, calendar=calendar)
    assert found.slots == () and [one.constraints for one in found.conflicts] == [
        ("freeze spring",),
        ("finish by 2026-03-31",),
    ]


def test_downtime_is_told_where_nodes_are_replaced() -> None:
    assert timed(HOP_1).downtime == ("down",) and timed(UPDATE_2).downtime == ()
    assert timed(replace(HOP, kind=StepKind.OS_PATCH, duration=None)).downtime == ()


def test_ids_may_change_and_everything_goes_with_them() -> None:
    found = replace(timed(HOP_1, UPDATE_2, calendar=vienna(NIGHT)), unknown=("S02",))
    again = renamed(found, {"S01": "S07", "S02": "S08"})
    assert again is not None and found.fit is not None and again.fit is not None
    assert [slot.step for slot in again.slots] == ["S07", "S08"] and again.unknown == ("S08",)
    assert (found.fit.step, again.fit.step) == ("S02", "S08")
    assert renamed(None, {}) is None


# -- window fit --

EIGHT = vienna(NIGHT)


@pytest.mark.parametrize(
    ("jobs", "fit"),
    [
        ([job("S01", 4), job("S02", 4)], WindowFit(Fit.FITS, 240, 480, 480)),
        ([job("S01", 4), job("S02", 4.5)], WindowFit(Fit.TIGHT, 255, 510, 480, "S02")),
        ([job("S01", 4), job("S02", 4), job("S03", 8.1)], WindowFit(Fit.OVERRUNS, 483, 966, 480, "S03")),
        ([job("S01", 1, soak=600), job("S02", 1)], WindowFit(Fit.OVERRUNS, 660, 720, 480, "S02")),
        ([job("S01", 1), job("S02", 1, soak=600)], WindowFit(Fit.FITS, 60, 120, 480)),
    ],
)
def test_all_steps_in_a_row_against_the_longest_window(jobs: list[Any], fit: WindowFit) -> None:
    assert fit_of(jobs, EIGHT, "") == fit


def test_the_openings_in_which_slots_lie_are_counted() -> None:
    slots = (
        Slot("S01", at("2026-03-07T21:00"), at("2026-03-07T22:00")),
        Slot("S02", at("2026-03-07T22:00"), at("2026-03-08T03:00")),
        Slot("S03", at("2026-03-21T21:00"), at("2026-03-22T05:00")),
    )
    jobs = [job("S01", 1), job("S02", 5), job("S03", 8)]
    found = fit_of(jobs, EIGHT, "", slots)
    assert found == WindowFit(Fit.TIGHT, 420, 840, 480, "S03", 2) and timed(HOP_1, calendar=EIGHT).fit is not None
    spread = timed(HOP_1, replace(HOP_3, duration=Band(420, 460, "x")), calendar=EIGHT)
    assert spread.fit == WindowFit(Fit.TIGHT, 480, 580, 480, "S03", 2)


def test_where_no_window_limits_there_is_no_fit() -> None:
    assert fit_of([job("S01")], ANYTIME, "") is None and fit_of([], EIGHT, "") is None
    stores = vienna(replace(NIGHT, instances=("store-*",)))
    assert fit_of([job("S01")], stores, "plant12") is None and fit_of([job("S01")], stores, "Store-1") is not None


# -- downtime --


def test_one_node_is_downtime() -> None:
    small = cluster(
        "store-101", pools=[pool("linux1", "1.31.13", count=1), pool("big", "1.31.13", count=3)], control_plane_count=1
    )
    assert downtime_of(small) == (
        "The control plane of store-101 has one replica: its API is down while it is replaced.",
        "Pool linux1 of store-101 has one node: its workloads are down while it is replaced.",
    )
    assert downtime_of(cluster("c")) == ()


def test_an_unknown_number_of_nodes_is_not_called_fine() -> None:
    unread = cluster("c", pools=known((replace(pool("p", "1.31.13"), count=None),)).value)
    assert downtime_of(unread) == (
        "How many nodes pool p of c has is not known: its workloads may be down for a time.",
    )
    nothing = replace(cluster("c"), pools=Unknown("no"), control_plane_count=Unknown("no"))
    assert ["is not known" in line or "are not known" in line for line in downtime_of(nothing)] == [True, True]


# -- words --


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 min"), (59, "59 min"), (60, "1 h"), (1440, "24 h"), (2880, "2 days"), (44771, "31 days 2 h 11 min")],
)
def test_minutes_in_words(count: int, words: str) -> None:
    assert minutes_in_words(count) == words


def test_a_calendar_in_words() -> None:
    calendar = Calendar(
        windows=(NIGHT, Window("day", ALL, time(), time(), ("lab*",))),
        freezes=(
            Freeze("year end", date(2000, 12, 15), date(2000, 1, 6), yearly=True),
            Freeze("move", date(2026, 9, 1), date(2026, 9, 14), instances=("plant12",)),
            Freeze("one", date(2026, 9, 1), date(2026, 9, 1), instances=("plant13",)),
        ),
        lead_days=1,
        start=date(2026, 6, 1),
        finish_by=date(2026, 12, 31),
    )
    assert calendar_words(calendar, "plant12") == (
        "window night (Sat 22:00-06:00); freeze year end (12-15 to 01-06 each year); freeze move (2026-09-01 to 2026-09-14); "
        "lead time 1 day; nothing before 2026-06-01; nothing after 2026-12-31"
    )
    assert "window day (every day all day)" in calendar_words(calendar) and "freeze one (2026-09-01)" in calendar_words(
        calendar
    )
    assert calendar_words(ANYTIME) == "" == calendar_words(Calendar(runs=(Run(3, 30.0),)))
    labs = Calendar(windows=(Window("day", ALL, time(), time(), ("lab*",)),))
    assert calendar_words(labs, "plant12") == "no window applies: any time"
    assert calendar_words(labs) == "window day (every day all day); an instance that no window names: any time"
    assert "any time" not in calendar_words(replace(labs, windows=(*labs.windows, NIGHT)))


def test_a_pattern_that_names_no_instance_is_said() -> None:
    calendar = Calendar(
        windows=(NIGHT, Window("plants", ALL, time(), time(), ("PLANT*", "plnt-*"))),
        freezes=(Freeze("move", date(2026, 9, 1), date(2026, 9, 14), instances=("plant21",)),),
        waves=(WaveRule("pilot", tags=(("ring", "0"),)), WaveRule("stores", ("store-*",))),
    )
    assert unmatched(calendar, (name for name in ("plant12", "dc-1"))) == (
        'window "plants": no instance has a name like plnt-*',
        'freeze "move": no instance has a name like plant21',
        'wave "stores": no instance has a name like store-*',
    )
    assert unmatched(calendar, ("plnt-1", "plant21", "Store-7")) == () == unmatched(ANYTIME, ())


LATE = MustStart(
    date(2026, 3, 3), "Kubernetes minor", "P3", at("2026-02-28T23:00"), (), True, at("2026-03-08T05:00"), 5
)


def test_too_late_in_words() -> None:
    assert late_words(LATE) == "Must start by 2026-02-28 is past: earliest finish 2026-03-08, 5 days unsupported."
    assert late_words(replace(LATE, by=None)).startswith("No start is early enough: earliest finish 2026-03-08")
    assert late_words(replace(LATE, is_past=False)) == "" == late_words(None)
    assert reach_words(replace(LATE, finish=None, days_unsupported=None)) == "nothing fits into the calendar"
    assert reach_words(replace(LATE, days_unsupported=0)) == "earliest finish 2026-03-08"
    bridge = reach_words(replace(LATE, clock="Arc Resource Bridge", days_unsupported=1))
    assert bridge == "earliest finish 2026-03-08, 1 day after 2026-03-03, Arc Resource Bridge"


# -- in a plan --


def test_a_plan_carries_its_timing_and_a_plan_without_steps_none() -> None:
    plan = planned(vienna(NIGHT))
    assert plan.timing is not None and [slot.step for slot in plan.timing.slots] == [step.id for step in plan.steps]
    catalog = load_catalog()
    fleet = inventory(cluster("c", "1.33.5"), release="2604", live=LIVE)
    done = build_plan(fleet.clusters[0], LATEST, Judge(fleet, catalog, fleet.as_of), Routes(catalog))
    assert done.steps == () and done.timing is None


def test_figures_and_own_runs_of_the_calendar_are_in_the_steps() -> None:
    assert {step.duration for step in planned(Calendar(node_minutes=(5, 9))).steps} == {
        Band(30, 54, "your own figure, 5 to 9 minutes a node")
    }
    runs = (Run(6, 60.0), Run(6, 72.0), Run(6, 60.0))
    assert {step.duration for step in planned(Calendar(runs=runs)).steps} == {
        Band(60, 70, "P50 and P90 of your own 3 runs")
    }


def test_a_verdict_says_that_it_is_too_late() -> None:
    plan = planned(as_of=at("2026-10-10"))
    assert plan.timing is not None and plan.timing.must_start is not None and plan.timing.must_start.is_past
    assert plan.verdict_because.endswith("earliest finish 2026-10-10, 10 days unsupported.")
    assert "Must start by" not in planned().verdict_because


def test_the_next_revision_keeps_ids_in_its_timing() -> None:
    catalog, plan = load_catalog(), planned()
    older = replace(plan, steps=(replace(plan.steps[0], target="1.31.14"), replace(plan.steps[1], id="S05")))
    fleet = inventory(cluster("c", "1.31.13", pools=None), release="2604", live=LIVE)
    unread = replace(fleet.clusters[0], control_plane_count=Unknown("not read"))
    anew = replan(older, Judge(replace(fleet, clusters=(unread,)), catalog, fleet.as_of), Routes(catalog))
    assert anew.timing is not None and anew.timing.unknown == tuple(step.id for step in anew.steps)
    assert {step.id for step in anew.steps} != {"S01", "S02"}
