"""The real SDK clients against the emulator: what they accept is what Azure would have to send."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.hybridcontainerservice.aio import HybridContainerServiceMgmtClient
from azure.mgmt.resourcegraph.aio import ResourceGraphClient
from azure.mgmt.resourcegraph.models import QueryRequest, QueryRequestOptions

from planner.emulator.server import Emulator
from planner.emulator.world import Fault, World


class Token:
    """A credential that always has a token."""

    async def get_token(self, *_: str, **__: Any) -> AccessToken:
        return AccessToken("anything", int(time.time()) + 3600)

    async def close(self) -> None: ...

    async def __aenter__(self) -> Token:
        return self

    async def __aexit__(self, *_: object) -> None: ...


@asynccontextmanager
async def clusters_client(emulator: Emulator) -> AsyncIterator[HybridContainerServiceMgmtClient]:
    options: dict[str, Any] = {"base_url": emulator.url, "connection_verify": str(emulator.ca_file), "retry_total": 0}
    client = HybridContainerServiceMgmtClient(Token(), "00000000-0000-0000-0000-000000000000", **options)
    async with client:
        yield client


async def test_cluster_profile_and_pools(emulator: Emulator, world: World) -> None:
    scope = world.cluster("scada").id
    async with clusters_client(emulator) as client:
        cluster = await client.provisioned_cluster_instances.get(scope)
        profile = await client.provisioned_cluster_instances.get_upgrade_profile(scope)
        listed = [row async for row in client.provisioned_cluster_instances.list(scope)]
        pools = [row async for row in client.agent_pool.list_by_provisioned_cluster(scope)]
        pool = await client.agent_pool.get(scope, "win1")
    assert cluster.properties.kubernetes_version == "1.30.13"
    assert [row.name for row in listed] == ["default"]
    upgrades = profile.properties.control_plane_profile.upgrades
    assert [row.kubernetes_version for row in upgrades] == ["1.30.14", "1.31.10", "1.31.9"]
    assert upgrades[0].is_preview is None
    assert [(row.name, row.properties.os_sku) for row in pools] == [("linux1", "CBLMariner"), ("win1", "Windows2019")]
    assert pools[0].properties.kubernetes_version is None
    assert pool.properties.status.ready_replicas[0].kubernetes_version == "1.30.13"
    assert emulator.writes == []


async def test_ids_without_a_leading_slash_and_double_slashes(emulator: Emulator, world: World) -> None:
    scope = world.cluster("scada").id
    async with clusters_client(emulator) as client:
        for spelled in (scope, scope.lstrip("/"), "/" + scope, scope.upper()):
            assert (await client.provisioned_cluster_instances.get(spelled)).name == "default"


async def test_versions_of_a_custom_location(emulator: Emulator, world: World) -> None:
    async with clusters_client(emulator) as client:
        found = await client.get_kubernetes_versions(world.instance("depot07").location_id)
        with pytest.raises(ResourceNotFoundError) as missing:
            await client.get_kubernetes_versions(world.instance("oldlab").location_id)
    patches = found.properties.values[0].patch_versions
    assert patches["1.30.13"].upgrades == ["1.30.14", "1.31.10", "1.31.9"]
    assert found.properties.values[-1].patch_versions["1.32.6"].upgrades is None
    assert missing.value.error.code == "ResourceNotFound"


async def test_refusals_reach_the_caller_with_their_code(emulator: Emulator, world: World) -> None:
    world.cluster("scada").faults.append(Fault.parse("403"))
    async with clusters_client(emulator) as client:
        with pytest.raises(HttpResponseError) as refused:
            await client.provisioned_cluster_instances.get(world.cluster("scada").id)
    assert (refused.value.status_code, refused.value.error.code) == (403, "AuthorizationFailed")


async def test_a_429_carries_its_wait(emulator: Emulator, world: World) -> None:
    world.cluster("scada").faults.append(Fault.parse("429!"))
    async with clusters_client(emulator) as client:
        with pytest.raises(HttpResponseError) as refused:
            await client.provisioned_cluster_instances.get(world.cluster("scada").id, retry_total=0)
        again = await client.provisioned_cluster_instances.get(world.cluster("scada").id)
    assert refused.value.response is not None
    assert (refused.value.status_code, refused.value.response.headers["Retry-After"]) == (429, "1")
    assert again.name == "default"


async def test_resource_graph_pages(emulator: Emulator, world: World) -> None:
    query = "resources | where type =~ 'microsoft.kubernetes/connectedclusters' | project id, name | order by id asc"
    options: dict[str, Any] = {"base_url": emulator.url, "connection_verify": str(emulator.ca_file)}
    names: list[str] = []
    async with ResourceGraphClient(Token(), **options) as client:
        token = None
        while True:
            request = QueryRequest(query=query, options=QueryRequestOptions(top=2, skip_token=token))
            found = await client.resources(request)
            names += [row["name"] for row in found.data]
            token = found.skip_token
            if token is None:
                break
    assert found.total_records == 3
    assert sorted(names) == ["bench", "mes-prod", "scada"]
    assert emulator.writes == []
