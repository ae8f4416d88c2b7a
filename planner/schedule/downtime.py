"""Downtime: what is down while its only node is replaced. One node cannot make room for another, so it is not rolled."""

from __future__ import annotations

from collections.abc import Iterator

from planner.inventory import Cluster, NodePool, Unknown


def downtime_of(cluster: Cluster) -> tuple[str, ...]:
    """What an upgrade of the cluster takes down, and where a number of nodes is not known, a sentence each."""
    return tuple(_lines(cluster))


def _lines(cluster: Cluster) -> Iterator[str]:
    control = cluster.control_plane_count
    if isinstance(control, Unknown):
        yield f"How many replicas the control plane of {cluster.name} has is not known: its API may be down for a time."
    elif control.value == 1:
        yield f"The control plane of {cluster.name} has one replica: its API is down while it is replaced."
    if isinstance(cluster.pools, Unknown):
        yield f"The node pools of {cluster.name} are not known: workloads on a single node would be down for a time."
        return
    for pool in cluster.pools.value:
        yield from _of_pool(pool, cluster)


def _of_pool(pool: NodePool, cluster: Cluster) -> Iterator[str]:
    where = f"pool {pool.name} of {cluster.name}"
    if pool.count is None:
        yield f"How many nodes {where} has is not known: its workloads may be down for a time."
    elif pool.count == 1:
        yield f"P{where[1:]} has one node: its workloads are down while it is replaced."
