"""Words that the sections of a plan of instances share: moments, and where each step stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from typing import Final

from planner.documents.marks import moment
from planner.documents.walltime import between, between_here, zone_of
from planner.fleet.homes import members_by_instance
from planner.fleetplan import FleetPlan, InstancePlan, Member, StagePlan, WavePlan
from planner.plan import Step, StepKind
from planner.timing import Slot

_WITHOUT_TIME: Final = frozenset({StepKind.DECIDE, StepKind.NEIGHBOUR, StepKind.REPAIR})
"""Steps that only look, or decide: they take no slot."""


def when(at: datetime) -> str:
    """A moment in UTC."""
    return moment(at.astimezone(UTC))


def way(instance: InstancePlan) -> str:
    """The releases an instance goes from and to."""
    if instance.missing:
        return "not planned"
    if instance.release == instance.target:
        return f"stays on {instance.release}"
    return f"{instance.release} → {instance.target}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step stands in the order."""

    instance: InstancePlan
    stage: StagePlan
    beside: tuple[str, ...]
    """Ids of the steps that may run at the same time."""


@dataclass(frozen=True)
class Order:
    """A plan of instances by its ids, each way of looking made once."""

    plan: FleetPlan

    @cached_property
    def steps(self) -> dict[str, Step]:
        """By id."""
        return {step.id: step for step in self.plan.steps}

    @cached_property
    def places(self) -> dict[str, Place]:
        """Where each step stands, by id; a step that no stage names is in none."""
        found: dict[str, Place] = {}
        for instance in self.plan.instances:
            for stage in instance.stages:
                for batch in stage.batches:
                    for id in batch:
                        found[id] = Place(instance, stage, tuple(other for other in batch if other != id))
                if stage.update:
                    found[stage.update] = Place(instance, stage, ())
        return found

    @cached_property
    def slots(self) -> dict[str, Slot]:
        """When each step is planned, by id; empty where nothing was placed."""
        return {slot.step: slot for slot in self.plan.timing.slots} if self.plan.timing is not None else {}

    @cached_property
    def members(self) -> dict[str, Member]:
        """The cluster a step is for, by the step's id; a release update is for none alone."""
        return {id: member for member in self.plan.members for id in member.steps}

    def wave_of(self, step: str) -> WavePlan | None:
        """The wave a step goes with."""
        place = self.places.get(step)
        return next((wave for wave in self.plan.waves if place and _goes_with(place.instance, wave)), None)

    @cached_property
    def hosted(self) -> dict[str, tuple[Member, ...]]:
        """The clusters of each instance, by its id."""
        return members_by_instance(self.plan)

    @cached_property
    def held_up(self) -> frozenset[str]:
        """Ids of steps that cannot begin as things are; what a person decides can be decided all the same."""
        held = {id for id, member in self.members.items() if member.held_up}
        return frozenset(id for id in held if id in self.steps and self.steps[id].kind is not StepKind.DECIDE)

    @cached_property
    def zone(self) -> tzinfo | None:
        """The time zone of the calendar; None where that is UTC, or where this machine does not know it."""
        return zone_of(self.plan.timing.zone) if self.plan.timing is not None else None

    def planned(self, step: Step) -> str:
        """When a step is planned, in UTC, or why it has no time of its own."""
        slot = self.slots.get(step.id)
        return between(slot.start, slot.end) if slot is not None else _unplaced(step)

    def planned_here(self, step: Step) -> str:
        """As `planned`, by the clock on the wall first where the calendar has a time zone of its own."""
        slot = self.slots.get(step.id)
        if slot is None or self.plan.timing is None:
            return _unplaced(step)
        return between_here(slot.start, slot.end, self.plan.timing.zone)


def _goes_with(instance: InstancePlan, wave: WavePlan) -> bool:
    """By its id; documents of earlier versions tell names alone."""
    return instance.id in wave.instance_ids if wave.instance_ids else instance.name in wave.instances


def _unplaced(step: Step) -> str:
    return "before the next step" if step.kind in _WITHOUT_TIME else "not placed"
