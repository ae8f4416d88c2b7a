"""One cluster read from ARM: its state, its upgrade profile, its node pools. A part that fails costs its own fields."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from planner.azure.decode import ClusterState, Doubts, cluster_state, node_pools, upgrade_profile
from planner.azure.errors import ReadError, Trouble
from planner.azure.fields import inside, moment, observed, text
from planner.azure.gathered import NO_ID, in_order
from planner.azure.queries import Part, is_cluster_id
from planner.inventory import Cluster, Inventory, Known, Observed, Unknown, Unread

if TYPE_CHECKING:
    from planner.azure.wire import Answer, Wire

T = TypeVar("T")

GONE = "Azure no longer knows it (404); Resource Graph is behind"


async def read_cluster(wire: Wire, cluster: Cluster, at: datetime) -> tuple[Cluster, list[Unread]]:
    """The cluster with what ARM says now, and what could not be read of it.

    Raises ReadError where Azure is out of reach as a whole: all three parts failed, and not for want of a right.
    """
    if not is_cluster_id(cluster.id):
        return cluster, [Unread("cluster", cluster.key, NO_ID)]
    state, profile, pools = await asyncio.gather(
        _kept(wire.read(Part.STATE, cluster.id)),
        _kept(wire.read(Part.PROFILE, cluster.id)),
        _kept(wire.read_list(Part.POOLS, cluster.id)),
    )
    failures = {Part.STATE: state, Part.PROFILE: profile, Part.POOLS: pools}
    outages = [failure for failure in failures.values() if isinstance(failure, ReadError) and failure.is_outage]
    if len(outages) == len(failures):
        raise outages[0]
    doubts: Doubts = []
    fresh = cluster
    if isinstance(state, ReadError):
        fresh = _without_state(fresh) if state.kind is Trouble.MISSING else fresh
    else:
        fresh = _with_state(fresh, cluster_state(state.document, at, "arm", doubts), state)
    upgrades = profile if isinstance(profile, ReadError) else upgrade_profile(profile.document, at, "profile", doubts)
    nodes = pools if isinstance(pools, ReadError) else node_pools(pools, at, doubts)
    fresh = replace(fresh, upgrades=_or_before(upgrades, cluster.upgrades), pools=_or_before(nodes, cluster.pools))
    gaps = [Unread(what, cluster.key, reason) for what, reason in doubts]
    gaps += [
        Unread(part.label, cluster.key, _why(part, failure))
        for part, failure in failures.items()
        if isinstance(failure, ReadError)
    ]
    return fresh, gaps


async def read_contact(wire: Wire, cluster: Cluster, at: datetime) -> tuple[Cluster, list[Unread]]:
    """The cluster with what its agent told Azure last; after a failure with the older fact, and the gap."""
    if not is_cluster_id(cluster.id):
        return cluster, []
    try:
        document = (await wire.read(Part.CONTACT, cluster.id)).document
    except ReadError as error:
        return cluster, [Unread(Part.CONTACT.label, cluster.key, error.why)]
    properties = inside(document, "properties")
    fresh = replace(
        cluster,
        connectivity=observed(text(inside(properties, "connectivityStatus"), 60), at, "arm", "connectivity"),
        last_contact=observed(moment(inside(properties, "lastConnectivityTime")), at, "arm", "time of last contact"),
    )
    return fresh, []


def with_cluster(inventory: Inventory, cluster: Cluster, gaps: list[Unread]) -> Inventory:
    """The inventory with one cluster replaced, and the gaps of that cluster with it."""
    key = cluster.key
    kept = (gap for gap in inventory.unread if gap.subject.casefold() != key)
    return replace(
        inventory,
        clusters=tuple(cluster if one.key == key else one for one in inventory.clusters),
        unread=in_order((*kept, *gaps)),
    )


async def _kept(reading: Awaitable[T]) -> T | ReadError:
    """The result, or the failure as a value, so that one part does not end the others."""
    try:
        return await reading
    except ReadError as error:
        return error


def _why(part: Part, failure: ReadError) -> str:
    return GONE if part is Part.STATE and failure.kind is Trouble.MISSING else failure.why


def _with_state(cluster: Cluster, state: ClusterState, answer: Answer) -> Cluster:
    """ARM's answer replaces the graph's; only the link to the custom location survives an answer without it."""
    known = isinstance(state.custom_location, Known)
    return replace(
        cluster,
        custom_location=state.custom_location if known else cluster.custom_location,
        version=state.version,
        provisioning_state=state.provisioning_state,
        current_state=state.current_state,
        control_plane_count=state.control_plane_count,
        addons=state.addons,
        error=state.error,
        created_at=state.created_at,
        modified_at=state.modified_at,
        modified_by=state.modified_by,
        etag=answer.etag,
    )


def _without_state(cluster: Cluster) -> Cluster:
    """What the graph still says of a cluster that is gone must not be planned on."""
    gone = Unknown(GONE)
    return replace(cluster, version=gone, provisioning_state=gone, current_state=gone, control_plane_count=gone)


def _or_before(read: Observed[T] | ReadError, before: Observed[T]) -> Observed[T]:
    """What was read; after a failure the older fact, which carries its age, or else the reason."""
    if not isinstance(read, ReadError):
        return read
    return before if isinstance(before, Known) else Unknown(read.why)
