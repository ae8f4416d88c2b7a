"""What an operation says of itself. The cluster has the last word, so that it cannot be asked is no failure (PR5)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from planner.azure.admission import of_error
from planner.azure.errors import ReadError, Trouble, broken
from planner.azure.fields import inside, text
from planner.azure.queries import OPERATION_RIGHT
from planner.events import Polled, PollFailed
from planner.ports import SourceError

_CLUSTER_DECIDES: Final = "Nothing to do: arcstep looks at the cluster instead."


def polled(document: object, step: str, at: datetime) -> Polled | PollFailed:
    """What the status document tells."""
    status = text(inside(document, "status"), 60)
    if status is None:
        return poll_failed(broken("of the operation names no status"), step, at)
    said = of_error(inside(document, "error"))
    return Polled(at, step, status, said.message, said.complaints)


def poll_failed(error: ReadError | SourceError, step: str, at: datetime) -> PollFailed:
    """Why it could not be asked."""
    kind = error.kind if isinstance(error, ReadError) else None
    if kind is Trouble.MISSING:
        return PollFailed(at, step, "Azure no longer knows the operation; the cluster decides.", _CLUSTER_DECIDES)
    if kind is Trouble.FORBIDDEN:
        return PollFailed(at, step, error.why, f"{_CLUSTER_DECIDES} The right to ask is {OPERATION_RIGHT}.")
    return PollFailed(at, step, error.why, error.cure)
