"""A saved plan seen on the day on screen: the mark in the sentence, the banner, and what changed. Pure functions."""

from __future__ import annotations

from datetime import datetime

from planner.rejudge import Part, Rejudged, rejudged
from tui import facts
from tui.look import WARNING, Look, Spans, moment
from tui.prose import GAP, Item, Page, bullet, heading, para
from tui.state import AppState


def replayed(state: AppState) -> Rejudged | None:
    """The opened plan on the day on screen; None where it was made now, or is not as it was made."""
    job = state.job
    if job is None or job.plan is None or not job.opened or job.notes or state.as_of is None:
        return None
    return rejudged(job.plan, state.as_of)


def mark(seen: Rejudged | None) -> Spans:
    """What stands before the verdict on another day than the plan's own."""
    if seen is None or seen.day == seen.planned:
        return ()
    return ((f"{seen.summary} ", "warning" if seen.is_changed or seen.is_earlier else "muted"),)


def banner(state: AppState, look: Look) -> Spans:
    """Support as it ends by the day on screen; nothing while it holds."""
    job = state.job
    if job is None or job.plan is None:
        return ()
    subject, seen = job.plan.subject, replayed(state)
    day = job.plan.as_of.date() if seen is None else max(seen.day, seen.planned)
    lost = next((one for one in seen.changes if one.part is Part.SUPPORT), None) if seen else None
    if seen and lost:
        return facts.ended_banner(seen.support, lost.text, subject.clocks, day, look)
    if subject.support_ended is None and subject.support != "stranded":
        return ()
    return facts.ended_banner(subject.support, subject.support_because, subject.clocks, day, look)


def moments(seen: Rejudged, as_of: datetime) -> tuple[str, ...]:
    """The day with the ages of facts and catalog on it, in ever shorter forms."""
    day = f"as of {moment(as_of)}"
    facts_days = "?" if seen.facts_days is None else f"{seen.facts_days:,}"
    brief = f"facts {facts_days} d, catalog {seen.catalog_days:,} d"
    return (f"{day} · {seen.ages}", f"as of {seen.day} · {brief}", day, f"as of {seen.day}")


def changes_page(seen: Rejudged | None) -> Page:
    """What changed by that day, what cannot be told from the plan, and how old everything is."""
    if seen is None:
        return ()
    page: list[Item] = [heading("Since the plan was made")]
    if seen.day != seen.planned:
        page += [para(seen.summary), *(bullet(one.text, sign=(WARNING.glyph, WARNING.tone)) for one in seen.changes)]
    page += [para((f"Age: {seen.ages}.", "muted")), *(bullet((text, "muted")) for text in seen.left_open), GAP]
    return tuple(page)
