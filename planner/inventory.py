"""What Azure said: clusters, instances and their versions, each fact with its time and source.

A fact is `Known(value, at, source)` or `Unknown(reason)`; nothing else. Judgement lives in `support` and `rules`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Final, Generic, TypeVar

from planner.version import Build, KubernetesVersion

T_co = TypeVar("T_co", covariant=True)

_HOSTILE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def clean(text: str, limit: int = 256) -> str:
    """Text from outside made harmless, once, at the door (PR11).

    Controls, bidi overrides, zero-width and tag characters and surrogates become U+FFFD; the rest is NFC; what is
    longer than `limit` characters is cut and ends with an ellipsis.
    """
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", _HOSTILE.sub("\N{REPLACEMENT CHARACTER}", text))


@dataclass(frozen=True, slots=True)
class Known(Generic[T_co]):
    """A value that was read: when (UTC, of the fact itself) and from which kind of source.

    `source` is a short stable word (such as "graph", "arm", "profile"), never a file name or an address.
    """

    value: T_co
    at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value nobody could read, and why, in words an operator understands."""

    reason: str


Observed = Known[T_co] | Unknown

LISTED: Final = "listed"
"""Source word of node pools taken from the cluster's own document: size and SKU, no node versions, not certain to be all."""


def value_of(observed: Known[T_co] | Unknown) -> T_co | None:
    """The value, or None where it is unknown. Use only where unknown needs no other treatment than absence."""
    return observed.value if isinstance(observed, Known) else None


POOLS: Final = "node pools"
"""What `Unread.what` says where the node pools of a cluster could not be read."""


class SourceKind(StrEnum):
    """Where an inventory came from."""

    LIVE = "live"
    SNAPSHOT = "snapshot"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class ReadyReplicas:
    """Nodes of a pool that are ready on one version; the only observed node version there is."""

    count: int
    version: KubernetesVersion | None
    """None where Azure did not say."""


def is_windows(os_type: str | None, os_sku: str | None) -> bool:
    """Whether a node pool of that type and SKU runs Windows."""
    return (os_type or "").casefold() == "windows" or (os_sku or "").casefold().startswith("windows")


@dataclass(frozen=True, slots=True)
class NodePool:
    """One node pool as Azure reported it. None = the answer did not carry the field."""

    name: str
    os_type: str | None
    os_sku: str | None
    count: int | None
    vm_size: str | None
    provisioning_state: str | None
    current_state: str | None
    ready: tuple[ReadyReplicas, ...]
    error: str | None = None
    autoscale: tuple[int | None, int | None] | None = None
    """(min, max) nodes where autoscaling is on, else None."""

    @property
    def is_windows(self) -> bool:
        """True when the pool says Windows in type or SKU."""
        return is_windows(self.os_type, self.os_sku)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """One target of a cluster's upgrade profile."""

    version: KubernetesVersion
    is_preview: bool = False


@dataclass(frozen=True, slots=True)
class Addon:
    """One row of status.controlPlaneStatus; phase and ready None = not reported, which is normal for Telemetry."""

    name: str
    phase: str | None
    ready: bool | None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Cluster:
    """One AKS Arc cluster: the connected cluster and its provisioned cluster instance."""

    id: str
    """ARM id of the connected cluster, as Azure spelled it; compare through `key`."""
    name: str
    resource_group: str
    subscription: str
    location: str | None
    tags: tuple[tuple[str, str], ...]
    custom_location: Observed[str]
    """Lower-cased ARM id of the custom location; looked up in Inventory.locations."""
    version: Observed[KubernetesVersion]
    """properties.kubernetesVersion: what is wanted; `pools[].ready` is what is."""
    provisioning_state: Observed[str]
    current_state: Observed[str]
    connectivity: Observed[str]
    """Connected, Connecting, Offline, Expired, AgentNotInstalled or a word of the future."""
    last_contact: Observed[datetime]
    upgrades: Observed[tuple[Upgrade, ...]]
    """The upgrade profile: what may be hopped to now; an empty tuple is an answer."""
    pools: Observed[tuple[NodePool, ...]]
    control_plane_count: Observed[int]
    addons: tuple[Addon, ...] = ()
    error: str | None = None
    created_at: datetime | None = None
    modified_at: datetime | None = None
    modified_by: str | None = None
    etag: str | None = None

    @property
    def key(self) -> str:
        """The id to compare by: casing of ARM ids varies between answers."""
        return self.id.casefold()


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the node image of one OS SKU is downloaded for a version. None = not said."""

    os_type: str | None
    os_sku: str | None
    ready: bool | None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class OfferedVersion:
    """One patch version on a custom location's live list."""

    version: KubernetesVersion
    is_preview: bool
    readiness: tuple[Readiness, ...]
    upgrades: tuple[KubernetesVersion, ...] | None
    """Live edges; None where the key was missing (normal for the newest patch)."""


