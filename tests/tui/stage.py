"""A small fleet and a source over it, for the screens' tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from planner.inventory import Cluster, Inventory, Unknown, Unread
from planner.ports import Progress, Report, SourceError, ignore
from tests import builders as b

OFFERED = {
    "2411": ("1.28.12", "1.28.14", "1.29.9", "1.29.10"),
    "12.2510": ("1.30.14", "1.31.10", "1.32.6"),
    "2604": ("1.31.13", "1.32.9", "1.33.5"),
    "2605": ("1.31.13", "1.32.9", "1.33.5"),
}
HOSTILE = ("prod[/]x", "[red]x[/red]", "[@click=app.quit]x[/]", "a" * 80)


class StoredSource:
    """A Source over an inventory at hand; `broken` = every reading fails."""

    label = "snapshot"

    def __init__(
        self, inventory: Inventory, *, broken: SourceError | None = None, steps: Sequence[Inventory] = ()
    ) -> None:
        self.inventory, self.broken, self.steps = inventory, broken, steps
        self.refreshed: list[str] = []

    async def load(self, report: Report = ignore) -> Inventory:
        for place, step in enumerate(self.steps, 1):
            report(Progress(place, len(self.steps), "clusters", step))
        if self.broken:
            raise self.broken
        return self.inventory

    async def load_all(self, report: Report = ignore) -> Inventory:
        return await self.load(report)

    async def refresh(self, inventory: Inventory, cluster: Cluster) -> Inventory:
        if self.broken:
            raise self.broken
        self.refreshed.append(cluster.name)
        return inventory

    async def close(self) -> None:
        return None


def fleet(*more: Cluster) -> Inventory:
    """Every support state on four instances, one cluster nobody may read."""
    places = {"plant12": "2411", "store113": "2604", "store201": "2605", "lab": "12.2510"}
    no_access = "no permission to read the cluster"
    clusters = (
        b.cluster("mes-prod", "1.28.14", instance="plant12", upgrades=("1.29.9", "1.29.10")),
        b.cluster("mes-web", "1.29.10", instance="plant12", upgrades=()),
        b.cluster("scada-07", "1.29.4", instance="store113", upgrades=()),
        b.cluster("pos-0113", "1.30.9", instance="store113", upgrades=("1.31.13",)),
        b.cluster("pos-0114", "1.31.13", instance="store113", upgrades=("1.32.9",)),
        b.cluster("pos-0201", "1.33.5", instance="store201", upgrades=()),
        b.cluster("pos-0202", "1.32.6", instance="store201", upgrades=("1.33.5",)),
        b.cluster(
            "lab-1",
            "1.30.14",
            instance="lab",
            upgrades=("1.31.10",),
            last_contact=b.AS_OF - timedelta(days=3),
            connectivity="Offline",
        ),
        b.cluster(
            "lab-3", None, instance="lab", provisioning_state=Unknown(no_access), current_state=Unknown(no_access)
        ),
        *more,
    )
    return b.inventory(
        *clusters,
        instances=[b.instance(name, release) for name, release in places.items()],
        locations=[b.location(name, b.offered(OFFERED[release])) for name, release in places.items()],
        unread=[Unread("version", clusters[8].key, no_access)],
    )
