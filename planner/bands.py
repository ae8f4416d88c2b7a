"""How long an upgrade of a cluster usually takes: by own walks once there are three, before that by an assumption.

Microsoft publishes no durations, and none is taken for theirs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

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
