"""A plan as a calendar file: its planned slots, the day to start by, and every day on which something ends or may begin.

Days are whole days and slots are moments in UTC, so the file needs no time zones, and its bytes depend on the plan alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from planner.clocks import ClockState
from planner.documents.datablock import digest_of
from planner.documents.kinds import AnyPlan
from planner.documents.marks import moment
from planner.plan import ClockLine, Plan, Step, StepKind
from planner.schedule.words import minutes_in_words, reach_words
from planner.timing import MustStart, Slot

if TYPE_CHECKING:  # the library is loaded when a file is written, not before
    from icalendar import Alarm, Event

PRODUCT: Final = "-//arcstep//arcstep plan//EN"
WARNINGS: Final = (30, 7)
"""Days before an end on which the calendar speaks up."""
_OUTCOME: Final = re.compile(r".+ on (Azure Local \S+), a release in support until (\d{4}-\d{2}-\d{2}) \((\w+)\)\.")


@dataclass(frozen=True, slots=True)
class Day:
    """One day worth an entry, or a slot on it."""

    key: str
    """What it is about, so that a later plan of the cluster replaces the entry and does not add one."""
    on: date
    summary: str
    lines: tuple[str, ...]
    warns: bool = False
    """It is an end that has not come yet."""
    span: tuple[datetime, datetime] | None = None
    """Start and end of a slot; None = the whole day."""


def render_calendar(plan: Plan) -> bytes:
    """The iCalendar file (RFC 5545) of a plan. The same plan gives the same bytes; without dates it holds no event."""
    return calendar_file(((plan.subject.id, plan.subject.name, day) for day in days_of(plan)), plan)


def calendar_file(entries: Iterable[tuple[str, str, Day]], plan: AnyPlan) -> bytes:
    """The file of entries, each given with the ARM id and the name of what it is about."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.prodid = PRODUCT
    calendar.version = "2.0"
    origin = (*_origin(plan),)
    # No METHOD: that would make it a message from an organizer to guests (RFC 5546), and nobody is invited.
    for id, name, day in entries:
        calendar.add_component(_event(id, name, day, plan.as_of, origin))
    return calendar.to_ical()


def days_of(plan: Plan) -> tuple[Day, ...]:
    """Every slot and dated limit the plan knows, earliest first; one entry for each thing it is about."""
    start = plan.timing.must_start if plan.timing is not None else None
    slots = plan.timing.slots if plan.timing is not None else ()
    steps = {step.id: step for step in plan.steps}
    planned = (day for slot in slots if (day := slot_day(slot, steps)) is not None)
    days = (
        *clock_days(plan.subject.clocks, plan),
        *_releases(plan.steps),
        *_outcome(plan),
        *start_days(start),
        *planned,
    )
    known = {day.key: day for day in days if day.on < date.max}
    return tuple(sorted(known.values(), key=order))


def order(day: Day) -> tuple[date, str, str]:
    """What entries are sorted by: day, moment, subject."""
    return (day.on, day.span[0].isoformat() if day.span is not None else "", day.key)


def clock_days(clocks: Iterable[ClockLine], plan: AnyPlan) -> Iterator[Day]:
    """The last good day of every clock that has one."""
    for clock in clocks:
        if clock.ends is not None:
            over = clock.state == ClockState.ENDED
            words = "ended with this day" if over else "last good day"
            lines = tuple(_reading(clock, plan))
            yield Day(clock.kind, clock.ends, f"{clock.kind}: {words}", lines, warns=not over)


def _reading(clock: ClockLine, plan: AnyPlan) -> Iterator[str]:
    yield clock.reading
    yield f"Rule {clock.rule}; state on {plan.as_of.date()}: {clock.state}."
    if clock.latest is not None and clock.latest != clock.ends:
        yield f"Another rule gives {clock.latest}; the earlier day is judged."
    if clock.source:
        yield f"Source: {clock.source}."
    cited = set(map(str.strip, re.split("[;,]", clock.source)))
    yield from (f"{key}: {full}" for key, full in plan.sources if key in cited)


