"""The rows Resource Graph has of the world, table by table, as it writes them: ids lower-cased, no keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from planner.emulator.frames import seen_at
from planner.emulator.payloads import Document, cluster_properties, connected_properties, profile_properties, stamp
from planner.emulator.world import Cluster, Instance, Subscription, World, ago, guid


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the columns that are cheap to compare, and how to make the rest."""

    id: str
    type: str
    subscription: str
    make: Callable[[datetime], Document]
    """The columns as of a moment."""
    copies: Callable[[], int]

    def column(self, path: str, moment: datetime) -> Any:
        """The value of a column or dotted path at a moment; None where it is missing."""
        match path:
            case "id":
                return self.id
            case "type":
                return self.type
            case "subscriptionId":
                return self.subscription
            case _:
                return dig(self.make(moment), path)


def dig(document: Any, path: str) -> Any:
    for step in path.split("."):
        if not isinstance(document, dict):
            return None
        document = cast("Document", document).get(step)
    return document


def _once() -> int:
    return 1


def _base(resource: str, kind: str, name: str) -> Document:
    """The columns all tables share. Resource Graph lower-cases ids, types and resource groups."""
    parts = resource.split("/")
    return {
        "id": resource.casefold(),
        "name": name,
        "type": kind,
        "subscriptionId": parts[2],
        "resourceGroup": parts[4].casefold() if len(parts) > 4 else "",
    }


def _connected_row(cluster: Cluster, world: World) -> Row:
    kind = "microsoft.kubernetes/connectedclusters"

    def make(moment: datetime) -> Document:
        seen = world.seen(cluster, moment)
        return _base(cluster.id, kind, cluster.name) | {
            "kind": "ProvisionedCluster",
            "location": cluster.instance.location,
            "tags": dict(cluster.tags),
            "properties": connected_properties(seen, seen.graph_version),
        }

    def copies() -> int:
        return 0 if cluster.graph_fault("all") else 2 if cluster.graph_fault("duplicate") else 1

    return Row(cluster.id.casefold(), kind, cluster.subscription.casefold(), make, copies)


def _provisioned_row(cluster: Cluster, world: World) -> Row:
    kind = "microsoft.hybridcontainerservice/provisionedclusterinstances"
    resource = f"{cluster.id}/providers/{kind}/default"

    def make(moment: datetime) -> Document:
        seen = world.seen(cluster, moment)
        properties = cluster_properties(seen, seen.graph_version)
        properties.pop("linuxProfile", None)  # the graph holds no keys
        return _base(resource, kind, "default") | {
            "location": cluster.instance.location,
            "extendedLocation": {"name": cluster.instance.location_id, "type": "CustomLocation"},
            "properties": properties,
        }

    def copies() -> int:
        return 0 if cluster.graph_fault("all") or cluster.graph_fault("instance") else 1

    return Row(resource.casefold(), kind, cluster.subscription.casefold(), make, copies)


def _profile_row(cluster: Cluster, world: World) -> Row:
    kind = "microsoft.hybridcontainerservice/provisionedclusterinstances/upgradeprofiles"
    parent = "microsoft.hybridcontainerservice/provisionedclusterinstances/default"
    resource = f"{cluster.id}/providers/{parent}/upgradeprofiles/default"

    def make(moment: datetime) -> Document:
        seen = world.seen(cluster, moment)
        properties = profile_properties(seen, seen.graph_version)
        return _base(resource, kind, "default") | {"extendedLocation": None, "properties": properties}

    def copies() -> int:
        return 0 if any(map(cluster.graph_fault, ("all", "instance", "profile"))) else 1

    return Row(resource.casefold(), kind, cluster.subscription.casefold(), make, copies)


