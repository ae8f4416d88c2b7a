"""From the rows of a snapshot file to an inventory; every text is made harmless again on the way in (PR11)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from planner.documents import wire
from planner.inventory import (
    Addon,
    Cluster,
    CustomLocation,
    Instance,
    Inventory,
    Known,
    NodePool,
    Observed,
    OfferedVersion,
    Readiness,
    ReadyReplicas,
    SourceKind,
    Subscription,
    Unknown,
    Unread,
    Upgrade,
    clean,
)
from planner.version import Build, InvalidVersion, KubernetesVersion

LONGEST_TEXT = 4096
"""Ids, messages and reasons; names keep the shorter limit of `clean`."""

V = TypeVar("V")
W = TypeVar("W")
R = TypeVar("R")


def unpack(file: wire.SnapshotFile) -> Inventory:
    """The inventory of a decoded file. Raises ValueError naming the row that points nowhere or is no version."""
    return _Unpacker(file).inventory()


def _text(text: str) -> str:
    return clean(text, LONGEST_TEXT)


def _optional(text: str | None) -> str | None:
    return None if text is None else clean(text, LONGEST_TEXT)


def _rows(where: str, rows: Iterable[W], convert: Callable[[W], R]) -> tuple[R, ...]:
    """All rows converted; a row that cannot be is named by its place."""
    done: list[R] = []
    try:
        done.extend(map(convert, rows))
    except IndexError:
        raise ValueError(f"{where}[{len(done)}] points to a row that is not there") from None
    except InvalidVersion as error:
        raise ValueError(f"{where}[{len(done)}]: {error}") from None
    return tuple(done)


class _Unpacker:
    """Builds each table once; clusters then share the facts they have in common."""

    def __init__(self, file: wire.SnapshotFile) -> None:
        self._file = file
        self._stamps = tuple((at, clean(source)) for at, source in file.stamps)
        self._prefixes = tuple(map(_text, file.prefixes))
        self._addons = tuple(_addons(rows) for rows in file.addons)
        upgrades = _rows("upgrades", file.upgrades, _upgrade)
        pools = _rows("pools", file.pools, _pool)
        offers = _rows("offers", file.offers, _offer)
        facts = file.facts
        self._texts = self._facts("texts", facts.texts, _text)
        self._versions = self._facts("versions", facts.versions, KubernetesVersion.parse)
        self._builds = self._facts("builds", facts.builds, Build.parse)
        self._moments = self._facts("moments", facts.moments, _same)
        self._counts = self._facts("counts", facts.counts, _same)
        self._upgrades = self._facts("upgrades", facts.upgrades, _picker(upgrades))
        self._pools = self._facts("pools", facts.pools, _picker(pools))
        self._offers = self._facts("offers", facts.offers, _picker(offers))

    def _facts(
        self, table: str, rows: Sequence[tuple[int, W] | str], decode: Callable[[W], V]
    ) -> tuple[Known[V] | Unknown, ...]:
        stamps = self._stamps

        def fact(row: tuple[int, W] | str) -> Known[V] | Unknown:
            if isinstance(row, str):
                return Unknown(_text(row))
            at, source = stamps[row[0]]
            return Known(decode(row[1]), at, source)

        return _rows(f"facts.{table}", rows, fact)

    def inventory(self) -> Inventory:
        file = self._file
        return Inventory(
            source=SourceKind.SNAPSHOT,
            as_of=file.as_of,
            clusters=_rows("clusters", file.clusters, self._cluster),
            instances=_rows("instances", file.instances, self._instance),
            locations=_rows("locations", file.locations, self._location),
            subscriptions=_rows("subscriptions", file.subscriptions, self._subscription),
            unread=tuple(Unread(_text(gap.what), _text(gap.subject), _text(gap.reason)) for gap in file.unread),
            tenant=_optional(file.tenant),
            account=_optional(file.account),
            expected=file.expected,
        )

    def _id(self, id: tuple[int, str]) -> str:
        return self._prefixes[id[0]] + _text(id[1])

    def _cluster(self, row: wire.ClusterRow) -> Cluster:
        texts = self._texts
        return Cluster(
            id=self._id(row.id),
            name=clean(row.name),
            resource_group=clean(row.resource_group),
            subscription=clean(row.subscription),
            location=_optional(row.location),
            tags=tuple((_text(key), _text(value)) for key, value in row.tags) if row.tags else (),
            custom_location=texts[row.custom_location],
            version=self._versions[row.version],
            provisioning_state=texts[row.provisioning_state],
            current_state=texts[row.current_state],
            connectivity=texts[row.connectivity],
            last_contact=self._moments[row.last_contact],
            upgrades=self._upgrades[row.upgrades],
            pools=self._pools[row.pools],
            control_plane_count=self._counts[row.control_plane_count],
            addons=self._addons[row.addons],
            error=_optional(row.error),
            created_at=row.created_at,
            modified_at=row.modified_at,
            modified_by=_optional(row.modified_by),
            etag=_optional(row.etag),
        )

    def _location(self, row: wire.LocationRow) -> CustomLocation:
        return CustomLocation(
            id=self._id(row.id),
            name=clean(row.name),
            instance=self._texts[row.instance],
            offered=self._offers[row.offered],
            bridge_status=self._texts[row.bridge_status],
        )

    def _instance(self, row: wire.InstanceRow) -> Instance:
        return Instance(
            id=self._id(row.id),
            name=clean(row.name),
            resource_group=clean(row.resource_group),
            subscription=clean(row.subscription),
            build=self._builds[row.build],
            update_state=self._texts[row.update_state],
            last_updated=self._moments[row.last_updated],
            connectivity=self._texts[row.connectivity],
        )

    def _subscription(self, row: wire.SubscriptionRow) -> Subscription:
        state: Observed[str] = self._texts[row.state]
        return Subscription(clean(row.id), clean(row.name), state, row.first_seen)


def _same(value: V) -> V:
    return value


def _picker(rows: Sequence[R]) -> Callable[[tuple[int, ...]], tuple[R, ...]]:
    return lambda places: tuple([rows[place] for place in places])


def _upgrade(row: wire.UpgradeRow) -> Upgrade:
    return Upgrade(KubernetesVersion.parse(row.version), row.preview)


def _pool(row: wire.PoolRow) -> NodePool:
    return NodePool(
        name=clean(row.name),
        os_type=_optional(row.os_type),
        os_sku=_optional(row.os_sku),
        count=row.count,
        vm_size=_optional(row.vm_size),
        provisioning_state=_optional(row.provisioning_state),
        current_state=_optional(row.current_state),
        ready=tuple(
            ReadyReplicas(count, None if version is None else KubernetesVersion.parse(version))
            for count, version in row.ready
        ),
        error=_optional(row.error),
        autoscale=row.autoscale,
    )


def _offer(row: wire.OfferRow) -> OfferedVersion:
    return OfferedVersion(
        version=KubernetesVersion.parse(row.version),
        is_preview=row.preview,
        readiness=tuple(
            Readiness(_optional(r.os_type), _optional(r.os_sku), r.ready, _optional(r.message)) for r in row.readiness
        ),
        upgrades=None if row.upgrades is None else tuple(map(KubernetesVersion.parse, row.upgrades)),
    )


def _addons(rows: Sequence[wire.AddonRow]) -> tuple[Addon, ...]:
    return tuple(Addon(clean(row.name), _optional(row.phase), row.ready, _optional(row.error)) for row in rows)
