"""A journal as evidence: who did what and when, what was seen, and what became of it, in markdown for an auditor.

Addresses lose what stands behind their question mark, where signatures are, and the address of an operation is left out
altogether (PR9). The same journal gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from planner import events as e
from planner.documents.marks import table, text
from planner.events import Event, Fingerprint
from planner.legs import Leg, Stage
from planner.rollout import decode
from planner.sighting import Sighting
from planner.walk import Walk

_REHEARSED: Final = (
    "> **This was a rehearsal.** Azure was an emulator on the same machine, its times are emulated, and nothing real "
    "was changed."
)
_QUERY: Final = re.compile(r"(https?://[^\s?#]*)[?#]\S*", re.IGNORECASE)


def render_evidence(walk: Walk, events: Sequence[Event], problems: Sequence[str]) -> str:
    """The document, ending with a line break. `problems` are those of the journal."""
    lines = [
        f"# Evidence: {_safe(walk.plan.title)}",
        "",
        *_head(walk, events),
        *_problems(problems),
        "## Steps",
        "",
    ]
    for leg in walk.legs:
        lines += _leg(leg, [event for event in events if getattr(event, "step", "") == leg.id])
    lines += ["## Record", "", "Everything the journal holds, in order.", ""]
    rows = [(number, _when(event.at), *_told(walk, event)) for number, event in enumerate(events, start=1)]
    return "\n".join([*lines, *table(("No.", "When", "Where", "What"), map(_redacted, rows))])


# -- head --


def _head(walk: Walk, events: Sequence[Event]) -> list[str]:
    plan = walk.plan
    began = events[0].at if events else walk.now
    facts = {
        "Cluster": f"{plan.subject.name}, {plan.subject.id}",
        "Plan": f"revision {plan.revision}, facts as of {_when(plan.as_of)}, catalog of {plan.catalog_date}",
        "Verdict of the plan": f"{plan.verdict}. {plan.verdict_because}",
        "Digest of the plan": f"SHA-256 {walk.digest}",
        "Begun": _when(began),
        "Last event": _when(walk.now),
        "Between them": _span(walk.now - began),
        "Outcome": _outcome(walk),
    }
    sessions = [event for event in events if isinstance(event, e.Began | e.Reopened)]
    people = [(event.by, event.host, event.mode or "not kept", _when(event.at)) for event in sessions]
    rehearsed = any(event.mode.startswith("rehearsal") for event in sessions)
    return [
        *([_REHEARSED, ""] if rehearsed else []),
        *(f"- **{name}:** {_safe(fact)}" for name, fact in facts.items()),
        "- **Names** are what the operating system or the person said; they were not proven.",
        "",
        *table(("Walked by", "Host", "Mode", "From"), map(_redacted, people)),
    ]


def _outcome(walk: Walk) -> str:
    leg = walk.leg
    if leg is None:
        return "every step is done"
    state = "aborted" if walk.aborted else "on hold" if walk.held else "not finished"
    done = sum(one.stage is Stage.DONE for one in walk.legs)
    return f"{state} at {leg.id} ({leg.stage}), {done} of {len(walk.legs)} done"


def _problems(problems: Sequence[str]) -> list[str]:
    if not problems:
        return []
    return ["## What is wrong with the journal", "", *(f"- {_safe(problem)}" for problem in problems), ""]


# -- steps --


def _leg(leg: Leg, events: Sequence[Event]) -> list[str]:
    title = leg.step.title if leg.step is not None else "before the first step"
    lines = [f"### {_safe(leg.id)} {_safe(title)}", "", f"- **Stands:** {leg.stage}"]
    if leg.way is not None:
        lines.append(f"- **Made by:** {leg.way}")
    if leg.started is not None:
        lines.append(f"- **Started:** {_when(leg.started)}")
    if leg.ended is not None:
        took = f", after {_span(leg.ended - leg.started)}" if leg.started is not None else ""
        lines.append(f"- **Seen to be over:** {_when(leg.ended)}{took}")
    if leg.correlation:
        lines.append(f"- **Correlation id:** {_safe(leg.correlation)}")
    if leg.rollout is not None:
        lines.append(
            f"- **Last reading:** {leg.rollout.state}. {_safe(leg.rollout.meaning)} {_safe(leg.rollout.evidence)}"
        )
    confirmed = [event for event in events if isinstance(event, e.Confirmed)]
    lines += [f"- **Confirmed** {_when(event.at)} {_safe(_confirmed(leg, event))}" for event in confirmed]
    notes = [
        f"- **Note** on {_safe(one.item)} by {_safe(one.by)}, {_when(one.at)}: {_safe(one.text)}" for one in leg.notes
    ]
    return [*lines, *notes, "", *table(("Check", "What", "Stands", "By", "When", "Evidence"), _checks(leg))]


def _checks(leg: Leg) -> Iterable[tuple[str, ...]]:
    for check in (*leg.before, *leg.after):
        tick = leg.tick(check.id)
        made = (tick.mark, tick.by, _when(tick.at), tick.note) if tick is not None else ("open", "", "", "")
        yield _redacted((check.id, check.text, *made))


# -- events --


def _told(walk: Walk, event: Event) -> tuple[str, str]:
    """Where and what."""
    match event:
        case e.Began():
            return "", f"walk begun by {event.by} on {event.host}"
        case e.Reopened():
            return "", f"walk taken up again by {event.by} on {event.host}"
        case e.Looked():
            return event.step, _seen(_leg_of(walk, event.step), event.seen)
        case e.LookFailed():
            return event.step, f"could not look: {event.why} {event.cure}"
        case e.Ticked():
            return event.item, f"{'ticked' if event.done else 'tick taken back'} by {event.by}{_note(event.note)}"
        case e.Noted():
            return event.item, f"note by {event.by}: {event.text}"
        case e.Started():
            return event.step, f"{event.by} says it was started by hand"
        case e.Confirmed():
            return event.step, "confirmed " + _confirmed(_leg_of(walk, event.step), event)
        case e.Decided():
            return event.step, f"{event.decision} decided by {event.by}{_note(event.note)}"
        case _:
            return _answered(event)


def _answered(event: Event) -> tuple[str, str]:
    """What became of a PUT."""
    match event:
        case e.Intended(order=order):
            change = f"one PUT to {order.cluster}, kubernetesVersion {order.origin} → {order.target}"
            return event.step, (
                f"intent kept: {change}; body SHA-256 {event.body_sha256}, ETag {event.etag or 'none'}, "
                f"client request id {event.request}"
            )
        case e.Accepted():
            return event.step, f"accepted by Azure, correlation id {event.correlation or 'none'}"
        case e.Refused():
            return event.step, f"not started: {event.why} {event.cure}{_complaints(event.complaints)}"
        case e.Doubted():
            return event.step, f"sent, and what became of it is not known: {event.why}"
        case e.Polled():
            said = f". {event.message}" if event.message else ""
            return event.step, f"the operation says {event.status}{said}{_complaints(event.complaints)}"
        case e.PollFailed():
            return event.step, f"could not ask the operation: {event.why} {event.cure}"
        case _:
            return "", type(event).__name__


def _confirmed(leg: Leg | None, event: e.Confirmed) -> str:
    target = leg.step.target if leg is not None and leg.step is not None else "?"
    change = f"kubernetesVersion {event.fingerprint.version} → {target}"
    return f"by {event.by}, who typed {event.typed}: {change}; {_print(event.fingerprint)}"


def _print(found: Fingerprint) -> str:
    return (
        f"provisioningState {found.provisioning_state}, currentState {found.current_state}, "
        f"pools {'; '.join(found.pools) or 'none'}, custom location {found.location}, ETag {found.etag or 'none'}, "
        f"body SHA-256 {found.body_sha256}"
    )


def _seen(leg: Leg | None, seen: Sighting) -> str:
    """A look: for an upgrade with the one reading of it, otherwise the instance."""
    step = leg.step if leg is not None and leg.is_hop else None
    if step is not None:
        rollout = decode(seen, step.origin, step.target)
        parts = [f"seen: {rollout.state}; {rollout.evidence}"]
    else:
        states = f"provisioningState {seen.provisioning_state or '?'}, currentState {seen.current_state or '?'}"
        parts = [f"seen: version {seen.version or '?'}, {states}"]
    parts.append(f"release {seen.release or '?'}, update state {seen.update_state or '?'}")
    parts += [f"error: {seen.error}"] if seen.error else []
    parts += [f"not read: {', '.join(seen.gaps)}"] if seen.gaps else []
    return "; ".join(parts)


def _complaints(found: Sequence[e.Complaint]) -> str:
    return "".join(f"; {one.name}: {one.message} {one.recommendation}" for one in found)


def _note(words: str) -> str:
    return f": {words}" if words else ""


def _leg_of(walk: Walk, step: str) -> Leg | None:
    return next((leg for leg in walk.legs if leg.id == step), None)


# -- words --


def _when(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _span(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"


def _without_query(words: str) -> str:
    return _QUERY.sub(r"\1?…", words)


def _safe(words: object) -> str:
    return text(_without_query(str(words)))


def _redacted(cells: Iterable[object]) -> tuple[str, ...]:
    return tuple(_without_query(str(cell)) for cell in cells)