def _releases(steps: Iterable[Step]) -> Iterator[Day]:
    for step in steps:
        if step.not_before is not None:
            what = f"Azure Local {step.release}" if step.kind is StepKind.RELEASE else step.title
            why = f"Step {step.id}, {step.title}, cannot begin earlier: the release has this date, after the plan's facts."
            yield Day(f"not before {step.release}", step.not_before, f"{what}: not before this day", (why,))


def _outcome(plan: Plan) -> Iterator[Day]:
    """The end of the release the plan leads to; one it never leaves is a clock of the cluster already."""
    found = _OUTCOME.fullmatch(plan.outcome)
    if found is None or plan.path[-1].release == plan.subject.release:
        return
    where, written, rule = found.groups()
    try:
        ends = date.fromisoformat(written)
    except ValueError:  # not of our making: no calendar has that day
        return
    lines = (f"After this plan: {plan.outcome}", f"Rule {rule}.")
    yield Day("after the plan", ends, f"{where}, after the plan: last good day", lines, warns=True)


def start_days(found: MustStart | None) -> Iterator[Day]:
    """The latest moment to begin, as a day."""
    if found is None or found.by is None:
        return
    counted = ", ".join(f"{minutes_in_words(share.minutes)} {share.what}" for share in found.shares)
    lines = [
        f"Begin by {moment(found.by)}: {found.clock} ends with {found.deadline} (rule {found.rule}), less {counted}."
    ]
    if found.is_past:
        lines.append(f"Past when the plan was made: {reach_words(found)}.")
    words = "must start by this day" + (" (past)" if found.is_past else "")
    yield Day("must start", found.by.astimezone(UTC).date(), words, tuple(lines), warns=not found.is_past)


def slot_day(slot: Slot, steps: Mapping[str, Step]) -> Day | None:
    """The slot of a step; None where there is no such step, or no time in the slot."""
    step = steps.get(slot.step)
    if step is None or slot.start >= slot.end:  # the latter not of our making
        return None
    start, end = slot.start.astimezone(UTC), slot.end.astimezone(UTC)
    where = f"window {slot.window}" if slot.window else "any time is allowed"
    lines = (f"{step.owner}; {where}; the end is by the high estimate.", step.purpose)
    return Day(f"slot {slot.step}", start.date(), f"{slot.step} {step.title} ({step.where})", lines, span=(start, end))


def _event(id: str, name: str, day: Day, as_of: datetime, origin: tuple[str, ...]) -> Event:
    from icalendar import TRANSP, Event

    summary = f"{name}: {day.summary}"
    start, end = day.span if day.span is not None else (day.on, day.on + timedelta(days=1))  # the end is exclusive
    return Event.new(
        uid=_uid(id, day),
        stamp=as_of.astimezone(UTC),
        start=start,
        end=end,
        summary=summary,
        description="\n".join((*day.lines, "", *origin)),
        # A deadline keeps nobody busy, and a slot does.
        transparency=TRANSP.TRANSPARENT if day.span is None else TRANSP.OPAQUE,
        subcomponents=[_alarm(summary, days) for days in WARNINGS] if day.warns else [],
    )


def _origin(plan: AnyPlan) -> Iterator[str]:
    yield f"From the arcstep plan “{plan.title}”, revision {plan.revision}, facts as of {moment(plan.as_of)}."
    yield f"SHA-256 of the plan: {digest_of(plan)}"


def _uid(id: str, day: Day) -> str:
    """Azure writes one id in changing case."""
    name = f"{id.casefold()}\n{day.key}"
    return f"{hashlib.sha256(name.encode()).hexdigest()[:32]}@arcstep"


def _alarm(summary: str, days: int) -> Alarm:
    from icalendar import Alarm

    alarm = Alarm.new(description=f"In {days} days: {summary}")
    alarm.ACTION = "DISPLAY"
    alarm.TRIGGER = -timedelta(days=days)
    return alarm
