"""The six clocks of an instance: those of its own, and of its clusters the one whose end comes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from planner.clocks import Clock, ClockKind, ClockState
from planner.inventory import Cluster, CustomLocation, Instance, value_of
from planner.limits import bridge_clock, contact_clock, is_connected, stopped_clock, subscription_clock
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

    Azure Local release and Arc Resource Bridge are the instance's own. Kubernetes minor, last contact and stopped are
    those of the cluster whose end comes first. The subscription is its own, unless one that a cluster lies in ends first.
    """
    key = ("instance clocks", instance.id)
    known = judge.memo.get(key)
    if known is None:
        known = judge.memo[key] = tuple(sorted(_clocks(instance, judge), key=_nearest_first))
    return cast("tuple[InstanceClock, ...]", known)


def _clocks(instance: Instance, judge: Judge) -> list[InstanceClock]:
    hosted = judge.inventory.clusters_by_instance.get(instance.id, ())
    today = judge.today
    # A connected cluster has no end of contact, so that one of them stands for all where none is silent.
    silent = [cluster for cluster in hosted if not is_connected(cluster)] or hosted[:1]
    return [
        _nearest([(judge.outlook(cluster).clock, cluster) for cluster in hosted], ClockKind.KUBERNETES, judge),
        InstanceClock(judge.instance_clock(instance)),
        _nearest([(contact_clock(cluster, today), cluster) for cluster in silent], ClockKind.CONTACT, judge),
        _nearest([(stopped_clock(cluster, today), cluster) for cluster in silent], ClockKind.STOPPED, judge),
        _subscription(instance, hosted, judge),
        InstanceClock(bridge_clock(instance, _location_of(instance, judge), today)),
    ]


def _nearest(clocks: Sequence[tuple[Clock, Cluster]], kind: ClockKind, judge: Judge) -> InstanceClock:
    """The clock that ends first, with its cluster; unknown where no end is known and one could be near."""
    if not clocks:
        return InstanceClock(_hosts_none(kind, judge))
    unknown = sum(clock.state is ClockState.UNKNOWN for clock, _ in clocks)
    first = min(_urgency(clock) for clock, _ in clocks)
    alike = [found for found in clocks if _urgency(found[0]) == first]
    clock, cluster = min(alike, key=lambda found: (found[1].name.casefold(), found[1].key))
    if unknown and clock.state is not ClockState.UNKNOWN:
        others = "1 cluster has" if unknown == 1 else f"{unknown} clusters have"
        clock = replace(clock, reading=f"{clock.reading} {others} no answer for this clock.")
    return InstanceClock(clock, cluster.name, unknown)


def own_subscription(instance: Instance, judge: Judge) -> Clock:
    """The clock of the subscription the instance itself lies in; remembered."""
    key = ("subscription", instance.subscription.casefold())
    known = judge.memo.get(key)
    if known is None:
        row = judge.inventory.subscription_by_id.get(instance.subscription.casefold())
        known = judge.memo[key] = subscription_clock(row, judge.today)
    return cast(Clock, known)


def _subscription(instance: Instance, hosted: Sequence[Cluster], judge: Judge) -> InstanceClock:
    own = InstanceClock(own_subscription(instance, judge))
    clocks = [(judge.subscription_clock(cluster), cluster) for cluster in hosted]
    if not clocks:
        return own
    other = _nearest(clocks, ClockKind.SUBSCRIPTION, judge)
    return other if _urgency(other.clock) < _urgency(own.clock) else replace(own, unknown=other.unknown)


def _hosts_none(kind: ClockKind, judge: Judge) -> Clock:
    """Without clusters there is nothing to limit, provided that all clusters were read and their hosts are known."""
    if _is_whole(judge):
        return Clock(kind, ClockState.NOT_STARTED, None, None, None, "", "The instance hosts no cluster.", "")
    reading = "No cluster of this instance was read, and not every cluster could be placed."
    return Clock(kind, ClockState.UNKNOWN, None, None, None, "", reading, "")


def _is_whole(judge: Judge) -> bool:
    known = judge.memo.get("all clusters placed")
    if known is None:
        inventory = judge.inventory
        placed = sum(map(len, inventory.clusters_by_instance.values()))
        known = judge.memo["all clusters placed"] = placed == len(inventory.clusters) >= (inventory.expected or 0)
    return cast(bool, known)


def _location_of(instance: Instance, judge: Judge) -> CustomLocation | None:
    """The custom location of an instance; None where none is known, or more than one."""
    known = judge.memo.get("location by instance")
    if known is None:
        found: dict[str | None, CustomLocation | None] = {}
        for location in judge.inventory.locations:
            key = value_of(location.instance)
            found[key] = None if key in found else location
        known = judge.memo["location by instance"] = found
    return cast("dict[str | None, CustomLocation | None]", known).get(instance.id)


def _urgency(clock: Clock) -> tuple[int, date]:
    if clock.ends is not None:
        return 0, clock.ends
    return (1 if clock.state is ClockState.UNKNOWN else 2), date.max


def _nearest_first(found: InstanceClock) -> tuple[int, date]:
    return _urgency(found.clock)
