"""A site's calendar as a TOML file: windows, freezes, waves and waits. The format stands in docs/calendar.md.

Strict: a key nobody knows is an error, so that a freeze with a typing error does not vanish.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, tzinfo
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from planner.calendartable import DAY, CalendarError, Table, nearest
from planner.files import read_bytes, shown
from planner.inventory import clean
from planner.schedule.calendar import Calendar, Freeze, WaveRule, Window
from planner.schedule.words import WEEKDAYS

__all__ = ["LARGEST", "CalendarError", "load", "parse"]

LARGEST: Final = 256 * 1024
"""Bytes; a calendar with a hundred windows needs a tenth of that."""


def load(path: Path) -> Calendar:
    """The calendar in a file. Raises FileError where it cannot be read, CalendarError where it is not one."""
    name = shown(path)
    try:
        text = read_bytes(path, LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CalendarError(f"{name}: it is not UTF-8 text") from None
    return parse(text, name)


def parse(text: str, name: str) -> Calendar:
    """The calendar in a text; `name` is for errors only. Raises CalendarError."""
    try:
        values = tomllib.loads(text)
    except RecursionError:
        raise CalendarError(f"{name}: not valid TOML: nested too deeply") from None
    except ValueError as problem:
        raise CalendarError(f"{name}: not valid TOML: {clean(str(problem), 200)}") from None
    return _calendar(Table(name, "", values))


def _calendar(top: Table) -> Calendar:
    zone_name = top.text("time_zone", "UTC")
    durations = top.table("durations")
    calendar = Calendar(
        name=top.text("name", ""),
        zone=_zone(top, zone_name),
        zone_name=zone_name,
        windows=tuple(map(_window, top.tables("window"))),
        freezes=tuple(map(_freeze, top.tables("freeze"))),
        waves=tuple(map(_wave, top.tables("wave"))),
        lead_days=_whole_days(top, "lead"),
        soak=top.span("soak"),
        side_by_side=top.count("side_by_side", 1, 32),
        start=top.day("start"),
        finish_by=top.day("finish_by"),
        node_minutes=durations.figure("node_minutes", 1),
        release_minutes=durations.figure("release_hours", 60),
    )
    durations.close()
    top.close()
    if calendar.start is not None and calendar.finish_by is not None and calendar.finish_by < calendar.start:
        top.fail("finish_by", f"{calendar.finish_by} lies before start, {calendar.start}")
    twice = [
        wave.name for place, wave in enumerate(calendar.waves) if wave.name in [w.name for w in calendar.waves[:place]]
    ]
    if twice:
        top.fail("wave", f"two waves are called {twice[0]!r}")
    return calendar


def _zone(top: Table, name: str) -> tzinfo:
    from zoneinfo import ZoneInfo, available_timezones

    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        near = get_close_matches(name, sorted(available_timezones()), n=1, cutoff=0.6)
        top.fail("time_zone", f"{name!r} is no known time zone{nearest(near)}")


def _whole_days(top: Table, key: str) -> int:
    days, rest = divmod(top.span(key), DAY)
    return top.fail(key, "whole days are needed, such as 5d") if rest else days


def _window(table: Table) -> Window:
    window = Window(
        name=table.name(),
        days=frozenset(table.weekday(day) for day in table.texts("days")) or frozenset(range(len(WEEKDAYS))),
        opens=table.wall_time("from"),
        closes=table.wall_time("to"),
        instances=table.texts("instances"),
    )
    table.close()
    return window


def _freeze(table: Table) -> Freeze:
    name, first, last = table.name(), table.bound("from"), table.bound("to")
    if (first is None) != (last is None):
        table.fail("from", "from and to must be written alike: both as a date, or both as a month and a day")
    yearly = table.flag("yearly", first is None)
    if first is None or last is None:
        if not yearly:
            table.fail("yearly", "a freeze from a month and a day is yearly; write dates for a single one")
        first, last = table.month_day("from"), table.month_day("to")
    elif last < first and not yearly:
        table.fail("to", f"{last} lies before from, {first}")
    freeze = Freeze(name, first, last, yearly, table.texts("instances"))
    table.close()
    return freeze


def _wave(table: Table) -> WaveRule:
    wave = WaveRule(
        name=table.name(),
        instances=table.texts("instances"),
        tags=table.pairs("tags"),
        soak=table.span("soak"),
        stop=table.text("stop", ""),
    )
    table.close()
    return wave
