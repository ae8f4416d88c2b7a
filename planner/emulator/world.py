"""What the emulated Azure holds: subscriptions, instances and clusters, and the faults to answer with.

Plain mutable values without I/O or clock, so that a test can change the world between two requests. Everything is
compared through lower-cased ARM ids, as Azure does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_DNS, uuid5

from planner.emulator.faults import FOREIGN, Fault, Part
from planner.emulator.frames import Changing, seen_at
from planner.version import KubernetesVersion

if TYPE_CHECKING:
    from planner.emulator.operation import Operation

__all__ = ["Cluster", "Fault", "Instance", "Part", "Pool", "Subscription", "World", "ago", "guid"]

LINUX: Final = "CBLMariner"
WINDOWS: Final = ("Windows2019", "Windows2022")


def guid(*parts: str) -> str:
    """A stable identifier for a name, the same on every run."""
    return str(uuid5(NAMESPACE_DNS, "/".join(("emulator", *parts))))


@dataclass(slots=True)
class Subscription:
    """An Azure subscription. `registered` False = the resource provider answers 409, as before registration."""

    id: str
    name: str
    state: str = "Enabled"
    registered: bool = True
    faults: list[Fault] = field(default_factory=list[Fault])


@dataclass(slots=True)
class Instance(Changing):
    """One Azure Local instance with its appliance, custom location and the list Azure offers there."""

    name: str
    subscription: str
    resource_group: str
    build: str | None
    location: str = "westeurope"
    update_state: str = "AppliedSuccessfully"
    last_updated: datetime | None = None
    connectivity: str = "Connected"
    bridge: str = "Running"
    appliance: str = ""
    custom_location: str = ""
    offers: tuple[str, ...] | None = None
    """Patch versions the service has for this instance; None = it has none to tell."""
    listed: bool = True
    """False = nobody made the version list of the custom location yet: it answers 404, profiles work."""
    previews: frozenset[str] = frozenset()
    """Minors of the list that are marked as preview."""
    windows: frozenset[str] = frozenset()
    """Windows SKUs whose image is ready; empty = the Windows node pool feature is off."""
    not_ready: frozenset[str] = frozenset()
    """Versions whose Linux image is not downloaded."""
    edges: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Upgrades the service reports against the rule, by version; others follow from the list."""
    faults: list[Fault] = field(default_factory=list[Fault])

    @property
    def id(self) -> str:
        """ARM id of the Microsoft.AzureStackHCI/clusters resource."""
        return self._child("Microsoft.AzureStackHCI/clusters", self.name)

    @property
    def appliance_id(self) -> str:
        """ARM id of the Arc Resource Bridge."""
        return self._child("Microsoft.ResourceConnector/appliances", self.appliance or f"{self.name}-arcbridge")

    @property
    def location_name(self) -> str:
        """Name of the custom location."""
        return self.custom_location or f"{self.name}-cl"

    @property
    def location_id(self) -> str:
        """ARM id of the custom location."""
        return self._child("Microsoft.ExtendedLocation/customLocations", self.location_name)

    @property
    def has_list(self) -> bool:
        """True when the custom location has a version list to read."""
        return self.listed and self.offers is not None

    def _child(self, kind: str, name: str) -> str:
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.resource_group}/providers/{kind}/{name}"

    def upgrades_from(self, running: str) -> tuple[str, ...]:
        """What the service offers to a cluster on `running`, sorted as text, as Azure sorts (traps 1 and P11, P12).

        Newer patches of the same minor and everything of the next minor; a version below the list is offered the
        patches of the lowest minor.
        """
        if running in self.edges:
            return self.edges[running]
        own = KubernetesVersion.parse(running)
        listed = {text: KubernetesVersion.parse(text) for text in self.offers or ()}
        reach = [t for t, v in listed.items() if v > own and v.minor in (own.minor, own.minor.next)]
        if not reach and listed and own < (lowest := min(listed.values())):
            reach = [t for t, v in listed.items() if v.minor == lowest.minor]
        return tuple(sorted(reach))

    def is_preview(self, version: str) -> bool:
        """True where the list marks the minor of `version` as preview."""
        return version.rpartition(".")[0] in self.previews


@dataclass(slots=True)
class Pool:
    """One node pool. `ready` counts nodes by the version they run; None = all of `count` on the cluster's version."""

    name: str
    count: int = 3
    os_sku: str = LINUX
    vm_size: str = "Standard_A4_v2"
    ready: Mapping[str, int] | None = None
    provisioning_state: str = "Succeeded"
    current_state: str = "Succeeded"
    error: str | None = None
    autoscale: tuple[int, int] | None = None

    @property
    def os_type(self) -> str:
        """Linux or Windows."""
        return "Windows" if self.os_sku.startswith("Windows") else "Linux"


