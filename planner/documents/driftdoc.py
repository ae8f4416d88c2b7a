"""What `arcstep drift --json` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from planner.documents.readback import Document
from planner.fates import Drift
from planner.plan import Change

DRIFT_SCHEMA: Final = 1


class DriftDocument(Struct, frozen=True):
    """The answer of `arcstep drift --json`."""

    schema: int
    exit: int
    """The exit code."""
    fate: str
    """The worst of all: done, valid, changed, impossible or unknown."""
    executable: bool
    """True when data, text and seal of the plan document agree."""
    problems: tuple[str, ...]
    drift: Drift
    changes: tuple[Change, ...]
    """What the next revision says differently; empty unless one was written."""


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
