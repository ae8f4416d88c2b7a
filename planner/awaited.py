"""A cluster that a release update waits for, as a plan remembers it; `gates` makes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.bands import Band


@dataclass(frozen=True, slots=True)
class Awaited:
    """Another cluster of the instance that has to move before a release update, and its way there."""

    cluster: str
    """Its name."""
    origin: str
    """What it ran when the plan was made, or "unknown"."""
    target: str
    """What it has to run, or newer; in words where its own version could not be read."""
    hops: tuple[str, ...] = ()
    """The versions on the way, in order, the target last; empty where nobody can tell."""
    check: str = ""
    """Id of the check of the step that says it has arrived."""
    note: str = ""
    """What comes before its first hop, or could not be read; "" where there is nothing to say."""
    nodes: int | None = None
    """Of control plane and pools, which each hop replaces all; None = not known."""
    duration: Band | None = None
    """How long all its hops usually take; None = not known, and `note` says why."""


def rounds_of(awaits: Sequence[Awaited], side_by_side: int) -> tuple[tuple[int, int], ...] | None:
    """Minutes, low and high, of each round of hops; None where the time of one cluster is not known.

    So many clusters go at a time, each with all it has to do before the next ones begin.
    """
    if not awaits or any(one.duration is None or not one.hops for one in awaits):
        return None
    return tuple(_rounds(awaits, max(1, side_by_side)))


def _rounds(awaits: Sequence[Awaited], limit: int) -> Iterator[tuple[int, int]]:
    for start in range(0, len(awaits), limit):
        row = [(len(one.hops), one.duration) for one in awaits[start : start + limit] if one.duration is not None]
        for place in range(max(count for count, _ in row)):
            # Every hop of a cluster replaces the same nodes, so each takes its share of the whole.
            going = [(band.low // count, band.high // count) for count, band in row if place < count]
            yield max(low for low, _ in going), max(high for _, high in going)
