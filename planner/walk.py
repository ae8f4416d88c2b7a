"""The walk as a reducer: `advance(walk, event)` gives the walk after it, and what has to be done next.

Pure: no clock, no I/O. The journal keeps the events, so folding them gives the walk back after a crash; the commands of
such a fold are dropped, and the first look finds out what is true now (PR6).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from planner import events as e
from planner.events import Decision, Event, Fingerprint, Order, Way
from planner.legs import PREFLIGHT, TOOL, Leg, Note, Stage, Tick, legs_of
from planner.outlook import LOOK_AGAIN, after_look, began_anew
from planner.plan import Plan, StepKind
from planner.proofs import Mark

POLL: Final = timedelta(seconds=30)
"""Between two questions to a running operation, as the SDK does."""
RETRY: Final = timedelta(seconds=60)
"""After a look or a poll that brought nothing."""
LONGEST_POLL: Final = timedelta(hours=24)
"""After this the operation is not asked any more; the cluster still is."""
TERMINAL: Final = frozenset({"succeeded", "failed", "canceled", "cancelled"})


class WalkError(ValueError):
    """An event that cannot happen now; the message is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Look:
    """Read the cluster, and with `wide` its instance and neighbours too."""

    step: str
    target: str
    """The version whose images matter; "" where none."""
    wide: bool


@dataclass(frozen=True, slots=True)
class Poll:
    """Ask a running operation. `operation` is a secret."""

    step: str
    operation: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Send:
    """Upgrade: look once more, compare, write the intent down, send one PUT (PR2, PR4, PR6)."""

    step: str
    order: Order
    fingerprint: Fingerprint


Command = Look | Poll | Send


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the walk's log."""

    at: datetime
    step: str
    text: str


@dataclass(frozen=True, slots=True)
class Walk:
    """A plan being walked. `now` is the moment of the last event."""

    plan: Plan
    digest: str
    now: datetime
    legs: tuple[Leg, ...]
    place: int = 0
    held: bool = False
    aborted: bool = False
    poll_due: datetime | None = None
    look_due: datetime | None = None
    log: tuple[Line, ...] = ()

    @property
    def leg(self) -> Leg | None:
        """The leg whose turn it is; None when all are done."""
        return self.legs[self.place] if self.place < len(self.legs) else None

    @property
    def is_over(self) -> bool:
        """True when every leg is done."""
        return self.place >= len(self.legs)

    @property
    def open_leg(self) -> Leg | None:
        """The leg of which something may still be going on in Azure."""
        leg = self.leg
        return leg if leg is not None and leg.is_open else None


def advance(walk: Walk, event: Event) -> tuple[Walk, tuple[Command, ...]]:
    """The walk after an event, and what to do next. Raises WalkError for what cannot happen now."""
    walk = replace(walk, now=max(walk.now, event.at))
    match event:
        case e.Began():
            raise WalkError("A walk begins once.")
        case e.TimePassed():
            return _time_passed(walk)
        case e.Reopened():
            return _reopened(walk, event)
        case e.Looked():
            return _looked(walk, event)
        case e.LookFailed():
            return _look_failed(walk, event)
        case e.Ticked():
            return _ticked(walk, event)
        case e.Noted():
            return _noted(walk, event), ()
        case e.Started():
            return _started(walk, event)
        case e.Confirmed():
            return _confirmed(walk, event)
        case e.Intended():
            return _intended(walk, event), ()
        case e.Accepted():
            return _accepted(walk, event)
        case e.Refused():
            return _refused(walk, event)
        case e.Doubted():
            return _doubted(walk, event)
        case e.Polled():
            return _polled(walk, event)
        case e.PollFailed():
            return _poll_failed(walk, event)
        case e.Decided():
            return _decided(walk, event)
        case _:
            raise WalkError("An event of an unknown kind.")


