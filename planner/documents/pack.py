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
    """Distinct rows in order of first use.

    Works by columns, and asks for identity before equality: most clusters share most facts, and hashing a nested fact
    costs more than everything else here.
    """

    def __init__(self, encode: Callable[[T], W]) -> None:
        self._encode = encode
        self._by_identity: dict[int, int] = {}
        self._by_row: dict[W, int] = {}

    def index(self, value: T) -> int:
        """Where the value's row stands. The value must outlive the table."""
        place = self._by_identity.get(id(value))
        if place is None:
            place = self._by_row.setdefault(self._encode(value), len(self._by_row))
            self._by_identity[id(value)] = place
        return place

    def column(self, values: Iterable[T]) -> list[int]:
        """`index` of each value, most of the work done in bulk."""
        column = list(values)
        keys = list(map(id, column))
        places, rows, encode = self._by_identity, self._by_row, self._encode
        for key, value in dict(zip(keys, column, strict=True)).items():
            if key not in places:
                places[key] = rows.setdefault(encode(value), len(rows))
        return list(map(places.__getitem__, keys))

    def rows(self) -> tuple[W, ...]:
        """The rows, in the order of their indexes."""
        return tuple(self._by_row)


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
        self._upgrade_facts = self._facts(self._indexes(self._upgrades))
        self._pool_facts = self._facts(self._indexes(self._pools))
        self._offer_facts = self._facts(self._indexes(self._offers))

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

    def _facts(self, encode: Callable[[V], W]) -> _Table[Known[V] | Unknown, tuple[int, W] | str]:
        def row(observed: Known[V] | Unknown) -> tuple[int, W] | str:
            if not isinstance(observed, Known):
                return observed.reason
            stamp = self._stamps.setdefault((observed.at, observed.source), len(self._stamps))
            return stamp, encode(observed.value)

        return _Table(row)

    @staticmethod
    def _indexes(table: _Table[V, W]) -> Callable[[tuple[V, ...]], tuple[int, ...]]:
        return lambda values: tuple([table.index(value) for value in values])

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
            self._addons.column(cluster.addons for cluster in clusters),
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
        return wire.PoolRow(
            name=pool.name,
            os_type=pool.os_type,
            os_sku=pool.os_sku,
            count=pool.count,
            vm_size=pool.vm_size,
            provisioning_state=pool.provisioning_state,
            current_state=pool.current_state,
            ready=tuple(
                [wire.ReadyRow(r.count, None if r.version is None else self._version(r.version)) for r in pool.ready]
            ),
            error=pool.error,
            autoscale=pool.autoscale,
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
