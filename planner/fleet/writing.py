"""Stages written out as steps with ids: the tasks of every batch, the gates, and the update with the clusters it waits for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from planner.catalog import Catalog
from planner.checklist import check
from planner.deciding import decide_step, pools_step
from planner.fleet.joint import Joint
from planner.fleet.stages import Bound, Stage, Task, TaskKind
from planner.fleetplan import Binding, StagePlan
from planner.moves import Ground, LegalMove
from planner.neighbours.gatekeepers import unread_gate
from planner.neighbours.gates import gate_step
from planner.openings import opened
from planner.plan import Check, Proof, Step, StepKind
from planner.schedule.calendar import Calendar
from planner.steps import hop_step, release_step, repair_step

SIDE_BY_SIDE: Final = "No update of the instance runs, and only the clusters of this batch are being changed."
"""What has to be so before a hop that is made beside others."""


@dataclass(frozen=True, slots=True)
class Written:
    """The steps of an instance, in order, and whose they are."""

    steps: tuple[Step, ...]
    stages: tuple[StagePlan, ...]
    own: dict[str, tuple[str, ...]]
    """Ids of the steps of a cluster, by its key."""


def write_stages(
    joint: Joint,
    stages: Sequence[Stage],
    first: int,
    catalog: Catalog,
    today: date,
    calendar: Calendar,
    opens: tuple[str, ...] = (),
) -> Written:
    """Write the stages of an instance, numbering steps from `first` on. `opens` has to be looked at before its updates."""
    writer = _Writer(joint, first, catalog, today, calendar, opens)
    plans = tuple(writer.stage(stage) for stage in stages)
    return Written(tuple(writer.steps), plans, {key: tuple(ids) for key, ids in writer.own.items()})


class _Writer:
    """Numbers as it goes; nothing of it is kept."""

    def __init__(
        self, joint: Joint, first: int, catalog: Catalog, today: date, calendar: Calendar, opens: tuple[str, ...]
    ) -> None:
        self.steps: list[Step] = []
        self.own: dict[str, list[str]] = {}
        self._joint, self._first, self._catalog = joint, first, catalog
        self._today, self._calendar = today, calendar
        self._opens = opens
        self._made_by: dict[tuple[str, LegalMove], str] = {}

    @property
    def _number(self) -> int:
        return self._first + len(self.steps)

    def stage(self, stage: Stage) -> StagePlan:
        """One stage; the update's own text names who it waits for."""
        after = stage.update.target.platform.key if stage.update is not None else ""
        batches = tuple(tuple(self._task(task, stage, len(batch)) for task in batch) for batch in stage.batches)
        binding = tuple(self._binding(bound, after) for bound in stage.bound)
        update = self._update(stage.update, binding) if stage.update is not None else ""
        return StagePlan(stage.platform.key, batches, update, binding)

    def _task(self, task: Task, stage: Stage, beside: int) -> str:
        step = self._step_of(task, stage)
        if beside > 1 and task.kind is TaskKind.HOP:
            step = replace(step, before=tuple(map(_not_alone, step.before)))
        self.steps.append(step)
        self.own.setdefault(task.cluster.key, []).append(step.id)
        if task.move is not None:
            self._made_by[task.cluster.key, task.move] = step.id
        return step.id

    def _step_of(self, task: Task, stage: Stage) -> Step:
        cluster, number, on = task.cluster, self._number, stage.platform.key
        before = stage.update.target.platform.key if stage.update is not None else ""
        match task.kind:
            case TaskKind.HOP:
                assert task.move is not None and task.traveller is not None
                return hop_step(number, task.move, cluster, self._catalog, task.traveller.ground, self._calendar)
            case TaskKind.REPAIR:
                return repair_step(number, cluster, task.reason, ("P17",))
            case TaskKind.LOOK:
                assert stage.update is not None  # there is nothing to look for where no update comes
                after, ground = stage.update.target.platform, self._ground()
                gate = unread_gate(cluster, stage.platform, after, ground, self._catalog)
                return gate_step(number, (gate,), self._joint.instance.name, self._calendar)
            case TaskKind.DECIDE:
                return decide_step(number, cluster, task.reason, on, before)
            case TaskKind.POOLS:
                return pools_step(number, cluster, task.reason, on, before)

    def _binding(self, bound: Bound, before: str) -> Binding:
        key, version = bound.cluster.key, str(bound.version)
        if bound.move is not None:
            step = self._made_by[key, bound.move]
            return Binding(bound.cluster.name, version, str(bound.move.target.version), step)
        decided = [step.id for step in self.steps if step.id in self.own.get(key, ()) and step.kind is StepKind.DECIDE]
        return Binding(bound.cluster.name, version, "", decided[-1] if decided else "")

    def _update(self, move: LegalMove, binding: tuple[Binding, ...]) -> str:
        step = release_step(
            self._number, move, self._joint.instance.name, self._catalog, self._ground(), self._today, self._calendar
        )
        waits = tuple(
            check(f"{step.id}.B{place}", _waits_for(bound), rules=("P18",)) for place, bound in enumerate(binding, 1)
        )
        step = opened(replace(step, before=(*waits, *step.before)), self._opens)
        self._opens = ()  # said before the first update; nothing may go on unless it is ticked
        self.steps.append(step)
        return step.id

    def _ground(self) -> Ground:
        """What any cluster of the instance brings along: known issues of Windows pools count if one has them."""
        travellers = self._joint.party.travellers
        windows = frozenset(sku for traveller in travellers for sku in traveller.ground.windows)
        return replace(travellers[0].ground, windows=windows)


def _waits_for(bound: Binding) -> str:
    if not bound.needs:
        return (
            f"It is decided what becomes of {bound.cluster} ({bound.version}): this update strands it ({bound.step})."
        )
    return f"{bound.cluster} runs {bound.needs} or newer ({bound.step}): on {bound.version} it would be stranded."


def _not_alone(line: Check) -> Check:
    """Where clusters are upgraded side by side nothing arcstep reads tells this one from the others: a person looks."""
    if line.proof is not Proof.ALONE:
        return line
    return replace(line, text=SIDE_BY_SIDE, manual=True, proof=Proof.BY_HAND)
