"""How long a step usually takes: by the site's own figure, by own walks once there are three, else by an assumption.

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
RELEASE_ASSUMED: Final = (120, 480)
"""Minutes a release update of an instance: hosts are drained one after another, and nobody publishes how long."""
RELEASE_ASSUMPTION: Final = (
    f"arcstep's own assumption, {RELEASE_ASSUMED[0] // 60} to {RELEASE_ASSUMED[1] // 60} h a release update, hosts one after "
    "another, until your calendar gives a figure; Microsoft publishes no durations"
)
_FIGURE: Final = "your own figure, "


@dataclass(frozen=True, slots=True)
class Run:
    """A Kubernetes upgrade that was watched from its start to its end."""

    nodes: int
    """Of control plane and pools."""
    minutes: float


@dataclass(frozen=True, slots=True)
class Band:
    """Minutes a step usually takes, and what that rests on."""

    low: int
    """P50 of own runs, else the low end of a figure or an assumption."""
    high: int
    """P90 of own runs, else the high end; what is planned with."""
    basis: str


def band(nodes: int, runs: Sequence[Run], figure: tuple[int, int] | None = None) -> Band:
    """The usual band of a Kubernetes upgrade of so many nodes; `figure` is the site's own, in minutes a node."""
    if figure is not None:
        low, high = figure
        return Band(low * nodes, high * nodes, f"{_FIGURE}{low} to {high} minutes a node")
    paces = [run.minutes / run.nodes for run in runs if run.nodes > 0 and run.minutes > 0]
    if len(paces) < ENOUGH:
        return Band(ASSUMED[0] * nodes, ASSUMED[1] * nodes, ASSUMPTION)
    median, ninetieth = _percentiles(paces)
    low, high = math.floor(_exact(median * nodes)), math.ceil(_exact(ninetieth * nodes))
    return Band(low, high, f"P50 and P90 of your own {len(paces)} runs")


def release_band(figure: tuple[int, int] | None = None) -> Band:
    """The usual band of a release update; `figure` is the site's own, in minutes."""
    if figure is None:
        return Band(*RELEASE_ASSUMED, RELEASE_ASSUMPTION)
    return Band(*figure, f"{_FIGURE}{figure[0]} to {figure[1]} minutes a release update")


def how_known(basis: str) -> str:
    """What the basis of a band is worth: assumed (by arcstep), stated (by the site) or measured."""
    if basis in (ASSUMPTION, RELEASE_ASSUMPTION):
        return "assumed"
    return "stated" if basis.startswith(_FIGURE) else "measured"


def _percentiles(paces: Sequence[float]) -> tuple[float, float]:
    from statistics import quantiles  # slow to load, and most sites have no three runs yet

    tenths = quantiles(paces, n=10, method="inclusive")
    return tenths[4], tenths[8]


def _exact(minutes: float) -> float:
    """Without what interpolation adds in the last digits, so that 48 minutes do not become 49."""
    return round(minutes, 6)
