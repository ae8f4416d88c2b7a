"""Words that the sections of a plan of instances share: moments, and where each step stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from planner.documents.marks import moment
from planner.fleetplan import FleetPlan, InstancePlan, Member, StagePlan, WavePlan
from planner.plan import Step
from planner.timing import Slot


def when(at: datetime) -> str:
    """A moment in UTC."""
    return moment(at.astimezone(UTC))


def between(start: datetime, end: datetime) -> str:
    """Two moments; the day of the second one only where it is another."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    if start.date() == end.date():
        return f"{start:%Y-%m-%d %H:%M} – {end:%H:%M} UTC"
    return f"{start:%Y-%m-%d %H:%M} – {end:%Y-%m-%d %H:%M} UTC"


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
        return next((wave for wave in self.plan.waves if place and place.instance.name in wave.instances), None)

    def planned(self, step: str) -> str:
        """When a step is planned; "" where it was not placed."""
        slot = self.slots.get(step)
        return between(slot.start, slot.end) if slot is not None else ""
