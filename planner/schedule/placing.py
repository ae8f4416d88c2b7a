"""Placing work in free time: as early as possible from a moment on, or as late as possible before one.

A job is planned with its high estimate and is never interrupted. Taking each job as early, or as late, as it goes is best
for the whole: a job that ends earlier never makes the next one later.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from planner.schedule.calendar import Calendar
from planner.schedule.slots import FreeBefore, FreeTime
from planner.schedule.work import Job, Lane
from planner.timing import Slot


def whole_minute(at: datetime) -> datetime:
    """The next whole minute, so that shares and slots add up."""
    cut = at.replace(second=0, microsecond=0)
    return cut if cut == at else cut + timedelta(minutes=1)


def first_start(begin: datetime, calendar: Calendar) -> datetime:
    """When the first step may begin after a decision: the lead time later."""
    return whole_minute(begin) + timedelta(days=calendar.lead_days)


def earliest(job: Job, at: datetime, free: FreeTime) -> Slot | None:
    """The earliest slot of a job, not before `at`; None where there is none."""
    at = at if job.not_before is None else max(at, job.not_before)
    found = free.first(job.high, at)
    return None if found is None else Slot(job.id, found.start, found.end, found.window)


def place_early(lane: Lane, at: datetime, free: FreeTime) -> tuple[tuple[Slot, ...], ...] | None:
    """The slots of a lane, batch by batch, each as early as it goes; None where a job fits nowhere."""
    placed: list[tuple[Slot, ...]] = []
    for batch in lane.batches:
        slots: list[Slot] = []
        for job in batch:
            slot = earliest(job, at, free)
            if slot is None:
                return None
            slots.append(slot)
        placed.append(tuple(slots))
        at = max((over(job, slot) for job, slot in zip(batch, slots, strict=True)), default=at)
    return tuple(placed)


def place_late(lane: Lane, deadline: datetime, free: FreeBefore) -> tuple[tuple[Slot, ...], ...] | None:
    """The slots of a lane, batch by batch, each as late as it goes for all to end by the deadline.

    What is waited after the last jobs is not counted: the work is done by then. None where a job fits nowhere, or only
    before it may begin.
    """
    placed: list[tuple[Slot, ...]] = []
    limit, is_last = deadline, True
    for batch in reversed(lane.batches):
        slots: list[Slot] = []
        for job in batch:
            slot = _latest(job, limit if is_last else limit - timedelta(minutes=job.soak), free)
            if slot is None:
                return None
            slots.append(slot)
        if slots:
            placed.append(tuple(slots))
            limit, is_last = min(slot.start for slot in slots), False
    return tuple(reversed(placed))


def over(job: Job, slot: Slot) -> datetime:
    """When a job and the wait after it are over."""
    return slot.end + timedelta(minutes=job.soak)


def _latest(job: Job, limit: datetime, free: FreeBefore) -> Slot | None:
    found = free.last(job.high, limit)
    if found is None or (job.not_before is not None and found.start < job.not_before):
        return None
    return Slot(job.id, found.start, found.end, found.window)
