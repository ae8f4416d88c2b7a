"""Resource Graph over https: tables, filters, pages, gaps."""

from __future__ import annotations

import pytest

from planner.emulator.fleet import bundled
from planner.emulator.generate import generated_world
from planner.emulator.server import Emulator
from planner.emulator.world import Fault, World
from tests.emulator.conftest import GRAPH, Client, client_of, recorded, shape

CLUSTERS = (
    "resources | where type =~ 'microsoft.kubernetes/connectedclusters' "
    "| project id, name, type, kind, location, subscriptionId, resourceGroup, properties | order by id asc"
)
STATES = """
    extensibilityresources
    | where type in~ ('Microsoft.HybridContainerService/provisionedClusterInstances',
        'microsoft.hybridcontainerservice/provisionedclusterinstances/upgradeprofiles')
    | project id, type, extendedLocation, properties | order by id asc"""


async def test_rows_and_envelope_have_the_known_keys_and_types(client: Client) -> None:
    reply = await client.query(CLUSTERS, options={"$top": 1})
    assert shape(reply.body) == shape(recorded("arg-response-page1"))


async def test_ids_are_lower_cased_and_in_order(client: Client, world: World) -> None:
    reply = await client.query(CLUSTERS)
    ids = [row["id"] for row in reply.body["data"]]
    assert ids == sorted(cluster.id.lower() for cluster in world.clusters)
    assert {row["resourceGroup"] for row in reply.body["data"]} == {"rg-plant12", "rg-depot07", "rg-oldlab"}
    assert "$skipToken" not in reply.body


async def test_a_filter_takes_several_types_whatever_their_casing(client: Client, world: World) -> None:
    reply = await client.query(STATES)
    kinds = [row["type"].rpartition("/")[2] for row in reply.body["data"]]
    assert sorted(kinds) == ["provisionedclusterinstances"] * 3 + ["upgradeprofiles"] * 3
    instance = next(row for row in reply.body["data"] if "mes-prod" in row["id"])
    assert instance["extendedLocation"]["name"] == world.instance("plant12").location_id
    assert "linuxProfile" not in instance["properties"]


async def test_releases_appliances_locations_and_subscriptions(client: Client, world: World) -> None:
    releases = await client.query(
        "extensibilityresources | where type =~ 'microsoft.azurestackhci/clusters/updatesummaries'"
        " | project id, build = properties.currentVersion, properties.state | order by id asc"
    )
    assert [row["build"] for row in releases.body["data"]] == [
        "11.2510.1002.93",
        "10.2411.0.24",
        "12.2604.1003.1006",
    ]
    assert releases.body["data"][0]["properties_state"] == "AppliedSuccessfully"
    locations = await client.query(
        "resources | where type =~ 'microsoft.extendedlocation/customlocations' | project id, properties"
    )
    hosts = {row["properties"]["hostResourceId"] for row in locations.body["data"]}
    assert hosts == {instance.appliance_id for instance in world.instances}
    owners = await client.query(
        "resourcecontainers | where type =~ 'microsoft.resources/subscriptions' | project subscriptionId, name"
    )
    assert owners.body["data"] == [{"subscriptionId": world.subscriptions[0].id, "name": "Fabrikam production"}]


async def test_pages_end_without_a_token_and_lose_nothing() -> None:
    fleet = generated_world(clusters=2345, instances=5)
    async with Emulator(fleet, quota=False) as emulator, client_of(emulator) as client:
        ids: list[str] = []
        sizes: list[int] = []
        options: dict[str, object] = {"$top": 5000}
        while True:
            reply = await client.query(CLUSTERS, options=options)
            assert reply.body["totalRecords"] == 2345
            assert reply.body["resultTruncated"] == "false"
            ids += [row["id"] for row in reply.body["data"]]
            sizes.append(reply.body["count"])
            if "$skipToken" not in reply.body:
                break
            options = {"$top": 5000, "$skipToken": reply.body["$skipToken"]}
    assert sizes == [1000, 1000, 345]
    assert len(set(ids)) == 2345


