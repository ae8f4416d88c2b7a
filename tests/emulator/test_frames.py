"""Things that change over time without a timer, by value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from planner.emulator.clock import Clock
from planner.emulator.frames import Changing, Frame, is_changing, lay_out, seen_at, settle

START = datetime(2026, 5, 20, 12, tzinfo=UTC)


@dataclass(slots=True)
class Lamp(Changing):
    colour: str = "off"
    heat: int = 0


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def burning() -> Lamp:
    lamp = Lamp()
    lay_out(lamp, [Frame(at(0), {"colour": "red"}), Frame(at(5), {"heat": 1}), Frame(at(9), {"colour": "white"})])
    return lamp


def test_each_step_adds_to_those_before() -> None:
    seen = [seen_at(burning(), at(minutes)) for minutes in (-1, 0, 4.9, 5, 8.9, 9, 500)]
    assert [(lamp.colour, lamp.heat) for lamp in seen] == [
        ("off", 0),
        ("red", 0),
        ("red", 0),
        ("red", 1),
        ("red", 1),
        ("white", 1),
        ("white", 1),
    ]


def test_what_changes_is_a_copy_and_what_is_over_is_the_thing_itself() -> None:
    lamp = burning()
    assert seen_at(lamp, at(5)) is not lamp
    assert lamp.colour == "off"
    assert seen_at(lamp, at(9)) is lamp
    lamp.colour = "green"
    assert seen_at(lamp, at(20)).colour == "green"


def test_the_past_can_still_be_seen_when_it_is_over() -> None:
    lamp = burning()
    seen_at(lamp, at(30))
    lamp.colour = "green"
    assert [seen_at(lamp, at(minutes)).colour for minutes in (-1, 7, 9)] == ["off", "red", "green"]


def test_new_steps_begin_where_the_old_ones_got_to() -> None:
    lamp = burning()
    lay_out(lamp, [Frame(at(6), {"colour": "blue"}), Frame(at(7), {"colour": "off"})])
    seen = [(seen.colour, seen.heat) for seen in (seen_at(lamp, at(minutes)) for minutes in (5.9, 6, 7, 9))]
    assert seen == [("red", 1), ("blue", 1), ("off", 1), ("off", 1)]


def test_settling_stops_what_is_under_way() -> None:
    lamp = burning()
    assert [is_changing(lamp, at(minutes)) for minutes in (-1, 8, 9)] == [True, True, False]
    settle(lamp, at(6))
    assert (lamp.colour, lamp.heat, is_changing(lamp, at(6))) == ("red", 1, False)
    assert seen_at(lamp, at(9)) is lamp


def test_a_clock_stands_still_until_it_is_let_go_and_keeps_its_moment() -> None:
    seconds = [100.0]
    clock = Clock(START, lambda: seconds[0])
    seconds[0] += 50
    assert clock.now() == START
    clock.run(60)
    seconds[0] += 2
    assert clock.now() == at(2)
    clock.run(360)
    seconds[0] += 1
    assert clock.now() == at(8)
    clock.run(0)
    seconds[0] += 1
    assert clock.now() == at(8)
