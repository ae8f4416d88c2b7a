"""A calendar on a date axis: which days are frozen or open for which instance, and how they stand beside support."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.axis import Axis, Zoom
from planner.fleet.bars import member_bars, plan_marks, planned_bars
from planner.schedule.calendar import ANYTIME, Calendar, Freeze, Window
from planner.schedule.days import Frozen, frozen_days, open_days
from planner.timeline import Bar, Ink, Mark, draw, lane
from planner.timing import Slot, Timing
from tests.documents.plans import PLAN
from tests.planner.test_timeline import small_plan

VIENNA, AUCKLAND = ZoneInfo("Europe/Vienna"), ZoneInfo("Pacific/Auckland")
ALL = frozenset(range(7))


def day(text: str) -> date:
    return date.fromisoformat(text)


def frozen(calendar: Calendar, instance: str, first: str, last: str) -> list[tuple[str, str, str]]:
    return [
        (one.what, f"{one.first:%m-%d}", f"{one.last:%m-%d}")
        for one in frozen_days(calendar, instance, day(first), day(last))
    ]


def opened(calendar: Calendar, instance: str, first: str, last: str) -> list[int]:
    return sorted(one.day for one in open_days(calendar, instance, day(first), day(last)))


MOVE = Freeze("move", day("2026-06-03"), day("2026-06-05"), instances=("plant1*", "dc-?"))
AUDIT = Freeze("audit", day("2026-06-08"), day("2026-06-08"))
YEAR_END = Freeze("year end", date(2000, 12, 20), date(2000, 1, 6), yearly=True)


# -- frozen days --


@pytest.mark.parametrize("zone", [UTC, VIENNA, AUCKLAND])
@pytest.mark.parametrize(
    ("instance", "names"),
    [
        ("plant12", ["move", "audit"]),
        ("PLANT12", ["move", "audit"]),
        ("dc-1", ["move", "audit"]),
        ("dc-12", ["audit"]),
        ("store-1", ["audit"]),
        ("", ["audit"]),
    ],
)
def test_a_freeze_counts_for_the_instances_its_patterns_name(zone: ZoneInfo, instance: str, names: list[str]) -> None:
    calendar = Calendar(zone=zone, freezes=(AUDIT, MOVE))
    found = frozen(calendar, instance, "2026-06-01", "2026-06-30")
    assert [what for what, _, _ in found] == [f"freeze {name}" for name in names]
    assert found[-1][1:] == ("06-08", "06-08")
    assert len(found) == 1 or found[0][1:] == ("06-03", "06-05")


def test_a_yearly_freeze_comes_every_year_and_is_cut_off_at_both_ends() -> None:
    calendar = Calendar(zone=VIENNA, freezes=(YEAR_END,))
    assert frozen(calendar, "a", "2026-12-25", "2028-12-20") == [
        ("freeze year end", "12-25", "01-06"),
        ("freeze year end", "12-20", "01-06"),
        ("freeze year end", "12-20", "12-20"),
    ]
    assert frozen(calendar, "a", "2026-01-07", "2026-12-19") == []


def test_before_the_first_day_and_after_the_last_nothing_may_be_under_way() -> None:
    calendar = Calendar(zone=AUCKLAND, start=day("2026-06-03"), finish_by=day("2026-06-20"))
    assert frozen(calendar, "a", "2026-06-01", "2026-06-30") == [
        ("nothing before 2026-06-03", "06-01", "06-02"),
        ("nothing after 2026-06-20", "06-21", "06-30"),
    ]
    assert frozen(calendar, "a", "2026-06-03", "2026-06-20") == [] == frozen(ANYTIME, "a", "2026-06-01", "2026-06-30")
    assert frozen(calendar, "a", "2026-06-01", "2026-06-01") == [("nothing before 2026-06-03", "06-01", "06-01")]
    assert frozen(calendar, "a", "2026-06-30", "2026-06-29") == []


# -- open days --


def test_a_night_window_opens_its_day_and_the_next_one() -> None:
    night = Window("night", frozenset({5}), time(22), time(6), ("store-*",))
    calendar = Calendar(zone=VIENNA, windows=(night,))
    assert opened(calendar, "store-1", "2026-06-01", "2026-06-14") == [6, 7, 13, 14]
    evening = replace(night, opens=time(18), closes=time())
    assert opened(replace(calendar, windows=(evening,)), "store-1", "2026-06-01", "2026-06-14") == [6, 13]


def test_an_instance_that_no_window_names_is_open_but_for_its_freezes() -> None:
    night = Window("night", ALL, time(22), time(6), ("store-*",))
    calendar = Calendar(zone=VIENNA, windows=(night,), freezes=(MOVE,))
    assert opened(calendar, "plant12", "2026-06-01", "2026-06-07") == [1, 2, 6, 7]
    assert opened(calendar, "store-1", "2026-06-01", "2026-06-03") == [1, 2, 3]
    assert opened(calendar, "", "2026-06-01", "2026-06-03") == [1, 2, 3]
    assert opened(calendar, "plant12", "2026-06-03", "2026-06-02") == []


def test_a_window_into_a_freeze_does_not_open_its_days() -> None:
    night = Window("night", ALL, time(22), time(6))
    calendar = Calendar(zone=VIENNA, windows=(night,), freezes=(MOVE,))
    assert opened(calendar, "plant1", "2026-06-01", "2026-06-08") == [1, 2, 6, 7, 8]


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
spans = st.tuples(days, st.integers(0, 60)).map(lambda found: (found[0], found[0] + timedelta(days=found[1])))


@given(
    st.sampled_from((UTC, VIENNA, AUCKLAND, ZoneInfo("America/Santiago"))),
    st.lists(spans, max_size=4),
    st.lists(
        st.tuples(st.sets(st.integers(0, 6), min_size=1), st.integers(0, 23), st.integers(0, 23)),
        min_size=1,
        max_size=3,
    ),
    spans,
)
@settings(derandomize=True, max_examples=100, deadline=None)
def test_no_day_is_both_frozen_and_open(
    zone: ZoneInfo,
    freezes: list[tuple[date, date]],
    windows: list[tuple[set[int], int, int]],
    seen: tuple[date, date],
) -> None:
    calendar = Calendar(
        zone=zone,
        freezes=tuple(Freeze(str(place), *span) for place, span in enumerate(freezes)),
        windows=tuple(
            Window(str(place), frozenset(on), time(opens), time(closes))
            for place, (on, opens, closes) in enumerate(windows)
        ),
    )
    cold = {
        one.first + timedelta(days=number)
        for one in frozen_days(calendar, "a", *seen)
        for number in range((one.last - one.first).days + 1)
    }
    wanted = {
        seen[0] + timedelta(days=number)
        for number in range((seen[1] - seen[0]).days + 1)
        if any(first <= seen[0] + timedelta(days=number) <= last for first, last in freezes)
    }
    open_ = open_days(calendar, "a", *seen)
    assert cold == wanted and not cold & open_
    assert all(seen[0] <= one <= seen[1] for one in cold | open_)


@pytest.mark.parametrize(
    "span", [(date.min, date(1, 3, 1)), (date(9999, 1, 1), date.max), (date(8999, 12, 1), date.max)]
)
def test_at_the_ends_of_all_years_nothing_breaks(span: tuple[date, date]) -> None:
    calendar = Calendar(zone=AUCKLAND, freezes=(YEAR_END,), windows=(Window("night", ALL, time(22), time(6)),))
    assert all(isinstance(one, Frozen) for one in frozen_days(calendar, "a", *span))
    assert all(span[0] <= one <= span[1] for one in open_days(calendar, "a", *span))


# -- drawn --

AXIS = Axis(date(2026, 5, 16), Zoom.MONTH)
TODAY = date(2026, 5, 20)


def drawn(bar: Bar, *marks: Mark, axis: Axis = AXIS) -> str:
    return "".join(ink.ascii for ink in draw(replace(bar, marks=marks), axis, 16, TODAY))


def mark(ink: Ink, first: str, last: str = "") -> Mark:
    return Mark(ink, day(f"2026-{first}"), day(f"2026-{last or first}"))


BAR = Bar("key", "name", day("2026-05-26"), first=day("2026-05-01"))


@pytest.mark.parametrize(
    ("marks", "text"),
    [
        ((mark(Ink.FREEZE, "05-22", "05-29"),), "####|#/#/#*./..."),
        ((mark(Ink.FREEZE, "05-23"),), "####|##/##*....."),
        ((mark(Ink.FREEZE, "05-20"),), "####|#####*....."),
        ((mark(Ink.FREEZE, "05-19", "05-23"),), "###/|/#/##*....."),
        ((mark(Ink.FREEZE, "05-28", "06-30"),), "####|#####*././."),
        ((mark(Ink.PLANNED, "05-22", "05-23"), mark(Ink.FREEZE, "05-21", "05-24")), "####|/++##*....."),
        ((mark(Ink.FREEZE, "05-20", "05-21"), mark(Ink.MUST_START, "05-22")), "####|/>###*....."),
    ],
)
def test_a_freeze_is_hatched_so_that_support_shows_between_its_cells(marks: tuple[Mark, ...], text: str) -> None:
    assert drawn(BAR, *marks) == text


def test_a_short_freeze_takes_the_cell_it_lies_in() -> None:
    far = replace(BAR, ends=day("2026-09-30"))
    assert drawn(far, mark(Ink.FREEZE, "06-02", "06-03"), axis=Axis(date(2026, 5, 11), Zoom.YEAR)) == "|#/###########*."


def test_the_lane_shows_the_calendar_alone() -> None:
    marks = (mark(Ink.FREEZE, "05-22", "05-24"), mark(Ink.WINDOW, "05-21"), mark(Ink.WINDOW, "05-24", "05-25"))
    assert "".join(ink.ascii for ink in lane(marks, AXIS, 12)) == "     _///_  "
    assert lane((mark(Ink.FREEZE, "01-01", "12-31"),), AXIS, 3) == (Ink.FREEZE,) * 3


# -- plans --


def test_planned_steps_stand_on_the_days_of_the_calendar() -> None:
    plan = small_plan()
    late = datetime(2026, 5, 21, 22, 30, tzinfo=UTC)
    timing = replace(plan.timing, slots=(Slot("S01", late, late + timedelta(minutes=60)),)) if plan.timing else None
    plan = replace(plan, timing=timing)
    for zone, on in ((UTC, 21), (VIENNA, 22)):
        planned = [bar.marks[0] for bar in (*member_bars(plan, zone), *planned_bars(plan, zone))]
        assert [(one.ink, one.first.day, one.last.day) for one in planned] == [(Ink.PLANNED, on, on)] * 2


def test_the_plan_of_one_cluster_has_its_slots_and_its_latest_start() -> None:
    start = small_plan().members[0].must_start
    at = datetime(2026, 5, 30, 23, tzinfo=UTC)
    slots = tuple(Slot(step.id, at, at + timedelta(hours=2)) for step in PLAN.steps[:1])
    plan = replace(PLAN, timing=Timing(1, 2, slots=slots, must_start=start))
    assert plan_marks(plan) == (
        Mark(Ink.PLANNED, day("2026-05-30"), day("2026-05-31")),
        Mark(Ink.MUST_START, day("2026-05-25"), day("2026-05-25")),
    )
    assert plan_marks(plan, AUCKLAND)[0] == mark(Ink.PLANNED, "05-31")
    assert plan_marks(replace(PLAN, timing=None)) == ()


def test_a_moment_at_the_end_of_all_years_keeps_its_day() -> None:
    last = datetime.max.replace(tzinfo=UTC)
    plan = replace(PLAN, timing=Timing(1, 2, slots=(Slot(PLAN.steps[0].id, last, last),)))
    assert plan_marks(plan, AUCKLAND) == (Mark(Ink.PLANNED, date.max, date.max),)
