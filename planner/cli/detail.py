"""The clusters of instances read again with their node pools, before something is said about all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from planner.inventory import Instance, Inventory, Unread
from planner.ports import Progress, Report, Source, SourceError, ignore


async def in_detail(
    source: Source, inventory: Inventory, instances: Iterable[Instance], report: Report = ignore
) -> Inventory:
    """Every hosted cluster with newer facts; one that cannot be read keeps its older ones, and is a gap."""
    hosted = [one for each in instances for one in inventory.clusters_by_instance.get(each.id, ())]
    for done, cluster in enumerate(hosted):
        report(Progress(done, len(hosted), "hosted clusters"))
        try:
            inventory = await source.refresh(inventory, cluster)
        except SourceError as error:
            gap = Unread("newer facts", cluster.key, f"{error.why} {error.cure}")
            inventory = replace(inventory, unread=(*inventory.unread, gap))
    return inventory
