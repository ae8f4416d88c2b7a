"""Rows into a fleet: outer joins, odd casing, copies, and every gap told."""

from __future__ import annotations

import random
from typing import Any

from planner.azure.credentials import Account
from planner.azure.gathered import Gathered
from planner.azure.join import NOT_YET, Join
from planner.azure.queries import Query
from planner.inventory import Inventory, Known, SourceKind, Unknown, Unread, Upgrade, value_of
from planner.version import Build
from tests.builders import AS_OF, SUBSCRIPTION, arm, version

CLUSTER = arm("Microsoft.Kubernetes/connectedClusters", "Mes-Prod", "RG-Line")
LOCATION = arm("Microsoft.ExtendedLocation/customLocations", "cl-plant12", "rg-plant12")
BRIDGE = arm("Microsoft.ResourceConnector/appliances", "plant12-bridge", "RG-Plant12")
HOST = arm("Microsoft.AzureStackHCI/clusters", "plant12", "rg-plant12")
STATE = "/providers/Microsoft.HybridContainerService/ProvisionedClusterInstances/default"
Row = dict[str, Any]


def connected(own: str = CLUSTER, kind: str | None = "ProvisionedCluster", **more: Any) -> Row:
    name = own.rpartition("/")[2]
    return {"id": own, "name": name, "kind": kind, "properties": {"connectivityStatus": "Connected"}, **more}


def state(own: str = CLUSTER, **properties: Any) -> Row:
    found = {"kubernetesVersion": "1.31.10", "provisioningState": "Succeeded", **properties}
    return {"id": own + STATE, "extendedLocation": {"name": LOCATION}, "properties": found}


def profile(own: str = CLUSTER, *targets: str) -> Row:
    upgrades = [{"kubernetesVersion": target} for target in targets]
    properties = {"controlPlaneProfile": {"upgrades": upgrades}}
    return {"id": f"{own}{STATE}/upgradeProfiles/default", "properties": properties}


def platform() -> list[Row]:
    return [
        {"id": LOCATION.upper(), "name": "cl-plant12", "properties": {"hostResourceId": BRIDGE}},
        {"id": BRIDGE, "name": "plant12-bridge", "properties": {"status": "Offline"}},
        {"id": HOST, "name": "plant12", "properties": {"connectivityStatus": "Connected"}},
    ]


def summary(current: Any = "12.2510.1002.531", own: str = HOST) -> Row:
    return {
        "id": f"{own}/updateSummaries/default",
        "properties": {"currentVersion": current, "state": "UpdateAvailable"},
    }


def subscription(**more: Any) -> Row:
    return {"id": f"/subscriptions/{SUBSCRIPTION}", "name": "Plant", "properties": {"state": "Warned"}, **more}


WHOLE: dict[Query, list[Row]] = {
    Query.CLUSTERS: [connected()],
    Query.STATES: [state()],
    Query.PROFILES: [profile(CLUSTER, "1.31.13")],
    Query.PLATFORM: platform(),
    Query.RELEASES: [summary()],
    Query.SUBSCRIPTIONS: [subscription(tenantId="t-1")],
}


def gather(changes: dict[Query, list[Row]] | None = None, *, without: frozenset[Query] = frozenset()) -> Gathered:
    gathered = Gathered(AS_OF)
    for query, found in {**WHOLE, **(changes or {})}.items():
        if query in without:
            continue
        gathered.add(query, found)
        gathered.finish(query, 0, "")
    return gathered


def joined(gathered: Gathered, wanted: tuple[str, ...] = ()) -> Inventory:
    return Join(gathered, SourceKind.LIVE, Account("ann@example.com"), wanted).complete()


def gaps(inventory: Inventory) -> list[tuple[str, str]]:
    return [(gap.what, gap.subject) for gap in inventory.unread]


