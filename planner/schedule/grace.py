"""Support that ends inside a plan: an update may take away the minor a cluster still runs, and its next hop may come too late.

P3: a removed minor leaves support 30 days later. An instance loses a minor with the update that brings it a list without
it, so the days count from that update; where a published end holds, or the minor is gone already, the clocks of today count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from planner.catalog import Catalog
from planner.clocks import GRACE_DAYS, Clock, ClockKind
from planner.plan import ClockLine, Step, StepKind
from planner.schedule.calendar import Calendar
from planner.schedule.must_start import nearest
from planner.schedule.placing import last_day
from planner.schedule.waves import early_slots
from planner.schedule.work import Job, WaveWork
from planner.timing import Lapse, Slot
from planner.version import KubernetesVersion, Minor


@dataclass(frozen=True, slots=True)
class Removal:
    """An update that takes away the minor a cluster runs, and the hop that leads off it."""

    update: str
    """Id of the step."""
    hop: str
    """Id of the step."""
    cluster: str
    """Name."""
    minor: Minor


@dataclass(frozen=True, slots=True)
class Due:
    """Steps that should be over in time."""

    steps: frozenset[str]
    """Ids."""
    deadline: date
    """The last good day."""


def removals_of(
    steps: Iterable[Step], cluster: str, running: Minor, clocks: Iterable[Clock | ClockLine], catalog: Catalog
) -> Iterator[Removal]:
    """What the updates among steps take from a cluster, which are its own hops and the updates of its instance in order.

    A release without a known list takes nothing that could be named.
    """
    minor, by = running, ""
    is_counted = any(clock.kind == ClockKind.KUBERNETES and clock.ends is not None for clock in clocks)
    for step in steps:
        if step.kind is StepKind.RELEASE and not by and not is_counted:
            by = step.id if _takes(step.target, minor, catalog) else ""
        if step.kind is StepKind.KUBERNETES:
            after = KubernetesVersion.parse(step.target).minor
            if after != minor:
                if by:
                    yield Removal(by, step.id, cluster, minor)
                known = catalog.minor_entries.get(after)
                minor, by, is_counted = after, "", known is not None and known.aksarc_end is not None


def _takes(release: str, minor: Minor, catalog: Catalog) -> bool:
    entry = catalog.by_key.get(release)
    return entry is not None and bool(entry.offers) and all(one.minor != minor for one in entry.offers or ())


def due_of(steps: Iterable[str], clocks: Iterable[Clock | ClockLine]) -> tuple[Due, ...]:
    """By when some steps should be over; none where there is no step, or no clock has an end."""
    ids, clock = frozenset(steps), nearest(clocks)
    return (Due(ids, clock.ends),) if ids and clock is not None and clock.ends is not None else ()


def lapses_of(removals: Iterable[Removal], slots: Iterable[Slot]) -> tuple[Lapse, ...]:
    """Who is out of support inside a schedule, the longest first."""
    ends = _ends(slots)
    found: list[Lapse] = []
    for one in removals:
        if one.update not in ends or one.hop not in ends:
            continue
        last_good = last_day(ends[one.update]) + timedelta(days=GRACE_DAYS)
        days = (last_day(ends[one.hop]) - last_good).days
        if days > 0:
            found.append(Lapse(one.cluster, str(one.minor), one.update, one.hop, last_good, days))
    return tuple(sorted(found, key=lambda lapse: (-lapse.days, lapse.cluster, lapse.hop)))


def held_back(
    waves: Sequence[WaveWork], removals: Sequence[Removal], dues: Sequence[Due], begin: datetime, calendar: Calendar
) -> tuple[WaveWork, ...]:
    """The waves, with updates begun so late that no support ends before the hop after them.

    An update is held back where that helps, and where nothing is over later beyond its deadline for it.
    """
    plain = early_slots(waves, begin, calendar) if removals else None
    if plain is None or not lapses_of(removals, plain):
        return tuple(waves)
    marked, missed = _marked(waves, {one.hop: one.update for one in removals}), _missed(dues, plain)
    for _ in range(2):
        slots = early_slots(marked, begin, calendar)
        if slots is None:
            break
        after = _missed(dues, slots)
        worse = frozenset(id for due in dues if after[due] > missed[due] for id in due.steps)
        if not worse:
            return _settled(waves, plain, slots, frozenset(one.update for one in removals))
        marked = _unmarked(marked, worse)
    return tuple(waves)


def _ends(slots: Iterable[Slot]) -> dict[str, datetime]:
    """When each step is over: its last piece of work."""
    ends: dict[str, datetime] = {}
    for slot in slots:
        ends[slot.step] = max(slot.end, ends.get(slot.step, slot.end))
    return ends


def _missed(dues: Iterable[Due], slots: Iterable[Slot]) -> dict[Due, int]:
    """Days by which each deadline is missed."""
    ends = _ends(slots)
    found: dict[Due, int] = {}
    for due in dues:
        over = [last_day(ends[id]) for id in due.steps if id in ends]
        found[due] = max(0, (max(over) - due.deadline).days) if over else 0
    return found


def _marked(waves: Iterable[WaveWork], removed_by: Mapping[str, str]) -> tuple[WaveWork, ...]:
    return tuple(_changed(wave, {hop: {"removed_by": update} for hop, update in removed_by.items()}) for wave in waves)


def _unmarked(waves: Iterable[WaveWork], ids: frozenset[str]) -> tuple[WaveWork, ...]:
    """The waves without the marks of every lane that one of these steps is in."""
    found: list[WaveWork] = []
    for wave in waves:
        own = [job.id for lane in wave.lanes if _holds(lane.batches, ids) for batch in lane.batches for job in batch]
        found.append(_changed(wave, {id: {"removed_by": ""} for id in own}))
    return tuple(found)


def _holds(batches: Iterable[Iterable[Job]], ids: frozenset[str]) -> bool:
    return any(job.id in ids for batch in batches for job in batch)


def _settled(
    waves: Iterable[WaveWork], plain: Iterable[Slot], slots: Iterable[Slot], updates: frozenset[str]
) -> tuple[WaveWork, ...]:
    """The waves in which updates that were moved do not begin earlier than that."""
    before = {slot.step: slot.start for slot in plain}
    moved = {
        slot.step: {"not_before": slot.start}
        for slot in slots
        if slot.step in updates and slot.start > before[slot.step]
    }
    return tuple(_changed(wave, moved) for wave in waves)


def _changed(wave: WaveWork, changes: Mapping[str, Mapping[str, object]]) -> WaveWork:
    """A wave in which jobs are changed, by their ids."""
    lanes = tuple(
        replace(
            lane,
            batches=tuple(tuple(replace(job, **changes.get(job.id, {})) for job in batch) for batch in lane.batches),  # type: ignore[arg-type]
        )
        for lane in wave.lanes
    )
    return replace(wave, lanes=lanes)
