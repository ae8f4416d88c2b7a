"""The timeline of a plan of instances as text: support bars, planned days and latest starts on one axis of dates.

Plain letters alone, so that columns hold in every font, on paper too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Final

from planner.documents.fleetwords import Order
from planner.documents.marks import fence
from planner.fleetplan import InstancePlan, Member
from planner.timeline import Bar, Ink, Mark, bar_of, fitting, lines
from planner.timing import MustStart

_WIDTH: Final = 100
"""Characters of a line."""


def timeline(order: Order) -> list[str]:
    """A bar for each instance, and below it one for each of its clusters; nothing where no clock is told."""
    bars = [*_bars(order)]
    if not bars:
        return []
    today = _day(order.plan.as_of)
    drawn = lines(bars, fitting(bars, _WIDTH, today), _WIDTH, today, ascii=True)
    note = (
        "Support by the clock that ends first, days in UTC. A bar never ends later than the earliest date a rule gives."
    )
    return ["## Timeline", "", note, "", *fence("\n".join(drawn), "text")]


def _bars(order: Order) -> Iterator[Bar]:
    for instance in order.plan.instances:
        if instance.clocks:
            yield _instance(instance, order)
        yield from (_member(member, order) for member in order.hosted[instance.id] if member.clocks)


def _instance(instance: InstancePlan, order: Order) -> Bar:
    updates = tuple(stage.update for stage in instance.stages if stage.update)
    clocks = [(clock, "") for clock in instance.clocks]
    return bar_of(instance.id, instance.name, clocks, marks=_marks(updates, instance.must_start, order))


def _member(member: Member, order: Order) -> Bar:
    clocks = [(clock, "") for clock in member.clocks]
    return bar_of(member.id, f"- {member.name}", clocks, marks=_marks(member.steps, member.must_start, order))


def _marks(steps: tuple[str, ...], start: MustStart | None, order: Order) -> tuple[Mark, ...]:
    slots = [order.slots[id] for id in steps if id in order.slots]
    planned = [Mark(Ink.PLANNED, _day(slot.start), _day(slot.end)) for slot in slots]
    by = [Mark(Ink.MUST_START, _day(start.by), _day(start.by))] if start is not None and start.by is not None else []
    return (*planned, *by)


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()