async def test_without_the_id_column_there_is_no_next_page(client: Client) -> None:
    reply = await client.query("resources | project name", options={"$top": 2})
    assert "$skipToken" not in reply.body
    assert (reply.body["count"], reply.body["resultTruncated"]) == (2, "true")


async def test_a_token_belongs_to_its_query(client: Client) -> None:
    token = (await client.query("resources | project id", options={"$top": 1})).body["$skipToken"]
    reply = await client.query(CLUSTERS, options={"$top": 1, "$skipToken": token})
    assert reply.status == 400
    assert [row["code"] for row in reply.body["error"]["details"]] == ["InvalidQuery", "InvalidSkipToken"]


async def test_subscriptions_bound_a_query(client: Client, world: World) -> None:
    own = await client.query(CLUSTERS, subscriptions=[world.subscriptions[0].id.upper()])
    none = await client.query(CLUSTERS, subscriptions=["00000000-0000-0000-0000-000000000000"])
    assert (own.body["count"], none.body["count"]) == (3, 0)


async def test_a_join_is_refused_as_resource_graph_does(client: Client) -> None:
    query = CLUSTERS + " | join kind=leftouter (extensibilityresources | project id) on id"
    reply = await client.query(query)
    assert (reply.status, reply.code) == (400, "BadRequest")
    assert "was referenced as right table 2 times" in reply.body["error"]["details"][1]["message"]


@pytest.mark.parametrize(
    "query",
    [
        "let x = 1; resources",
        "resources | summarize count() by type",
        "resources | where type has 'x'",
        "resources | project id; drop",
        "nowhere | project id",
        "",
    ],
)
async def test_what_goes_beyond_is_a_bad_request(client: Client, query: str) -> None:
    assert (await client.query(query)).status == 400


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"query": 7}', b'{"query": "resources", "options": [1]}'])
async def test_a_body_that_is_no_query_is_a_bad_request(client: Client, body: bytes) -> None:
    reply = await client.ask("POST", GRAPH, "2021-03-01", data=body)
    assert (reply.status, reply.code) == (400, "BadRequest")


async def test_rows_can_be_missing_stale_or_double(client: Client, world: World) -> None:
    world.cluster("mes-prod").graph_version = "1.30.14"
    world.cluster("scada").faults.append(Fault.parse("graph:instance"))
    world.cluster("bench").faults.append(Fault.parse("graph:duplicate"))
    clusters = (await client.query(CLUSTERS)).body
    names = [row["name"] for row in clusters["data"]]
    assert sorted(names) == ["bench", "bench", "mes-prod", "scada"]
    assert clusters["totalRecords"] == 4
    states = (await client.query(STATES)).body["data"]
    assert not [row for row in states if "scada" in row["id"]]
    stale = next(row for row in states if "mes-prod" in row["id"] and row["id"].endswith("instances/default"))
    assert stale["properties"]["kubernetesVersion"] == "1.30.14"
    profile = next(row for row in states if "mes-prod" in row["id"] and "upgradeprofiles" in row["id"])
    assert profile["properties"]["controlPlaneProfile"]["kubernetesVersion"] == "1.30.14"


async def test_a_cluster_can_be_absent_from_the_graph(client: Client, world: World) -> None:
    world.cluster("scada").faults.append(Fault.parse("graph:all"))
    assert (await client.query(CLUSTERS)).body["totalRecords"] == 2


async def test_the_graph_as_a_whole_can_fail(client: Client, world: World) -> None:
    world.faults.append(Fault.parse("query:503!"))
    assert [(await client.query(CLUSTERS)).status for _ in range(2)] == [503, 200]


async def test_the_demo_hides_the_unreadable_cluster_but_counts_it() -> None:
    async with Emulator(bundled("demo")) as emulator, client_of(emulator) as client:
        clusters = (await client.query(CLUSTERS)).body
        states = (await client.query(STATES)).body
    assert "vault" in [row["name"] for row in clusters["data"]]
    assert clusters["totalRecords"] == 44
    assert states["totalRecords"] == 2 * 43
