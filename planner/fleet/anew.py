"""The plan of instances as it would be made today with the same goal, against what is left of the saved one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Final

from planner.course import version_of
from planner.fates import Fate, Reason, StepFate
from planner.findings import Verdict
from planner.fleet.building import build_fleet_plan
from planner.fleet.fates import Anew
from planner.fleetplan import FleetPlan, InstancePlan, Member, Part
from planner.goals import GoalError, parse_goal
from planner.plan import Step, StepKind
from planner.routes import Routes
from planner.support import Judge

_CLOSED: Final = (Verdict.NO_GO, Verdict.UNKNOWN)
_SETTLED: Final = frozenset({Fate.DONE, Fate.VALID})


def made_anew(plan: FleetPlan, judge: Judge, routes: Routes) -> FleetPlan | GoalError | None:
    """The plan from the facts and knowledge of now, with what persons accepted; None where no instance of it was read."""
    found = judge.inventory.instance_by_id
    instances = [found[one.id] for one in plan.instances if one.id in found]
    if not instances:
        return None
    try:
        goal = parse_goal(plan.goal, judge.catalog)
        return build_fleet_plan(instances, goal, judge, routes, plan.accepted, seekers=seekers_of(plan))
    except GoalError as error:
        return error


def seekers_of(plan: FleetPlan) -> frozenset[str] | None:
    """Keys of the clusters the goal was asked for; None = of all. A document does not name them, but their parts tell."""
    if not any(_is_left_out(one) for one in plan.members):
        return None
    return frozenset(
        one.id.casefold() for one in plan.members if not _is_left_out(one) and one.part is not Part.ISOLATED
    )


def _is_left_out(member: Member) -> bool:
    return member.part is Part.CARRIED and member.dead_end is None


def told_anew(plan: FleetPlan, anew: FleetPlan, fates: Mapping[str, StepFate]) -> Anew:
    """What it says differently from what is left."""
    left = [step for step in plan.steps if fates[step.id].fate is not Fate.DONE]
    before, after = _Order.of(plan, left), _Order.of(anew, anew.steps)
    return Anew(anew.verdict, anew.verdict_because, tuple(_differences(before, after)))


def reasons_anew(
    plan: FleetPlan, anew: FleetPlan | GoalError | None, made: Set[str], fates: Set[Fate]
) -> tuple[Reason, ...]:
    """Where no step says so itself: the goal cannot be planned for, it ends elsewhere, or it must not be begun any more.

    `made` are the ids of the steps that are done, `fates` those of everything that is said."""
    if fates == {Fate.DONE} or not fates <= _SETTLED:
        return ()
    if isinstance(anew, GoalError):
        return (Reason(str(anew)),)
    if anew is None:
        return ()
    ends = tuple(_ends(plan, anew, made))
    if ends:
        return ends
    by_calendar = plan.timing is not None and bool(plan.timing.calendar)
    if not anew.steps or by_calendar or anew.verdict not in _CLOSED or plan.verdict in _CLOSED:
        return ()
    fate = Fate.UNKNOWN if anew.verdict is Verdict.UNKNOWN else Fate.CHANGED
    return (Reason(f"made anew it is {anew.verdict}: {anew.verdict_because}", None, fate),)


def _ends(plan: FleetPlan, anew: FleetPlan, made: Set[str]) -> Iterator[Reason]:
    """Clusters of the plan that it would leave on another minor now. One that came to its end is there, and newer patches
    are told by the hops themselves."""
    now = {one.id.casefold(): one for one in anew.members}
    for member in plan.members:
        other = now.get(member.id.casefold())
        if other is None or other.instance != member.instance or _is_alike(other.target, member.target):
            continue
        if member.steps and all(id in made for id in member.steps):
            continue
        fate = Fate.UNKNOWN if other.part is Part.UNKNOWN else Fate.CHANGED
        yield Reason(f"made anew it leaves {member.name} on {other.target}, not on {member.target}", None, fate)


def _is_alike(one: str, other: str) -> bool:
    now, then = version_of(one), version_of(other)
    return one == other if now is None or then is None else now.minor == then.minor


class _Order:
    """Who hops where, and which updates are made, of a list of steps: what a calendar does not change."""

    def __init__(self) -> None:
        self.updates: dict[str, list[str]] = {}
        """Release keys by the id of the instance."""
        self.hops: dict[str, list[str]] = {}
        """Versions with their releases, by the key of the cluster."""
        self.names: dict[str, str] = {}

    @staticmethod
    def of(plan: FleetPlan, steps: Sequence[Step]) -> _Order:
        """Those of some steps of a plan."""
        order, owners, hosts = _Order(), _owners(plan), _hosts(plan)
        for step in steps:
            if step.kind is StepKind.RELEASE:
                host = hosts[step.id]
                order.names[host.id] = host.name
                order.updates.setdefault(host.id, []).append(step.target)
            elif step.kind is StepKind.KUBERNETES:
                member = owners[step.id]
                order.names[member.id.casefold()] = member.name
                order.hops.setdefault(member.id.casefold(), []).append(f"{step.target} on {step.release}")
        return order


def _owners(plan: FleetPlan) -> dict[str, Member]:
    return {id: member for member in plan.members for id in member.steps}


def _hosts(plan: FleetPlan) -> dict[str, InstancePlan]:
    return {stage.update: one for one in plan.instances for stage in one.stages if stage.update}


def _differences(before: _Order, after: _Order) -> Iterator[str]:
    names = before.names | after.names
    for noun, then, now in (("updates", before.updates, after.updates), ("hops", before.hops, after.hops)):
        for key in dict.fromkeys((*then, *now)):
            left, right = then.get(key, []), now.get(key, [])
            if left != right:
                yield f"{names[key]}: {noun} {_row(right)}; in the plan {_row(left)}"


def _row(words: Sequence[str]) -> str:
    return ", ".join(words) or "none"
