"""The search: one plan when its table is there, and the first move of every cluster of a fleet."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.fleets import catalog, inventory, stored
from benchmarks.measure import Row, best, limit, median
from planner.fleet.building import build_fleet_plan
from planner.fleet.joint import joint_order
from planner.goals import parse_goal
from planner.inventory import Inventory
from planner.next_move import next_move
from planner.planning import build_plan
from planner.routes import Routes
from planner.support import Judge


def rows(_: Path) -> Iterator[Row]:
    yield _one_plan()
    yield limit("state and first move of 10,000 clusters", best(lambda: _whole_fleet(stored(10_000)), rounds=5), 0.100)
    yield limit(
        "state and first move of 100,000 clusters", best(lambda: _whole_fleet(stored(100_000)), rounds=3), 0.500
    )
    yield limit("the same of 10,000 that share no fact", best(lambda: _whole_fleet(inventory(10_000)), rounds=5), 0.200)
    yield limit(
        "joint orders of 10,000 clusters on 400 instances", best(lambda: _joint_orders(10_000, 25), rounds=3), 1.0
    )
    yield limit(
        "joint orders, every instance another mix", best(lambda: _joint_orders(10_000, 25, mixed=True), rounds=3), 1.0
    )
    yield limit("plan of an instance with 25 clusters, steps and all", best(_instance_plan, rounds=3), 0.100)


def _joint_orders(count: int, on_each: int, *, mixed: bool = False) -> None:
    """One order for each instance; nothing is remembered from the run before."""
    fleet = inventory(count, on_each, mixed=mixed)
    judge, routes = Judge(fleet, catalog(), fleet.as_of), Routes(catalog())
    goal = parse_goal("latest", catalog())
    for instance in fleet.instances:
        joint_order(instance, goal, judge, routes)


def _instance_plan() -> None:
    fleet = inventory(10_000, 25)
    judge, routes = Judge(fleet, catalog(), fleet.as_of), Routes(catalog())
    build_fleet_plan(fleet.instances[:1], parse_goal("latest", catalog()), judge, routes)


def _one_plan() -> Row:
    fleet = inventory(200)
    goal = parse_goal("latest", catalog())
    judge, routes = Judge(fleet, catalog(), fleet.as_of), Routes(catalog())
    times = [best(partial(build_plan, cluster, goal, judge, routes), rounds=3) for cluster in fleet.clusters]
    return limit("plan of one cluster, warm", median(times), 0.001, f" (worst of 200: {max(times) * 1000:.1f} ms)")


def _whole_fleet(fleet: Inventory) -> None:
    """What the Fleet screen asks of the core: nothing is remembered from the run before."""
    judge, routes = Judge(fleet, catalog(), fleet.as_of), Routes(catalog())
    for cluster in fleet.clusters:
        judge.state(cluster)
        next_move(cluster, judge, routes)
