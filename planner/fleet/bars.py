"""The bars of a timeline: of clusters and instances as they are, and of those in a plan with what is planned for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, tzinfo

from planner.clocks import Clock, ClockKind, utc_day
from planner.fleet.homes import members_by_instance
from planner.fleet.instance_clocks import instance_clocks
from planner.fleetplan import FleetPlan, InstancePlan, Member
from planner.inventory import Cluster, Instance, value_of
from planner.plan import Plan
from planner.support import Judge
from planner.timeline import Bar, Ink, Mark, bar_of
from planner.timing import MustStart, Slot


def cluster_bar(cluster: Cluster, judge: Judge) -> Bar:
    """The support of a cluster: all six clocks together."""
    clocks = [(clock, "") for clock in judge.support(cluster).clocks]
    place = judge.place(cluster)
    return bar_of(cluster.key, cluster.name, clocks, first=_first(place.release_clock, place.instance))


def _first(release: Clock, instance: Instance | None) -> date | None:
    """The day the release of an instance came out, else the day of the update that brought it."""
    updated = value_of(instance.last_updated) if instance is not None else None
    return release.starts or (utc_day(updated) if updated is not None else None)


def instance_bar(instance: Instance, judge: Judge) -> Bar:
    """The support of an instance with all its clusters: it ends where the first of them does."""
    found = instance_clocks(instance, judge)
    bar = bar_of(
        instance.id,
        instance.name,
        [(one.clock, one.cluster) for one in found],
        first=_first(judge.instance_clock(instance), instance),
    )
    return replace(bar, is_known=bar.is_known and not any(one.unknown for one in found))


# -- a plan --


def member_bars(plan: FleetPlan, zone: tzinfo = UTC) -> tuple[Bar, ...]:
    """The clusters of a plan in its own order, with their planned steps and the latest start on the days of a time zone."""
    slots = _slots(plan)
    return tuple(
        bar_of(
            member.id.casefold(),
            member.name,
            [(clock, "") for clock in member.clocks],
            marks=_marks(member.steps, slots, member.must_start, zone),
        )
        for member in plan.members
    )


def planned_bars(plan: FleetPlan, zone: tzinfo = UTC) -> tuple[Bar, ...]:
    """The instances of a plan in its own order, with every step made on them and the latest start."""
    slots = _slots(plan)
    hosted = members_by_instance(plan)
    return tuple(_planned(one, hosted[one.id], slots, zone) for one in plan.instances)


def _planned(one: InstancePlan, members: Iterable[Member], slots: dict[str, Slot], zone: tzinfo) -> Bar:
    shared = {ClockKind.RELEASE, ClockKind.BRIDGE}  # a cluster may be of another subscription than its hosts
    clocks = [(clock, "") for clock in one.clocks]
    clocks += [(clock, member.name) for member in members for clock in member.clocks if clock.kind not in shared]
    steps = [step for stage in one.stages for batch in (*stage.batches, (stage.update,)) for step in batch]
    return bar_of(one.id, one.name, clocks, marks=_marks(steps, slots, one.must_start, zone))


def plan_marks(plan: Plan, zone: tzinfo = UTC) -> tuple[Mark, ...]:
    """The planned steps and the latest start of a plan for one cluster."""
    start = plan.timing.must_start if plan.timing is not None else None
    return _marks((step.id for step in plan.steps), _slots(plan), start, zone)


def _slots(plan: FleetPlan | Plan) -> dict[str, Slot]:
    return {slot.step: slot for slot in plan.timing.slots} if plan.timing is not None else {}


def _marks(steps: Iterable[str], slots: dict[str, Slot], start: MustStart | None, zone: tzinfo) -> tuple[Mark, ...]:
    """On the days of the calendar, so that a step right after a freeze does not stand on its last day."""
    marks = [Mark(Ink.PLANNED, _day(slots[id].start, zone), _day(slots[id].end, zone)) for id in steps if id in slots]
    by = _day(start.by, zone) if start is not None and start.by is not None else None
    return (*marks, Mark(Ink.MUST_START, by, by)) if by is not None else tuple(marks)


def _day(at: datetime, zone: tzinfo) -> date:
    try:
        return at.astimezone(zone).date()
    except OverflowError:  # the first or the last hours of all years
        return utc_day(at)
