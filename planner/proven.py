"""What live lists prove of later releases: a minor that is gone does not come back (P3, P18).

A published list that begins below what is proven is out of date. It counts as not published: how much higher the real one
begins nobody knows. What is proven strands, and never permits a hop; a list of another instance is a hint as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from planner.alike import Same
from planner.catalog import Catalog
from planner.offers import is_stranded
from planner.version import Minor, Release


class Standing(StrEnum):
    """Whether a minor can continue on a release."""

    FINE = "fine"
    STRANDED = "stranded"
    CANNOT_JUDGE = "cannot judge"


class Proven(NamedTuple):
    """The lowest minor of a live list: on its release and on every later one nothing below is offered any more."""

    key: str
    """Key of the release it was read on."""
    lowest: Minor
    by: str
    """Name of the instance it was read from; "" = the very instance that is judged."""


Proofs = tuple[Proven, ...]


def worth_knowing(catalog: Catalog, proofs: Iterable[Proven]) -> Proofs:
    """Those that say more than the catalog and than an earlier one, in order of time; releases it does not hold tell nothing."""
    placed = (one for one in proofs if one.key in catalog.position)
    kept: list[Proven] = []
    for one in sorted(placed, key=lambda one: (catalog.position[one.key], one.by)):
        if not (kept and one.lowest <= max(known.lowest for known in kept)) and _says_more(catalog, one):
            kept.append(one)
    return tuple(kept)


def _says_more(catalog: Catalog, one: Proven) -> bool:
    """Some list from its release on begins lower, or is not published while the last known one does."""
    last: Minor | None = None
    for place, entry in enumerate(catalog.releases):
        last = entry.lowest or last
        if place >= catalog.position[one.key] and (last is None or last < one.lowest):
            return True
    return False


def proof_of(catalog: Catalog, proofs: Proofs, key: str) -> Proven | None:
    """What is proven of a release: the highest of those read on it or on an earlier one; None = nothing."""
    place = catalog.position.get(key, -1)
    met = [one for one in proofs if catalog.position[one.key] <= place]
    return max(met, key=lambda one: one.lowest, default=None)


def disproof(catalog: Catalog, proofs: Proofs, key: str) -> Proven | None:
    """What shows the published list of a release to be out of date; None where nothing does, or none is published."""
    return proof_of(catalog, proofs, key) if proofs and key in out_of_date(Same(catalog), proofs) else None


@lru_cache(maxsize=256)
def out_of_date(same: Same, proofs: Proofs) -> frozenset[str]:
    """Keys of the releases whose published list begins below what is proven of them."""
    found: set[str] = set()
    for entry in same.catalog.releases if proofs else ():
        proof = proof_of(same.catalog, proofs, entry.key)
        if proof is not None and entry.lowest is not None and entry.lowest < proof.lowest:
            found.add(entry.key)
    return frozenset(found)


def lowest_on(catalog: Catalog, proofs: Proofs, key: str) -> Minor | None:
    """The lowest minor a release may offer, by its list and by what is proven; None = neither is known."""
    entry, proof = catalog.by_key.get(key), proof_of(catalog, proofs, key)
    known = [entry.lowest if entry is not None else None, proof.lowest if proof is not None else None]
    return max((one for one in known if one is not None), default=None)


@lru_cache(maxsize=8192)
def judged(same: Same, proofs: Proofs, key: str, minor: Minor) -> Standing:
    """Whether a cluster on `minor` can continue on a release of which no live list is at hand (P11, P18).

    Where its list is not known, the nearest lists before and after it bound the answer.
    """
    catalog = same.catalog
    entry = catalog.by_key.get(key)
    proof = proof_of(catalog, proofs, key)
    if proof is not None and proof.lowest - minor > 1:
        return Standing.STRANDED
    if entry is not None and entry.lowest is not None and disproof(catalog, proofs, key) is None:
        return Standing.STRANDED if entry.lowest - minor > 1 else Standing.FINE
    release = Release.parse(key.partition(" ")[0]) if entry is None else entry.release
    match is_stranded(catalog, minor, entry, release, None, out_of_date(same, proofs)):
        case True:
            return Standing.STRANDED
        case False:
            return Standing.FINE
        case None:
            return Standing.CANNOT_JUDGE


def why_unknown(catalog: Catalog, proofs: Proofs, key: str) -> str:
    """Why the list of a release cannot be told, a clause to put behind "its list" or the like."""
    proof = disproof(catalog, proofs, key)
    if proof is None:
        return "its list is not published, and no later list bounds it"
    entry = catalog.by_key[key]
    read = f"that of {proof.by} on {proof.key}" if proof.by else f"the one read on {proof.key} now"
    return f"its published list begins at {entry.lowest}, but {read} begins at {proof.lowest} already (P3)"
