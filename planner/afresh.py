"""The plan as it would be made today, and where that says something else about the whole than the saved one does."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime

from planner.course import Course
from planner.fates import Fate, Moved, Reason
from planner.goals import GoalError, parse_goal
from planner.plan import Plan
from planner.planning import build_plan
from planner.support import Judge


def planned_anew(course: Course, as_of: datetime) -> Plan | GoalError:
    """The plan from the facts and knowledge of now, to the same goal and with what persons accepted; or why there is none."""
    judge = course.judge
    if as_of != judge.as_of:
        judge = Judge(judge.inventory, judge.catalog, as_of)
    try:
        goal = parse_goal(course.plan.goal, judge.catalog)
        return build_plan(course.cluster, goal, judge, course.routes, course.plan.accepted)
    except GoalError as error:
        return error


def as_a_whole(course: Course, fates: Set[Fate], anew: Plan | GoalError, cause: Moved | None) -> tuple[Reason, ...]:
    """Where no step says so itself: the goal comes to something else, a dead end opened, a path closed, or it ends where
    support does. `cause` is what can have made a difference, as far as facts and catalog tell."""
    plan = course.plan
    if plan.steps and (fates == {Fate.DONE} or fates & {Fate.CHANGED, Fate.IMPOSSIBLE}):
        return ()
    if isinstance(anew, GoalError):
        return (Reason(str(anew), cause),)
    return tuple(Reason(what, cause, fate) for what, fate in _otherwise(plan, anew)) or _ends(course, anew)


def _otherwise(plan: Plan, anew: Plan) -> list[tuple[str, Fate]]:
    end = anew.dead_end
    if end is not None and not end.by_rule:
        return [(end.summary, Fate.UNKNOWN)]
    if end is not None:
        same = plan.dead_end is not None and plan.dead_end.summary == end.summary
        return [] if same else [(end.summary, Fate.CHANGED if not plan.steps else Fate.IMPOSSIBLE)]
    if plan.dead_end is not None:
        way = ", ".join(step.title for step in anew.steps) or "nothing has to be done"
        return [(f"there is a path now: {way}", Fate.CHANGED)]
    if not plan.steps and anew.steps:
        return [(f"steps are needed now: {', '.join(step.title for step in anew.steps)}", Fate.CHANGED)]
    if plan.goal_version != anew.goal_version:
        return [(f"{plan.goal} comes to {anew.goal_version} now, the plan to {plan.goal_version}", Fate.CHANGED)]
    return []


def _ends(course: Course, anew: Plan) -> tuple[Reason, ...]:
    """The same end, and another word on its support: a date moved where the plan's own day is judged so too, else time went
    on."""
    plan = course.plan
    same_place = [(move.release, move.version) for move in (*plan.path[-1:], *anew.path[-1:])]
    if len(set(same_place)) != 1 or not anew.outcome or anew.outcome == plan.outcome:
        return ()
    then = planned_anew(course, plan.as_of)
    by_policy = isinstance(then, Plan) and then.outcome != plan.outcome
    return (Reason(f"it ends on {anew.outcome}", Moved.POLICY if by_policy else Moved.REALITY),)
