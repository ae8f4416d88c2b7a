"""The six clocks of an instance: three of its own, three of the cluster whose end comes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from planner.clocks import Clock, ClockKind, ClockState
from planner.inventory import Cluster, CustomLocation, Instance, Inventory, value_of
from planner.limits import bridge_clock, contact_clock, stopped_clock, subscription_clock
from planner.support import Judge


@dataclass(frozen=True, slots=True)
class InstanceClock:
    """One of the six clocks, seen from the instance."""

    clock: Clock
    cluster: str = ""
    """Name of the cluster it is of; "" = of the instance itself, or of no cluster."""
    unknown: int = 0
    """How many clusters of the instance have no answer for this clock; the end shown may not be the nearest."""


def instance_clocks(instance: Instance, judge: Judge) -> tuple[InstanceClock, ...]:
    """All six, nearest end first, unknown ones next, those that have not started last; remembered.

    Azure Local release, Arc Resource Bridge and subscription are the instance's own. Kubernetes minor, last contact and
    stopped are those of the cluster whose end comes first.
    """
    key = ("instance clocks", instance.id)
    known = judge.memo.get(key)
    if known is None:
        known = judge.memo[key] = tuple(sorted(_clocks(instance, judge), key=_nearest_first))
    return cast("tuple[InstanceClock, ...]", known)


def _clocks(instance: Instance, judge: Judge) -> list[InstanceClock]:
    hosted = judge.inventory.clusters_by_instance.get(instance.id, ())
    today = judge.today
    subscription = judge.inventory.subscription_by_id.get(instance.subscription.casefold())
    return [
        _nearest([(judge.outlook(cluster).clock, cluster) for cluster in hosted], ClockKind.KUBERNETES, judge),
        InstanceClock(judge.instance_clock(instance)),
        _nearest([(contact_clock(cluster, today), cluster) for cluster in hosted], ClockKind.CONTACT, judge),
        _nearest([(stopped_clock(cluster, today), cluster) for cluster in hosted], ClockKind.STOPPED, judge),
        InstanceClock(subscription_clock(subscription, today)),
        InstanceClock(bridge_clock(instance, _location_of(instance, judge.inventory), today)),
    ]


def _nearest(clocks: Sequence[tuple[Clock, Cluster]], kind: ClockKind, judge: Judge) -> InstanceClock:
    """The clock that ends first, with its cluster; unknown where no end is known and one could be near."""
    if not clocks:
        return InstanceClock(_hosts_none(kind, judge.inventory))
    unknown = sum(clock.state is ClockState.UNKNOWN for clock, _ in clocks)
    clock, cluster = min(clocks, key=lambda found: (_urgency(found[0]), found[1].name.casefold(), found[1].key))
    if unknown and clock.state is not ClockState.UNKNOWN:
        others = "1 cluster has" if unknown == 1 else f"{unknown} clusters have"
        clock = replace(clock, reading=f"{clock.reading} {others} no answer for this clock.")
    return InstanceClock(clock, cluster.name, unknown)


def _hosts_none(kind: ClockKind, inventory: Inventory) -> Clock:
    """Without clusters there is nothing to limit, provided that all clusters were read and their hosts are known."""
    placed = sum(map(len, inventory.clusters_by_instance.values()))
    is_whole = placed == len(inventory.clusters) >= (inventory.expected or 0)
    if is_whole:
        return Clock(kind, ClockState.NOT_STARTED, None, None, None, "", "The instance hosts no cluster.", "")
    reading = "No cluster of this instance was read, and not every cluster could be placed."
    return Clock(kind, ClockState.UNKNOWN, None, None, None, "", reading, "")


def _location_of(instance: Instance, inventory: Inventory) -> CustomLocation | None:
    """The custom location of an instance; None where none is known, or more than one."""
    found = [location for location in inventory.locations if value_of(location.instance) == instance.id]
    return found[0] if len(found) == 1 else None


def _urgency(clock: Clock) -> tuple[int, date]:
    if clock.ends is not None:
        return 0, clock.ends
    return (1 if clock.state is ClockState.UNKNOWN else 2), date.max


def _nearest_first(found: InstanceClock) -> tuple[int, date]:
    return _urgency(found.clock)
