"""A look of a walk: what is read, that it is of now, and what becomes of it when a part fails."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from planner.azure.reader import AzureSource
from planner.emulator.server import Emulator
from planner.emulator.world import Fault, Pool, World
from planner.inventory import Known, Unknown, value_of
from planner.ports import SourceError, Watcher
from tests.azure.conftest import FakeTime, named, settings_for
from tests.builders import AS_OF, version

LATER = AS_OF + timedelta(minutes=2)


class Hands:
    """The clock of the reader."""

    def __init__(self) -> None:
        self.now = AS_OF


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
async def source(emulator: Emulator, time: FakeTime, hands: Hands) -> AsyncIterator[AzureSource]:
    reader = AzureSource(replace(settings_for(emulator), now=lambda: hands.now), time.pace)
    yield reader
    await reader.close()


async def test_everything_about_the_cluster_is_of_now(
    source: AzureSource, world: World, hands: Hands, emulator: Emulator
) -> None:
    watcher: Watcher = source
    fleet = await watcher.load()
    mes = world.cluster("mes-prod")
    mes.version, mes.connectivity, mes.pools = "1.31.13", "Offline", [Pool("linux1", 5)]
    mes.instance.offers = ("1.31.13", "1.32.8")
    hands.now = LATER
    begun = len(emulator.log)
    seen = await watcher.look(fleet, named(fleet, "mes-prod"), wide=False)
    assert [entry.method for entry in emulator.log[begun:]] == ["GET"] * 5
    cluster = named(seen, "mes-prod")
    assert seen.as_of == LATER
    assert cluster.version == Known(version("1.31.13"), LATER, "arm")
    assert cluster.connectivity == Known("Offline", LATER, "arm")
    assert cluster.last_contact == Known(mes.last_contact, LATER, "arm")
    pools = value_of(cluster.pools)
    assert pools is not None and [pool.count for pool in pools] == [5]
    location = seen.location_of(cluster)
    assert location is not None
    assert [str(one.version) for one in value_of(location.offered) or ()] == ["1.31.13", "1.32.8"]
    assert named(seen, "scada") is named(fleet, "scada")
    assert seen.instances == fleet.instances
    assert emulator.writes == []


async def test_a_wide_look_is_of_now_for_the_instance_and_the_neighbours_too(
    source: AzureSource, world: World, hands: Hands, emulator: Emulator
) -> None:
    fleet = await source.load()
    world.cluster("scada").version = "1.31.12"
    hands.now = LATER
    begun = len(emulator.log)
    seen = await source.look(fleet, named(fleet, "mes-prod"), wide=True)
    methods = [entry.method for entry in emulator.log[begun:]]
    assert (methods.count("POST"), methods.count("GET")) == (6, 3 + 4)
    assert seen.as_of == LATER
    assert named(seen, "scada").version == Known(version("1.31.12"), LATER, "graph")
    assert named(seen, "mes-prod").version == Known(version("1.31.12"), LATER, "arm")
    assert all(isinstance(one.build, Known) and one.build.at == LATER for one in seen.instances)


async def test_a_cluster_that_the_graph_does_not_show_is_looked_at_all_the_same(
    source: AzureSource, world: World, hands: Hands
) -> None:
    fleet = await source.load()
    world.cluster("mes-prod").faults.append(Fault.parse("graph:all"))
    hands.now = LATER
    seen = await source.look(fleet, named(fleet, "mes-prod"), wide=True)
    assert named(seen, "mes-prod").version == Known(version("1.31.12"), LATER, "arm")
    assert [one.key for one in seen.clusters] == sorted(one.key for one in seen.clusters)
    location = seen.location_of(named(seen, "mes-prod"))
    assert location is not None and isinstance(location.offered, Known)


async def test_a_part_that_fails_is_a_gap_and_the_older_fact_keeps_its_age(
    source: AzureSource, world: World, hands: Hands
) -> None:
    fleet = await source.load_all()
    world.cluster("mes-prod").faults.append(Fault.parse("pools:503"))
    world.instance("plant12").faults.append(Fault.parse("versions:403"))
    hands.now = LATER
    seen = await source.look(fleet, named(fleet, "mes-prod"), wide=False)
    cluster = named(seen, "mes-prod")
    assert isinstance(cluster.pools, Known) and cluster.pools.at == AS_OF
    assert [gap.what for gap in seen.unread_of(cluster)] == ["node pools"]
    location = seen.location_of(cluster)
    assert location is not None and isinstance(location.offered, Unknown)
    assert [gap.what for gap in seen.unread if gap.subject == location.id] == ["version list"]
    world.cluster("mes-prod").faults.clear()
    world.instance("plant12").faults.clear()
    again = await source.look(seen, cluster, wide=False)
    assert again.unread_of(cluster) == ()
    assert [gap for gap in again.unread if gap.subject == location.id] == []


async def test_a_contact_that_cannot_be_read_is_a_gap(source: AzureSource, world: World, hands: Hands) -> None:
    fleet = await source.load()
    world.cluster("mes-prod").faults.append(Fault.parse("cluster:403"))
    hands.now = LATER
    seen = await source.look(fleet, named(fleet, "mes-prod"), wide=False)
    cluster = named(seen, "mes-prod")
    assert isinstance(cluster.connectivity, Known) and cluster.connectivity.at == AS_OF
    gaps = {gap.what: gap.reason for gap in seen.unread_of(cluster)}
    assert "needs Microsoft.Kubernetes/connectedClusters/read" in gaps["connected cluster"]
    assert set(gaps) == {"connected cluster", "cluster state"}


@pytest.mark.parametrize(("wide", "fault"), [(False, "503"), (True, "503")])
async def test_azure_out_of_reach_is_an_error(source: AzureSource, world: World, wide: bool, fault: str) -> None:
    fleet = await source.load()
    world.cluster("mes-prod").faults.append(Fault.parse(fault))
    with pytest.raises(SourceError) as told:
        await source.look(fleet, named(fleet, "mes-prod"), wide=wide)
    assert told.value.what == "Azure failed"


async def test_an_overview_that_fails_is_no_wide_look(source: AzureSource, world: World) -> None:
    fleet = await source.load()
    world.faults.append(Fault.parse("query:500"))
    with pytest.raises(SourceError):
        await source.look(fleet, named(fleet, "mes-prod"), wide=True)
    assert await source.look(fleet, named(fleet, "mes-prod"), wide=False)
