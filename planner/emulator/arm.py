"""Azure Resource Manager over the world: one request in, one answer out, no sockets.

Reads only. Every write is refused with 405 and counted by the server's log; long-running operations plug in where
`_READS` is looked up.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import uuid4

from planner.emulator import payloads
from planner.emulator.graph import Graph
from planner.emulator.kusto import QueryError
from planner.emulator.messages import COMMON_HEADERS, Answer, Request, etag, written
from planner.emulator.payloads import Document
from planner.emulator.quota import GLOBAL_READS, READS, Bucket, Ticks, Window
from planner.emulator.refusals import (
    ACTIONS,
    RATE_LIMITED,
    Refused,
    forbidden,
    graph_error,
    missing,
    refusal,
    throttled,
    unauthenticated,
)
from planner.emulator.world import Cluster, Fault, Instance, Part, World, guid

__all__ = ["Answer", "Arm", "Request"]

GRAPH_PATH: Final = "/providers/microsoft.resourcegraph/resources"
FOREIGN: Final = "https://127.0.0.2:1"
"""Another host, where no bearer token may go."""
_CLUSTER: Final = (
    r"/subscriptions/(?P<subscription>[^/]+)/resourcegroups/(?P<group>[^/]+)"
    r"/providers/microsoft\.kubernetes/connectedclusters/(?P<name>[^/]+)"
)
_PROVISIONED: Final = _CLUSTER + r"/providers/microsoft\.hybridcontainerservice/provisionedclusterinstances"
_VERSIONS: Final = (
    r"/subscriptions/(?P<subscription>[^/]+)/resourcegroups/(?P<group>[^/]+)"
    r"/providers/microsoft\.extendedlocation/customlocations/(?P<name>[^/]+)"
    r"/providers/microsoft\.hybridcontainerservice/kubernetesversions"
)


@dataclass(slots=True)
class _Call:
    """A request on its way: what the route found, and the headers so far."""

    request: Request
    found: Mapping[str, str]
    headers: dict[str, str] = field(default_factory=dict[str, str])
    fault: Fault | None = None


@dataclass
class Arm:
    """The management endpoint of one world. `now` is the emulated time, `ticks` the clock of the quotas."""

    world: World
    now: Callable[[], datetime]
    base_url: str = "https://127.0.0.1"
    ticks: Ticks = time.monotonic
    quota: bool = True
    _graph: Graph = field(init=False)
    _reads: dict[str, Bucket] = field(default_factory=dict[str, Bucket])
    _queries: Window = field(init=False)

    def __post_init__(self) -> None:
        self._graph = Graph(self.world)
        self._queries = Window(self.ticks)

    def answer(self, request: Request) -> Answer:
        """Answer a request as Azure would."""
        call = _Call(request, {}, {"x-ms-request-id": str(uuid4()), "x-ms-correlation-request-id": str(uuid4())})
        try:
            status, body = 200, self._answer(call)
        except Refused as refused:
            status, body = refused.status, refused.body
            call.headers |= refused.headers
        return self._finish(call, status, body)

    def _answer(self, call: _Call) -> Document:
        if not re.fullmatch(r"Bearer \S+", call.request.headers.get("authorization", "")):
            raise unauthenticated(self.world.tenant)
        path = re.sub("/{2,}", "/", call.request.path).rstrip("/").casefold()
        if path == GRAPH_PATH and call.request.method == "POST":
            return self._query(call)
        for pattern, read in _READS:
            if found := pattern.fullmatch(path):
                if call.request.method != "GET":
                    break
                call.found = found.groupdict()
                self._admit(call)
                return read(self, call)
        if call.request.method != "GET":
            message = f"The requested resource does not support http method '{call.request.method}'."
            raise Refused(405, payloads.error("MethodNotAllowed", message))
        raise refusal(404, "InvalidResourceType", "The resource type could not be found in the namespace.")

    def _admit(self, call: _Call) -> None:
        """What ARM checks before a resource provider sees a request: api-version, quota, subscription."""
        if "api-version" not in call.request.query:
            message = "The api-version query parameter (?api-version=) is required for all requests."
            raise refusal(400, "MissingApiVersionParameter", message)
        subscription = call.found.get("subscription")
        bucket = self._reads.setdefault(subscription or "", Bucket(self.ticks))
        wait = bucket.take() if self.quota else None
        if wait is not None:
            raise throttled(subscription or self.world.tenant, wait)
        if subscription is None:
            call.headers["x-ms-ratelimit-remaining-tenant-reads"] = str(bucket.remaining)
            return
        call.headers["x-ms-ratelimit-remaining-subscription-reads"] = str(bucket.remaining)
        call.headers["x-ms-ratelimit-remaining-subscription-global-reads"] = str(
            bucket.remaining + GLOBAL_READS - READS
        )
        if subscription not in self.world.subscription_by_id:
            message = f"The subscription '{subscription}' could not be found."
            raise refusal(404, "SubscriptionNotFound", message)
        group = call.found.get("group")
        if group is not None and (subscription, group) not in self.world.resource_groups:
            raise refusal(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")

    def _finish(self, call: _Call, status: int, body: Document) -> Answer:
        kind = call.fault.kind.rstrip("!") if call.fault and status == 200 else ""
        data, content_type = written(body, kind)
        route = call.headers["x-ms-correlation-request-id"]
        headers = {
            **COMMON_HEADERS,
            "x-ms-routing-request-id": f"WESTEUROPE:{self.now():%Y%m%dT%H%M%SZ}:{route}",
            **call.headers,
        }
        return Answer(status, data, headers, content_type, hang=kind == "hang")

    # -- resource graph

    def _query(self, call: _Call) -> Document:
        wait = self._queries.take() if self.quota else None
        call.headers |= {
            "x-ms-user-quota-remaining": str(self._queries.remaining),
            "x-ms-user-quota-resets-after": self._queries.resets_after,
            "x-ms-tenant-subscription-limit-hit": "false",
        }
        if wait is not None:
            raise Refused(429, graph_error(self.now(), "RateLimiting", RATE_LIMITED), {"Retry-After": str(wait)})
        self._inject(call, self.world.faults, Part.QUERY, "the tenant")
        try:
            request = json.loads(call.request.body or b"null")
            if not isinstance(request, dict):
                raise QueryError("InvalidQuery", "The request body is not a query.")
            return self._graph.answer(request)  # pyright: ignore[reportUnknownArgumentType]
        except (QueryError, ValueError, TypeError, AttributeError) as problem:
            code = problem.code if isinstance(problem, QueryError) else "InvalidQuery"
            raise Refused(400, graph_error(self.now(), code, str(problem))) from None

    # -- resources

    def _inject(self, call: _Call, faults: list[Fault], part: str, scope: str) -> None:
        """Let the first fault that fits this document act: an error now, or a spoilt body later."""
        fault = next((found for found in faults if found.part in (part, Part.ALL)), None)
        if fault is None:
            return
        if fault.kind.endswith("!"):
            faults.remove(fault)
        call.fault = fault
        match fault.kind.rstrip("!"):
            case "403":
                raise forbidden(ACTIONS.get(part, "Microsoft.ResourceGraph/resources/read"), scope)
            case "404":
                raise missing(scope)
            case "409":
                raise Refused(409, payloads.not_registered())
            case "429":
                raise throttled(call.found.get("subscription", ""), 1)
            case "500" | "503" as status:
                code = "InternalServerError" if status == "500" else "ServerTimeout"
                raise refusal(int(status), code, "The request could not be processed. Please try again.")
            case _:
                return

    def _reach(self, call: _Call, part: str) -> Cluster:
        """The cluster of the request, through the checks of its resource provider."""
        found = call.found
        scope = (
            f"/subscriptions/{found['subscription']}/resourceGroups/{found['group']}"
            f"/providers/Microsoft.Kubernetes/connectedClusters/{found['name']}"
        )
        cluster = self.world.cluster_by_id.get(scope.casefold())
        if cluster is None:
            raise missing(scope)
        self._registered(found["subscription"])
        self._inject(call, cluster.faults, part, cluster.id)
        return cluster

    def _registered(self, subscription: str) -> None:
        if not self.world.subscription_by_id[subscription].registered:
            raise Refused(409, payloads.not_registered())

    def _document(self, call: _Call, document: Document) -> Document:
        call.headers["ETag"] = etag(document)
        call.headers["x-ms-providerhub-traffic"] = "True"
        who = f"tenantId={self.world.tenant},objectId={guid('reader')}"
        call.headers["x-ms-operation-identifier"] = f"{who}/westeurope/{uuid4()}"
        return document

    def _page(self, call: _Call, documents: Sequence[Document]) -> Document:
        """A list answer. Without further pages there is no nextLink key at all."""
        page: Document = {"value": list(documents)}
        version = f"?api-version={call.request.query['api-version']}&$skipToken=2"
        match call.fault.kind if call.fault else "":
            case "next-self":
                return page | {"nextLink": f"{self.base_url}{call.request.path}{version}"}
            case "next-foreign":
                return page | {"nextLink": f"{FOREIGN}{call.request.path}{version}"}
            case _:
                return page

    def subscriptions(self, call: _Call) -> Document:
        """GET /subscriptions."""
        rows = [payloads.subscription(found, self.world) for found in self.world.subscriptions]
        return self._page(call, rows) | {"count": {"type": "Total", "value": len(rows)}}

    def subscription(self, call: _Call) -> Document:
        """GET /subscriptions/ID."""
        found = self.world.subscription_by_id[call.found["subscription"]]
        self._inject(call, found.faults, Part.SUBSCRIPTION, f"/subscriptions/{found.id}")
        return payloads.subscription(found, self.world)

    def connected(self, call: _Call) -> Document:
        """GET connectedClusters/NAME."""
        return self._document(call, payloads.connected_cluster(self._reach(call, Part.CLUSTER)))

    def provisioned(self, call: _Call) -> Document:
        """GET provisionedClusterInstances/default."""
        return self._document(call, payloads.provisioned_cluster(self._reach(call, Part.CLUSTER)))

    def provisioned_list(self, call: _Call) -> Document:
        """GET provisionedClusterInstances: one row."""
        return self._page(call, [payloads.provisioned_cluster(self._reach(call, Part.CLUSTER))])

    def profile(self, call: _Call) -> Document:
        """GET upgradeProfiles/default."""
        return self._document(call, payloads.upgrade_profile(self._reach(call, Part.PROFILE), self.now()))

    def pools(self, call: _Call) -> Document:
        """GET agentPools."""
        cluster = self._reach(call, Part.POOLS)
        return self._page(call, [payloads.agent_pool(cluster, pool) for pool in cluster.pools])

    def pool(self, call: _Call) -> Document:
        """GET agentPools/NAME."""
        cluster = self._reach(call, Part.POOLS)
        pool = cluster.pool(call.found["pool"])
        if pool is None:
            raise missing(f"{cluster.id}/agentPools/{call.found['pool']}")
        return self._document(call, payloads.agent_pool(cluster, pool))

    def versions(self, call: _Call) -> Document:
        """GET kubernetesVersions/default of a custom location; 404 until somebody made it."""
        instance = self._offering(call)
        if not instance.has_list:
            raise missing(
                f"{instance.location_id}/providers/Microsoft.HybridContainerService/kubernetesVersions/default"
            )
        return self._document(call, payloads.kubernetes_versions(instance, self.now()))

    def version_list(self, call: _Call) -> Document:
        """GET kubernetesVersions: no row or one."""
        instance = self._offering(call)
        return self._page(call, [payloads.kubernetes_versions(instance, self.now())] if instance.has_list else [])

    def _offering(self, call: _Call) -> Instance:
        found = call.found
        scope = (
            f"/subscriptions/{found['subscription']}/resourceGroups/{found['group']}"
            f"/providers/Microsoft.ExtendedLocation/customLocations/{found['name']}"
        )
        instance = self.world.instance_by_location.get(scope.casefold())
        if instance is None:
            raise missing(scope)
        self._registered(found["subscription"])
        self._inject(call, instance.faults, Part.VERSIONS, instance.location_id)
        return instance


_READS: Final[tuple[tuple[re.Pattern[str], Callable[[Arm, _Call], Document]], ...]] = (
    (re.compile(r"/subscriptions"), Arm.subscriptions),
    (re.compile(r"/subscriptions/(?P<subscription>[^/]+)"), Arm.subscription),
    (re.compile(_CLUSTER), Arm.connected),
    (re.compile(_PROVISIONED), Arm.provisioned_list),
    (re.compile(_PROVISIONED + "/default"), Arm.provisioned),
    (re.compile(_PROVISIONED + "/default/upgradeprofiles/default"), Arm.profile),
    (re.compile(_PROVISIONED + "/default/agentpools"), Arm.pools),
    (re.compile(_PROVISIONED + "/default/agentpools/(?P<pool>[^/]+)"), Arm.pool),
    (re.compile(_VERSIONS), Arm.version_list),
    (re.compile(_VERSIONS + "/default"), Arm.versions),
)
