"""ARM documents as Azure writes them: the shapes of recorded answers, with their odd casing and missing keys."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from planner.emulator.merge import merged
from planner.emulator.world import Cluster, Pool, Subscription, World, guid

Document = dict[str, Any]

SITE_APP: Final = "319f651f-7ddb-4fc6-9857-7aef9250bd05"
"""The application that pushes cached documents from the site to Azure."""
PROVIDER: Final = "/providers/Microsoft.HybridContainerService"
SSH_KEY: Final = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCemulated emulator@loopback"
PROFILE_AGE: Final = timedelta(minutes=2, seconds=30)
_OWNED: Final = frozenset({"id", "name", "type", "systemData", "properties"})
_OWNED_PROPERTIES: Final = frozenset({"provisioningState", "status", "kubernetesVersion"})
"""What the service writes itself, whatever was sent."""
_ADDONS: Final = (
    "ArcAgent",
    "CloudProvider",
    "Telemetry",
    "CertificateAuthority",
    "ProviderKeyVaultKms",
    "ProviderCsiDriver",
    "NfsCsiDriver",
    "SmbCsiDriver",
    "KubeProxy",
)


def stamp(moment: datetime) -> str:
    """A time as ARM writes it: UTC, seven digits, Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond:06}0Z"


def system_data(created: datetime, modified: datetime, creator: str = SITE_APP) -> Document:
    """Who made and who last changed a document, and when."""
    return {
        "createdBy": creator,
        "createdByType": "Application",
        "createdAt": stamp(created),
        "lastModifiedBy": SITE_APP,
        "lastModifiedByType": "Application",
        "lastModifiedAt": stamp(modified),
    }


def instance_id(cluster: Cluster) -> str:
    return f"{cluster.id}{PROVIDER}/ProvisionedClusterInstances/default"


def provisioned_cluster(cluster: Cluster) -> Document:
    """GET provisionedClusterInstances/default: what was sent last, and what the service adds."""
    document: Document = {
        "id": instance_id(cluster),
        "name": "default",
        "type": "microsoft.hybridcontainerservice/provisionedclusterinstances",
        "extendedLocation": {"name": cluster.instance.location_id, "type": "CustomLocation"},
    }
    if cluster.sent is not None:
        document |= {name: value for name, value in cluster.sent.items() if name not in _OWNED}
    creator = guid("creator", cluster.subscription)
    document["systemData"] = system_data(cluster.created, cluster.modified, creator)
    unknown = {name: value for name, value in cluster.extra.items() if name != "properties"}
    return merged(document, unknown) | {"properties": cluster_properties(cluster)}


def cluster_properties(cluster: Cluster, version: str | None = None) -> Document:
    """The properties of a provisioned cluster; `version` replaces the wanted version (a graph that lags)."""
    status: Document = {"controlPlaneStatus": _addons(cluster), "currentState": cluster.current_state}
    if cluster.error is not None:
        status["errorMessage"] = cluster.error
    settings = _settings(cluster) if cluster.sent is None else cluster.sent.get("properties") or {}
    properties: Document = {
        "provisioningState": cluster.provisioning_state,
        **{name: value for name, value in settings.items() if name not in _OWNED_PROPERTIES},
        "status": status,
        "kubernetesVersion": version or cluster.version,
    }
    return merged(properties, cluster.extra.get("properties") or {})


def _settings(cluster: Cluster) -> Document:
    """What was asked for when the cluster was made."""
    network = cluster.instance.id.replace(
        f"/clusters/{cluster.instance.name}", f"/logicalNetworks/{cluster.instance.name}-net"
    )
    octets = sum(cluster.name.encode())
    return {
        "linuxProfile": {"ssh": {"publicKeys": [{"keyData": SSH_KEY}]}},
        "controlPlane": {
            "count": cluster.control_plane,
            "controlPlaneEndpoint": {"hostIP": f"192.168.{octets % 200}.{octets % 250 + 2}"},
            "vmSize": "Standard_A4_v2",
        },
        "networkProfile": {
            "loadBalancerProfile": {"count": 0},
            "networkPolicy": "calico",
            "podCidr": "10.244.0.0/16",
        },
        "storageProfile": {"smbCsiDriver": {"enabled": True}, "nfsCsiDriver": {"enabled": True}},
        "clusterVMAccessProfile": {},
        "agentPoolProfiles": [
            {
                "count": pool.count,
                "name": pool.name,
                "osSKU": pool.os_sku,
                "osType": pool.os_type,
                "vmSize": pool.vm_size,
            }
            for pool in cluster.pools
        ],
        "cloudProviderProfile": {"infraNetworkProfile": {"vnetSubnetIds": [network]}},
        "licenseProfile": {"azureHybridBenefit": "False"},
    }


def _addons(cluster: Cluster) -> list[Document]:
    """Telemetry carries neither phase nor ready on a healthy cluster."""
    rows: list[Document] = []
    for name in _ADDONS:
        if (message := cluster.addon_errors.get(name)) is not None:
            rows.append({"name": name, "phase": "provisioning", "errorMessage": message})
        elif name == "Telemetry":
            rows.append({"name": name})
        else:
            rows.append({"name": name, "phase": "provisioned", "ready": True})
    return rows


