"""A walk as a value: its legs, what is due, what has been said; and the ways it moves from leg to leg."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from planner.events import Fingerprint, Order
from planner.legs import PREFLIGHT, Leg, Stage
from planner.plan import Plan, Step
from planner.proofs import Mark


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


def order_of(walk: Walk, step: Step) -> Order:
    """The upgrade a step of the plan asks for; nothing else is ever sent."""
    subject = walk.plan.subject
    return Order(step.id, subject.id, subject.name, step.origin, step.target)


def look_at(leg: Leg) -> Look:
    """The look a leg needs: wide where the instance matters, which it does until a hop is sent."""
    target = leg.step.target if leg.step is not None and leg.is_hop else ""
    return Look(leg.id, target, not leg.is_hop or leg.stage in (Stage.TODO, Stage.CHECKING, Stage.READY))


def settle(leg: Leg) -> Leg:
    """CHECKING or READY, as the ticks say."""
    if leg.stage not in (Stage.CHECKING, Stage.READY):
        return leg
    return replace(leg, stage=Stage.READY if leg.is_clear else Stage.CHECKING)


def pass_on(walk: Walk) -> tuple[Walk, tuple[Command, ...]]:
    """From a leg whose checks are all ticked to its gate, or to the next leg."""
    leg = walk.leg
    if leg is None:
        return walk, ()
    if leg.id == PREFLIGHT and not leg.missing(leg.before):
        return finish(walk, leg)
    if leg.stage is not Stage.VERIFYING or leg.missing(leg.after):
        return walk, ()
    if not leg.gate:
        return finish(walk, leg)
    walk = say(with_leg(walk, replace(leg, stage=Stage.GATE)), walk.now, leg.id, "every check is ticked: at the gate")
    return replace(walk, look_due=None, poll_due=None), ()


def finish(walk: Walk, leg: Leg) -> tuple[Walk, tuple[Command, ...]]:
    """The leg is done; on to the next."""
    walk = with_leg(walk, replace(leg, stage=Stage.DONE, ended=leg.ended or walk.now))
    return turn_to(say(walk, walk.now, leg.id, "done"), walk.place + 1)


def turn_to(walk: Walk, place: int) -> tuple[Walk, tuple[Command, ...]]:
    """The leg at a place has its turn."""
    walk = replace(walk, place=place, look_due=None, poll_due=None)
    leg = walk.leg
    if leg is None:
        return say(walk, walk.now, "", "every step is done"), ()
    return with_leg(walk, replace(leg, stage=Stage.CHECKING)), (look_at(leg),)


def current(walk: Walk, step: str) -> Leg | None:
    """The leg of a step, if it is its turn."""
    leg = walk.leg
    return leg if leg is not None and leg.id == step else None


def leg_of(walk: Walk, step: str) -> Leg | None:
    """The leg of a step."""
    return next((leg for leg in walk.legs if leg.id == step), None)


def with_leg(walk: Walk, leg: Leg) -> Walk:
    """With another leg in the place of the current one."""
    legs = list(walk.legs)
    legs[walk.place] = leg
    return replace(walk, legs=tuple(legs))


def say(walk: Walk, at: datetime, step: str, text: str) -> Walk:
    """With a line more in the log."""
    return replace(walk, log=(*walk.log, Line(at, step, text)))


def in_mode(mode: str) -> str:
    """How a walk is made, for its log."""
    return f" ({mode})" if mode else ""
