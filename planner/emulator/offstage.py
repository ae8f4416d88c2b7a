"""What people do elsewhere while a walk is rehearsed: the emulator plays the owner of the instance and the operator's
own hand, so that every step can be walked to its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from planner.emulator.frames import Frame, is_changing, lay_out
from planner.emulator.maintenance import heal, scale, update_release
from planner.emulator.outcomes import Work, course_of
from planner.emulator.payloads import Document, provisioned_cluster
from planner.emulator.staging import build_of, offers_on
from planner.emulator.world import Cluster, World
from planner.emulator.writes import begin_upgrade
from planner.events import Accepted, Doubted, Event, Intended, Refused, Started
from planner.plan import Plan, Step, StepKind

if TYPE_CHECKING:
    from planner.catalog import Catalog

__all__ = ["help_out", "play", "relive", "subject_in"]

UPDATE_MINUTES: Final = 180
"""Emulated time a release update takes."""
HELP_AFTER: Final = timedelta(minutes=45)
"""So long a drain stays blocked before somebody helps."""


def subject_in(world: World, plan: Plan) -> Cluster:
    """The cluster of a plan. Raises KeyError where this world has none of that id."""
    return world.cluster_by_id[plan.subject.id.casefold()]


def play(world: World, plan: Plan, step: Step, now: datetime, catalog: Catalog) -> None:
    """Do from `now` on what the step asks somebody to do. Raises KeyError where the world does not know the plan's
    cluster; what is under way already is left to go on."""
    cluster = subject_in(world, plan)
    match step.kind:
        case StepKind.KUBERNETES:
            if not is_changing(cluster, now):
                begin_upgrade(world, cluster, _request(world, cluster, step.target, now), now)
        case StepKind.RELEASE:
            _update(world, plan, cluster, step, now, catalog)
        case StepKind.NEIGHBOUR:
            for awaited in step.awaited:
                for other in _named(world, cluster, awaited.cluster):
                    _move(world, other, awaited.target, now)
        case StepKind.OS_PATCH:
            if not is_changing(cluster, now):
                _refresh(cluster, now)
        case StepKind.REPAIR:
            heal(world, cluster, now)
        case StepKind.DECIDE:
            pass  # a decision leaves no trace in Azure


def help_out(world: World, plan: Plan, now: datetime) -> None:
    """Somebody mends what holds an upgrade up, once it has stood still for long enough."""
    cluster = subject_in(world, plan)
    seen = world.seen(cluster, now)
    helped = seen.modified + HELP_AFTER
    if helped <= now and any(pool.error for pool in seen.pools):
        heal(world, cluster, helped)


def relive(
    world: World, plan: Plan, kept: Iterable[Event], catalog: Catalog, before: Callable[[str], None] = lambda _: None
) -> None:
    """Bring the world to where an earlier rehearsal of the plan left it, and its clock to the last event.

    An upgrade request that was written down left for Azure unless it was refused. `before` is told the id of a step
    before it is made again.
    """
    events = list(kept)
    if not events:
        return
    steps = {step.id: step for step in plan.steps}
    for place, event in enumerate(events):
        help_out(world, plan, event.at)
        if isinstance(event, Started) or (isinstance(event, Intended) and not _was_refused(events[place + 1 :])):
            before(event.step)
            play(world, plan, steps[event.step], event.at, catalog)
    passed, world.as_of = events[-1].at - world.as_of, events[-1].at
    for cluster in world.clusters:
        if cluster.connectivity == "Connected":
            cluster.last_contact += passed


def _was_refused(events: list[Event]) -> bool:
    answer = next((event for event in events if isinstance(event, Accepted | Doubted | Refused)), None)
    return isinstance(answer, Refused)


def _request(world: World, cluster: Cluster, target: str, now: datetime) -> Document:
    """What `az aksarc upgrade` would send."""
    document = provisioned_cluster(world.seen(cluster, now))
    return document | {"properties": document["properties"] | {"kubernetesVersion": target}}


def _update(world: World, plan: Plan, cluster: Cluster, step: Step, now: datetime, catalog: Catalog) -> None:
    """The owner of the instance updates it, and has its version list made, as the step asks."""
    instance = cluster.instance
    if is_changing(instance, now):
        return
    build = build_of(plan, step, instance.build or "", catalog)
    update_release(instance, build, offers_on(plan, step.target, catalog), now, UPDATE_MINUTES)
    instance.listed = True
    done = instance.frames[-1].at
    for hosted in world.clusters:
        if hosted.instance is instance and hosted.upgrades is not None and not is_changing(hosted, now):
            lay_out(hosted, [Frame(done, {"upgrades": None})])


def _named(world: World, beside: Cluster, name: str) -> list[Cluster]:
    return [other for other in world.clusters if other.instance is beside.instance and other.name == name]


def _move(world: World, cluster: Cluster, target: str, now: datetime) -> None:
    """A neighbour is taken to its version by a plan of its own; only that it arrives matters here."""
    if is_changing(cluster, now):
        return
    work = Work(cluster, target, _request(world, cluster, target, now), now, world.node_time)
    lay_out(cluster, course_of(work).cluster)


def _refresh(cluster: Cluster, now: datetime) -> None:
    """Every pool gets one node more, on the newer image, and then loses an old one."""
    at = now
    changes = [(pool.name, count) for pool in cluster.pools for count in (pool.count + 1, pool.count)]
    for name, count in changes:
        earlier = cluster.frames if at > now else ()
        scale(cluster, name, count, at)
        # Each change is laid out from the end of the one before, whose own frames are still to be lived through.
        cluster.frames = (*earlier, *cluster.frames[1:]) if earlier else cluster.frames
        at = cluster.frames[-1].at
