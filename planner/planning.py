"""Building the plan: one cluster, one goal, facts and knowledge in; a Plan out. A pure function of its arguments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.acceptance import SCALE_ROUTE, Acceptance
from planner.caveats import disputes_of, risks_of, unknowns_of
from planner.checklist import preflight
from planner.citing import cited
from planner.deadend import explain, unreadable
from planner.deciding import pools_step
from planner.destination import check_destination
from planner.draft import Draft, instance_name, release_of, unsettled
from planner.findings import Verdict
from planner.goals import Goal, check_goal, in_words
from planner.inventory import Cluster, Unknown, value_of
from planner.moves import MoveKind
from planner.neighbours.gates import gate_step
from planner.neighbours.unseen import unseen_by
from planner.openings import opened
from planner.os_patch import may_refresh, os_patch_step
from planner.path import Routes, solve
from planner.plan import (
    PLAN_SCHEMA,
    Alternative,
    Move,
    Plan,
    Step,
    StepKind,
)
from planner.prohibitions import must_not_of
from planner.rules import findings_for
from planner.schedule.calendar import ANYTIME, Calendar
from planner.schedule.downtime import downtime_of
from planner.schedule.grace import removals_of
from planner.schedule.timing import timing_of
from planner.schedule.words import lapse_words, late_words
from planner.search import Path
from planner.standpoint import platform_now
from planner.steps import hop_step, release_step, repair_step
from planner.subject import subject_of
from planner.support import Judge
from planner.timing import Timing
from planner.verdict import outcome_of, verdict_of


def build_plan(
    cluster: Cluster,
    goal: Goal,
    judge: Judge,
    routes: Routes,
    acceptances: Sequence[Acceptance] = (),
    calendar: Calendar = ANYTIME,
) -> Plan:
    """The plan of a cluster to a goal, a dead end included, with the times the calendar leaves for it.

    Raises GoalError for a goal that can never be one here (a downgrade, a version on no list). An acceptance counts until
    the end of its day.
    """
    held = tuple(acceptance for acceptance in acceptances if acceptance.until >= judge.today)
    past = tuple(acceptance for acceptance in acceptances if acceptance not in held)
    version = value_of(cluster.version)
    if version is not None:
        location = judge.inventory.location_of(cluster)
        live = value_of(location.offered) if location is not None else None
        ahead = value_of(cluster.upgrades) or ()
        offered = (*(row.version for row in live or ()), *(row.version for row in ahead))
        check_goal(goal, version, offered, judge.catalog)
    here = platform_now(cluster, judge)
    if not isinstance(here, Unknown):
        check_destination(goal, f"The instance of {cluster.name}", here, routes)
    accepted = frozenset(acceptance.id for acceptance in held)
    solution = solve(cluster, goal, judge, routes, accepted=accepted, whole=True)
    if isinstance(solution, Unknown):
        return _assemble(Draft(cluster, goal, judge, held, past, None, unreadable(cluster, solution), calendar))
    dead_end = None
    refreshes = SCALE_ROUTE in accepted and may_refresh(cluster, goal, solution, judge.catalog)
    if solution.path is None and not refreshes:
        dead_end = explain(cluster, goal, solution, judge.catalog, instance_name(cluster, judge))
    return _assemble(Draft(cluster, goal, judge, held, past, solution, dead_end, calendar))


def _assemble(draft: Draft) -> Plan:
    cluster, judge, path = draft.cluster, draft.judge, draft.path
    findings = findings_for(cluster, judge)
    steps = _steps(draft)
    risks = risks_of(steps, draft.held, judge.catalog)
    unknowns = unknowns_of(draft, findings)
    timing = _timing(draft, steps)
    verdict, because = verdict_of(draft, steps, risks, findings)
    lapsed = lapse_words(timing.lapses) if timing is not None else ""
    verdict = Verdict.GO_WITH_RISKS if lapsed and verdict is Verdict.GO else verdict
    numbers = path.numbers if path is not None else None
    target = _target(draft)
    here = release_of(draft)
    start = Move("start", here, str(value_of(cluster.version) or "unknown"))
    plan = Plan(
        schema=PLAN_SCHEMA,
        title=_title(draft, start.version, target),
        goal=str(draft.goal),
        goal_version=target,
        as_of=judge.as_of,
        catalog_date=judge.catalog.newest_fact,
        verdict=verdict,
        verdict_because=" ".join(filter(None, (because, lapsed, late_words(timing.must_start if timing else None)))),
        subject=subject_of(draft),
        path=(start, *_drawn(path, steps)) if path is not None else (start,),
        numbers=numbers,
        steps=steps,
        preflight=preflight(cluster, hops=not draft.is_refresh) if steps else (),
        alternatives=_alternatives(draft, steps),
        dead_end=draft.dead_end,
        risks=risks,
        unknowns=unknowns,
        disputes=disputes_of(findings, draft),
        findings=findings,
        must_not=must_not_of(draft, steps),
        sources=(),
        outcome=outcome_of(draft),
        accepted=(*draft.held, *draft.past),
        timing=timing,
    )
    return cited(plan, judge.catalog)


def _timing(draft: Draft, steps: tuple[Step, ...]) -> Timing | None:
    cluster, judge = draft.cluster, draft.judge
    clocks, down, running = judge.support(cluster).clocks, downtime_of(cluster), value_of(cluster.version)
    taken = removals_of(steps, cluster.name, running.minor, clocks, judge.catalog) if running is not None else ()
    return timing_of(steps, clocks, draft.calendar, judge.as_of, instance_name(cluster, judge), down, tuple(taken))


def _title(draft: Draft, version: str, target: str) -> str:
    if draft.is_refresh:
        return f"{draft.cluster.name}: newer node images on {version}"
    path = draft.path
    if path is not None and path.moves and target == version:
        return f"{draft.cluster.name}: release {release_of(draft)} → {path.end.platform.key}, stays on {version}"
    return f"{draft.cluster.name}: {version} → {target or in_words(str(draft.goal))}"


def _target(draft: Draft) -> str:
    if draft.is_refresh:
        return str(value_of(draft.cluster.version))
    if draft.path is not None:
        return str(draft.path.end.version)
    if draft.solution is not None and draft.solution.target is not None:
        return str(draft.solution.target)
    return ""


# -- steps, path, alternatives --


def _steps(draft: Draft) -> tuple[Step, ...]:
    if draft.solution is None or draft.dead_end is not None:
        return ()
    cluster, judge, ground = draft.cluster, draft.judge, draft.solution.standpoint.ground
    instance = instance_name(cluster, judge)
    steps: list[Step] = []
    trouble = unsettled(cluster)
    if trouble is not None:
        steps.append(repair_step(1, cluster, trouble, ("P17",)))
    if draft.path is None:
        return (*steps, os_patch_step(len(steps) + 1, cluster, release_of(draft), judge.catalog))
    gates = list(draft.solution.neighbours)
    for move in draft.path.moves:
        if move.kind is MoveKind.RELEASE:
            key, is_first = move.target.platform.key, all(step.kind is not StepKind.RELEASE for step in steps)
            owed = [gate for gate in gates if gate.before == key]
            if owed:
                steps.append(gate_step(len(steps) + 1, owed, instance, draft.calendar))
            for loss in draft.solution.losses:
                if loss.before == key:
                    steps.append(pools_step(len(steps) + 1, loss.cluster, loss.why, loss.on, key))
            number = len(steps) + 1
            update = release_step(number, move, instance, judge.catalog, ground, judge.today, draft.calendar)
            steps.append(opened(update, _to_be_looked_at(draft, instance) if is_first else ()))
        else:
            steps.append(hop_step(len(steps) + 1, move, cluster, judge.catalog, ground, draft.calendar))
    return tuple(steps)


def _to_be_looked_at(draft: Draft, instance: str) -> Iterator[str]:
    """Who was not seen, and whom nobody could help as things are, as checks of a person before the first update (PR14)."""
    unseen = unseen_by(draft.judge)
    if unseen:
        yield unseen.open_check(instance or "the instance")
    solution = draft.solution
    for cluster, why in solution.held_beside if solution is not None else ():
        agreed = "or its owner agreed that it stays as it is while the hosts are updated"
        yield f"{cluster.name} can be changed again, {agreed}. Now: {why}"


def _drawn(path: Path, steps: tuple[Step, ...]) -> tuple[Move, ...]:
    ids = [step.id for step in steps if step.kind in (StepKind.KUBERNETES, StepKind.RELEASE)]
    return tuple(
        Move(str(move.kind), move.target.platform.key, str(move.target.version), ids[place] if place < len(ids) else "")
        for place, move in enumerate(path.moves)
    )


_LABELS = {
    "open_high_risks": "fewest open high risks",
    "hops": "fewest hops",
    "release_updates": "fewest release updates",
    "off_list_moves": "fewest moves made off-list",
    "stops": "fewest stops",
}


def _alternatives(draft: Draft, steps: tuple[Step, ...]) -> tuple[Alternative, ...]:
    rebuild = Alternative(
        "rebuild", None, (), "build a new cluster on an offered version and move the workloads; needs room for both"
    )
    if draft.is_refresh:
        return (rebuild,)
    if draft.path is None or draft.solution is None or not draft.path.moves:
        return ()
    rows = [
        Alternative("recommended", draft.path.numbers, _drawn(draft.path, steps), "least of all five, in this order")
    ]
    for component, path in draft.solution.alternatives:
        same = path.moves == draft.path.moves
        rows.append(Alternative(_LABELS[component], path.numbers, _drawn(path, ()), _trade(path, draft.path), same))
    return (*rows, rebuild)


def _trade(path: Path, best: Path) -> str:
    """What an alternative costs against the recommended path, in words."""
    differences: list[str] = []
    for component, name in _LABELS.items():
        apart = getattr(path.numbers, component) - getattr(best.numbers, component)
        if apart:
            differences.append(f"{apart:+d} {name.removeprefix('fewest ')}")
    return ", ".join(differences) if differences else "the same numbers as the recommended path"
