"""Window fit: whether all steps in a row go into one window, and in which step it closes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from planner.schedule.calendar import Calendar
from planner.schedule.slots import free_time, longest_window
from planner.schedule.work import Job
from planner.timing import Fit, Slot, WindowFit


def fit_of(jobs: Sequence[Job], calendar: Calendar, instance: str, slots: Sequence[Slot] = ()) -> WindowFit | None:
    """How all jobs in a row, with the waits between them, fit into the longest window of an instance.

    `slots` are where the jobs were placed, if they were. None where no window limits the work, or there is none.
    """
    window = longest_window(calendar, instance)
    if window is None or not jobs:
        return None
    waits = [0, *(job.soak for job in jobs[:-1])]
    low = sum(waits) + sum(job.low for job in jobs)
    ends = list(accumulate(job.high + wait for job, wait in zip(jobs, waits, strict=True)))
    late = next((job.id for job, end in zip(jobs, ends, strict=True) if end > window), "")
    fit = Fit.FITS if not late else Fit.TIGHT if low <= window else Fit.OVERRUNS
    return WindowFit(fit, low, ends[-1], window, late, _openings(slots, calendar, instance))


def _openings(slots: Sequence[Slot], calendar: Calendar, instance: str) -> int:
    """How many openings the slots lie in; what a freeze parts counts as two."""
    if not slots:
        return 0
    begin, end = min(slot.start for slot in slots), max(slot.end for slot in slots)
    openings = free_time(calendar, instance, begin, end)
    return sum(any(free.start <= slot.start and slot.end <= free.end for slot in slots) for free in openings)
