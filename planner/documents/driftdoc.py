"""What `arcstep drift --json` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from planner.documents.readback import Document
from planner.fates import Drift, Fate
from planner.fleet.fates import FleetDrift
from planner.plan import Change
from planner.replan import PlanDiff

DRIFT_SCHEMA: Final = 1


class DriftDocument(Struct, frozen=True):
    """The answer of `arcstep drift --json`."""

    schema: int
    exit: int
    """The exit code."""
    fate: str
    """The worst of all: done, valid, changed, impossible or unknown; of two plans valid or changed."""
    executable: bool
    """True when data, text and seal of the plan document agree; of two plans, of both."""
    problems: tuple[str, ...]
    drift: Drift | None
    """null where two saved plans were compared, and no facts were read; and for a plan of instances."""
    changes: tuple[Change, ...]
    """What the next revision, or the other plan, says differently; empty unless there is one."""
    fleet: FleetDrift | None = None
    """The comparison of a plan of instances; then `drift` is null and there are no changes."""


def drift_document(drift: Drift, document: Document, exit_code: int, changes: Sequence[Change]) -> DriftDocument:
    """A comparison as it is printed."""
    return DriftDocument(
        schema=DRIFT_SCHEMA,
        exit=exit_code,
        fate=str(drift.fate),
        executable=document.executable,
        problems=document.problems,
        drift=drift,
        changes=tuple(changes),
    )


def fleet_drift_document(drift: FleetDrift, document: Document, exit_code: int) -> DriftDocument:
    """A comparison of a plan of instances as it is printed."""
    return DriftDocument(
        schema=DRIFT_SCHEMA,
        exit=exit_code,
        fate=str(drift.fate),
        executable=document.executable,
        problems=document.problems,
        drift=None,
        changes=(),
        fleet=drift,
    )


def comparison_document(diff: PlanDiff, documents: Sequence[Document], exit_code: int) -> DriftDocument:
    """Two saved plans side by side, as they are printed."""
    return DriftDocument(
        schema=DRIFT_SCHEMA,
        exit=exit_code,
        fate=str(Fate.VALID if diff.is_empty else Fate.CHANGED),
        executable=all(document.executable for document in documents),
        problems=tuple(f"{document.name}: {problem}" for document in documents for problem in document.problems),
        drift=None,
        changes=diff.changes,
    )