def test_a_cluster_is_led_to_its_instance_whatever_the_casing() -> None:
    fleet = joined(
        gather({Query.STATES: [state(CLUSTER.lower())], Query.PROFILES: [profile(CLUSTER.upper(), "1.31.13")]})
    )
    (cluster,) = fleet.clusters
    assert (cluster.id, cluster.name, cluster.resource_group) == (CLUSTER, "Mes-Prod", "RG-Line")
    assert cluster.version == Known(version("1.31.10"), AS_OF, "graph")
    assert cluster.upgrades == Known((Upgrade(version("1.31.13")),), AS_OF, "graph")
    assert cluster.pools == Unknown("not read yet: node pools are read for one cluster at a time")
    instance = fleet.instance_of(cluster)
    assert instance is not None
    assert (instance.name, instance.subscription) == ("plant12", SUBSCRIPTION)
    assert instance.build == Known(Build.parse("12.2510.1002.531"), AS_OF, "graph")
    location = fleet.location_of(cluster)
    assert location is not None
    assert location.bridge_status == Known("Offline", AS_OF, "graph")
    assert [(one.name, value_of(one.state)) for one in fleet.subscriptions] == [("Plant", "Warned")]
    assert (fleet.tenant, fleet.account, fleet.expected, fleet.unread) == ("t-1", "ann@example.com", 1, ())


def test_order_copies_and_casing_of_rows_do_not_matter() -> None:
    others = [connected(CLUSTER.replace("Mes-Prod", f"c{number}")) for number in range(20)]
    states = [state(row["id"]) for row in others]
    first = joined(gather({Query.CLUSTERS: [connected(), *others], Query.STATES: [state(), *states]}))
    shuffled = [connected(), *others, *others[:3]]
    random.Random(1).shuffle(shuffled)
    second = joined(gather({Query.CLUSTERS: shuffled, Query.STATES: [*reversed(states), state()]}))
    assert first == second
    assert len(first.clusters) == 21


def test_an_aks_arc_cluster_without_a_readable_state_stays_and_is_unknown() -> None:
    fleet = joined(gather({Query.STATES: [], Query.PROFILES: []}))
    (cluster,) = fleet.clusters
    assert isinstance(cluster.version, Unknown)
    assert "provisionedClusterInstances/read" in cluster.version.reason
    assert ("cluster state", cluster.key) in gaps(fleet)


def test_other_connected_clusters_are_no_rows() -> None:
    legacy = connected(CLUSTER.replace("Mes-Prod", "legacy"), kind=None)
    fleet = joined(gather({Query.CLUSTERS: [connected(), legacy]}))
    assert [cluster.name for cluster in fleet.clusters] == ["Mes-Prod"]


def test_a_state_makes_a_cluster_of_any_kind() -> None:
    fleet = joined(gather({Query.CLUSTERS: [connected(kind="")]}))
    assert [cluster.name for cluster in fleet.clusters] == ["Mes-Prod"]


def test_a_state_without_its_connected_cluster_stays() -> None:
    fleet = joined(gather({Query.CLUSTERS: []}))
    (cluster,) = fleet.clusters
    assert (cluster.name, cluster.version) == ("Mes-Prod", Known(version("1.31.10"), AS_OF, "graph"))
    assert isinstance(cluster.connectivity, Unknown)
    assert gaps(fleet) == [("connected cluster", cluster.key)]


def test_a_missing_profile_is_a_gap_and_not_an_empty_list() -> None:
    fleet = joined(gather({Query.PROFILES: []}))
    assert isinstance(fleet.clusters[0].upgrades, Unknown)
    assert gaps(fleet) == [("upgrade profile", fleet.clusters[0].key)]


def test_no_instance_or_two_in_the_group_of_the_bridge_is_unknown() -> None:
    location, bridge, host = platform()
    none = joined(gather({Query.PLATFORM: [location, bridge], Query.RELEASES: []}))
    assert "Microsoft.AzureStackHCI/clusters/read" in reason(none)
    other = {**host, "id": arm("Microsoft.AzureStackHCI/clusters", "second", "RG-PLANT12")}
    two = joined(gather({Query.PLATFORM: [location, bridge, host, other]}))
    assert reason(two) == "2 Azure Local instances share the resource group of its resource bridge"
    assert ("instance", LOCATION.casefold()) in gaps(two)


def reason(fleet: Inventory) -> str:
    (location,) = fleet.locations
    assert isinstance(location.instance, Unknown)
    return location.instance.reason


def test_a_custom_location_nobody_may_see_is_named() -> None:
    fleet = joined(gather({Query.PLATFORM: platform()[1:]}))
    (location,) = fleet.locations
    assert location.name == "cl-plant12"
    assert "Microsoft.ExtendedLocation/customLocations/read" in reason(fleet)


