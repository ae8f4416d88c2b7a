"""How long an upgrade of a cluster took, from walks that were watched; `bands` makes the usual band of it."""

from __future__ import annotations

from planner.bands import ASSUMED, ASSUMPTION, ENOUGH, Band, Run, band
from planner.legs import Leg
from planner.sighting import Sighting
from planner.walk import Walk

__all__ = ["ASSUMED", "ASSUMPTION", "ENOUGH", "Band", "Run", "band", "nodes_of", "runs_of"]


def nodes_of(seen: Sighting | None) -> int | None:
    """Nodes of control plane and pools; None where a count is not known."""
    if seen is None or seen.control_plane is None or seen.pools is None:
        return None
    counts = [pool.count for pool in seen.pools]
    return None if None in counts else seen.control_plane + sum(count for count in counts if count is not None)


def runs_of(walk: Walk) -> tuple[Run, ...]:
    """The upgrades of a walk that are over, made by arcstep or by hand, and were watched all the time.

    One that ended while nobody looked has no known end, and one that somebody else began no known start.
    """
    return tuple(run for leg in walk.legs if (run := _run(walk, leg)) is not None)


def _run(walk: Walk, leg: Leg) -> Run | None:
    nodes = nodes_of(leg.seen)
    if not leg.is_hop or leg.way is None or leg.started is None or leg.ended is None or not nodes:
        return None
    minutes = (leg.ended - leg.started).total_seconds() / 60
    return Run(nodes, minutes) if minutes > 0 and _was_watched(walk, leg) else None


def _was_watched(walk: Walk, leg: Leg) -> bool:
    """Nobody had to take the walk up again between start and end: no line of the whole walk stands between theirs."""
    started, ended = leg.started, leg.ended
    if started is None or ended is None:
        return False
    own = [(place, line.at) for place, line in enumerate(walk.log) if line.step == leg.id]
    first = next((place for place, at in own if at >= started), None)
    last = next((place for place, at in own if at >= ended), None)
    return first is not None and last is not None and all(line.step for line in walk.log[first:last])
