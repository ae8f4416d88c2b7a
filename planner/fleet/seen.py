"""What is seen of a cluster's step without trying it: done, over, gone with its cluster, or not to be read."""

from __future__ import annotations

from collections.abc import Iterator

from planner.catalog import Catalog
from planner.caveats import missing_facts
from planner.course import version_of
from planner.draft import unsettled
from planner.fates import Fate, Moved, Reason, StepFate, fate_of
from planner.fleet.hosted import Hosted
from planner.fleetplan import FleetPlan, InstancePlan, Member
from planner.inventory import Unknown
from planner.plan import Step
from planner.support import Judge


def told(step: Step, reasons: tuple[Reason, ...]) -> StepFate:
    """A step with its reasons, the weightiest first."""
    fate = fate_of(reasons)
    return StepFate(step.id, step.title, step.where, fate, tuple(sorted(reasons, key=lambda one: one.fate is not fate)))


def not_here(member: Member, instance: InstancePlan, judge: Judge) -> Reason:
    """Why a cluster of the plan is not among those of its instance."""
    inventory = judge.inventory
    cluster = inventory.by_key.get(member.id.casefold())
    if cluster is not None:
        other = inventory.instance_of(cluster)
        if other is None:
            return Reason(f"which instance hosts {member.name} is not known now", None, Fate.UNKNOWN)
        return Reason(f"{member.name} is on {other.name} now", Moved.REALITY)
    if instance.id not in inventory.instance_by_id:
        return Reason(f"{instance.name} is not among the instances that were read", None, Fate.UNKNOWN)
    if inventory.unread or len(inventory.clusters) < (inventory.expected or 0):
        return Reason(f"{member.name} is not among the clusters that could be read", None, Fate.UNKNOWN)
    return Reason(f"{member.name} is no longer on {instance.name}", Moved.REALITY)


def look(one: Hosted) -> Reason:
    """A cluster that could not be read: whether it is known by now. What an update does to it, the update says."""
    if isinstance(one.at, Unknown):
        return Reason(one.at.reason, None, Fate.UNKNOWN)
    return Reason(f"{one.name} runs {one.version}", Moved.REALITY, Fate.DONE)


def landed(step: Step, one: Hosted) -> Reason:
    """It is set to the target or beyond it; the nodes have to follow before that is done."""
    version, target = one.version, version_of(step.target)
    if version is not None and target is not None and version.minor == target.minor:
        trouble, missing = unsettled(one.cluster), missing_facts(one.cluster)
        if trouble is not None:
            return Reason(
                f"not now: {one.name} is set to {version}, but not at rest. {trouble}", Moved.REALITY, Fate.UNKNOWN
            )
        if missing:
            return not_read(missing)
    return Reason(f"{one.name} runs {version}", Moved.REALITY, Fate.DONE)


def comes_after(lost: tuple[str, Moved | None]) -> Reason:
    return Reason(f"{lost[0]} comes before it and is impossible", lost[1], Fate.IMPOSSIBLE)


def not_read(missing: tuple[str, ...]) -> Reason:
    return Reason(f"could not be read: {', '.join(missing)}", None, Fate.UNKNOWN)


def lapsed(step: Step, plan: FleetPlan, judge: Judge) -> Iterator[Reason]:
    """Acceptances of its known issues that have run out."""
    for one in plan.accepted:
        if one.id in step.risks and one.until < judge.today:
            yield Reason(f"the acceptance of {one.id} ran out on {one.until}", Moved.REALITY)


def repaired(step: Step, one: Hosted) -> tuple[Reason, ...]:
    """Whether a repair is still to be made, is another one by now, or is over."""
    trouble, missing = unsettled(one.cluster), missing_facts(one.cluster)
    if trouble is not None:
        return () if step.purpose.startswith(trouble) else (Reason(trouble, Moved.REALITY),)
    if missing:
        return (not_read(missing),)
    return (Reason("both states are Succeeded, on one version", Moved.REALITY, Fate.DONE),)


def was_carried_on(one: Hosted, instance: InstancePlan, catalog: Catalog) -> bool:
    """It runs more than the plan brings it to, and each minor in between was offered on the way its instance took."""
    version, last = one.version, version_of(one.member.target) if one.member is not None else None
    if version is None or last is None or version.minor <= last.minor or isinstance(one.at, Unknown):
        return False
    passed = [stage.release for stage in instance.stages]
    passed = passed[: passed.index(one.at.state.platform.key) + 1] if one.at.state.platform.key in passed else []
    lists = [catalog.by_key[key].offers or () for key in passed if key in catalog.by_key]
    offered = {row.minor for row in (*(one.at.ground.live or ()), *(row for listed in lists for row in listed))}
    minor = last.minor
    while minor < version.minor:
        minor = minor.next
        if minor not in offered:
            return False
    return True
