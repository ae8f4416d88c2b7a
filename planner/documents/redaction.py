"""Redaction: facts without names, ids, people and words from outside, and with the same versions, dates and states (PR9).

What is typed (versions, states, dates, counts) stays; every name becomes an alias by what it is, never by how it reads,
so that names such as "default" or "1.32.9" do no harm. A plan is made from redacted facts rather than cleaned afterwards:
what its sentences say then never held a real name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final, TypeVar, cast

from planner.acceptance import Acceptance
from planner.documents.aliases import Key, Kind
from planner.documents.kinds import AnyPlan
from planner.documents.plainwords import ADDONS, is_plain
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
    Subscription,
    Unknown,
    Unread,
)

T = TypeVar("T")
P = TypeVar("P", bound=AnyPlan)
Naming = Callable[[Kind, str], str]

_ID: Final = re.compile(
    r"(?P<a>/subscriptions/)(?P<subscription>[^/]+)"
    r"(?:(?P<b>/resourcegroups/)(?P<group>[^/]+)(?:(?P<c>/providers/)(?P<type>[^/]+/[^/]+)/(?P<name>[^/]+))?)?",
    re.IGNORECASE | re.ASCII,
)
_TYPES: Final = {
    "microsoft.kubernetes/connectedclusters": Kind.CLUSTER,
    "microsoft.azurestackhci/clusters": Kind.INSTANCE,
    "microsoft.extendedlocation/customlocations": Kind.LOCATION,
    "microsoft.resourceconnector/appliances": Kind.BRIDGE,
}


def redact(inventory: Inventory, key: Key) -> tuple[Inventory, Key]:
    """The facts under aliases, and the key that knows all of them.

    Facts that this key has redacted already come back as they are. Links between clusters, locations and instances hold,
    and the same name has the same alias wherever it stands.
    """
    if _is_redacted(inventory, key):
        return inventory, key
    met: dict[tuple[Kind, str], None] = {}

    def meet(kind: Kind, real: str) -> str:
        met.setdefault((kind, real))
        return real

    # Names of their own first: they carry the spelling people know, where ids may be in small letters.
    _names(inventory, meet)
    _Redactor(meet).inventory(inventory)
    learned = key.learned(met)
    return _Redactor(learned.alias).inventory(inventory), learned


def redact_id(id: str, key: Key) -> str:
    """The id under which redacted facts hold what had this one. Raises KeyError for names the key does not know."""
    return _Redactor(key.alias).id(id)


def redact_acceptances(accepted: Sequence[Acceptance], key: Key) -> tuple[tuple[Acceptance, ...], Key]:
    """Acceptances without the words of the person who gave them; id and day stay."""
    learned = key.learned((Kind.REASON, one.reason) for one in accepted)
    return tuple(replace(one, reason=learned.alias(Kind.REASON, one.reason)) for one in accepted), learned


def restore(plan: P, key: Key) -> P:
    """The plan, of a cluster or of instances, with real names, for people to look at; it has another digest than the plan
    that was signed."""
    return cast(P, _restored(plan, key))


def _restored(value: object, key: Key) -> object:
    if type(value) is str:
        return key.restored(value)
    if isinstance(value, tuple):
        return tuple(_restored(one, key) for one in cast("tuple[object, ...]", value))
    if is_dataclass(value) and not isinstance(value, type):
        members: dict[str, Any] = {field.name: _restored(getattr(value, field.name), key) for field in fields(value)}
        return replace(value, **members)
    return value


def _is_redacted(inventory: Inventory, key: Key) -> bool:
    """True where every cluster and instance stands under aliases of this key in all three of its names."""
    places = [(one.name, one.resource_group, one.subscription) for one in (*inventory.clusters, *inventory.instances)]
    people = [text for text in (inventory.tenant, inventory.account) if text is not None]
    return bool(places) and all(key.explains(name) for name in (*people, *(name for place in places for name in place)))


def _names(inventory: Inventory, meet: Naming) -> None:
    for cluster in inventory.clusters:
        meet(Kind.CLUSTER, cluster.name)
        meet(Kind.GROUP, cluster.resource_group)
        meet(Kind.SUBSCRIPTION_ID, cluster.subscription)
    for instance in inventory.instances:
        meet(Kind.INSTANCE, instance.name)
        meet(Kind.GROUP, instance.resource_group)
        meet(Kind.SUBSCRIPTION_ID, instance.subscription)
    for location in inventory.locations:
        meet(Kind.LOCATION, location.name)


class _Redactor:
    """Walks all facts and asks `naming` for what stands in the place of each name."""

    def __init__(self, naming: Naming) -> None:
        self._naming = naming
        self._ids: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._known: dict[int, object] = {}

    def inventory(self, inventory: Inventory) -> Inventory:
        return replace(
            inventory,
            clusters=tuple(map(self._cluster, inventory.clusters)),
            instances=tuple(map(self._instance, inventory.instances)),
            locations=tuple(map(self._location, inventory.locations)),
            subscriptions=tuple(map(self._subscription, inventory.subscriptions)),
            unread=tuple(map(self._unread, inventory.unread)),
            tenant=self._optional(Kind.TENANT, inventory.tenant),
            account=self._optional(Kind.USER, inventory.account),
        )

    def id(self, text: str) -> str:
        """An ARM id of the same shape; what is none, or lies deeper than arcstep reads, has an alias as a whole."""
        done = self._ids.get(text)
        if done is None:
            done = self._ids[text] = self._new_id(text)
        return done

    def _new_id(self, text: str) -> str:
        found = _ID.fullmatch(text)
        if found is None:
            return f"/{self._naming(Kind.RESOURCE, text)}"
        parts = [found["a"], self._naming(Kind.SUBSCRIPTION_ID, found["subscription"])]
        if found["group"]:
            parts += [found["b"], self._naming(Kind.GROUP, found["group"])]
        if found["type"]:
            kind = _TYPES.get(found["type"].casefold())
            if kind is None:
                return f"/{self._naming(Kind.RESOURCE, text)}"
            parts += [found["c"], found["type"], "/", self._naming(kind, found["name"])]
        return "".join(parts)

    def _optional(self, kind: Kind, text: str | None) -> str | None:
        return None if text is None else self._naming(kind, text)

    def _said(self, text: str) -> str:
        """Words arcstep itself uses stay; any other text may name anything, and becomes an alias as a whole."""
        done = self._texts.get(text)
        if done is None:
            done = self._texts[text] = text if is_plain(text) else self._naming(Kind.ERROR, text)
        return done

    def _message(self, text: str | None) -> str | None:
        return None if text is None else self._said(text)

    def _fact(self, fact: Observed[T], value: Callable[[T], T] | None = None) -> Observed[T]:
        """The fact; its value goes through `value` where that can hold a name."""
        if isinstance(fact, Unknown):
            return Unknown(self._said(fact.reason))
        if value is None:
            return fact
        return Known(self._once(fact.value, value), fact.at, fact.source)

    def _once(self, value: T, make: Callable[[T], T]) -> T:
        """What was one object in many places is made once and stays one."""
        done = self._known.get(id(value))
        if done is None:
            done = self._known[id(value)] = make(value)
        return cast(T, done)

    def _cluster(self, cluster: Cluster) -> Cluster:
        return replace(
            cluster,
            id=self.id(cluster.id),
            name=self._naming(Kind.CLUSTER, cluster.name),
            resource_group=self._naming(Kind.GROUP, cluster.resource_group),
            subscription=self._naming(Kind.SUBSCRIPTION_ID, cluster.subscription),
            tags=tuple((self._naming(Kind.TAG, name), "") for name, _ in cluster.tags),
            custom_location=self._fact(cluster.custom_location, self.id),
            version=self._fact(cluster.version),
            provisioning_state=self._fact(cluster.provisioning_state),
            current_state=self._fact(cluster.current_state),
            connectivity=self._fact(cluster.connectivity),
            last_contact=self._fact(cluster.last_contact),
            upgrades=self._fact(cluster.upgrades),
            pools=self._fact(cluster.pools, lambda pools: tuple(map(self._pool, pools))),
            control_plane_count=self._fact(cluster.control_plane_count),
            addons=self._once(cluster.addons, lambda addons: tuple(map(self._addon, addons))),
            error=self._message(cluster.error),
            modified_by=self._optional(Kind.USER, cluster.modified_by),
            etag=None,
        )

    def _pool(self, pool: NodePool) -> NodePool:
        return replace(pool, name=self._naming(Kind.POOL, pool.name), error=self._message(pool.error))

    def _addon(self, addon: Addon) -> Addon:
        name = addon.name if addon.name.casefold() in ADDONS else self._naming(Kind.ADDON, addon.name)
        return replace(addon, name=name, error=self._message(addon.error))

    def _instance(self, instance: Instance) -> Instance:
        return replace(
            instance,
            id=self.id(instance.id),
            name=self._naming(Kind.INSTANCE, instance.name),
            resource_group=self._naming(Kind.GROUP, instance.resource_group),
            subscription=self._naming(Kind.SUBSCRIPTION_ID, instance.subscription),
            build=self._fact(instance.build),
            update_state=self._fact(instance.update_state),
            last_updated=self._fact(instance.last_updated),
            connectivity=self._fact(instance.connectivity),
        )

    def _location(self, location: CustomLocation) -> CustomLocation:
        return replace(
            location,
            id=self.id(location.id),
            name=self._naming(Kind.LOCATION, location.name),
            instance=self._fact(location.instance, self.id),
            offered=self._fact(location.offered, lambda rows: tuple(map(self._offer, rows))),
            bridge_status=self._fact(location.bridge_status),
        )

    def _offer(self, offer: OfferedVersion) -> OfferedVersion:
        rows = tuple(replace(row, message=self._message(row.message)) for row in offer.readiness)
        return replace(offer, readiness=rows)

    def _subscription(self, subscription: Subscription) -> Subscription:
        return replace(
            subscription,
            id=self._naming(Kind.SUBSCRIPTION_ID, subscription.id),
            name=self._naming(Kind.SUBSCRIPTION, subscription.name),
            state=self._fact(subscription.state),
        )

    def _unread(self, gap: Unread) -> Unread:
        return Unread(self._said(gap.what), self._subject(gap), self._said(gap.reason))

    def _subject(self, gap: Unread) -> str:
        if gap.what == "subscription" and not gap.subject.startswith("/"):
            return self._naming(Kind.SUBSCRIPTION_ID, gap.subject)
        return self.id(gap.subject) if gap.subject else ""
