"""The walk as a reducer: `advance(walk, event)` gives the walk after it, and what has to be done next.

Pure: no clock, no I/O. The journal keeps the events, so folding them gives the walk back after a crash; the commands of
such a fold are dropped, and the first look finds out what is true now (PR6).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from planner import events as e
from planner.answers import (
    accepted,
    doubted,
    intended,
    look_failed,
    looked,
    poll_failed,
    polled,
    refused,
    reopened,
    time_passed,
)
from planner.events import Event
from planner.hands import confirmed, decided, noted, started, ticked
from planner.itinerary import (
    Command,
    Line,
    Look,
    Poll,
    Send,
    Walk,
    WalkError,
    in_mode,
    leg_of,
    look_at,
    say,
    turn_to,
    why_not_start,
)
from planner.legs import TOOL, legs_of


def advance(walk: Walk, event: Event) -> tuple[Walk, tuple[Command, ...]]:
    """The walk after an event, and what to do next. Raises WalkError for what cannot happen now."""
    walk = replace(walk, now=max(walk.now, event.at))
    match event:
        case e.Began():
            raise WalkError("A walk begins once.")
        case e.TimePassed():
            return time_passed(walk)
        case e.Reopened():
            return reopened(walk, event)
        case e.Looked():
            return looked(walk, event)
        case e.LookFailed():
            return look_failed(walk, event)
        case e.Ticked():
            return ticked(walk, event)
        case e.Noted():
            return noted(walk, event), ()
        case e.Started():
            return started(walk, event)
        case e.Confirmed():
            return confirmed(walk, event)
        case e.Intended():
            return intended(walk, event), ()
        case e.Accepted():
            return accepted(walk, event)
        case e.Refused():
            return refused(walk, event)
        case e.Doubted():
            return doubted(walk, event)
        case e.Polled():
            return polled(walk, event)
        case e.PollFailed():
            return poll_failed(walk, event)
        case e.Decided():
            return decided(walk, event)
        case _:
            raise WalkError("An event of an unknown kind.")


def begin(event: e.Began) -> tuple[Walk, tuple[Command, ...]]:
    """A new walk. Raises WalkError for a plan without steps."""
    legs = legs_of(event.plan)
    if not event.plan.steps:
        raise WalkError("The plan has no steps to walk.")
    walk = Walk(event.plan, event.digest, event.at, legs)
    walk = say(walk, event.at, "", f"walk begun by {event.by} on {event.host}{in_mode(event.mode)}")
    return turn_to(walk, 0)


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
            leg = leg_of(before, event.step)
            return leg is None or not event.seen.same_as(leg.seen) or after.log != before.log
        case e.LookFailed() | e.PollFailed() | e.Polled():
            return after.log != before.log
        case _:
            return True


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