def begin(event: e.Began) -> tuple[Walk, tuple[Command, ...]]:
    """A new walk. Raises WalkError for a plan without steps."""
    legs = legs_of(event.plan)
    if not event.plan.steps:
        raise WalkError("The plan has no steps to walk.")
    walk = Walk(event.plan, event.digest, event.at, legs)
    walk = _say(walk, event.at, "", f"walk begun by {event.by} on {event.host}{_mode(event.mode)}")
    return _turn_to(walk, 0)


def _mode(mode: str) -> str:
    return f" ({mode})" if mode else ""


def replay(kept: Iterable[Event]) -> Walk:
    """The walk a journal tells of. Raises WalkError where its events do not follow from each other."""
    walk: Walk | None = None
    for event in kept:
        if walk is None:
            if not isinstance(event, e.Began):
                raise WalkError("The journal does not begin with the beginning of a walk.")
            walk, _ = begin(event)
        else:
            walk, _ = advance(walk, event)
    if walk is None:
        raise WalkError("The journal is empty.")
    return walk


def is_worth_keeping(before: Walk, after: Walk, event: Event) -> bool:
    """Whether a journal needs the event that led from one walk to the other: what shows nothing new is not kept."""
    match event:
        case e.TimePassed():
            return False
        case e.Looked():
            leg = _leg(before, event.step)
            return leg is None or not event.seen.same_as(leg.seen) or after.log != before.log
        case e.LookFailed() | e.PollFailed() | e.Polled():
            return after.log != before.log
        case _:
            return True


def why_not_start(walk: Walk) -> str:
    """Why the change of the current leg may not start now; "" where it may."""
    leg = walk.leg
    if leg is None:
        return "Every step is done."
    if walk.aborted:
        return "The walk was aborted; make a new plan from what runs now."
    if walk.held:
        return "The walk is on hold; go on first."
    if leg.stage is Stage.READY:
        return ""
    if leg.stage is not Stage.CHECKING:
        return f"{leg.id} is {leg.stage}."
    missing = leg.missing(leg.before)
    wrong = [check for check in missing if leg.mark(check.id) is Mark.NOT_SO]
    if wrong:
        tick = leg.tick(wrong[0].id)
        return f"{wrong[0].id} is not so: {wrong[0].text} ({tick.note if tick else ''})"
    if missing:
        return f"{len(missing)} checks are not ticked yet, the first is {missing[0].id}."
    if leg.rollout is None:
        return f"{leg.id} has not been looked at yet."
    return f"{leg.rollout.meaning} {leg.rollout.action} ({leg.rollout.evidence})"


# -- looking and waiting --


def _time_passed(walk: Walk) -> tuple[Walk, tuple[Command, ...]]:
    leg, commands = walk.leg, list[Command]()
    if leg is None:
        return walk, ()
    if walk.poll_due is not None and walk.now >= walk.poll_due:
        walk = replace(walk, poll_due=None)
        if leg.operation:
            commands.append(Poll(leg.id, leg.operation))
    if walk.look_due is not None and walk.now >= walk.look_due:
        walk = replace(walk, look_due=None)
        commands.append(look_at(leg))
    return walk, tuple(commands)


def look_at(leg: Leg) -> Look:
    """The look a leg needs: wide where the instance matters, which it does until a hop is sent."""
    target = leg.step.target if leg.step is not None and leg.is_hop else ""
    return Look(leg.id, target, not leg.is_hop or leg.stage in (Stage.TODO, Stage.CHECKING, Stage.READY))


def _reopened(walk: Walk, event: e.Reopened) -> tuple[Walk, tuple[Command, ...]]:
    walk = _say(walk, event.at, "", f"walk taken up again by {event.by} on {event.host}{_mode(event.mode)}")
    leg = walk.leg
    if leg is None:
        return walk, ()
    walk = _with(walk, began_anew(leg))
    due = event.at if leg.operation and leg.status.casefold() not in TERMINAL else None
    return replace(walk, poll_due=due, look_due=None), (look_at(leg),)


