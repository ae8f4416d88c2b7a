"""What a walk on plain lines asks next: a value made from the walk, so that the same state always asks the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from planner.cli.telling import commands_of
from planner.legs import Leg, Stage
from planner.plan import Check
from planner.ports import Prepared
from planner.proofs import Mark
from planner.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Ask", "Question", "next_question"]


class Ask(StrEnum):
    """What kind of answer is expected."""

    CHECK = "check"
    UPGRADE = "upgrade"
    """The cluster's name, under the one change."""
    HAND = "hand"
    """Whether somebody started the change elsewhere."""
    GATE = "gate"
    HELD = "held"
    STANDSTILL = "standstill"
    """Nothing goes on without a person: look again, or leave."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and the lines that ask it."""

    ask: Ask
    item: str
    """The check, or else the step, it is about; a note goes there."""
    lines: tuple[str, ...]


_OR: Final = '"note TEXT", "hold" or "quit"'


def next_question(
    walk: Walk, *, declined: frozenset[str], prepared: Prepared | None, unprepared: str, may_upgrade: bool
) -> Question | None:
    """The question of this moment; None where only waiting helps, or nothing is left.

    `declined` are checks the operator did not tick, `prepared` is the change of the step whose turn it is, or
    `unprepared` why it could not be read; with neither it is being read.
    """
    leg = walk.leg
    if leg is None or walk.aborted:
        return None
    if walk.held:
        return Question(Ask.HELD, leg.id, (f'{leg.id} on hold. [enter] goes on, or "quit".',))
    match leg.stage:
        case Stage.CHECKING:
            return _checks(leg, leg.before, declined) or _stuck(leg, declined)
        case Stage.VERIFYING:
            return _checks(leg, leg.after, declined) or _unticked(leg, leg.after, declined)
        case Stage.READY:
            if not (leg.is_hop and may_upgrade):
                return _by_hand(leg)
            return _upgrade(leg, prepared) if prepared is not None else _unread(leg, unprepared)
        case Stage.GATE:
            asked = (
                f'{leg.id} gate: {leg.gate} Answer "proceed", "hold" or "abort", with a reason after it if you like.'
            )
            return Question(Ask.GATE, leg.id, (asked,))
        case Stage.ATTENTION:
            return _attention(leg)
        case _:
            return None


def _checks(leg: Leg, checks: tuple[Check, ...], declined: frozenset[str]) -> Question | None:
    """The first check a person has to look at. What arcstep can look at itself comes first."""
    if leg.seen is None:
        return None
    for check in leg.missing(checks):
        if check.id in declined or leg.mark(check.id) is Mark.NOT_SO:
            continue
        tick = leg.tick(check.id)
        unseen = "" if check.manual else f" arcstep could not see it{f' ({tick.note})' if tick and tick.note else ''}."
        asked = f'{check.id} to be ticked: {check.text}{unseen} "y" or "n", {_OR}.'
        return Question(Ask.CHECK, check.id, (asked,))
    return None


def _unticked(leg: Leg, checks: tuple[Check, ...], declined: frozenset[str]) -> Question | None:
    """What is left was declined by the operator; what arcstep sees for itself is waited for."""
    left = [check.id for check in leg.missing(checks) if check.id in declined]
    if not left:
        return None
    return Question(Ask.STANDSTILL, leg.id, (f"{leg.id} not ticked: {', '.join(left)}. [enter] asks again, {_OR}.",))


def _stuck(leg: Leg, declined: frozenset[str]) -> Question | None:
    """Before a step nothing may be assumed: what is not so, or could not be read, keeps it from starting."""
    if leg.seen is None and not leg.trouble:
        return None
    if leg.trouble and leg.seen is None:
        return Question(Ask.STANDSTILL, leg.id, (f"{leg.id} {leg.trouble} {leg.cure} [enter] looks again, {_OR}.",))
    if (left := _unticked(leg, leg.before, declined)) is not None:
        return left
    wrong = [check for check in leg.missing(leg.before) if leg.mark(check.id) is Mark.NOT_SO]
    if not wrong:
        return None
    tick = leg.tick(wrong[0].id)
    why = f"{wrong[0].id} is not so, which keeps {leg.id} from starting: {tick.note if tick else wrong[0].text}."
    return Question(Ask.STANDSTILL, leg.id, (f"{why} [enter] looks again, {_OR}.",))


def _by_hand(leg: Leg) -> Question:
    owner = f", {leg.step.owner}" if leg.step is not None else ""
    asked = f'{leg.id} is ready. Start it elsewhere{owner}, then answer "hand"; or {_OR}.'
    return Question(Ask.HAND, leg.id, (*commands_of(leg), asked))


def _upgrade(leg: Leg, prepared: Prepared) -> Question:
    return Question(Ask.UPGRADE, leg.id, tuple(_change(leg, prepared)))


def _change(leg: Leg, prepared: Prepared) -> Iterator[str]:
    order = prepared.order
    yield f"{leg.id} upgrade of {order.name} from {order.origin} to {order.target}, as {prepared.account} in {prepared.tenant}."
    for pointer, now, then in prepared.diff:
        yield f"{leg.id} the one change: {pointer} is {now}, and becomes {then}."
    yield f"{leg.id} moves the control plane and all node pools; there is no way back (P15)."
    for warning in prepared.warnings:
        yield f"{leg.id} warning: {warning}"
    yield from commands_of(leg)
    yield (
        f'{leg.id} start? Type the cluster\'s name, {order.name}, to upgrade, "hand" if you start it yourself, '
        f"[enter] to read it anew, {_OR}."
    )


def _unread(leg: Leg, why: str) -> Question | None:
    if not why:
        return None
    asked = (
        f'{leg.id} cannot be started by arcstep: {why} [enter] reads it again, "hand" if you start it yourself, {_OR}.'
    )
    return Question(Ask.UPGRADE, leg.id, (asked,))


def _attention(leg: Leg) -> Question:
    rollout = leg.rollout
    said = (f"{leg.id} {rollout.state}: {rollout.meaning}", f"{leg.id} what to do: {rollout.action}") if rollout else ()
    asked = f'{leg.id} needs attention. [enter] looks again, "abort" ends the walk, {_OR}.'
    return Question(Ask.STANDSTILL, leg.id, (*said, asked))
