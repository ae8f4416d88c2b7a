"""A plan of three instances in two waves, for the pictures: what a calendar of windows, a freeze and soak makes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from planner.schedule.calendar import Calendar, Freeze, WaveRule, Window
from tui.messages import CalendarChosen, FleetPlanAsked

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui.app import PlannerApp

POSES = {"scheduled": (), "scheduled-times": ("3",), "scheduled-timeline": ("t", "plus")}
"""For each pose the keys that lead there from the plan."""
INSTANCES = ("lab-hub", "stores-east", "stores-west")
WEEKEND = Calendar(
    name="stores",
    zone=ZoneInfo("Europe/Vienna"),
    zone_name="Europe/Vienna",
    windows=(Window("weekend night", frozenset({4, 5, 6}), time(20), time(5)),),
    freezes=(Freeze("school holidays", date(2026, 7, 4), date(2026, 7, 19)),),
    waves=(
        WaveRule("pilot", instances=("lab-*",), soak=3 * 24 * 60, stop="any upgrade of the wave failed"),
        WaveRule("stores", instances=("stores-*",)),
    ),
    lead_days=5,
    soak=12 * 60,
)


async def stand(pilot: Pilot[int], pose: str, settle: Callable[[Pilot[int]], Awaitable[None]]) -> None:
    """Ask for the plan, and press the keys of the pose."""
    app: PlannerApp = pilot.app  # type: ignore[assignment]
    keys = tuple(row.key for row in app.state.rows if row.instance in INSTANCES)
    app.post_message(CalendarChosen(WEEKEND, "stores.toml"))
    app.post_message(FleetPlanAsked(keys))
    await settle(pilot)
    for key in POSES[pose]:
        await pilot.press(key)
        await settle(pilot)
