"""Drift of a plan of instances: what is left of it, replayed on today's facts, and what it comes to as a whole.

Before each release update the question is the same: is it still safe for everybody who is on the instance now, a cluster
made since and one that was not upgraded as planned included?
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from planner.fates import Fate, Moved, Reason, Shift, StepFate
from planner.fleet.anew import made_anew, reasons_anew, told_anew
from planner.fleet.fates import FleetDrift, InstanceDrift
from planner.fleet.homes import members_by_instance
from planner.fleet.hosted import Hosted
from planner.fleet.replay import Replay
from planner.fleet.seen import not_here
from planner.fleetplan import FleetPlan, InstancePlan, Member
from planner.inventory import Unknown, value_of
from planner.plan import StepKind
from planner.routes import Routes
from planner.shifts import knowledge_changed, rulings_changed
from planner.support import Judge


def fleet_drift_of(plan: FleetPlan, judge: Judge, routes: Routes) -> FleetDrift:
    """What has become of a saved plan of instances by the facts and the catalog of `judge`. A pure function of its
    arguments."""
    steps = {step.id: step for step in plan.steps}
    homes = members_by_instance(plan)
    replays = [Replay(plan, one, homes[one.id], steps, judge, routes) for one in plan.instances]
    fates = {fate.id: fate for replay in replays for fate in replay.fates()}
    told = tuple(fates[step.id] for step in plan.steps if step.id in fates)
    instances = tuple(_instance(replay, homes, fates) for replay in replays)
    policy = tuple(rulings_changed(plan, judge.catalog))
    anew = made_anew(plan, judge, routes)
    as_new = told_anew(plan, anew, fates) if isinstance(anew, FleetPlan) else None
    seen = {fate.fate for fate in told} | {one.fate for part in instances for one in part.reasons}
    whole = (
        *(Reason(f"{one.what}: {one.now}; the plan says {one.then}", Moved.POLICY) for one in policy),
        *reasons_anew(plan, anew, {fate.id for fate in told if fate.fate is Fate.DONE}, seen),
    )
    return FleetDrift(
        title=plan.title,
        goal=plan.goal,
        revision=plan.revision,
        verdict=plan.verdict,
        planned_at=plan.as_of,
        planned_from=plan.as_of,
        as_of=judge.as_of,
        read_at=judge.inventory.as_of,
        planned_catalog=plan.catalog_date,
        catalog=judge.catalog.newest_fact,
        steps=told,
        whole=whole,
        facts=tuple(_moved(plan, replays)),
        knowledge=knowledge_changed(plan, judge.catalog),
        policy=policy,
        instances=instances,
        anew=as_new,
    )


def _instance(replay: Replay, homes: Mapping[str, Sequence[Member]], fates: Mapping[str, StepFate]) -> InstanceDrift:
    plan, now = replay.instance, replay.now
    elsewhere = {one.id.casefold(): one for id, members in homes.items() if id != plan.id for one in members}
    return InstanceDrift(
        id=plan.id,
        name=plan.name,
        planned=plan.release,
        release="unknown" if isinstance(now, Unknown) else now.key,
        steps=tuple(_ids(plan)),
        reasons=(
            *_way(replay),
            *_gone(replay, homes[plan.id]),
            *(_arrival(one, replay, elsewhere) for one in replay.hosted if one.member is None and not one.is_told),
            *_stranded(replay, fates),
        ),
        looked_at=len(replay.hosted),
    )


def _ids(plan: InstancePlan) -> Iterator[str]:
    for stage in plan.stages:
        yield from (id for batch in stage.batches for id in batch)
        if stage.update:
            yield stage.update


def _way(replay: Replay) -> Iterator[Reason]:
    """An instance that went another way, or cannot be found."""
    plan, now = replay.instance, replay.now
    if isinstance(now, Unknown):
        yield Reason(now.reason, None, Fate.UNKNOWN)
    elif plan.stages and now.key not in {stage.release for stage in plan.stages}:
        way = " > ".join(stage.release for stage in plan.stages)
        yield Reason(f"it runs {now.key}, which is not on the plan's way ({way})", Moved.REALITY)


def _gone(replay: Replay, members: Sequence[Member]) -> Iterator[Reason]:
    """Clusters of the plan that are not on it now, where no step of theirs says so."""
    here = {one.cluster.key for one in replay.hosted}
    for member in members:
        moved = any(replay.kind_of(id) is not StepKind.DECIDE for id in member.steps)
        if member.id.casefold() not in here and not moved:
            why = not_here(member, replay.instance, replay.judge)
            yield why if why.fate is Fate.UNKNOWN else Reason(why.what, why.cause, Fate.VALID)


def _arrival(one: Hosted, replay: Replay, elsewhere: Mapping[str, Member]) -> Reason:
    """A cluster the plan does not have on this instance. What an update does to it, the update says."""
    before = elsewhere.get(one.cluster.key)
    came = f"came from {before.instance}" if before is not None else "is not in the plan"
    if isinstance(one.at, Unknown):
        return Reason(f"{one.name} {came}, and cannot be judged: {one.at.reason}", None, Fate.UNKNOWN)
    if one.is_stranded(replay.judge):
        what = f"{one.name} ({value_of(one.cluster.version)}) {came}, and is stranded already: decide about it first"
        return Reason(what, Moved.REALITY)
    what = f"{one.name} ({value_of(one.cluster.version)}) {came}; every update that is left was tried with it"
    return Reason(what, Moved.REALITY, Fate.VALID)


def _stranded(replay: Replay, fates: Mapping[str, StepFate]) -> Iterator[Reason]:
    """Clusters of the plan that are stranded by now, where no step of theirs says so."""
    for one in replay.hosted:
        if one.member is None or one.is_given_up or not one.is_stranded(replay.judge):
            continue
        if all(fates[id].fate in (Fate.DONE, Fate.VALID) for id in one.member.steps):
            version = value_of(one.cluster.version)
            yield Reason(f"{one.name} ({version}) is stranded by now: decide about it first", Moved.REALITY)


def _moved(plan: FleetPlan, replays: Sequence[Replay]) -> Iterator[Shift]:
    """Releases and versions that are other ones now; nothing else of the facts is kept in a plan of instances."""
    for replay in replays:
        now = "unknown" if isinstance(replay.now, Unknown) else replay.now.key
        if now != replay.instance.release:
            yield Shift(f"release of {replay.instance.name}", replay.instance.release, now)
    now_by_key = {one.cluster.key: one for replay in replays for one in replay.hosted}
    for member in plan.members:
        one = now_by_key.get(member.id.casefold())
        version = str(value_of(one.cluster.version) or "unknown") if one is not None else "not there"
        if version != member.version:
            yield Shift(member.name, member.version, version)
