"""A walk in sentences: what has just happened, how it stands, how it is left. Pure functions; one fact a line."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from planner.legs import TOOL, Leg, Stage
from planner.proofs import Mark
from planner.signs import progress
from planner.walk import Line, Walk

if TYPE_CHECKING:
    from planner.durations import Run

__all__ = ["commands_of", "farewell", "has_failed", "news", "standing", "unfinished"]

_MARKS: Final = {Mark.OK: "ticked by arcstep", Mark.NOT_SO: "is not so", Mark.OPEN: "is open"}


def news(before: Walk | None, walk: Walk) -> tuple[str, ...]:
    """Everything that is new, a line each, in the order it happened as far as that is known."""
    lines = [_logged(line) for line in walk.log[len(before.log) if before is not None else 0 :]]
    for place, leg in enumerate(walk.legs):
        if place == walk.place and (before is None or before.place != walk.place):
            lines += _introduced(walk, leg)
        if before is not None or leg.stage is not Stage.DONE:
            lines += _of_leg(before.legs[place] if before is not None else None, leg)
    return tuple(lines)


def standing(walk: Walk, now: datetime, runs: Sequence[Run] = ()) -> str:
    """How the leg stands whose turn it is: once a minute, while there is nothing else to say."""
    leg = walk.leg
    if leg is None:
        return "Every step is done."
    parts = [f"{_clock(now)} {leg.id} still {leg.stage}"]
    if leg.started is not None:
        parts.append(f"{_minutes(leg.started, now)}{_usual(leg, runs)}")
    if leg.seen is not None and leg.is_hop and leg.step is not None:
        parts += [f"set to {leg.seen.version or '?'}", f"nodes on {leg.step.target}: {_nodes(leg)}"]
    elif leg.seen is not None and leg.seen.update_state:
        parts.append(f"update state {leg.seen.update_state}")
    if leg.changed is not None:
        parts.append(f"last change {_clock(leg.changed)}")
    due = [moment for moment in (walk.look_due, walk.poll_due) if moment is not None]
    if due:
        parts.append(f"next look {_clock(min(due))} UTC")
    return ", ".join(parts)


def unfinished(walk: Walk) -> str:
    """What is not known or not done, in a sentence."""
    leg = walk.leg
    if leg is None:
        return f"Every step is done. {walk.plan.outcome}".rstrip()
    what = f"{leg.id} {_title(leg)}: {leg.stage}"
    if walk.aborted:
        return f"The walk was aborted at {what}. Make a new plan from what runs now."
    why = leg.refusal.why if leg.refusal is not None and has_failed(leg) else leg.doubt or leg.trouble
    held = " The walk is on hold." if walk.held else ""
    return f"The walk is not finished. It stands at {what}.{held}{f' {why}' if why else ''}"


def farewell(walk: Walk, resume: str, *, rehearsed: bool) -> str:
    """What goes on without arcstep, and how to take the walk up again (PR18); "" where there is nothing to come back to."""
    leg = walk.leg
    if leg is None or walk.aborted:
        return ""
    open_leg = walk.open_leg
    if open_leg is None or open_leg.step is None:
        return f"Resume with: {resume}"
    what = "1 upgrade" if open_leg.is_hop else "1 step"
    verb = "may go on" if open_leg.stage in (Stage.SENDING, Stage.DOUBT) else "goes on"
    where = "when the rehearsal is taken up" if rehearsed else "in Azure"
    return f"{what} {verb} {where}: {open_leg.step.where} → {open_leg.step.target}; resume with: {resume}"


def commands_of(leg: Leg) -> tuple[str, ...]:
    """The commands that make the change of a step, for a POSIX shell, a line each; nothing runs them here."""
    step = leg.step
    if step is None:
        return ()
    making = [command for command in step.commands if step.target in command.argv] or step.commands
    return tuple(f"{leg.id} command, {command.purpose}: {shlex.join(command.argv)}" for command in making)


# -- inside


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def _logged(line: Line) -> str:
    step = f" {line.step}" if line.step and not line.text.startswith(f"{line.step}.") else ""
    return f"{line.at:%Y-%m-%d %H:%M}{step} {line.text}"


def _of_leg(old: Leg | None, leg: Leg) -> Iterator[str]:
    """Ticks of arcstep that came or changed, what could not be read, and what Azure objects to."""
    for tick in leg.ticks:
        known = old.tick(tick.item) if old is not None else None
        check = leg.check(tick.item)
        if check is None or tick.by != TOOL or (known is not None and (known.mark, known.by) == (tick.mark, tick.by)):
            continue
        evidence = f" ({tick.note})" if tick.note else ""
        yield f"{tick.item} {_MARKS[tick.mark]}: {check.text}{evidence}"
    known = old.seen.gaps if old is not None and old.seen is not None else ()
    yield from (
        f"{leg.id} not read: {gap}" for gap in (leg.seen.gaps if leg.seen is not None else ()) if gap not in known
    )
    yield from _objected(old, leg)


def _objected(old: Leg | None, leg: Leg) -> Iterator[str]:
    """What Azure holds against an upgrade, once; and what to do about it, once the cluster shows that nothing came of it."""
    refusal, before = leg.refusal, old.refusal if old is not None else None
    if refusal is None:
        return
    if refusal != before:
        if refusal.why and leg.is_open:
            yield f"{leg.id} the operation says: {refusal.why}"
        for complaint in refusal.complaints:
            yield f"{leg.id} {complaint.name}: {complaint.message}"
            if complaint.recommendation:
                yield f"{leg.id} {complaint.name}, recommended: {complaint.recommendation}"
    was_failed = refusal == before and old is not None and has_failed(old)
    if refusal.cure and has_failed(leg) and not was_failed:
        yield f"{leg.id} came to nothing. What to do: {refusal.cure}"


def has_failed(leg: Leg) -> bool:
    """True where the cluster itself shows that the last try came to nothing; an operation alone does not (PR5)."""
    return leg.stage is Stage.ATTENTION or (leg.refusal is not None and not leg.is_open)


def _introduced(walk: Walk, leg: Leg) -> Iterator[str]:
    steps = [other for other in walk.legs if other.step is not None]
    if leg.step is None:
        yield f"{leg.id} pre-flight list, {len(leg.before)} checks, then {len(steps)} {'step' if len(steps) == 1 else 'steps'}."
        return
    place = steps.index(leg) + 1
    yield f"{leg.id} step {place} of {len(steps)}: {_title(leg)} ({leg.step.where}), {leg.step.owner}."
    yield f"{leg.id} why: {leg.step.purpose}"
    yield f"{leg.id} expected: {leg.step.expected}"


def _title(leg: Leg) -> str:
    return leg.step.title if leg.step is not None else "pre-flight list"


def _minutes(start: datetime, now: datetime) -> str:
    return f"{max(0, int((now - start).total_seconds() // 60))} min"


def _usual(leg: Leg, runs: Sequence[Run]) -> str:
    """The usual time, and whether it is seen or only assumed; Microsoft publishes none."""
    from planner.durations import ASSUMPTION, band, nodes_of

    nodes = nodes_of(leg.seen)
    if not leg.is_hop or not nodes:
        return ""
    usual = band(nodes, runs)
    basis = "assumed by arcstep" if usual.basis == ASSUMPTION else f"by {usual.basis}"
    return f" (usual {usual.low} to {usual.high} min, {basis})"


def _nodes(leg: Leg) -> str:
    return progress(leg.seen.pools if leg.seen is not None else None, leg.step.target if leg.step is not None else "")
