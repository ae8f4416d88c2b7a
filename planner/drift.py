"""Drift: a saved plan against newer facts and today's knowledge, step by step, each with the cause.

What made the difference is told apart by what a step rests on: facts of here and now are reality, lists and edges of
elsewhere are knowledge, and rulings and dates of support, judged at the plan's own moment, are policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.afresh import as_a_whole, planned_anew
from planner.ahead import Ahead, moves_ahead
from planner.beside import Beside, beside
from planner.caveats import missing_facts
from planner.course import Course, Reached, version_of
from planner.fates import Drift, Fate, Moved, Reason, Shift, StepFate, fate_of
from planner.findings import Severity
from planner.goals import GoalError
from planner.inventory import Unknown
from planner.plan import Plan, Step, StepKind
from planner.rewritten import texts
from planner.routes import Routes
from planner.rules import findings_for
from planner.settled import unsettled
from planner.shifts import facts_moved, knowledge_changed, policy_changed
from planner.support import Judge

__all__ = ["Drift", "Fate", "Moved", "Reason", "Shift", "StepFate", "drift_of"]


def drift_of(plan: Plan, judge: Judge, routes: Routes) -> Drift:
    """What has become of a saved plan by the facts and the catalog of `judge`. A pure function of its arguments."""
    cluster = judge.inventory.by_key.get(plan.subject.id.casefold())
    knowledge = knowledge_changed(plan, judge.catalog)
    if cluster is None:
        unread = Reason(f"{plan.subject.name} is not among the clusters that were read", None, Fate.UNKNOWN)
        steps = tuple(_told(step, (unread,)) for step in plan.steps)
        return _drift(plan, judge, steps, (unread,), (), knowledge, ())
    course = Course(plan, cluster, judge, routes)
    facts, policy = facts_moved(plan, cluster, judge), policy_changed(plan, cluster, judge)
    anew = planned_anew(course, judge.as_of)
    steps = _Review.of(course, policy, anew).steps()
    cause = Moved.REALITY if not knowledge else None if facts else Moved.KNOWLEDGE
    whole = as_a_whole(course, {step.fate for step in steps}, anew, cause)
    return _drift(plan, judge, steps, whole, facts, knowledge, policy)


def _drift(
    plan: Plan,
    judge: Judge,
    steps: tuple[StepFate, ...],
    whole: tuple[Reason, ...],
    facts: tuple[Shift, ...],
    knowledge: tuple[Shift, ...],
    policy: tuple[Shift, ...],
) -> Drift:
    return Drift(
        title=plan.title,
        goal=plan.goal,
        revision=plan.revision,
        verdict=plan.verdict,
        planned_at=plan.as_of,
        planned_from=max((fact.at for fact in plan.subject.facts if fact.at is not None), default=plan.as_of),
        as_of=judge.as_of,
        read_at=judge.inventory.as_of,
        planned_catalog=plan.catalog_date,
        catalog=judge.catalog.newest_fact,
        steps=steps,
        whole=whole,
        facts=facts,
        knowledge=knowledge,
        policy=policy,
    )


def _told(step: Step, reasons: tuple[Reason, ...]) -> StepFate:
    """A step with its reasons, the weightiest first."""
    fate = fate_of(reasons)
    ranked = sorted(reasons, key=lambda reason: reason.fate is not fate)
    return StepFate(step.id, step.title, step.where, fate, tuple(ranked))


@dataclass(frozen=True)
class _Review:
    """The steps of a plan gone through in order."""

    course: Course
    ahead: Mapping[str, Ahead]
    beside: Beside | None
    """None where it is not known where the cluster stands."""
    missing: str
    """Why that is not known."""
    policy: tuple[Shift, ...]
    anew: Plan | GoalError
    """The plan as it would be made now."""

    @staticmethod
    def of(course: Course, policy: tuple[Shift, ...], anew: Plan | GoalError) -> _Review:
        """Everything the steps are judged by, worked out once."""
        standpoint = course.standpoint()
        if isinstance(standpoint, Unknown):
            return _Review(course, {}, None, standpoint.reason, policy, anew)
        ahead = moves_ahead(course, standpoint)
        return _Review(course, ahead, beside(course, standpoint, ahead), "", policy, anew)

    def steps(self) -> tuple[StepFate, ...]:
        """The fate of every step, in order."""
        told: list[StepFate] = []
        for step in self.course.plan.steps:
            told.append(_told(step, self._reasons(step, tuple(told))))
        return tuple(told)

    def _reasons(self, step: Step, told: tuple[StepFate, ...]) -> tuple[Reason, ...]:
        match step.kind:
            case StepKind.REPAIR:
                return self._repair(step)
            case StepKind.DECIDE:
                return self._lapsed(step)  # facts do not tell what a person decided
            case StepKind.OS_PATCH:
                return (*self._refresh(step), *self._before_the_next(told))
            case StepKind.NEIGHBOUR:
                return self._neighbour(step)
            case StepKind.KUBERNETES | StepKind.RELEASE:
                return self._move(step, told)

    # -- steps --

    def _repair(self, step: Step) -> tuple[Reason, ...]:
        trouble = unsettled(self.course.cluster)
        missing = missing_facts(self.course.cluster)
        if trouble is not None:
            same = step.purpose.startswith(trouble)
            return () if same else (Reason(trouble, Moved.REALITY),)
        if missing:
            return (_not_read(missing),)
        return (Reason("both states are Succeeded, on one version", Moved.REALITY, Fate.DONE),)

    def _neighbour(self, step: Step) -> tuple[Reason, ...]:
        if self.beside is None:
            return (Reason(self.missing, None, Fate.UNKNOWN),)
        steps = self.course.plan.steps
        later = (one for one in steps[steps.index(step) :] if one.kind is StepKind.RELEASE)
        return self.beside.judged(step, next(later, None))

    def _refresh(self, step: Step) -> tuple[Reason, ...]:
        """Newer images by scaling: Azure does not tell whether that was done, only whether it is still what would be planned."""
        anew = self.anew
        if isinstance(anew, GoalError):
            return (Reason(str(anew), Moved.REALITY),)
        again = next((one for one in anew.steps if one.kind is StepKind.OS_PATCH), None)
        if again is not None:
            return tuple(texts(step, again, Moved.REALITY))
        lapsed = self._lapsed(step)
        if anew.dead_end is not None:
            fate = Fate.IMPOSSIBLE if anew.dead_end.by_rule else Fate.UNKNOWN
            return lapsed or (Reason(anew.dead_end.summary, Moved.REALITY, fate),)
        return (Reason(f"Kubernetes {anew.goal_version} is within reach now and brings newer images", Moved.REALITY),)

    def _move(self, step: Step, told: tuple[StepFate, ...]) -> tuple[Reason, ...]:
        hop = step.kind is StepKind.KUBERNETES
        match self.course.hop(step) if hop else self.course.update(step):
            case Reached.BEHIND:
                return (self._landed(step) if hop else self._updated(),)
            case Reached.ASTRAY:
                now = f"Kubernetes {self.course.version}" if hop else f"release {self.course.release}"
                return (Reason(f"{step.where} is on {now}, off the plan's path", Moved.REALITY),)
            case Reached.UNREAD:
                what = "the version of the cluster" if hop else "the release of the instance"
                return (Reason(f"{what} could not be read", None, Fate.UNKNOWN),)
            case Reached.AHEAD:
                return self._still_ahead(step, told)

    def _landed(self, step: Step) -> Reason:
        """The cluster is set to the target or beyond it; the nodes have to follow before that is done."""
        course = self.course
        version, target = course.version, version_of(step.target)
        beyond = version is not None and target is not None and version.minor != target.minor
        if not beyond:
            trouble, missing = unsettled(course.cluster), missing_facts(course.cluster)
            if trouble is not None:
                return Reason(f"{step.where} is set to {version}, but not at rest. {trouble}", Moved.REALITY)
            if missing:
                return _not_read(missing)
        return Reason(f"{step.where} runs {version}", Moved.REALITY, Fate.DONE)

    def _updated(self) -> Reason:
        instance = self.course.judge.inventory.instance_of(self.course.cluster)
        name = instance.name if instance is not None else "the instance"
        return Reason(f"{name} runs {self.course.release}", Moved.REALITY, Fate.DONE)

    def _still_ahead(self, step: Step, told: tuple[StepFate, ...]) -> tuple[Reason, ...]:
        lost = next((one for one in told if one.fate is Fate.IMPOSSIBLE), None)
        if lost is not None:
            return (Reason(f"{lost.id} comes before it and is impossible", lost.reasons[0].cause, Fate.IMPOSSIBLE),)
        found = self.ahead.get(step.id)
        if found is None or self.beside is None:
            return (Reason(self.missing, None, Fate.UNKNOWN),)
        owed = self.beside.owed(step) if step.kind is StepKind.RELEASE else ()
        is_next = step.id == next(iter(self.ahead))
        before = (*self._starts_elsewhere(found), *self._before_the_next(told)) if is_next else ()
        return (*found.reasons, *owed, *self._lapsed(step), *before)

    def _lapsed(self, step: Step) -> tuple[Reason, ...]:
        """Acceptances of its known issues that have run out."""
        return tuple(
            Reason(f"the acceptance of {one.id} ran out on {one.until}", Moved.REALITY)
            for one in self.course.plan.accepted
            if one.id in step.risks and one.until < self.course.judge.today
        )

    # -- the next step --

    def _starts_elsewhere(self, ahead: Ahead) -> tuple[Reason, ...]:
        before, now = self.course.before(ahead.step), ahead.origin
        if before is None or (before.release, before.version) == (now.platform.key, str(now.version)):
            return ()
        places = f"{now.version} on {now.platform.key}, not from {before.version} on {before.release}"
        return (Reason(f"it starts from {places}", Moved.REALITY),)

    def _before_the_next(self, told: tuple[StepFate, ...]) -> tuple[Reason, ...]:
        """What stands between the cluster and the next change, other than its legality; once a step before it says so,
        not again."""
        policy = [Reason(f"{one.what}: {one.now}; the plan says {one.then}", Moved.POLICY) for one in self.policy]
        if {one.fate for one in told} & {Fate.CHANGED, Fate.UNKNOWN}:
            return tuple(policy)
        missing = missing_facts(self.course.cluster)
        unread = (_not_read(missing),) if missing else ()
        return (*self._blocked(), *unread, *policy)

    def _blocked(self) -> list[Reason]:
        """Blockers the plan does not know of, and pools or states that are not at rest."""
        course = self.course
        known = {finding.code for finding in course.plan.findings if finding.severity is Severity.BLOCKER}
        found = findings_for(course.cluster, course.judge)
        reasons = [
            Reason(f"{finding.code}: {finding.title}", Moved.REALITY)
            for finding in found
            if finding.severity is Severity.BLOCKER and finding.code not in known
        ]
        trouble = unsettled(course.cluster)
        repairs = any(step.kind is StepKind.REPAIR for step in course.plan.steps)
        if trouble is not None and not repairs and not reasons:
            reasons.append(Reason(f"wait or repair comes first. {trouble}", Moved.REALITY))
        return reasons


def _not_read(missing: tuple[str, ...]) -> Reason:
    return Reason(f"could not be read: {', '.join(missing)}", None, Fate.UNKNOWN)
