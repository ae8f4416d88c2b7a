"""Known issues that a move meets: the matching of the catalog's risks, and nothing of what follows from them."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from planner.alike import Same
from planner.catalog import Catalog, Risk, RiskMatch, Stage
from planner.moves import Ground, LegalMove, MoveKind, Platform
from planner.version import Minor, Release


def risks_of(catalog: Catalog, ground: Ground, move: LegalMove) -> tuple[Risk, ...]:
    """The known issues whose match holds for a move. Those with a `fact` are open: arcstep cannot read it."""
    ready = move.origin.platform == ground.here and move.target.version in ground.images_ready
    at = _Crossing(
        Stage.HOP if move.kind is MoveKind.HOP else Stage.RELEASE,
        move.origin.platform,
        move.target.platform.key,
        move.target.version.minor,
        bool(ground.windows),
        ready,
    )
    return _risks(Same(catalog), at)


def risks_at(catalog: Catalog, key: str, stage: Stage) -> tuple[Risk, ...]:
    """The known issues of a stage that is no move, on the release with that key."""
    entry = catalog.by_key.get(key)
    if entry is None:
        return ()
    return tuple(
        risk
        for risk in catalog.risks
        if risk.match.stage is stage
        and (risk.match.on_first is None or entry.release >= risk.match.on_first)
        and (risk.match.on_last is None or entry.release <= risk.match.on_last)
    )


class _Crossing(NamedTuple):
    """All that known issues look at in a move."""

    stage: Stage
    on: Platform
    into: str
    minor: Minor
    windows: bool
    image_ready: bool


@lru_cache(maxsize=8192)
def _risks(same: Same, at: _Crossing) -> tuple[Risk, ...]:
    on, into = same.catalog.by_key.get(at.on.key), same.catalog.by_key.get(at.into)
    if on is None or into is None:
        return ()
    return tuple(risk for risk in same.catalog.risks if _matches(risk.match, at, on.release, into.release))


def _matches(match: RiskMatch, at: _Crossing, on: Release, into: Release) -> bool:
    if match.stage is not at.stage or (match.image_not_ready and at.image_ready):
        return False
    return (
        (match.on_first is None or on >= match.on_first)
        and (match.on_last is None or on <= match.on_last)
        and (match.into_first is None or into >= match.into_first)
        and (match.into_last is None or into <= match.into_last)
        and (match.line is None or at.on.line is match.line)
        and (match.target_minor_from is None or at.minor >= match.target_minor_from)
        and (not match.windows or at.windows)
    )
