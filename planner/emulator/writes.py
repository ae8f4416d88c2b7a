"""The one write the emulator takes: the full PUT of a provisioned cluster, which upgrades or reconciles it."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any, Final, cast

from planner.emulator import payloads
from planner.emulator.faults import Part, take_fault
from planner.emulator.frames import lay_out, settle
from planner.emulator.messages import Call, etag
from planner.emulator.operation import ENDED, Operation, new_operation
from planner.emulator.outcomes import Course, Work, course_of, denied, not_ready
from planner.emulator.payloads import Document
from planner.emulator.reads import PROVISIONED, Handler, reach, tagged
from planner.emulator.refusals import busy, changed, disabled, refusal
from planner.emulator.world import Cluster, World

__all__ = ["API_VERSION", "WRITES", "begin_upgrade"]

API_VERSION: Final = "2024-01-01"
_NO_KEYS: Final = "spec.sshKeys: Invalid value: []: at least one SSH public key is required"


def _put(world: World, call: Call) -> Document:
    """PUT provisionedClusterInstances/default: 201, and an operation that goes on by itself."""
    owner = world.subscription_by_id[call.found["subscription"]]
    if owner.state == "Disabled":
        raise disabled(owner.id)
    cluster = reach(world, call, Part.PUT)
    seen = world.seen(cluster, call.now)
    _check_version(call, seen)
    if seen.provisioning_state not in ENDED:
        raise busy(payloads.instance_id(seen))
    _check_tag(world, call, seen)
    body = _body(call)
    _check_location(body, seen)
    operation = begin_upgrade(world, cluster, body, call.now)
    return _accepted(world, call, cluster, operation)


def _check_version(call: Call, cluster: Cluster) -> None:
    version = call.request.query["api-version"]
    if version != API_VERSION:
        kind = "Microsoft.HybridContainerService/provisionedClusterInstances"
        message = (
            f"No registered resource provider found for location '{cluster.instance.location}' and API version "
            f"'{version}' for type '{kind}'. The supported api-versions are '{API_VERSION}'."
        )
        raise refusal(400, "NoRegisteredProviderFound", message)


def _check_tag(world: World, call: Call, cluster: Cluster) -> None:
    wanted = call.request.headers.get("if-match", "*")
    if world.if_match and wanted not in ("*", etag(payloads.provisioned_cluster(cluster))):
        raise changed()


def _body(call: Call) -> Document:
    """The document that was sent. Raises Refused for what is none."""
    try:
        body: Any = json.loads(call.request.body)
    except ValueError:
        body = None
    properties: Any = cast("Document", body).get("properties") if isinstance(body, dict) else None
    if not isinstance(properties, dict) or not isinstance(
        cast("Document", properties).get("kubernetesVersion", ""), str
    ):
        message = "The request content was invalid and could not be deserialized."
        raise refusal(400, "InvalidRequestContent", message)
    return cast("Document", body)


def _check_location(body: Document, cluster: Cluster) -> None:
    """A cluster cannot be moved to another instance."""
    location: Any = body.get("extendedLocation")
    name: Any = cast("Document", location).get("name") if isinstance(location, dict) else None
    if str(name).casefold() != cluster.instance.location_id.casefold():
        raise refusal(400, "BadRequest", "The extended location of a resource is required and cannot be changed.")


def begin_upgrade(world: World, cluster: Cluster, body: Document, moment: datetime) -> Operation:
    """Let the cluster go where the body says, from `moment` on, whoever sent it; nothing is checked any more."""
    settle(cluster, moment)
    target = body["properties"].get("kubernetesVersion") or cluster.version
    work = Work(cluster, target, body, moment, world.node_time)
    course = _course(work, world.seen(cluster, moment))
    operation = new_operation(cluster, moment, len(world.operations) + 1)
    lay_out(cluster, course.cluster)
    lay_out(operation, course.operation)
    world.operations[operation.name.casefold()] = operation
    return operation


def _course(work: Work, seen: Cluster) -> Course:
    """What the webhook denies fails whatever was planned; a reconcile goes well."""
    if not _has_keys(work.sent):
        return denied(work, _NO_KEYS)
    if work.target == seen.version:
        return course_of(work)
    if work.target not in seen.offered or work.target in seen.instance.not_ready:
        return denied(work, not_ready(work.target))
    fault = take_fault(work.cluster.faults, Part.OUTCOME)
    return course_of(work, fault.what if fault else "")


def _has_keys(body: Any) -> bool:
    for name in ("properties", "linuxProfile", "ssh"):
        body = cast("Document", body).get(name)
        if not isinstance(body, dict):
            return False
    return bool(cast("Document", body).get("publicKeys"))


def _accepted(world: World, call: Call, cluster: Cluster, operation: Operation) -> Document:
    """201 also for an update, without Location or Retry-After."""
    call.status = 201
    document = tagged(world, call, payloads.provisioned_cluster(world.seen(cluster, call.now)))
    if call.spoil != "no-operation":
        host = world.foreign if call.spoil == "foreign" else call.base_url
        call.headers["Azure-AsyncOperation"] = operation.address(host)
    call.headers["x-ms-async-operation-timeout"] = "P6D"
    return {**document, "properties": {k: v for k, v in document["properties"].items() if k != "status"}}


WRITES: Final[tuple[tuple[re.Pattern[str], Handler], ...]] = ((re.compile(PROVISIONED + "/default"), _put),)