def _looked(walk: Walk, event: e.Looked) -> tuple[Walk, tuple[Command, ...]]:
    leg = _current(walk, event.step)
    if leg is None:
        return walk, ()
    fresh = after_look(leg, event.seen)
    for text in fresh.said:
        walk = _say(walk, event.at, leg.id, text)
    poll_due = walk.poll_due if fresh.leg.is_open else None
    walk = replace(_with(walk, fresh.leg), look_due=event.at + LOOK_AGAIN[fresh.leg.stage], poll_due=poll_due)
    return _pass_on(walk)


def _look_failed(walk: Walk, event: e.LookFailed) -> tuple[Walk, tuple[Command, ...]]:
    leg = _current(walk, event.step)
    if leg is None:
        return walk, ()
    if leg.trouble != event.why:
        walk = _say(walk, event.at, leg.id, f"could not look: {event.why}")
    walk = _with(walk, replace(leg, trouble=event.why, cure=event.cure))
    return replace(walk, look_due=event.at + RETRY), ()


def _polled(walk: Walk, event: e.Polled) -> tuple[Walk, tuple[Command, ...]]:
    leg = _current(walk, event.step)
    if leg is None or not leg.operation:
        return walk, ()
    if leg.status != event.status:
        walk = _say(walk, event.at, leg.id, f"operation: {event.status}")
    over = event.status.casefold() in TERMINAL
    refusal = leg.refusal
    if over and (event.message or event.complaints):
        refusal = e.Refused(event.at, leg.id, event.message, _cure(event.complaints), event.complaints)
    walk = _with(walk, replace(leg, status=event.status, refusal=refusal, silence=""))
    if over:
        return replace(walk, poll_due=None, look_due=None), (look_at(leg),)
    return replace(walk, poll_due=_next_poll(leg, event.at)), ()


def _poll_failed(walk: Walk, event: e.PollFailed) -> tuple[Walk, tuple[Command, ...]]:
    leg = _current(walk, event.step)
    if leg is None:
        return walk, ()
    if leg.silence != event.why:
        walk = _say(walk, event.at, leg.id, f"could not ask the operation: {event.why} It may well go on.")
    walk = _with(walk, replace(leg, silence=event.why, cure=event.cure))
    due = _next_poll(leg, event.at + RETRY - POLL)
    return replace(walk, poll_due=due, look_due=None), (look_at(leg),)


def _next_poll(leg: Leg, at: datetime) -> datetime | None:
    began = leg.started or at
    return at + POLL if at - began < LONGEST_POLL else None


def _cure(complaints: tuple[e.Complaint, ...]) -> str:
    return next(
        (found.recommendation for found in complaints if found.recommendation), "Read the message, then decide anew."
    )


# -- what people do --


def _ticked(walk: Walk, event: e.Ticked) -> tuple[Walk, tuple[Command, ...]]:
    leg = walk.leg
    check = leg.check(event.item) if leg is not None else None
    if leg is None or check is None:
        raise WalkError(f"{event.item} is not a check of the step whose turn it is.")
    if leg.mark(check.id) is Mark.NOT_SO:
        raise WalkError(f"arcstep looked, and it is not so: {check.text}")
    tick = leg.tick(check.id)
    if not check.manual and (tick is None or (tick.by == TOOL and tick.mark is Mark.OK)):
        raise WalkError("arcstep makes this check itself, with every look.")
    mark = Mark.OK if event.done else Mark.OPEN
    walk = _with(walk, leg.ticked(Tick(check.id, mark, event.by, event.at, event.note)))
    walk = _say(walk, event.at, leg.id, f"{check.id} {'ticked' if event.done else 'no longer ticked'} by {event.by}")
    return _pass_on(_with(walk, _settle(walk.legs[walk.place])))


