"""From an inventory to the tables and rows of a snapshot file."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import UTC, datetime
from typing import Generic, TypeVar

from planner.documents import wire
from planner.inventory import (
    Addon,
    Cluster,
    CustomLocation,
    Instance,
    Inventory,
    Known,
    NodePool,
    OfferedVersion,
    Subscription,
    Unknown,
    Upgrade,
)
from planner.version import KubernetesVersion

T = TypeVar("T")
V = TypeVar("V")
W = TypeVar("W", bound=Hashable)


class _Table(Generic[T, W]):
    """Distinct rows in order of first use. Only rows are hashed, never the nested values they are made from."""

    def __init__(self, encode: Callable[[T], W]) -> None:
        self._encode = encode
        self._rows: dict[W, int] = {}

    def indexes(self, values: Iterable[T]) -> tuple[int, ...]:
        """Where the row of each value stands."""
        rows, encode = self._rows, self._encode
        return tuple([rows.setdefault(encode(value), len(rows)) for value in values])

    def rows(self) -> tuple[W, ...]:
        """The rows, in the order of their indexes."""
        return tuple(self._rows)


class _Facts(Generic[V, W]):
    """The same for facts of one kind; each is a stamp and a value, or the reason why there is none.

    Values are known again by identity, which is what equal facts of a large fleet mostly share.
    """

    def __init__(self, stamps: dict[tuple[datetime, str], int], encode: Callable[[V], W]) -> None:
        self._stamps = stamps
        self._encode = encode
        self._places: dict[tuple[int, datetime, str] | str, int] = {}
        self._rows: dict[tuple[int, W] | str, int] = {}

    def column(self, facts: Iterable[Known[V] | Unknown]) -> list[int]:
        """Where the row of each fact stands. The values must outlive the table."""
        places, new = self._places, self._place
        column: list[int] = []
        for fact in facts:
            key = (id(fact.value), fact.at, fact.source) if isinstance(fact, Known) else fact.reason
            place = places.get(key)
            column.append(new(key, fact) if place is None else place)
        return column

    def _place(self, key: tuple[int, datetime, str] | str, fact: Known[V] | Unknown) -> int:
        if isinstance(fact, Known):
            stamp = self._stamps.setdefault((fact.at, fact.source), len(self._stamps))
            row = stamp, self._encode(fact.value)
        else:
            row = fact.reason
        place = self._places[key] = self._rows.setdefault(row, len(self._rows))
        return place

    def rows(self) -> tuple[tuple[int, W] | str, ...]:
        """The rows, in the order of their indexes."""
        return tuple(self._rows)


class Packer:
    """Turns an inventory into tables and rows."""

    def __init__(self) -> None:
        self._prefixes: dict[str, int] = {}
        self._stamps: dict[tuple[datetime, str], int] = {}
        self._version_texts: dict[int, str] = {}
        self._upgrades = _Table(self._upgrade)
        self._pools = _Table(self._pool)
        self._offers = _Table(self._offer)
        self._addons = _Table(_addons)
        self._texts = self._facts(str)
        self._versions = self._facts(self._version)
        self._builds = self._facts(str)
        self._moments = self._facts(_utc)
        self._counts = self._facts(int)
        self._upgrade_facts = self._facts(self._upgrades.indexes)
        self._pool_facts = self._facts(self._pools.indexes)
        self._offer_facts = self._facts(self._offers.indexes)

    def snapshot(self, inventory: Inventory) -> wire.SnapshotFile:
        """All rows first, since they fill the tables."""
        subscriptions = self._subscription_rows(inventory.subscriptions)
        instances = self._instance_rows(inventory.instances)
        locations = self._location_rows(inventory.locations)
        clusters = self._cluster_rows(inventory.clusters)
        return wire.SnapshotFile(
            kind=wire.SNAPSHOT_KIND,
            schema=wire.SNAPSHOT_SCHEMA,
            made_from=inventory.source.value,
            as_of=_utc(inventory.as_of),
            tenant=inventory.tenant,
            account=inventory.account,
            expected=inventory.expected,
            stamps=tuple((_utc(at), source) for at, source in self._stamps),
            prefixes=tuple(self._prefixes),
            upgrades=tuple(self._upgrades.rows()),
            pools=tuple(self._pools.rows()),
            offers=tuple(self._offers.rows()),
            addons=tuple(self._addons.rows()),
            facts=self._tables(),
            subscriptions=subscriptions,
            instances=instances,
            locations=locations,
            unread=tuple(wire.UnreadRow(gap.what, gap.subject, gap.reason) for gap in inventory.unread),
            clusters=clusters,
        )

    def _tables(self) -> wire.Facts:
        return wire.Facts(
            texts=tuple(self._texts.rows()),
            versions=tuple(self._versions.rows()),
            builds=tuple(self._builds.rows()),
            moments=tuple(self._moments.rows()),
            counts=tuple(self._counts.rows()),
            upgrades=tuple(self._upgrade_facts.rows()),
            pools=tuple(self._pool_facts.rows()),
            offers=tuple(self._offer_facts.rows()),
        )

    def _facts(self, encode: Callable[[V], W]) -> _Facts[V, W]:
        return _Facts(self._stamps, encode)

    def _id(self, text: str) -> tuple[int, str]:
        prefix, slash, rest = text.rpartition("/")
        return self._prefixes.setdefault(prefix + slash, len(self._prefixes)), rest

    def _version(self, version: KubernetesVersion) -> str:
        text = self._version_texts.get(id(version))
        if text is None:
            text = self._version_texts[id(version)] = str(version)
        return text

    def _cluster_rows(self, clusters: tuple[Cluster, ...]) -> tuple[wire.ClusterRow, ...]:
        columns = zip(
            clusters,
            self._texts.column(cluster.custom_location for cluster in clusters),
            self._versions.column(cluster.version for cluster in clusters),
            self._texts.column(cluster.provisioning_state for cluster in clusters),
            self._texts.column(cluster.current_state for cluster in clusters),
            self._texts.column(cluster.connectivity for cluster in clusters),
            self._moments.column(cluster.last_contact for cluster in clusters),
            self._upgrade_facts.column(cluster.upgrades for cluster in clusters),
            self._pool_facts.column(cluster.pools for cluster in clusters),
            self._counts.column(cluster.control_plane_count for cluster in clusters),
            self._addon_column(clusters),
            strict=True,
        )
        return tuple(
            wire.ClusterRow(
                self._id(cluster.id),
                cluster.name,
                cluster.resource_group,
                cluster.subscription,
                *facts,
                location=cluster.location,
                tags=cluster.tags,
                error=cluster.error,
                created_at=cluster.created_at and _utc(cluster.created_at),
                modified_at=cluster.modified_at and _utc(cluster.modified_at),
                modified_by=cluster.modified_by,
                etag=cluster.etag,
            )
            for cluster, *facts in columns
        )

    def _addon_column(self, clusters: tuple[Cluster, ...]) -> list[int]:
        distinct = {id(cluster.addons): cluster.addons for cluster in clusters}
        places = dict(zip(distinct, self._addons.indexes(distinct.values()), strict=True))
        return [places[id(cluster.addons)] for cluster in clusters]

    def _location_rows(self, locations: tuple[CustomLocation, ...]) -> tuple[wire.LocationRow, ...]:
        columns = zip(
            locations,
            self._texts.column(location.instance for location in locations),
            self._offer_facts.column(location.offered for location in locations),
            self._texts.column(location.bridge_status for location in locations),
            strict=True,
        )
        return tuple(wire.LocationRow(self._id(location.id), location.name, *facts) for location, *facts in columns)

    def _instance_rows(self, instances: tuple[Instance, ...]) -> tuple[wire.InstanceRow, ...]:
        columns = zip(
            instances,
            self._builds.column(instance.build for instance in instances),
            self._texts.column(instance.update_state for instance in instances),
            self._moments.column(instance.last_updated for instance in instances),
            self._texts.column(instance.connectivity for instance in instances),
            strict=True,
        )
        return tuple(
            wire.InstanceRow(
                self._id(instance.id), instance.name, instance.resource_group, instance.subscription, *facts
            )
            for instance, *facts in columns
        )

    def _subscription_rows(self, subscriptions: tuple[Subscription, ...]) -> tuple[wire.SubscriptionRow, ...]:
        states = self._texts.column(subscription.state for subscription in subscriptions)
        return tuple(
            wire.SubscriptionRow(one.id, one.name, state, one.first_seen and _utc(one.first_seen))
            for one, state in zip(subscriptions, states, strict=True)
        )

    def _upgrade(self, upgrade: Upgrade) -> wire.UpgradeRow:
        return wire.UpgradeRow(self._version(upgrade.version), upgrade.is_preview)

    def _pool(self, pool: NodePool) -> wire.PoolRow:
        version = self._version
        return wire.PoolRow(
            pool.name,
            pool.os_type,
            pool.os_sku,
            pool.count,
            pool.vm_size,
            pool.provisioning_state,
            pool.current_state,
            tuple([(ready.count, None if ready.version is None else version(ready.version)) for ready in pool.ready]),
            pool.error,
            pool.autoscale,
        )

    def _offer(self, offer: OfferedVersion) -> wire.OfferRow:
        return wire.OfferRow(
            version=self._version(offer.version),
            preview=offer.is_preview,
            readiness=tuple(wire.ReadinessRow(r.os_type, r.os_sku, r.ready, r.message) for r in offer.readiness),
            upgrades=None if offer.upgrades is None else tuple(map(self._version, offer.upgrades)),
        )


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def _addons(addons: tuple[Addon, ...]) -> tuple[wire.AddonRow, ...]:
    return tuple(wire.AddonRow(addon.name, addon.phase, addon.ready, addon.error) for addon in addons)
