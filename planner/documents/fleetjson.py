"""What `arcstep plan --instance --json` prints."""

from __future__ import annotations

from msgspec import Struct

from planner.documents.datablock import digest_of
from planner.fleetplan import FleetPlan


class FleetPlanDocument(Struct, frozen=True):
    """The answer of `arcstep plan --instance --json`."""

    schema: int
    digest: str
    """SHA-256 of the plan's canonical form."""
    plan: FleetPlan


def fleet_plan_document(plan: FleetPlan) -> FleetPlanDocument:
    """A plan of instances as it is printed."""
    return FleetPlanDocument(plan.schema, digest_of(plan), plan)
