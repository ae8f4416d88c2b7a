"""The cluster a plan is for, as the plan remembers it, and the sources the plan cites."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from planner.clocks import Clock, ClockKind, ClockState
from planner.draft import Draft, release_of
from planner.findings import Evidence
from planner.inventory import Cluster, Known, NodePool, Unknown, value_of
from planner.plan import ClockLine, Subject
from planner.support import Judge

OFFERED_HERE: Final = "versions offered on the instance"
"""Name of the fact that holds the live list of the custom location."""


def subject_of(draft: Draft) -> Subject:
    cluster, judge = draft.cluster, draft.judge
    support = judge.support(cluster)
    instance = judge.inventory.instance_of(cluster)
    ended = [
        clock.ends
        for clock in support.clocks
        if clock.state is ClockState.ENDED and clock.ends is not None and clock.kind is not ClockKind.BRIDGE
    ]
    return Subject(
        id=cluster.id,
        name=cluster.name,
        resource_group=cluster.resource_group,
        subscription=cluster.subscription,
        instance=instance.name if instance is not None else "",
        instance_id=instance.id if instance is not None else "",
        release=release_of(draft),
        build=str(value_of(instance.build) or "unknown") if instance is not None else "unknown",
        version=str(value_of(cluster.version) or "unknown"),
        support=str(support.state),
        support_because=support.because,
        support_ended=min(ended, default=None),
        provisioning_state=value_of(cluster.provisioning_state) or "unknown",
        current_state=value_of(cluster.current_state) or "unknown",
        pools=tuple(pool_line(pool) for pool in value_of(cluster.pools) or ()),
        clocks=clock_lines(support.clocks),
        facts=tuple(facts_of(cluster, judge)),
    )


def clock_lines(clocks: Iterable[Clock]) -> tuple[ClockLine, ...]:
    """Clocks as a document remembers them."""
    return tuple(ClockLine(str(c.kind), str(c.state), c.ends, c.latest, c.rule, c.reading, c.source) for c in clocks)


def pool_line(pool: NodePool) -> str:
    """A node pool in a line: name, nodes, OS SKU, and what is ready on which version."""
    ready = (
        ", ".join(f"{row.count} on {row.version or 'version not reported'}" for row in pool.ready)
        or "ready nodes not reported"
    )
    return f"{pool.name}: {pool.count if pool.count is not None else '?'} × {pool.os_sku or 'OS not reported'}; {ready}"


def facts_of(cluster: Cluster, judge: Judge) -> Iterable[Evidence]:
    """The facts a plan of this cluster rests on, unknown ones included."""
    rows: list[tuple[str, Known[object] | Unknown]] = [
        ("Kubernetes version wanted", cluster.version),
        ("provisioningState", cluster.provisioning_state),
        ("currentState", cluster.current_state),
        ("connectivity", cluster.connectivity),
        ("upgrades offered now", _joined(cluster.upgrades)),
        ("node pools", _counted(cluster.pools)),
    ]
    instance = judge.inventory.instance_of(cluster)
    if instance is not None:
        rows.append(("Azure Local build", instance.build))
    location = judge.inventory.location_of(cluster)
    if location is not None:
        rows.append((OFFERED_HERE, _joined(location.offered)))
    for name, fact in rows:
        match fact:
            case Known(value, at, source):
                yield Evidence(name, str(value), source, at)
            case Unknown(reason):
                yield Evidence(name, f"unknown: {reason}", "", None)


def _joined(fact: Known[tuple[object, ...]] | Unknown) -> Known[object] | Unknown:
    if isinstance(fact, Unknown):
        return fact
    versions = ", ".join(str(getattr(row, "version", row)) for row in fact.value)
    return Known(versions or "none", fact.at, fact.source)


def _counted(fact: Known[tuple[NodePool, ...]] | Unknown) -> Known[object] | Unknown:
    return (
        fact
        if isinstance(fact, Unknown)
        else Known(", ".join(pool.name for pool in fact.value) or "none", fact.at, fact.source)
    )
