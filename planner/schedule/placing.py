"""Placing work in free time: as early as possible from a moment on, or as late as possible before one.

A job is planned with its high estimate and is never interrupted. Taking each job as early, or as late, as it goes is best
for the whole: a job that ends earlier never makes the next one later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from planner.clocks import GRACE_DAYS
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
    """The slots of a lane, batch by batch, each as early as it goes; None where a job fits nowhere.

    A job that takes a minor away waits until the one that needs it can follow in time; where waiting does not help, it does
    not wait.
    """
    placed = first = _early(lane, at, free)
    for _ in range(_ROUNDS):
        waiting = _waiting(lane, placed) if placed is not None else {}
        if not waiting:
            break
        lane = replace(
            lane,
            batches=tuple(
                tuple(replace(job, not_before=waiting.get(job.id, job.not_before)) for job in batch)
                for batch in lane.batches
            ),
        )
        placed = _early(lane, at, free)
    return first if placed is None or _waiting(lane, placed) else placed


_ROUNDS: Final = 40
"""So often it is tried to begin later; each time it is later by a day or more."""


def _waiting(lane: Lane, placed: Sequence[Sequence[Slot]]) -> dict[str, datetime]:
    """Jobs that have to wait for the job they take a minor from to follow in time, and until when."""
    if not any(job.removed_by for batch in lane.batches for job in batch):
        return {}
    jobs = {job.id: job for batch in lane.batches for job in batch}
    slots = {slot.step: slot for row in placed for slot in row}
    found: dict[str, datetime] = {}
    for job in jobs.values():
        if job.removed_by not in jobs:
            continue
        day = last_day(slots[job.id].end) - timedelta(days=GRACE_DAYS)
        if last_day(slots[job.removed_by].end) < day:
            begin = datetime.combine(day, time(), UTC) - timedelta(minutes=jobs[job.removed_by].high - 1)
            found[job.removed_by] = max(begin, found.get(job.removed_by, begin))
    return found


def _early(lane: Lane, at: datetime, free: FreeTime) -> tuple[tuple[Slot, ...], ...] | None:
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


def last_day(end: datetime) -> date:
    """The day, in UTC, of the last minute before an end."""
    return (end - timedelta(minutes=1)).date()


def over(job: Job, slot: Slot) -> datetime:
    """When a job and the wait after it are over."""
    return slot.end + timedelta(minutes=job.soak)


def _latest(job: Job, limit: datetime, free: FreeBefore) -> Slot | None:
    found = free.last(job.high, limit)
    if found is None or (job.not_before is not None and found.start < job.not_before):
        return None
    return Slot(job.id, found.start, found.end, found.window)