@dataclass(slots=True)
class Cluster(Changing):
    """One AKS Arc cluster: the connected cluster and its provisioned cluster instance."""

    name: str
    subscription: str
    resource_group: str
    instance: Instance
    version: str
    last_contact: datetime
    created: datetime
    modified: datetime
    pools: list[Pool] = field(default_factory=lambda: [Pool("pool1")])
    control_plane: int = 3
    provisioning_state: str = "Succeeded"
    current_state: str = "Succeeded"
    connectivity: str = "Connected"
    agent_version: str = "1.28.2"
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    upgrades: tuple[str, ...] | None = None
    """The upgrade profile; None = what the instance's list gives."""
    error: str | None = None
    addon_errors: Mapping[str, str] = field(default_factory=dict[str, str])
    """Addons that are not ready, with their message."""
    graph_version: str | None = None
    """The version Resource Graph still tells when it lags behind; None = it is up to date."""
    running: str | None = None
    """The version upgrade profile and connected cluster tell until an upgrade is done; None = the wanted one."""
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """A merge patch over the GET document: what this emulator does not know of."""
    sent: Mapping[str, Any] | None = None
    """The body of the last accepted write, which is what Azure stores; None = never written here."""
    faults: list[Fault] = field(default_factory=list[Fault])

    @property
    def id(self) -> str:
        """ARM id of the connected cluster."""
        group = f"/subscriptions/{self.subscription}/resourceGroups/{self.resource_group}"
        return f"{group}/providers/Microsoft.Kubernetes/connectedClusters/{self.name}"

    @property
    def offered(self) -> tuple[str, ...]:
        """The targets of the upgrade profile, sorted as text."""
        running = self.running or self.version
        return self.instance.upgrades_from(running) if self.upgrades is None else tuple(sorted(self.upgrades))

    def pool(self, name: str) -> Pool | None:
        """The pool with that name."""
        return next((pool for pool in self.pools if pool.name.casefold() == name.casefold()), None)

    def graph_fault(self, kind: str) -> bool:
        """True when the graph rows have this fault."""
        return bool(self.faults) and any(fault.part == Part.GRAPH and fault.kind == kind for fault in self.faults)


@dataclass
class World:
    """Everything the emulator answers from. `as_of` is the moment the fleet stands for (aware, UTC)."""

    as_of: datetime
    subscriptions: list[Subscription]
    instances: list[Instance]
    clusters: list[Cluster]
    name: str = "fleet"
    faults: list[Fault] = field(default_factory=list[Fault])
    """Faults of Resource Graph as a whole, part "query"."""
    tenant: str = field(default_factory=lambda: guid("tenant"))
    graph_lag: timedelta = timedelta(minutes=2)
    """How far Resource Graph is behind."""
    node_time: timedelta = timedelta(minutes=6)
    """What one node takes in an upgrade."""
    if_match: bool = True
    """Whether a write with the tag of an older document is refused (412)."""
    foreign: str = FOREIGN
    """The other host that faults lead to."""
    operations: dict[str, Operation] = field(default_factory=dict[str, "Operation"])
    """Every accepted write, by lower-cased operation name, in the order they came."""

    @cached_property
    def subscription_by_id(self) -> dict[str, Subscription]:
        """Subscriptions by lower-cased id."""
        return {found.id.casefold(): found for found in self.subscriptions}

    @cached_property
    def cluster_by_id(self) -> dict[str, Cluster]:
        """Clusters by lower-cased id of the connected cluster."""
        return {found.id.casefold(): found for found in self.clusters}

    @cached_property
    def instance_by_location(self) -> dict[str, Instance]:
        """Instances by lower-cased id of their custom location."""
        return {found.location_id.casefold(): found for found in self.instances}

    @cached_property
    def resource_groups(self) -> frozenset[tuple[str, str]]:
        """Lower-cased (subscription, resource group) pairs that exist."""
        owners: Iterable[Cluster | Instance] = (*self.clusters, *self.instances)
        return frozenset((found.subscription.casefold(), found.resource_group.casefold()) for found in owners)

    def seen(self, cluster: Cluster, moment: datetime) -> Cluster:
        """The cluster as it is at `moment`, on its instance as that is then. Connected agents keep reporting."""
        found, instance = seen_at(cluster, moment), seen_at(cluster.instance, moment)
        if found.connectivity == "Connected" and moment > self.as_of:
            contact = found.last_contact + (moment - self.as_of)
            return replace(found, instance=instance, last_contact=contact, frames=())
        return found if instance is found.instance else replace(found, instance=instance, frames=())

    def cluster(self, name: str) -> Cluster:
        """The first cluster with that name. Raises KeyError."""
        found = next((cluster for cluster in self.clusters if cluster.name == name), None)
        if found is None:
            raise KeyError(name)
        return found

    def instance(self, name: str) -> Instance:
        """The first instance with that name. Raises KeyError."""
        found = next((instance for instance in self.instances if instance.name == name), None)
        if found is None:
            raise KeyError(name)
        return found


def ago(as_of: datetime, *, days: float = 0, minutes: float = 0) -> datetime:
    """A moment before as_of."""
    return as_of - timedelta(days=days, minutes=minutes)
