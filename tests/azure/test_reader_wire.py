"""The whole reader on the wire: the emulator stands in for Azure, everything else is real."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from planner.azure.reader import NO_LIST, AzureSource
from planner.emulator.server import Emulator
from planner.emulator.world import Fault, World
from planner.inventory import LISTED, Known, ReadyReplicas, SourceKind, Unknown, Upgrade, value_of
from planner.ports import Progress, SourceError
from tests.azure.conftest import FakeTime, Grow, named, settings_for
from tests.builders import AS_OF, version

RIGHT = "Microsoft.HybridContainerService/provisionedClusterInstances"


@asynccontextmanager
async def closing(source: AzureSource) -> AsyncIterator[AzureSource]:
    try:
        yield source
    finally:
        await source.close()


def fault(world: World, name: str, *texts: str) -> None:
    world.cluster(name).faults.extend(map(Fault.parse, texts))


async def test_the_overview(source: AzureSource, emulator: Emulator) -> None:
    fleet = await source.load()
    assert [cluster.name for cluster in fleet.clusters] == ["scada", "bench", "mes-prod"]
    assert (fleet.source, fleet.as_of, fleet.expected) == (SourceKind.LIVE, AS_OF, 3)
    mes = named(fleet, "mes-prod")
    assert mes.version == Known(version("1.31.12"), AS_OF, "graph")
    assert value_of(mes.upgrades) == tuple(Upgrade(version(text)) for text in ("1.31.13", "1.32.8", "1.32.9"))
    assert isinstance(mes.pools, Known) and mes.pools.source == LISTED
    assert all(not pool.ready for pool in mes.pools.value)
    assert dict(mes.tags) == {"line": "7", "owner": "[bold red]MES[/] team"}
    instance = fleet.instance_of(mes)
    assert instance is not None
    assert str(value_of(instance.build)) == "12.2604.1003.1006"
    location = fleet.location_of(mes)
    assert location is not None
    offered = location.offered
    assert isinstance(offered, Known)
    assert offered.source == "versions"
    assert offered.at == emulator.world.as_of - timedelta(minutes=4, seconds=24)
    assert [str(one.version) for one in offered.value] == ["1.31.12", "1.31.13", "1.32.8", "1.32.9", "1.33.4", "1.33.5"]


async def test_a_version_list_nobody_made_is_told_and_not_made(source: AzureSource, emulator: Emulator) -> None:
    fleet = await source.load()
    location = fleet.location_of(named(fleet, "bench"))
    assert location is not None
    assert location.offered == Unknown(NO_LIST)
    assert [(gap.what, gap.subject) for gap in fleet.unread] == [("version list", location.id)]
    assert emulator.writes == []


async def test_the_overview_costs_six_queries_and_one_read_per_custom_location(
    source: AzureSource, emulator: Emulator
) -> None:
    await source.load()
    methods = [entry.method for entry in emulator.log]
    assert (methods.count("POST"), methods.count("GET")) == (6, 3)


async def test_details_of_one_cluster(source: AzureSource, world: World) -> None:
    before = await source.load()
    world.cluster("mes-prod").version = "1.31.13"
    fleet = await source.refresh(before, named(before, "mes-prod"))
    mes = named(fleet, "mes-prod")
    assert mes.version == Known(version("1.31.13"), AS_OF, "arm")
    assert isinstance(mes.upgrades, Known)
    assert mes.upgrades.source == "profile"
    assert mes.upgrades.at == world.as_of - timedelta(minutes=2, seconds=30)
    pools = mes.pools
    assert isinstance(pools, Known)
    assert pools.source == "pools"
    assert [(pool.name, pool.count) for pool in pools.value] == [("linux1", 3), ("linux2", 2)]
    assert pools.value[1].ready == (ReadyReplicas(1, version("1.31.12")), ReadyReplicas(1, version("1.31.13")))
    assert mes.etag
    assert mes.modified_by == "319f651f-7ddb-4fc6-9857-7aef9250bd05"
    assert named(fleet, "scada") is named(before, "scada")


async def test_everything_at_once_equals_one_by_one(source: AzureSource) -> None:
    everything = await source.load_all()
    fleet = await source.load()
    for cluster in fleet.clusters:
        fleet = await source.refresh(fleet, cluster)
    assert everything == fleet
    assert all(isinstance(cluster.pools, Known) for cluster in everything.clusters)


async def test_a_right_that_is_missing_costs_its_own_part_and_is_named(source: AzureSource, world: World) -> None:
    fault(world, "mes-prod", "pools:403")
    fleet = await source.load_all()
    mes = named(fleet, "mes-prod")
    (gap,) = fleet.unread_of(mes)
    assert gap.what == "node pools"
    assert f"needs {RIGHT}/agentPools/read" in gap.reason
    assert "AuthorizationFailed" in gap.reason
    assert "reader@example.com" not in gap.reason
    assert isinstance(mes.pools, Known) and mes.pools.source == LISTED
    assert isinstance(mes.upgrades, Known)
    assert fleet.unread_of(named(fleet, "scada")) == ()


async def test_no_right_at_all_keeps_what_the_graph_told(source: AzureSource, world: World) -> None:
    fault(world, "mes-prod", "403")
    fleet = await source.load_all()
    mes = named(fleet, "mes-prod")
    assert mes.version == Known(version("1.31.12"), AS_OF, "graph")
    assert {gap.what for gap in fleet.unread_of(mes)} == {"cluster state", "upgrade profile", "node pools"}


async def test_a_cluster_that_is_gone_is_not_planned_on(source: AzureSource, world: World) -> None:
    before = await source.load()
    fault(world, "mes-prod", "404")
    fleet = await source.refresh(before, named(before, "mes-prod"))
    assert named(fleet, "mes-prod").version == Unknown("Azure no longer knows it (404); Resource Graph is behind")


async def test_a_gap_is_closed_by_the_next_reading(source: AzureSource, world: World) -> None:
    fault(world, "mes-prod", "graph:instance")
    before = await source.load()
    mes = named(before, "mes-prod")
    assert isinstance(mes.version, Unknown)
    assert [gap.what for gap in before.unread_of(mes)] == ["cluster state"]
    after = await source.refresh(before, mes)
    fresh = named(after, "mes-prod")
    assert fresh.version == Known(version("1.31.12"), AS_OF, "arm")
    assert after.unread_of(fresh) == ()
    location = after.location_of(fresh)
    assert location is not None
    assert isinstance(location.offered, Known)
    assert len(before.clusters) == len(after.clusters) == 3


async def test_a_row_that_comes_twice_is_one_cluster(source: AzureSource, world: World) -> None:
    fault(world, "mes-prod", "graph:duplicate")
    fleet = await source.load()
    assert [cluster.name for cluster in fleet.clusters].count("mes-prod") == 1
    assert fleet.expected == 3


@pytest.mark.parametrize("kind", ["html", "half", "null", "500", "next-self", "next-foreign"])
async def test_a_spoilt_part_costs_that_part(source: AzureSource, world: World, emulator: Emulator, kind: str) -> None:
    fault(world, "mes-prod", f"pools:{kind}")
    fleet = await source.load_all()
    mes = named(fleet, "mes-prod")
    assert mes.version == Known(version("1.31.12"), AS_OF, "arm")
    if kind == "null":
        assert [pool.name for pool in value_of(mes.pools) or ()] == ["(unnamed)", "(unnamed)"]
    else:
        assert isinstance(mes.pools, Known) and mes.pools.source == LISTED
        assert [gap.what for gap in fleet.unread_of(mes)] == ["node pools"]
    assert emulator.writes == []


async def test_a_document_of_nulls_is_unknown_throughout(source: AzureSource, world: World) -> None:
    fault(world, "mes-prod", "null")
    fleet = await source.load_all()
    mes = named(fleet, "mes-prod")
    assert isinstance(mes.version, Unknown)
    assert isinstance(mes.provisioning_state, Unknown)
    assert isinstance(mes.upgrades, Unknown)
    assert fleet.instance_of(mes) is not None


async def test_an_unregistered_subscription_is_told_and_not_registered(
    source: AzureSource, world: World, emulator: Emulator
) -> None:
    world.subscriptions[0].registered = False
    fleet = await source.load_all()
    reasons = {gap.reason for gap in fleet.unread_of(named(fleet, "mes-prod"))}
    assert len(reasons) == 1
    assert "ask an owner to register it" in reasons.pop()
    assert emulator.writes == []


async def test_a_busy_azure_is_waited_for_and_nothing_is_lost(
    source: AzureSource, world: World, time: FakeTime
) -> None:
    for name in ("mes-prod", "scada", "bench"):
        fault(world, name, "429!", "pools:429!")
    heard: list[str] = []
    fleet = await source.load_all(lambda progress: heard.append(progress.what))
    assert all(isinstance(cluster.pools, Known) for cluster in fleet.clusters)
    assert "Azure asks to wait 1 s" in heard
    assert sum(time.slept) >= 1


async def test_a_busy_graph_is_waited_for(source: AzureSource, world: World) -> None:
    world.faults.append(Fault.parse("query:429!"))
    fleet = await source.load()
    assert len(fleet.clusters) == 3


async def test_an_outage_of_one_cluster_is_raised_when_it_is_all_that_was_asked(
    source: AzureSource, world: World
) -> None:
    fleet = await source.load()
    fault(world, "mes-prod", "503")
    with pytest.raises(SourceError) as told:
        await source.refresh(fleet, named(fleet, "mes-prod"))
    assert (told.value.what, told.value.exit_code) == ("Azure failed", 4)


async def test_an_outage_of_one_cluster_is_a_gap_among_many(source: AzureSource, world: World) -> None:
    fault(world, "mes-prod", "503")
    fleet = await source.load_all()
    assert [gap.what for gap in fleet.unread_of(named(fleet, "mes-prod"))] == ["details"]
    assert isinstance(named(fleet, "scada").pools, Known)


async def test_after_a_row_of_failures_the_rest_is_not_tried(grown: Grow, time: FakeTime) -> None:
    emulator = await grown(40, faults=[Fault.parse("503")])
    async with closing(AzureSource(settings_for(emulator), time.pace)) as source:
        fleet = await source.load_all()
    reasons = [gap.reason for gap in fleet.unread if gap.what == "details"]
    assert len(reasons) == 41  # the healthy last one was not tried either
    assert sum("not tried" in reason for reason in reasons) > 20


async def test_a_failing_graph_ends_the_reading(source: AzureSource, world: World) -> None:
    world.faults.append(Fault.parse("query:500"))
    with pytest.raises(SourceError) as told:
        await source.load()
    assert (told.value.what, told.value.exit_code) == ("Azure failed", 4)


async def test_a_portal_page_instead_of_the_graph(source: AzureSource, world: World) -> None:
    world.faults.append(Fault.parse("query:html"))
    with pytest.raises(SourceError) as told:
        await source.load()
    assert told.value.what == "This is not Azure answering"
    assert "<" not in str(told.value)


async def test_half_an_answer_of_the_graph_is_not_quoted(source: AzureSource, world: World) -> None:
    world.faults.append(Fault.parse("query:half"))
    with pytest.raises(SourceError) as told:
        await source.load()
    assert told.value.why == "The answer is not whole JSON."


async def test_rows_arrive_before_the_end(source: AzureSource) -> None:
    heard: list[Progress] = []
    await source.load(heard.append)
    assert [progress.what for progress in heard[:2]] == ["starting", "signing in"]
    with_rows = [progress.inventory for progress in heard if progress.inventory is not None]
    assert with_rows
    assert all(fleet.unread == () and fleet.expected is None for fleet in with_rows)


async def test_only_the_subscriptions_asked_for_are_read(emulator: Emulator, world: World, time: FakeTime) -> None:
    own = world.subscriptions[0].id
    foreign = own[:-1] + "9"
    for wanted, names in ((own, 3), (foreign, 0)):
        source = AzureSource(replace(settings_for(emulator), subscriptions=(wanted,)), time.pace)
        if names:
            assert len((await source.load()).clusters) == names
        else:
            with pytest.raises(SourceError) as told:
                await source.load()
            assert told.value.what == "No subscription to read"
        await source.close()


async def test_the_state_of_the_subscription_is_read_with_the_rest(source: AzureSource, world: World) -> None:
    world.subscriptions[0].state = "Disabled"
    (subscription,) = (await source.load()).subscriptions
    assert (subscription.name, subscription.state) == ("Fabrikam production", Known("Disabled", AS_OF, "graph"))
    assert subscription.first_seen == AS_OF


async def test_pages_are_followed_to_the_end(grown: Grow, time: FakeTime) -> None:
    emulator = await grown(1100)
    heard: list[Progress] = []

    def hear(progress: Progress) -> None:
        heard.append(progress)
        time.now += 0.1

    async with closing(AzureSource(settings_for(emulator), time.pace)) as source:
        fleet = await source.load(hear)
    assert (len(fleet.clusters), fleet.expected) == (1103, 1103)
    assert [entry.method for entry in emulator.log].count("POST") == 9
    assert {(progress.done, progress.total) for progress in heard if progress.what == "clusters"} >= {(1103, 1103)}
    assert [gap.what for gap in fleet.unread] == ["version list"]


async def test_many_clusters_in_detail_lose_no_read_to_the_quota(grown: Grow, time: FakeTime) -> None:
    emulator = await grown(120)
    async with closing(AzureSource(settings_for(emulator), time.pace)) as source:
        began = time.now
        fleet = await source.load_all()
    reads = [entry.status for entry in emulator.log if entry.method == "GET"]
    assert set(reads) == {200, 404}
    assert len(reads) == 3 + 3 * 123
    assert reads.count(404) == 1
    assert time.now - began >= (len(reads) - 200) / 20 * 0.95
    assert all(isinstance(cluster.pools, Known) for cluster in fleet.clusters)


async def test_a_reading_can_be_cancelled_and_closed_at_any_moment(
    emulator: Emulator, time: FakeTime, recwarn: pytest.WarningsRecorder
) -> None:
    emulator.latency = 0.5  # the reading is never over before it is cancelled, however slow this machine is
    for steps in (0, 1, 5, 50):
        source = AzureSource(settings_for(emulator), time.pace)
        reading = asyncio.create_task(source.load_all())
        for _ in range(steps):
            await asyncio.sleep(0.005 if steps > 1 else 0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await source.close()
        await source.close()
    assert [str(warning.message) for warning in recwarn] == []


async def test_a_hanging_azure_does_not_hold_up_the_end(source: AzureSource, world: World, emulator: Emulator) -> None:
    world.faults.append(Fault.parse("query:hang"))
    reading = asyncio.create_task(source.load())
    while len(emulator.log) < 6:
        await asyncio.sleep(0.005)
    reading.cancel()
    async with asyncio.timeout(1):
        with pytest.raises(asyncio.CancelledError):
            await reading
        await source.close()


async def test_after_close_a_new_reading_opens_again(source: AzureSource) -> None:
    await source.load()
    await source.close()
    assert len((await source.load()).clusters) == 3
