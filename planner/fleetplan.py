"""The plan of instances as a value: one order for all their clusters, waves, each cluster's part. Types only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from planner.acceptance import Acceptance
from planner.findings import Verdict
from planner.plan import CitedRule, ClockLine, DeadEnd, RiskNote, Step, StepKind
from planner.search import Numbers
from planner.timing import MustStart, Timing

FLEET_SCHEMA = 1
_BY_PEOPLE = {StepKind.DECIDE: "decision about ", StepKind.REPAIR: "repair of "}


class Part(StrEnum):
    """What a plan of instances does with a cluster."""

    PLANNED = "planned"
    """It reaches the goal."""
    NOTHING_TO_DO = "nothing to do"
    """It is at the goal, or beyond it, and stays there safely."""
    CARRIED = "carried along"
    """It cannot reach the goal; the plan keeps it from being stranded all the same."""
    ISOLATED = "isolated"
    """It cannot be saved: stranded already, or by an update the others need. A person decides about it first."""
    UNKNOWN = "unknown"
    """Too little is known of it to judge."""


@dataclass(frozen=True, slots=True)
class Member:
    """One cluster's part."""

    id: str
    name: str
    resource_group: str
    subscription: str
    instance: str
    """Name of the instance."""
    part: Part
    version: str
    """Today's, or "unknown"."""
    target: str
    """Where the plan leaves it."""
    support: str
    """Support state at as_of."""
    because: str
    """Why this part, in a sentence."""
    steps: tuple[str, ...]
    """Ids of its own steps, in order; updates of the instance are not among them."""
    numbers: Numbers | None = None
    """Of its own path, updates of the instance included."""
    clocks: tuple[ClockLine, ...] = ()
    """All six, nearest end first."""
    dead_end: DeadEnd | None = None
    """Why it cannot reach the goal, and every way out; None where it does."""
    must_start: MustStart | None = None
    held_up: str = ""
    """Why its own steps cannot begin as things are, such as that it is offline; "" where nothing speaks against them.

    Of a cluster that only stays as it is while its hosts are updated: why it could not be changed now."""
    instance_id: str = ""
    """ARM id of the instance, for two may have one name; "" in documents of earlier versions."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A cluster that an update has to wait for."""

    cluster: str
    """Name."""
    version: str
    """What it runs before that step."""
    needs: str
    """The least version that survives the update."""
    step: str
    """The step that brings it there; "" where a person has to decide."""


@dataclass(frozen=True, slots=True)
class StagePlan:
    """What is done while an instance stays on one release, and the update that ends it."""

    release: str
    batches: tuple[tuple[str, ...], ...]
    """Ids of steps; those of one batch may run side by side."""
    update: str
    """Id of the release update that ends the stage; "" for the last one."""
    binding: tuple[Binding, ...] = ()
    """Who the update waits for, the lowest version first."""


@dataclass(frozen=True, slots=True)
class InstancePlan:
    """One instance: its way through releases with everything that has to happen on each."""

    id: str
    name: str
    release: str
    """Key of today's release, or "unknown"."""
    target: str
    """Key of the release the plan leaves it on."""
    stages: tuple[StagePlan, ...]
    minimal: str
    """Why fewer release updates are not possible, in a sentence."""
    wave: str = ""
    clocks: tuple[ClockLine, ...] = ()
    """Of the instance itself: release, Arc Resource Bridge, subscription."""
    must_start: MustStart | None = None
    missing: str = ""
    """Why it could not be planned at all; "" where it could."""


@dataclass(frozen=True, slots=True)
class WavePlan:
    """Instances that go together."""

    name: str
    instances: tuple[str, ...]
    """Names."""
    soak: int
    """Minutes to wait after its last step."""
    stop: str
    """When the waves after it are not begun."""
    start: datetime | None = None
    end: datetime | None = None
    instance_ids: tuple[str, ...] = ()
    """ARM ids in the order of the names, for two may have one name; () in documents of earlier versions."""


@dataclass(frozen=True, slots=True)
class FleetPlan:
    """One document for one instance or for many. Same facts, knowledge, calendar and as_of: the same value."""

    schema: int
    title: str
    goal: str
    as_of: datetime
    catalog_date: date
    verdict: Verdict
    verdict_because: str
    instances: tuple[InstancePlan, ...]
    """In the order of the waves, then by name."""
    members: tuple[Member, ...]
    """Worst first."""
    steps: tuple[Step, ...]
    """In order; ids are unique in the document."""
    waves: tuple[WavePlan, ...]
    timing: Timing | None
    critical: tuple[str, ...]
    """Ids of the steps that decide the finish."""
    risks: tuple[RiskNote, ...]
    unknowns: tuple[str, ...]
    disputes: tuple[str, ...]
    must_not: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]
    rules: tuple[CitedRule, ...] = ()
    accepted: tuple[Acceptance, ...] = ()
    limits: tuple[str, ...] = ()
    """How many upgrades may run side by side and why, a sentence each."""
    revision: int = 1

    def waited_for(self, stage: StagePlan) -> tuple[tuple[str, str], ...]:
        """What the update of a stage waits for: clusters that hop first, then decisions and repairs; each with its step."""
        hops = tuple((bound.cluster, bound.step) for bound in stage.binding if bound.step)
        ids = {id for batch in stage.batches for id in batch}
        steps = [step for step in self.steps if step.id in ids]
        people = tuple((_BY_PEOPLE[one.kind] + one.where, one.id) for one in steps if one.kind in _BY_PEOPLE)
        return hops + people

    def step(self, id: str) -> Step:
        """The step with an id. Raises KeyError where there is none."""
        for step in self.steps:
            if step.id == id:
                return step
        raise KeyError(id)
