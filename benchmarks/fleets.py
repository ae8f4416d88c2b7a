"""Fleets of any size, the same on every run: as values, as a snapshot file, as a world for the emulator."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import cycle
from pathlib import Path

from planner.catalog import Catalog, ReleaseEntry
from planner.documents import snapshot
from planner.emulator.generate import generated_world
from planner.emulator.world import World
from planner.inventory import Cluster, CustomLocation, Instance, Inventory
from planner.knowledge import load_catalog
from tests import builders

SEED = 2026
CLUSTERS_PER_INSTANCE = 20
NAME = rb"mill-\d{6}"


@cache
def catalog() -> Catalog:
    return load_catalog()


def _name(number: int) -> str:
    return f"mill-{number:06}"


def _grounds() -> list[ReleaseEntry]:
    """Releases with a published list and a build: what the instances of a fleet run."""
    return [entry for entry in catalog().releases if entry.offers and entry.builds]


def _versions(entry: ReleaseEntry) -> list[str]:
    """What clusters on a release run: everything it offers, and now and then something from before."""
    return [*map(str, entry.offers or ()), "1.29.4", "1.28.9"]


@cache
def inventory(count: int, on_each: int = CLUSTERS_PER_INSTANCE, *, mixed: bool = False) -> Inventory:
    """`count` clusters of three pools each, read to the last fact, on one instance for every twenty.

    `mixed`: each instance holds its own choice of versions, so that hardly two are alike to a search.
    """
    dice = random.Random(SEED)
    grounds = _grounds()
    hosts = [f"plant{number:04}" for number in range(max(6, count // on_each))]
    on = dict(zip(hosts, cycle(grounds)))
    rare = {host: dice.sample(_versions(on[host]), 4) for host in hosts} if mixed else {}
    clusters: list[Cluster] = []
    for number in range(count):
        host = hosts[number % len(hosts)]
        running = dice.choice(rare[host] if mixed else _versions(on[host]))
        clusters.append(
            builders.cluster(
                _name(number),
                running,
                instance=host,
                pools=[builders.pool(name, running) for name in ("pool1", "pool2", "gpu1")],
                upgrades=[str(version) for version in on[host].offers or () if version > builders.version(running)][:3],
                last_contact=builders.AS_OF - timedelta(minutes=dice.randrange(600)),
            )
        )
    return builders.inventory(
        *clusters,
        instances=[_instance(host, on[host], number) for number, host in enumerate(hosts)],
        locations=[_location(host, on[host], number) for number, host in enumerate(hosts)],
    )


def _instance(host: str, entry: ReleaseEntry, number: int) -> Instance:
    """Each instance was updated on a day of its own."""
    return builders.instance(
        host, entry.builds[-1], last_updated=builders.known(builders.AS_OF - timedelta(days=number % 300))
    )


def _location(host: str, entry: ReleaseEntry, number: int) -> CustomLocation:
    """Each list was written at a moment of its own, all within two days."""
    offered = builders.offered([*map(str, entry.offers or ())])
    written = builders.AS_OF - timedelta(minutes=number * 7 % 2880)
    return replace(builders.location(host), offered=builders.known(offered, written))


@cache
def stored(count: int) -> Inventory:
    """The same fleet as a snapshot gives it back: a fact that clusters share is one object."""
    return snapshot.load(snapshot.dump(inventory(count)), "stored")


def snapshot_file(count: int, folder: Path, on_each: int = CLUSTERS_PER_INSTANCE) -> Path:
    """A snapshot of `inventory(count, on_each)`, written once into the folder."""
    path = folder / f"fleet-{count}-{on_each}.json"
    if not path.exists():
        path.write_bytes(snapshot.dump(inventory(count, on_each)))
    return path


def emulated(count: int) -> World:
    """A fleet of that size as the emulator holds it, in one subscription."""
    return generated_world(clusters=count, instances=max(6, count // CLUSTERS_PER_INSTANCE), subscriptions=1)