def _noted(walk: Walk, event: e.Noted) -> Walk:
    place = next((n for n, leg in enumerate(walk.legs) if leg.id == event.item or leg.check(event.item)), None)
    if place is None:
        raise WalkError(f"{event.item} is no part of this plan.")
    leg = walk.legs[place]
    legs = list(walk.legs)
    legs[place] = replace(leg, notes=(*leg.notes, Note(event.item, event.text, event.by, event.at)))
    return _say(replace(walk, legs=tuple(legs)), event.at, leg.id, f"note by {event.by} on {event.item}: {event.text}")


def _started(walk: Walk, event: e.Started) -> tuple[Walk, tuple[Command, ...]]:
    leg = _startable(walk, event.step)
    if leg.step is None:
        raise WalkError("The pre-flight list has nothing to start.")
    watched = leg.step.kind in (StepKind.KUBERNETES, StepKind.RELEASE)
    stage = Stage.RUNNING if watched else Stage.VERIFYING
    begun = replace(leg, stage=stage, way=Way.BY_HAND, started=event.at, changed=event.at, refusal=None)
    walk = _say(_with(walk, begun), event.at, leg.id, f"{event.by} says it was started by hand")
    return replace(walk, look_due=None), (look_at(begun),)


def _confirmed(walk: Walk, event: e.Confirmed) -> tuple[Walk, tuple[Command, ...]]:
    leg = _startable(walk, event.step)
    if leg.step is None or not leg.is_hop:
        raise WalkError(f"{leg.id} is not an upgrade that arcstep makes.")
    subject = walk.plan.subject
    if event.typed != subject.name:
        raise WalkError(f"The name that was typed is not {subject.name}; nothing was sent.")
    order = Order(leg.id, subject.id, subject.name, leg.step.origin, leg.step.target)
    begun = replace(leg, stage=Stage.SENDING, way=Way.ARCSTEP, started=event.at, changed=event.at)
    begun = replace(begun, intent=None, operation="", correlation="", status="", refusal=None, doubt="")
    walk = _say(_with(walk, begun), event.at, leg.id, f"confirmed by {event.by}")
    return replace(walk, look_due=None, poll_due=None), (Send(leg.id, order, event.fingerprint),)


def _decided(walk: Walk, event: e.Decided) -> tuple[Walk, tuple[Command, ...]]:
    why = f": {event.note}" if event.note else ""
    lifted = walk.held and event.decision is Decision.PROCEED
    what = "hold lifted" if lifted else f"{event.decision} decided"
    walk = _say(walk, event.at, event.step, f"{what} by {event.by}{why}")
    match event.decision:
        case Decision.HOLD:
            return replace(walk, held=True), ()
        case Decision.ABORT:
            return replace(walk, aborted=True, held=False), ()
        case Decision.PROCEED:
            pass
    if walk.aborted:
        raise WalkError("The walk was aborted; make a new plan from what runs now.")
    if walk.held:  # going on is one decision, passing a gate another
        return replace(walk, held=False), ()
    leg = walk.leg
    if leg is not None and leg.id == event.step and leg.stage is Stage.GATE:
        return _finish(walk, leg)
    return walk, ()


def _startable(walk: Walk, step: str) -> Leg:
    leg = _current(walk, step)
    reason = why_not_start(walk) if leg is not None else f"It is not the turn of {step}."
    if leg is None or reason:
        raise WalkError(reason)
    return leg


# -- what became of a PUT --


def _intended(walk: Walk, event: e.Intended) -> Walk:
    leg = _current(walk, event.step)
    if leg is None or leg.stage is not Stage.SENDING or leg.intent is not None:
        raise WalkError("An intent without a confirmation of its own.")
    return _with(walk, replace(leg, intent=event))


def _accepted(walk: Walk, event: e.Accepted) -> tuple[Walk, tuple[Command, ...]]:
    leg = _sent(walk, event.step)
    running = replace(leg, stage=Stage.RUNNING, operation=event.operation, correlation=event.correlation, doubt="")
    walk = _say(_with(walk, running), event.at, leg.id, "accepted by Azure")
    due = event.at + POLL if event.operation else None
    return replace(walk, poll_due=due, look_due=event.at + POLL), ()


