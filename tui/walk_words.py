"""What the first lines of the Walk screen say: where the walk is, how far, and how long it may take. Pure functions."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from planner.durations import ASSUMPTION, band, nodes_of
from planner.legs import Leg, Stage
from planner.proofs import Mark
from planner.rollout import RolloutState
from planner.walk import Walk, why_not_start
from tui.look import BLOCKER, OK, RUNNING, UNKNOWN, WARNING, Look, Span, Spans, age, count
from tui.open_walk import OpenWalk
from tui.walk_rows import clock, title_of

CELLS: Final = 10
"""Length of the progress bar."""


def where(shown: OpenWalk) -> Spans:
    """Cluster, step of how many, and its title."""
    walk = shown.walk
    if walk is None:
        return (("Walk  ", "strong"), (shown.name, "strong"))
    leg = walk.leg
    steps = [found.id for found in walk.legs if found.step is not None]
    if leg is None:
        place = f"all {count(len(steps), 'step')} done"
    elif leg.step is None:
        place = f"pre-flight, then {count(len(steps), 'step')}"
    else:
        place = f"{leg.id} of {len(steps)} · {title_of(leg)}"
    name = walk.plan.subject.name
    return (("Walk", "muted"), (" › ", "muted"), (name, "strong"), (f" · {place}", ""))


def since(walk: Walk) -> str:
    """When the step was started, or else the walk begun."""
    leg = walk.leg
    if leg is not None and leg.started is not None:
        return f"started {clock(leg.started, walk.now)} UTC"
    return f"begun {clock(walk.log[0].at, walk.now)} UTC" if walk.log else ""


def opening(shown: OpenWalk, look: Look) -> Spans:
    """While it is taken up, or where that failed."""
    failure = shown.failure
    if failure is not None:
        return ((f"{look.sign(BLOCKER)} {failure.what}: ", "bad"), (f"{failure.why} {failure.cure}", ""))
    return (("Taking up the walk …", "accent"),)


def sentence(walk: Walk, shown: OpenWalk, now: datetime, look: Look) -> Spans:
    """How far it is and what comes next, in one or two lines."""
    leg = walk.leg
    if leg is None:
        return ((f"{look.sign(OK)} Every step is done. ", "good"), (walk.plan.outcome, ""))
    if walk.aborted:
        goes_on = " What runs in Azure goes on, and is watched." if leg.is_open else ""
        return ((f"{look.sign(BLOCKER)} Aborted: ", "bad"), (f"nothing more is started.{goes_on} Plan anew.", ""))
    said = _of_stage(leg, walk, shown, now, look)
    if walk.held:
        return ((f"{look.sign(WARNING)} On hold, h goes on. ", "warning"), *said)
    return said


def _of_stage(leg: Leg, walk: Walk, shown: OpenWalk, now: datetime, look: Look) -> Spans:
    match leg.stage:
        case Stage.TODO | Stage.CHECKING:
            return _checking(leg, walk, look)
        case Stage.READY:
            enter = "enter starts it" if leg.is_hop and shown.who else "enter says that it was started"
            if leg.refusal is not None:
                why = f"{leg.refusal.why} Remove the cause before it is tried again."
                return ((f"{look.sign(BLOCKER)} Came to nothing: ", "bad"), (why, ""))
            return (*bar(1, 1), (f" {look.sign(RUNNING)} Ready: all checks ticked; {enter}.", "good"))
        case Stage.SENDING:
            return ((f"{look.sign(RUNNING)} Sending: looking once more, then one request to Azure.", "accent"),)
        case Stage.DOUBT:
            text = f"{leg.doubt or 'whether Azure took it is not known.'} Nothing is sent again: looking decides."
            return ((f"{look.sign(UNKNOWN)} Not known: ", "unknown"), (text, ""))
        case Stage.RUNNING:
            return _running(leg, shown, now, look)
        case Stage.ATTENTION:
            return _attention(leg, look)
        case Stage.GATE:
            return ((f"{look.sign(RUNNING)} At the gate. ", "good"), ("enter decides: proceed, hold or abort.", ""))
        case Stage.VERIFYING | Stage.DONE:
            done = len(leg.after) - len(leg.missing(leg.after))
            words = f" {done} of {count(len(leg.after), 'check')} ticked after the change. "
            return (*bar(done, len(leg.after)), (words, ""), (_wrong(leg), "bad"))


def _checking(leg: Leg, walk: Walk, look: Look) -> Spans:
    done = len(leg.before) - len(leg.missing(leg.before))
    spans = (*bar(done, len(leg.before)), (f" {done} of {count(len(leg.before), 'check')} ticked before it. ", ""))
    if leg.refusal is not None:
        return ((f"{look.sign(BLOCKER)} Not started: ", "bad"), (f"{leg.refusal.why} {leg.refusal.cure}", ""))
    if leg.missing(leg.before):
        return (*spans, (_wrong(leg), "bad"))
    return (*spans, (why_not_start(walk), "warning"))


def _wrong(leg: Leg) -> str:
    """The first check that is not so."""
    checks = leg.before if leg.stage in (Stage.TODO, Stage.CHECKING) else leg.after
    bad = next((check for check in checks if leg.mark(check.id) is Mark.NOT_SO), None)
    tick = leg.tick(bad.id) if bad is not None else None
    return f"{bad.id} is not so: {tick.note if tick is not None else bad.text}" if bad is not None else ""


def _running(leg: Leg, shown: OpenWalk, now: datetime, look: Look) -> Spans:
    state = leg.rollout.state if leg.rollout is not None else RolloutState.RUNNING
    known = state not in (RolloutState.UNKNOWN, RolloutState.DISCONNECTED)
    sign = RUNNING if known else UNKNOWN
    spans: list[Span] = [*bar(*rolled(leg)), (" ", "")] if leg.is_hop else []
    spans.append((f"{look.sign(sign)} {_state_words(leg)}", sign.tone if not known else "strong"))
    if leg.started is not None:
        spans.append((f" {age((now - leg.started).total_seconds())}", "strong"))
    if leg.trouble:
        spans.append((f" · last look failed: {leg.trouble}", "warning"))
    return (*spans, (usual(leg, shown), "muted"))


def _state_words(leg: Leg) -> str:
    if is_early(leg):
        return "begun, not seen on the cluster yet,"
    return str(leg.rollout.state) if leg.rollout is not None else "running"


def is_early(leg: Leg) -> bool:
    """It was started, and the cluster does not show it yet: not to be taken for an upgrade that came to nothing."""
    unchanged = leg.rollout is not None and leg.rollout.state is RolloutState.UNCHANGED
    return leg.stage in (Stage.SENDING, Stage.DOUBT, Stage.RUNNING) and unchanged


def usual(leg: Leg, shown: OpenWalk) -> str:
    """The usual time of an upgrade, and what that is known from."""
    if not leg.is_hop:
        return " · how long it takes is not published"
    nodes = nodes_of(leg.seen)
    if not nodes:
        return ""
    found = band(nodes, shown.runs)
    rests_on = "arcstep's guess" if found.basis == ASSUMPTION else found.basis
    return f" · usual {found.low}-{found.high} min ({rests_on})"


def _attention(leg: Leg, look: Look) -> Spans:
    rollout = leg.rollout
    if rollout is None:
        error = leg.seen.error if leg.seen is not None else ""
        return ((f"{look.sign(WARNING)} Needs attention: ", "warning"), (error or "the update stopped or failed.", ""))
    sign = BLOCKER if rollout.state is RolloutState.FAILED else WARNING
    return ((f"{look.sign(sign)} Needs attention, {rollout.state}: ", sign.tone), (rollout.meaning, ""))


def rolled(leg: Leg) -> tuple[int, int]:
    """Ready nodes on the target, and nodes there should be; (0, 1) where nothing was read."""
    pools = (leg.seen.pools or ()) if leg.seen is not None else ()
    target = leg.step.target if leg.step is not None else ""
    whole = sum(pool.count or 0 for pool in pools)
    return (min(whole, sum(pool.on(target) for pool in pools)), whole) if whole else (0, 1)


def bar(done: int, whole: int) -> Spans:
    """A bar of ten cells."""
    full = CELLS * done // whole if whole else CELLS
    return (("█" * full, "accent"), ("░" * (CELLS - full), "muted"))


def until(due: datetime | None, now: datetime) -> str:
    """When something comes, in words."""
    if due is None:
        return ""
    seconds = (due - now).total_seconds()
    return "now" if seconds < 1 else f"in {age(seconds)}"


def leaving(shown: OpenWalk) -> str:
    """What the operator should know before leaving while something runs."""
    leg = shown.open_leg
    if leg is None or leg.step is None:
        return ""
    goes_on = "goes on when the rehearsal is taken up" if shown.is_rehearsal else "goes on without arcstep"
    return f"{leg.step.title} {goes_on}. Resume with: {shown.resume}"
