"""Snapshots and plan documents: how long they take, and how large a snapshot is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from benchmarks.fleets import catalog, inventory
from benchmarks.measure import Row, best, limit
from planner.documents import markdown, snapshot
from planner.goals import parse_goal
from planner.planning import build_plan
from planner.routes import Routes
from planner.support import Judge
from tests.documents.fleetplans import large

CLUSTERS = 10_000


def rows(folder: Path) -> Iterator[Row]:
    fleet = inventory(CLUSTERS)
    path = folder / "saved.json"

    def save() -> None:
        with path.open("wb") as file:
            file.write(snapshot.dump(fleet))
            file.flush()
            os.fsync(file.fileno())

    yield limit("save a 10,000-cluster snapshot", best(save), 0.150)
    yield limit("load a 10,000-cluster snapshot", best(lambda: snapshot.load(path.read_bytes(), path.name)), 0.150)
    size = path.stat().st_size / CLUSTERS
    yield Row("size of a 10,000-cluster snapshot", f"{size:.0f} bytes a cluster", "<= 1000 bytes", size <= 1000)
    yield _plan_file()
    yield from _fleet_plan_file()


def _plan_file() -> Row:
    fleet = inventory(200)
    judge, routes, goal = Judge(fleet, catalog(), fleet.as_of), Routes(catalog()), parse_goal("latest", catalog())
    plans = [build_plan(cluster, goal, judge, routes) for cluster in fleet.clusters]
    longest = max(plans, key=lambda plan: len(plan.steps))
    taken = best(lambda: markdown.read(markdown.render(longest), "plan.md"))
    return limit(f"write and read back a plan of {len(longest.steps)} steps", taken, 0.200)


def _fleet_plan_file() -> Iterator[Row]:
    """A plan of instances with 300 steps."""
    plan = large(300)
    text = markdown.render(plan)
    yield limit("write a plan of instances of 300 steps", best(lambda: markdown.render(plan)), 0.200)
    yield limit("read it back", best(lambda: markdown.read(text, "plan.md")), 0.500)
