"""The timing of a plan: what its steps take, where they fit, and the day by which they have to begin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from itertools import takewhile

from planner.awaited import rounds_of
from planner.clocks import Clock
from planner.plan import ClockLine, Step, StepKind
from planner.schedule.calendar import Calendar
from planner.schedule.fit import fit_of
from planner.schedule.grace import Removal, due_of, held_back, lapses_of
from planner.schedule.must_start import must_start
from planner.schedule.slots import YEARS
from planner.schedule.waves import schedule
from planner.schedule.words import calendar_words
from planner.schedule.work import Job, Lane, WaveWork
from planner.timing import Slot, Timing


def jobs_of(step: Step, calendar: Calendar) -> tuple[Job, ...]:
    """A step as pieces of work one after the other; none where nobody can say how long it takes.

    A gate is done hop by hop, so many clusters at a time as the calendar allows; every other step in one go.
    """
    rounds = rounds_of(step.awaits, calendar.side_by_side)
    if rounds is not None:
        names = tuple(one.cluster for one in step.awaits)
        return tuple(Job(step.id, low, high, ahead=names) for low, high in rounds)
    job = job_of(step, calendar)
    return () if job is None else (job,)


def job_of(step: Step, calendar: Calendar) -> Job | None:
    """A step that is done in one go as a piece of work; None where nobody can say how long it takes."""
    if step.duration is None:
        return None
    return Job(
        id=step.id,
        low=step.duration.low,
        high=step.duration.high,
        soak=calendar.soak if step.kind is StepKind.RELEASE else 0,
        not_before=None if step.not_before is None else datetime.combine(step.not_before, time(), UTC),
    )


def timing_of(
    steps: Sequence[Step],
    clocks: Iterable[Clock | ClockLine],
    calendar: Calendar,
    as_of: datetime,
    instance: str = "",
    downtime: Sequence[str] = (),
    removals: Sequence[Removal] = (),
) -> Timing | None:
    """When steps that follow each other on one instance are to be made; None where there is no step.

    Windows and freezes go by the name of the instance. Steps behind one without a duration get no slot, since nobody can
    say when it is over; then there is no day to start by either.
    """
    if not steps or as_of.year not in YEARS:
        return None
    jobs = [jobs_of(step, calendar) for step in steps]
    unknown = tuple(step.id for step, own in zip(steps, jobs, strict=True) if not own)
    known = [job for own in jobs for job in own]
    sure = [job for own in takewhile(bool, jobs) for job in own]
    wave = WaveWork("", (Lane(instance, tuple((job,) for job in sure)),))
    clocks, ids = tuple(clocks), [step.id for step in steps]
    (wave,) = held_back([wave], removals, due_of(ids, clocks), as_of, calendar) if calendar.is_given else (wave,)
    placed = schedule([wave], as_of, calendar) if calendar.is_given and sure else None
    slots = placed.slots if placed is not None else ()
    return Timing(
        low=sum(job.low for job in known),
        high=sum(job.high for job in known),
        unknown=unknown,
        fit=fit_of(sure, calendar, instance, slots) if not unknown else None,
        slots=_by_step(slots),
        must_start=must_start(wave.lanes[0], clocks, calendar, as_of) if not unknown else None,
        # Scaling keeps the control plane and adds a node first; only an upgrade replaces what there is one of.
        downtime=tuple(downtime) if any(step.kind is StepKind.KUBERNETES for step in steps) else (),
        zone=calendar.zone_name,
        calendar=calendar_words(calendar, instance),
        conflicts=placed.conflicts if placed is not None else (),
        lapses=lapses_of(removals, slots),
    )


def _by_step(slots: Sequence[Slot]) -> tuple[Slot, ...]:
    """One slot for each step: from its first piece of work to its last, with every window they lie in."""
    found: dict[str, list[Slot]] = {}
    for slot in slots:
        found.setdefault(slot.step, []).append(slot)
    return tuple(
        replace(own[0], end=own[-1].end, window=" and ".join(dict.fromkeys(one.window for one in own if one.window)))
        for own in found.values()
    )


def renamed(timing: Timing | None, ids: Mapping[str, str]) -> Timing | None:
    """The timing with other ids of its steps."""
    if timing is None:
        return None
    fit = timing.fit
    return replace(
        timing,
        unknown=tuple(ids.get(id, id) for id in timing.unknown),
        fit=None if fit is None else replace(fit, step=ids.get(fit.step, fit.step)),
        slots=tuple(replace(slot, step=ids.get(slot.step, slot.step)) for slot in timing.slots),
        lapses=tuple(
            replace(lapse, update=ids.get(lapse.update, lapse.update), hop=ids.get(lapse.hop, lapse.hop))
            for lapse in timing.lapses
        ),
    )
