"""A queue of waves: how early each may begin, and how late the waves before it, for work in it to be over by a deadline.

A wave begins when all work of the wave before it, and its soak, are over; an instance has work in one wave only. Lanes of
a wave do not wait for each other, so of each wave before only the lane that has to begin first counts. A wave without work
keeps nobody waiting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from planner.schedule.calendar import Calendar, Freeze, Window
from planner.schedule.placing import first_start, place_early, place_late
from planner.schedule.slots import HORIZON, FreeBefore, FreeTime, freezes_of, windows_of
from planner.schedule.work import Lane, WaveWork
from planner.timing import Slot

Limits = tuple[tuple[Window, ...], tuple[Freeze, ...]]
"""What limits an instance; most instances share theirs."""
_Shape = tuple[tuple[tuple[int, int, datetime | None], ...], ...]
"""A lane without its names: lanes alike are placed once."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A lane with each job as late as it goes."""

    place: int
    """Of its wave in the queue."""
    lane: Lane
    slots: tuple[tuple[Slot, ...], ...]
    """Batch by batch."""
    start: datetime
    """When its first job begins."""
    limit: datetime
    """When all of it has to be over."""
    soak: int = 0
    """Minutes between the limit and the next leg."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What a queue has worked out so far."""

    ready: list[datetime | None] = field(default_factory=list["datetime | None"])
    free: dict[Limits, FreeTime] = field(default_factory=dict[Limits, FreeTime])
    before: dict[Limits, FreeBefore] = field(default_factory=dict[Limits, FreeBefore])
    limits: dict[str, Limits] = field(default_factory=dict[str, Limits])
    ends: dict[tuple[Limits, _Shape, datetime], datetime | None] = field(
        default_factory=dict[tuple[Limits, _Shape, datetime], "datetime | None"]
    )
    late: dict[tuple[Limits, _Shape, datetime], tuple[tuple[Slot, ...], ...] | None] = field(
        default_factory=dict[tuple[Limits, _Shape, datetime], "tuple[tuple[Slot, ...], ...] | None"]
    )
    legs: dict[tuple[int, datetime], Leg | None] = field(default_factory=dict[tuple[int, datetime], "Leg | None"])


@dataclass(frozen=True, slots=True)
class Queue:
    """Waves in their order, decided upon at a moment."""

    waves: tuple[WaveWork, ...]
    begin: datetime
    calendar: Calendar
    is_soaked: bool = True
    """False = nothing is waited after a job."""
    _known: _Known = field(default_factory=_Known, init=False, compare=False, repr=False)

    def ready(self, place: int) -> datetime | None:
        """When the wave at a place may begin at the earliest; None where something before it fits nowhere."""
        ready = self._known.ready
        if not ready:
            ready.append(first_start(self.begin, self.calendar))
        while len(ready) <= place:
            ready.append(self._over(self.waves[len(ready) - 1], ready[-1]))
        return ready[place]

    def end(self, place: int, lane: Lane) -> datetime | None:
        """When a lane with work, or a part of it, in the wave at a place is over at the earliest."""
        at = self.ready(min(place, len(self.waves) - 1))
        return None if at is None else self._end(lane, at)

    def legs(self, place: int, lane: Lane, deadline: datetime) -> tuple[Leg, ...] | None:
        """What a lane with work in the wave at a place has to wait for, and itself, all as late as it goes; in order.

        None where there is no start early enough.
        """
        own = self._late(place, lane, deadline)
        if own is None:
            return None
        found = [own]
        for before in range(place - 1, -1, -1):
            if any(map(has_work, self.waves[before].lanes)):
                leg = self._leg(before, found[-1].start)
                if leg is None:
                    return None
                found.append(leg)
        return tuple(reversed(found))

    def limits(self, instance: str) -> Limits:
        """The windows and freezes of an instance."""
        if instance not in self._known.limits:
            self._known.limits[instance] = (windows_of(self.calendar, instance), freezes_of(self.calendar, instance))
        return self._known.limits[instance]

    def _over(self, wave: WaveWork, at: datetime | None) -> datetime | None:
        """When a wave that begins at a moment is over, and soaked."""
        if at is None:
            return None
        ends = [self._end(lane, at) for lane in wave.lanes if has_work(lane)]
        known = [end for end in ends if end is not None]
        if len(known) < len(ends):
            return None
        return max(known) + timedelta(minutes=wave.soak) if known else at

    def _end(self, lane: Lane, at: datetime) -> datetime | None:
        limits = self.limits(lane.instance)
        key = (limits, _shape(lane, is_soaked=self.is_soaked), at)
        if key not in self._known.ends:
            lane = lane if self.is_soaked else unsoaked(lane)
            placed = place_early(lane, at, self._free_time(lane.instance, limits))
            self._known.ends[key] = None if placed is None else max(slot.end for batch in placed for slot in batch)
        return self._known.ends[key]

    def _free_time(self, instance: str, limits: Limits) -> FreeTime:
        if limits not in self._known.free:
            begin = first_start(self.begin, self.calendar)
            self._known.free[limits] = FreeTime(self.calendar, instance, begin, begin + HORIZON)
        return self._known.free[limits]

    def _leg(self, place: int, until: datetime) -> Leg | None:
        """The lane of a wave that has to begin first for the wave, and its soak, to be over."""
        key = (place, until)
        if key not in self._known.legs:
            self._known.legs[key] = self._first_of(place, until)
        return self._known.legs[key]

    def _first_of(self, place: int, until: datetime) -> Leg | None:
        wave = self.waves[place]
        limit = until - timedelta(minutes=wave.soak)
        legs = [self._late(place, lane, limit, wave.soak) for lane in wave.lanes if has_work(lane)]
        known = [leg for leg in legs if leg is not None]
        return min(known, key=lambda leg: leg.start) if len(known) == len(legs) else None

    def _late(self, place: int, lane: Lane, limit: datetime, soak: int = 0) -> Leg | None:
        limits, known = self.limits(lane.instance), self._known
        if limits not in known.before:
            known.before[limits] = FreeBefore(self.calendar, lane.instance)
        until = known.before[limits].last(1, limit)
        if until is None:
            return None
        # Between two windows nothing is done, so that every limit there means the same.
        key = (limits, _shape(lane, is_soaked=True), until.end)
        if key not in known.late:
            known.late[key] = place_late(lane, until.end, known.before[limits])
        slots = known.late[key]
        if slots is None:
            return None
        return Leg(place, lane, slots, min(slot.start for batch in slots for slot in batch), limit, soak)


def has_work(lane: Lane) -> bool:
    """Whether there is anything to do."""
    return any(lane.batches)


def unsoaked(lane: Lane) -> Lane:
    """The lane without waits after its jobs."""
    return replace(lane, batches=tuple(tuple(replace(job, soak=0) for job in batch) for batch in lane.batches))


def _shape(lane: Lane, *, is_soaked: bool) -> _Shape:
    return tuple(
        tuple([(job.high, job.soak if is_soaked else 0, job.not_before) for job in batch]) for batch in lane.batches
    )


def side_by_side(waves: Sequence[WaveWork]) -> tuple[WaveWork, ...]:
    """All of them as one wave: nobody waits for another instance."""
    return (WaveWork("", tuple(lane for wave in waves for lane in wave.lanes)),)
