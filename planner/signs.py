"""A sighting reduced to the few classes that decide what a rollout is: states, version, nodes, extension, contact."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from planner.sighting import BUSY, PoolSight, Sighting

_FAILED: Final = frozenset({"failed", "canceled", "cancelled"})
_STUCK: Final = frozenset({"2.1.211", "2.1.223"})
"""Versions of hybridaksextension that leave the flag behind: those of 2503 and 2504 (STK)."""


class Flag(StrEnum):
    """One of the two states of a cluster, by what it says about work."""

    BUSY = "busy"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    OTHER = "other"


class At(StrEnum):
    """Where the wanted version stands."""

    TARGET = "target"
    ORIGIN = "origin"
    OTHER = "other"
    UNKNOWN = "unknown"


class Nodes(StrEnum):
    """How many ready nodes run the target."""

    ALL = "all"
    SOME = "some"
    NONE = "none"
    EMPTY = "empty"
    """Every pool is scaled to zero: no node can be behind, and none shows that anything moved."""
    UNKNOWN = "unknown"


class Extension(StrEnum):
    """Whether the release is one whose AKS extension leaves the flag behind (STK). Azure does not tell the extension's
    version, so it is inferred from the release."""

    AFFECTED = "affected"
    OTHER = "other"
    UNKNOWN = "unknown"


class Contact(StrEnum):
    """Whether what Azure says can be of now."""

    CONNECTED = "connected"
    LOST = "lost"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Signs:
    """A sighting reduced to the classes the table knows."""

    provisioning: Flag
    current: Flag
    version: At
    nodes: Nodes
    extension: Extension
    contact: Contact


def signs_of(seen: Sighting, origin: str, target: str) -> Signs:
    """The classes of a sighting."""
    return Signs(
        provisioning=_flag(seen.provisioning_state),
        current=_flag(seen.current_state),
        version=_at(seen.version, origin, target),
        nodes=nodes_on(seen.pools, target),
        extension=_extension(seen.extension),
        contact=contact_of(seen.connectivity),
    )


def nodes_on(pools: tuple[PoolSight, ...] | None, target: str) -> Nodes:
    """Whether every pool's ready nodes add up to its count and run the target, in a pool that is at rest."""
    if not pools or not all(map(_is_told, pools)):
        return Nodes.UNKNOWN
    if all(_is_on(pool, target) for pool in pools):
        return Nodes.ALL if any(pool.count for pool in pools) else Nodes.EMPTY
    return Nodes.SOME if any(pool.on(target) for pool in pools) else Nodes.NONE


def _is_told(pool: PoolSight) -> bool:
    """Whether Azure said how many nodes there should be, and which run what: a list it left out is not "no nodes"."""
    if not pool.ready:
        return pool.count == 0
    return pool.count is not None and all(version for version, count in pool.ready if count)


def _is_on(pool: PoolSight, target: str) -> bool:
    whole = pool.on(target) == pool.count and all(not count or version == target for version, count in pool.ready)
    at_rest = all(_flag(state) is Flag.SUCCEEDED for state in (pool.provisioning_state, pool.current_state) if state)
    return whole and at_rest


def _flag(state: str) -> Flag:
    folded = state.casefold()
    if folded == "succeeded":
        return Flag.SUCCEEDED
    if folded in BUSY:
        return Flag.BUSY
    return Flag.FAILED if folded in _FAILED else Flag.OTHER


def _at(version: str, origin: str, target: str) -> At:
    if not version:
        return At.UNKNOWN
    if version == target:
        return At.TARGET
    return At.ORIGIN if version == origin else At.OTHER


def _extension(version: str) -> Extension:
    named = frozenset(re.findall(r"\d+(?:\.\d+)+", version))
    if not named:
        return Extension.UNKNOWN
    return Extension.AFFECTED if named & _STUCK else Extension.OTHER


def contact_of(connectivity: str) -> Contact:
    """What Azure's word for the connection means for how old its other words are (P22)."""
    folded = connectivity.casefold()
    if folded in ("connected", "connecting"):
        return Contact.CONNECTED
    return Contact.LOST if folded in ("offline", "expired") else Contact.UNKNOWN


def progress(pools: tuple[PoolSight, ...] | None, target: str) -> str:
    """Ready nodes on the target of each pool, such as "a 3/5, gpu 0/2"."""
    if not pools:
        return "not read"
    return ", ".join(
        f"{pool.name} {pool.on(target) if pool.ready or pool.count == 0 else '?'}/{'?' if pool.count is None else pool.count}"
        for pool in pools
    )
