"""Rows of six queries joined into one inventory.

Outer joins throughout: a cluster without its other half is shown with what is known of it, never dropped and never
taken as fine (PR14).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from planner.azure import graph_rows as rows
from planner.azure.credentials import Account
from planner.azure.decode import ClusterState
from planner.azure.gathered import Gathered
from planner.azure.graph_rows import Connected, Location
from planner.azure.queries import Query, is_cluster_id
from planner.inventory import (
    Cluster,
    CustomLocation,
    Instance,
    Inventory,
    Known,
    Observed,
    SourceKind,
    Subscription,
    Unknown,
    Unread,
    Upgrade,
)

NOT_YET: Final = Unknown("not read yet")
POOLS_LATER: Final = Unknown("not read yet: node pools are read for one cluster at a time")
LIST_LATER: Final = Unknown("not read: no cluster in view uses this custom location")
NO_STATE: Final = (
    "Resource Graph shows no provisioned cluster instance for it: needs "
    "Microsoft.HybridContainerService/provisionedClusterInstances/read, or the row is late"
)
NO_PROFILE: Final = "Resource Graph shows no upgrade profile for it"
NO_CONNECTED: Final = "Resource Graph shows no connected cluster for it at the moment"
NO_LOCATION: Final = "the custom location is not visible: needs Microsoft.ExtendedLocation/customLocations/read"
NO_SUMMARY: Final = "no update summary is visible: needs Microsoft.AzureStackHCI/clusters/updateSummaries/read"
NO_BRIDGE: Final = "the resource bridge is not visible: needs Microsoft.ResourceConnector/appliances/read"
NO_SUBSCRIPTION: Final = "the subscription is not visible to this account"
NO_INSTANCE: Final = (
    "no Azure Local instance is visible in the resource group of its resource bridge: needs "
    "Microsoft.AzureStackHCI/clusters/read"
)

_Parts = tuple[Connected, ClusterState | None, Observed[tuple[Upgrade, ...]] | None]


class Join:
    """Makes inventories of what was gathered, cheaply enough to do so while rows still arrive."""

    def __init__(self, gathered: Gathered, kind: SourceKind, account: Account, wanted: Sequence[str]) -> None:
        self._rows = gathered
        self._kind = kind
        self._account = account
        self._wanted = tuple(one.casefold() for one in wanted)
        self._made: dict[str, tuple[_Parts, Cluster]] = {}
        self._orphans: dict[str, Connected] = {}
        self._no_state: Unknown = NOT_YET
        self._no_profile: Unknown = NOT_YET

    def partial(self) -> Inventory:
        """The fleet as far as it was read, without its gaps: what is missing may still come."""
        return self._inventory(())

    def complete(self) -> Inventory:
        """The whole fleet, with every gap told."""
        whole = self._inventory(())
        gaps = sorted(self._gaps(whole), key=lambda gap: (gap.subject, gap.what, gap.reason))
        return self._inventory(tuple(dict.fromkeys(gaps)), len(whole.clusters) + self._rows.rows_missing)

    def _inventory(self, unread: tuple[Unread, ...], expected: int | None = None) -> Inventory:
        clusters = tuple(self._clusters())
        instances = tuple(self._instances())
        return Inventory(
            source=self._kind,
            as_of=self._rows.at,
            clusters=clusters,
            instances=instances,
            locations=tuple(self._locations()),
            subscriptions=tuple(self._subscriptions(clusters, instances)),
            unread=unread,
            tenant=self._account.tenant or self._rows.tenant,
            account=self._account.name,
            expected=expected,
        )

    def _missing(self, query: Query, reason: str) -> Unknown:
        said = self._rows.why_missing(query, reason)
        return NOT_YET if said is None else Unknown(said)

    # -- clusters

    def _clusters(self) -> Iterator[Cluster]:
        """In the order of their keys. One whose parts did not change is not made again."""
        self._renew(self._missing(Query.STATES, NO_STATE), self._missing(Query.PROFILES, NO_PROFILE))
        provisioned = {key for key, found in self._rows.connected.items() if found.is_provisioned}
        for key in sorted(provisioned | self._rows.states.keys()):
            state = self._rows.states.get(key)
            connected = self._rows.connected.get(key) or self._orphan(key)
            if connected is None or (state is not None and state.is_foreign):
                continue
            parts = (connected, state, self._rows.profiles.get(key))
            made = self._made.get(key)
            if made is None or any(now is not then for now, then in zip(parts, made[0], strict=True)):
                made = self._made[key] = (parts, self._cluster(*parts))
            yield made[1]

    def _renew(self, no_state: Unknown, no_profile: Unknown) -> None:
        """Once it is known why parts are missing, clusters made without them are made again."""
        if (no_state, no_profile) != (self._no_state, self._no_profile):
            self._no_state, self._no_profile = no_state, no_profile
            whole = {key: made for key, made in self._made.items() if None not in made[0]}
            self._made = whole

    def _orphan(self, key: str) -> Connected | None:
        """The other half of a state whose connected cluster did not come; None while it still may."""
        reason = self._rows.why_missing(Query.CLUSTERS, NO_CONNECTED)
        if reason is None:
            return None
        if key not in self._orphans:
            self._orphans[key] = rows.orphan(self._rows.spelling[key], reason)
        return self._orphans[key]

    def _cluster(
        self, own: Connected, state: ClusterState | None, profile: Observed[tuple[Upgrade, ...]] | None
    ) -> Cluster:
        none = self._no_state
        return Cluster(
            id=own.id,
            name=own.name,
            resource_group=own.resource_group,
            subscription=own.subscription,
            location=own.location,
            tags=own.tags,
            custom_location=state.custom_location if state else none,
            version=state.version if state else none,
            provisioning_state=state.provisioning_state if state else none,
            current_state=state.current_state if state else none,
            connectivity=own.connectivity,
            last_contact=own.last_contact,
            upgrades=profile if profile is not None else self._no_profile,
            pools=POOLS_LATER,
            control_plane_count=state.control_plane_count if state else none,
            addons=state.addons if state else (),
            error=state.error if state else None,
            created_at=state.created_at if state else None,
            modified_at=state.modified_at if state else None,
            modified_by=state.modified_by if state else None,
        )

    # -- what they stand on

    def _locations(self) -> Iterator[CustomLocation]:
        """The custom locations in view, and those of instances that host no cluster yet."""
        used = set(self._rows.locations_in_view)
        groups = self._hosts_by_group()
        hosted = {key for key, found in self._rows.locations.items() if found.host_group in groups}
        for key in sorted(used | hosted):
            found = self._rows.locations.get(key)
            yield CustomLocation(
                id=key,
                name=found.name if found else rows.segment(key, -1),
                instance=self._link(found, groups),
                offered=self._rows.offered.get(key, NOT_YET if key in used else LIST_LATER),
                bridge_status=self._bridge(found),
            )

    def _hosts_by_group(self) -> dict[str, list[str]]:
        groups: dict[str, list[str]] = {}
        for found in self._rows.hosts.values():
            if found.group is not None:
                groups.setdefault(found.group, []).append(found.id)
        return groups

    def _link(self, location: Location | None, groups: dict[str, list[str]]) -> Observed[str]:
        """The instance behind a custom location: only the resource group of its bridge leads there."""
        if location is None:
            return self._missing(Query.PLATFORM, NO_LOCATION)
        if location.host_group is None:
            return Unknown("its host is no Arc Resource Bridge")
        found = groups.get(location.host_group, [])
        if len(found) > 1:
            return Unknown(f"{len(found)} Azure Local instances share the resource group of its resource bridge")
        return Known(found[0], self._rows.at, "graph") if found else self._missing(Query.PLATFORM, NO_INSTANCE)

    def _bridge(self, location: Location | None) -> Observed[str]:
        known = self._rows.bridges.get(location.host or "") if location else None
        return known or self._missing(Query.PLATFORM, NO_BRIDGE)

    def _instances(self) -> Iterator[Instance]:
        missing = self._missing(Query.RELEASES, NO_SUMMARY)
        for key in sorted(self._rows.hosts):
            yield rows.instance(self._rows.hosts[key], self._rows.summaries.get(key), missing)

    def _subscriptions(self, *owners: Sequence[Cluster | Instance]) -> Iterator[Subscription]:
        """The subscriptions that something lives in."""
        missing = self._missing(Query.SUBSCRIPTIONS, NO_SUBSCRIPTION)
        for key in sorted({one.subscription.casefold() for group in owners for one in group}):
            yield self._rows.subscriptions.get(key) or Subscription(key, key, missing, None)

    # -- what is not there

    def _gaps(self, whole: Inventory) -> Iterator[Unread]:
        """Each gap once, with the right that would fill it; a failed query is one gap, not one a row."""
        yield from self._rows.unread
        for cluster in whole.clusters:
            yield from self._gaps_of(cluster)
        for location in whole.locations:
            if isinstance(location.instance, Unknown) and self._rows.was_read(Query.PLATFORM):
                yield Unread("instance", location.id, location.instance.reason)
            if isinstance(location.offered, Unknown) and location.offered not in (NOT_YET, LIST_LATER):
                yield Unread("version list", location.id, location.offered.reason)
        if self._rows.was_read(Query.RELEASES):
            for instance in whole.instances:
                if instance.id not in self._rows.summaries:
                    yield Unread("release", instance.id, NO_SUMMARY)
        yield from self._gaps_of_fleet(whole)

    def _gaps_of(self, cluster: Cluster) -> Iterator[Unread]:
        key = cluster.key
        if not is_cluster_id(cluster.id):
            yield Unread("cluster", key, "its id is no ARM id, so nothing more can be read of it")
        if key not in self._rows.connected and self._rows.was_read(Query.CLUSTERS):
            yield Unread("connected cluster", key, NO_CONNECTED)
        if key not in self._rows.states:
            if self._rows.was_read(Query.STATES):
                yield Unread("cluster state", key, NO_STATE)
        elif key not in self._rows.profiles and self._rows.was_read(Query.PROFILES):
            yield Unread("upgrade profile", key, NO_PROFILE)

    def _gaps_of_fleet(self, whole: Inventory) -> Iterator[Unread]:
        foreign = sum(state.is_foreign for state in self._rows.states.values())
        if foreign:
            yield Unread("other platforms", "", f"clusters left out because they do not run on Azure Local: {foreign}")
        if not whole.clusters:
            seen = f"{len(self._rows.subscriptions)} subscriptions"
            yield Unread("clusters", "", f"no AKS Arc cluster is visible in {seen}; Reader on their groups shows them")
        if self._rows.was_read(Query.SUBSCRIPTIONS):
            for one in self._wanted:
                if one not in self._rows.subscriptions:
                    yield Unread("subscription", one, NO_SUBSCRIPTION)
