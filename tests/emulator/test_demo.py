"""The demo: the real reader on the demo fleet over the real wire."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

from planner.emulator.demo import DemoSource
from planner.emulator.maintenance import scale
from planner.inventory import LISTED, Inventory, Known, SourceKind, Unknown, value_of
from planner.knowledge import load_catalog
from planner.states import SupportState
from planner.support import Judge


async def read(source: DemoSource) -> Inventory:
    try:
        return await source.load()
    finally:
        await source.close()


async def test_the_overview_is_whole_and_stands_at_the_fleets_moment() -> None:
    source = DemoSource()
    inventory = await read(source)
    assert (inventory.source, source.label) == (SourceKind.DEMO, "demo")
    assert inventory.as_of == source.as_of == datetime(2026, 5, 20, 12, tzinfo=UTC)
    assert len(inventory.clusters) == inventory.expected == 44
    assert len(inventory.instances) == len(inventory.locations) == 6
    assert len([cluster for cluster in inventory.clusters if inventory.instance_of(cluster)]) == 43
    assert [entry for entry in source.log if not entry.is_read] == []
    assert {entry.status for entry in source.log} <= {200, 404, 403}


async def test_two_readings_are_equal() -> None:
    assert await read(DemoSource()) == await read(DemoSource())


async def test_every_state_but_grace_is_there() -> None:
    inventory = await read(DemoSource())
    judge = Judge(inventory, load_catalog(), inventory.as_of)
    states = Counter(judge.state(cluster)[0] for cluster in inventory.clusters)
    assert set(SupportState) - set(states) == {SupportState.GRACE}
    assert states[SupportState.STRANDED] == 2
    named = {cluster.name: judge.state(cluster)[0] for cluster in inventory.clusters}
    assert named["pharmacy"] is SupportState.STRANDED
    assert named["vault"] is SupportState.UNKNOWN
    assert named["ferry-02"] is SupportState.OUT_OF_SUPPORT
    assert named["ferry-01"] is SupportState.SUPPORTED
    assert named["lab-next"] is SupportState.PREVIEW
    assert named["signage"] is SupportState.PATCH_OUTDATED


async def test_seen_from_march_one_cluster_is_in_its_grace_period() -> None:
    inventory = await read(DemoSource())
    judge = Judge(inventory, load_catalog(), datetime(2026, 3, 10, tzinfo=UTC))
    cluster = next(cluster for cluster in inventory.clusters if cluster.name == "cold-chain")
    assert judge.state(cluster)[0] is SupportState.GRACE


async def test_gaps_and_lags_arrive_as_such() -> None:
    source = DemoSource()
    inventory = await source.load_all()
    await source.close()
    named = {cluster.name: cluster for cluster in inventory.clusters}
    assert isinstance(named["vault"].version, Unknown)
    assert isinstance(named["lab-edge"].pools, Known) and named["lab-edge"].pools.source == LISTED
    assert {gap.subject.casefold() for gap in inventory.unread} >= {named["vault"].key, named["lab-edge"].key}
    assert str(value_of(named["store-107"].version)) == "1.32.9"
    mixed = value_of(named["store-112"].pools)
    assert mixed is not None
    assert [str(ready.version) for ready in mixed[0].ready] == ["1.32.9", "1.33.5"]
    graz = next(location for location in inventory.locations if location.name == "plant-graz-cl")
    assert isinstance(graz.offered, Unknown)
    assert isinstance(named["mes-line1"].upgrades, Known)
    assert [str(upgrade.version) for upgrade in value_of(named["mes-line1"].upgrades) or ()] == ["1.29.2", "1.29.4"]
    tags = dict(named["mes-line3"].tags)
    assert "\x1b" not in tags["owner"]
    assert "\u202e" not in tags["owner"]


async def test_one_cluster_can_be_read_again() -> None:
    source = DemoSource()
    try:
        inventory = await source.load()
        cluster = next(cluster for cluster in inventory.clusters if cluster.name == "store-107")
        assert str(value_of(cluster.version)) == "1.32.8"
        fresh = await source.refresh(inventory, cluster)
    finally:
        await source.close()
    assert str(value_of(fresh.by_key[cluster.key].version)) == "1.32.9"


async def test_closing_ends_the_emulator_early_or_late_and_twice() -> None:
    unread, source = DemoSource(), DemoSource()
    await source.load()
    assert "emulator" in _threads()
    for closing in (unread, source, source):
        await closing.close()
    assert "emulator" not in _threads()


def _threads() -> list[str]:
    return [thread.name for thread in threading.enumerate()]


async def test_the_clock_stands_still_until_it_is_let_go() -> None:
    source = DemoSource()
    try:
        settings = await source.open()
        assert (settings.arm_endpoint, settings.ca_bundle) == (source.url, source.ca_file)
        assert source.now() == settings.now() == source.world.as_of == source.as_of
        first = await source.load()
        assert first.as_of == source.as_of
        source.start_clock(1e6)
        assert source.now() > source.as_of
        assert (await source.load()).as_of > source.as_of
        source.start_clock(0)
        assert source.now() == source.now() == settings.now()
    finally:
        await source.close()


async def test_what_changes_in_the_demo_is_seen_by_the_reader() -> None:
    source = DemoSource()
    try:
        await source.open()
        inventory = await source.load()
        cluster = next(cluster for cluster in inventory.clusters if cluster.name == "store-112")
        scale(source.world.cluster("store-112"), "linux1", 9, source.now())
        source.start_clock(1e6)
        while source.now() < source.as_of + timedelta(hours=2):
            await asyncio.sleep(0)
        fresh = await source.refresh(inventory, cluster)
    finally:
        await source.close()
    pools = value_of(fresh.by_key[cluster.key].pools)
    assert pools is not None
    assert sum(ready.count for ready in pools[0].ready) == 9
