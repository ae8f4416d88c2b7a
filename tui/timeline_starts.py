"""What plans say about when: planned steps and latest starts, for the timeline of the fleet and for that of a plan. No Textual."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from planner.documents import walltime
from planner.fleet.bars import member_bars, plan_marks, planned_bars
from planner.schedule.words import late_words, minutes_in_words
from planner.timeline import Ink, Mark
from tui.look import Look
from tui.prose import GAP, Item, Page, bullet, field, para

if TYPE_CHECKING:
    from planner.fleetplan import FleetPlan
    from planner.plan import Plan
    from planner.timing import MustStart, Timing
    from tui.state import AppState


class Tabled(NamedTuple):
    """What a plan on the table says about a cluster or an instance."""

    marks: tuple[Mark, ...]
    must_start: MustStart | None
    zone: str


def on_table(state: AppState) -> Mapping[str, Tabled]:
    """By key, of the plans that were made in this session; a plan of instances counts more, for it knows the neighbours."""
    found: dict[str, Tabled] = {}
    job, fleet = state.job, state.fleet_job
    if job is not None and job.plan is not None and not job.opened:
        found |= _of_plan(job.plan)
    if fleet is not None and fleet.plan is not None and not fleet.opened:
        found |= _of_fleet(fleet.plan)
    return found


def _of_plan(plan: Plan) -> dict[str, Tabled]:
    zone, start = zone_of(plan.timing), plan.timing.must_start if plan.timing is not None else None
    key = plan.subject.id.casefold()
    return {key: Tabled(plan_marks(plan, zone), start, zone_name(plan.timing))}


def _of_fleet(plan: FleetPlan) -> dict[str, Tabled]:
    zone, name = zone_of(plan.timing), zone_name(plan.timing)
    starts = {member.id.casefold(): member.must_start for member in plan.members}
    starts |= {one.id: one.must_start for one in plan.instances}
    bars = (*planned_bars(plan, zone), *member_bars(plan, zone))
    return {bar.key: Tabled(bar.marks, starts.get(bar.key), name) for bar in bars}


def zone_of(timing: Timing | None) -> tzinfo:
    """The time zone a plan's calendar is meant in; UTC where this machine does not know it."""
    return (walltime.zone_of(timing.zone) if timing is not None else None) or UTC


def zone_name(timing: Timing | None) -> str:
    """Its name, once it is known here."""
    return timing.zone if timing is not None and zone_of(timing) is not UTC else "UTC"


def start_day(by: datetime, zone: tzinfo, name: str) -> str:
    """The day to start by in UTC, as all texts give it; where it is another one on the axis, the moment of the axis."""
    try:
        there = by.astimezone(zone)
    except OverflowError:
        return f"{by:%Y-%m-%d}"
    return f"{by:%Y-%m-%d}" if there.date() == by.date() else f"{there:%Y-%m-%d %H:%M} {name}"


def start_items(start: MustStart | None, zone: str, look: Look) -> Page:
    """How the latest start comes about, as a page."""
    if start is None:
        return ()
    by = "no start is early enough" if start.by is None else _both(start.by, zone)
    sign = Ink.MUST_START.ascii if look.ascii else Ink.MUST_START.glyph
    page: list[Item] = [bullet(("Must start by  ", "strong"), by, sign=(sign, "heading"))]
    page.append(para(f"{start.clock} ends on {start.deadline} ({start.rule}).", indent=2))
    page += [field(f"  less {share.what}", minutes_in_words(share.minutes), width=30) for share in start.shares]
    late = late_words(start)
    if late:
        page.append(para((late, "bad"), indent=2))
    return (*page, GAP)


def _both(by: datetime, zone: str) -> str:
    words = f"{by:%Y-%m-%d %H:%M} UTC"
    known = walltime.zone_of(zone)
    if known is None:
        return words
    try:
        return f"{words} ({by.astimezone(known):%Y-%m-%d %H:%M} {zone})"
    except OverflowError:  # the first or the last hours of all years
        return words
