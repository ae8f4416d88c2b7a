"""When the steps of a plan of instances are made: lanes and waves for the schedule, and who has to begin by when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from planner.fleetplan import InstancePlan, Member, WavePlan
from planner.plan import ClockLine, Step, StepKind
from planner.schedule.calendar import Calendar
from planner.schedule.fit import fit_of
from planner.schedule.must_start import must_start
from planner.schedule.slots import YEARS
from planner.schedule.timing import job_of
from planner.schedule.waves import schedule
from planner.schedule.words import calendar_words
from planner.schedule.work import Job, Lane, Placed, WaveWork
from planner.timing import Fit, MustStart, Slot, Timing

_BEFORE = (StepKind.DECIDE, StepKind.NEIGHBOUR, StepKind.REPAIR)
"""Steps that take nobody's window: they are to be over before what follows them begins, however long they take."""


@dataclass(frozen=True, slots=True)
class Timed:
    """A plan of instances with its times."""

    instances: tuple[InstancePlan, ...]
    members: tuple[Member, ...]
    waves: tuple[WavePlan, ...]
    timing: Timing | None
    critical: tuple[str, ...]


def timed(
    instances: Sequence[InstancePlan],
    members: Sequence[Member],
    waves: Sequence[WavePlan],
    steps: Sequence[Step],
    calendar: Calendar,
    as_of: datetime,
    downtime: Sequence[str],
) -> Timed:
    """Place everything into the calendar, and count back from each cluster's and instance's nearest deadline.

    What stands behind a step nobody can give a time for gets no slot and no day to begin by.
    """
    if not steps or as_of.year not in YEARS:
        return Timed(tuple(instances), tuple(members), tuple(waves), None, ())
    jobs = {step.id: _job(step, calendar) for step in steps}
    lanes = {one.name: _lane(one, jobs) for one in instances}
    work = [WaveWork(wave.name, tuple(lanes[name] for name in wave.instances), wave.soak) for wave in waves]
    placed = schedule(work, as_of, calendar)
    works = {step.id for step in steps if step.kind not in _BEFORE}
    count_back = _Countdown(lanes, {slot.step: slot.end for slot in placed.slots}, calendar, as_of)
    urgent = tuple(replace(one, must_start=count_back.instance(one, members)) for one in instances)
    own = tuple(replace(one, must_start=count_back.member(one)) for one in members)
    return Timed(
        instances=urgent,
        members=own,
        waves=tuple(_spanned(wave, instances, placed.slots) for wave in waves),
        timing=_timing(urgent, lanes, steps, jobs, placed, calendar, downtime),
        critical=tuple(id for id in placed.critical if id in works) if calendar.is_given or len(instances) > 1 else (),
    )


def _job(step: Step, calendar: Calendar) -> Job | None:
    return Job(step.id, 0, 0) if step.kind in _BEFORE else job_of(step, calendar)


def _lane(instance: InstancePlan, jobs: Mapping[str, Job | None]) -> Lane:
    """The work of an instance as far as its times are known."""
    rows = [row for stage in instance.stages for row in (*stage.batches, *(((stage.update,),) if stage.update else ()))]
    batches: list[tuple[Job, ...]] = []
    for row in rows:
        known = tuple(job for id in row if (job := jobs[id]) is not None)
        if len(known) < len(row):
            break
        batches.append(known)
    return Lane(instance.name, tuple(batches))


def _upto(lane: Lane, ids: Iterable[str]) -> Lane | None:
    """The lane as far as the last of these steps; None where one of them has no known time."""
    wanted = set(ids)
    last = -1
    for place, batch in enumerate(lane.batches):
        found = wanted & {job.id for job in batch}
        wanted -= found
        last = place if found else last
    return None if wanted or last < 0 else Lane(lane.instance, lane.batches[: last + 1])


@dataclass(frozen=True)
class _Countdown:
    """Counts back from deadlines along lanes; what was placed into the calendar says when the work is over."""

    lanes: Mapping[str, Lane]
    ends: Mapping[str, datetime]
    """When each placed step is over."""
    calendar: Calendar
    as_of: datetime

    def member(self, member: Member) -> MustStart | None:
        """For a cluster that hops: up to its last step, by its nearest clock."""
        return self._start(member.instance, member.steps, member.clocks) if _hops(member) else None

    def instance(self, instance: InstancePlan, members: Sequence[Member]) -> MustStart | None:
        """For the whole of its work, by the nearest of its own clocks and those of the clusters that hop."""
        ids = [id for stage in instance.stages for row in stage.batches for id in row]
        ids += [stage.update for stage in instance.stages if stage.update]
        moved = [member for member in members if member.instance == instance.name and _hops(member)]
        clocks = [*instance.clocks, *(clock for member in moved for clock in member.clocks)]
        return self._start(instance.name, ids, clocks)

    def _start(self, instance: str, ids: Sequence[str], clocks: Iterable[ClockLine]) -> MustStart | None:
        lane = _upto(self.lanes[instance], ids)
        start = must_start(lane, clocks, self.calendar, self.as_of) if lane is not None else None
        if start is None or not all(id in self.ends for id in ids):
            return start
        finish = max(self.ends[id] for id in ids)
        late = ((finish - timedelta(minutes=1)).date() - start.deadline).days
        return replace(start, finish=finish, days_unsupported=max(0, late))


def _hops(member: Member) -> bool:
    return member.numbers is not None and member.numbers.hops > 0


def _spanned(wave: WavePlan, instances: Sequence[InstancePlan], slots: Sequence[Slot]) -> WavePlan:
    ids = {
        id
        for instance in instances
        if instance.name in wave.instances
        for stage in instance.stages
        for row in (*stage.batches, (stage.update,))
        for id in row
    }
    own = [slot for slot in slots if slot.step in ids]
    if not own:
        return wave
    return replace(wave, start=min(slot.start for slot in own), end=max(slot.end for slot in own))


def _timing(
    instances: Sequence[InstancePlan],
    lanes: Mapping[str, Lane],
    steps: Sequence[Step],
    jobs: Mapping[str, Job | None],
    placed: Placed,
    calendar: Calendar,
    downtime: Sequence[str],
) -> Timing:
    known = [job for job in jobs.values() if job is not None]
    starts = [one.must_start for one in instances if one.must_start is not None]
    single = instances[0] if len(instances) == 1 else None
    row = [job for batch in lanes[single.name].batches for job in batch] if single is not None else []
    fit = fit_of(row, calendar, single.name) if single is not None and len(row) == len(steps) else None
    return Timing(
        low=sum(job.low for job in known),
        high=sum(job.high for job in known),
        unknown=tuple(id for id, job in jobs.items() if job is None),
        fit=fit if fit is None or fit.fit is Fit.FITS or not placed.slots else None,
        slots=tuple(slot for slot in placed.slots if slot.start < slot.end) if calendar.is_given else (),
        must_start=min(starts, key=_urgency, default=None),
        downtime=tuple(downtime),
        zone=calendar.zone_name,
        calendar=calendar_words(calendar, single.name if single is not None else None),
        conflicts=placed.conflicts if calendar.is_given else (),
    )


def _urgency(start: MustStart) -> tuple[int, float]:
    """What is missed by most days first, then what has to begin first."""
    return -(start.days_unsupported or 0), start.by.timestamp() if start.by is not None else 0.0
