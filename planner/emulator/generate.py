"""Worlds of any size for benchmarks: the same for the same numbers, with nothing taken from outside."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Final

from planner.emulator.world import Cluster, Instance, Pool, Subscription, World, ago, guid

__all__ = ["generated_world"]

AS_OF: Final = datetime(2026, 5, 20, 12, tzinfo=UTC)
_2509: Final = ("1.29.12", "1.29.13", "1.30.8", "1.30.9", "1.31.4", "1.31.5")
_2510: Final = ("1.30.13", "1.30.14", "1.31.9", "1.31.10", "1.32.5", "1.32.6")
_2602: Final = ("1.31.12", "1.31.13", "1.32.8", "1.32.9", "1.33.4", "1.33.5")
_RELEASES: Final = (
    ("11.2509.1001.21", _2509, ("1.28.14",)),
    ("12.2510.1002.531", _2510, ("1.29.13", "1.30.9")),
    ("12.2602.1002.501", _2602, ("1.30.14", "1.31.10")),
    ("12.2604.1003.1006", _2602, ("1.30.14", "1.32.6")),
    ("12.2605.1003.210", _2602, ("1.32.6",)),
)
"""Builds with the list they offer, and versions of clusters that lag behind it."""
_LAGGING: Final = 0.15
"""Share of clusters that run none of the listed versions."""


def generated_world(*, clusters: int = 1000, instances: int = 20, subscriptions: int = 4, seed: int = 1) -> World:
    """A world of many ordinary clusters, some behind their release's list, spread evenly over the instances."""
    random = Random(seed)  # a benchmark wants the same world again, not secrecy
    owners = [
        Subscription(guid("generated", str(number)), f"Generated {number:02}") for number in range(1, subscriptions + 1)
    ]
    hosts = [_instance(number, owners[number % len(owners)]) for number in range(instances)]
    fleet = [_cluster(number, hosts[number % len(hosts)], random) for number in range(clusters)]
    return World(AS_OF, owners, hosts, fleet, name="generated")


def _instance(number: int, owner: Subscription) -> Instance:
    build, offers, _ = _RELEASES[number % len(_RELEASES)]
    name = f"site-{number:03}"
    return Instance(
        name=name,
        subscription=owner.id,
        resource_group=f"rg-{name}",
        build=build,
        last_updated=ago(AS_OF, days=30 + number),
        offers=offers,
    )


def _cluster(number: int, host: Instance, random: Random) -> Cluster:
    _, offers, behind = next(found for found in _RELEASES if found[0] == host.build)
    version = random.choice(behind if random.random() < _LAGGING else offers)
    modified = ago(AS_OF, days=random.randrange(10, 300))
    return Cluster(
        name=f"cluster-{number:05}",
        subscription=host.subscription,
        resource_group=host.resource_group,
        instance=host,
        version=version,
        last_contact=ago(AS_OF, minutes=random.randrange(1, 9)),
        created=ago(modified, days=90),
        modified=modified,
        pools=[Pool("linux1", count=random.randrange(1, 6))],
        control_plane=random.choice((1, 3)),
        tags={"site": host.name},
    )
