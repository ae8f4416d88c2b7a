"""Live lists of the other instances: a hint at what a later release has left behind, for those that are still to go there."""

from __future__ import annotations

from typing import cast

from planner.inventory import Unknown, value_of
from planner.moves import Platform
from planner.offers import LIVE, lowest_of
from planner.proven import Proofs, Proven, worth_knowing
from planner.standpoint import Offered, platform_of
from planner.states import Place
from planner.support import Judge
from planner.version import Minor


def proofs_for(place: Place, here: Platform, judge: Judge) -> Proofs:
    """What live lists prove of releases after the one a cluster stands on: its own, and those of instances further on.

    On a release its own list decides; where that was not read, the lists of others on the same release count as well.
    """
    offer = place.offer
    own = offer.lowest if offer is not None and offer.basis == LIVE else None
    key = ("proofs", here.key, own)
    known = judge.memo.get(key)
    if known is None:
        known = judge.memo[key] = _proofs(here.key, own, judge)
    return cast(Proofs, known)


def _proofs(here: str, own: Minor | None, judge: Judge) -> Proofs:
    catalog = judge.catalog
    place = catalog.position.get(here)
    if place is None:
        return ()
    after = place if own is None else place + 1
    others = [one for one in _shown(judge) if catalog.position.get(one.key, -1) >= after]
    return worth_knowing(catalog, others if own is None else (Proven(here, own, ""), *others))


def _shown(judge: Judge) -> Proofs:
    """The highest beginning of a live list on each release of the fleet, with the first instance that shows it."""
    known = judge.memo.get("shown")
    if known is None:
        known = judge.memo["shown"] = _look(judge)
    return cast(Proofs, known)


def _look(judge: Judge) -> Proofs:
    found: dict[str, Proven] = {}
    for location in judge.inventory.locations:
        instance = judge.inventory.instance_by_id.get(value_of(location.instance) or "")
        live = judge.live_list(location, instance)
        if instance is None or live is None:
            continue
        platform = platform_of(instance, judge)
        if isinstance(platform, Unknown):
            continue
        one = Proven(platform.key, _lowest(live.value, judge), instance.name)
        known = found.get(one.key)
        if known is None or (-one.lowest.number, one.by) < (-known.lowest.number, known.by):
            found[one.key] = one
    return tuple(found.values())


def _lowest(offered: Offered, judge: Judge) -> Minor:
    """Worked out once for all custom locations that share a list."""
    key = ("lowest", judge.alike.number(offered))
    known = judge.memo.get(key)
    if known is None:
        released = tuple(row.version for row in offered if not row.is_preview)
        previews = tuple(row.version for row in offered if row.is_preview)
        known = judge.memo[key] = lowest_of(released, previews)
    return cast(Minor, known)