def _refused(walk: Walk, event: e.Refused) -> tuple[Walk, tuple[Command, ...]]:
    leg = _current(walk, event.step)
    if leg is None or leg.stage is not Stage.SENDING:
        raise WalkError("A refusal of something that was not sent.")
    back = replace(leg, stage=Stage.CHECKING, refusal=event, intent=None, way=None, started=None)
    walk = _say(_with(walk, back), event.at, leg.id, f"not started: {event.why}")
    return walk, (look_at(back),)


def _doubted(walk: Walk, event: e.Doubted) -> tuple[Walk, tuple[Command, ...]]:
    leg = _sent(walk, event.step)
    walk = _say(
        _with(walk, replace(leg, stage=Stage.DOUBT, doubt=event.why)), event.at, leg.id, f"not known: {event.why}"
    )
    return walk, (look_at(leg),)


def _sent(walk: Walk, step: str) -> Leg:
    leg = _current(walk, step)
    if leg is None or leg.stage not in (Stage.SENDING, Stage.DOUBT) or leg.intent is None:
        raise WalkError("An answer to something that was not sent.")
    return leg


# -- moving on --


def _settle(leg: Leg) -> Leg:
    """CHECKING or READY, as the ticks say."""
    if leg.stage not in (Stage.CHECKING, Stage.READY):
        return leg
    return replace(leg, stage=Stage.READY if leg.is_clear else Stage.CHECKING)


def _pass_on(walk: Walk) -> tuple[Walk, tuple[Command, ...]]:
    """From a leg whose checks are all ticked to its gate, or to the next leg."""
    leg = walk.leg
    if leg is None:
        return walk, ()
    if leg.id == PREFLIGHT and not leg.missing(leg.before):
        return _finish(walk, leg)
    if leg.stage is not Stage.VERIFYING or leg.missing(leg.after):
        return walk, ()
    if not leg.gate:
        return _finish(walk, leg)
    walk = _say(_with(walk, replace(leg, stage=Stage.GATE)), walk.now, leg.id, "every check is ticked: at the gate")
    return replace(walk, look_due=None, poll_due=None), ()


def _finish(walk: Walk, leg: Leg) -> tuple[Walk, tuple[Command, ...]]:
    walk = _with(walk, replace(leg, stage=Stage.DONE, ended=leg.ended or walk.now))
    return _turn_to(_say(walk, walk.now, leg.id, "done"), walk.place + 1)


def _turn_to(walk: Walk, place: int) -> tuple[Walk, tuple[Command, ...]]:
    walk = replace(walk, place=place, look_due=None, poll_due=None)
    leg = walk.leg
    if leg is None:
        return _say(walk, walk.now, "", "every step is done"), ()
    return _with(walk, replace(leg, stage=Stage.CHECKING)), (look_at(leg),)


def _current(walk: Walk, step: str) -> Leg | None:
    leg = walk.leg
    return leg if leg is not None and leg.id == step else None


def _leg(walk: Walk, step: str) -> Leg | None:
    return next((leg for leg in walk.legs if leg.id == step), None)


def _with(walk: Walk, leg: Leg) -> Walk:
    legs = list(walk.legs)
    legs[walk.place] = leg
    return replace(walk, legs=tuple(legs))


def _say(walk: Walk, at: datetime, step: str, text: str) -> Walk:
    return replace(walk, log=(*walk.log, Line(at, step, text)))


__all__ = [
    "TOOL",
    "Command",
    "Line",
    "Look",
    "Poll",
    "Send",
    "Walk",
    "WalkError",
    "advance",
    "begin",
    "is_worth_keeping",
    "look_at",
    "replay",
    "why_not_start",
]
