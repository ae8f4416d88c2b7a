"""What `--json` prints: documented shapes with a published JSON Schema, one for each verb."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from planner.documents.datablock import digest_of
from planner.documents.driftdoc import DriftDocument
from planner.documents.kinds import AnyPlan
from planner.documents.readback import Document
from planner.documents.wire import Moment, SnapshotFile
from planner.findings import Finding
from planner.fleet.instance_clocks import instance_clocks
from planner.fleetplan import FleetPlan
from planner.inventory import Cluster, Instance, value_of
from planner.next_move import next_move
from planner.path import Routes
from planner.plan import Plan
from planner.ranking import ranked_findings, worst_first
from planner.rejudge import Rejudged
from planner.support import Clock, Judge

CHECK_SCHEMA: Final = 1
SHOW_SCHEMA: Final = 1
URL: Final = "https://json-schema.org/draft/2020-12/schema"


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


class TickEntry(Struct, frozen=True):
    """A box of a plan document."""

    done: bool
    note: str


class PlanDocument(Struct, frozen=True):
    """The answer of `arcstep plan --json`."""

    schema: int
    digest: str
    """SHA-256 of the plan's canonical form."""
    plan: Plan


class ShowDocument(Struct, frozen=True):
    """The answer of `arcstep show --json`."""

    schema: int
    executable: bool
    """True when data, text and seal agree."""
    problems: tuple[str, ...]
    ticks: dict[str, TickEntry]
    digest: str | None
    as_of: Rejudged | None
    """The plan on the day asked for, else on its own; null where nothing is based on the document."""
    plan: Plan | None
    fleet: FleetPlan | None = None
    """The plan of instances, where the document holds one; then `plan` and `as_of` are null."""


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


def plan_document(plan: Plan) -> PlanDocument:
    """A plan as it is printed."""
    return PlanDocument(plan.schema, digest_of(plan), plan)


def show_document(document: Document, named: AnyPlan | None = None, seen: Rejudged | None = None) -> ShowDocument:
    """A plan document read back, as it is printed; `named` is its plan with real names, and the digest stays the file's.

    `seen` is the plan on a day.
    """
    plan = named or document.holds
    return ShowDocument(
        schema=SHOW_SCHEMA,
        executable=document.executable,
        problems=document.problems,
        ticks={id: TickEntry(tick.done, tick.note) for id, tick in document.ticks.items()},
        digest=digest_of(document.holds) if document.holds is not None else None,
        as_of=seen,
        plan=plan if isinstance(plan, Plan) else None,
        fleet=plan if isinstance(plan, FleetPlan) else None,
    )


def encode(document: Struct) -> str:
    """The JSON text, indented by two, with a line end."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode("utf-8") + "\n"


def schemas() -> dict[str, dict[str, Any]]:
    """The published JSON Schemas by file name."""
    from planner.documents.catalogdoc import CatalogDiffDocument, CatalogDocument
    from planner.documents.fleetjson import FleetPlanDocument
    from planner.documents.ticket import TicketDocument
    from planner.documents.whatifdoc import WhatIfDocument

    shapes = {
        "check": CheckDocument,
        "drift": DriftDocument,
        "plan": PlanDocument,
        "show": ShowDocument,
        "snapshot": SnapshotFile,
    }
    shapes |= {"ticket": TicketDocument}
    shapes |= {"catalog": CatalogDocument, "catalog-diff": CatalogDiffDocument}
    shapes |= {"whatif": WhatIfDocument, "fleet": FleetPlanDocument}
    return {
        f"{name}.schema.json": {"$schema": URL, "title": f"arcstep {name}", **msgspec.json.schema(shape)}
        for name, shape in shapes.items()
    }


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
