"""The lists of a plan of instances: its order as rows with a head for each stage, and each cluster's part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from planner.fleetplan import FleetPlan, InstancePlan, Member, Part, StagePlan
from planner.plan import Step, StepKind
from planner.states import SupportState
from planner.timing import Slot
from tui.look import BLOCKER, OK, STRANDED, TODO, UNKNOWN, WARNING, Look, Sign, Span, count
from tui.widgets.columns import Column

ORDER_COLUMNS = (
    Column("sign", "", 1, 1),
    Column("step", "STEP", 4, 4),
    Column("what", "WHAT", 25, 40),
    Column("where", "WHERE", 10, 24),
    Column("when", "TIME", 11, 20),
    Column("waits", "WAITS FOR", 15, 40, drop=1),
)
MEMBER_COLUMNS = (
    Column("sign", "", 1, 1),
    Column("cluster", "CLUSTER", 13, 32),
    Column("instance", "INSTANCE", 10, 20, drop=2),
    Column("now", "NOW", 7, 8),
    Column("target", "LEADS TO", 8, 8),
    Column("part", "PART", 13, 14),
    Column("steps", "STEPS", 5, 6, drop=1),
    Column("start", "MUST START BY", 14, 24),
)
_PART_SIGNS: Mapping[Part, Sign] = {
    Part.PLANNED: TODO,
    Part.NOTHING_TO_DO: OK,
    Part.CARRIED: WARNING,
    Part.ISOLATED: STRANDED,
    Part.UNKNOWN: UNKNOWN,
}


@dataclass(frozen=True)
class Listed:
    """A plan with what its rows look up; one for each plan that is shown."""

    plan: FleetPlan

    @cached_property
    def steps(self) -> Mapping[str, Step]:
        """Steps by id."""
        return {step.id: step for step in self.plan.steps}

    @cached_property
    def slots(self) -> Mapping[str, Slot]:
        """Planned times by step."""
        return {slot.step: slot for slot in self.plan.timing.slots} if self.plan.timing is not None else {}

    @cached_property
    def stages(self) -> Mapping[str, tuple[InstancePlan, StagePlan]]:
        """Stages by the key of their head."""
        return {
            f"@{instance.id}|{stage.release}": (instance, stage)
            for instance in self.plan.instances
            for stage in instance.stages
            if stage.batches or stage.update
        }

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Columns of the order; where there are moments, their time zone is said."""
        title = "TIME, UTC" if self.slots else "TIME"
        return tuple(replace(column, title=title) if column.id == "when" else column for column in ORDER_COLUMNS)

    @cached_property
    def beside(self) -> Mapping[str, int]:
        """How many others each step runs beside."""
        rows = (row for instance in self.plan.instances for stage in instance.stages for row in stage.batches)
        return {id: len(row) - 1 for row in rows for id in row}

    @cached_property
    def waits(self) -> Mapping[str, str]:
        """What a release update waits for: one by name, more by their steps, which stand above it."""
        pairs = ((stage.update, self.plan.waited_for(stage)) for _, stage in self.stages.values())
        return {
            update: f"{awaited[0][1]} {awaited[0][0]}" if len(awaited) == 1 else ", ".join(id for _, id in awaited)
            for update, awaited in pairs
            if update and awaited
        }

    @cached_property
    def members(self) -> Mapping[str, Member]:
        """Clusters by id."""
        return {member.id: member for member in self.plan.members}

    def order(self) -> Iterator[str]:
        """Keys of all rows: the head of a stage in which clusters move, its steps, its update."""
        for key, (instance, stage) in self.stages.items():
            if stage.batches or stage is instance.stages[0]:
                yield key
            yield from (id for row in stage.batches for id in row)
            if stage.update:
                yield stage.update

    def cells(self, key: str, look: Look) -> tuple[Span, ...]:
        """A row of the order."""
        if key in self.stages:
            return self._head(*self.stages[key])
        step = self.steps[key]
        sign = _step_sign(step)
        beside = f"beside {count(others, 'other')}" if (others := self.beside.get(key, 0)) else ""
        return (
            (look.sign(sign), sign.tone),
            (step.id, "accent"),
            (step.title.replace("Kubernetes ", "K8s "), "strong" if step.kind is StepKind.RELEASE else ""),
            (step.where, ""),
            (self.when(step), "muted"),
            (self.waits.get(key, beside), "warning" if key in self.waits else "muted"),
        )

    def _head(self, instance: InstancePlan, stage: StagePlan) -> tuple[Span, ...]:
        wave = f"wave {instance.wave}" if instance.wave else ""
        return (
            ("", ""),
            ("", ""),
            (f"On {stage.release}", "heading"),
            (instance.name, "heading"),
            (wave, "muted"),
            ("", ""),
        )

    def when(self, step: Step) -> str:
        """When it is planned, or how long it takes."""
        slot = self.slots.get(step.id)
        if slot is not None:
            return f"{slot.start:%m-%d %H:%M}"
        if step.duration is None:
            return "a decision" if step.kind is StepKind.DECIDE else "time unknown"
        low, high = step.duration.low, step.duration.high
        return f"{low}-{high} min" if high < 180 else f"{low // 60}-{-(-high // 60)} h"


def _step_sign(step: Step) -> Sign:
    match step.kind:
        case StepKind.RELEASE:
            return WARNING
        case StepKind.DECIDE | StepKind.REPAIR:
            return BLOCKER
        case StepKind.NEIGHBOUR:
            return UNKNOWN
        case _:
            return TODO


def part_sign(member: Member) -> Sign:
    """The sign of a part; nothing to do is only good news for a cluster that is in support."""
    if member.held_up:
        return BLOCKER
    if member.part is Part.NOTHING_TO_DO and member.support != SupportState.SUPPORTED:
        return WARNING
    return _PART_SIGNS[member.part]


def member_cells(member: Member, look: Look) -> tuple[Span, ...]:
    """A cluster's part."""
    sign = part_sign(member)
    return (
        (look.sign(sign), sign.tone),
        (member.name, "strong"),
        (member.instance, ""),
        (member.version, "unknown" if member.version == "unknown" else ""),
        (member.target if member.target != member.version else "-", ""),
        ("held up" if member.held_up else str(member.part), sign.tone),
        (str(len(member.steps)) if member.steps else "-", "muted"),
        must_start_words(member),
    )


def must_start_words(member: Member) -> Span:
    """The day by which its work has to begin."""
    start = member.must_start
    if start is None:
        return ("-", "muted")
    if start.is_past or start.by is None:
        late = start.days_unsupported
        return (f"{late:,} d too late" if late else "past", "bad")
    return (f"{start.by:%Y-%m-%d}", "")
