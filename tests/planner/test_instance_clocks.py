"""The six clocks of an instance: its own, and the nearest of its clusters with their names; unknown stays unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from planner.clocks import ClockKind, ClockState
from planner.fleet.instance_clocks import InstanceClock, instance_clocks
from planner.inventory import Cluster, Inventory, Unknown
from planner.support import Judge
from tests.builders import AS_OF, cluster, instance, inventory, known, location, offered
from tests.planner.small_catalog import small_catalog

CATALOG = small_catalog()


def seen(*clusters: Cluster, **changes: object) -> Inventory:
    host = instance(release="2604", **changes)
    return inventory(*clusters, instances=[host], locations=[location(live=offered(["1.31.13", "1.32.9", "1.33.5"]))])


def clocks(facts: Inventory) -> dict[ClockKind, InstanceClock]:
    found = instance_clocks(facts.instances[0], Judge(facts, CATALOG, AS_OF))
    assert len(found) == 6
    return {one.clock.kind: one for one in found}


def offline(name: str, days: int) -> Cluster:
    return cluster(name, "1.32.9", connectivity="Offline", last_contact=AS_OF - timedelta(days=days))


def test_three_clocks_are_of_the_cluster_whose_end_comes_first() -> None:
    found = clocks(seen(cluster("new", "1.33.5"), cluster("old", "1.30.9"), offline("away", 3), offline("gone", 12)))
    assert found[ClockKind.KUBERNETES].cluster == "old"
    assert found[ClockKind.KUBERNETES].clock.ends is not None
    for kind in (ClockKind.CONTACT, ClockKind.STOPPED):
        assert (found[kind].cluster, found[kind].clock.ends) == ("gone", date(2026, 6, 7))
    assert found[ClockKind.RELEASE].cluster == found[ClockKind.BRIDGE].cluster == ""
    assert found[ClockKind.BRIDGE].clock.ends == date(2027, 5, 20)
    assert found[ClockKind.SUBSCRIPTION].clock.state is ClockState.NOT_STARTED


def test_the_nearest_end_stands_first_and_what_has_not_started_last() -> None:
    facts = seen(offline("away", 3), last_updated=Unknown("no update summary"))
    order = [one.clock for one in instance_clocks(facts.instances[0], Judge(facts, CATALOG, AS_OF))]
    ends = [clock.ends for clock in order if clock.ends is not None]
    assert ends == sorted(ends) and len(ends) == 3
    assert [clock.state for clock in order[3:]] == [ClockState.UNKNOWN, *[ClockState.NOT_STARTED] * 2]
    assert order[3].kind is ClockKind.BRIDGE


def test_an_unread_cluster_is_counted_beside_the_nearest_end() -> None:
    found = clocks(seen(cluster("old", "1.30.9"), cluster("secret", None)))[ClockKind.KUBERNETES]
    assert (found.cluster, found.unknown) == ("old", 1)
    assert found.clock.reading.endswith("1 cluster has no answer for this clock.")


def test_an_unread_cluster_comes_before_one_that_is_fine() -> None:
    found = clocks(seen(cluster("fine", "1.33.5"), cluster("secret", None)))[ClockKind.KUBERNETES]
    assert (found.cluster, found.clock.state, found.unknown) == ("secret", ClockState.UNKNOWN, 1)


def test_no_cluster_is_only_certain_where_all_were_read() -> None:
    empty = clocks(seen())
    for kind in (ClockKind.KUBERNETES, ClockKind.CONTACT, ClockKind.STOPPED):
        assert empty[kind].clock.state is ClockState.NOT_STARTED
        assert empty[kind].clock.reading == "The instance hosts no cluster."
    partial = clocks(replace(seen(), expected=3))
    homeless = clocks(seen(cluster("lost", custom_location=Unknown("not said"))))
    for unsure in (partial, homeless):
        assert unsure[ClockKind.KUBERNETES].clock.state is ClockState.UNKNOWN


def test_the_bridge_is_unknown_where_two_locations_claim_the_instance() -> None:
    facts = seen()
    twice = replace(facts, locations=(facts.locations[0], replace(facts.locations[0], id="other")))
    assert "The bridge reports Running." in clocks(facts)[ClockKind.BRIDGE].clock.reading
    assert "The bridge reports" not in clocks(twice)[ClockKind.BRIDGE].clock.reading


def test_what_nobody_read_is_unknown() -> None:
    facts = replace(seen(build=Unknown("no access"), last_updated=Unknown("no access")), subscriptions=())
    found = clocks(facts)
    for kind in (ClockKind.RELEASE, ClockKind.BRIDGE, ClockKind.SUBSCRIPTION):
        assert (found[kind].clock.state, found[kind].clock.ends) == (ClockState.UNKNOWN, None)


def test_the_subscription_of_the_instance_counts_for_it() -> None:
    facts = seen(subscription="another")
    assert clocks(facts)[ClockKind.SUBSCRIPTION].clock.state is ClockState.UNKNOWN
    named = replace(facts.subscriptions[0], id="ANOTHER", state=known("Disabled"), first_seen=AS_OF)
    counted = clocks(replace(facts, subscriptions=(named,)))[ClockKind.SUBSCRIPTION].clock
    assert counted.ends == date(2026, 7, 19)


def test_a_cluster_in_a_subscription_that_ends_first_is_named() -> None:
    facts = seen(cluster("mine", "1.33.5"), cluster("theirs", "1.33.5", subscription="another"))
    named = replace(facts.subscriptions[0], id="another", state=known("Disabled"), first_seen=AS_OF)
    found = clocks(replace(facts, subscriptions=(*facts.subscriptions, named)))[ClockKind.SUBSCRIPTION]
    assert (found.cluster, found.clock.ends) == ("theirs", date(2026, 7, 19))
    unread = clocks(facts)[ClockKind.SUBSCRIPTION]
    assert (unread.cluster, unread.clock.state, unread.unknown) == ("theirs", ClockState.UNKNOWN, 1)
