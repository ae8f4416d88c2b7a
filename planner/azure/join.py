"""Rows of six queries joined into one inventory.

Outer joins throughout: a cluster without its other half is shown with what is known of it, never dropped and never
taken as fine (PR14).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from planner.azure import graph_rows as rows
from planner.azure.credentials import Account
from planner.azure.decode import ClusterState
from planner.azure.gathered import Gathered, in_order
from planner.azure.graph_rows import Connected, Location
from planner.azure.queries import Query
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
_PARTS: Final = (Query.CLUSTERS, Query.STATES, Query.PROFILES)


class Join:
    """Makes inventories of what was gathered. Only clusters with something new are made again, so that this can be
    done while rows still arrive."""

    def __init__(self, gathered: Gathered, kind: SourceKind, account: Account, wanted: Sequence[str]) -> None:
        self._rows = gathered
        self._kind = kind
        self._account = account
        self._wanted = tuple(one.casefold() for one in wanted)
        self._made: dict[str, Cluster] = {}
        self._lacking: dict[Query, set[str]] = {query: set() for query in _PARTS}
        """Keys of clusters without a part, by the query that would have brought it."""
        self._reasons: dict[Query, str | None] = {}

    def partial(self) -> Inventory:
        """The fleet as far as it was read, without its gaps: what is missing may still come."""
        self.keep_up()
        return self._inventory(tuple(self._made.values()), (), None)

    def complete(self) -> Inventory:
        """The whole fleet in the order of ids, with every gap told."""
        self.keep_up()
        clusters = tuple(self._made[key] for key in sorted(self._made))
        whole = self._inventory(clusters, (), len(clusters) + self._rows.rows_missing)
        return replace(whole, unread=in_order(self._gaps(whole)))

    def _inventory(self, clusters: tuple[Cluster, ...], unread: tuple[Unread, ...], expected: int | None) -> Inventory:
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

    def keep_up(self) -> None:
        """Make the clusters that have something new, or of which it is known only now why they lack a part.

        Called after every few rows, this leaves little to do when an inventory is asked for.
        """
        due = self._rows.touched
        for query in _PARTS:
            reason = self._rows.why_missing(query, "")
            if reason != self._reasons.get(query):
                self._reasons[query] = reason
                due |= self._lacking[query]
        no_state, no_profile = self._missing(Query.STATES, NO_STATE), self._missing(Query.PROFILES, NO_PROFILE)
        for key in due:
            self._make_one(key, no_state, no_profile)
        due.clear()

    def _make_one(self, key: str, no_state: Unknown, no_profile: Unknown) -> None:
        connected = self._rows.connected.get(key)
        state, profile = self._rows.states.get(key), self._rows.profiles.get(key)
        for query, part in zip(_PARTS, (connected, state, profile), strict=True):
            (self._lacking[query].discard if part is not None else self._lacking[query].add)(key)
        if state is not None and state.is_foreign:
            self._made.pop(key, None)
            return
        if connected is None and state is not None:
            reason = self._rows.why_missing(Query.CLUSTERS, NO_CONNECTED)
            connected = rows.orphan(self._rows.spelling[key], reason) if reason is not None else None
        if connected is not None and (state is not None or connected.is_provisioned):
            self._made[key] = _cluster(connected, state, profile, no_state, no_profile)

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
        """Each gap, with the right that would fill it; a failed query is one gap, not one a row."""
        yield from self._rows.unread
        yield from self._gaps_of_clusters()
        for location in whole.locations:
            if isinstance(location.instance, Unknown) and self._rows.was_read(Query.PLATFORM):
                yield Unread("instance", location.id, location.instance.reason)
            if isinstance(location.offered, Unknown) and location.offered not in (NOT_YET, LIST_LATER):
                yield Unread("version list", location.id, location.offered.reason)
        if self._rows.was_read(Query.RELEASES):
            for key in self._rows.hosts.keys() - self._rows.summaries.keys():
                yield Unread("release", key, NO_SUMMARY)
        yield from self._gaps_of_fleet(whole)

    def _gaps_of_clusters(self) -> Iterator[Unread]:
        shown = self._made.keys()
        if self._rows.was_read(Query.CLUSTERS):
            yield from (Unread("connected cluster", key, NO_CONNECTED) for key in shown - self._rows.connected.keys())
        if self._rows.was_read(Query.STATES):
            yield from (Unread("cluster state", key, NO_STATE) for key in shown - self._rows.states.keys())
        if self._rows.was_read(Query.PROFILES):
            lacking = (shown & self._rows.states.keys()) - self._rows.profiles.keys()
            yield from (Unread("upgrade profile", key, NO_PROFILE) for key in lacking)

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


def _cluster(
    own: Connected,
    state: ClusterState | None,
    profile: Observed[tuple[Upgrade, ...]] | None,
    no_state: Unknown,
    no_profile: Unknown,
) -> Cluster:
    return Cluster(
        id=own.id,
        name=own.name,
        resource_group=own.resource_group,
        subscription=own.subscription,
        location=own.location,
        tags=own.tags,
        custom_location=state.custom_location if state else no_state,
        version=state.version if state else no_state,
        provisioning_state=state.provisioning_state if state else no_state,
        current_state=state.current_state if state else no_state,
        connectivity=own.connectivity,
        last_contact=own.last_contact,
        upgrades=profile if profile is not None else no_profile,
        pools=state.pools if state else POOLS_LATER,
        control_plane_count=state.control_plane_count if state else no_state,
        addons=state.addons if state else (),
        error=state.error if state else None,
        created_at=state.created_at if state else None,
        modified_at=state.modified_at if state else None,
        modified_by=state.modified_by if state else None,
    )
