"""Raw answers of Azure into our own types, leniently: one bad field costs one field.

The SDK's models are not used: one bad scalar loses them the whole document, and they drop what they do not know.
A function here never raises; what it could not make sense of it adds to `doubts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from planner.azure.fields import (
    Json,
    changed_at,
    count,
    flag,
    inside,
    is_list,
    items,
    mapping,
    moment,
    observed,
    shown,
    text,
    texts,
    version,
)
from planner.azure.queries import is_location_id
from planner.inventory import (
    LISTED,
    Addon,
    Known,
    NodePool,
    Observed,
    OfferedVersion,
    Readiness,
    ReadyReplicas,
    Unknown,
    Upgrade,
    clean,
)
from planner.version import KubernetesVersion

Doubts = list[tuple[str, str]]
"""What could not be read and why, gathered while decoding one document."""

_FOREIGN_NETWORK: Final = "/providers/microsoft.hybridcontainerservice/virtualnetworks/"


def parse(body: bytes) -> object:
    """JSON as plain values. Raises ValueError without a word of the body in its text."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ValueError("is not whole JSON") from None


@dataclass(frozen=True, slots=True)
class ClusterState:
    """What a provisioned cluster instance says about its cluster."""

    custom_location: Observed[str]
    version: Observed[KubernetesVersion]
    provisioning_state: Observed[str]
    current_state: Observed[str]
    control_plane_count: Observed[int]
    addons: tuple[Addon, ...]
    error: str | None
    created_at: datetime | None
    modified_at: datetime | None
    modified_by: str | None
    pools: Observed[tuple[NodePool, ...]]
    """Pools as the cluster itself lists them: SKU and size, never node versions, and not certain to be all."""
    is_foreign: bool
    """True when its networks say that it does not run on Azure Local."""


def cluster_state(document: object, at: datetime, source: str, doubts: Doubts) -> ClusterState:
    """A provisioned cluster instance, from ARM or from a row of Resource Graph."""
    properties = mapping(inside(document, "properties"))
    status = mapping(properties.get("status"))
    system = mapping(inside(document, "systemData"))
    return ClusterState(
        custom_location=_custom_location(inside(document, "extendedLocation", "name"), at, source),
        version=_version(properties.get("kubernetesVersion"), at, source, doubts),
        provisioning_state=observed(text(properties.get("provisioningState"), 60), at, source, "provisioning state"),
        current_state=observed(text(status.get("currentState"), 60), at, source, "current state"),
        control_plane_count=observed(
            count(inside(properties, "controlPlane", "count")), at, source, "number of control plane nodes"
        ),
        addons=tuple(_addon(raw) for raw in items(status.get("controlPlaneStatus"))),
        error=text(status.get("errorMessage"), 2000),
        created_at=moment(system.get("createdAt")),
        modified_at=moment(system.get("lastModifiedAt")),
        modified_by=text(system.get("lastModifiedBy")),
        pools=_listed_pools(properties.get("agentPoolProfiles"), at),
        is_foreign=_is_foreign(properties),
    )


def _custom_location(raw: object, at: datetime, source: str) -> Observed[str]:
    if not isinstance(raw, str) or not raw:
        return Unknown("Azure reported no custom location")
    own = clean(raw if raw.startswith("/") else f"/{raw}", 600)
    if not is_location_id(own):
        return Unknown("Azure reported a custom location that is no ARM id")
    return Known(own.casefold(), at, source)


def _version(raw: object, at: datetime, source: str, doubts: Doubts) -> Observed[KubernetesVersion]:
    found = version(raw)
    if found is not None:
        return Known(found, at, source)
    if raw is None:
        return Unknown("Azure reported no Kubernetes version")
    reason = f"Azure reported {shown(raw)}, which is no version such as 1.31.10"
    doubts.append(("Kubernetes version", reason))
    return Unknown(reason)


def _addon(raw: Json) -> Addon:
    return Addon(
        name=text(raw.get("name"), 80) or "(unnamed)",
        phase=text(raw.get("phase"), 80),
        ready=flag(raw.get("ready")),
        error=text(raw.get("errorMessage"), 2000),
    )


def _listed_pools(raw: object, at: datetime) -> Observed[tuple[NodePool, ...]]:
    if not is_list(raw):
        return Unknown("not read yet: node pools are read for one cluster at a time")
    return Known(tuple(_pool({"name": row.get("name"), "properties": row}, []) for row in items(raw)), at, LISTED)


def _is_foreign(properties: Json) -> bool:
    networks = texts(inside(properties, "cloudProviderProfile", "infraNetworkProfile", "vnetSubnetIds"))
    return bool(networks) and all(isinstance(one, str) and _FOREIGN_NETWORK in one.casefold() for one in networks)


