"""Fleet files by value: the ones that come with arcstep, and wrong ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from planner.emulator.fleet import FleetError, bundled, load, parse
from planner.emulator.generate import generated_world
from planner.emulator.world import LINUX
from planner.knowledge import load_catalog
from planner.version import Build, KubernetesVersion

HEAD = 'as_of = 2026-05-20T12:00:00Z\n[[subscription]]\nkey = "s"\n'
HOST = HEAD + '[[instance]]\nname = "i"\nsubscription = "s"\nbuild = "12.2604.1003.1006"\n'
FLEET = HOST + '[[cluster]]\nname = "c"\ninstance = "i"\nversion = "1.32.9"\n'


def test_the_least_fleet_gets_ordinary_values() -> None:
    world = parse(FLEET, "least.toml")
    (cluster,) = world.clusters
    assert (cluster.provisioning_state, cluster.current_state, cluster.connectivity) == (
        "Succeeded",
        "Succeeded",
        "Connected",
    )
    assert [(pool.name, pool.count, pool.os_sku) for pool in cluster.pools] == [("linux1", 3, LINUX)]
    assert timedelta(0) < world.as_of - cluster.last_contact < timedelta(minutes=10)
    assert world.instances[0].offers is None
    assert cluster.offered == ()
    assert world.name == "least"


def test_names_share_values_but_no_pools() -> None:
    world = parse(FLEET.replace('name = "c"', 'names = ["a", "b"]\noffline_days = 12\nfaults = "403!"'), "two.toml")
    first, second = world.clusters
    assert (first.name, second.name, first.connectivity) == ("a", "b", "Offline")
    assert world.as_of - first.last_contact > timedelta(days=12)
    first.faults.clear()
    first.pools[0].count = 9
    assert (len(second.faults), second.pools[0].count) == (1, 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = [", "bad.toml: not TOML"),
        ("", "bad.toml: as_of is missing"),
        ("as_of = 2026-05-20T12:00:00", "as_of must be a moment"),
        (HEAD + "[[cluster]]\nname = 'c'\n", "bad.toml: cluster 1 (c): instance is missing"),
        (HEAD + "colour = 'red'\n", "bad.toml: subscription 1: unknown key colour"),
        (FLEET + "pool = 1\n", "bad.toml: cluster 1 (c): unknown key pool"),
        (FLEET.replace('"1.32.9"', '"1.32"'), "'1.32' is not a Kubernetes version"),
        (FLEET.replace('"1.32.9"', "1.32"), "version must be a text"),
        (FLEET.replace("12.2604", "13.2604"), "is not an Azure Local build"),
        (FLEET.replace('instance = "i"', 'instance = "j"'), "instance 'j' is not defined; there are i"),
        (FLEET + "offline_days = -1\n", "offline_days must be a whole number"),
        (FLEET + "faults = ['versions:403']\n", "a fault of versions does not belong here"),
        (FLEET + "faults = ['often']\n", "'often' is not a fault"),
        (FLEET + "modified = 'soon'\n", "modified must be a date"),
        (FLEET + "tags = 3\n", "tags must be a table"),
        (FLEET + "pools = [1]\n", "pools must be a list of tables"),
        (FLEET + "pools = [{ name = 'p', size = 3 }]\n", "cluster 1 (c): pools 1: unknown key size"),
        (FLEET + '[[cluster]]\nname = "C"\ninstance = "i"\nversion = "1.32.9"\n', "two clusters have the same"),
    ],
)
def test_a_wrong_fleet_names_file_entry_and_reason(text: str, message: str) -> None:
    with pytest.raises(FleetError) as refused:
        parse(text, "bad.toml")
    assert str(refused.value).startswith("bad.toml")
    assert message in str(refused.value)


def test_a_file_is_read_and_a_missing_one_named(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(FLEET, encoding="utf-8")
    assert load(path).name == "own"
    with pytest.raises(FleetError, match=r"none\.toml: cannot be read"):
        load(tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(FleetError, match="cannot be read"):
        load(tmp_path / "binary.toml")


def test_the_demo_has_the_promised_size_and_moment() -> None:
    world = bundled("demo")
    assert world.as_of == datetime(2026, 5, 20, 12, tzinfo=UTC)
    assert len(world.instances) == 6
    assert 38 <= len(world.clusters) <= 46
    assert max(len(cluster.name) for cluster in world.clusters) <= 12
    assert {owner.state for owner in world.subscriptions} == {"Enabled", "Disabled"}
    assert {pool.os_sku for cluster in world.clusters for pool in cluster.pools} == {
        LINUX,
        "Windows2019",
        "Windows2022",
    }


PREVIEW = {KubernetesVersion.parse("1.34.2")}
"""What a live list with a preview looks like; no published list names one."""


@pytest.mark.parametrize("name", ["demo", "small", "grace"])
def test_a_fleet_uses_only_published_releases_and_versions(name: str) -> None:
    catalog, world = load_catalog(), bundled(name)
    published = {version for entry in catalog.releases for version in entry.offers or ()}
    for instance in world.instances:
        entry = catalog.entry_of(Build.parse(instance.build or ""))
        assert entry is not None
        assert instance.build in entry.builds
        offers = {KubernetesVersion.parse(text) for text in instance.offers or ()}
        assert offers - PREVIEW == set(entry.offers or ())
    running = {KubernetesVersion.parse(cluster.version) for cluster in world.clusters}
    assert running - PREVIEW <= published


def test_a_generated_world_is_the_same_each_time() -> None:
    one, other = generated_world(clusters=300, instances=7), generated_world(clusters=300, instances=7)
    assert one == other
    assert len(one.cluster_by_id) == 300
    assert len({cluster.instance.name for cluster in one.clusters}) == 7
    assert generated_world(clusters=300, instances=7, seed=2) != one