def agent_pool(cluster: Cluster, pool: Pool) -> Document:
    """GET agentPools/NAME. The only node version is in status.readyReplicas."""
    ready = {cluster.version: pool.count} if pool.ready is None else pool.ready
    status: Document = {
        "currentState": pool.current_state,
        "readyReplicas": [
            {"count": count, **({"kubernetesVersion": version} if version else {}), "vmSize": pool.vm_size}
            for version, count in sorted(ready.items())
        ],
    }
    if pool.error is not None:
        status["errorMessage"] = pool.error
    properties: Document = {
        "count": pool.count,
        "osSKU": pool.os_sku,
        "osType": pool.os_type,
        "vmSize": pool.vm_size,
        "provisioningState": pool.provisioning_state,
        "status": status,
    }
    if pool.autoscale is not None:
        low, high = pool.autoscale
        properties |= {"enableAutoScaling": True, "minCount": low, "maxCount": high}
    return {
        "id": f"{instance_id(cluster)}/agentPools/{pool.name}",
        "name": pool.name,
        "type": "microsoft.hybridcontainerservice/provisionedclusterinstances/agentpools",
        "systemData": system_data(cluster.created, cluster.modified),
        "properties": properties,
    }


def profile_properties(cluster: Cluster, version: str | None = None) -> Document:
    """The properties of an upgrade profile. isPreview is there only where it is true."""
    return {
        "controlPlaneProfile": {
            "kubernetesVersion": version or cluster.running or cluster.version,
            "osType": "Linux",
            "upgrades": [
                {"kubernetesVersion": text, **({"isPreview": True} if cluster.instance.is_preview(text) else {})}
                for text in (cluster.instance.upgrades_from(version) if version else cluster.offered)
            ],
        },
        "provisioningState": "Succeeded",
    }


def upgrade_profile(cluster: Cluster, now: datetime) -> Document:
    """GET upgradeProfiles/default: a cached document, minutes old."""
    return {
        "id": f"{instance_id(cluster)}/upgradeProfiles/default",
        "name": "default",
        "type": "microsoft.hybridcontainerservice/provisionedclusterinstances/upgradeprofiles",
        "systemData": system_data(cluster.created, now - PROFILE_AGE),
        "properties": profile_properties(cluster),
    }


def connected_cluster(cluster: Cluster) -> Document:
    """GET connectedClusters/NAME."""
    return {
        "id": cluster.id,
        "name": cluster.name,
        "type": "Microsoft.Kubernetes/connectedClusters",
        "location": cluster.instance.location,
        "tags": dict(cluster.tags),
        "kind": "ProvisionedCluster",
        "systemData": system_data(cluster.created, cluster.modified, guid("creator", cluster.subscription)),
        "identity": {
            "principalId": guid("principal", cluster.id),
            "tenantId": guid("tenant"),
            "type": "SystemAssigned",
        },
        "properties": {"agentPublicKeyCertificate": "", **connected_properties(cluster)},
    }


def connected_properties(cluster: Cluster, version: str | None = None) -> Document:
    """The properties of a connected cluster."""
    nodes = cluster.control_plane + sum(pool.count for pool in cluster.pools)
    return {
        "connectivityStatus": cluster.connectivity,
        "lastConnectivityTime": cluster.last_contact.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "managedIdentityCertificateExpirationTime": stamp(cluster.last_contact + timedelta(days=84)),
        "kubernetesVersion": version or cluster.running or cluster.version,
        "agentVersion": cluster.agent_version,
        "distribution": "aks",
        "infrastructure": "azure_stack_hci",
        "totalNodeCount": nodes,
        "totalCoreCount": nodes * 4,
        "provisioningState": "Succeeded",
    }


def subscription(found: Subscription, world: World) -> Document:
    """GET subscriptions/ID."""
    return {
        "id": f"/subscriptions/{found.id}",
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": found.id,
        "tenantId": world.tenant,
        "displayName": found.name,
        "state": found.state,
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "EnterpriseAgreement_2014-09-01",
            "spendingLimit": "Off",
        },
    }


def error(code: str, message: str, details: list[Document] | None = None) -> Document:
    """An error body of ARM."""
    body: Document = {"code": code, "message": message}
    if details:
        body["details"] = details
    return {"error": body}


def not_registered() -> Document:
    """409 of a subscription where the resource provider was never registered."""
    message = (
        "The subscription is not registered to use namespace 'Microsoft.HybridContainerService'. "
        "See https://aka.ms/rps-not-found for how to register subscriptions."
    )
    code = "MissingSubscriptionRegistration"
    return error(code, message, [{"code": code, "target": "Microsoft.HybridContainerService", "message": message}])


def nulls(value: Any) -> Any:
    """The same shape with every leaf null."""
    if isinstance(value, dict):
        return {key: nulls(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return [nulls(item) for item in value] if isinstance(value, list) else None  # pyright: ignore
