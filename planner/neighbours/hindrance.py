"""Why a cluster cannot be moved far enough before a release update, by what it is offered and what its pools allow."""

from __future__ import annotations

from dataclasses import dataclass

from planner.catalog import Catalog
from planner.moves import Platform, Refusal, Standing, hop_refusal, offers, standing
from planner.proven import why_unknown
from planner.standpoint import Standpoint
from planner.version import KubernetesVersion, Minor

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Hindrance:
    """What keeps a cluster from the hop it needs."""

    refusal: Refusal
    why: str
    """A clause that can follow a colon, without a full stop."""
    sku: str = ""
    """The Windows SKU that is in the way; "" = none is."""


def hindrance_of(
    standpoint: Standpoint, on: Platform, target: Platform, held: frozenset[KubernetesVersion], catalog: Catalog
) -> Hindrance:
    """Why nothing of `held`, all it can be brought to on a release, survives the update to `target`."""
    ground, best = standpoint.ground, max(held)
    if standing(catalog, ground, target, best.minor) is Standing.CANNOT_JUDGE:
        what = f"{best.minor}, the newest minor it can be brought to before,"
        unknown = why_unknown(catalog, ground.proofs, target.key)
        why = f"whether {what} can continue on {target.key} is not known, as {unknown}"
        return Hindrance(Refusal.CANNOT_JUDGE, why)
    ahead = best.minor.next
    profile = standpoint.first_hops if (on, best) == standpoint.state else None
    listed = offers(catalog, ground, on)
    named = profile if profile is not None else listed or ()
    for version in sorted((one for one in named if one.minor == ahead), reverse=True):
        refused = hop_refusal(catalog, ground, on, version)
        if refused is not None:
            return _windows(refused, on, catalog)
    if profile is not None:
        return Hindrance(Refusal.NOT_OFFERED, _not_in_profile(profile, on, ahead, listed or ()))
    if not listed:
        return Hindrance(Refusal.NO_LIST, f"no version list of {on.key} was read live or published")
    if any(one.minor == ahead for one in listed):
        return Hindrance(Refusal.NOT_OFFERED, f"the list of {on.key} names no hop from {best} to {ahead}")
    return Hindrance(Refusal.NOT_OFFERED, f"{on.key} offers nothing of {ahead}, the next minor after {best}")


def _windows(refused: tuple[Refusal, str], on: Platform, catalog: Catalog) -> Hindrance:
    refusal, sku = refused
    ceiling = catalog.ceiling_by_sku[sku.casefold()]
    if refusal is Refusal.CEILING:
        return Hindrance(refusal, f"its {sku} node pool stops at Kubernetes {ceiling.last_minor}", sku)
    return Hindrance(refusal, f"{on.key} no longer ships the {sku} node image it needs", sku)


def _not_in_profile(
    profile: frozenset[KubernetesVersion], on: Platform, ahead: Minor, listed: tuple[KubernetesVersion, ...]
) -> str:
    names = sorted(profile)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    what = f"only {', '.join(map(str, names[:_SHOWN]))}{more}" if names else "no upgrade"
    on_list = max((one for one in listed if one.minor == ahead), default=None)
    although = f", although the list of {on.key} holds {on_list}" if on_list is not None else ""
    return f"Azure offers it {what} now{although}"
