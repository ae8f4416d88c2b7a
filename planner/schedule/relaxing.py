"""What to give up where work does not fit, or ends too late: the smallest sets of constraints.

Freezes come before windows, waits, the order of the waves, and days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from itertools import combinations
from typing import Any, Final

from planner.schedule.calendar import Window
from planner.schedule.queue import Limits, Queue, has_work, side_by_side, unsoaked
from planner.schedule.slots import frozen_time
from planner.schedule.work import Lane, WaveWork
from planner.timing import Conflict

Finish = Callable[[Queue], "datetime | None"]
"""When the work that counts would be over; None where it would not, or too late."""
_MOST: Final = 3
"""So many constraints at once are tried in every combination, apart from those that have to go in any case."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """One thing a site may give up, and what is left without it."""

    name: str
    relax: Callable[[Queue], Queue]


class Relaxing:
    """A queue with some of its constraints given up; each combination is worked out once."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        self._without: dict[tuple[str, ...], Queue] = {(): queue}

    def without(self, given_up: Sequence[Constraint]) -> Queue:
        """The queue without some constraints; `given_up` in the order they are named in."""
        names = tuple(one.name for one in given_up)
        if names not in self._without:
            self._without[names] = given_up[-1].relax(self.without(given_up[:-1]))
        return self._without[names]

    def smallest(self, constraints: Sequence[Constraint], finish: Finish) -> tuple[Conflict, ...]:
        """All smallest sets after which it is finished, by the order of their constraints; () where no set helps.

        Where very many would have to go, one set of which nothing can be kept.
        """

        def end(given_up: Sequence[Constraint]) -> datetime | None:
            return finish(self.without(given_up))

        if end(constraints) is None:
            return ()
        # Giving up more never hurts, so what nothing else can make up for is in every set.
        needed = [one for one in constraints if end([other for other in constraints if other is not one]) is None]
        rest = [one for one in constraints if one not in needed]
        for more in range(min(_MOST, len(rest)) + 1):
            sets = ([one for one in constraints if one in needed or one in some] for some in combinations(rest, more))
            found = [(given_up, over) for given_up in sets if (over := end(given_up)) is not None]
            if found:
                return tuple(_conflict(given_up, over) for given_up, over in found)
        left = list(constraints)
        for one in reversed(constraints):
            fewer = [other for other in left if other is not one]
            left = fewer if end(fewer) is not None else left
        over = end(left)
        return (_conflict(left, over),) if over is not None else ()


def conflicts_of(queue: Queue, finish: Finish) -> tuple[Conflict, ...]:
    """All smallest sets after which everything fits."""
    lanes = [lane for wave in queue.waves for lane in wave.lanes]
    return Relaxing(queue).smallest(tuple(constraints_of(queue, len(queue.waves) - 1, lanes)), finish)


def constraints_of(
    queue: Queue, place: int, lanes: Sequence[Lane], until: datetime | None = None
) -> Iterator[Constraint]:
    """What some lanes of the wave at a place, and the waves before it, are held back by.

    Where they are over by `until`, what lies behind it holds nobody back.
    """
    before = queue.waves[: max(place, 0)]
    everyone = [lane for lane in (*(one for wave in before for one in wave.lanes), *lanes) if has_work(lane)]
    limits = {queue.limits(lane.instance): lane.instance for lane in reversed(everyone)}
    yield from _freezes(queue, limits, until)
    limiting = {window.name for windows, _ in limits for window in windows}
    names = dict.fromkeys(window.name for window in queue.calendar.windows)
    yield from (_window(name) for name in names if name in limiting)
    working = [wave for wave in before if any(map(has_work, wave.lanes))]
    yield from (_wave_soak(wave.name) for wave in working if wave.soak)
    if any(job.soak for lane in everyone for batch in lane.batches for job in batch):
        yield Constraint("soak after release updates", _no_soak)
    if working:
        yield Constraint("wave order", lambda queue: replace(queue, waves=side_by_side(queue.waves)))
    if queue.calendar.lead_days:
        yield Constraint("lead time", lambda queue: _limited(queue, lead_days=0))
    if queue.calendar.start is not None:
        yield Constraint(f"start {queue.calendar.start}", lambda queue: _limited(queue, start=None))
    if queue.calendar.finish_by is not None and until is None:
        yield Constraint(f"finish by {queue.calendar.finish_by}", lambda queue: _limited(queue, finish_by=None))


def _conflict(given_up: Sequence[Constraint], over: datetime) -> Conflict:
    return Conflict(tuple(one.name for one in given_up), over)


def _freezes(queue: Queue, limits: dict[Limits, str], until: datetime | None) -> Iterator[Constraint]:
    """Freezes that hold somebody back; without an end in sight, all that name somebody."""
    found: set[str] = set()
    for (_, freezes), instance in limits.items():
        if until is None:
            found.update(freeze.name for freeze in freezes)
        else:
            found.update(name for _, _, name in frozen_time(queue.calendar, instance, queue.begin, until))
    names = dict.fromkeys(freeze.name for freeze in queue.calendar.freezes)
    yield from (_freeze(name) for name in names if name in found)


def _limited(queue: Queue, **changes: Any) -> Queue:
    return replace(queue, calendar=replace(queue.calendar, **changes))


def _freeze(name: str) -> Constraint:
    return Constraint(
        f"freeze {name}",
        lambda queue: _limited(queue, freezes=tuple(one for one in queue.calendar.freezes if one.name != name)),
    )


def _window(name: str) -> Constraint:
    """The instances of the window may then be worked on at any time; to drop it would allow them less, not more."""

    def always(window: Window) -> Window:
        same = window.name == name
        return replace(window, days=frozenset(range(7)), opens=time(), closes=time()) if same else window

    return Constraint(
        f"window {name}", lambda queue: _limited(queue, windows=tuple(map(always, queue.calendar.windows)))
    )


def _wave_soak(name: str) -> Constraint:
    def hasty(wave: WaveWork) -> WaveWork:
        return replace(wave, soak=0) if wave.name == name else wave

    return Constraint(f"soak of wave {name}", lambda queue: replace(queue, waves=tuple(map(hasty, queue.waves))))


def _no_soak(queue: Queue) -> Queue:
    waves = tuple(replace(wave, lanes=tuple(map(unsoaked, wave.lanes))) for wave in queue.waves)
    return replace(queue, waves=waves, is_soaked=False)
