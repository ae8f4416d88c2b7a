"""What can go wrong in a rehearsal, by the names the operator gives: `--faults lost-answer,time-out@S03`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

__all__ = ["MEANINGS", "Mishap", "MishapError", "Mishaps", "assigned", "parse_mishaps"]


class Mishap(StrEnum):
    """A fault a rehearsal can play."""

    LOST_ANSWER = "lost-answer"
    TIME_OUT = "time-out"
    STUCK_FLAG = "stuck-flag"
    DRAIN_BLOCK = "drain-block"
    SIGN_IN = "401"
    ADMISSION = "admission"
    PARTIAL = "partial"
    DISCONNECTED = "disconnected"
    KILL = "kill"


MEANINGS: Final[Mapping[Mishap, str]] = {
    Mishap.LOST_ANSWER: "the answer to the upgrade request is lost; the work was begun",
    Mishap.TIME_OUT: "the operation times out while the nodes go on; ends well",
    Mishap.STUCK_FLAG: "every node arrives, but currentState stays Upgrading",
    Mishap.DRAIN_BLOCK: "a node cannot be drained for 45 minutes; then somebody helps, and it ends well",
    Mishap.SIGN_IN: "Azure refuses the sign-in once, in the middle of watching",
    Mishap.ADMISSION: "the admission webhook denies the upgrade; nothing changes",
    Mishap.PARTIAL: "Azure says Succeeded, but one pool stays behind",
    Mishap.DISCONNECTED: "the cluster has no contact with Azure while it upgrades; ends well",
    Mishap.KILL: "arcstep kills itself right after the upgrade request left; start it again to resume",
}
"""A line of help each."""

OUTCOMES: Final[Mapping[Mishap, str]] = {
    Mishap.TIME_OUT: "outcome:timed-out!",
    Mishap.STUCK_FLAG: "outcome:stuck!",
    Mishap.DRAIN_BLOCK: "outcome:drain!",
    Mishap.ADMISSION: "outcome:admission!",
    Mishap.PARTIAL: "outcome:partial!",
    Mishap.DISCONNECTED: "outcome:disconnected!",
}
"""How the upgrade goes, whoever begins it."""
REQUESTS: Final[Mapping[Mishap, str]] = {
    Mishap.LOST_ANSWER: "put:lost!",
    Mishap.KILL: "put:hang!",
}
"""What becomes of the upgrade request of arcstep itself; both are carried out."""

Named = tuple[Mishap, str]
"""A mishap, and the id of the step it belongs to; "" = the first upgrade."""
Mishaps = Mapping[str, tuple[Mishap, ...]]
"""The mishaps of each upgrade, by the id of its step."""


class MishapError(ValueError):
    """A fault that does not exist, or a step it cannot belong to; the message is for the operator."""


def parse_mishaps(text: str) -> tuple[Named, ...]:
    """Read "lost-answer,time-out@S03". Raises MishapError naming what there is."""
    found: list[Named] = []
    for part in text.split(","):
        name, _, step = part.strip().partition("@")
        if name not in frozenset(Mishap):
            raise MishapError(f"{name!r} is not a fault; there are {', '.join(Mishap)}")
        found.append((Mishap(name), step))
    return tuple(found)


def assigned(named: Sequence[Named], hops: Sequence[str]) -> Mishaps:
    """The mishaps by step; `hops` are the ids of the plan's upgrades. Raises MishapError."""
    result: dict[str, tuple[Mishap, ...]] = {}
    for mishap, step in named:
        place = step or next(iter(hops), "")
        if place not in hops:
            upgrades = f"its upgrades are {', '.join(hops)}" if hops else "it has no Kubernetes upgrade"
            raise MishapError(f"{mishap}@{step or '?'} fits no step of this plan: {upgrades}")
        if mishap in OUTCOMES and any(other in OUTCOMES for other in result.get(place, ())):
            raise MishapError(f"{place} can end in one way only; give one of its faults to another step")
        result[place] = (*result.get(place, ()), mishap)
    return result
