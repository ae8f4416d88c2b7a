"""Resource Graph over the world: its tables, single-table queries, and pages.

Only what a fleet reader needs of the query language: a table, `where` with =~ == in~ in joined by `and`, `project`,
`order by`, `take` and `count`. Everything else is refused as Resource Graph refuses what it cannot run.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from planner.emulator.kusto import Query, QueryError, Term, parse_query
from planner.emulator.payloads import (
    Document,
    cluster_properties,
    connected_properties,
    profile_properties,
    stamp,
)
from planner.emulator.world import Cluster, Instance, Subscription, World, ago, guid

MOST_ROWS: Final = 1000
"""Rows Resource Graph puts on one page at most."""
_DEFAULT_ROWS: Final = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the columns that are cheap to compare, and how to make the rest."""

    id: str
    type: str
    subscription: str
    make: Callable[[], Document]
    copies: Callable[[], int]

    def column(self, path: str) -> Any:
        """The value of a column or dotted path; None where it is missing."""
        match path:
            case "id":
                return self.id
            case "type":
                return self.type
            case "subscriptionId":
                return self.subscription
            case _:
                return _dig(self.make(), path)


class Graph:
    """Answers Resource Graph requests about one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tables: dict[str, tuple[int, list[Row]]] = {}

    def answer(self, request: Mapping[str, Any]) -> Document:
        """The answer to one request body. Raises QueryError with what Resource Graph would answer."""
        query = parse_query(request.get("query"))
        scope = {str(found).casefold() for found in request.get("subscriptions") or ()}
        found = self._select(query, scope)
        if query.count:
            return _envelope([{"Count": len(found)}], 1, None, truncated=False)
        options: Mapping[str, Any] = request.get("options") or {}
        top = max(1, min(int(options.get("$top") or _DEFAULT_ROWS), MOST_ROWS))
        start = _offset(options.get("$skipToken"), query) if options.get("$skipToken") else 0
        page = found[start : start + top]
        more = start + len(page) < len(found)
        token = _token(start + len(page), query) if more and query.projects_id else None
        data = [_projected(row, query) for row in page]
        return _envelope(data, len(found), token, truncated=more and token is None)

    def _select(self, query: Query, scope: set[str]) -> list[Row]:
        rows: Iterable[Row] = self._rows(query.table)
        if scope:
            rows = [row for row in rows if row.subscription in scope]
        for term in query.where:
            rows = [row for row in rows if _holds(term, row.column(term.path))]
        found = [row for row in rows for _ in range(row.copies())]
        for path, descending in reversed(query.order):
            found.sort(key=lambda row: _sort_key(row.column(path)), reverse=descending)
        return found if query.take is None else found[: query.take]

    def _rows(self, table: str) -> list[Row]:
        """All rows of a table by id. Ids never change, so that the index lives until the number of resources does."""
        size = len(self._world.clusters) + len(self._world.instances) + len(self._world.subscriptions)
        known = self._tables.get(table)
        if known is None or known[0] != size:
            makers = _TABLES.get(table)
            if makers is None:
                raise QueryError("InvalidTable", f"Table {table} is invalid, unsupported or disallowed.")
            known = (size, sorted(makers(self._world), key=lambda row: row.id))
            self._tables[table] = known
        return known[1]


def _envelope(data: list[Document], total: int, token: str | None, *, truncated: bool) -> Document:
    body: Document = {
        "totalRecords": total,
        "count": len(data),
        "data": data,
        "facets": [],
        "resultTruncated": "true" if truncated else "false",
    }
    return body | ({"$skipToken": token} if token else {})


def _fingerprint(query: Query) -> str:
    return hashlib.sha256(query.text.encode()).hexdigest()[:16]


def _token(offset: int, query: Query) -> str:
    return base64.b64encode(json.dumps({"$id": "1", "Row": offset, "Of": _fingerprint(query)}).encode()).decode()


def _offset(token: Any, query: Query) -> int:
    """Where the page begins. A token belongs to the query that made it."""
    try:
        found = json.loads(base64.b64decode(str(token), validate=True))
        if found["Of"] == _fingerprint(query):
            return int(found["Row"])
    except (ValueError, KeyError, TypeError):
        pass
    raise QueryError("InvalidSkipToken", "The provided skip token is invalid or belongs to another query.")


def _dig(document: Any, path: str) -> Any:
    for step in path.split("."):
        if not isinstance(document, dict):
            return None
        document = cast("Document", document).get(step)
    return document


def _projected(row: Row, query: Query) -> Document:
    document = row.make()
    if query.project is None:
        return document
    return {name: _dig(document, path) for name, path in query.project}


def _holds(term: Term, value: Any) -> bool:
    text = "" if value is None else str(value)
    folded = text.casefold() if term.fold else text
    return (folded in term.values) is not term.negated


def _sort_key(value: Any) -> str:
    return "" if value is None else str(value)


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


def _connected_row(cluster: Cluster) -> Row:
    kind = "microsoft.kubernetes/connectedclusters"

    def make() -> Document:
        return _base(cluster.id, kind, cluster.name) | {
            "kind": "ProvisionedCluster",
            "location": cluster.instance.location,
            "tags": dict(cluster.tags),
            "properties": connected_properties(cluster, cluster.graph_version),
        }

    def copies() -> int:
        return 0 if cluster.graph_fault("all") else 2 if cluster.graph_fault("duplicate") else 1

    return Row(cluster.id.casefold(), kind, cluster.subscription.casefold(), make, copies)


def _provisioned_row(cluster: Cluster) -> Row:
    kind = "microsoft.hybridcontainerservice/provisionedclusterinstances"
    resource = f"{cluster.id}/providers/{kind}/default"

    def make() -> Document:
        properties = cluster_properties(cluster, cluster.graph_version)
        del properties["linuxProfile"]  # the graph holds no keys
        return _base(resource, kind, "default") | {
            "location": cluster.instance.location,
            "extendedLocation": {"name": cluster.instance.location_id, "type": "CustomLocation"},
            "properties": properties,
        }

    def copies() -> int:
        return 0 if cluster.graph_fault("all") or cluster.graph_fault("instance") else 1

    return Row(resource.casefold(), kind, cluster.subscription.casefold(), make, copies)


def _profile_row(cluster: Cluster) -> Row:
    kind = "microsoft.hybridcontainerservice/provisionedclusterinstances/upgradeprofiles"
    parent = "microsoft.hybridcontainerservice/provisionedclusterinstances/default"
    resource = f"{cluster.id}/providers/{parent}/upgradeprofiles/default"

    def make() -> Document:
        properties = profile_properties(cluster, cluster.graph_version)
        return _base(resource, kind, "default") | {"extendedLocation": None, "properties": properties}

    def copies() -> int:
        return 0 if any(map(cluster.graph_fault, ("all", "instance", "profile"))) else 1

    return Row(resource.casefold(), kind, cluster.subscription.casefold(), make, copies)


def _instance_rows(instance: Instance) -> Iterator[Row]:
    def row(resource: str, kind: str, name: str, properties: Document) -> Row:
        def make() -> Document:
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

    def make() -> Document:
        connected = instance.connectivity == "Connected"
        seen = ago(world.as_of, minutes=35) if connected else ago(world.as_of, days=3)
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
                    "clusterVersion": "10.0.26100" if (instance.build or "").startswith("12") else "10.0.25398",
                    "lastUpdated": stamp(seen),
                },
            },
        }

    return Row(instance.id.casefold(), kind, instance.subscription.casefold(), make, _once)


def _summary_row(instance: Instance, world: World) -> Row:
    kind = "microsoft.azurestackhci/clusters/updatesummaries"
    resource = f"{instance.id}/updateSummaries/default"

    def make() -> Document:
        updated = instance.last_updated
        return _base(resource, kind, "default") | {
            "location": instance.location,
            "properties": {
                "oemFamily": "",
                "currentVersion": instance.build,
                "lastUpdated": stamp(updated) if updated else None,
                "lastChecked": stamp(ago(world.as_of, minutes=50)),
                "healthState": "Success",
                "state": instance.update_state,
            },
        }

    def copies() -> int:
        return 0 if instance.build is None else 1

    return Row(resource.casefold(), kind, instance.subscription.casefold(), make, copies)


def _subscription_row(found: Subscription) -> Row:
    kind = "microsoft.resources/subscriptions"

    def make() -> Document:
        row = _base(f"/subscriptions/{found.id}", kind, found.name)
        return row | {"properties": {"state": found.state, "managementGroupAncestorsChain": []}}

    return Row(f"/subscriptions/{found.id}".casefold(), kind, found.id.casefold(), make, _once)


def _resources(world: World) -> Iterator[Row]:
    yield from map(_connected_row, world.clusters)
    for instance in world.instances:
        yield from _instance_rows(instance)
        yield _host_row(instance, world)


def _extensibility(world: World) -> Iterator[Row]:
    for cluster in world.clusters:
        yield _provisioned_row(cluster)
        yield _profile_row(cluster)
    for instance in world.instances:
        yield _summary_row(instance, world)


def _containers(world: World) -> Iterator[Row]:
    return map(_subscription_row, world.subscriptions)


_TABLES: Final[Mapping[str, Callable[[World], Iterator[Row]]]] = {
    "resources": _resources,
    "extensibilityresources": _extensibility,
    "resourcecontainers": _containers,
}
