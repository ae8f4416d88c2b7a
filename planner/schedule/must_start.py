"""Must start by: the nearest deadline less the work, the waves before it, waits, freezes, closed windows and lead time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import Final

from planner.clocks import Clock, ClockKind, ClockState
from planner.plan import ClockLine
from planner.schedule.calendar import Calendar
from planner.schedule.queue import Leg, Queue, has_work
from planner.schedule.relaxing import Relaxing, constraints_of
from planner.schedule.slots import YEARS, frozen_time, limits_of, windows_of
from planner.schedule.work import Lane, WaveWork
from planner.timing import Conflict, MustStart, Share

_COUNTED: Final = (ClockState.RUNNING, ClockState.GRACE, ClockState.ENDED)
_NOT_WOUND_BACK: Final = (ClockKind.CONTACT, ClockKind.STOPPED, ClockKind.SUBSCRIPTION)
_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)
_NAMED: Final = 3
Span = tuple[datetime, datetime]
Lines = tuple[tuple[str, int], ...]
"""Names and minutes."""


def nearest(clocks: Iterable[Clock | ClockLine]) -> Clock | ClockLine | None:
    """The clock that ends first, or ended first, of those a plan can still meet; None where none has an end."""
    dated = [clock for clock in clocks if clock.ends is not None and clock.state in _COUNTED and not _is_over(clock)]
    return min((clock for clock in dated if _end(clock).year in YEARS), key=_end, default=None)


def _is_over(clock: Clock | ClockLine) -> bool:
    """Ended, and no hop or update winds it back, so that it is no deadline any more. Before its end it is one: after it
    nothing can be changed."""
    return clock.state == ClockState.ENDED and clock.kind in _NOT_WOUND_BACK


def must_start(
    lane: Lane, clocks: Iterable[Clock | ClockLine], calendar: Calendar, as_of: datetime
) -> MustStart | None:
    """The latest moment to begin with a lane that waits for no wave; see `Countdown.start`."""
    return Countdown((WaveWork("", (lane,)),), calendar, as_of).start(0, lane, clocks)


class Countdown:
    """Counts back from deadlines along waves, decided upon at `as_of`."""

    def __init__(self, waves: Sequence[WaveWork], calendar: Calendar, as_of: datetime) -> None:
        self._queue = Queue(tuple(waves), as_of, calendar)
        self._relaxing = Relaxing(self._queue)
        self._known: dict[tuple[int, datetime], Lines] = {}

    def start(self, place: int, lane: Lane, clocks: Iterable[Clock | ClockLine]) -> MustStart | None:
        """The latest moment to begin with everything a lane waits for, so that its work is over before its deadline.

        The lane, or a part of it, is of the wave at a place; the waves before it have to be over, and their soaks. None
        where no clock has an end, or there is no work. The deadline is the end of the clock's last good day, midnight in
        UTC. What is waited after the last step does not count. Where the moment is past, `finish` and `days_unsupported`
        say what can still be reached, `relax` and `soonest` what would have to give way.
        """
        clock, as_of = nearest(clocks), self._queue.begin
        if clock is None or not has_work(lane) or as_of.year not in YEARS:
            return None
        last_good = _end(clock)
        deadline = datetime.combine(last_good + _DAY, time(), UTC)
        legs = self._queue.legs(place, lane, deadline)
        by = None if legs is None else legs[0].start - self._queue.calendar.lead_days * _DAY
        finish = self._queue.end(place, lane)
        is_late = finish is None or finish > deadline
        relax, soonest = self._given_up(place, lane, deadline, finish) if is_late else ((), None)
        return MustStart(
            deadline=last_good,
            clock=str(clock.kind),
            rule=clock.rule,
            by=by,
            shares=tuple(_shares(legs, self._queue, self._known)) if legs is not None else (),
            is_past=by is None or by < as_of,
            finish=finish,
            days_unsupported=None if finish is None else max(0, ((finish - _MINUTE).date() - last_good).days),
            relax=relax,
            soonest=soonest,
        )

    def _given_up(
        self, place: int, lane: Lane, deadline: datetime, finish: datetime | None
    ) -> tuple[tuple[Conflict, ...], datetime | None]:
        """The smallest sets after which a lane is in time, else when it is over with everything given up."""
        constraints = tuple(constraints_of(self._queue, place, (lane,), finish))

        def in_time(left: Queue) -> datetime | None:
            end = left.end(place, lane)
            return end if end is not None and end <= deadline else None

        if not constraints:
            return (), None
        sets = self._relaxing.smallest(constraints, in_time) if self._queue.begin < deadline else ()
        return sets, None if sets else self._relaxing.without(constraints).end(place, lane)


def _end(clock: Clock | ClockLine) -> date:
    return clock.ends or date.max


# -- the subtraction --

_WORK: Final = "work, high estimate"
_SOAK: Final = "soak after release updates"


def _shares(legs: Sequence[Leg], queue: Queue, known: dict[tuple[int, datetime], Lines]) -> Iterator[Share]:
    """Every minute from the first start to the deadline belongs to one line; the work itself, and waves, come first.

    `known` holds what waves before come to, by their place and limit.
    """
    own, calendar = legs[-1], queue.calendar
    minutes: dict[str, int] = {_WORK: 0, _SOAK: 0}
    found = [_divided(own, _WORK, calendar)]
    for leg in reversed(legs[:-1]):
        wave, key = queue.waves[leg.place].name, (leg.place, leg.limit)
        minutes |= {f"soak of wave {wave}": leg.soak, f"wave {wave}, high estimate": 0}
        if key not in known:
            known[key] = _divided(leg, f"wave {wave}, high estimate", calendar)
        found.append(known[key])
    for name, count in chain.from_iterable(found):
        minutes[name] = minutes.get(name, 0) + count
    minutes["lead time"] = calendar.lead_days * _DAY // _MINUTE
    yield from (Share(name, count) for name, count in minutes.items() if count)


def _lines(leg: Leg, work: str, calendar: Calendar) -> dict[str, list[Span]]:
    """What passes between the start of a leg and its limit; a minute belongs to the first that covers it."""
    instance = leg.lane.instance
    batches = [batch for batch in leg.lane.batches if batch]
    lines: dict[str, list[Span]] = {work: []}
    for batch, slots in zip(batches, leg.slots, strict=True):
        for job, slot in zip(batch, slots, strict=True):
            lines.setdefault(_hops_of(job.ahead) if job.ahead else work, []).append((slot.start, slot.end))
    lines[_SOAK] = [
        (slot.end, slot.end + timedelta(minutes=job.soak))
        for batch, slots in zip(batches[:-1], leg.slots, strict=False)
        for job, slot in zip(batch, slots, strict=True)
        if job.soak
    ]
    for opens, closes, name in frozen_time(calendar, instance, leg.start, leg.limit):
        lines.setdefault(f"freeze {name}", []).append((opens, closes))
    _, last = limits_of(calendar)
    if last is not None:
        lines[f"nothing after {calendar.finish_by}"] = [(last, leg.limit)]
    waits = "waiting for a window" if windows_of(calendar, instance) else "pauses too short for the next step"
    lines[waits] = [(leg.start, leg.limit)]
    return lines


def _hops_of(names: Sequence[str]) -> str:
    """The line of a subtraction for the hops of other clusters, by their names."""
    shown, rest = names[:_NAMED], len(names) - _NAMED
    return f"hops of {', '.join(shown)}{f' and {rest} more' if rest > 0 else ''}, high estimate"


def _divided(leg: Leg, work: str, calendar: Calendar) -> Lines:
    rest = [(leg.start, leg.limit)]
    found: list[tuple[str, int]] = []
    for name, spans in _lines(leg, work, calendar).items():
        left = _without(rest, sorted(spans))
        found.append((name, _minutes(rest) - _minutes(left)))
        rest = left
    return tuple(found)


def _without(rest: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    left: list[Span] = []
    for opens, closes in rest:
        for start, stop in taken:
            if start >= closes:
                break
            if stop <= opens:
                continue
            if start > opens:
                left.append((opens, start))
            opens = max(opens, stop)
        if opens < closes:
            left.append((opens, closes))
    return left


def _minutes(spans: Sequence[Span]) -> int:
    return sum((closes - opens) // _MINUTE for opens, closes in spans)
