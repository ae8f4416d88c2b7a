"""Waves: lanes side by side, one wave after the other, with what decides the finish and what to relax where nothing fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from planner.schedule.calendar import Calendar, Freeze, Window
from planner.schedule.placing import earliest, first_start, over, place_early
from planner.schedule.queue import Queue
from planner.schedule.relaxing import conflicts_of
from planner.schedule.slots import HORIZON, FreeTime, freezes_of, windows_of
from planner.schedule.work import Job, Lane, Placed, WaveWork
from planner.timing import Slot


def schedule(waves: Sequence[WaveWork], begin: datetime, calendar: Calendar) -> Placed:
    """Every job as early as it goes, decided upon at `begin`; or the smallest sets of constraints that are in the way.

    The first job begins the lead time later. A wave begins when all jobs of the wave before it, and its soak, are over.
    """
    run = _Run(calendar, first_start(begin, calendar))
    if run.place(waves):
        return Placed(tuple(run.slots), run.finish, run.critical(), ())
    queue = Queue(tuple(waves), begin, calendar)
    return Placed((), None, (), conflicts_of(queue, lambda left: finish_of(left.waves, begin, left.calendar)))


def early_slots(waves: Sequence[WaveWork], begin: datetime, calendar: Calendar) -> tuple[Slot, ...] | None:
    """The slots of a schedule; None where something fits nowhere."""
    run = _Run(calendar, first_start(begin, calendar))
    return tuple(run.slots) if run.place(waves) else None


def finish_of(waves: Sequence[WaveWork], begin: datetime, calendar: Calendar) -> datetime | None:
    """When the last job ends at the earliest; None where a job fits nowhere, the begin where there is nothing to do."""
    run = _Run(calendar, first_start(begin, calendar))
    return (run.finish or begin) if run.place(waves) else None


@dataclass(frozen=True, slots=True)
class _Done:
    """A job in its place, and who it waited for."""

    job: Job
    slot: Slot
    lane: Lane
    ready: datetime
    """From here on it could have begun."""
    after: _Done | None


@dataclass(slots=True, frozen=True)
class _Reach:
    """How far an instance, or a wave, has come: when the next job may begin, and which job decides that."""

    at: datetime
    by: _Done | None = None


@dataclass(frozen=True)
class _Run:
    """One attempt to place everything."""

    calendar: Calendar
    begin: datetime
    done: list[_Done] = field(default_factory=list[_Done])
    free: dict[tuple[tuple[Window, ...], tuple[Freeze, ...]], FreeTime] = field(
        default_factory=dict[tuple[tuple[Window, ...], tuple[Freeze, ...]], FreeTime]
    )
    """Free time by what limits it; most instances share theirs."""
    instances: dict[tuple[str, str], _Reach] = field(default_factory=dict[tuple[str, str], _Reach])

    @property
    def slots(self) -> list[Slot]:
        return [one.slot for one in self.done]

    @property
    def finish(self) -> datetime | None:
        return max((one.slot.end for one in self.done), default=None)

    def place(self, waves: Sequence[WaveWork]) -> bool:
        """Place all waves; False where a job fits nowhere."""
        reach = _Reach(self.begin)
        for wave in waves:
            ends: list[_Reach] = []
            for lane in wave.lanes:
                end = self._lane(lane, reach)
                if end is None:
                    return False
                ends.append(end)
            last = max(ends, key=lambda end: end.at, default=reach)
            if last.by is not None and last is not reach:
                reach = _Reach(last.at + timedelta(minutes=wave.soak), last.by)
        return True

    def _lane(self, lane: Lane, reach: _Reach) -> _Reach | None:
        """The end of a lane's last job; what has to be waited after it counts where its instance comes again."""
        if not any(lane.batches):
            return reach
        own = self.instances.get((lane.instance, lane.id), reach)
        reach = own if own.at > reach.at else reach
        free = self._free(lane.instance)
        placed = place_early(lane, reach.at, free)
        if placed is None:
            return None
        end = reach
        for batch, slots in zip(lane.batches, placed, strict=True):
            row = [_Done(job, slot, lane, reach.at, reach.by) for job, slot in zip(batch, slots, strict=True)]
            if row:
                self.done.extend(row)
                last = max(row, key=lambda one: over(one.job, one.slot))
                reach = _Reach(over(last.job, last.slot), last)
                final = max(row, key=lambda one: one.slot.end)
                end = _Reach(final.slot.end, final)
        self.instances[lane.instance, lane.id] = reach
        return end

    def _free(self, instance: str) -> FreeTime:
        limits = (windows_of(self.calendar, instance), freezes_of(self.calendar, instance))
        if limits not in self.free:
            self.free[limits] = FreeTime(self.calendar, instance, self.begin, self.begin + HORIZON)
        return self.free[limits]

    def critical(self) -> tuple[str, ...]:
        """The jobs the finish waits for, back to one that nothing before it holds up."""
        at = max(self.done, key=lambda one: one.slot.end, default=None)
        chain: list[str] = []
        while at is not None:
            chain.append(at.job.id)
            at = at.after if at.after is not None and self._waits_for(at, at.after) else None
        return tuple(reversed(chain))

    def _waits_for(self, one: _Done, other: _Done) -> bool:
        """Whether it would begin earlier if the other took no time; else its window, or a day, is what it waits for."""
        wait = one.ready - other.slot.end
        without = earliest(one.job, other.slot.start + wait, self._free(one.lane.instance))
        return without is not None and without.start < one.slot.start
