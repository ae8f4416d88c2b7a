"""A leg: one step of a plan as it is walked, and the pre-flight list before the first."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from planner.events import Intended, Refused, Way
from planner.plan import Check, Plan, Step, StepKind
from planner.proofs import Mark, prove
from planner.rollout import Rollout, RolloutState
from planner.sighting import Sighting

PREFLIGHT: Final = "PRE"
TOOL: Final = "arcstep"
"""Who ticked a check that arcstep made itself."""


class Stage(StrEnum):
    """How far a leg is."""

    TODO = "to do"
    CHECKING = "checking"
    """It is its turn, and something that has to be true before it is not ticked yet."""
    READY = "ready"
    SENDING = "sending"
    """The operator confirmed; the answer of Azure is not known yet."""
    DOUBT = "unknown"
    """The upgrade was sent and its fate is not known: the cluster decides."""
    RUNNING = "running"
    ATTENTION = "needs attention"
    VERIFYING = "verifying"
    GATE = "at the gate"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Tick:
    """A check that was looked at."""

    item: str
    mark: Mark
    by: str
    at: datetime
    note: str = ""
    """Evidence, or what the person wrote."""


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote down."""

    item: str
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Leg:
    """One step as it is walked; `step` None = the pre-flight list."""

    id: str
    step: Step | None
    before: tuple[Check, ...]
    after: tuple[Check, ...]
    stage: Stage = Stage.TODO
    ticks: tuple[Tick, ...] = ()
    notes: tuple[Note, ...] = ()
    way: Way | None = None
    started: datetime | None = None
    ended: datetime | None = None
    intent: Intended | None = None
    operation: str = field(default="", repr=False)
    """Signed address; never shown (PR9)."""
    correlation: str = ""
    """What Microsoft's support asks for."""
    status: str = ""
    """What the operation last said of itself."""
    refusal: Refused | None = None
    """Why it was not started, or came to nothing."""
    doubt: str = ""
    trouble: str = ""
    """Why the last look or poll brought nothing; "" where it did."""
    cure: str = ""
    silence: str = ""
    """Why the operation could not be asked last time; "" where it answered. The cluster tells all the same."""
    seen: Sighting | None = None
    changed: datetime | None = None
    """When something last moved."""
    rollout: Rollout | None = None

    @property
    def is_hop(self) -> bool:
        """True for a Kubernetes upgrade, the one change arcstep can make itself."""
        return self.step is not None and self.step.kind is StepKind.KUBERNETES

    @property
    def is_open(self) -> bool:
        """True while something of it may still be going on in Azure."""
        return self.stage in (Stage.SENDING, Stage.DOUBT, Stage.RUNNING, Stage.ATTENTION)

    @property
    def gate(self) -> str:
        """The decision after it; "" where none."""
        return self.step.gate if self.step is not None else ""

    @property
    def is_clear(self) -> bool:
        """True when the change may start: every check before it is ticked, and the cluster is where the plan expects it."""
        at_origin = self.rollout is None or self.rollout.state is RolloutState.UNCHANGED
        return at_origin and not self.missing(self.before)

    def tick(self, item: str) -> Tick | None:
        """The tick of a check."""
        return next((tick for tick in self.ticks if tick.item == item), None)

    def mark(self, item: str) -> Mark:
        """How a check stands."""
        found = self.tick(item)
        return found.mark if found is not None else Mark.OPEN

    def check(self, item: str) -> Check | None:
        """The check with that id."""
        return next((check for check in (*self.before, *self.after) if check.id == item), None)

    def missing(self, checks: tuple[Check, ...]) -> tuple[Check, ...]:
        """Those that are not ticked."""
        return tuple(check for check in checks if self.mark(check.id) is not Mark.OK)

    def ticked(self, tick: Tick) -> Leg:
        """With one more, or another, tick."""
        return replace(self, ticks=(*(old for old in self.ticks if old.item != tick.item), tick))

    def proven(self, checks: tuple[Check, ...], seen: Sighting) -> Leg:
        """With every check that arcstep makes itself judged anew.

        What a person ticked because arcstep could not see it stays ticked, unless arcstep now sees that it is not so.
        """
        leg = self
        for check in checks:
            if check.manual:
                continue
            found = prove(check, self.step, seen)
            old = leg.tick(check.id)
            by_person = old is not None and old.by != TOOL and old.mark is Mark.OK
            if found.mark is Mark.OPEN and by_person:
                continue
            tick = Tick(check.id, found.mark, TOOL, seen.at, found.evidence)
            leg = leg if tick == old else leg.ticked(tick)
        return leg


def legs_of(plan: Plan) -> tuple[Leg, ...]:
    """The legs of a plan, in order."""
    legs = [Leg(step.id, step, step.before, step.verify) for step in plan.steps]
    return (Leg(PREFLIGHT, None, plan.preflight, ()), *legs) if plan.preflight else tuple(legs)