def test_an_instance_without_a_summary_has_an_unknown_release() -> None:
    fleet = joined(gather({Query.RELEASES: []}))
    assert isinstance(fleet.instances[0].build, Unknown)
    assert gaps(fleet) == [("release", HOST.casefold())]


def test_clusters_of_other_platforms_are_left_out_and_counted() -> None:
    network = arm("Microsoft.HybridContainerService/virtualNetworks", "v")
    foreign = state(cloudProviderProfile={"infraNetworkProfile": {"vnetSubnetIds": [network]}})
    fleet = joined(gather({Query.STATES: [foreign]}))
    assert fleet.clusters == ()
    assert fleet.unread[-1] == Unread(
        "other platforms", "", "clusters left out because they do not run on Azure Local: 1"
    )


def test_a_failed_query_is_one_gap_with_its_reason() -> None:
    gathered = gather(without=frozenset({Query.STATES, Query.PROFILES, Query.RELEASES}))
    for query in (Query.STATES, Query.PROFILES, Query.RELEASES):
        gathered.fail(query, 0, "Azure failed (HTTP 500).")
    fleet = joined(gathered)
    assert fleet.clusters[0].version == Unknown("Azure failed (HTTP 500).")
    assert gaps(fleet) == [("cluster states", ""), ("releases", ""), ("upgrade profiles", "")]


def test_rows_azure_counted_and_did_not_send_are_expected() -> None:
    gathered = gather(without=frozenset({Query.CLUSTERS}))
    gathered.add(Query.CLUSTERS, [connected()])
    gathered.finish(Query.CLUSTERS, 188, "Azure counts 189 rows; 188 of them did not come")
    fleet = joined(gathered)
    assert (len(fleet.clusters), fleet.expected) == (1, 189)
    assert gaps(fleet) == [("clusters", "")]


def test_a_row_without_an_id_is_a_gap() -> None:
    assert gaps(joined(gather({Query.CLUSTERS: [connected(), {"id": None}, {}]}))) == [("clusters", "")]


def test_a_fleet_without_a_cluster_is_a_gap_too() -> None:
    fleet = joined(gather({Query.CLUSTERS: [], Query.STATES: [], Query.PROFILES: []}))
    assert gaps(fleet) == [("clusters", "")]


def test_a_subscription_asked_for_and_not_seen_is_a_gap() -> None:
    other = SUBSCRIPTION.replace("1", "2")
    assert gaps(joined(gather(), (SUBSCRIPTION.upper(), other))) == [("subscription", other)]


def test_the_subscription_of_a_cluster_that_is_not_listed_is_unknown() -> None:
    (found,) = joined(gather({Query.SUBSCRIPTIONS: []})).subscriptions
    assert isinstance(found.state, Unknown)
    assert found.first_seen is None


def test_a_cluster_whose_id_is_none_is_shown_and_never_asked_about() -> None:
    hostile = CLUSTER + "#/x"
    fleet = joined(gather({Query.CLUSTERS: [connected(hostile)], Query.STATES: [], Query.PROFILES: []}))
    assert fleet.clusters[0].id == hostile
    assert ("cluster", hostile.casefold()) in gaps(fleet)


def test_while_rows_still_arrive_what_is_missing_is_not_read_yet() -> None:
    gathered = Gathered(AS_OF)
    join = Join(gathered, SourceKind.LIVE, Account(), ())
    gathered.add(Query.STATES, [state()])
    assert join.partial().clusters == ()
    gathered.add(Query.CLUSTERS, [connected()])
    (early,) = join.partial().clusters
    assert early.upgrades is NOT_YET
    assert join.partial().clusters[0] is early
    gathered.add(Query.PROFILES, [profile(CLUSTER, "1.31.13")])
    assert value_of(join.partial().clusters[0].upgrades) == (Upgrade(version("1.31.13")),)
    assert (join.partial().unread, join.partial().expected) == ((), None)


def test_once_a_query_ended_the_reason_replaces_not_read_yet() -> None:
    gathered = Gathered(AS_OF)
    join = Join(gathered, SourceKind.LIVE, Account(), ())
    gathered.add(Query.CLUSTERS, [connected()])
    assert join.partial().clusters[0].version is NOT_YET
    gathered.finish(Query.STATES, 0, "")
    version_now = join.partial().clusters[0].version
    assert isinstance(version_now, Unknown)
    assert version_now != NOT_YET
