"""What to give up where nothing fits: the smallest sets of constraints, freezes before windows, waits and days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from itertools import combinations
from typing import Final

from planner.schedule.calendar import Calendar
from planner.schedule.work import Job, Lane, WaveWork
from planner.timing import Conflict

Finish = Callable[[Sequence[WaveWork], Calendar], "datetime | None"]
"""When everything would be finished; None where it would not."""
_MOST: Final = 3
"""So many constraints at once are tried, apart from those that have to go in any case."""


@dataclass(frozen=True, slots=True)
class _Constraint:
    """One thing a site may give up, and what is left without it."""

    name: str
    relax: Callable[[Sequence[WaveWork], Calendar], tuple[Sequence[WaveWork], Calendar]]


def conflicts_of(waves: Sequence[WaveWork], calendar: Calendar, finish: Finish) -> tuple[Conflict, ...]:
    """All smallest sets after which everything fits, by the order of their constraints; () where no set helps."""
    constraints = tuple(_constraints(waves, calendar))

    def without(given_up: Sequence[_Constraint]) -> datetime | None:
        left: tuple[Sequence[WaveWork], Calendar] = (waves, calendar)
        for constraint in given_up:
            left = constraint.relax(*left)
        return finish(*left)

    if without(constraints) is None:
        return ()
    # Giving up more never hurts, so what nothing else can make up for is in every set.
    needed = [one for one in constraints if without([other for other in constraints if other is not one]) is None]
    rest = [one for one in constraints if one not in needed]
    for more in range(min(_MOST, len(rest)) + 1):
        found: list[Conflict] = []
        for others in combinations(rest, more):
            given_up = [one for one in constraints if one in needed or one in others]
            end = without(given_up)
            if end is not None:
                found.append(Conflict(tuple(one.name for one in given_up), end))
        if found:
            return tuple(found)
    return ()


def _constraints(waves: Sequence[WaveWork], calendar: Calendar) -> list[_Constraint]:
    found = [_freeze(name) for name in dict.fromkeys(freeze.name for freeze in calendar.freezes)]
    found += [_window(name) for name in dict.fromkeys(window.name for window in calendar.windows)]
    found += [_wave_soak(wave.name) for wave in waves[:-1] if wave.soak]
    if any(job.soak for wave in waves for lane in wave.lanes for batch in lane.batches for job in batch):
        found.append(_Constraint("soak after release updates", _no_soak))
    if calendar.lead_days:
        found.append(_Constraint("lead time", lambda waves, calendar: (waves, replace(calendar, lead_days=0))))
    if calendar.start is not None:
        name = f"start {calendar.start}"
        found.append(_Constraint(name, lambda waves, calendar: (waves, replace(calendar, start=None))))
    if calendar.finish_by is not None:
        name = f"finish by {calendar.finish_by}"
        found.append(_Constraint(name, lambda waves, calendar: (waves, replace(calendar, finish_by=None))))
    return found


def _freeze(name: str) -> _Constraint:
    return _Constraint(
        f"freeze {name}",
        lambda waves, calendar: (
            waves,
            replace(calendar, freezes=tuple(freeze for freeze in calendar.freezes if freeze.name != name)),
        ),
    )


def _window(name: str) -> _Constraint:
    """The instances of the window may then be worked on at any time; to drop it would allow them less, not more."""

    def relax(waves: Sequence[WaveWork], calendar: Calendar) -> tuple[Sequence[WaveWork], Calendar]:
        always = [
            replace(window, days=frozenset(range(7)), opens=time(), closes=time()) if window.name == name else window
            for window in calendar.windows
        ]
        return waves, replace(calendar, windows=tuple(always))

    return _Constraint(f"window {name}", relax)


def _wave_soak(name: str) -> _Constraint:
    return _Constraint(
        f"soak of wave {name}",
        lambda waves, calendar: ([replace(wave, soak=0) if wave.name == name else wave for wave in waves], calendar),
    )


def _no_soak(waves: Sequence[WaveWork], calendar: Calendar) -> tuple[Sequence[WaveWork], Calendar]:
    def lane_without(lane: Lane) -> Lane:
        return replace(lane, batches=tuple(tuple(map(job_without, batch)) for batch in lane.batches))

    def job_without(job: Job) -> Job:
        return replace(job, soak=0)

    return [replace(wave, lanes=tuple(map(lane_without, wave.lanes))) for wave in waves], calendar
