"""A plan of instances as a calendar file: the slot of every step, latest starts, and the days on which clocks end.

Freezes are no entries: they are the site's own. An entry keeps its place from plan to plan, and the clock of a cluster is
the same entry as in the cluster's own plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from planner.documents.calendar import Day, calendar_file, clock_days, order, slot_day, start_days
from planner.documents.fleetwords import Order
from planner.fleet.homes import members_by_instance
from planner.fleetplan import FleetPlan, InstancePlan, Member
from planner.plan import ClockLine, Step

Entry = tuple[str, str, Day]
"""ARM id and name of what it is about, and the day."""


def render_fleet_calendar(plan: FleetPlan) -> bytes:
    """The iCalendar file (RFC 5545). The same plan gives the same bytes; without dates it holds no event."""
    return calendar_file(entries_of(plan), plan)


def entries_of(plan: FleetPlan) -> tuple[Entry, ...]:
    """Every slot and dated limit, earliest first; one entry for each thing it is about."""
    found = [*_instances(plan), *_members(plan), *_slots(Order(plan))]
    known = {(id.casefold(), day.key): (id, name, day) for id, name, day in found if day.on < date.max}
    return tuple(sorted(known.values(), key=lambda entry: (*order(entry[2]), entry[1], entry[0])))


def _instances(plan: FleetPlan) -> Iterator[Entry]:
    for one in plan.instances:
        yield from ((one.id, one.name, day) for day in (*clock_days(one.clocks, plan), *start_days(one.must_start)))


def _members(plan: FleetPlan) -> Iterator[Entry]:
    hosted = members_by_instance(plan)
    hosts = {one.id: host for host in plan.instances for one in hosted[host.id]}
    for one in plan.members:
        clocks = _own(one, hosts.get(one.id))
        yield from ((one.id, one.name, day) for day in (*clock_days(clocks, plan), *start_days(one.must_start)))


def _own(member: Member, host: InstancePlan | None) -> Iterator[ClockLine]:
    """The clocks that are not those of its instance, which has an entry for all its clusters."""
    shared = {(clock.kind, clock.ends) for clock in host.clocks} if host is not None else set[tuple[str, date | None]]()
    return (clock for clock in member.clocks if (clock.kind, clock.ends) not in shared)


def _slots(order: Order) -> Iterator[Entry]:
    """A slot is known again by its cluster or instance and by what it leads to, since step ids change from plan to plan."""
    seen: set[tuple[str, str]] = set()
    for slot in order.slots.values():
        day = slot_day(slot, order.steps)
        if day is None:
            continue
        step = order.steps[slot.step]
        id = _subject(step, order)
        key = f"slot {step.kind} {step.target}"
        key = key if (id, key) not in seen else f"{key} {step.id}"
        seen.add((id, key))
        yield id, step.where, replace(day, key=key, summary=f"{step.id} {step.title}")


def _subject(step: Step, order: Order) -> str:
    member = order.members.get(step.id)
    if member is not None:
        return member.id
    place = order.places.get(step.id)
    return place.instance.id if place is not None else step.where
