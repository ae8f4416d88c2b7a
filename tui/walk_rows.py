"""The rows of the Walk screen: the checks, start, watch and gate of the leg whose turn it is, and a row for every other leg.

Pure functions of a walk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from planner.events import Way
from planner.legs import TOOL, Leg, Stage
from planner.plan import Check, StepKind
from planner.proofs import Mark
from planner.rollout import RolloutState
from planner.signs import progress
from planner.walk import Walk
from tui.look import BLOCKER, OK, RUNNING, TODO, UNKNOWN, WARNING, Sign

WATCHED: Final = (StepKind.KUBERNETES, StepKind.RELEASE)
"""Kinds of steps whose course arcstep follows; the others are known by their checks."""


class Kind(StrEnum):
    """What a row stands for."""

    LEG = "leg"
    CHECK = "check"
    START = "start"
    WATCH = "watch"
    GATE = "gate"


@dataclass(frozen=True, slots=True)
class WalkRow:
    """A row. `word` says what the sign means; `by` is when and who."""

    key: str
    kind: Kind
    leg: Leg
    id: str
    sign: Sign
    word: str
    text: str
    evidence: str = ""
    by: str = ""
    check: Check | None = None


def rows_of(walk: Walk) -> tuple[WalkRow, ...]:
    """All rows in order."""
    rows: list[WalkRow] = []
    for place, leg in enumerate(walk.legs):
        rows += _leg_rows(leg, walk) if place == walk.place else [_other_leg(leg, walk.now)]
    return tuple(rows)


def next_key(walk: Walk) -> str:
    """The row of what has to be done next."""
    leg = walk.leg
    if leg is None:
        return walk.legs[-1].id if walk.legs else ""
    match leg.stage:
        case Stage.GATE:
            return f"{leg.id}:gate"
        case Stage.TODO | Stage.CHECKING | Stage.READY:
            missing = leg.missing(leg.before)
            return missing[0].id if missing else f"{leg.id}:start"
        case Stage.VERIFYING | Stage.DONE:
            missing = leg.missing(leg.after)
            return missing[0].id if missing else f"{leg.id}:gate"
        case _:
            return f"{leg.id}:watch"


def next_check(walk: Walk, after: str) -> str:
    """The next open check a person has to look at, behind the check `after`; else what has to be done next."""
    leg = walk.leg
    checks = [check.id for check in (*leg.before, *leg.after)] if leg is not None else []
    if leg is None or after not in checks:
        return next_key(walk)
    behind = leg.before if any(check.id == after for check in leg.before) else leg.after
    place = next(n for n, check in enumerate(behind) if check.id == after)
    open_checks = [check.id for check in behind[place + 1 :] if check.manual and leg.mark(check.id) is Mark.OPEN]
    return open_checks[0] if open_checks else next_key(walk)


def clock(at: datetime, now: datetime) -> str:
    """Hours and minutes; with the day where that is not today."""
    return f"{at:%H:%M}" if at.date() == now.date() else f"{at:%m-%d %H:%M}"


def short_clock(at: datetime, now: datetime) -> str:
    """Hours and minutes today, else the day."""
    return f"{at:%H:%M}" if at.date() == now.date() else f"{at:%m-%d}"


def title_of(leg: Leg) -> str:
    """What a leg is called."""
    return leg.step.title if leg.step is not None else "pre-flight list"


def _other_leg(leg: Leg, now: datetime) -> WalkRow:
    done = leg.stage is Stage.DONE
    by = f"{short_clock(leg.ended, now)}" if leg.ended is not None else ""
    where = f"{title_of(leg)}, {leg.step.where}" if leg.step is not None else title_of(leg)
    sign, word = (OK, "done") if done else (TODO, "to do")
    return WalkRow(leg.id, Kind.LEG, leg, leg.id, sign, word, where, by=by)


def _leg_rows(leg: Leg, walk: Walk) -> Iterator[WalkRow]:
    for check in leg.before:
        yield _check(leg, check, walk.now)
    if leg.step is not None:
        yield _start(leg, walk)
        if leg.step.kind in WATCHED:
            yield _watch(leg, walk.now)
    for check in leg.after:
        yield _check(leg, check, walk.now)
    if leg.gate:
        sign, word = (RUNNING, "decide") if leg.stage is Stage.GATE else (TODO, "to do")
        yield WalkRow(f"{leg.id}:gate", Kind.GATE, leg, "gate", sign, word, leg.gate)


def _check(leg: Leg, check: Check, now: datetime) -> WalkRow:
    tick = leg.tick(check.id)
    mark = leg.mark(check.id)
    by = f"{short_clock(tick.at, now)} {tick.by}" if tick is not None and mark is not Mark.OPEN else ""
    if not by:
        by = "a person" if check.manual else TOOL
    match mark:
        case Mark.OK:
            sign, word = OK, "ok"
        case Mark.NOT_SO:
            sign, word = BLOCKER, "not so"
        case Mark.OPEN:
            unseen = check.manual or tick is None
            sign, word = (TODO, "to do") if unseen else (UNKNOWN, "unknown")
    evidence = tick.note if tick is not None else ""
    return WalkRow(check.id, Kind.CHECK, leg, check.id, sign, word, check.text, evidence, by, check)


def _start(leg: Leg, walk: Walk) -> WalkRow:
    step = leg.step
    assert step is not None
    doers = {Way.ARCSTEP: TOOL, Way.BY_HAND: "by hand", None: "elsewhere"}
    by = f"{short_clock(leg.started, walk.now)} {doers[leg.way]}" if leg.started is not None else str(step.owner)
    text = f"Start: {step.title}" if step.kind in WATCHED else step.title
    sign, word = _start_sign(leg, walk)
    return WalkRow(f"{leg.id}:start", Kind.START, leg, "start", sign, word, text, _start_evidence(leg), by)


def _start_sign(leg: Leg, walk: Walk) -> tuple[Sign, str]:
    match leg.stage:
        case Stage.TODO | Stage.CHECKING:
            return (BLOCKER, "refused") if leg.refusal is not None else (TODO, "waits")
        case Stage.READY:
            return (TODO, "on hold") if walk.held or walk.aborted else (RUNNING, "ready")
        case Stage.SENDING:
            return RUNNING, "sending"
        case Stage.DOUBT:
            return UNKNOWN, "unknown"
        case _:
            return OK, "started"


def _start_evidence(leg: Leg) -> str:
    if leg.refusal is not None:
        return leg.refusal.why
    if leg.doubt:
        return leg.doubt
    if leg.intent is None or leg.stage is Stage.SENDING:
        return ""
    return "accepted by Azure" if leg.operation or leg.correlation else "sent; no answer came, the cluster shows it"


_WATCH_WORDS: Final = {
    RolloutState.RUNNING: "running",
    RolloutState.TIMED_OUT: "running",
    RolloutState.FINISHED: "finished",
    RolloutState.FLAG_STUCK: "stuck",
    RolloutState.PARTIAL: "partial",
    RolloutState.FAILED: "failed",
    RolloutState.UNCHANGED: "no change",
    RolloutState.DISCONNECTED: "offline",
    RolloutState.UNKNOWN: "unknown",
}
"""In at most nine letters; the page says the rest."""


def _watch(leg: Leg, now: datetime) -> WalkRow:
    sign, word = _watch_sign(leg)
    changed = short_clock(leg.changed, now) if leg.changed is not None and leg.is_open else ""
    seen = course(leg)
    text = f"Watch: {seen}" if seen else "Watch"
    evidence = str(leg.rollout.state) if leg.rollout is not None and leg.is_open else ""
    return WalkRow(f"{leg.id}:watch", Kind.WATCH, leg, "watch", sign, word, text, evidence, f"{changed} {TOOL}".strip())


def course(leg: Leg) -> str:
    """How far a change is: versions and ready nodes, or release and update state."""
    seen, step = leg.seen, leg.step
    if seen is None or step is None:
        return ""
    if leg.is_hop:
        return f"set to {seen.version or '?'}, ready {progress(seen.pools, step.target)}"
    if step.kind is StepKind.RELEASE:
        return f"release {seen.release or '?'}, {seen.update_state or 'update state not read'}"
    return ""


def _watch_sign(leg: Leg) -> tuple[Sign, str]:
    state = leg.rollout.state if leg.rollout is not None else None
    match leg.stage:
        case Stage.TODO | Stage.CHECKING | Stage.READY:
            return TODO, "to do"
        case Stage.SENDING | Stage.DOUBT:
            return UNKNOWN, "unknown"
        case Stage.RUNNING:
            if state in (RolloutState.UNKNOWN, RolloutState.DISCONNECTED):
                return UNKNOWN, _WATCH_WORDS[state]
            return RUNNING, "running"
        case Stage.ATTENTION:
            sign = BLOCKER if state is RolloutState.FAILED else WARNING
            return sign, _WATCH_WORDS[state] if state is not None else "attention"
        case _:
            return OK, "done"
