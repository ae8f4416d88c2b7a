"""The sentence over the timeline: the next end to come and what it leaves out, or of a plan its latest start. No Textual."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from planner.timeline import end_words
from tui.look import BLOCKER, SOON, UNKNOWN, WARNING, Look, Span, Spans, number
from tui.query import Row
from tui.timeline_rows import Home, Subjects, clock_name, nearest_first
from tui.timeline_starts import start_day, zone_name, zone_of

if TYPE_CHECKING:
    from planner.fleetplan import FleetPlan


def latest_start(plan: FleetPlan | None, look: Look) -> Spans:
    """When a plan has to begin at the latest; nothing where it has no such day."""
    start = plan.timing.must_start if plan is not None and plan.timing is not None else None
    if plan is None or start is None:
        return ()
    if start.by is not None and start.is_past:
        late = f"{look.sign(BLOCKER)} Start by {start.by:%Y-%m-%d} is past"
        return ((late, BLOCKER.tone), (f": the end is {start.deadline} ({start.clock}, {start.rule}).", ""))
    by = "No start is early enough"
    if start.by is not None:
        by = f"Must start by {start_day(start.by, zone_of(plan.timing), zone_name(plan.timing))}"
    because = f" for the end on {start.deadline} ({start.clock}, {start.rule})."
    return ((f"{look.sign(WARNING)} {by}", "warning"), (because, ""))


def next_end(entries: Sequence[Row | Home], subjects: Subjects, today: date, look: Look) -> Spans:
    """The next end to come, by whom and which clock; then how many have ended or have no date."""
    place = bisect_left(entries, today, key=nearest_first)
    coming = entries[place] if place < len(entries) else None
    rest = _left_out(entries, place, look)
    if coming is None or coming.ends is None:
        return (("None of those shown has an end to come that is known.", "strong"), *rest)
    bar = subjects.bar(coming.key)
    is_soon = (coming.ends - today).days <= SOON
    sign, tone = (f"{look.sign(WARNING)} ", WARNING.tone) if is_soon else ("", "strong")
    words = f"{sign}Next: {bar.label} {end_words(coming.ends, today)}"
    return ((words, tone), (f", {coming.ends} ({clock_name(bar)}).", ""), *rest)


def _left_out(entries: Sequence[Row | Home], ended: int, look: Look) -> Spans:
    undated = len(entries) - bisect_left(entries, date.max, key=nearest_first)
    parts: list[Span] = [(f"  {look.sign(BLOCKER)} {number(ended)} ended", BLOCKER.tone)] if ended else []
    parts += [(f"  {look.sign(UNKNOWN)} {number(undated)} no date", UNKNOWN.tone)] if undated else []
    return tuple(parts)
