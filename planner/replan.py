"""Planning again from where a plan stands: what is done stays as history, the rest is superseded, ids are never reused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count

from planner.acceptance import Acceptance
from planner.drift import Fate, drift_of
from planner.goals import GoalError, parse_goal
from planner.plan import Change, Check, Move, PastStep, Plan, Revision, Step, StepKind
from planner.planning import build_plan
from planner.routes import Routes
from planner.schedule.calendar import ANYTIME, Calendar
from planner.schedule.timing import renamed
from planner.support import Judge
from planner.version import InvalidVersion, KubernetesVersion

__all__ = ["PlanDiff", "ReplanError", "compare", "replan"]


class ReplanError(ValueError):
    """There is nothing to plan again from; the message is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class PlanDiff:
    """What two plans of one cluster say differently: verdict, goal, where it ends, steps in order, risks, unknowns."""

    before: str
    """Title of the one."""
    after: str
    changes: tuple[Change, ...]
    """Steps that stay the same stand among them, so that the two columns can be read from top to bottom."""

    @property
    def is_empty(self) -> bool:
        """True where both say the same."""
        return all(change.kind == "same" for change in self.changes)


def replan(
    plan: Plan,
    judge: Judge,
    routes: Routes,
    acceptances: Sequence[Acceptance] = (),
    calendar: Calendar = ANYTIME,
) -> Plan:
    """The next revision: the same goal from where the cluster stands now, in the times a calendar leaves for it.

    Acceptances of the plan count on until they run out; one given here takes the place of an older one of its name. A step
    that is the same keeps its id. Raises ReplanError where the cluster was not read, or its goal lies behind it.
    """
    cluster = judge.inventory.by_key.get(plan.subject.id.casefold())
    if cluster is None:
        raise ReplanError(f"{plan.subject.name} is not among the clusters that were read, so nothing can be planned.")
    given = {one.id: one for one in (*plan.accepted, *acceptances)}
    try:
        goal = parse_goal(plan.goal, judge.catalog)
        anew = build_plan(cluster, goal, judge, routes, tuple(given.values()), calendar)
    except GoalError as error:
        raise ReplanError(f"The goal {plan.goal} cannot be planned for any more: {error}") from None
    told = {step.id: step for step in drift_of(plan, judge, routes).steps}
    done = [step for step in plan.steps if told[step.id].fate is Fate.DONE]
    left = [step for step in plan.steps if step not in done]
    anew = replace(_renumbered(anew, plan, left), revision=plan.revision + 1)
    kept = {step.id for step in anew.steps}
    past = tuple(
        PastStep(
            id=step.id,
            title=step.title,
            where=step.where,
            fate="done" if step in done else "superseded",
            because="; ".join(reason.what for reason in told[step.id].reasons) or "not needed any more",
        )
        for step in plan.steps
        if step.id not in kept
    )
    changes = tuple(change for change in _changes(plan, anew, done) if change.kind != "same")
    revision = Revision(plan.revision, plan.as_of, plan.catalog_date, past, changes)
    return replace(anew, history=(*plan.history, revision))


def compare(before: Plan, after: Plan) -> PlanDiff:
    """What two plans say differently, by meaning: not texts, but verdict, goal, steps, risks and unknowns."""
    gone = {step.id for revision in after.history for step in revision.steps if step.fate == "done"}
    done = [step for step in before.steps if step.id in gone]
    return PlanDiff(before.title, after.title, tuple(_changes(before, after, done)))


# -- ids --


def _renumbered(anew: Plan, plan: Plan, left: Sequence[Step]) -> Plan:
    """Ids of the plan for steps that stay, new numbers for new ones; none that any revision ever used."""
    used = [step.id for step in plan.steps] + [past.id for revision in plan.history for past in revision.steps]
    free = (f"S{number:02}" for number in count(max(map(_number, used), default=0) + 1))
    stays = {_same(step): step.id for step in reversed(left)}
    ids = {step.id: stays.pop(_same(step), "") or next(free) for step in anew.steps}
    return replace(
        anew,
        steps=tuple(_with_id(step, ids[step.id]) for step in anew.steps),
        path=_moves(anew.path, ids),
        alternatives=tuple(replace(other, moves=_moves(other.moves, ids)) for other in anew.alternatives),
        risks=tuple(replace(risk, steps=tuple(ids.get(name, name) for name in risk.steps)) for risk in anew.risks),
        timing=renamed(anew.timing, ids),
    )