@dataclass(frozen=True, slots=True)
class CustomLocation:
    """The Azure side of an instance's Arc Resource Bridge; its list is truth for what is reachable now."""

    id: str
    """Lower-cased ARM id."""
    name: str
    instance: Observed[str]
    """Lower-cased ARM id of the Azure Local instance; unknown where none or more than one fits."""
    offered: Observed[tuple[OfferedVersion, ...]]
    """Sorted by version."""
    bridge_status: Observed[str]


@dataclass(frozen=True, slots=True)
class Instance:
    """One Azure Local instance: the hosts."""

    id: str
    """Lower-cased ARM id."""
    name: str
    resource_group: str
    subscription: str
    build: Observed[Build]
    update_state: Observed[str]
    last_updated: Observed[datetime]
    connectivity: Observed[str]


@dataclass(frozen=True, slots=True)
class Subscription:
    """An Azure subscription; Azure tells no date of its state, so `first_seen` is when arcstep first saw that state."""

    id: str
    name: str
    state: Observed[str]
    first_seen: datetime | None


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that should have been read and was not; a gap is always said, never counted as fine (PR14)."""

    what: str
    """What is missing, such as "node pools" or "version list"."""
    subject: str
    """The ARM id or name it belongs to; "" for the whole fleet."""
    reason: str


@dataclass(frozen=True)
class Inventory:
    """All facts of one reading. `as_of` is the moment they stand for."""

    source: SourceKind
    as_of: datetime
    clusters: tuple[Cluster, ...]
    instances: tuple[Instance, ...] = ()
    locations: tuple[CustomLocation, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    unread: tuple[Unread, ...] = ()
    tenant: str | None = None
    account: str | None = None
    expected: int | None = None
    """Clusters Azure said there are; None where it did not say. Fewer rows than this is a partial reading."""

    @cached_property
    def by_key(self) -> Mapping[str, Cluster]:
        """Clusters by lower-cased id."""
        return {cluster.key: cluster for cluster in self.clusters}

    @cached_property
    def location_by_id(self) -> Mapping[str, CustomLocation]:
        """Custom locations by lower-cased id."""
        return {location.id: location for location in self.locations}

    @cached_property
    def instance_by_id(self) -> Mapping[str, Instance]:
        """Instances by lower-cased id."""
        return {instance.id: instance for instance in self.instances}

    @cached_property
    def subscription_by_id(self) -> Mapping[str, Subscription]:
        """Subscriptions by lower-cased id."""
        return {subscription.id.casefold(): subscription for subscription in self.subscriptions}

    @cached_property
    def clusters_by_instance(self) -> Mapping[str, tuple[Cluster, ...]]:
        """Clusters by the id of the instance that hosts them; those without a known instance are left out."""
        hosted: dict[str, list[Cluster]] = {}
        for cluster in self.clusters:
            instance = self.instance_of(cluster)
            if instance is not None:
                hosted.setdefault(instance.id, []).append(cluster)
        return {key: tuple(clusters) for key, clusters in hosted.items()}

    def location_of(self, cluster: Cluster) -> CustomLocation | None:
        """The cluster's custom location, or None where unknown or not read."""
        key = value_of(cluster.custom_location)
        return self.location_by_id.get(key) if key is not None else None

    def instance_of(self, cluster: Cluster) -> Instance | None:
        """The instance that hosts the cluster, or None where the link is unknown."""
        location = self.location_of(cluster)
        key = value_of(location.instance) if location is not None else None
        return self.instance_by_id.get(key) if key is not None else None

    def unread_of(self, cluster: Cluster) -> tuple[Unread, ...]:
        """The gaps that belong to this cluster."""
        return self._unread_by_subject.get(cluster.key, ())

    @cached_property
    def _unread_by_subject(self) -> Mapping[str, tuple[Unread, ...]]:
        gaps: dict[str, list[Unread]] = {}
        for gap in self.unread:
            gaps.setdefault(gap.subject.casefold(), []).append(gap)
        return {key: tuple(sorted(found, key=lambda gap: (gap.what, gap.reason))) for key, found in gaps.items()}
