"""How a thing changes over emulated time: laid out in advance, looked up when somebody asks.

No timer runs. A cluster, an instance or an operation carries frames, and what it is follows from the moment alone,
so that the same question at the same emulated moment always gets the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

__all__ = ["Changing", "Frame", "Frames", "is_changing", "lay_out", "seen_at", "settle"]

BEFORE: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Frame:
    """From `at` on these fields have these values."""

    at: datetime
    changes: Mapping[str, Any]


Frames = tuple[Frame, ...]
"""In the order of time, the first one from the beginning of time; () = nothing under way."""


@dataclass(slots=True)
class Changing:
    """What frames can change."""

    frames: Frames = field(default=(), repr=False, compare=False, kw_only=True)
    """What is under way."""


T = TypeVar("T", bound=Changing)


def lay_out(thing: Changing, steps: Sequence[Frame]) -> None:
    """Let `thing` go through `steps`, in the order of time; each adds its changes to those before.

    What was still under way when the first step begins ends there, as far as it came.
    """
    settle(thing, steps[0].at)
    held = {name: getattr(thing, name) for step in steps for name in step.changes}
    frames = [Frame(BEFORE, dict(held))]
    for step in steps:
        held |= step.changes
        frames.append(Frame(step.at, dict(held)))
    thing.frames = tuple(frames)


def settle(thing: Changing, moment: datetime) -> None:
    """Stop at `moment`: what holds then are the thing's own values, and nothing is under way."""
    for name, value in _held(thing.frames, moment).changes.items():
        setattr(thing, name, value)
    thing.frames = ()


def seen_at(thing: T, moment: datetime) -> T:
    """`thing` as it is at `moment`: itself, or a copy while frames change it.

    Once the last frame has come its values are the thing's own, so that they can be changed by hand again.
    """
    frames = thing.frames
    if not frames:
        return thing
    last = frames[-1]
    if last.at <= moment:
        if last.changes:
            settle(thing, moment)
            thing.frames = (*frames[:-1], Frame(last.at, {}))
        return thing
    changes = _held(frames, moment).changes
    return replace(thing, **changes, frames=())


def is_changing(thing: Changing, moment: datetime) -> bool:
    """True while changes are still to come."""
    return bool(thing.frames) and moment < thing.frames[-1].at


def _held(frames: Frames, moment: datetime) -> Frame:
    return next((frame for frame in reversed(frames) if frame.at <= moment), Frame(BEFORE, {}))
