"""The documents of ARM: one function for each that can be read, by route."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from uuid import uuid4

from planner.emulator import payloads
from planner.emulator.faults import Part
from planner.emulator.frames import seen_at
from planner.emulator.messages import Call, etag
from planner.emulator.payloads import Document
from planner.emulator.refusals import Refused, missing
from planner.emulator.versionlist import kubernetes_versions
from planner.emulator.wirefaults import inject, page
from planner.emulator.world import Cluster, Instance, World, guid

__all__ = ["PROVISIONED", "READS", "Handler", "reach", "tagged"]

Handler = Callable[[World, Call], Document]
"""Answers a request, or raises Refused or Intercepted."""
_CLUSTER: Final = (
    r"/subscriptions/(?P<subscription>[^/]+)/resourcegroups/(?P<group>[^/]+)"
    r"/providers/microsoft\.kubernetes/connectedclusters/(?P<name>[^/]+)"
)
PROVISIONED: Final = _CLUSTER + r"/providers/microsoft\.hybridcontainerservice/provisionedclusterinstances"
_VERSIONS: Final = (
    r"/subscriptions/(?P<subscription>[^/]+)/resourcegroups/(?P<group>[^/]+)"
    r"/providers/microsoft\.extendedlocation/customlocations/(?P<name>[^/]+)"
    r"/providers/microsoft\.hybridcontainerservice/kubernetesversions"
)
_OPERATION: Final = (
    r"/providers/microsoft\.hybridcontainerservice/locations/[^/]+/operationstatuses/(?P<operation>[^/]+)"
)


def reach(world: World, call: Call, part: str) -> Cluster:
    """The cluster of the request, through the checks of its resource provider, as it is kept (not as it is seen)."""
    found = call.found
    scope = (
        f"/subscriptions/{found['subscription']}/resourceGroups/{found['group']}"
        f"/providers/Microsoft.Kubernetes/connectedClusters/{found['name']}"
    )
    cluster = world.cluster_by_id.get(scope.casefold())
    if cluster is None:
        raise missing(scope)
    _registered(world, found["subscription"])
    inject(call, cluster.faults, part, cluster.id, world.foreign)
    return cluster


def tagged(world: World, call: Call, document: Document) -> Document:
    """A document with the headers of its resource provider."""
    call.headers["ETag"] = etag(document)
    call.headers["x-ms-providerhub-traffic"] = "True"
    who = f"tenantId={world.tenant},objectId={guid('reader')}"
    call.headers["x-ms-operation-identifier"] = f"{who}/westeurope/{uuid4()}"
    return document


def _registered(world: World, subscription: str) -> None:
    if not world.subscription_by_id[subscription].registered:
        raise Refused(409, payloads.not_registered())


def _seen(world: World, call: Call, part: str) -> Cluster:
    return world.seen(reach(world, call, part), call.now)


def _subscriptions(world: World, call: Call) -> Document:
    rows = [payloads.subscription(found, world) for found in world.subscriptions]
    return page(call, rows, world.foreign) | {"count": {"type": "Total", "value": len(rows)}}


def _subscription(world: World, call: Call) -> Document:
    found = world.subscription_by_id[call.found["subscription"]]
    inject(call, found.faults, Part.SUBSCRIPTION, f"/subscriptions/{found.id}", world.foreign)
    return payloads.subscription(found, world)


def _connected(world: World, call: Call) -> Document:
    return tagged(world, call, payloads.connected_cluster(_seen(world, call, Part.CLUSTER)))


def _provisioned(world: World, call: Call) -> Document:
    cluster = _seen(world, call, Part.CLUSTER)
    call.keep = cluster.id.casefold()
    return tagged(world, call, payloads.provisioned_cluster(cluster))


def _provisioned_list(world: World, call: Call) -> Document:
    return page(call, [payloads.provisioned_cluster(_seen(world, call, Part.CLUSTER))], world.foreign)


def _profile(world: World, call: Call) -> Document:
    return tagged(world, call, payloads.upgrade_profile(_seen(world, call, Part.PROFILE), call.now))


def _pools(world: World, call: Call) -> Document:
    cluster = _seen(world, call, Part.POOLS)
    return page(call, [payloads.agent_pool(cluster, pool) for pool in cluster.pools], world.foreign)


def _pool(world: World, call: Call) -> Document:
    cluster = _seen(world, call, Part.POOLS)
    pool = cluster.pool(call.found["pool"])
    if pool is None:
        raise missing(f"{cluster.id}/agentPools/{call.found['pool']}")
    return tagged(world, call, payloads.agent_pool(cluster, pool))


def _versions(world: World, call: Call) -> Document:
    """404 until somebody made the list."""
    instance = _offering(world, call)
    if not instance.has_list:
        raise missing(f"{instance.location_id}/providers/Microsoft.HybridContainerService/kubernetesVersions/default")
    return tagged(world, call, kubernetes_versions(instance, call.now))


def _version_list(world: World, call: Call) -> Document:
    instance = _offering(world, call)
    rows = [kubernetes_versions(instance, call.now)] if instance.has_list else []
    return page(call, rows, world.foreign)


def _offering(world: World, call: Call) -> Instance:
    found = call.found
    scope = (
        f"/subscriptions/{found['subscription']}/resourceGroups/{found['group']}"
        f"/providers/Microsoft.ExtendedLocation/customLocations/{found['name']}"
    )
    instance = world.instance_by_location.get(scope.casefold())
    if instance is None:
        raise missing(scope)
    _registered(world, found["subscription"])
    inject(call, instance.faults, Part.VERSIONS, instance.location_id, world.foreign)
    return seen_at(instance, call.now)


def _operation(world: World, call: Call) -> Document:
    """The address must come back as it was given out, signature and all; else there is no such operation."""
    operation = world.operations.get(call.found["operation"])
    if operation is None or dict(call.request.query) != operation.query:
        raise missing(call.request.path)
    cluster = world.cluster_by_id[operation.cluster]
    inject(call, cluster.faults, Part.OPERATION, operation.path, world.foreign)
    document = seen_at(operation, call.now).document()
    return document | ({"status": "Rebalancing"} if call.spoil == "status-odd" else {})


READS: Final[tuple[tuple[re.Pattern[str], Handler], ...]] = (
    (re.compile(r"/subscriptions"), _subscriptions),
    (re.compile(r"/subscriptions/(?P<subscription>[^/]+)"), _subscription),
    (re.compile(_CLUSTER), _connected),
    (re.compile(PROVISIONED), _provisioned_list),
    (re.compile(PROVISIONED + "/default"), _provisioned),
    (re.compile(PROVISIONED + "/default/upgradeprofiles/default"), _profile),
    (re.compile(PROVISIONED + "/default/agentpools"), _pools),
    (re.compile(PROVISIONED + "/default/agentpools/(?P<pool>[^/]+)"), _pool),
    (re.compile(_VERSIONS), _version_list),
    (re.compile(_VERSIONS + "/default"), _versions),
    (re.compile(_OPERATION), _operation),
)