def _instance_rows(instance: Instance) -> Iterator[Row]:
    def row(resource: str, kind: str, name: str, properties: Document) -> Row:
        def make(_: datetime) -> Document:
            return _base(resource, kind, name) | {"location": instance.location, "properties": properties}

        return Row(resource.casefold(), kind, instance.subscription.casefold(), make, _once)

    appliance = instance.appliance_id.rpartition("/")[2]
    location: Document = {
        "hostResourceId": instance.appliance_id,
        "hostType": "Kubernetes",
        "namespace": "hci-vmoperator",
        "displayName": instance.location_name,
        "provisioningState": "Succeeded",
        "clusterExtensionIds": [
            f"{instance.appliance_id}/providers/Microsoft.KubernetesConfiguration/extensions/{name}"
            for name in ("hci-vmoperator", "hybridaksextension")
        ],
        "authentication": {},
    }
    bridge: Document = {
        "status": instance.bridge,
        "provisioningState": "Succeeded",
        "distro": "AKSEdge",
        "infrastructureConfig": {"provider": "HCI"},
    }
    yield row(instance.location_id, "microsoft.extendedlocation/customlocations", instance.location_name, location)
    yield row(instance.appliance_id, "microsoft.resourceconnector/appliances", appliance, bridge)


def _host_row(instance: Instance, world: World) -> Row:
    kind = "microsoft.azurestackhci/clusters"

    def make(moment: datetime) -> Document:
        connected = instance.connectivity == "Connected"
        seen = ago(max(moment, world.as_of), minutes=35) if connected else ago(world.as_of, days=3)
        return _base(instance.id, kind, instance.name) | {
            "location": instance.location,
            "properties": {
                "provisioningState": "Succeeded",
                "status": "ConnectedRecently" if connected else "Disconnected",
                "connectivityStatus": instance.connectivity,
                "cloudId": guid("cloud", instance.id),
                "lastSyncTimestamp": stamp(seen),
                "reportedProperties": {
                    "clusterName": instance.name,
                    "clusterVersion": "10.0.26100"
                    if (seen_at(instance, moment).build or "").startswith("12")
                    else "10.0.25398",
                    "lastUpdated": stamp(seen),
                },
            },
        }

    return Row(instance.id.casefold(), kind, instance.subscription.casefold(), make, _once)


def _summary_row(instance: Instance, world: World) -> Row:
    kind = "microsoft.azurestackhci/clusters/updatesummaries"
    resource = f"{instance.id}/updateSummaries/default"

    def make(moment: datetime) -> Document:
        seen = seen_at(instance, moment)
        return _base(resource, kind, "default") | {
            "location": instance.location,
            "properties": {
                "oemFamily": "",
                "currentVersion": seen.build,
                "lastUpdated": stamp(seen.last_updated) if seen.last_updated else None,
                "lastChecked": stamp(ago(max(moment, world.as_of), minutes=50)),
                "healthState": "Success",
                "state": seen.update_state,
            },
        }

    def copies() -> int:
        return 0 if instance.build is None else 1

    return Row(resource.casefold(), kind, instance.subscription.casefold(), make, copies)


def _subscription_row(found: Subscription) -> Row:
    kind = "microsoft.resources/subscriptions"

    def make(_: datetime) -> Document:
        row = _base(f"/subscriptions/{found.id}", kind, found.name)
        return row | {"properties": {"state": found.state, "managementGroupAncestorsChain": []}}

    return Row(f"/subscriptions/{found.id}".casefold(), kind, found.id.casefold(), make, _once)


def _resources(world: World) -> Iterator[Row]:
    for cluster in world.clusters:
        yield _connected_row(cluster, world)
    for instance in world.instances:
        yield from _instance_rows(instance)
        yield _host_row(instance, world)


def _extensibility(world: World) -> Iterator[Row]:
    for cluster in world.clusters:
        yield _provisioned_row(cluster, world)
        yield _profile_row(cluster, world)
    for instance in world.instances:
        yield _summary_row(instance, world)


def _containers(world: World) -> Iterator[Row]:
    return map(_subscription_row, world.subscriptions)


TABLES: Final[Mapping[str, Callable[[World], Iterator[Row]]]] = {
    "resources": _resources,
    "extensibilityresources": _extensibility,
    "resourcecontainers": _containers,
}
