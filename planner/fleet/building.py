"""Building a plan of instances: facts, knowledge, goal and calendar in; a FleetPlan out. A pure function of its arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planner.acceptance import Acceptance
from planner.catalog import Catalog
from planner.caveats import disputed_along, risks_of, rulings
from planner.citing import full_sources, rules_named
from planner.clocks import ClockKind
from planner.destination import check_destination
from planner.fleet import telling
from planner.fleet.carried import opens_of
from planner.fleet.grouping import waves_of
from planner.fleet.instance_clocks import instance_clocks, own_subscription
from planner.fleet.joint import Joint, joint_order
from planner.fleet.members import Ask, members_of
from planner.fleet.stages import stages_of
from planner.fleet.timetable import timed
from planner.fleet.verdict import verdict
from planner.fleet.writing import Written, write_stages
from planner.fleetplan import FLEET_SCHEMA, FleetPlan, InstancePlan, Member, WavePlan
from planner.goals import Goal, GoalKind, check_goal
from planner.inventory import Instance, Inventory, Unknown, value_of
from planner.plan import Step, StepKind
from planner.routes import Routes
from planner.rules import findings_for
from planner.schedule.calendar import ANYTIME, Calendar, WaveRule
from planner.schedule.downtime import downtime_of
from planner.standpoint import platform_of
from planner.subject import clock_lines
from planner.support import Judge
from planner.version import KubernetesVersion


def build_fleet_plan(
    instances: Sequence[Instance],
    goal: Goal,
    judge: Judge,
    routes: Routes,
    acceptances: Sequence[Acceptance] = (),
    calendar: Calendar = ANYTIME,
    seekers: frozenset[str] | None = None,
) -> FleetPlan:
    """The plan of instances to a goal. `seekers` are the keys of the clusters that want it; None = all of them.

    Raises GoalError for a goal that no list arcstep knows, and no list of these instances, offers.
    """
    held = tuple(one for one in acceptances if one.until >= judge.today)
    _check(instances, goal, judge, routes)
    ask = Ask(goal, judge, routes, frozenset(one.id for one in held), seekers)
    waves = waves_of(instances, judge.inventory, calendar)
    draft = _Draft(ask, calendar)
    for rule, row in waves:
        for instance in row:
            draft.add(instance, rule.name if len(waves) > 1 or calendar.waves else "")
    return _assembled(draft, tuple(_wave(rule, row) for rule, row in waves), acceptances, held)


def _wave(rule: WaveRule, row: Sequence[Instance]) -> WavePlan:
    names, ids = tuple(one.name for one in row), tuple(one.id for one in row)
    return WavePlan(rule.name, names, rule.soak, rule.stop, instance_ids=ids)


_OF_THE_HOSTS = (ClockKind.RELEASE, ClockKind.BRIDGE)


class _Draft:
    """Instances written out one after the other, their steps numbered through."""

    def __init__(self, ask: Ask, calendar: Calendar) -> None:
        self.ask, self.calendar = ask, calendar
        self.instances: list[InstancePlan] = []
        self.members: list[Member] = []
        self.steps: list[Step] = []
        self.joints: list[Joint] = []

    def add(self, instance: Instance, wave: str) -> None:
        """One instance with all its clusters."""
        ask, judge = self.ask, self.ask.judge
        joint = joint_order(instance, ask.goal, judge, ask.routes, accepted=ask.accepted, seekers=ask.seekers)
        written = Written((), (), {})
        if joint.chain:
            stages = stages_of(joint, judge.catalog, self.calendar.side_by_side)
            first = len(self.steps) + 1
            opens = tuple(opens_of(joint, judge))
            written = write_stages(joint, stages, first, judge.catalog, judge.today, self.calendar, opens)
        self.steps += written.steps
        self.members += members_of(joint, written.own, ask)
        self.joints.append(joint)
        entry = judge.instance_entry(instance)
        hosts = [one.clock for one in instance_clocks(instance, judge) if one.clock.kind in _OF_THE_HOSTS]
        self.instances.append(
            InstancePlan(
                id=instance.id,
                name=instance.name,
                release=joint.chain[0].key if joint.chain else entry.key if entry is not None else "unknown",
                target=joint.chain[-1].key if joint.chain else "",
                stages=written.stages,
                minimal=telling.minimal(joint, ask.goal),
                wave=wave,
                clocks=clock_lines((*hosts, own_subscription(instance, judge))),
                missing="" if joint.chain else _missing(joint, judge.inventory),
            )
        )


def _missing(joint: Joint, inventory: Inventory) -> str:
    if joint.party.unread:
        cluster, gap = joint.party.unread[0]
        return f"{cluster.name}: {gap.reason}."
    whole = not inventory.unread and len(inventory.clusters) >= (inventory.expected or 0)
    return "It hosts no cluster." if whole else "No cluster of it was read, and not everything could be read."


def _check(instances: Sequence[Instance], goal: Goal, judge: Judge, routes: Routes) -> None:
    """Refuse what nobody offers, and a release out of reach; a goal some are beyond is still one for the others."""
    inventory = judge.inventory
    for instance in instances:
        here = platform_of(instance, judge)
        if not isinstance(here, Unknown):
            check_destination(goal, instance.name, here, routes)
    clusters = [one for each in instances for one in inventory.clusters_by_instance.get(each.id, ())]
    versions = [version for one in clusters if (version := value_of(one.version)) is not None]
    offered: set[KubernetesVersion] = set()
    for cluster in clusters:
        location = inventory.location_of(cluster)
        rows = (
            *(value_of(location.offered) or () if location is not None else ()),
            *(value_of(cluster.upgrades) or ()),
        )
        offered.update(row.version for row in rows)
    if versions:
        check_goal(goal, min(versions), tuple(sorted(offered)), judge.catalog)


def _assembled(
    draft: _Draft, waves: Sequence[WavePlan], acceptances: Sequence[Acceptance], held: Sequence[Acceptance]
) -> FleetPlan:
    judge, catalog, steps = draft.ask.judge, draft.ask.judge.catalog, tuple(draft.steps)
    risks = risks_of(steps, held, catalog)
    times = timed(draft.instances, draft.members, waves, steps, draft.calendar, judge.as_of, _downtime(draft), catalog)
    found, why = verdict(times.instances, times.members, steps, risks, draft.joints, times.timing, judge)
    plan = FleetPlan(
        schema=FLEET_SCHEMA,
        title=_title(draft),
        goal=str(draft.ask.goal),
        as_of=judge.as_of,
        catalog_date=catalog.newest_fact,
        verdict=found,
        verdict_because=why,
        instances=times.instances,
        members=_worst_first(times.members, judge),
        steps=steps,
        waves=times.waves,
        timing=times.timing,
        critical=times.critical,
        risks=risks,
        unknowns=tuple(dict.fromkeys(telling.unknowns(draft.joints, steps, judge, times.timing))),
        disputes=rulings(_disputed(draft), catalog),
        must_not=tuple(telling.must_not(times.instances, steps, draft.joints, judge)),
        sources=(),
        accepted=tuple(acceptances),
        limits=telling.limits(draft.calendar),
    )
    return _cited(plan, catalog)


def _title(draft: _Draft) -> str:
    clusters = f"{len(draft.members)} cluster{'' if len(draft.members) == 1 else 's'}"
    if len(draft.instances) == 1:
        one = draft.instances[0]
        goal = "" if draft.ask.goal.kind is GoalKind.RELEASE else f" to {draft.ask.goal}"
        way = f", release {one.release} → {one.target}" if one.target not in ("", one.release) else ""
        return f"{one.name}: {clusters}{goal}{way}"
    return f"{len(draft.instances)} instances: {clusters} to {draft.ask.goal}"


def _downtime(draft: _Draft) -> list[str]:
    """Of the clusters whose nodes are replaced."""
    replaced = {step.where for step in draft.steps if step.kind is StepKind.KUBERNETES}
    everyone = (cluster for joint in draft.joints for one in joint.party.travellers for cluster in one.clusters)
    return [line for cluster in everyone if cluster.name in replaced for line in downtime_of(cluster)]


def _worst_first(members: Sequence[Member], judge: Judge) -> tuple[Member, ...]:
    def rank(member: Member) -> tuple[int, str, str]:
        state, _ = judge.state(judge.inventory.by_key[member.id.casefold()])
        return state.order, member.name.casefold(), member.id

    return tuple(sorted(members, key=rank))


def _disputed(draft: _Draft) -> set[str]:
    inventory = draft.ask.judge.inventory
    clusters = [inventory.by_key[member.id.casefold()] for member in draft.members]
    named = {name for one in clusters for finding in findings_for(one, draft.ask.judge) for name in finding.disputes}
    off_list = any(member.numbers is not None and member.numbers.off_list_moves for member in draft.members)
    about = (
        disputed_along(path, draft.ask.judge.catalog)
        for joint in draft.joints
        for path in joint.paths
        if path is not None
    )
    return named.union({"C3"}, {"C2"} if off_list else (), *about)


def _cited(plan: FleetPlan, catalog: Catalog) -> FleetPlan:
    clocks = [clock for one in (*plan.instances, *plan.members) for clock in one.clocks]
    rules = rules_named(plan, {clock.rule: clock.source for clock in clocks}, catalog)
    text = [source for step in plan.steps for source in step.sources]
    text += [note.source for note in plan.risks] + [clock.source for clock in clocks] + list(plan.limits)
    text += [way.source for one in plan.members if one.dead_end is not None for way in one.dead_end.ways_out]
    sources = full_sources((*text, *(rule.source for rule in rules)), catalog)
    return replace(plan, rules=rules, sources=sources)
