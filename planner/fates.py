"""What has become of a plan: the fate of each step with its reasons, and what lies behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from planner.findings import Verdict


class Fate(StrEnum):
    """What has become of a step."""

    DONE = "done"
    """Seen to be done, whoever did it."""
    VALID = "valid"
    """Legal, and offered, as planned."""
    CHANGED = "changed"
    IMPOSSIBLE = "impossible"
    UNKNOWN = "unknown"
    """A fact that decides it is missing; never counted as fine."""


_ORDER = (Fate.IMPOSSIBLE, Fate.CHANGED, Fate.UNKNOWN, Fate.VALID, Fate.DONE)


def worst(fates: tuple[Fate, ...]) -> Fate:
    """The one that weighs most; VALID where there is none."""
    return min(fates, key=_ORDER.index, default=Fate.VALID)


class Moved(StrEnum):
    """What made the difference."""

    REALITY = "reality moved"
    """Facts differ from those the plan was made from."""
    KNOWLEDGE = "knowledge changed"
    """The catalog says something else: a list, an edge, a date, a known issue."""
    POLICY = "policy changed"
    """The plan's own day is judged differently: a ruling, or a date of support."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a step is not as planned, or how it is known to be done."""

    what: str
    """A clause or sentence."""
    cause: Moved | None = None
    """None = it cannot be told, or a fact is missing."""
    fate: Fate = Fate.CHANGED
    """What it makes of the step."""


@dataclass(frozen=True, slots=True)
class StepFate:
    """A step of the plan and what has become of it."""

    id: str
    title: str
    where: str
    fate: Fate
    reasons: tuple[Reason, ...] = ()
    """The weightiest first; where it is valid empty, but for what is worth knowing."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Something that was one way when the plan was made and is another now."""

    what: str
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class Drift:
    """A saved plan against newer facts and today's knowledge."""

    title: str
    goal: str
    revision: int
    verdict: Verdict
    """What the plan says of itself."""
    planned_at: datetime
    """The moment the plan is judged at."""
    planned_from: datetime
    """Time of the newest fact it was made from."""
    as_of: datetime
    """The moment it is compared at."""
    read_at: datetime
    """The moment the newer facts stand for."""
    planned_catalog: date
    catalog: date
    steps: tuple[StepFate, ...]
    whole: tuple[Reason, ...]
    """What bears on the plan as a whole, such as a goal that comes to something else now."""
    facts: tuple[Shift, ...]
    """Reality: facts of the cluster that moved."""
    knowledge: tuple[Shift, ...]
    policy: tuple[Shift, ...]

    @property
    def fate(self) -> Fate:
        """The worst of all; DONE where every step is done."""
        return overall(self.steps, self.whole)

    def count(self, fate: Fate) -> int:
        """How many steps have it."""
        return sum(step.fate is fate for step in self.steps)


def fate_of(reasons: tuple[Reason, ...]) -> Fate:
    """What reasons add up to; VALID where there are none."""
    return worst(tuple(reason.fate for reason in reasons))


def overall(steps: tuple[StepFate, ...], whole: tuple[Reason, ...]) -> Fate:
    """What steps and what is said of the whole add up to; DONE only where every step is, and nothing is said against it."""
    found = worst((*(step.fate for step in steps), *(reason.fate for reason in whole)))
    if steps and all(step.fate is Fate.DONE for step in steps) and found in (Fate.DONE, Fate.VALID):
        return Fate.DONE
    return Fate.VALID if found is Fate.DONE else found
