"""How long and when, in words: what is guessed is called a guess, and what nobody knows is called unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from planner.bands import ASSUMPTION, Band, Run, band, release_band
from planner.documents.markdown import read, render
from planner.documents.timing import plan_time, schedule, span, step_time
from planner.goals import LATEST
from planner.inventory import Unknown
from planner.knowledge import load_catalog
from planner.path import Routes
from planner.plan import Plan, StepKind
from planner.planning import build_plan
from planner.support import Judge
from planner.timing import Conflict, Fit, MustStart, Share, Slot, Timing, WindowFit
from tests.builders import cluster, inventory, offered, pool
from tests.documents.plans import HOP, NO_PATH, PLAN, UPDATE

LIVE = offered(["1.31.13", "1.32.9", "1.33.5"])


def planned(**changes: object) -> Plan:
    catalog = load_catalog()
    fleet = inventory(cluster("c", "1.31.13", **changes), release="2604", live=LIVE)  # type: ignore[arg-type]
    return build_plan(fleet.clusters[0], LATEST, Judge(fleet, catalog, fleet.as_of), Routes(catalog))


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(36, 72, "36 min to 1 h 12 min"), (60, 120, "1 h to 2 h"), (0, 5, "0 min to 5 min"), (7, 7, "7 min")],
)
def test_minutes_as_people_say_them(low: int, high: int, words: str) -> None:
    assert span(low, high) == words


def test_a_hop_counts_control_plane_and_all_pools() -> None:
    pools = [pool("a", "1.31.13", count=4), pool("b", "1.31.13", count=2)]
    steps = planned(pools=pools, control_plane_count=3).steps
    assert [(step.nodes, step.duration) for step in steps] == [(9, Band(54, 108, ASSUMPTION))] * 2
    assert step_time(steps[0]) == (
        "54 min to 1 h 48 min for 9 nodes (a guess, by arcstep's own assumption: see Sources)."
    )


@pytest.mark.parametrize("unknown", [{"control_plane_count": None}, {"count": None}])
def test_without_a_count_there_is_no_time(unknown: dict[str, None]) -> None:
    if "count" in unknown:
        plan = planned(pools=[replace(pool(running="1.31.13"), count=None)])
    else:
        plan = planned()
        catalog = load_catalog()
        lost = replace(cluster("c", "1.31.13"), control_plane_count=Unknown("not read"))
        fleet = inventory(lost, release="2604", live=LIVE)
        plan = build_plan(lost, LATEST, Judge(fleet, catalog, fleet.as_of), Routes(catalog))
    assert plan.steps and all(step.nodes is None and step.duration is None for step in plan.steps)
    assert step_time(plan.steps[0]) == "unknown: the number of nodes could not be read."
    assert plan_time(plan) == "unknown, step by step."
    assert plan_time(replace(plan, steps=plan.steps[:1])) == "unknown: the number of nodes could not be read."


@pytest.mark.parametrize("kind", list(StepKind))
def test_a_step_without_a_band_is_unknown_with_the_reason(kind: StepKind) -> None:
    assert step_time(replace(HOP, kind=kind)).startswith("unknown: ")


def test_the_whole_adds_up_what_is_known_and_names_the_rest() -> None:
    timed = replace(HOP, nodes=6, duration=band(6, ()))
    plan = replace(PLAN, steps=(timed, replace(timed, id="S02"), replace(UPDATE, id="S03")))
    assert plan_time(plan) == (
        "the 2 Kubernetes upgrades together: 1 h 12 min to 2 h 24 min (a guess, by arcstep's own assumption: see Sources). "
        "Not known: how long S03 will take."
    )


def test_own_runs_are_no_guess() -> None:
    runs = [Run(2, 20.0), Run(2, 30.0), Run(4, 40.0)]
    plan = replace(PLAN, steps=(replace(HOP, nodes=2, duration=band(2, runs)),))
    assert step_time(plan.steps[0]) == "20 min to 28 min for 2 nodes (by P50 and P90 of your own 3 runs)."
    text = render(plan)
    assert "| Times | P50 and P90 of your own 3 runs | measured | arcstep |" in text and "guess" not in text


def test_a_schedule_says_what_is_missing_and_lists_the_dates_in_order() -> None:
    text = "\n".join(schedule(PLAN))
    assert "Not scheduled: this plan holds no window. **Must start by:** unknown" in text
    assert "a window and the time of every step would have to be known" in text
    assert "| S02 | release 2411 → 2510 | Azure Local owner | unknown | 2026-06-01 |" in text
    assert "| 2025-08-31 | Kubernetes minor | past | P3 |" in text
    assert "item:SCHEDULE.start" in text and "item:SCHEDULE.end" in text
    timed = replace(HOP, nodes=6, duration=band(6, ()))
    assert "date, a window would have to be known" in "\n".join(schedule(replace(PLAN, steps=(timed,))))
    assert "Not before" not in "\n".join(schedule(replace(PLAN, steps=(timed,))))


def test_what_holds_no_steps_has_no_schedule() -> None:
    assert schedule(NO_PATH) == [] and "**How long:**" not in render(NO_PATH)


# -- a plan with a timing --

BY = datetime(2026, 6, 24, 2, 24, tzinfo=UTC)
START = MustStart(
    deadline=date(2026, 7, 31),
    clock="Azure Local release",
    rule="LBL",
    by=BY,
    shares=(Share("work, high estimate", 96), Share("freeze sale | *", 44760), Share("lead time", 7200)),
    is_past=False,
    finish=datetime(2026, 5, 30, 21, 36, tzinfo=UTC),
    days_unsupported=0,
)
SLOT = Slot("S01", datetime(2026, 5, 30, 20, tzinfo=UTC), datetime(2026, 5, 30, 21, 36, tzinfo=UTC), "nights")
TIMING = Timing(
    low=48,
    high=96,
    fit=WindowFit(Fit.FITS, 48, 96, 480),
    slots=(SLOT, replace(SLOT, step="S02", window="")),
    must_start=START,
    downtime=("Pool a of c has one node: its workloads are down while it is replaced.",),
    zone="Europe/Vienna",
    calendar="window nights (Sat 22:00-06:00)",
)

PLANNED = "2026-05-30 22:00 – 23:36 Europe/Vienna (20:00 – 21:36 UTC)"


def shown(**changes: object) -> str:
    return render(replace(PLAN, timing=replace(TIMING, **changes)))  # type: ignore[arg-type]


def test_the_summary_says_when_it_is_planned_and_by_when_it_has_to_begin() -> None:
    text = shown()
    assert f"- **When:** planned {PLANNED}.\n" in text
    clock = "(Azure Local release, last good day 2026-07-31, LBL)"
    assert f"- **Must start by:** 2026-06-24 02:24 UTC {clock}.\n" in text
    late = replace(START, is_past=True, days_unsupported=1, finish=datetime(2026, 8, 1, 3, tzinfo=UTC))
    assert f"02:24 UTC {clock}. Past: earliest finish 2026-08-01, 1 day unsupported.\n" in shown(must_start=late)
    never = replace(late, by=None, shares=())
    assert f"- **Must start by:** no start is early enough {clock}: earliest finish" in shown(must_start=never)


def test_the_subtraction_stands_line_by_line_and_stays_one_table() -> None:
    assert (
        "| Counted back from the nearest clock | Time |\n| --- | --- |\n"
        "| end of 2026-07-31, the last good day of Azure Local release (LBL) | 2026-08-01 00:00 UTC |\n"
        "| less work, high estimate | 1 h 36 min |\n"
        "| less freeze sale \\| \\* | 31 days 2 h |\n"
        "| less lead time | 5 days |\n"
        "| must start by | 2026-06-24 02:24 UTC |\n"
    ) in shown()
    assert "Counted back" not in shown(must_start=replace(START, by=None)) + shown(must_start=None)


def test_what_would_have_to_give_way_for_a_missed_deadline_stands_beside_it() -> None:
    late = replace(START, is_past=True, days_unsupported=1, finish=datetime(2026, 8, 1, 3, tzinfo=UTC))
    ways = (Conflict(("freeze sale | *",), BY), Conflict(("window a", "lead time"), BY))
    text = shown(must_start=replace(late, relax=ways))
    assert "1 day unsupported. In time without freeze sale \\| \\*, or without window a and lead time.\n" in text
    assert (
        "1 day unsupported. Nothing makes it in time: even without any limit of the calendar it ends on 2026-07-31.\n"
        in shown(must_start=replace(late, soonest=datetime(2026, 7, 31, 3, tzinfo=UTC)))
    )


def test_a_zone_with_a_mark_in_its_name_is_written_as_it_is() -> None:
    assert "| 2026-05-30 16:00 – 17:36 America/New\\_York (20:00 – 21:36 UTC) |" in shown(zone="America/New_York")


def test_slots_stand_beside_their_steps() -> None:
    text = shown(slots=(SLOT,))
    assert "| Not before | Planned | Window |" in text
    assert f"| {PLANNED} | nights |" in text
    assert "| 2026-06-01 | not placed |  |" in text
    assert "21:36 UTC), as far as S01.\n" in text
    assert f"| {PLANNED} | any time |" in shown()


def test_a_planned_day_is_the_one_of_the_calendar_and_the_one_in_utc() -> None:
    start = datetime(2026, 5, 31, 22, tzinfo=UTC)
    text = shown(slots=(replace(SLOT, start=start, end=start + timedelta(hours=1)),))
    assert "| 2026-06-01 00:00 – 01:00 Europe/Vienna (2026-05-31 22:00 – 23:00 UTC) |" in text
    assert "Meant in Europe/Vienna; planned times stand in both, every other moment in this document is in UTC." in text


@pytest.mark.parametrize("zone", ["UTC", "Mars/Olympus", "../x", ""])
def test_planned_times_stand_in_utc_alone_where_no_other_zone_is_known(zone: str) -> None:
    text = shown(zone=zone)
    assert "planned 2026-05-30 20:00 – 21:36 UTC.\n" in text
    assert "| 2026-05-30 20:00 – 21:36 UTC | nights |" in text
    assert "every moment in this document is in UTC." in text and "stand in both" not in text


@pytest.mark.parametrize(
    ("fit", "words"),
    [
        (WindowFit(Fit.FITS, 48, 96, 480), "fits: 48 min to 1 h 36 min in a row, in a window of 8 h."),
        (WindowFit(Fit.TIGHT, 48, 96, 90, "S02"), "tight: 48 min to 1 h 36 min in a row; by the high estimate the window of "
         "1 h 30 min closes in step S02."),
        (WindowFit(Fit.OVERRUNS, 108, 156, 90, "S02"), "overruns at step S02: 1 h 48 min to 2 h 36 min in a row, soak "
         "included, do not go into one window of 1 h 30 min; more than one is needed."),
        (WindowFit(Fit.OVERRUNS, 48, 96, 40, "S02", 3), "48 min to 1 h 36 min of work do not fit one window of 40 min "
         "(it would close in S02): spread over 3 windows."),
        (WindowFit(Fit.OVERRUNS, 108, 156, 90, "S02", 1), "1 h 48 min to 2 h 36 min of work and soak do not fit one window "
         "of 1 h 30 min (it would close in S02): spread over 1 window."),
    ],
)  # fmt: skip
def test_the_window_fit_in_words(fit: WindowFit, words: str) -> None:
    assert f"**Window fit:** {words}\n" in shown(fit=fit)


def test_single_nodes_are_called_downtime_and_not_rolling() -> None:
    text = shown()
    assert (
        "**Downtime:** A new node joins before an old one goes (CU), but nothing published says that one node rolls"
        in text
    )
    assert "- Pool a of c has one node: its workloads are down while it is replaced.\n" in text
    assert "**Downtime:**" not in shown(downtime=())


def test_what_does_not_fit_says_what_would_have_to_give_way() -> None:
    finish = datetime(2026, 6, 2, 16, tzinfo=UTC)
    text = shown(
        slots=(), conflicts=(Conflict(("freeze a", "window b"), finish), Conflict(("finish by 2026-06-01",), finish))
    )
    assert "- **When:** not scheduled: it does not fit into the calendar;" in text
    assert "1. freeze a and window b: done by 2026-06-02 16:00 UTC.\n" in text
    assert "2. finish by 2026-06-01: done by 2026-06-02 16:00 UTC.\n" in text


def test_what_is_not_known_is_said_in_place_of_a_day() -> None:
    text = shown(slots=(), must_start=None, unknown=("S01",))
    why = "the number of nodes could not be read"
    assert f"- **Must start by:** unknown: how long S01 will take is not known ({why}).\n" in text
    assert (
        "- **When:** not scheduled: how long S01 will take is not known, and nothing behind it can be placed.\n" in text
    )
    assert "unknown: no clock has an end that is known.\n" in shown(must_start=None)


def test_a_document_with_a_timing_reads_back() -> None:
    plan = replace(PLAN, timing=replace(TIMING, conflicts=(Conflict(("freeze a",), BY),), unknown=("S02",)))
    document = read(render(plan), "p.md")
    assert document.problems == () and document.plan == plan


def test_a_release_update_is_added_up_with_the_upgrades() -> None:
    timed = replace(PLAN, steps=(replace(HOP, duration=band(6, ())), replace(UPDATE, duration=release_band())))
    assert plan_time(timed) == (
        "the Kubernetes upgrade and the release update together: 2 h 36 min to 9 h 12 min (a guess, by arcstep's own "
        "assumption: see Sources)."
    )