def _same(step: Step) -> tuple[str, ...]:
    """What makes a step the same step: the change it makes, and where."""
    waits = tuple(word for one in step.awaits for word in (one.cluster, one.origin, one.target))
    return (step.kind, step.where, step.origin, step.target, step.release, *(waits if len(step.awaits) > 1 else ()))


def _with_id(step: Step, name: str) -> Step:
    awaits = tuple(replace(one, check=_moved_id(one.check, name)) for one in step.awaits)
    return replace(step, id=name, before=_checks(step.before, name), verify=_checks(step.verify, name), awaits=awaits)


def _moved_id(id: str, name: str) -> str:
    return f"{name}.{id.partition('.')[2]}"


def _checks(checks: Iterable[Check], name: str) -> tuple[Check, ...]:
    return tuple(replace(check, id=_moved_id(check.id, name)) for check in checks)


def _moves(moves: Iterable[Move], ids: dict[str, str]) -> tuple[Move, ...]:
    return tuple(replace(move, step=ids.get(move.step, move.step)) for move in moves)


def _number(name: str) -> int:
    digits = name.removeprefix("S")
    return int(digits) if digits.isascii() and digits.isdecimal() else 0


# -- comparing --


def _changes(before: Plan, after: Plan, done: Sequence[Step]) -> Iterable[Change]:
    yield _line("verdict", before.verdict, after.verdict)
    yield _line("goal", _goal(before), _goal(after))
    yield _line("end", before.outcome, after.outcome)
    yield from _step_changes(before, after, done)
    yield from _set_changes("risk", _risks(before), _risks(after))
    yield from _set_changes("unknown", before.unknowns, after.unknowns)


def _line(part: str, before: str, after: str) -> Change:
    kind = "same" if before == after else "changed" if before and after else "added" if after else "removed"
    return Change(part, kind, str(before), str(after))


def _goal(plan: Plan) -> str:
    return f"{plan.goal}: {plan.goal_version or 'no path'}"


def _risks(plan: Plan) -> tuple[str, ...]:
    return tuple(f"{risk.id} ({risk.severity}, {risk.state})" for risk in plan.risks)


def _set_changes(part: str, before: Sequence[str], after: Sequence[str]) -> Iterable[Change]:
    yield from (Change(part, "removed", one, "") for one in before if one not in after)
    yield from (Change(part, "added", "", one) for one in after if one not in before)


def _step_changes(before: Plan, after: Plan, done: Sequence[Step]) -> Iterable[Change]:
    """Both lists in order: a step that is neither the same nor much alike is removed here and added there."""
    rest = list(after.steps)
    for step in before.steps:
        if step in done:
            yield Change("step", "done", _named(step), "done")
            continue
        match = next((one for one in rest if _same(one) == _same(step)), None)
        match = match or next((one for one in rest if _alike(one) == _alike(step)), None)
        if match is None:
            yield Change("step", "removed", _named(step), "")
            continue
        place = rest.index(match)
        yield from (Change("step", "added", "", _named(one)) for one in rest[:place])
        del rest[: place + 1]
        same = _same(match) == _same(step)
        yield Change("step", "same" if same else "changed", _named(step), _named(match))
    yield from (Change("step", "added", "", _named(one)) for one in rest)


def _named(step: Step) -> str:
    return f"{step.id} {step.title}"


def _alike(step: Step) -> tuple[str, ...]:
    """What a step is about: a hop into a minor, an update to a release, a neighbour to be moved before one."""
    if step.kind is not StepKind.KUBERNETES:
        return (step.kind, step.where, step.release)
    try:
        return (step.kind, step.where, str(KubernetesVersion.parse(step.target).minor))
    except InvalidVersion:
        return (step.kind, step.where, step.target)
