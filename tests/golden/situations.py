"""The situations an operator meets, each as a plan of one cluster of the demo fleet, on one day and with the shipped catalog."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from planner.acceptance import parse_acceptance
from planner.calendarfile import parse
from planner.emulator.demo import DemoSource
from planner.goals import parse_goal
from planner.inventory import Inventory
from planner.knowledge import load_catalog
from planner.path import Routes
from planner.plan import Plan
from planner.planning import build_plan
from planner.support import Judge

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Situation:
    """What is asked for which cluster; `accept` as on the command line, `calendar` as in its file."""

    cluster: str
    goal: str = "latest"
    accept: str = ""
    calendar: str = ""


WEEKENDS = """
time_zone = "Europe/Vienna"
lead = "5d"
soak = "24h"
[[window]]
name = "weekend nights"
days = ["Sat", "Sun"]
from = "22:00"
to = "06:00"
[[freeze]]
name = "summer sale"
from = "07-01"
to = "08-15"
"""


SITUATIONS = {
    "nothing-to-do": Situation("store-203"),
    "one-patch": Situation("lab-ci"),
    "two-layers": Situation("sorter-1"),
    "stranded": Situation("pharmacy"),
    "recovery": Situation("pharmacy", accept="RECOVERY-SKIP:agreed by the change board:2026-06-30"),
    "dead-end-by-rule": Situation("label-print", "1.33"),
    "dead-end-not-known": Situation("lab-next", "supported"),
    "windows-pool": Situation("pos-hq"),
    "os-patch-by-scaling": Situation("store-203", "os-patch", "SCALE-ROUTE:agreed by the change board:2026-06-30"),
    "unknowns": Situation("vault"),
    "wait-or-repair": Situation("store-112"),
    "before-a-freeze": Situation("store-101", calendar=WEEKENDS),
    "too-late-for-its-windows": Situation("wms-dc1", calendar=WEEKENDS),
}


@lru_cache(maxsize=1)
def fleet() -> Inventory:
    """The whole demo fleet, as the emulator serves it."""

    async def load() -> Inventory:
        source = DemoSource()
        try:
            return await source.load_all()
        finally:
            await source.close()

    return asyncio.run(load())


@lru_cache(maxsize=1)
def plans() -> dict[str, Plan]:
    """The plan of every situation, by name."""
    catalog, inventory = load_catalog(), fleet()
    judge, routes = Judge(inventory, catalog, inventory.as_of), Routes(catalog)
    clusters = {cluster.name: cluster for cluster in inventory.clusters}
    return {
        name: build_plan(
            clusters[one.cluster],
            parse_goal(one.goal, catalog),
            judge,
            routes,
            [parse_acceptance(one.accept, catalog)] if one.accept else [],
            parse(one.calendar, name),
        )
        for name, one in SITUATIONS.items()
    }
