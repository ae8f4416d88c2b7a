"""When a plan has to begin, on the Plan screen: the line over the tabs, and the slot of a step."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from planner.bands import Band
from planner.timing import Fit, MustStart, Slot, Timing, WindowFit
from tests.documents.plans import HOP, NO_PATH, PLAN
from tests.tui.conftest import press, screen_text, staged
from tui import plan_times
from tui.look import Look, Spans

AT = datetime(2026, 5, 30, 20, tzinfo=UTC)
START = MustStart(date(2026, 7, 31), "Azure Local release", "LBL", AT, (), False, AT, 0)
TIMED = replace(
    PLAN, steps=(replace(HOP, nodes=31, duration=Band(186, 372, "x")),), timing=Timing(186, 372, must_start=START)
)
LOOK = Look()


def words(spans: Spans) -> str:
    return "".join(text for text, _ in spans)


def begins(**changes: object) -> str:
    assert TIMED.timing is not None
    return words(plan_times.begins(replace(TIMED, timing=replace(TIMED.timing, **changes)), LOOK))  # type: ignore[arg-type]


def test_the_day_to_start_by_or_why_there_is_none() -> None:
    late = replace(START, is_past=True, days_unsupported=202)
    assert begins() == "Must start by 2026-05-30"
    assert begins(must_start=late) == "✖ Start by 2026-05-30 is past: earliest finish 2026-05-30, 202 d unsupported"
    assert begins(must_start=replace(late, by=None)).startswith("✖ No start is early enough: earliest finish")
    assert begins(must_start=None) == "? Must start by: unknown, no clock has a known end"
    one = begins(must_start=None, unknown=("S01",))
    assert one == "? Must start by: unknown, since nobody knows how long S01 takes"
    assert begins(must_start=None, unknown=tuple("abcd")).endswith("how long 4 steps take")
    assert plan_times.begins(NO_PATH, LOOK) == () == plan_times.takes(NO_PATH)


@pytest.mark.parametrize(
    ("fit", "said"),
    [
        (None, "3 h 6 min to 6 h 12 min · 31 node rolls"),
        (WindowFit(Fit.FITS, 186, 372, 480), "6 h 12 min of a window of 8 h (fits) · 31 node rolls"),
        (WindowFit(Fit.TIGHT, 186, 372, 300, "S01"), "6 h 12 min of a window of 5 h (tight) · 31 node rolls"),
        (
            WindowFit(Fit.OVERRUNS, 186, 372, 60, "S01"),
            "6 h 12 min of a window of 1 h (overruns at S01) · 31 node rolls",
        ),
        (WindowFit(Fit.OVERRUNS, 186, 372, 60, "S01", 7), "6 h 12 min spread over 7 windows · 31 node rolls"),
        (WindowFit(Fit.OVERRUNS, 186, 372, 60, "S01", 1), "6 h 12 min spread over 1 window · 31 node rolls"),
    ],
)
def test_work_window_and_node_rolls(fit: WindowFit | None, said: str) -> None:
    assert TIMED.timing is not None
    assert words(plan_times.takes(replace(TIMED, timing=replace(TIMED.timing, fit=fit)))) == said


def test_a_step_says_how_long_and_when() -> None:
    assert TIMED.timing is not None
    slot = Slot("S01", AT, AT, "nights")
    placed = replace(TIMED, timing=replace(TIMED.timing, slots=(slot,)))
    assert words(plan_times.of_step(TIMED.steps[0], TIMED)) == "takes 3 h 6 min to 6 h 12 min"
    assert words(plan_times.of_step(placed.steps[0], placed)).endswith(" · planned 2026-05-30 20:00 UTC (nights)")
    assert plan_times.of_step(HOP, PLAN) == ()


def test_too_late_is_said_once() -> None:
    assert TIMED.timing is not None
    late = replace(TIMED.timing, must_start=replace(START, is_past=True, days_unsupported=3))
    sentence = "Must start by 2026-05-30 is past: earliest finish 2026-05-30, 3 days unsupported."
    plan = replace(TIMED, timing=late, verdict_because=f"One risk is open. {sentence}")
    assert plan_times.because(plan) == "One risk is open." and plan_times.because(PLAN) == PLAN.verdict_because


async def test_the_plan_screen_shows_the_line_over_the_tabs() -> None:
    async with staged() as pilot:
        await press(pilot, "down", "p")
        lines = screen_text(pilot).splitlines()
        tabs = next(number for number, line in enumerate(lines) if "1 Steps" in line)
        assert "tart by" in lines[tabs - 1]
