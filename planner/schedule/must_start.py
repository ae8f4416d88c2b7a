"""Must start by: the nearest deadline less the work, the waits, freezes, closed windows and the lead time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

from planner.clocks import Clock, ClockState
from planner.plan import ClockLine
from planner.schedule.calendar import Calendar
from planner.schedule.placing import first_start, place_early, place_late
from planner.schedule.slots import HORIZON, YEARS, FreeTime, frozen_time, limits_of, windows_of
from planner.schedule.work import Lane
from planner.timing import MustStart, Share, Slot

_COUNTED: Final = (ClockState.RUNNING, ClockState.GRACE, ClockState.ENDED)
_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)
Span = tuple[datetime, datetime]


def nearest(clocks: Iterable[Clock | ClockLine]) -> Clock | ClockLine | None:
    """The clock that ends first, or ended first; None where none has an end."""
    dated = [clock for clock in clocks if clock.ends is not None and clock.state in _COUNTED]
    return min((clock for clock in dated if _end(clock).year in YEARS), key=_end, default=None)


def must_start(
    lane: Lane, clocks: Iterable[Clock | ClockLine], calendar: Calendar, as_of: datetime
) -> MustStart | None:
    """The latest moment to begin with the work of a lane. None where no clock has an end, or there is no work.

    The deadline is the end of the clock's last good day, midnight in UTC. What is waited after the last step does not
    count. Where the moment is past, `finish` and `days_unsupported` say what can still be reached.
    """
    clock = nearest(clocks)
    if clock is None or not any(lane.batches) or as_of.year not in YEARS:
        return None
    last_good = _end(clock)
    deadline = datetime.combine(last_good + _DAY, time(), UTC)
    placed = place_late(lane, deadline, calendar)
    start = None if placed is None else min(slot.start for slot in placed[0])
    by = None if start is None else start - calendar.lead_days * _DAY
    finish = _finish(lane, calendar, as_of)
    return MustStart(
        deadline=last_good,
        clock=str(clock.kind),
        rule=clock.rule,
        by=by,
        shares=() if placed is None or start is None else _shares(lane, placed, start, deadline, calendar),
        is_past=by is None or by < as_of,
        finish=finish,
        days_unsupported=None if finish is None else max(0, ((finish - _MINUTE).date() - last_good).days),
    )


def _end(clock: Clock | ClockLine) -> date:
    return clock.ends or date.max


def _finish(lane: Lane, calendar: Calendar, as_of: datetime) -> datetime | None:
    begin = first_start(as_of, calendar)
    placed = place_early(lane, begin, FreeTime(calendar, lane.instance, begin, begin + HORIZON))
    return None if placed is None else max(slot.end for batch in placed for slot in batch)


# -- the subtraction --


def _shares(
    lane: Lane, placed: Sequence[Sequence[Slot]], start: datetime, deadline: datetime, calendar: Calendar
) -> tuple[Share, ...]:
    """Every minute between start and deadline belongs to one line: to the first of work, soak, freeze and waiting."""
    work = [(slot.start, slot.end) for batch in placed for slot in batch]
    batches = [batch for batch in lane.batches if batch]
    soaks = [
        (slot.end, slot.end + timedelta(minutes=job.soak))
        for batch, slots in zip(batches[:-1], placed, strict=False)
        for job, slot in zip(batch, slots, strict=True)
        if job.soak
    ]
    lines: dict[str, list[Span]] = {"work, high estimate": work, "soak after release updates": soaks}
    for opens, closes, name in frozen_time(calendar, lane.instance, start, deadline):
        lines.setdefault(f"freeze {name}", []).append((opens, closes))
    _, last = limits_of(calendar)
    if last is not None:
        lines[f"nothing after {calendar.finish_by}"] = [(last, deadline)]
    waits = "waiting for a window" if windows_of(calendar, lane.instance) else "pauses too short for the next step"
    lines[waits] = [(start, deadline)]
    shares = _divided(lines, start, deadline)
    lead = calendar.lead_days * _DAY // _MINUTE
    return (*shares, *((Share("lead time", lead),) if lead else ()))


def _divided(lines: dict[str, list[Span]], start: datetime, deadline: datetime) -> list[Share]:
    edges = {edge for spans in lines.values() for span in spans for edge in span if start < edge < deadline}
    marks = sorted({start, deadline, *edges})
    minutes = dict.fromkeys(lines, 0)
    for opens, closes in pairwise(marks):
        name = next(name for name, spans in lines.items() if any(one <= opens < other for one, other in spans))
        minutes[name] += (closes - opens) // _MINUTE
    return [Share(name, count) for name, count in minutes.items() if count]
