"""What people ticked and wrote in one revision of a plan, taken over to the next one where the box is still the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from planner.documents.readback import Tick
from planner.plan import Plan

_BOX: Final = re.compile(r"- \[ \] .* <!-- item:(?P<id>[A-Za-z0-9._-]+) -->")
"""A box as it is generated; text from outside cannot look like one, since its < is written as an entity."""
_APPROVAL: Final = "APPROVAL."
_TICKET: Final = "APPROVAL.ticket"
"""It stands with the approvals and is none: the change keeps its number."""


def carried(ticks: Mapping[str, Tick], before: Iterable[str], after: Iterable[str], anew: Plan) -> dict[str, Tick]:
    """What of `ticks` holds for the next revision; `before` and `after` are the generated lines of both documents.

    A box is the same where its id and its words are. Approvals were given to the old revision and stay with it. What speaks
    of a step done (verify, gate, sign-off, acceptance) keeps its note and loses its tick: the facts say that a step which
    still stands in the plan is not done.
    """
    boxes, old = _boxes(after), _boxes(before)
    same = {id: ticks[id] for id, line in boxes.items() if id in ticks and old.get(id) == line}
    later = _after_steps(anew)
    kept = {
        id: Tick(tick.done and id not in later, tick.note)
        for id, tick in same.items()
        if id == _TICKET or not id.startswith(_APPROVAL)
    }
    return {id: tick for id, tick in kept.items() if is_used(tick)}


def is_used(tick: Tick) -> bool:
    """True where somebody ticked the box or wrote on it."""
    return tick.done or bool(tick.note)


def ticked(line: str, ticks: Mapping[str, Tick]) -> str:
    """A generated line with its box ticked and its note behind it, where `ticks` has them; any other line as it is."""
    found = _BOX.fullmatch(line)
    tick = ticks.get(found["id"]) if found else None
    if tick is None:
        return line
    box = line.replace("[ ]", "[x]", 1) if tick.done else line
    return f"{box} {tick.note}".rstrip()


def _boxes(lines: Iterable[str]) -> dict[str, str]:
    return {found["id"]: line for line in lines if (found := _BOX.fullmatch(line))}


def _after_steps(plan: Plan) -> frozenset[str]:
    """Ids of the boxes that can only be true once a step is done."""
    ids = {"ACCEPTED"}
    for step in plan.steps:
        ids |= {step.id, f"{step.id}.gate", *(check.id for check in step.verify)}
    return frozenset(ids)
