"""What looking and asking brings to a walk, and what became of a PUT. The cluster has the last word (PR5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from planner import events as e
from planner.itinerary import (
    Command,
    Poll,
    Walk,
    WalkError,
    current,
    in_mode,
    look_at,
    pass_on,
    say,
    with_leg,
)
from planner.legs import Leg, Stage
from planner.outlook import LOOK_AGAIN, after_look, began_anew

POLL: Final = timedelta(seconds=30)
"""Between two questions to a running operation, as the SDK does."""


RETRY: Final = timedelta(seconds=60)
"""After a look or a poll that brought nothing."""


LONGEST_POLL: Final = timedelta(hours=24)
"""After this the operation is not asked any more; the cluster still is."""


TERMINAL: Final = frozenset({"succeeded", "failed", "canceled", "cancelled"})


def time_passed(walk: Walk) -> tuple[Walk, tuple[Command, ...]]:
    """What is due now."""
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


def reopened(walk: Walk, event: e.Reopened) -> tuple[Walk, tuple[Command, ...]]:
    """Taken up by a new process: the first look finds out what is true."""
    walk = say(walk, event.at, "", f"walk taken up again by {event.by} on {event.host}{in_mode(event.mode)}")
    leg = walk.leg
    if leg is None:
        return walk, ()
    walk = with_leg(walk, began_anew(leg))
    due = event.at if leg.operation and leg.status.casefold() not in TERMINAL else None
    return replace(walk, poll_due=due, look_due=None), (look_at(leg),)


def looked(walk: Walk, event: e.Looked) -> tuple[Walk, tuple[Command, ...]]:
    """A look brought something: it may move the leg."""
    leg = current(walk, event.step)
    if leg is None:
        return walk, ()
    fresh = after_look(leg, event.seen)
    for text in fresh.said:
        walk = say(walk, event.at, leg.id, text)
    poll_due = walk.poll_due if fresh.leg.is_open else None
    walk = replace(with_leg(walk, fresh.leg), look_due=event.at + LOOK_AGAIN[fresh.leg.stage], poll_due=poll_due)
    return pass_on(walk)


def look_failed(walk: Walk, event: e.LookFailed) -> tuple[Walk, tuple[Command, ...]]:
    """A look brought nothing: it is tried again."""
    leg = current(walk, event.step)
    if leg is None:
        return walk, ()
    if leg.trouble != event.why:
        walk = say(walk, event.at, leg.id, f"could not look: {event.why}")
    walk = with_leg(walk, replace(leg, trouble=event.why, cure=event.cure))
    return replace(walk, look_due=event.at + RETRY), ()


def polled(walk: Walk, event: e.Polled) -> tuple[Walk, tuple[Command, ...]]:
    """The operation said something of itself."""
    leg = current(walk, event.step)
    if leg is None or not leg.operation:
        return walk, ()
    if leg.status != event.status:
        walk = say(walk, event.at, leg.id, f"operation: {event.status}")
    over = event.status.casefold() in TERMINAL
    refusal = leg.refusal
    if over and (event.message or event.complaints):
        refusal = e.Refused(event.at, leg.id, event.message, _cure(event.complaints), event.complaints)
    walk = with_leg(walk, replace(leg, status=event.status, refusal=refusal, silence=""))
    if over:
        return replace(walk, poll_due=None, look_due=None), (look_at(leg),)
    return replace(walk, poll_due=_next_poll(leg, event.at)), ()


def poll_failed(walk: Walk, event: e.PollFailed) -> tuple[Walk, tuple[Command, ...]]:
    """The operation could not be asked: the cluster is."""
    leg = current(walk, event.step)
    if leg is None:
        return walk, ()
    if leg.silence != event.why:
        walk = say(walk, event.at, leg.id, f"could not ask the operation: {event.why} It may well go on.")
    walk = with_leg(walk, replace(leg, silence=event.why, cure=event.cure))
    due = _next_poll(leg, event.at + RETRY - POLL)
    return replace(walk, poll_due=due, look_due=None), (look_at(leg),)


def _next_poll(leg: Leg, at: datetime) -> datetime | None:
    began = leg.started or at
    return at + POLL if at - began < LONGEST_POLL else None


def _cure(complaints: tuple[e.Complaint, ...]) -> str:
    return next(
        (found.recommendation for found in complaints if found.recommendation), "Read the message, then decide anew."
    )


def intended(walk: Walk, event: e.Intended) -> Walk:
    """The intent of a confirmation is on the disk."""
    leg = current(walk, event.step)
    if leg is None or leg.stage is not Stage.SENDING or leg.intent is not None:
        raise WalkError("An intent without a confirmation of its own.")
    return with_leg(walk, replace(leg, intent=event))


def accepted(walk: Walk, event: e.Accepted) -> tuple[Walk, tuple[Command, ...]]:
    """Azure took the PUT."""
    leg = _sent(walk, event.step)
    running = replace(leg, stage=Stage.RUNNING, operation=event.operation, correlation=event.correlation, doubt="")
    walk = say(with_leg(walk, running), event.at, leg.id, "accepted by Azure")
    due = event.at + POLL if event.operation else None
    return replace(walk, poll_due=due, look_due=event.at + POLL), ()


def refused(walk: Walk, event: e.Refused) -> tuple[Walk, tuple[Command, ...]]:
    """Certain: nothing was started."""
    leg = current(walk, event.step)
    if leg is None or leg.stage is not Stage.SENDING:
        raise WalkError("A refusal of something that was not sent.")
    back = replace(leg, stage=Stage.CHECKING, refusal=event, intent=None, way=None, started=None)
    walk = say(with_leg(walk, back), event.at, leg.id, f"not started: {event.why}")
    return walk, (look_at(back),)


def doubted(walk: Walk, event: e.Doubted) -> tuple[Walk, tuple[Command, ...]]:
    """Sent, and nobody knows what became of it."""
    leg = _sent(walk, event.step)
    walk = say(
        with_leg(walk, replace(leg, stage=Stage.DOUBT, doubt=event.why)), event.at, leg.id, f"not known: {event.why}"
    )
    return walk, (look_at(leg),)


def _sent(walk: Walk, step: str) -> Leg:
    leg = current(walk, step)
    if leg is None or leg.stage not in (Stage.SENDING, Stage.DOUBT) or leg.intent is None:
        raise WalkError("An answer to something that was not sent.")
    return leg
