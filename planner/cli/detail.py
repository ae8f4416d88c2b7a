"""The clusters of instances read again with their node pools, before something is said about all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from planner.inventory import Cluster, Instance, Inventory, Unread
from planner.ports import NEWER_FACTS, Progress, Report, Source, SourceError, ignore


async def in_detail(
    source: Source, inventory: Inventory, instances: Iterable[Instance], report: Report = ignore
) -> Inventory:
    """Every hosted cluster with newer facts; one that cannot be read keeps its older ones, and is a gap."""
    hosted = [one for each in instances for one in inventory.clusters_by_instance.get(each.id, ())]
    return await _again(source, inventory, hosted, report)


async def with_neighbours(source: Source, inventory: Inventory, cluster: Cluster, report: Report = ignore) -> Inventory:
    """A cluster with newer facts, and the others of its instance, whose own offers decide what an update has to wait for.

    Raises SourceError where the cluster itself cannot be read; another one that cannot keeps its older facts, and is a gap.
    """
    instance = inventory.instance_of(cluster)
    hosted = inventory.clusters_by_instance.get(instance.id, ()) if instance is not None else ()
    others = [one for one in hosted if one.key != cluster.key]
    return await _again(source, await source.refresh(inventory, cluster), others, report)


async def _again(source: Source, inventory: Inventory, clusters: Sequence[Cluster], report: Report) -> Inventory:
    for done, cluster in enumerate(clusters):
        report(Progress(done, len(clusters), "hosted clusters"))
        try:
            inventory = await source.refresh(inventory, cluster)
        except SourceError as error:
            gap = Unread(NEWER_FACTS, cluster.key, f"{error.why} {error.cure}")
            inventory = replace(inventory, unread=(*inventory.unread, gap))
    return inventory
