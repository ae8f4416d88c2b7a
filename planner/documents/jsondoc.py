"""What `--json` prints: documented shapes with a published JSON Schema, one for each verb; here those of plan and show."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Struct

from planner.documents.datablock import digest_of
from planner.documents.driftdoc import DriftDocument
from planner.documents.kinds import AnyPlan
from planner.documents.readback import Document
from planner.documents.wire import SnapshotFile
from planner.fleetplan import FleetPlan
from planner.plan import Plan
from planner.rejudge import Rejudged

SHOW_SCHEMA: Final = 1
URL: Final = "https://json-schema.org/draft/2020-12/schema"


class TickEntry(Struct, frozen=True):
    """A box of a plan document."""

    done: bool
    note: str


class PlanDocument(Struct, frozen=True):
    """The answer of `arcstep plan --json`."""

    schema: int
    digest: str
    """SHA-256 of the plan's canonical form."""
    plan: Plan


class ShowDocument(Struct, frozen=True):
    """The answer of `arcstep show --json`."""

    schema: int
    executable: bool
    """True when data, text and seal agree."""
    problems: tuple[str, ...]
    ticks: dict[str, TickEntry]
    digest: str | None
    as_of: Rejudged | None
    """The plan on the day asked for, else on its own; null where nothing is based on the document."""
    plan: Plan | None
    fleet: FleetPlan | None = None
    """The plan of instances, where the document holds one; then `plan` and `as_of` are null."""


def plan_document(plan: Plan) -> PlanDocument:
    """A plan as it is printed."""
    return PlanDocument(plan.schema, digest_of(plan), plan)


def show_document(document: Document, named: AnyPlan | None = None, seen: Rejudged | None = None) -> ShowDocument:
    """A plan document read back, as it is printed; `named` is its plan with real names, and the digest stays the file's.

    `seen` is the plan on a day.
    """
    plan = named or document.holds
    return ShowDocument(
        schema=SHOW_SCHEMA,
        executable=document.executable,
        problems=document.problems,
        ticks={id: TickEntry(tick.done, tick.note) for id, tick in document.ticks.items()},
        digest=digest_of(document.holds) if document.holds is not None else None,
        as_of=seen,
        plan=plan if isinstance(plan, Plan) else None,
        fleet=plan if isinstance(plan, FleetPlan) else None,
    )


def schemas() -> dict[str, dict[str, Any]]:
    """The published JSON Schemas by file name."""
    from planner.documents.catalogdoc import CatalogDiffDocument, CatalogDocument
    from planner.documents.checkdoc import CheckDocument
    from planner.documents.fleetjson import FleetPlanDocument
    from planner.documents.ticket import TicketDocument
    from planner.documents.whatifdoc import WhatIfDocument

    shapes = {
        "check": CheckDocument,
        "drift": DriftDocument,
        "plan": PlanDocument,
        "show": ShowDocument,
        "snapshot": SnapshotFile,
    }
    shapes |= {"ticket": TicketDocument}
    shapes |= {"catalog": CatalogDocument, "catalog-diff": CatalogDiffDocument}
    shapes |= {"whatif": WhatIfDocument, "fleet": FleetPlanDocument}
    return {
        f"{name}.schema.json": {"$schema": URL, "title": f"arcstep {name}", **msgspec.json.schema(shape)}
        for name, shape in shapes.items()
    }
