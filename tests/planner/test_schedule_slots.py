"""Free time: windows without freezes, by the clocks on the wall, also in the nights they change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.schedule.calendar import ANYTIME, Calendar, Freeze, Window
from planner.schedule.slots import Free, FreeTime, free_time, longest_window, moment, names

VIENNA = ZoneInfo("Europe/Vienna")
ALL = frozenset(range(7))
NIGHT = Window("night", frozenset({5}), time(22), time(6))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def vienna(*windows: Window, freezes: tuple[Freeze, ...] = ()) -> Calendar:
    return Calendar(zone=VIENNA, zone_name="Europe/Vienna", windows=windows, freezes=freezes)


def free(calendar: Calendar, begin: str, end: str, instance: str = "store-1") -> list[tuple[str, str]]:
    return [
        (f"{one.start:%m-%d %H:%M}", f"{one.end:%m-%d %H:%M}")
        for one in free_time(calendar, instance, at(begin), at(end))
    ]


def test_without_windows_and_freezes_all_time_is_free() -> None:
    assert list(free_time(ANYTIME, "", at("2026-01-01"), at("2026-02-01"))) == [
        Free(at("2026-01-01"), at("2026-02-01"))
    ]


def test_a_window_over_midnight_belongs_to_the_day_it_opens_on() -> None:
    assert free(vienna(NIGHT), "2026-01-05", "2026-01-19") == [
        ("01-10 21:00", "01-11 05:00"),
        ("01-17 21:00", "01-18 05:00"),
    ]


def test_one_that_is_open_at_the_begin_is_free_from_there_and_over_the_turn_of_the_year() -> None:
    every = vienna(Window("night", ALL, time(22), time(6)))
    assert free(every, "2027-01-01T02:00", "2027-01-01T22:00") == [
        ("01-01 02:00", "01-01 05:00"),
        ("01-01 21:00", "01-01 22:00"),
    ]


@pytest.mark.parametrize(("day", "hours"), [("2026-03-21", 8), ("2026-03-28", 7), ("2026-10-24", 9)])
def test_a_night_in_which_the_clocks_change_is_as_long_as_it_is(day: str, hours: int) -> None:
    [one] = free_time(vienna(NIGHT), "", at(day), at(day) + timedelta(days=2))
    assert one.minutes == hours * 60


def test_a_time_that_is_skipped_is_the_moment_the_clocks_go_forward() -> None:
    skipped = vienna(Window("w", ALL, time(2, 30), time(3, 15)), Window("v", ALL, time(2, 15), time(2, 45)))
    assert free(skipped, "2026-03-29", "2026-03-30") == [("03-29 01:00", "03-29 01:15")]
    assert moment(wall("2026-03-29T02:30"), VIENNA) == at("2026-03-29T01:00")
    assert moment(wall("2026-10-25T02:30"), VIENNA) == at("2026-10-25T00:30")


def test_a_time_that_comes_twice_opens_a_window_late_and_closes_it_early() -> None:
    """The clocks of 25 October go back from 01:00 to 00:00 UTC, so that 02:00 to 03:00 comes twice."""
    late = vienna(Window("w", ALL, time(2, 30), time(6)))
    assert free(late, "2026-10-25", "2026-10-26T00:30") == [("10-25 01:30", "10-25 05:00")]
    early = vienna(Window("w", ALL, time(1), time(2, 30)))
    assert free(early, "2026-10-24T12:00", "2026-10-25T12:00") == [("10-24 23:00", "10-25 00:30")]
    inside = vienna(Window("w", ALL, time(2, 15), time(2, 45)))
    assert free(inside, "2026-10-25", "2026-10-26") == [], "which of the two is meant nobody knows"
    whole = vienna(Window("w", ALL, time(2, 30), time(2, 30)))
    assert free(whole, "2026-10-24", "2026-10-27") == [("10-24 00:00", "10-27 00:00")]
    assert free(vienna(Window("w", ALL, time(22), time(2))), "2026-10-24T12:00", "2026-10-25T12:00") == [
        ("10-24 20:00", "10-25 00:00")
    ]


def test_clocks_that_change_by_half_an_hour_and_at_midnight_are_right_too() -> None:
    assert moment(wall("2026-10-04T02:10"), ZoneInfo("Australia/Lord_Howe")) == at("2026-10-03T15:30")
    assert moment(wall("2026-03-08T00:20"), ZoneInfo("America/Havana")) == at("2026-03-08T05:00")


def test_windows_that_touch_are_one_and_carry_both_names() -> None:
    both = vienna(NIGHT, Window("sunday", frozenset({6}), time(5), time(9)))
    [one] = free_time(both, "", at("2026-01-10"), at("2026-01-12"))
    assert (one.minutes, one.window) == (11 * 60, "night, sunday")


def test_a_whole_weekend_is_one_window() -> None:
    days = vienna(Window("weekend", frozenset({5, 6}), time(), time()))
    [one] = free_time(days, "", at("2026-03-26"), at("2026-03-31"))
    assert (one.minutes, one.window) == (47 * 60, "weekend")


def test_a_freeze_cuts_windows_and_counts_in_days_of_the_zone() -> None:
    cut = vienna(NIGHT, freezes=(Freeze("f", date(2026, 1, 11), date(2026, 1, 11)),))
    assert free(cut, "2026-01-10", "2026-01-12") == [("01-10 21:00", "01-10 23:00")]
    inside = vienna(
        freezes=(Freeze("f", date(2026, 1, 11), date(2026, 1, 12)), Freeze("g", date(2026, 1, 12), date(2026, 1, 13)))
    )
    assert free(inside, "2026-01-10", "2026-01-20") == [("01-10 00:00", "01-10 23:00"), ("01-13 23:00", "01-20 00:00")]


def test_a_yearly_freeze_goes_over_the_turn_of_the_year() -> None:
    frozen = Calendar(freezes=(Freeze("year end", date(2000, 12, 15), date(2000, 1, 6), yearly=True),))
    assert free(frozen, "2026-12-01", "2028-01-20") == [
        ("12-01 00:00", "12-15 00:00"),
        ("01-07 00:00", "12-15 00:00"),
        ("01-07 00:00", "01-20 00:00"),
    ]
    assert free(frozen, "2027-01-03", "2027-01-08") == [("01-07 00:00", "01-08 00:00")]


def test_a_freeze_on_a_leap_day_is_only_there_when_the_day_is() -> None:
    leap = Calendar(freezes=(Freeze("leap", date(2000, 2, 29), date(2000, 2, 29), yearly=True),))
    assert free(leap, "2027-02-20", "2027-03-10") == [("02-20 00:00", "03-10 00:00")]
    assert free(leap, "2028-02-20", "2028-03-10") == [("02-20 00:00", "02-29 00:00"), ("03-01 00:00", "03-10 00:00")]
    until = Calendar(freezes=(Freeze("until", date(2000, 2, 20), date(2000, 2, 29), yearly=True),))
    assert free(until, "2027-02-10", "2027-03-10")[1] == ("03-01 00:00", "03-10 00:00")


def test_the_first_and_the_last_day_are_limits() -> None:
    days = Calendar(zone=VIENNA, start=date(2026, 1, 10), finish_by=date(2026, 1, 12))
    assert free(days, "2026-01-01", "2026-02-01") == [("01-09 23:00", "01-12 23:00")]
    assert free(days, "2026-03-01", "2026-04-01") == []


def test_patterns_name_instances_whatever_their_capital_letters() -> None:
    assert names((), "any") and names(("lab", "STORE-*"), "store-1") and not names(("store-?",), "store-12")
    stores = vienna(Window("stores", ALL, time(1), time(2), ("Store-*",)))
    assert free(stores, "2026-01-05", "2026-01-06") == [("01-05 00:00", "01-05 01:00")]
    assert free(stores, "2026-01-05", "2026-01-06", "plant12") == [("01-05 00:00", "01-06 00:00")]


def test_the_longest_window_is_told_by_the_clock_on_the_wall() -> None:
    assert longest_window(vienna(NIGHT, Window("noon", ALL, time(12), time(13))), "") == 8 * 60
    assert longest_window(vienna(NIGHT, freezes=(Freeze("f", date(2001, 1, 1), date(2001, 12, 31)),)), "") == 8 * 60
    assert longest_window(ANYTIME, "") is None
    assert longest_window(vienna(Window("always", ALL, time(), time())), "") is None


@pytest.mark.parametrize(
    ("minutes", "start"), [(60, "2026-03-28T21:00"), (420, "2026-03-28T21:00"), (421, "2026-04-04T20:00")]
)
def test_the_first_free_time_is_the_first_that_is_long_enough(minutes: int, start: str) -> None:
    time_of = FreeTime(vienna(NIGHT), "", at("2026-03-23"), at("2027-01-01"))
    found = time_of.first(minutes, at("2026-03-23"))
    assert found is not None and found.start == at(start) and found.minutes == minutes
    assert time_of.first(minutes, at("2026-12-31")) is None
    assert time_of.first(60, at("2026-03-28T22:30")) == Free(at("2026-03-28T22:30"), at("2026-03-28T23:30"), "night")


# -- for any calendar --

WALL = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
WINDOWS = st.builds(Window, st.sampled_from("ab"), st.frozensets(st.integers(0, 6), min_size=1), WALL, WALL)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
FREEZES = st.builds(
    lambda name, first, length, yearly: Freeze(name, first, first + timedelta(days=length), yearly),
    st.sampled_from("xyz"), DAYS, st.integers(0, 60), st.booleans(),
)  # fmt: skip
ZONES = st.sampled_from(["Europe/Vienna", "America/Havana", "Australia/Lord_Howe", "Pacific/Auckland", "UTC"])
CALENDARS = st.builds(
    lambda zone, windows, freezes: Calendar(
        zone=ZoneInfo(zone), zone_name=zone, windows=tuple(windows), freezes=tuple(freezes)
    ),
    ZONES, st.lists(WINDOWS, max_size=3), st.lists(FREEZES, max_size=3),
)  # fmt: skip


def is_open(calendar: Calendar, moment: datetime) -> bool:
    """By the wall alone, minute by minute: in a window, in no freeze."""
    wall = moment.astimezone(calendar.zone).replace(tzinfo=None)
    if any(_covers(freeze, wall.date()) for freeze in calendar.freezes):
        return False
    return not calendar.windows or any(_is_in(window, wall) for window in calendar.windows)


def _covers(freeze: Freeze, day: date) -> bool:
    if not freeze.yearly:
        return freeze.first <= day <= freeze.last
    first, last, this = ((one.month, one.day) for one in (freeze.first, freeze.last, day))
    return first <= this <= last if first <= last else this >= first or this <= last


def _is_in(window: Window, wall: datetime) -> bool:
    for back in (0, 1):
        day = wall.date() - timedelta(days=back)
        opens = datetime.combine(day, window.opens)
        closes = datetime.combine(day + timedelta(days=window.closes <= window.opens), window.closes)
        if day.weekday() in window.days and opens <= wall < closes:
            return True
    return False


MINUTES = st.integers(0, 500 * 1440)


@settings(derandomize=True, max_examples=60)
@given(calendar=CALENDARS, begin=MINUTES, probes=st.lists(st.integers(0, 20 * 1440 - 1), max_size=25))
def test_free_time_is_what_the_wall_says_except_around_the_change_of_clocks(
    calendar: Calendar, begin: int, probes: list[int]
) -> None:
    start = at("2026-01-01") + timedelta(minutes=begin)
    found = list(free_time(calendar, "", start, start + timedelta(days=20)))
    assert all(one.start < one.end for one in found)
    assert all(one.end < other.start for one, other in pairwise(found))
    for minutes in probes:
        probe = start + timedelta(minutes=minutes)
        if not _changes_near(calendar, probe):
            assert any(one.start <= probe < one.end for one in found) == is_open(calendar, probe)


def _changes_near(calendar: Calendar, probe: datetime) -> bool:
    offsets = {(probe + timedelta(hours=hours)).astimezone(calendar.zone).utcoffset() for hours in (-26, 0, 26)}
    return len(offsets) > 1
