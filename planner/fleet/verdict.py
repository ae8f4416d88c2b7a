"""The verdict of a plan of instances: GO, GO WITH RISKS, NO-GO or UNKNOWN, and the sentence that says why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.acceptance import POOLS_STAY
from planner.builds import build_short
from planner.findings import Verdict
from planner.fleet.carried import crossings_of
from planner.fleet.endings import endings
from planner.fleet.holding import blocked_hosts
from planner.fleet.joint import Joint
from planner.fleet.telling import names
from planner.fleetplan import InstancePlan, Member, Part
from planner.neighbours.passage import Doubt, doubts_in, losses_in
from planner.neighbours.unseen import unseen_by
from planner.openings import has_open_checks
from planner.plan import RiskNote, Step, StepKind
from planner.schedule.words import lapse_words, overdue_words
from planner.support import Judge
from planner.timing import Timing


def verdict(
    instances: Sequence[InstancePlan],
    members: Sequence[Member],
    steps: Sequence[Step],
    risks: Sequence[RiskNote],
    joints: Sequence[Joint],
    timing: Timing | None,
    judge: Judge,
) -> tuple[Verdict, str]:
    """GO, GO WITH RISKS, NO-GO or UNKNOWN, and the sentence that says why; the worst reason is named."""
    found, why = _verdict(_Case(instances, members, steps, risks, joints, judge))
    ends = " ".join(endings(joints, judge))
    late = overdue_words((one.name, one.must_start) for one in members)
    late = late or overdue_words((one.name, one.must_start) for one in instances)
    if timing is not None and timing.conflicts:
        found, why = Verdict.NO_GO, f"Nothing fits into the calendar: relax {_relax(timing)}. {why}"
    unseen = _unseen(steps, joints, judge)
    lapsed = lapse_words(timing.lapses) if timing is not None else ""
    if found is Verdict.GO and (ends or late or unseen or lapsed):
        found = Verdict.GO_WITH_RISKS
    return found, " ".join(part for part in (why, unseen, ends, lapsed, late) if part)


def _unseen(steps: Sequence[Step], joints: Sequence[Joint], judge: Judge) -> str:
    """That somebody may be on an instance whom nobody looked at, where one of them is updated (PR14)."""
    seen = unseen_by(judge)
    updated = [joint.instance.name for joint in joints if joint.updates] if has_open_checks(steps) else []
    if not seen or not updated:
        return ""
    where = updated[0] if len(updated) == 1 else "one of these instances"
    return f"To be looked into before the first update: {' and '.join(seen.clauses(where))}."


def _relax(timing: Timing) -> str:
    return ", or ".join(" and ".join(conflict.constraints) for conflict in timing.conflicts)


@dataclass(frozen=True, slots=True)
class _Case:
    """What a verdict is about."""

    instances: Sequence[InstancePlan]
    members: Sequence[Member]
    steps: Sequence[Step]
    risks: Sequence[RiskNote]
    joints: Sequence[Joint]
    judge: Judge


def _verdict(case: _Case) -> tuple[Verdict, str]:
    members, steps, risks = case.members, case.steps, case.risks
    if not steps:
        return _at_rest(members)
    left = _left_behind(members)
    against = _against(case)
    if against:
        return Verdict.NO_GO, against + left
    unread = [one.name for one in members if one.part is Part.UNKNOWN]
    if unread:
        why = f"Too little is known of {names(unread)}: nobody can say what an update does to it."
        return Verdict.UNKNOWN, why + left
    doubts = [doubt for joint in case.joints for doubt in doubts_in(crossings_of(joint), case.judge.catalog)]
    if doubts:
        return Verdict.UNKNOWN, _doubtful(doubts) + left
    open_risks = [note.id for note in risks if note.state == "open"]
    if open_risks:
        count = "1 known issue has" if len(open_risks) == 1 else f"{len(open_risks)} known issues have"
        return Verdict.GO_WITH_RISKS, f"{count} to be ruled out first: see Risks.{left}"
    if left or has_open_checks(steps) or any(step.kind is StepKind.DECIDE for step in steps):
        return Verdict.GO_WITH_RISKS, f"Every move is legal and strands nobody.{left}"
    return Verdict.GO, "Every move is legal, strands nobody, and no known issue is open."


def _doubtful(doubts: Sequence[Doubt]) -> str:
    first = doubts[0]
    others = list(dict.fromkeys(doubt.cluster.name for doubt in doubts if doubt.cluster.key != first.cluster.key))
    more = f" The same way it is not known of {names(others)}: see Unknowns." if others else ""
    return f"Nobody can say what the update to {first.before} does to {first.cluster.name}: {first.what}.{more}"


def _against(case: _Case) -> str:
    """What forbids to begin, the worst reason first; "" where nothing does."""
    bindings = [bound for one in case.instances for stage in one.stages for bound in stage.binding]
    doomed = [bound.cluster for bound in bindings if not bound.needs]
    if doomed:
        return f"{names(doomed)} cannot be saved: a person decides about it before the update that strands it."
    losses = [loss for joint in case.joints for loss in losses_in(crossings_of(joint), case.judge.catalog)]
    stay = any(note.id == POOLS_STAY and note.state == "accepted" for note in case.risks)
    if losses and not stay:
        more = f", and likewise for {names([one.cluster.name for one in losses[1:]])}" if losses[1:] else ""
        why = f"{losses[0].cluster.name}: {losses[0].why}{more}"
        return f"{why}. Replace those pools, or have a named person accept {POOLS_STAY}, before that update."
    hosts = next(iter(_hosts_not_now(case)), "")
    if hosts:
        return f"Not now: {hosts}"
    repair = next((step for step in case.steps if step.kind is StepKind.REPAIR), None)
    if repair is not None:
        return f"Not now: {repair.where}: {repair.purpose}"
    waited_for = {bound.cluster for bound in bindings}
    held_up = next((one for one in case.members if one.held_up and one.name in waited_for), None)
    if held_up is not None:
        return f"Not now: an update waits for {held_up.name}. {held_up.held_up}"
    movers = [one for one in case.members if one.steps]
    if movers and all(one.held_up for one in movers) and not any(joint.updates for joint in case.joints):
        return f"Not now: nothing in it can be begun. {movers[0].name}: {movers[0].held_up}"
    unaccepted = [note for note in case.risks if note.state == "applies" and note.severity == "high"]
    if not unaccepted:
        return ""
    first, more = unaccepted[0], f", and {len(unaccepted) - 1} more" if len(unaccepted) > 1 else ""
    return f"{first.id} applies{more}: {first.title.rstrip('.')}. Cure it, or have a named person accept it, first."


def _hosts_not_now(case: _Case) -> Iterator[str]:
    """Instances on which nothing of the plan may be begun, such as one whose hosts are being updated already."""
    for plan, joint in zip(case.instances, case.joints, strict=True):
        begins = any(stage.update or stage.batches for stage in plan.stages)
        for why in blocked_hosts(joint.instance, case.judge) if begins else ():
            yield f"{plan.name}: {why}"
        if len(joint.chain) > 1 and (short := build_short(joint.instance, *joint.chain[:2], case.judge.catalog)):
            yield short


def _left_behind(members: Sequence[Member]) -> str:
    """Whom the plan does not bring to the goal, and whose steps cannot begin as things are."""
    short = [one.name for one in members if one.dead_end is not None]
    held_up = [one.name for one in members if one.held_up]
    told = f" No way to the goal: {names(short)}." if short else ""
    return told + (f" Cannot be changed now: {names(held_up)}. Their parts say why." if held_up else "")


def _at_rest(members: Sequence[Member]) -> tuple[Verdict, str]:
    """No step leads further; that is only good news where everybody is at the goal and in support."""
    if not members:
        return Verdict.UNKNOWN, "No cluster of these instances was read."
    short = [one for one in members if one.dead_end is not None]
    if short:
        known = any(one.dead_end is not None and one.dead_end.by_rule for one in short)
        who = names([one.name for one in short])
        return Verdict.NO_GO if known else Verdict.UNKNOWN, f"No move leads further for {who}: its part says why."
    poor = [one for one in members if one.support not in ("supported", "patch outdated")]
    if poor:
        return (
            Verdict.NO_GO,
            f"No move leads further, and {names([one.name for one in poor])} stays {poor[0].support}.",
        )
    return Verdict.GO, "Every cluster is where it should be; nothing has to be done."
