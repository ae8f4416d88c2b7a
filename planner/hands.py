"""What people do on a walk: tick, note, start, confirm, decide. Each refuses what cannot be done now."""

from __future__ import annotations

from dataclasses import replace

from planner import events as e
from planner.events import Decision, Way
from planner.itinerary import (
    Command,
    Send,
    Walk,
    WalkError,
    current,
    finish,
    look_at,
    order_of,
    pass_on,
    say,
    settle,
    why_not_start,
    with_leg,
)
from planner.legs import TOOL, Leg, Note, Stage, Tick
from planner.plan import StepKind
from planner.proofs import Mark


def ticked(walk: Walk, event: e.Ticked) -> tuple[Walk, tuple[Command, ...]]:
    """A check ticked, or no longer. Raises WalkError for what arcstep makes itself or saw otherwise."""
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
    walk = with_leg(walk, leg.ticked(Tick(check.id, mark, event.by, event.at, event.note)))
    walk = say(walk, event.at, leg.id, f"{check.id} {'ticked' if event.done else 'no longer ticked'} by {event.by}")
    return pass_on(with_leg(walk, settle(walk.legs[walk.place])))


def noted(walk: Walk, event: e.Noted) -> Walk:
    """A note on a step or a check. Raises WalkError for what is no part of the plan."""
    place = next((n for n, leg in enumerate(walk.legs) if leg.id == event.item or leg.check(event.item)), None)
    if place is None:
        raise WalkError(f"{event.item} is no part of this plan.")
    leg = walk.legs[place]
    legs = list(walk.legs)
    legs[place] = replace(leg, notes=(*leg.notes, Note(event.item, event.text, event.by, event.at)))
    return say(replace(walk, legs=tuple(legs)), event.at, leg.id, f"note by {event.by} on {event.item}: {event.text}")


def started(walk: Walk, event: e.Started) -> tuple[Walk, tuple[Command, ...]]:
    """Started elsewhere. Raises WalkError before its turn."""
    leg = _startable(walk, event.step)
    if leg.step is None:
        raise WalkError("The pre-flight list has nothing to start.")
    watched = leg.step.kind in (StepKind.KUBERNETES, StepKind.RELEASE)
    stage = Stage.RUNNING if watched else Stage.VERIFYING
    begun = replace(leg, stage=stage, way=Way.BY_HAND, started=event.at, changed=event.at, refusal=None)
    walk = say(with_leg(walk, begun), event.at, leg.id, f"{event.by} says it was started by hand")
    return replace(walk, look_due=None), (look_at(begun),)


def confirmed(walk: Walk, event: e.Confirmed) -> tuple[Walk, tuple[Command, ...]]:
    """An upgrade, confirmed by the typed name. Raises WalkError where it may not start."""
    leg = _startable(walk, event.step)
    if leg.step is None or not leg.is_hop:
        raise WalkError(f"{leg.id} is not an upgrade that arcstep makes.")
    subject = walk.plan.subject
    if event.typed != subject.name:
        raise WalkError(f"The name that was typed is not {subject.name}; nothing was sent.")
    order = order_of(walk, leg.step)
    begun = replace(leg, stage=Stage.SENDING, way=Way.ARCSTEP, started=event.at, changed=event.at)
    begun = replace(begun, intent=None, operation="", correlation="", status="", refusal=None, doubt="")
    walk = say(with_leg(walk, begun), event.at, leg.id, f"confirmed by {event.by}")
    return replace(walk, look_due=None, poll_due=None), (Send(leg.id, order, event.fingerprint),)


def decided(walk: Walk, event: e.Decided) -> tuple[Walk, tuple[Command, ...]]:
    """Proceed, hold or abort. Raises WalkError after an abort."""
    why = f": {event.note}" if event.note else ""
    lifted = walk.held and event.decision is Decision.PROCEED
    what = "hold lifted" if lifted else f"{event.decision} decided"
    walk = say(walk, event.at, event.step, f"{what} by {event.by}{why}")
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
        return finish(walk, leg)
    return walk, ()


def _startable(walk: Walk, step: str) -> Leg:
    leg = current(walk, step)
    reason = why_not_start(walk) if leg is not None else f"It is not the turn of {step}."
    if leg is None or reason:
        raise WalkError(reason)
    return leg
