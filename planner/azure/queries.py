"""What is asked of Azure: the Resource Graph queries and the ARM paths.

Resource Graph refuses joins over `extensibilityresources` and gives no next page without `id`, so each query reads
one table in the order of ids and the joining is done here (see `join`).
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final
from urllib.parse import urlsplit

from planner.inventory import POOLS

CONTAINER_SERVICE: Final = "2024-01-01"
CONNECTED_CLUSTER: Final = "2024-01-01"
RESOURCE_GRAPH: Final = "2021-03-01"
GRAPH_PATH: Final = "/providers/Microsoft.ResourceGraph/resources"
PAGE_ROWS: Final = 1000
PAGE_CAP: Final = 200
"""Pages of one query; 200,000 rows are more than any tenant has, so more is a loop."""


class Query(Enum):
    """One Resource Graph query: name for people, and text."""

    CLUSTERS = (
        "clusters",
        "resources | where type =~ 'microsoft.kubernetes/connectedclusters'"
        " | project id, name, kind, subscriptionId, resourceGroup, location, tags, properties | order by id asc",
    )
    STATES = (
        "cluster states",
        "extensibilityresources | where type =~ 'microsoft.hybridcontainerservice/provisionedclusterinstances'"
        " | project id, type, extendedLocation, properties | order by id asc",
    )
    PROFILES = (
        "upgrade profiles",
        "extensibilityresources"
        " | where type =~ 'microsoft.hybridcontainerservice/provisionedclusterinstances/upgradeprofiles'"
        " | project id, type, properties | order by id asc",
    )
    PLATFORM = (
        "instances",
        "resources | where type in~ ('microsoft.extendedlocation/customlocations',"
        " 'microsoft.azurestackhci/clusters', 'microsoft.resourceconnector/appliances')"
        " | project id, name, type, resourceGroup, subscriptionId, location, properties | order by id asc",
    )
    RELEASES = (
        "releases",
        "extensibilityresources | where type =~ 'microsoft.azurestackhci/clusters/updatesummaries'"
        " | project id, type, properties | order by id asc",
    )
    SUBSCRIPTIONS = (
        "subscriptions",
        "resourcecontainers | where type =~ 'microsoft.resources/subscriptions'"
        " | project id, type, name, subscriptionId, tenantId, properties | order by id asc",
    )

    def __init__(self, label: str, text: str) -> None:
        self.label = label
        self.text = text


class Part(Enum):
    """One document read from ARM: what it is called, and the right that reading it needs."""

    STATE = ("cluster state", "Microsoft.HybridContainerService/provisionedClusterInstances/read")
    PROFILE = ("upgrade profile", "Microsoft.HybridContainerService/provisionedClusterInstances/upgradeProfiles/read")
    POOLS = (POOLS, "Microsoft.HybridContainerService/provisionedClusterInstances/agentPools/read")
    VERSIONS = ("version list", "Microsoft.HybridContainerService/kubernetesVersions/read")
    CONTACT = ("connected cluster", "Microsoft.Kubernetes/connectedClusters/read")

    def __init__(self, label: str, right: str) -> None:
        self.label = label
        self.right = right


_NAME: Final = r"[\w.-]{0,259}[\w-]"
_GROUP: Final = r"/subscriptions/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/resourcegroups/[-\w.()]{0,89}[-\w()]"
"""No segment may end with a full stop, so `.` and `..` are no names."""
_CLUSTER: Final = re.compile(_GROUP + r"/providers/microsoft\.kubernetes/connectedclusters/[\w-]{1,63}", re.I)
_LOCATION: Final = re.compile(_GROUP + r"/providers/microsoft\.extendedlocation/customlocations/" + _NAME, re.I)
_APPLIANCE: Final = re.compile(f"({_GROUP})/providers/microsoft\\.resourceconnector/appliances/{_NAME}", re.I)
_INSTANCE: Final = re.compile(f"({_GROUP})/providers/microsoft\\.azurestackhci/clusters/{_NAME}", re.I)

OPERATION_RIGHT: Final = "Microsoft.HybridContainerService/locations/operationStatuses/read"
_OPERATION: Final = re.compile(
    r"(?:/subscriptions/[0-9a-f-]{36})?/providers/microsoft\.hybridcontainerservice"
    r"/locations/[\w-]{1,60}/operationstatuses/[\w*.-]{0,299}[\w*-]",
    re.I | re.A,
)
_PLAIN_URL: Final = re.compile(r"[\w:/.?=&%*~+,;!@$'()-]{1,16000}", re.A)
"""No braces: the SDK takes an address for a template."""


def is_cluster_id(text: str) -> bool:
    """True for the ARM id of a connected cluster and nothing more.

    The SDK puts ids into the path unquoted, so a `#` or `?` in one would address another resource.
    """
    return _CLUSTER.fullmatch(text) is not None


def is_location_id(text: str) -> bool:
    """True for the ARM id of a custom location and nothing more."""
    return _LOCATION.fullmatch(text) is not None


def group_of_appliance(text: str) -> str | None:
    """The lower-cased id of the resource group a resource bridge lives in; None where the id is not a bridge's."""
    found = _APPLIANCE.fullmatch(text)
    return found[1].casefold() if found else None


def group_of_instance(text: str) -> str | None:
    """The lower-cased id of the resource group an Azure Local instance lives in; None where it is no instance."""
    found = _INSTANCE.fullmatch(text)
    return found[1].casefold() if found else None


def part_path(part: Part, subject: str) -> str:
    """The ARM path of a document. `subject` is a cluster id, or a custom location's for VERSIONS.

    Raises ValueError for an id that is not exactly one; nothing else ever becomes part of an address.
    """
    if not (is_location_id(subject) if part is Part.VERSIONS else is_cluster_id(subject)):
        raise ValueError("not an ARM id of the kind asked for")
    if part is Part.CONTACT:
        return f"{subject}?api-version={CONNECTED_CLUSTER}"
    own = f"{subject}/providers/Microsoft.HybridContainerService"
    tail = {
        Part.STATE: "provisionedClusterInstances/default",
        Part.PROFILE: "provisionedClusterInstances/default/upgradeProfiles/default",
        Part.POOLS: "provisionedClusterInstances/default/agentPools",
        Part.VERSIONS: "kubernetesVersions/default",
    }[part]
    return f"{own}/{tail}?api-version={CONTAINER_SERVICE}"


def is_operation_url(url: str, endpoint: str) -> bool:
    """True for the status of an operation on the ARM endpoint; any other host would be handed the token (PR10)."""
    if not _PLAIN_URL.fullmatch(url):
        return False
    try:
        found, own = urlsplit(url), urlsplit(endpoint)
        same = (found.scheme, found.hostname, found.port or 443) == (own.scheme.lower(), own.hostname, own.port or 443)
    except ValueError:
        return False
    plain = found.username is None and found.password is None and not found.fragment
    return same and plain and _OPERATION.fullmatch(found.path) is not None
