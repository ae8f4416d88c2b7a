"""Azure Resource Manager over the world: one request in, one answer out, no sockets.

Reads, Resource Graph queries, and one write: the PUT of a provisioned cluster. Every other write is refused with 405.
What is under way is computed from the emulated time whenever somebody looks.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import uuid4

from planner.emulator import payloads
from planner.emulator.faults import BROKEN, Part
from planner.emulator.graph import Graph
from planner.emulator.kusto import QueryError
from planner.emulator.messages import COMMON_HEADERS, Answer, Call, Request, written
from planner.emulator.payloads import Document
from planner.emulator.quota import GLOBAL_READS, GLOBAL_WRITES, READS, WRITES_HELD, Bucket, Ticks, Window, write_bucket
from planner.emulator.reads import READS as READ_ROUTES
from planner.emulator.reads import Handler
from planner.emulator.refusals import RATE_LIMITED, Refused, graph_error, refusal, throttled, unauthenticated
from planner.emulator.wirefaults import Intercepted, inject
from planner.emulator.world import World
from planner.emulator.writes import WRITES as WRITE_ROUTES

__all__ = ["GRAPH_PATH", "Answer", "Arm", "Request"]

GRAPH_PATH: Final = "/providers/microsoft.resourcegraph/resources"
_ROUTES: Final = {"GET": READ_ROUTES, "PUT": WRITE_ROUTES}


@dataclass
class Arm:
    """The management endpoint of one world. `now` is the emulated time, `ticks` the clock of the quotas."""

    world: World
    now: Callable[[], datetime]
    base_url: str = "https://127.0.0.1"
    ticks: Ticks = time.monotonic
    quota: bool = True
    documents: dict[str, bytes] = field(default_factory=dict[str, bytes])
    """The body last sent of each provisioned cluster, by lower-cased id of the connected cluster."""
    _graph: Graph = field(init=False)
    _reads: dict[str, Bucket] = field(default_factory=dict[str, Bucket])
    _writes: dict[str, Bucket] = field(default_factory=dict[str, Bucket])
    _queries: Window = field(init=False)

    def __post_init__(self) -> None:
        self._graph = Graph(self.world)
        self._queries = Window(self.ticks)

    def answer(self, request: Request) -> Answer:
        """Answer a request as Azure would."""
        call = Call(request, self.now(), self.base_url)
        call.headers |= {"x-ms-request-id": str(uuid4()), "x-ms-correlation-request-id": str(uuid4())}
        try:
            body = self._answer(call)
        except Intercepted:
            body = {}
        except Refused as refused:
            call.status, body = refused.status, refused.body
            call.headers |= refused.headers
        return self._finish(call, body)

    def _answer(self, call: Call) -> Document:
        if not re.fullmatch(r"Bearer \S+", call.request.headers.get("authorization", "")):
            raise unauthenticated(self.world.tenant)
        path, method = re.sub("/{2,}", "/", call.request.path).rstrip("/").casefold(), call.request.method
        if path == GRAPH_PATH and method == "POST":
            return self._query(call)
        handler = self._route(call, path)
        if handler is not None:
            self._admit(call)
            return handler(self.world, call)
        if method != "GET":
            message = f"The requested resource does not support http method '{method}'."
            raise Refused(405, payloads.error("MethodNotAllowed", message))
        raise refusal(404, "InvalidResourceType", "The resource type could not be found in the namespace.")

    def _route(self, call: Call, path: str) -> Handler | None:
        for pattern, handler in _ROUTES.get(call.request.method, ()):
            if found := pattern.fullmatch(path):
                call.found = found.groupdict()
                return handler
        return None

    def _admit(self, call: Call) -> None:
        """What ARM checks before a resource provider sees a request: api-version, quota, subscription."""
        if "api-version" not in call.request.query:
            message = "The api-version query parameter (?api-version=) is required for all requests."
            raise refusal(400, "MissingApiVersionParameter", message)
        self._spend(call)
        subscription, group = call.found.get("subscription"), call.found.get("group")
        if subscription is not None and subscription not in self.world.subscription_by_id:
            message = f"The subscription '{subscription}' could not be found."
            raise refusal(404, "SubscriptionNotFound", message)
        if group is not None and (subscription, group) not in self.world.resource_groups:
            raise refusal(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")

    def _spend(self, call: Call) -> None:
        """One token of the bucket for reads or writes, and the headers that tell what is left."""
        subscription = call.found.get("subscription")
        if call.request.method == "GET":
            bucket = self._reads.setdefault(subscription or "", Bucket(self.ticks))
            kind, above = "reads", GLOBAL_READS - READS
        else:
            bucket = self._writes.setdefault(subscription or "", write_bucket(self.ticks))
            kind, above = "writes", GLOBAL_WRITES - WRITES_HELD
        wait = bucket.take() if self.quota else None
        if wait is not None:
            raise throttled(subscription or self.world.tenant, wait, kind.removesuffix("s"))
        left = "x-ms-ratelimit-remaining-"
        if subscription is None:
            call.headers[f"{left}tenant-{kind}"] = str(bucket.remaining)
            return
        call.headers[f"{left}subscription-{kind}"] = str(bucket.remaining)
        call.headers[f"{left}subscription-global-{kind}"] = str(bucket.remaining + above)

    def _query(self, call: Call) -> Document:
        wait = self._queries.take() if self.quota else None
        call.headers |= {
            "x-ms-user-quota-remaining": str(self._queries.remaining),
            "x-ms-user-quota-resets-after": self._queries.resets_after,
            "x-ms-tenant-subscription-limit-hit": "false",
        }
        if wait is not None:
            raise Refused(429, graph_error(call.now, "RateLimiting", RATE_LIMITED), {"Retry-After": str(wait)})
        inject(call, self.world.faults, Part.QUERY, "the tenant", self.world.foreign)
        try:
            request = json.loads(call.request.body or b"null")
            if not isinstance(request, dict):
                raise QueryError("InvalidQuery", "The request body is not a query.")
            moment = call.now - self.world.graph_lag
            return self._graph.answer(request, moment)  # pyright: ignore[reportUnknownArgumentType]
        except (QueryError, ValueError, TypeError, AttributeError) as problem:
            code = problem.code if isinstance(problem, QueryError) else "InvalidQuery"
            raise Refused(400, graph_error(call.now, code, str(problem))) from None

    def _finish(self, call: Call, body: Document) -> Answer:
        """The answer on the wire. Only one that would have been good can still be spoilt."""
        spoil = call.spoil if call.status < 400 else ""
        broken = spoil if spoil in BROKEN else ""
        data, content_type = written(body, spoil)
        if call.keep and call.status == 200 and broken not in ("hang", "reset", "lost"):
            self.documents[call.keep] = data
        route = call.headers["x-ms-correlation-request-id"]
        headers = {
            **COMMON_HEADERS,
            "x-ms-routing-request-id": f"WESTEUROPE:{call.now:%Y%m%dT%H%M%SZ}:{route}",
            **call.headers,
        }
        return Answer(call.status, data, headers, content_type, broken)
