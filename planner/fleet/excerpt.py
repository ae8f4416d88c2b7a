"""What a plan of instances holds for one of its clusters, as a plan of that cluster: its hops between the updates.

So the same eyes can judge it. Facts the plan was made from are not in it: a plan of instances keeps none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from planner.fleet.writing import SIDE_BY_SIDE
from planner.fleetplan import FleetPlan, InstancePlan, Member
from planner.inventory import Cluster, value_of
from planner.plan import PLAN_SCHEMA, Move, Plan, Step, StepKind, Subject
from planner.steps import ALONE
from planner.subject import pool_line


def excerpt(
    plan: FleetPlan, instance: InstancePlan, member: Member, cluster: Cluster, steps: Mapping[str, Step]
) -> Plan:
    """The part of a member on its instance; `steps` are those of the plan by id."""
    own = tuple(steps[id] for id in member.steps)
    return Plan(
        schema=PLAN_SCHEMA,
        title=plan.title,
        goal=plan.goal,
        goal_version=member.target,
        as_of=plan.as_of,
        catalog_date=plan.catalog_date,
        verdict=plan.verdict,
        verdict_because=plan.verdict_because,
        subject=_subject(instance, member, cluster),
        path=tuple(_path(instance, member, steps)),
        numbers=member.numbers,
        steps=own,
        preflight=(),
        alternatives=(),
        dead_end=member.dead_end,
        risks=plan.risks,
        unknowns=(),
        disputes=(),
        findings=(),
        must_not=(),
        sources=plan.sources,
        accepted=plan.accepted,
    )


def as_alone(step: Step) -> Step:
    """A step as it would be written for this cluster alone: how many go side by side is no matter of its legality."""
    if all(line.text != SIDE_BY_SIDE for line in step.before):
        return step
    return replace(
        step, before=tuple(replace(line, text=ALONE) if line.text == SIDE_BY_SIDE else line for line in step.before)
    )


def _subject(instance: InstancePlan, member: Member, cluster: Cluster) -> Subject:
    return Subject(
        id=member.id,
        name=member.name,
        resource_group=member.resource_group,
        subscription=member.subscription,
        instance=member.instance,
        instance_id=instance.id,
        release=instance.release,
        build="unknown",
        version=member.version,
        support=member.support,
        support_because="",
        support_ended=None,
        provisioning_state="unknown",
        current_state="unknown",
        pools=tuple(pool_line(pool) for pool in value_of(cluster.pools) or ()),
        clocks=member.clocks,
        facts=(),
    )


def _path(instance: InstancePlan, member: Member, steps: Mapping[str, Step]) -> Iterator[Move]:
    """Its hops on each release, and the updates between them."""
    version, own = member.version, set(member.steps)
    yield Move("start", instance.release, version)
    for stage in instance.stages:
        for id in (id for batch in stage.batches for id in batch if id in own):
            if steps[id].kind is StepKind.KUBERNETES:
                version = steps[id].target
                yield Move("hop", stage.release, version, id)
        if stage.update:
            yield Move("release", steps[stage.update].target, version, stage.update)
