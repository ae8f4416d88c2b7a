"""When the steps of a plan of instances are made: lanes and waves for the schedule, and who has to begin by when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from planner.catalog import Catalog
from planner.fleetplan import InstancePlan, Member, WavePlan
from planner.plan import ClockLine, Step, StepKind
from planner.schedule.calendar import Calendar
from planner.schedule.fit import fit_of
from planner.schedule.grace import Due, Removal, due_of, held_back, lapses_of, removals_of
from planner.schedule.must_start import Countdown
from planner.schedule.slots import YEARS
from planner.schedule.timing import job_of
from planner.schedule.waves import schedule
from planner.schedule.words import calendar_words
from planner.schedule.work import Job, Lane, Placed, WaveWork
from planner.timing import Fit, MustStart, Slot, Timing
from planner.version import KubernetesVersion

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
    catalog: Catalog,
) -> Timed:
    """Place everything into the calendar, and count back from each cluster's and instance's nearest deadline.

    What stands behind a step nobody can give a time for gets no slot and no day to begin by.
    """
    if not steps or as_of.year not in YEARS:
        return Timed(tuple(instances), tuple(members), tuple(waves), None, ())
    jobs = {step.id: _job(step, calendar) for step in steps}
    lanes = {one.id: _lane(one, jobs) for one in instances}
    known = _known_waves(waves, lanes, {one.id: len(_rows(one)) for one in instances})
    removals = tuple(_removals(instances, members, steps, catalog))
    work = held_back(known, removals, tuple(_dues(instances, members)), as_of, calendar)
    lanes |= {lane.id: lane for wave in work for lane in wave.lanes}
    placed = schedule(work, as_of, calendar)
    works = {step.id for step in steps if step.kind not in _BEFORE}
    places = {lane.id: place for place, wave in enumerate(work) for lane in wave.lanes}
    urgency = _Urgency(lanes, places, Countdown(work, calendar, as_of))
    urgent = tuple(replace(one, must_start=urgency.instance(one, members)) for one in instances)
    own = tuple(replace(one, must_start=urgency.member(one)) for one in members)
    return Timed(
        instances=urgent,
        members=own,
        waves=tuple(_spanned(wave, instances, placed.slots) for wave in waves),
        timing=replace(
            _timing(urgent, lanes, steps, jobs, placed, calendar, downtime),
            lapses=lapses_of(removals, placed.slots),
        ),
        critical=tuple(id for id in placed.critical if id in works) if calendar.is_given or len(instances) > 1 else (),
    )


def _removals(
    instances: Sequence[InstancePlan], members: Sequence[Member], steps: Sequence[Step], catalog: Catalog
) -> Iterator[Removal]:
    """What the updates of each instance take from the clusters that hop on it."""
    ids = {one.id: [id for row in _rows(one) for id in row] for one in instances}
    known = {step.id: step for step in steps}
    for member in members:
        if not _hops(member):
            continue
        own = {id for id in member.steps if known[id].kind is StepKind.KUBERNETES}
        row = [known[id] for id in ids[member.instance_id] if id in own or known[id].kind is StepKind.RELEASE]
        running = KubernetesVersion.parse(member.version).minor
        yield from removals_of(row, member.name, running, member.clocks, catalog)


def _dues(instances: Iterable[InstancePlan], members: Iterable[Member]) -> Iterator[Due]:
    """By when the work of each cluster that hops, and of each instance, should be over."""
    for member in members:
        yield from due_of(member.steps, member.clocks) if _hops(member) else ()
    for one in instances:
        yield from due_of([id for row in _rows(one) for id in row], one.clocks)


def _job(step: Step, calendar: Calendar) -> Job | None:
    return Job(step.id, 0, 0) if step.kind in _BEFORE else job_of(step, calendar)


def _rows(instance: InstancePlan) -> list[tuple[str, ...]]:
    """The ids of its steps; those of one row may run side by side."""
    return [row for stage in instance.stages for row in (*stage.batches, *(((stage.update,),) if stage.update else ()))]


def _lane(instance: InstancePlan, jobs: Mapping[str, Job | None]) -> Lane:
    """The work of an instance as far as its times are known."""
    batches: list[tuple[Job, ...]] = []
    for row in _rows(instance):
        known = tuple(job for id in row if (job := jobs[id]) is not None)
        if len(known) < len(row):
            break
        batches.append(known)
    return Lane(instance.name, tuple(batches), instance.id)


def _known_waves(waves: Sequence[WavePlan], lanes: Mapping[str, Lane], rows: Mapping[str, int]) -> list[WaveWork]:
    """The waves of which can be said when they begin: none behind one that nobody knows the end of."""
    found: list[WaveWork] = []
    for wave in waves:
        found.append(WaveWork(wave.name, tuple(lanes[id] for id in wave.instance_ids), wave.soak))
        if any(len(lanes[id].batches) < rows[id] for id in wave.instance_ids):
            break
    return found


def _upto(lane: Lane, ids: Iterable[str]) -> Lane | None:
    """The lane as far as the last of these steps, without what only runs beside it; None where one has no known time."""
    wanted = frozenset(ids)
    found = [place for place, batch in enumerate(lane.batches) for job in batch if job.id in wanted]
    if not wanted or len(found) < len(wanted):
        return None
    *before, last = lane.batches[: found[-1] + 1]
    return replace(lane, batches=(*before, tuple(job for job in last if job.id in wanted)))


@dataclass(frozen=True)
class _Urgency:
    """By when everything has to begin for clusters and instances to be in time."""

    lanes: Mapping[str, Lane]
    """By the ids of the instances."""
    places: Mapping[str, int]
    """The wave of each instance; one that waits for a wave nobody knows the end of is in none."""
    countdown: Countdown

    def member(self, member: Member) -> MustStart | None:
        """For a cluster that hops: up to its last step, by its nearest clock."""
        return self._start(member.instance_id, member.steps, member.clocks) if _hops(member) else None

    def instance(self, instance: InstancePlan, members: Sequence[Member]) -> MustStart | None:
        """For the whole of its work, by the nearest of its own clocks and those of the clusters that hop."""
        moved = [member for member in members if member.instance_id == instance.id and _hops(member)]
        clocks = [*instance.clocks, *(clock for member in moved for clock in member.clocks)]
        return self._start(instance.id, [id for row in _rows(instance) for id in row], clocks)

    def _start(self, instance: str, ids: Sequence[str], clocks: Iterable[ClockLine]) -> MustStart | None:
        lane, place = _upto(self.lanes[instance], ids), self.places.get(instance)
        return self.countdown.start(place, lane, clocks) if lane is not None and place is not None else None


def _hops(member: Member) -> bool:
    return member.numbers is not None and member.numbers.hops > 0


def _spanned(wave: WavePlan, instances: Sequence[InstancePlan], slots: Sequence[Slot]) -> WavePlan:
    ids = {id for instance in instances if instance.id in wave.instance_ids for row in _rows(instance) for id in row}
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
    row = [job for batch in lanes[single.id].batches for job in batch] if single is not None else []
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


def _urgency(start: MustStart) -> tuple[datetime, int]:
    """What has to begin first, where no start is early enough before all; then what is missed by most days."""
    return start.by or _BEGINNING, -(start.days_unsupported or 0)


_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
