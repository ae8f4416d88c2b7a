"""Waves: every job in free time and in order, what decides the finish, and the smallest sets to give up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.schedule.calendar import ANYTIME, Calendar, Freeze, Window
from planner.schedule.slots import free_time
from planner.schedule.waves import schedule
from planner.schedule.work import Job, Lane, Placed, WaveWork
from tests.planner.test_schedule_slots import ALL, CALENDARS, NIGHT, at, vienna

BEGIN = at("2026-06-01")
NIGHTS = vienna(Window("nights", ALL, time(22), time(6)))


def job(id: str, hours: float = 1, **changes: object) -> Job:
    return Job(id, int(hours * 30), int(hours * 60), **changes)  # type: ignore[arg-type]


def lane(*jobs: Job | tuple[Job, ...], instance: str = "plant") -> Lane:
    return Lane(instance, tuple(one if isinstance(one, tuple) else (one,) for one in jobs))


def wave(*lanes: Lane, name: str = "w", soak: int = 0) -> WaveWork:
    return WaveWork(name, lanes, soak)


def starts(placed: Placed) -> dict[str, str]:
    return {slot.step: f"{slot.start:%m-%d %H:%M}" for slot in placed.slots}


def test_jobs_follow_each_other_and_those_of_a_batch_go_side_by_side() -> None:
    placed = schedule([wave(lane(job("a", 2), (job("b", 1), job("c", 3)), job("d")))], BEGIN, ANYTIME)
    assert starts(placed) == {"a": "06-01 00:00", "b": "06-01 02:00", "c": "06-01 02:00", "d": "06-01 05:00"}
    assert (placed.finish, placed.critical, placed.conflicts) == (at("2026-06-01T06:00"), ("a", "c", "d"), ())


def test_lanes_go_side_by_side_and_the_next_wave_waits_for_the_last_and_its_soak() -> None:
    waves = [
        wave(lane(job("a")), lane(job("b", 5), instance="other"), soak=120),
        wave(lane(job("c")), name="x", soak=999),
    ]
    placed = schedule(waves, BEGIN, ANYTIME)
    assert starts(placed) == {"a": "06-01 00:00", "b": "06-01 00:00", "c": "06-01 07:00"}
    assert placed.critical == ("b", "c") and placed.finish == at("2026-06-01T08:00")


def test_a_soak_is_waited_before_the_next_job_and_never_after_the_last() -> None:
    soaked = job("a", soak=90)
    assert starts(schedule([wave(lane(soaked, job("b")))], BEGIN, ANYTIME))["b"] == "06-01 02:30"
    assert schedule([wave(lane(soaked))], BEGIN, ANYTIME).finish == at("2026-06-01T01:00")
    again = [wave(lane(soaked)), wave(lane(job("b")), lane(job("c"), instance="other"), name="x")]
    assert starts(schedule(again, BEGIN, ANYTIME)) == {"a": "06-01 00:00", "b": "06-01 02:30", "c": "06-01 01:00"}


def test_lead_time_start_and_the_date_of_a_release_hold_back() -> None:
    assert starts(schedule([wave(lane(job("a")))], BEGIN, Calendar(lead_days=5))) == {"a": "06-06 00:00"}
    assert starts(schedule([wave(lane(job("a")))], BEGIN, Calendar(start=date(2026, 7, 1)))) == {"a": "07-01 00:00"}
    dated = job("a", not_before=at("2026-08-01"))
    assert starts(schedule([wave(lane(dated, job("b")))], BEGIN, ANYTIME)) == {"a": "08-01 00:00", "b": "08-01 01:00"}


def test_a_begin_within_a_minute_is_the_next_whole_one() -> None:
    assert starts(schedule([wave(lane(job("a")))], at("2026-06-01T10:00:01"), ANYTIME)) == {"a": "06-01 10:01"}


def test_a_job_that_does_not_end_in_the_window_waits_for_the_next() -> None:
    placed = schedule([wave(lane(job("a", 5), job("b", 4)))], BEGIN, vienna(NIGHT))
    assert starts(placed) == {"a": "06-06 20:00", "b": "06-13 20:00"}
    assert {slot.window for slot in placed.slots} == {"night"}


@pytest.mark.parametrize(("second", "start", "critical"), [(4, "06-01 20:00", ("a", "b")), (8, "06-01 20:00", ("b",))])
def test_what_would_wait_for_its_window_anyhow_does_not_decide_the_finish(
    second: int, start: str, critical: tuple[str, ...]
) -> None:
    """The window is open until 04:00 in UTC: 4 hours would have gone into it without `a`, 8 hours never."""
    placed = schedule([wave(lane(job("a", 1), job("b", second)))], BEGIN, NIGHTS)
    assert starts(placed) == {"a": "06-01 00:00", "b": start} and placed.critical == critical


def test_nothing_to_do_is_a_schedule() -> None:
    assert schedule([wave(lane()), wave()], BEGIN, ANYTIME) == Placed((), None, (), ())


def test_a_wave_without_work_does_not_soak() -> None:
    assert starts(schedule([wave(lane(), soak=999), wave(lane(job("a")))], BEGIN, ANYTIME)) == {"a": "06-01 00:00"}


# -- conflicts --


def named(placed: Placed) -> list[tuple[str, ...]]:
    assert placed.slots == () and placed.finish is None and placed.critical == ()
    return [conflict.constraints for conflict in placed.conflicts]


def frozen(last: int, **changes: object) -> Calendar:
    """All of June up to a day is frozen, and everything has to be done in June."""
    freezes = (Freeze("sale", date(2026, 6, 1), date(2026, 6, last)),)
    return Calendar(freezes=freezes, finish_by=date(2026, 6, 30), **changes)  # type: ignore[arg-type]


def test_a_freeze_that_grows_until_nothing_fits_is_named_first() -> None:
    work = [wave(lane(job("a", 20), job("b", 20)))]
    assert schedule(work, BEGIN, frozen(28)).finish == at("2026-06-30T16:00")
    placed = schedule(work, BEGIN, frozen(29))
    assert named(placed) == [("freeze sale",), ("finish by 2026-06-30",)]
    assert [conflict.finish for conflict in placed.conflicts] == [at("2026-06-02T16:00"), at("2026-07-01T16:00")]


def test_every_kind_of_constraint_is_named_in_its_order() -> None:
    work = [wave(lane(job("a", soak=600), job("b")), name="first", soak=600), wave(lane(job("c")), name="second")]
    windows = (Window("mornings", ALL, time(0), time(4)),)
    tight = Calendar(windows=windows, lead_days=1, start=date(2026, 6, 2), finish_by=date(2026, 6, 3))
    assert named(schedule(work, BEGIN, tight)) == [
        ("window mornings",),
        ("soak of wave first",),
        ("soak after release updates",),
        ("wave order",),
        ("finish by 2026-06-03",),
    ]


def test_a_window_too_short_is_widened_not_dropped() -> None:
    windows = (Window("short", ALL, time(1), time(2)), Window("long", ALL, time(4), time(7)))
    placed = schedule([wave(lane(job("a", 4)))], BEGIN, Calendar(windows=windows))
    assert named(placed) == [("window short",), ("window long",)]
    assert placed.conflicts[0].finish == at("2026-06-01T04:00")


def test_where_one_is_not_enough_two_are_named() -> None:
    both = Calendar(
        windows=(Window("short", ALL, time(1), time(2)),),
        freezes=(Freeze("a", date(2026, 6, 1), date(2026, 6, 20)), Freeze("b", date(2026, 6, 15), date(2026, 6, 30))),
        finish_by=date(2026, 6, 30),
    )
    assert named(schedule([wave(lane(job("a", 0.5)))], BEGIN, both)) == [
        ("freeze a",),
        ("freeze b",),
        ("finish by 2026-06-30",),
    ]
    assert named(schedule([wave(lane(job("a", 4)))], BEGIN, both)) == [
        ("freeze a", "window short"),
        ("freeze b", "window short"),
        ("window short", "finish by 2026-06-30"),
    ]


def test_a_set_holds_what_cannot_be_done_without_however_large_it_is() -> None:
    windows = tuple(Window(name, ALL, time(1), time(2), (name,)) for name in "abcde")
    lanes = [lane(job(name, 4), instance=name) for name in "abcde"]
    assert named(schedule([wave(*lanes)], BEGIN, Calendar(windows=windows))) == [
        tuple(f"window {name}" for name in "abcde")
    ]


def test_where_giving_up_everything_does_not_help_there_is_no_set() -> None:
    endless = job("a", not_before=at("2036-01-01"))
    assert named(schedule([wave(lane(endless))], BEGIN, frozen(30))) == []


# -- for any calendar --

JOBS = st.builds(
    lambda high, soak, wait: (high, soak, wait),
    st.integers(1, 9 * 60), st.integers(0, 48 * 60), st.none() | st.integers(0, 60),
)  # fmt: skip
BATCHES = st.lists(st.lists(JOBS, min_size=1, max_size=2), max_size=3)


def work_of(lanes: Sequence[Sequence[Sequence[tuple[int, int, int | None]]]]) -> list[Lane]:
    made: list[Lane] = []
    for number, batches in enumerate(lanes):
        rows = [
            tuple(
                Job(f"{number}.{place}.{side}", 1, high, soak, None if wait is None else BEGIN + timedelta(days=wait))
                for side, (high, soak, wait) in enumerate(batch)
            )
            for place, batch in enumerate(batches)
        ]
        made.append(Lane(f"i{number}", tuple(rows)))
    return made


@settings(derandomize=True, max_examples=80)
@given(
    calendar=CALENDARS,
    lanes=st.lists(BATCHES, min_size=1, max_size=2),
    lead=st.integers(0, 9),
    begin=st.integers(0, 300 * 1440),
)
def test_what_is_placed_lies_in_free_time_in_order_and_not_too_early(
    calendar: Calendar, lanes: list[list[list[tuple[int, int, int | None]]]], lead: int, begin: int
) -> None:
    start = BEGIN + timedelta(minutes=begin)
    work, limits = work_of(lanes), replace(calendar, lead_days=lead)
    placed = schedule([WaveWork("one", tuple(work), 60), WaveWork("two", tuple(work))], start, limits)
    jobs = [job for lane in work for batch in lane.batches for job in batch]
    assert len(placed.slots) in (0, 2 * len(jobs))
    for slot, job_of in zip(placed.slots, [*jobs, *jobs], strict=False):
        assert slot.end - slot.start == timedelta(minutes=job_of.high)
        assert slot.start >= start + timedelta(days=lead)
        assert job_of.not_before is None or slot.start >= job_of.not_before
        hours = free_time(limits, "", slot.start - timedelta(days=8), slot.end + timedelta(days=8))
        assert any(free.start <= slot.start and slot.end <= free.end for free in hours)
    assert (placed.finish is None) == (not placed.slots)
    if placed.slots:
        assert placed.finish == max(slot.end for slot in placed.slots)
        assert placed.critical and set(placed.critical) <= {slot.step for slot in placed.slots}
        _in_order(placed, work)


def _in_order(placed: Placed, work: list[Lane]) -> None:
    count = len(placed.slots) // 2
    for half in (placed.slots[:count], placed.slots[count:]):
        rest = iter(half)
        for one in work:
            ready: datetime | None = None
            for batch in one.batches:
                slots = [next(rest) for _ in batch]
                assert ready is None or all(slot.start >= ready for slot in slots)
                ready = max(s.end + timedelta(minutes=j.soak) for s, j in zip(slots, batch, strict=True))


def test_instances_share_their_free_time() -> None:
    count = 100
    lanes = [
        lane(*[job(f"{number}.{step}", 2) for step in range(5)], instance=f"store-{number}") for number in range(count)
    ]
    placed = schedule([wave(*lanes)], BEGIN, vienna(NIGHT))
    assert len(placed.slots) == 5 * count and placed.finish == at("2026-06-13T22:00")
