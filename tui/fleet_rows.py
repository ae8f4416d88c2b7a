"""From judged facts to the rows of the fleet list. Pure; no Textual."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tui.query import Row

if TYPE_CHECKING:
    from planner.support import Judge


def rows_of(judge: Judge) -> Iterator[Row]:
    """One row per cluster, in the order of the inventory; cheap enough for 10,000, and lazy so that it can be sliced."""
    from planner.inventory import value_of

    inventory = judge.inventory
    places: dict[str | None, tuple[str, str, str]] = {}
    texts: dict[object, str] = {}
    names = {key: f"{found.name} {found.id}" for key, found in inventory.subscription_by_id.items()}
    for cluster in inventory.clusters:
        where = value_of(cluster.custom_location)
        if where not in places:
            instance = inventory.instance_of(cluster)
            build = value_of(instance.build) if instance else None
            release = str(build.release) if build else ""
            places[where] = (instance.name, release, instance.id) if instance else ("", "", "")
        place, release, home = places[where]
        state, ends = judge.state(cluster)
        version = value_of(cluster.version)
        shared = (place, release, version, state)
        if shared not in texts:
            texts[shared] = f" {place} {release} {version or 'unknown'} {state}".casefold()
        gaps = inventory.unread_of(cluster)
        yield Row(
            key=cluster.key,
            name=cluster.name,
            group=cluster.resource_group,
            instance=place,
            release=release,
            version=version,
            state=state,
            ends=ends,
            missing=gaps[0].reason if gaps else "",
            text=f"{cluster.name} {cluster.resource_group}".casefold() + texts[shared],
            home=home,
            subscription=names.get(cluster.subscription.casefold(), cluster.subscription),
            tags=cluster.tags,
        )
