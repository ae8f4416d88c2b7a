"""What a plan of instances says of itself: why it is the shortest, what limits it, what is unknown, and the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.fleet.carried import crossings_of
from planner.fleet.joint import Joint
from planner.fleet.stages import BRIDGE_LIMIT
from planner.fleetplan import InstancePlan
from planner.goals import Goal, GoalKind
from planner.inventory import value_of
from planner.moves import MoveKind
from planner.neighbours.passage import doubts_in
from planner.neighbours.unseen import unseen_by
from planner.plan import Step, StepKind
from planner.schedule.calendar import Calendar
from planner.support import Judge
from planner.timing import Timing


def minimal(joint: Joint, goal: Goal) -> str:
    """Why fewer release updates are not possible: the next best way, and who falls short on it."""
    if not joint.chain:
        return "Nothing is planned: no cluster of this instance could be judged."
    if not joint.updates:
        return "No release update is needed."
    count = "1 release update is" if joint.updates == 1 else f"{joint.updates} release updates are"
    less = joint.shortfall
    if less is None:
        return f"{count} needed."
    if goal.kind is GoalKind.RELEASE:
        return f"{count} the fewest that lead to release {goal}, and no hop is made that they do not need."
    who = joint.party.travellers[less.traveller].clusters[0].name
    ends = less.chain[-1].key
    tried = (
        "With none the instance stays"
        if joint.updates == 1
        else f"Every known way with {joint.updates - 1} or fewer was tried; the nearest ends"
    )
    return f"{count} the fewest. {tried} on {ends}, where {who} reaches {less.best} at most, short of {goal}."


def limits(calendar: Calendar) -> tuple[str, ...]:
    """How many upgrades may run side by side and why."""
    beside = max(1, min(calendar.side_by_side, BRIDGE_LIMIT))
    spare = (
        "One cluster of an instance is upgraded at a time: each upgrade needs a spare IP address, and how many there are "
        "Azure does not tell (IPP). side_by_side in the calendar says how many."
        if calendar.side_by_side == 1
        else f"Up to {beside} clusters of an instance are upgraded side by side: so many spare IP addresses were stated; each "
        "upgrade needs one (IPP)."
    )
    return (
        spare,
        f"An Arc Resource Bridge takes at most {BRIDGE_LIMIT} long operations at a time, and a cluster one (SCL).",
    )


def must_not(
    instances: Sequence[InstancePlan], steps: Sequence[Step], joints: Sequence[Joint], judge: Judge
) -> Iterator[str]:
    """What must not be done, the most dangerous first."""
    for instance in instances:
        for stage in instance.stages:
            if stage.update and stage.binding:
                who = names([f"{bound.cluster} ({bound.step})" for bound in stage.binding])
                after = _after(instance, stage.release)
                yield f"Do not update {instance.name} to {after} before {who}: it would be stranded for good (P18)."
    by_id = {step.id: step for step in steps}
    for instance in instances:
        for stage in instance.stages:
            own = [by_id[id] for batch in stage.batches for id in batch]
            if stage.update:
                no = f"Do not update {instance.name} to {_after(instance, stage.release)} before"
                yield from (f"{no} {what}" for what in _first_of_all(own))
    yield from _unlooked(joints, judge)
    yield (
        "Do not run az aksarc upgrade without --kubernetes-version: the service may offer a version that skips a minor (C3)."
    )
    yield "Do not start the next step of an instance before every check of the last one is ticked."
    yield "Do not change node machines through Hyper-V or host tools (P27, P28)."


def _first_of_all(steps: Sequence[Step]) -> Iterator[str]:
    """What people do before an update, by what is at stake."""
    for kind, words in (
        (StepKind.REPAIR, "{} is at rest: nodes an upgrade left behind could be stranded for good (P17, P18)."),
        (StepKind.NEIGHBOUR, "it is known what {} runs: it might be stranded for good (P18)."),
        (StepKind.DECIDE, "it is decided about {}: see those steps."),
    ):
        who = names([f"{step.where} ({step.id})" for step in steps if step.kind is kind])
        if who:
            yield words.format(who)


def _unlooked(joints: Sequence[Joint], judge: Judge) -> Iterator[str]:
    """Updates before which something has to be found out that could turn the answer."""
    unseen = unseen_by(judge)
    for joint in joints:
        name = joint.instance.name
        for doubt in doubts_in(crossings_of(joint), judge.catalog):
            yield f"Do not update {name} to {doubt.before} before it is known of {doubt.cluster.name}: {doubt.what}."
        if unseen and joint.updates:
            why = " and ".join(unseen.clauses(name))
            yield f"Do not update {name} before that is looked into: {why}; the update might strand them (P18)."


def _after(instance: InstancePlan, release: str) -> str:
    keys = [stage.release for stage in instance.stages]
    return keys[keys.index(release) + 1]


def unknowns(joints: Sequence[Joint], steps: Sequence[Step], judge: Judge, timing: Timing | None) -> Iterator[str]:
    """What nobody could read or has published, as far as it bears on the plan."""
    catalog = judge.catalog
    for joint in joints:
        for cluster, gap in joint.party.unread:
            yield f"{cluster.name} on {joint.instance.name}: {gap.reason}; an update might strand it."
        if joint.updates:
            for clause in unseen_by(judge).clauses(joint.instance.name):
                yield f"{clause[:1].upper()}{clause[1:]}; an update might strand them."
        doubts = tuple(doubts_in(crossings_of(joint), catalog))
        for doubt in doubts:
            yield f"{doubt.cluster.name} on {joint.instance.name}: {doubt.what}; it could turn the update to {doubt.before}."
        told = {doubt.cluster.key for doubt in doubts}
        clusters = [cluster for one in joint.party.travellers for cluster in one.clusters]
        dark = [one.name for one in clusters if value_of(one.pools) is None and one.key not in told]
        if dark and joint.updates:
            yield f"Node pools of {', '.join(dark)} could not be read: whether Windows pools are among them is not known."
    moves = [move for joint in joints for path in joint.paths if path is not None for move in path.moves]
    listed = dict.fromkeys(m.origin.platform.key for m in moves if m.kind is MoveKind.HOP and m.basis == "catalog")
    if listed:
        yield f"Offers on {', '.join(listed)} come from the catalog and are not confirmed; read the live list there."
    releases = dict.fromkeys(move.target.platform.key for move in moves if move.kind is MoveKind.RELEASE)
    undated = [key for key in releases if catalog.by_key[key].released is None]
    if undated:
        yield f"No date is published for {', '.join(undated)}; whether they are served to these instances is not known."
    yield "How long a hop or a release update takes is not published; bands say what they rest on."
    open_ended = [step.id for step in steps if step.kind in (StepKind.REPAIR, StepKind.DECIDE, StepKind.NEIGHBOUR)]
    if open_ended:
        yield f"How long {', '.join(open_ended)} will take is not known: to be over before what follows begins."
    if timing is not None and timing.unknown:
        yield f"How long {', '.join(timing.unknown)} will take is not known; what comes after it has no time of its own."


def names(found: Sequence[str]) -> str:
    """The first three, and how many more there are."""
    shown = ", ".join(found[:3])
    return f"{shown} and {len(found) - 3} more" if len(found) > 3 else shown
