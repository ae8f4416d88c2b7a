"""The kinds of plan a document can hold: one cluster's, and that of instances with all their clusters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from planner.fleetplan import FLEET_SCHEMA, FleetPlan
from planner.plan import PLAN_SCHEMA, Plan

AnyPlan = Plan | FleetPlan


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """How documents of one kind are marked, and which of them this arcstep reads."""

    word: str
    """In the marker of the data block and in the front matter."""
    holds: type[Plan] | type[FleetPlan]
    newest: int
    """Schema."""
    oldest: int = 1


KINDS: Final[Mapping[str, DocumentKind]] = MappingProxyType(
    {
        kind.word: kind
        for kind in (DocumentKind("plan", Plan, PLAN_SCHEMA), DocumentKind("fleet", FleetPlan, FLEET_SCHEMA))
    }
)


def kind_of(plan: AnyPlan) -> DocumentKind:
    """How the document of this plan is marked."""
    return KINDS["fleet" if isinstance(plan, FleetPlan) else "plan"]
