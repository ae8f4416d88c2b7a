"""A sighting: what one look at a cluster and its instance showed, small enough to be kept in a journal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar

from planner.inventory import (
    LISTED,
    Cluster,
    Instance,
    Inventory,
    Known,
    NodePool,
    Observed,
    Unknown,
    Upgrade,
    value_of,
)
from planner.support import Judge

T = TypeVar("T")

BUSY = frozenset({"accepted", "pending", "creating", "updating", "upgrading"})
"""States, in small letters, that say that Azure works on the cluster."""
PROFILE: Final = "upgrade profile"
"""What a source calls the upgrade profile of a cluster among its gaps."""


@dataclass(frozen=True, slots=True)
class PoolSight:
    """One node pool as seen. "" and None = not said."""

    name: str
    os_sku: str
    count: int | None
    ready: tuple[tuple[str, int], ...]
    """(version, ready nodes) pairs; version "" where Azure did not say."""
    provisioning_state: str = ""
    current_state: str = ""
    error: str = ""

    def on(self, version: str) -> int:
        """Ready nodes on a version."""
        return sum(count for seen, count in self.ready if seen == version)


@dataclass(frozen=True, slots=True)
class Image:
    """Whether the node image of a version is there for an OS SKU; None = not said."""

    version: str
    os_sku: str
    ready: bool | None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another cluster of the same instance, as the overview tells it."""

    name: str
    version: str
    settled: bool
    busy: bool | None = False
    """Azure works on it; None = its states could not be read."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a look showed. "" and None = Azure did not say, or it could not be read; `gaps` says which."""

    at: datetime
    version: str = ""
    """properties.kubernetesVersion: what is wanted; `pools` is what is."""
    provisioning_state: str = ""
    current_state: str = ""
    connectivity: str = ""
    pools: tuple[PoolSight, ...] | None = None
    offered: tuple[str, ...] | None = None
    """Targets of the upgrade profile without previews; None = not read."""
    images: tuple[Image, ...] = ()
    """Of the version asked about only."""
    release: str = ""
    """Key of the release the instance reports."""
    build: str = ""
    extension: str = ""
    """Version of the AKS Arc extension, inferred from the release: Azure does not tell it."""
    update_state: str = ""
    listed: bool = False
    """True when the version list of the custom location was read."""
    neighbours: tuple[Neighbour, ...] = ()
    error: str = ""
    modified_at: datetime | None = None
    gaps: tuple[str, ...] = ()
    control_plane: int | None = None
    """Nodes of the control plane."""

    def same_as(self, other: Sighting | None) -> bool:
        """True when nothing but the time of looking differs."""
        return other is not None and replace(self, at=other.at) == other


def sight(judge: Judge, cluster: Cluster, target: str) -> Sighting:
    """What the facts of an inventory say about a cluster; `target` is the version whose images matter.

    Only what was read from ARM in this very look counts as seen: after a failure an inventory keeps the older fact, and
    a walk must not take that for the truth of now (PR5). Profile and version list are cached documents that carry the time
    of their last change, so there a gap tells that they could not be read.
    """
    inventory = judge.inventory
    instance = inventory.instance_of(cluster)
    location = inventory.location_of(cluster)
    listed = value_of(location.offered) if location is not None else None
    entry = judge.instance_entry(instance) if instance is not None else None
    now = inventory.as_of
    pools = _seen(cluster.pools, now)
    offered = _profile(inventory, cluster)
    skus = {(pool.os_sku or "").casefold() for pool in value_of(cluster.pools) or ()}
    return Sighting(
        at=now,
        version=str(_seen(cluster.version, now) or ""),
        provisioning_state=_seen(cluster.provisioning_state, now) or "",
        current_state=_seen(cluster.current_state, now) or "",
        connectivity=_seen(cluster.connectivity, now) or "",
        pools=None if pools is None else tuple(_pool(pool) for pool in pools),
        offered=None if offered is None else tuple(str(up.version) for up in offered if not up.is_preview),
        images=tuple(
            Image(target, row.os_sku or "", row.ready, row.message or "")
            for version in listed or ()
            if str(version.version) == target
            for row in version.readiness
            if not skus or (row.os_sku or "").casefold() in skus
        ),
        release=entry.key if entry is not None else "",
        build=str(value_of(instance.build) or "") if instance is not None else "",
        extension=(entry.extension or "") if entry is not None else "",
        update_state=value_of(instance.update_state) or "" if instance is not None else "",
        listed=listed is not None,
        neighbours=_neighbours(judge, cluster, instance),
        error=cluster.error or "",
        modified_at=cluster.modified_at,
        gaps=_gaps(judge, cluster),
        control_plane=_seen(cluster.control_plane_count, now),
    )


def _profile(inventory: Inventory, cluster: Cluster) -> tuple[Upgrade, ...] | None:
    failed = any(gap.what == PROFILE for gap in inventory.unread_of(cluster))
    return None if failed else value_of(cluster.upgrades)


def _seen(fact: Observed[T], now: datetime) -> T | None:
    return fact.value if _is_seen(fact, now) and isinstance(fact, Known) else None


def _is_seen(fact: Observed[T], now: datetime) -> bool:
    return isinstance(fact, Known) and fact.at >= now and fact.source not in ("graph", LISTED)


def _pool(pool: NodePool) -> PoolSight:
    return PoolSight(
        name=pool.name,
        os_sku=pool.os_sku or "",
        count=pool.count,
        ready=tuple((str(row.version or ""), row.count) for row in pool.ready),
        provisioning_state=pool.provisioning_state or "",
        current_state=pool.current_state or "",
        error=pool.error or "",
    )


def _neighbours(judge: Judge, cluster: Cluster, instance: Instance | None) -> tuple[Neighbour, ...]:
    if instance is None:
        return ()
    hosted = judge.inventory.clusters_by_instance.get(instance.id, ())
    return tuple(
        Neighbour(other.name, str(value_of(other.version) or ""), _settled(other), _busy(other))
        for other in sorted(hosted, key=lambda one: one.key)
        if other.key != cluster.key
    )


def _settled(cluster: Cluster) -> bool:
    states = (value_of(cluster.provisioning_state), value_of(cluster.current_state))
    return all((state or "").casefold() == "succeeded" for state in states)


def _busy(cluster: Cluster) -> bool | None:
    states = (value_of(cluster.provisioning_state), value_of(cluster.current_state))
    if any(state is not None and state.casefold() in BUSY for state in states):
        return True
    return None if None in states else False


def _gaps(judge: Judge, cluster: Cluster) -> tuple[str, ...]:
    """What this look did not show, with the reason."""
    now = judge.inventory.as_of
    parts: dict[str, Observed[object]] = {
        "version": cluster.version,
        "provisioning state": cluster.provisioning_state,
        "current state": cluster.current_state,
        "connectivity": cluster.connectivity,
        "node pools": cluster.pools,
    }
    lines = [f"{gap.what}: {gap.reason}" for gap in judge.inventory.unread_of(cluster)]
    for name, fact in parts.items():
        if isinstance(fact, Unknown):
            lines.append(f"{name}: {fact.reason}")
        elif not _is_seen(fact, now) and not lines:
            lines.append(f"{name}: not read in this look, only known from {fact.at:%Y-%m-%d %H:%M} UTC")
    return tuple(dict.fromkeys(lines))
