"""The ARM routes over https, against recorded answers of Azure."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from planner.emulator.server import Emulator
from planner.emulator.world import Pool, World
from tests.emulator.conftest import Client, cluster_path, recorded, shape, versions_path


def make_like_the_recording(world: World) -> str:
    """A cluster with one Linux pool and one control plane node, newest version: what was recorded."""
    cluster = world.cluster("mes-prod")
    cluster.version, cluster.pools, cluster.control_plane = "1.33.5", [Pool("nodepool1", count=1)], 1
    return cluster.name


async def test_a_cluster_has_the_keys_and_types_of_the_recorded_one(client: Client, world: World) -> None:
    reply = await client.get(cluster_path(world, make_like_the_recording(world)))
    assert reply.status == 200
    assert shape(reply.body) == shape(recorded("cluster-get"))


async def test_telemetry_reports_neither_phase_nor_readiness(client: Client, world: World) -> None:
    reply = await client.get(cluster_path(world, "mes-prod"))
    addons = {row["name"]: row for row in reply.body["properties"]["status"]["controlPlaneStatus"]}
    assert addons["Telemetry"] == {"name": "Telemetry"}
    assert addons["ArcAgent"]["ready"] is True


async def test_an_id_comes_back_in_other_casing_than_it_was_asked_for(client: Client, world: World) -> None:
    path = cluster_path(world, "mes-prod").lower()
    reply = await client.get(path)
    assert reply.body["id"] != path
    assert reply.body["id"].casefold() == path
    assert "/ProvisionedClusterInstances/" in reply.body["id"]


async def test_a_list_of_instances_has_one_row_and_no_next_link(client: Client, world: World) -> None:
    reply = await client.get(cluster_path(world, "mes-prod", ""))
    assert set(reply.body) == {"value"}
    assert [row["name"] for row in reply.body["value"]] == ["default"]


async def test_pools_have_the_keys_and_types_of_the_recorded_ones(client: Client, world: World) -> None:
    name = make_like_the_recording(world)
    reply = await client.get(cluster_path(world, name, "/default/agentPools"))
    assert shape(reply.body) == shape(recorded("agentpools-list"))


async def test_pools_in_the_middle_of_an_upgrade_tell_two_versions(client: Client, world: World) -> None:
    world.cluster("mes-prod").pools = [
        Pool("nodepool1", ready={"1.31.12": 2, "1.32.8": 1}, provisioning_state="Upgrading", current_state="Upgrading")
    ]
    reply = await client.get(cluster_path(world, "mes-prod", "/default/agentPools"))
    assert shape(reply.body) == shape(recorded("agentpools-list-mid-upgrade"))
    replicas = reply.body["value"][0]["properties"]["status"]["readyReplicas"]
    assert [(row["count"], row["kubernetesVersion"]) for row in replicas] == [(2, "1.31.12"), (1, "1.32.8")]


async def test_one_pool_by_name_and_none_by_another(client: Client, world: World) -> None:
    found = await client.get(cluster_path(world, "scada", "/default/agentPools/WIN1"))
    assert (found.body["name"], found.body["properties"]["osSKU"]) == ("win1", "Windows2019")
    gone = await client.get(cluster_path(world, "scada", "/default/agentPools/win9"))
    assert (gone.status, gone.code) == (404, "ResourceNotFound")


async def test_a_profile_of_the_newest_version_is_empty_as_recorded(client: Client, world: World) -> None:
    name = make_like_the_recording(world)
    reply = await client.get(cluster_path(world, name, "/default/upgradeProfiles/default"))
    assert shape(reply.body) == shape(recorded("upgradeprofile-get-none"))


@pytest.mark.parametrize(
    ("running", "targets"),
    [
        ("1.31.12", ["1.31.13", "1.32.8", "1.32.9"]),
        ("1.31.9", ["1.31.12", "1.31.13", "1.32.8", "1.32.9"]),
        ("1.30.14", ["1.31.12", "1.31.13"]),
        ("1.29.4", ["1.31.12", "1.31.13"]),
        ("1.33.5", []),
    ],
)
async def test_a_profile_offers_what_the_list_allows(
    client: Client, world: World, running: str, targets: list[str]
) -> None:
    world.cluster("mes-prod").version = running
    reply = await client.get(cluster_path(world, "mes-prod", "/default/upgradeProfiles/default"))
    upgrades = reply.body["properties"]["controlPlaneProfile"]["upgrades"]
    assert upgrades == [{"kubernetesVersion": text} for text in targets]


async def test_only_a_preview_is_marked_in_a_profile(client: Client, world: World) -> None:
    world.instance("plant12").previews = frozenset({"1.32"})
    reply = await client.get(cluster_path(world, "mes-prod", "/default/upgradeProfiles/default"))
    marks = [row.get("isPreview") for row in reply.body["properties"]["controlPlaneProfile"]["upgrades"]]
    assert marks == [None, True, True]


async def test_a_version_list_equals_the_recorded_one(client: Client, world: World) -> None:
    known = recorded("kubernetesversions-get")
    minors = known["properties"]["values"]
    world.instance("plant12").offers = tuple(patch for minor in minors for patch in minor["patchVersions"])
    reply = await client.get(versions_path(world, "plant12"))
    assert reply.body["properties"] == known["properties"]
    assert shape({**reply.body, "properties": None}) == shape({**known, "properties": None})


async def test_versions_are_sorted_as_text(client: Client, world: World) -> None:
    reply = await client.get(versions_path(world, "depot07"))
    patches = [list(minor["patchVersions"]) for minor in reply.body["properties"]["values"]]
    assert patches == [["1.30.13", "1.30.14"], ["1.31.10", "1.31.9"], ["1.32.5", "1.32.6"]]
    assert reply.body["properties"]["values"][0]["patchVersions"]["1.30.14"]["upgrades"] == ["1.31.10", "1.31.9"]


async def test_readiness_follows_the_windows_feature(client: Client, world: World) -> None:
    def rows(body: dict) -> dict[str, bool]:
        found = next(iter(body["properties"]["values"][0]["patchVersions"].values()))["readiness"]
        return {row["osSku"]: row["ready"] for row in found}

    on = await client.get(versions_path(world, "depot07"))
    off = await client.get(versions_path(world, "plant12"))
    assert rows(on.body) == {"CBLMariner": True, "Windows2019": True, "Windows2022": True}
    assert rows(off.body) == {"CBLMariner": True, "Windows2019": False, "Windows2022": False}


async def test_a_list_nobody_made_is_not_found_while_profiles_work(client: Client, world: World) -> None:
    missing = await client.get(versions_path(world, "oldlab"))
    assert (missing.status, missing.code) == (404, "ResourceNotFound")
    assert (await client.get(versions_path(world, "oldlab", ""))).body == {"value": []}
    profile = await client.get(cluster_path(world, "bench", "/default/upgradeProfiles/default"))
    offered = [row["kubernetesVersion"] for row in profile.body["properties"]["controlPlaneProfile"]["upgrades"]]
    assert offered == ["1.29.2", "1.29.4"]


async def test_cached_documents_are_minutes_old(client: Client, world: World) -> None:
    for path in (cluster_path(world, "mes-prod", "/default/upgradeProfiles/default"), versions_path(world, "plant12")):
        pushed = (await client.get(path)).body["systemData"]["lastModifiedAt"]
        age = world.as_of - datetime.fromisoformat(pushed[:26] + "+00:00")
        assert timedelta(minutes=1) < age < timedelta(minutes=10)


async def test_an_etag_changes_with_the_content_and_not_with_time(client: Client, world: World) -> None:
    path = cluster_path(world, "mes-prod")
    first, second = await client.get(path), await client.get(path)
    world.cluster("mes-prod").version = "1.31.13"
    third = await client.get(path)
    assert first.headers["ETag"] == second.headers["ETag"] != third.headers["ETag"]


async def test_headers_are_those_azure_sends(client: Client, world: World) -> None:
    reply = await client.get(cluster_path(world, "mes-prod"))
    assert {name.lower() for name in recorded("response-headers-get")} <= {name.lower() for name in reply.headers}
    assert reply.headers["x-ms-ratelimit-remaining-subscription-reads"] == "249"
    assert reply.headers["x-ms-ratelimit-remaining-subscription-global-reads"] == "3749"


async def test_subscriptions_alone_and_as_a_list(client: Client, world: World) -> None:
    known = world.subscriptions[0]
    known.state = "Disabled"
    listed = await client.get("/subscriptions", version="2022-12-01")
    alone = await client.get(f"/subscriptions/{known.id}", version="2022-12-01")
    assert listed.body["value"] == [alone.body]
    assert (alone.body["subscriptionId"], alone.body["state"]) == (known.id, "Disabled")
    other = await client.get("/subscriptions/00000000-0000-0000-0000-000000000000", version="2022-12-01")
    assert (other.status, other.code) == (404, "SubscriptionNotFound")


async def test_a_connected_cluster_keeps_its_tags(client: Client, world: World) -> None:
    reply = await client.get(world.cluster("mes-prod").id)
    assert reply.body["kind"] == "ProvisionedCluster"
    assert reply.body["tags"]["owner"] == "[bold red]MES[/] team"


@pytest.mark.parametrize("prefix", ["/", "//"])
async def test_double_slashes_are_accepted(client: Client, world: World, prefix: str) -> None:
    path = prefix + cluster_path(world, "mes-prod").lstrip("/").replace("/providers/", "//providers/", 1)
    assert (await client.get(path)).status == 200


async def test_what_does_not_exist_is_named(client: Client, world: World) -> None:
    path = cluster_path(world, "mes-prod")
    unknown = await client.get(path.replace("mes-prod", "nobody"))
    group = await client.get(path.replace("RG-Plant12", "rg-nowhere"))
    kind = await client.get("/providers/Microsoft.Nothing/things")
    assert [(r.status, r.code) for r in (unknown, group, kind)] == [
        (404, "ResourceNotFound"),
        (404, "ResourceGroupNotFound"),
        (404, "InvalidResourceType"),
    ]
    assert "Microsoft.Kubernetes/connectedClusters/nobody" in unknown.body["error"]["message"]


async def test_an_api_version_is_required(client: Client, world: World) -> None:
    reply = await client.get(cluster_path(world, "mes-prod"), version=None)
    assert (reply.status, reply.code) == (400, "MissingApiVersionParameter")


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer "}])
async def test_without_a_bearer_token_nothing_is_told(client: Client, world: World, headers: dict[str, str]) -> None:
    reply = await client.get(cluster_path(world, "mes-prod"), headers=headers)
    assert (reply.status, reply.code) == (401, "AuthenticationFailed")
    assert reply.headers["WWW-Authenticate"].startswith("Bearer ")
    assert "claims" not in reply.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("PATCH", "/default"),
        ("DELETE", "/default"),
        ("POST", "/default"),
        ("PUT", ""),
        ("PUT", "/default/agentPools/linux1"),
        ("PUT", "/default/upgradeProfiles/default"),
    ],
)
async def test_other_writes_are_refused_and_counted(
    client: Client, emulator: Emulator, world: World, method: str, rest: str
) -> None:
    before = world.cluster("mes-prod").version
    path = cluster_path(world, "mes-prod", rest)
    reply = await client.ask(method, path, json={"properties": {"kubernetesVersion": "x"}})
    assert reply.status == 405
    assert [entry.method for entry in emulator.writes] == [method]
    assert world.cluster("mes-prod").version == before


async def test_nothing_writes_to_a_connected_cluster_or_a_version_list(client: Client, world: World) -> None:
    for path in (world.cluster("mes-prod").id, versions_path(world, "plant12")):
        assert (await client.ask("PUT", path, json={})).status == 405


async def test_a_registration_is_a_write(client: Client, emulator: Emulator, world: World) -> None:
    path = f"/subscriptions/{world.subscriptions[0].id}/providers/Microsoft.HybridContainerService/register"
    assert (await client.ask("POST", path, "2016-02-01")).status == 405
    assert [entry.path for entry in emulator.writes] == [path]


async def test_the_log_tells_what_arrived(client: Client, emulator: Emulator, world: World) -> None:
    await client.get(cluster_path(world, "mes-prod"))
    await client.query("resources | project id")
    await client.get(cluster_path(world, "bench", "/default/nothing"))
    assert [(entry.index, entry.method, entry.status) for entry in emulator.log] == [
        (0, "GET", 200),
        (1, "POST", 200),
        (2, "GET", 404),
    ]
    assert emulator.writes == []
    assert emulator.log[0].at <= emulator.log[2].at
