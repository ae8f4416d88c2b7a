"""What is remembered for clusters that are alike: nothing that is a cluster's own, and the same answers as alone."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.alike import Alike
from planner.deadend import explain
from planner.goals import SUPPORTED
from planner.inventory import Cluster, CustomLocation, Inventory, Unknown, Upgrade
from planner.knowledge import load_catalog
from planner.next_move import CANNOT_TELL, NO_PATH, next_move
from planner.path import Routes, solve, stand
from planner.rules import findings_for
from planner.support import Judge
from tests.builders import AS_OF, cluster, instance, inventory, known, location, location_id, offered, pool, version

CATALOG = load_catalog()
RELEASES = ("2411", "2508", "11.2510", "12.2510", "2604", "2606")
# One object for each fact, as in a snapshot.
VERSIONS = [known(version(text)) for text in ("1.27.9", "1.28.9", "1.28.14", "1.29.4", "1.30.14", "1.32.8", "1.33.5")]
UPGRADES = [known(tuple(Upgrade(version(text)) for text in row)) for row in ((), ("1.29.4", "1.30.14"), ("1.32.6",))]
POOLS = [known((pool(running="1.30.14", sku=sku),)) for sku in ("CBLMariner", "Windows2019", "Windows2022")]


@st.composite
def clusters(draw: st.DrawFn, name: str) -> Cluster:
    own = cluster(
        name,
        instance=draw(st.sampled_from("abc")),
        connectivity=draw(st.sampled_from(["Connected", "Offline"])),
        last_contact=AS_OF - timedelta(days=draw(st.sampled_from([0, 20, 40]))),
        version=draw(st.sampled_from([*VERSIONS, Unknown("no permission")])),
    )
    return replace(
        own,
        upgrades=draw(st.sampled_from([*UPGRADES, Unknown("not read")])),
        pools=draw(st.sampled_from([*POOLS, Unknown("not read")])),
    )


def _read(there: CustomLocation, hours: int) -> CustomLocation:
    """Its list read some hours earlier."""
    live = there.offered
    return (
        there if isinstance(live, Unknown) else replace(there, offered=replace(live, at=AS_OF - timedelta(hours=hours)))
    )


@st.composite
def fleets(draw: st.DrawFn) -> Inventory:
    """A few clusters on three instances, of which two may well be alike; equal facts are sometimes one object."""
    some = [draw(clusters(f"c{number}")) for number in range(draw(st.integers(2, 6)))]
    twins = [deepcopy(one) for one in some] if draw(st.booleans()) else some
    lists = st.sampled_from([None, offered(["1.29.4", "1.30.14"]), offered(["1.30.14", "1.31.10", "1.32.6"])])
    return inventory(
        *twins,
        instances=[
            instance(host, draw(st.sampled_from(RELEASES)), last_updated=known(AS_OF - timedelta(days=days)))
            for host, days in (("a", 0), ("b", 200), ("c", 400))
        ],
        locations=[_read(location(host, draw(lists)), draw(st.sampled_from([0, 5, 30]))) for host in "abc"],
    )


@given(fleets())
@settings(max_examples=50, deadline=None, derandomize=True)
def test_the_answers_are_those_a_cluster_gets_alone(fleet: Inventory) -> None:
    judge, routes = Judge(fleet, CATALOG, AS_OF), Routes(CATALOG)
    for one in fleet.clusters:
        fresh, anew = Judge(fleet, CATALOG, AS_OF), Routes(CATALOG)
        assert judge.state(one) == fresh.state(one)
        assert judge.support(one) == fresh.support(one)
        assert findings_for(one, judge) == findings_for(one, fresh)
        assert stand(one, judge, routes) == stand(one, fresh, anew)
        assert next_move(one, judge, routes) == next_move(one, fresh, anew)


@given(fleets())
@settings(max_examples=50, deadline=None, derandomize=True)
def test_no_path_is_said_where_the_explanation_names_a_rule(fleet: Inventory) -> None:
    judge, routes = Judge(fleet, CATALOG, AS_OF), Routes(CATALOG)
    for one in fleet.clusters:
        solution = solve(one, SUPPORTED, judge, routes)
        if isinstance(solution, Unknown):
            assert next_move(one, judge, routes) == CANNOT_TELL
        elif solution.path is None:
            by_rule = explain(one, SUPPORTED, solution, CATALOG, "").by_rule
            assert next_move(one, judge, routes) == (NO_PATH if by_rule else CANNOT_TELL)


def test_instances_alike_in_list_and_release_keep_their_own_bridge_and_name() -> None:
    fleet = inventory(
        cluster("one", "1.30.14", instance="a"),
        cluster("two", "1.30.14", instance="b"),
        instances=[
            instance("a", "12.2510", last_updated=known(AS_OF - timedelta(days=10))),
            instance("b", "12.2510", last_updated=known(AS_OF - timedelta(days=700))),
        ],
        locations=[location("a", offered(["1.30.14"])), location("b", offered(["1.30.14"]))],
    )
    judge = Judge(fleet, CATALOG, AS_OF)
    one, two = map(judge.place, fleet.clusters)
    assert one.offer is two.offer and one.outlooks is two.outlooks
    assert (one.instance, two.instance) == fleet.instances
    assert one.bridge_clock.ends is not None and two.bridge_clock.ends is not None
    assert one.bridge_clock.ends > two.bridge_clock.ends
    assert judge.state(fleet.clusters[1])[1] == two.bridge_clock.ends


def read_at(host: str, moment: datetime) -> CustomLocation:
    return replace(location(host), offered=known(offered(["1.30.14"]), moment))


def test_a_list_keeps_the_moment_it_was_read_and_only_the_day_is_judged() -> None:
    hosts = {"a": AS_OF, "b": AS_OF + timedelta(hours=5), "c": AS_OF - timedelta(days=1)}
    fleet = inventory(
        *[cluster(host, "1.30.14", instance=host) for host in hosts],
        instances=[instance(host, "12.2510", last_updated=known(AS_OF - timedelta(days=9))) for host in hosts],
        locations=[read_at(host, moment) for host, moment in hosts.items()],
    )
    judge = Judge(fleet, CATALOG, AS_OF)
    places = [judge.place(one) for one in fleet.clusters]
    assert [place.offer.at if place.offer else None for place in places] == list(hosts.values())
    assert places[0].outlooks is places[1].outlooks is not places[2].outlooks
    for one in fleet.clusters:
        assert judge.support(one) == Judge(fleet, CATALOG, AS_OF).support(one)


def test_equal_values_have_one_number_and_no_identity_is_used_twice() -> None:
    alike = Alike()
    first = alike.number(known("a"))
    assert alike.number(known("a")) == first
    others = {alike.number(known(f"fact {number}")) for number in range(1000)}
    assert len(others) == 1000 and first not in others


@pytest.mark.parametrize(
    "changes",
    [
        {"version": VERSIONS[5]},
        {"upgrades": UPGRADES[1]},
        {"pools": POOLS[1]},
        {"custom_location": known(location_id("b"))},
        {"custom_location": known(location_id("c"))},
    ],
)
def test_whoever_differs_in_one_fact_stands_elsewhere(changes: dict[str, Any]) -> None:
    one = replace(cluster("one", instance="a"), version=VERSIONS[4], upgrades=UPGRADES[2], pools=POOLS[0])
    other = replace(one, id=f"{one.id}-other", **changes)
    lists = {"a": ["1.30.14"], "b": ["1.30.14"], "c": ["1.31.10"]}
    fleet = inventory(
        one,
        other,
        instances=[instance("a", "12.2510"), instance("b", "2604"), instance("c", "12.2510")],
        locations=[location(host, offered(row)) for host, row in lists.items()],
    )
    judge, routes = Judge(fleet, CATALOG, AS_OF), Routes(CATALOG)
    assert stand(one, judge, routes) != stand(other, judge, routes)
    assert stand(one, judge, routes) is stand(replace(one, id="again"), judge, routes)