def upgrade_profile(document: object, at: datetime, source: str, doubts: Doubts) -> Observed[tuple[Upgrade, ...]]:
    """The targets of an upgrade profile; an empty list is an answer, a missing one is not.

    The document is pushed from the site and cached, so the fact is as old as its last change, not as the reading.
    """
    listed: object = inside(document, "properties", "controlPlaneProfile", "upgrades")
    if not is_list(listed):
        return Unknown("the upgrade profile came without a list of versions")
    found: dict[KubernetesVersion, Upgrade] = {}
    for raw in items(listed):
        target = version(raw.get("kubernetesVersion"))
        if target is None:
            doubts.append(("upgrade profile", f"a target, {shown(raw.get('kubernetesVersion'))}, is no version"))
        else:
            found[target] = Upgrade(target, flag(raw.get("isPreview")) or False)
    if texts(listed) and not found:
        return Unknown("the upgrade profile names no version that can be read")
    ordered = tuple(found[key] for key in sorted(found))
    return Known(ordered, changed_at(document) or at, source)


def node_pools(documents: list[Json], at: datetime, doubts: Doubts) -> Observed[tuple[NodePool, ...]]:
    """The node pools on all pages of the list."""
    return Known(tuple(_pool(raw, doubts) for raw in documents), at, "pools")


def _pool(raw: Json, doubts: Doubts) -> NodePool:
    properties = mapping(raw.get("properties"))
    status = mapping(properties.get("status"))
    name = text(raw.get("name"), 80) or "(unnamed)"
    scaled = flag(properties.get("enableAutoScaling"))
    return NodePool(
        name=name,
        os_type=text(properties.get("osType"), 40),
        os_sku=text(properties.get("osSKU"), 40) or text(properties.get("osSku"), 40),
        count=count(properties.get("count")),
        vm_size=text(properties.get("vmSize"), 80),
        provisioning_state=text(properties.get("provisioningState"), 60),
        current_state=text(status.get("currentState"), 60),
        ready=tuple(_ready(status.get("readyReplicas"), name, doubts)),
        error=text(status.get("errorMessage"), 2000),
        autoscale=(count(properties.get("minCount")), count(properties.get("maxCount"))) if scaled else None,
    )


def _ready(value: object, pool: str, doubts: Doubts) -> list[ReadyReplicas]:
    found: list[ReadyReplicas] = []
    for raw in items(value):
        number = count(raw.get("count"))
        if number is None:
            doubts.append(("node pools", f"{pool}: a group of ready nodes came without their number"))
        else:
            found.append(ReadyReplicas(number, version(raw.get("kubernetesVersion"))))
    return found


def version_list(document: object, at: datetime, doubts: Doubts) -> Observed[tuple[OfferedVersion, ...]]:
    """The versions a custom location offers, with their live edges and the readiness of their images.

    Azure sorts as text, so the order is made here. A cached document, as old as its last change.
    """
    values = inside(document, "properties", "values")
    if not is_list(values):
        return Unknown("the version list came without content")
    found: dict[KubernetesVersion, OfferedVersion] = {}
    for minor in items(values):
        preview = flag(minor.get("isPreview")) or False
        for key, patch in mapping(minor.get("patchVersions")).items():
            offered = version(key)
            if offered is None:
                doubts.append(("version list", f"an entry, {shown(key)}, is no version"))
            else:
                found[offered] = _offered(offered, preview, mapping(patch), doubts)
    if texts(values) and not found:
        return Unknown("the version list names no version that can be read")
    return Known(tuple(found[key] for key in sorted(found)), changed_at(document) or at, "versions")


def _offered(own: KubernetesVersion, preview: bool, patch: Json, doubts: Doubts) -> OfferedVersion:
    edges: list[KubernetesVersion] = []
    for raw in texts(patch.get("upgrades")):
        target = version(raw)
        if target is None:
            doubts.append(("version list", f"{own}: a target, {shown(raw)}, is no version"))
        else:
            edges.append(target)
    return OfferedVersion(
        version=own,
        is_preview=preview,
        readiness=tuple(
            Readiness(
                os_type=text(raw.get("osType"), 40),
                os_sku=text(raw.get("osSku"), 40) or text(raw.get("osSKU"), 40),
                ready=flag(raw.get("ready")),
                message=text(raw.get("errorMessage"), 600),
            )
            for raw in items(patch.get("readiness"))
        ),
        upgrades=tuple(sorted(set(edges))) if isinstance(patch.get("upgrades"), list) else None,
    )
