"""What a look showed: only what was read in that very look, everything else is a gap."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from planner.azure.queries import Part
from planner.inventory import LISTED, Cluster, Inventory, OfferedVersion, Readiness, ReadyReplicas, Unknown, Unread
from planner.knowledge import load_catalog
from planner.sighting import PROFILE, Image, Neighbour, PoolSight, Sighting, sight
from planner.support import Judge
from tests.builders import AS_OF, cluster, instance, inventory, known, location, offered, pool, version

CATALOG = load_catalog()
EARLIER = AS_OF - timedelta(minutes=1)
TARGET = "1.31.13"


def looked(subject: Cluster, fleet: Inventory | None = None, target: str = TARGET) -> Sighting:
    fleet = fleet if fleet is not None else inventory(subject, release="2604")
    return sight(Judge(fleet, CATALOG, AS_OF), subject, target)


def test_a_whole_look() -> None:
    subject = cluster(
        running="1.30.14", upgrades=[TARGET], modified_at=EARLIER, error="nothing to see", control_plane_count=3
    )
    fleet = inventory(subject, release="2604", live=offered(["1.30.14", TARGET]))
    assert looked(subject, fleet) == Sighting(
        at=AS_OF,
        version="1.30.14",
        provisioning_state="Succeeded",
        current_state="Succeeded",
        connectivity="Connected",
        pools=(PoolSight("pool1", "CBLMariner", 3, (("1.30.14", 3),), "Succeeded", "Succeeded"),),
        offered=(TARGET,),
        images=(Image(TARGET, "CBLMariner", True),),
        release="2604",
        build="12.2604.1003.1006",
        extension="6.0.133 with hotfix",
        update_state="AppliedSuccessfully",
        listed=True,
        error="nothing to see",
        modified_at=EARLIER,
        control_plane=3,
    )


STALE = [
    pytest.param(EARLIER, "arm", id="of an earlier look"),
    pytest.param(AS_OF, "graph", id="from Resource Graph, which lags"),
]
FACTS = {
    "version": ("version", version(TARGET), ""),
    "provisioning_state": ("provisioning_state", "Succeeded", ""),
    "current_state": ("current_state", "Succeeded", ""),
    "connectivity": ("connectivity", "Connected", ""),
    "pools": ("pools", (pool("a", TARGET),), None),
}


@pytest.mark.parametrize(("at", "source"), STALE)
@pytest.mark.parametrize("name", FACTS)
def test_a_fact_that_was_not_read_in_this_look_was_not_seen(name: str, at: object, source: str) -> None:
    field, value, nothing = FACTS[name]
    subject = cluster(running=TARGET)
    now = looked(replace(subject, **{name: known(value)}))  # type: ignore[arg-type]
    assert getattr(now, field) not in ("", None), "read in this look it is seen"
    stale = looked(replace(subject, **{name: known(value, at, source)}))  # type: ignore[arg-type]
    assert getattr(stale, field) == nothing
    assert any("not read in this look" in gap for gap in stale.gaps)


def test_pools_out_of_the_cluster_document_were_not_seen() -> None:
    listed = cluster(running=TARGET, pools=[pool("a", TARGET)])
    listed = replace(listed, pools=known((pool("a", TARGET),), source=LISTED))
    assert looked(listed).pools is None


def test_no_pool_at_all_is_an_answer_and_not_a_gap() -> None:
    sighting = looked(cluster(running=TARGET, pools=[]))
    assert sighting.pools == () and sighting.gaps == ()


def test_a_profile_that_could_not_be_read_offers_nothing_however_it_was_before() -> None:
    subject = cluster(running="1.30.14", upgrades=[TARGET])
    gap = Unread(PROFILE, subject.key, "HTTP 503")
    assert looked(subject, inventory(subject, release="2604", unread=[gap])).offered is None
    assert looked(subject).offered == (TARGET,)
    assert Part.PROFILE.label == PROFILE, "the word the source uses for that gap"


def test_a_cached_profile_is_as_old_as_its_last_change_and_still_seen() -> None:
    subject = cluster(running="1.30.14", upgrades=[TARGET])
    profile = subject.upgrades
    assert not isinstance(profile, Unknown)
    old = replace(subject, upgrades=replace(profile, at=AS_OF - timedelta(days=9), source="profile"))
    assert looked(old).offered == (TARGET,)


def test_previews_are_not_offered() -> None:
    subject = cluster(running="1.30.14", upgrades=[TARGET, "1.31.12"])
    profile = subject.upgrades
    assert not isinstance(profile, Unknown)
    rows = tuple(replace(row, is_preview=str(row.version) == TARGET) for row in profile.value)
    assert looked(replace(subject, upgrades=known(rows))).offered == ("1.31.12",)


def test_images_are_those_of_the_target_and_of_the_skus_in_use() -> None:
    row = OfferedVersion(
        version=version(TARGET),
        is_preview=False,
        readiness=(
            Readiness("Linux", "cblmariner", True),
            Readiness("Windows", "Windows2022", False, "feature is disabled"),
            Readiness("Windows", "Windows2019", None),
        ),
        upgrades=None,
    )
    other = replace(row, version=version("1.32.9"))
    subject = cluster(running="1.30.14", pools=[pool("a", "1.30.14"), pool("w", "1.30.14", sku="WINDOWS2022")])
    fleet = inventory(subject, release="2604", live=[row, other])
    assert looked(subject, fleet).images == (
        Image(TARGET, "cblmariner", True),
        Image(TARGET, "Windows2022", False, "feature is disabled"),
    )
    assert looked(subject, fleet, target="").images == ()


def test_an_unread_version_list_is_not_an_empty_one() -> None:
    subject = cluster(running="1.30.14")
    assert not looked(subject, inventory(subject, release="2604", live=None)).listed
    assert looked(subject, inventory(subject, release="2604", live=[])).listed


def test_what_azure_did_not_say_stays_unsaid() -> None:
    bare = replace(
        pool("a"), count=None, os_sku=None, provisioning_state=None, current_state=None, ready=(ReadyReplicas(2, None),)
    )
    assert looked(cluster(running=TARGET, pools=[bare])).pools == (PoolSight("a", "", None, (("", 2),)),)


def test_an_unknown_instance_leaves_release_and_neighbours_open() -> None:
    subject = cluster(running=TARGET)
    fleet = inventory(subject, instances=[], locations=[])
    sighting = looked(subject, fleet)
    assert (sighting.release, sighting.build, sighting.update_state, sighting.neighbours) == ("", "", "", ())


def test_a_release_the_catalog_does_not_hold_has_a_build_and_no_key() -> None:
    subject = cluster(running=TARGET)
    sighting = looked(subject, inventory(subject, instances=[instance(release="12.2712.1003.1")]))
    assert (sighting.release, sighting.build) == ("", "12.2712.1003.1")


def test_neighbours_are_the_other_clusters_of_the_instance() -> None:
    subject, slow = cluster("fast", TARGET), cluster("slow", "1.28.14", current="Upgrading")
    hurt = cluster("hurt", "1.28.14", provisioning="Failed")
    grey = cluster("grey", "1.28.14", current_state=Unknown("HTTP 403"))
    dark, far = cluster("dark", None), cluster("far", "1.27.9", instance="plant9")
    fleet = inventory(
        subject,
        slow,
        dark,
        far,
        grey,
        hurt,
        instances=[instance(release="2604"), instance("plant9", "2604")],
        locations=[location(), location("plant9")],
    )
    assert looked(subject, fleet).neighbours == (
        Neighbour("dark", "", settled=True, busy=False),
        Neighbour("grey", "1.28.14", settled=False, busy=None),
        Neighbour("hurt", "1.28.14", settled=False, busy=False),
        Neighbour("slow", "1.28.14", settled=False, busy=True),
    )


def test_gaps_name_what_is_missing_and_why() -> None:
    subject = cluster(running=None, provisioning_state=Unknown("HTTP 403"), pools=[])
    gap = Unread("node pools", subject.key, "HTTP 503")
    fleet = inventory(subject, release="2604", unread=[gap, Unread("node pools", "/some/other", "HTTP 500")])
    assert looked(subject, fleet).gaps == (
        "node pools: HTTP 503",
        "version: no permission to read the cluster",
        "provisioning state: HTTP 403",
    )
    assert looked(cluster(running=TARGET)).gaps == ()


def test_two_looks_are_the_same_when_only_time_passed() -> None:
    sighting = looked(cluster(running=TARGET))
    assert sighting.same_as(replace(sighting, at=AS_OF + timedelta(hours=1)))
    assert not sighting.same_as(replace(sighting, current_state="Upgrading"))
    assert not sighting.same_as(None)


def test_ready_nodes_of_a_version_are_added_up() -> None:
    sight_of_pool = PoolSight("a", "CBLMariner", 5, ((TARGET, 2), ("1.30.14", 1), (TARGET, 1), ("", 1)))
    assert [sight_of_pool.on(text) for text in (TARGET, "1.30.14", "1.29.4")] == [3, 1, 0]
