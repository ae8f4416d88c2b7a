"""What `arcstep check --json` prints."""

from __future__ import annotations

from datetime import date
from typing import Final

from msgspec import Struct
from msgspec.structs import asdict

from planner.documents.wire import Moment
from planner.findings import Finding
from planner.fleet.instance_clocks import instance_clocks
from planner.inventory import Cluster, Instance, value_of
from planner.next_move import next_move
from planner.path import Routes
from planner.ranking import ranked_findings, worst_first
from planner.support import Clock, Judge

CHECK_SCHEMA: Final = 1


class ClockEntry(Struct, frozen=True):
    """One dated limit at as_of."""

    kind: str
    state: str
    ends: date | None
    """The date judged, the earliest where rules disagree."""
    latest: date | None
    days_left: int | None
    """Negative = days since."""
    rule: str
    reading: str
    source: str
    confidence: str
    """What the date rests on: published, derived, measured, suspected, counted since first seen, inferred, unknown."""


class InstanceClockEntry(ClockEntry, frozen=True):
    """One of the six clocks of an instance: its own, or that of the cluster whose end comes first."""

    cluster: str | None
    """Name of the cluster it is of; null = of the instance itself, or of no cluster."""
    unknown: int
    """How many clusters of the instance have no answer for this clock."""


class FindingEntry(Struct, frozen=True):
    """One result of one rule."""

    code: str
    severity: str
    title: str
    why: str
    cure: str
    owner: str
    rules: tuple[str, ...]
    disputes: tuple[str, ...]
    sources: tuple[str, ...]


class ClusterEntry(Struct, frozen=True):
    """One cluster; null = unknown."""

    name: str
    id: str
    resource_group: str
    subscription: str
    instance: str | None
    release: str | None
    version: str | None
    state: str
    because: str
    clocks: tuple[ClockEntry, ...]
    findings: tuple[FindingEntry, ...]
    next: str
    """The first move towards support, or the newest version offered; "-" none, "no path", "?" not known."""


class InstanceEntry(Struct, frozen=True):
    """One Azure Local instance; null = unknown."""

    name: str
    id: str
    release: str | None
    build: str | None
    clusters: int
    """How many of the clusters read it hosts."""
    clock: ClockEntry
    """That of its release."""
    clocks: tuple[InstanceClockEntry, ...]
    """All six, nearest end first."""


class UnreadEntry(Struct, frozen=True):
    """Something that should have been read and was not."""

    what: str
    subject: str
    reason: str


class CheckDocument(Struct, frozen=True):
    """The answer of `arcstep check --json`. Clusters stand worst first."""

    schema: int
    as_of: Moment
    source: str
    exit: int
    """The exit code, the highest number that applies."""
    expected: int | None
    """How many clusters Azure said there are; null where it did not say."""
    catalog: date
    """The date of the newest fact in the catalog."""
    clusters: tuple[ClusterEntry, ...]
    instances: tuple[InstanceEntry, ...]
    unread: tuple[UnreadEntry, ...]


def check_document(judge: Judge, routes: Routes, exit_code: int) -> CheckDocument:
    """Everything `check` found, as it is printed."""
    inventory = judge.inventory
    hosted = inventory.clusters_by_instance
    return CheckDocument(
        schema=CHECK_SCHEMA,
        as_of=judge.as_of,
        source=str(inventory.source),
        exit=exit_code,
        expected=inventory.expected,
        catalog=judge.catalog.newest_fact,
        clusters=tuple(_cluster(cluster, judge, routes) for cluster in worst_first(judge)),
        instances=tuple(_instance(one, len(hosted.get(one.id, ())), judge) for one in inventory.instances),
        unread=tuple(UnreadEntry(gap.what, gap.subject, gap.reason) for gap in inventory.unread),
    )


def _cluster(cluster: Cluster, judge: Judge, routes: Routes) -> ClusterEntry:
    support = judge.support(cluster)
    instance = judge.inventory.instance_of(cluster)
    entry = judge.entry(cluster)
    version = value_of(cluster.version)
    return ClusterEntry(
        name=cluster.name,
        id=cluster.id,
        resource_group=cluster.resource_group,
        subscription=cluster.subscription,
        instance=instance.name if instance is not None else None,
        release=entry.key if entry is not None else None,
        version=str(version) if version is not None else None,
        state=str(support.state),
        because=support.because,
        clocks=tuple(_clock(clock, judge) for clock in support.clocks),
        findings=tuple(map(_finding, ranked_findings(cluster, judge))),
        next=next_move(cluster, judge, routes),
    )


def _instance(instance: Instance, clusters: int, judge: Judge) -> InstanceEntry:
    entry = judge.instance_entry(instance)
    build = value_of(instance.build)
    return InstanceEntry(
        name=instance.name,
        id=instance.id,
        release=entry.key if entry is not None else None,
        build=str(build) if build is not None else None,
        clusters=clusters,
        clock=_clock(judge.instance_clock(instance), judge),
        clocks=tuple(
            InstanceClockEntry(**asdict(_clock(one.clock, judge)), cluster=one.cluster or None, unknown=one.unknown)
            for one in instance_clocks(instance, judge)
        ),
    )


def _clock(clock: Clock, judge: Judge) -> ClockEntry:
    return ClockEntry(
        kind=str(clock.kind),
        state=str(clock.state),
        ends=clock.ends,
        latest=clock.latest,
        days_left=clock.days_left(judge.today),
        rule=clock.rule,
        reading=clock.reading,
        source=clock.source,
        confidence=str(clock.confidence),
    )


def _finding(finding: Finding) -> FindingEntry:
    return FindingEntry(
        code=finding.code,
        severity=str(finding.severity),
        title=finding.title,
        why=finding.why,
        cure=finding.cure,
        owner=str(finding.owner),
        rules=finding.rules,
        disputes=finding.disputes,
        sources=finding.sources,
    )
