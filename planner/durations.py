"""How long an upgrade of a cluster usually takes: by own walks once there are three, before that by an assumption.

Microsoft publishes no durations, and none is taken for theirs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from planner.legs import Leg
from planner.sighting import Sighting
from planner.walk import Walk

ENOUGH: Final = 3
"""So many own runs make a band of their own."""
ASSUMED: Final = (6, 12)
"""Minutes a node, control plane and pools one after the other."""
ASSUMPTION: Final = (
    f"arcstep's own assumption, {ASSUMED[0]} to {ASSUMED[1]} minutes a node one after the other, until it has seen "
    f"{ENOUGH} runs of yours; Microsoft publishes no durations"
)


@dataclass(frozen=True, slots=True)
class Run:
    """A Kubernetes upgrade that was watched from its start to its end."""

    nodes: int
    """Of control plane and pools."""
    minutes: float


@dataclass(frozen=True, slots=True)
class Band:
    """Minutes an upgrade usually takes, and what that rests on."""

    low: int
    high: int
    basis: str


def band(nodes: int, runs: Sequence[Run]) -> Band:
    """The usual band for so many nodes."""
    usable = [run.minutes / run.nodes for run in runs if run.nodes > 0 and run.minutes > 0]
    if len(usable) < ENOUGH:
        return Band(ASSUMED[0] * nodes, ASSUMED[1] * nodes, ASSUMPTION)
    low, high = math.floor(min(usable) * nodes), math.ceil(max(usable) * nodes)
    return Band(low, high, f"your own {len(usable)} runs")


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
