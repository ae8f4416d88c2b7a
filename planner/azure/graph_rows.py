"""Rows of Resource Graph into parts of the inventory. Ids come lower-cased or not; keys here are casefolded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from planner.azure.fields import Json, inside, mapping, moment, observed, shown, text
from planner.azure.queries import group_of_appliance, group_of_instance
from planner.inventory import Instance, Known, Observed, Subscription, Unknown, clean
from planner.version import Build, InvalidVersion

_SUMMARY_TAIL: Final = "/updatesummaries/"
_INSTANCE_TAIL: Final = "/providers/microsoft.hybridcontainerservice/provisionedclusterinstances"
_TAGS_SHOWN: Final = 50


def row_id(row: Json) -> str | None:
    """The id of a row, made harmless; None where it has none."""
    return text(row.get("id"), 1000)


def cluster_key(own_id: str) -> str:
    """The key of the connected cluster that a provisioned cluster instance, or a part of one, belongs to."""
    return own_id.casefold().partition(_INSTANCE_TAIL)[0]


@dataclass(frozen=True, slots=True)
class Connected:
    """What Arc knows of a connected cluster, whatever it runs on."""

    id: str
    name: str
    resource_group: str
    subscription: str
    location: str | None
    tags: tuple[tuple[str, str], ...]
    is_provisioned: bool
    """Kind ProvisionedCluster: an AKS Arc cluster even where its instance cannot be read."""
    connectivity: Observed[str]
    last_contact: Observed[datetime]


def connected(row: Json, own_id: str, at: datetime) -> Connected:
    """A row of microsoft.kubernetes/connectedclusters."""
    properties = mapping(row.get("properties"))
    return Connected(
        id=own_id,
        name=text(row.get("name"), 80) or segment(own_id, -1),
        resource_group=segment(own_id, 4),
        subscription=segment(own_id, 2),
        location=text(row.get("location"), 60),
        tags=_tags(mapping(row.get("tags"))),
        is_provisioned=(text(row.get("kind")) or "").casefold() == "provisionedcluster",
        connectivity=observed(text(properties.get("connectivityStatus"), 60), at, "graph", "connectivity"),
        last_contact=observed(moment(properties.get("lastConnectivityTime")), at, "graph", "time of last contact"),
    )


def orphan(own_id: str, reason: str) -> Connected:
    """A cluster of which only the instance row came: Resource Graph may lack rows for a while."""
    missing = Unknown(reason)
    return Connected(
        id=own_id,
        name=segment(own_id, -1),
        resource_group=segment(own_id, 4),
        subscription=segment(own_id, 2),
        location=None,
        tags=(),
        is_provisioned=True,
        connectivity=missing,
        last_contact=missing,
    )


def _tags(raw: Json) -> tuple[tuple[str, str], ...]:
    pairs = ((clean(key, 128), text(value)) for key, value in list(raw.items())[:_TAGS_SHOWN])
    return tuple(sorted((key, value or "") for key, value in pairs))


@dataclass(frozen=True, slots=True)
class Location:
    """A custom location and the resource group its host lives in."""

    id: str
    name: str
    host: str | None
    """Lower-cased id of the resource bridge, or of another kind of host."""
    host_group: str | None
    """Lower-cased id of the bridge's resource group; None where the host is no resource bridge."""


def custom_location(row: Json, own_id: str) -> Location:
    """A row of microsoft.extendedlocation/customlocations, or the flat form the CLI prints."""
    host = text((mapping(row.get("properties")) or row).get("hostResourceId"), 1000)
    return Location(
        id=own_id.casefold(),
        name=text(row.get("name"), 80) or segment(own_id, -1),
        host=host.casefold() if host else None,
        host_group=group_of_appliance(host) if host else None,
    )


@dataclass(frozen=True, slots=True)
class Host:
    """An Azure Local instance without its release, and the resource group it lives in."""

    id: str
    name: str
    group: str | None
    resource_group: str
    subscription: str
    connectivity: Observed[str]


def host(row: Json, own_id: str, at: datetime) -> Host:
    """A row of microsoft.azurestackhci/clusters."""
    properties = mapping(row.get("properties"))
    said = text(properties.get("connectivityStatus"), 60) or text(properties.get("status"), 60)
    return Host(
        id=own_id.casefold(),
        name=text(row.get("name"), 80) or segment(own_id, -1),
        group=group_of_instance(own_id),
        resource_group=segment(own_id, 4),
        subscription=segment(own_id, 2),
        connectivity=observed(said, at, "graph", "connectivity"),
    )


@dataclass(frozen=True, slots=True)
class Summary:
    """The update summary of an instance: its build and how its last update went."""

    build: Observed[Build]
    state: Observed[str]
    last_updated: Observed[datetime]


def summary(row: Json, at: datetime) -> Summary:
    """A row of microsoft.azurestackhci/clusters/updatesummaries."""
    properties = mapping(row.get("properties"))
    return Summary(
        build=_build(properties.get("currentVersion"), at),
        state=observed(text(properties.get("state"), 60), at, "graph", "update state"),
        last_updated=observed(moment(properties.get("lastUpdated")), at, "graph", "time of the last update"),
    )


def summary_key(own_id: str) -> str:
    """The key of the instance an update summary belongs to."""
    return own_id.casefold().partition(_SUMMARY_TAIL)[0]


def instance(own: Host, found: Summary | None, missing: Unknown) -> Instance:
    """Host and summary as one; without a summary its facts are unknown for the reason given."""
    return Instance(
        id=own.id,
        name=own.name,
        resource_group=own.resource_group,
        subscription=own.subscription,
        build=found.build if found else missing,
        update_state=found.state if found else missing,
        last_updated=found.last_updated if found else missing,
        connectivity=own.connectivity,
    )


def _build(raw: object, at: datetime) -> Observed[Build]:
    if raw is None:
        return Unknown("Azure reported no version of the instance")
    try:
        return Known(Build.parse(raw if isinstance(raw, str) else ""), at, "graph")
    except InvalidVersion:
        return Unknown(f"Azure reported {shown(raw)}, which is no Azure Local build such as 12.2510.1002.531")


def bridge_status(row: Json, at: datetime) -> Observed[str]:
    """The status in a row of microsoft.resourceconnector/appliances."""
    return observed(text(inside(row, "properties", "status"), 60), at, "graph", "status of the resource bridge")


def subscription(row: Json, own_id: str, at: datetime) -> Subscription:
    """A row of microsoft.resources/subscriptions. Azure tells no date of the state: it counts from this reading."""
    state = text(row.get("state")) or text(inside(row, "properties", "state")) or text(row.get("properties_state"))
    own = (text(row.get("subscriptionId"), 60) or segment(own_id, 2)).casefold()
    return Subscription(
        id=own,
        name=text(row.get("name"), 120) or own,
        state=observed(state, at, "graph", "state of the subscription"),
        first_seen=at if state else None,
    )


def segment(own_id: str, index: int) -> str:
    """One segment of an id, or an empty text."""
    parts = own_id.split("/")
    try:
        return clean(parts[index])
    except IndexError:
        return ""
