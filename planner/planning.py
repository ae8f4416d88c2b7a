"""Building the plan: one cluster, one goal, facts and knowledge in; a Plan out. A pure function of its arguments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from planner.catalog import Catalog
from planner.clocks import ClockState
from planner.deadend import explain, unreadable
from planner.findings import Evidence, Finding, Severity, Verdict
from planner.goals import Goal, check_goal
from planner.inventory import Cluster, Known, NodePool, Unknown, value_of
from planner.moves import MoveKind
from planner.path import Routes, Solution, solve
from planner.plan import (
    PLAN_SCHEMA,
    Alternative,
    ClockLine,
    DeadEnd,
    Move,
    Plan,
    RiskNote,
    Step,
    StepKind,
    Subject,
)
from planner.rules import findings_for
from planner.search import Path
from planner.steps import hop_step, neighbour_step, preflight, release_step, repair_step
from planner.support import Judge, SupportState

RECOVERY_SKIP = "RECOVERY-SKIP"
"""The name under which a person accepts a skip out of a stranded place (P12, P13)."""


class AcceptanceError(ValueError):
    """An acceptance that cannot be used; the message says how one is written."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A person's dated consent to a named risk."""

    id: str
    reason: str
    until: date


def parse_acceptance(text: str, catalog: Catalog) -> Acceptance:
    """Read "ID:REASON:DATE". Raises AcceptanceError for another shape, an unknown id, or a date that is none."""
    parts = text.split(":")
    if len(parts) < 3 or not parts[0].strip() or not ":".join(parts[1:-1]).strip():
        raise AcceptanceError(
            f"{text!r} is not ID:REASON:DATE, such as RECOVERY-SKIP:approved by the board:2026-06-30."
        )
    name, reason, day = parts[0].strip(), ":".join(parts[1:-1]).strip(), parts[-1].strip()
    if name != RECOVERY_SKIP and name not in catalog.risk_by_id:
        raise AcceptanceError(f"{name!r} is not a risk arcstep knows; they are listed on the plan's Risks tab.")
    try:
        return Acceptance(name, reason, date.fromisoformat(day))
    except ValueError:
        raise AcceptanceError(f"{day!r} is not a date such as 2026-06-30.") from None


def build_plan(
    cluster: Cluster, goal: Goal, judge: Judge, routes: Routes, acceptances: Sequence[Acceptance] = ()
) -> Plan:
    """The plan of a cluster to a goal, a dead end included.

    Raises GoalError for a goal that can never be one here (a downgrade, a version on no list). An acceptance counts until
    the end of its day.
    """
    held = tuple(acceptance for acceptance in acceptances if acceptance.until >= judge.today)
    version = value_of(cluster.version)
    if version is not None:
        location = judge.inventory.location_of(cluster)
        live = value_of(location.offered) if location is not None else None
        ahead = value_of(cluster.upgrades) or ()
        offered = (*(row.version for row in live or ()), *(row.version for row in ahead))
        check_goal(goal, version, offered, judge.catalog)
    solution = solve(cluster, goal, judge, routes, accepted=frozenset(a.id for a in held), alternatives=True)
    if isinstance(solution, Unknown):
        return _assemble(_Draft(cluster, goal, judge, held, None, unreadable(cluster, solution)))
    dead_end = None
    if solution.path is None:
        dead_end = explain(cluster, goal, solution, judge.catalog, instance_name(cluster, judge))
    return _assemble(_Draft(cluster, goal, judge, held, solution, dead_end))


def instance_name(cluster: Cluster, judge: Judge) -> str:
    """Name of the hosting instance, "" where unknown."""
    instance = judge.inventory.instance_of(cluster)
    return instance.name if instance is not None else ""


@dataclass(frozen=True)
class _Draft:
    """What a plan is assembled from."""

    cluster: Cluster
    goal: Goal
    judge: Judge
    held: tuple[Acceptance, ...]
    solution: Solution | None
    dead_end: DeadEnd | None

    @property
    def path(self) -> Path | None:
        return self.solution.path if self.solution is not None else None


def _assemble(draft: _Draft) -> Plan:
    cluster, judge, path = draft.cluster, draft.judge, draft.path
    findings = findings_for(cluster, judge)
    steps = _steps(draft)
    risks = _risks(draft, steps)
    unknowns = _unknowns(draft, findings)
    verdict, because = _verdict(draft, steps, risks, unknowns)
    numbers = path.numbers if path is not None else None
    target = _target(draft)
    here = _release_of(draft)
    start = Move("start", here, str(value_of(cluster.version) or "unknown"))
    plan = Plan(
        schema=PLAN_SCHEMA,
        title=f"{cluster.name}: {start.version} → {target or draft.goal}",
        goal=str(draft.goal),
        goal_version=target,
        as_of=judge.as_of,
        catalog_date=judge.catalog.newest_fact,
        verdict=verdict,
        verdict_because=because,
        subject=_subject(draft),
        path=(start, *_drawn(path, steps)) if path is not None else (start,),
        numbers=numbers,
        steps=steps,
        preflight=preflight(cluster) if steps else (),
        alternatives=_alternatives(draft, steps),
        dead_end=draft.dead_end,
        risks=risks,
        unknowns=unknowns,
        disputes=_disputes(findings, draft),
        findings=findings,
        must_not=_must_not(draft),
        sources=(),
    )
    return _cited(plan, judge.catalog)


def _target(draft: _Draft) -> str:
    if draft.path is not None:
        return str(draft.path.end.version)
    if draft.solution is not None and draft.solution.target is not None:
        return str(draft.solution.target)
    return ""


def _release_of(draft: _Draft) -> str:
    if draft.solution is not None:
        return draft.solution.standpoint.state.platform.key
    entry = draft.judge.entry(draft.cluster)
    return entry.key if entry is not None else "unknown"


# -- steps, path, alternatives --


def _steps(draft: _Draft) -> tuple[Step, ...]:
    path = draft.path
    if path is None or draft.solution is None:
        return ()
    cluster, judge, ground = draft.cluster, draft.judge, draft.solution.standpoint.ground
    instance = instance_name(cluster, judge)
    steps: list[Step] = []
    trouble = unsettled(cluster)
    if trouble is not None:
        steps.append(repair_step(1, cluster, trouble, ("P17",)))
    gates = list(draft.solution.neighbours)
    for move in path.moves:
        if move.kind is MoveKind.RELEASE:
            for gate in [gate for gate in gates if gate.before == move.target.platform.key]:
                steps.append(neighbour_step(len(steps) + 1, gate, instance))
            steps.append(release_step(len(steps) + 1, move, instance, judge.catalog, ground, judge.today))
        else:
            steps.append(hop_step(len(steps) + 1, move, cluster, judge.catalog, ground))
    return tuple(steps)


def unsettled(cluster: Cluster) -> str | None:
    """Why no hop may begin now (pools apart, or a state that is not Succeeded), or None where the cluster is settled (P17)."""
    states = [("provisioningState", cluster.provisioning_state), ("currentState", cluster.current_state)]
    words = [f"{name} is {seen.value}" for name, seen in states if isinstance(seen, Known) and _busy(seen.value)]
    if words:
        return f"{' and '.join(words)}."
    wanted = value_of(cluster.version)
    pools = value_of(cluster.pools) or ()
    seen = {ready.version for pool in pools for ready in pool.ready if ready.version is not None}
    apart = sorted({version for version in seen if version != wanted} | (seen if len(seen) > 1 else set()))
    if apart:
        return f"Node pools run {', '.join(map(str, sorted(seen)))} while the cluster is set to {wanted}."
    return None


def _busy(state: str) -> bool:
    return state.casefold() != "succeeded"


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


def _alternatives(draft: _Draft, steps: tuple[Step, ...]) -> tuple[Alternative, ...]:
    if draft.path is None or draft.solution is None or not draft.path.moves:
        return ()
    rows = [
        Alternative("recommended", draft.path.numbers, _drawn(draft.path, steps), "least of all five, in this order")
    ]
    for component, path in draft.solution.alternatives:
        same = path.moves == draft.path.moves
        rows.append(Alternative(_LABELS[component], path.numbers, _drawn(path, ()), _trade(path, draft.path), same))
    rows.append(
        Alternative(
            "rebuild", None, (), "build a new cluster on an offered version and move the workloads; needs room for both"
        )
    )
    return tuple(rows)


def _trade(path: Path, best: Path) -> str:
    """What an alternative costs against the recommended path, in words."""
    differences: list[str] = []
    for component, name in _LABELS.items():
        apart = getattr(path.numbers, component) - getattr(best.numbers, component)
        if apart:
            differences.append(f"{apart:+d} {name.removeprefix('fewest ')}")
    return ", ".join(differences) if differences else "the same numbers as the recommended path"


# -- risks, unknowns, disputes --


def _risks(draft: _Draft, steps: tuple[Step, ...]) -> tuple[RiskNote, ...]:
    held = {acceptance.id: acceptance for acceptance in draft.held}
    by_risk: dict[str, list[str]] = {}
    for step in steps:
        for name in step.risks:
            by_risk.setdefault(name, []).append(step.id)
    notes = [_risk_note(name, tuple(ids), held.get(name), draft.judge.catalog) for name, ids in by_risk.items()]
    weight = {"high": 0, "medium": 1, "low": 2}
    return tuple(sorted(notes, key=lambda note: (weight.get(note.severity, 3), note.id)))


def _risk_note(name: str, steps: tuple[str, ...], accepted: Acceptance | None, catalog: Catalog) -> RiskNote:
    risk = catalog.risk_by_id.get(name)
    if risk is None:
        title, severity, state = "Skipping minors may not work and cannot be undone", "high", "applies"
        cure, source = "back up, rehearse on another cluster, or rebuild instead", "CU, BUL"
    else:
        title, severity, state = risk.title, risk.severity, "open" if risk.match.fact else "applies"
        cure, source = risk.cure, risk.source
    if accepted is None:
        return RiskNote(name, title, severity, state, cure, steps, source)
    return RiskNote(name, title, severity, "accepted", cure, steps, source, accepted.reason, accepted.until)


def _unknowns(draft: _Draft, findings: tuple[Finding, ...]) -> tuple[str, ...]:
    lines = [f"{finding.code}: {finding.title}" for finding in findings if finding.severity is Severity.UNKNOWN]
    path = draft.path
    if path is not None and draft.solution is not None:
        unconfirmed = [m for m in path.moves if m.kind is MoveKind.HOP and m.basis == "catalog"]
        if unconfirmed:
            keys = dict.fromkeys(move.origin.platform.key for move in unconfirmed)
            lines.append(
                f"Offers on {', '.join(keys)} come from the catalog and are not confirmed; read the live list there."
            )
        for gate in draft.solution.neighbours:
            if gate.needed is None:
                lines.append(f"The version of {gate.name} on the same instance is not known; it might be stranded.")
        if any(
            draft.judge.catalog.by_key[m.target.platform.key].released is None
            for m in path.moves
            if m.kind is MoveKind.RELEASE
        ):
            lines.append(
                "Some releases on the path have no published date; whether they are served to this instance is not known."
            )
    lines.append("How long a hop or a release update takes is not published.")
    return tuple(dict.fromkeys(lines))


def _disputes(findings: tuple[Finding, ...], draft: _Draft) -> tuple[str, ...]:
    named = {dispute for finding in findings for dispute in finding.disputes}
    if draft.path is not None and draft.path.numbers.off_list_moves:
        named.add("C2")
    if any(way.title.startswith("Scale each") for way in (draft.dead_end.ways_out if draft.dead_end else ())):
        named.add("C1")
    known = [name for name in named if name in draft.judge.catalog.dispute_by_id]
    return tuple(sorted(known, key=lambda name: (len(name), name)))


def _must_not(draft: _Draft) -> tuple[str, ...]:
    lines = [
        "Do not run az aksarc upgrade without --kubernetes-version: the service may offer a version that skips a minor (C3).",
        "Do not start the next step before every check of the last one is ticked.",
        "Do not change node machines through Hyper-V or host tools (P27, P28).",
    ]
    path = draft.path
    if path is not None and draft.solution is not None:
        first = next((m for m in path.moves if m.kind is MoveKind.RELEASE), None)
        hops_before = [m for m in path.moves if m.kind is MoveKind.HOP]
        if first is not None and hops_before and path.moves[0].kind is MoveKind.HOP:
            lines.insert(
                0,
                f"Do not update the instance to {first.target.platform.key} before the hops that precede it here (P18).",
            )
    elif draft.dead_end is not None:
        lines.insert(
            0, "Do not update the instance in the hope that it helps: later releases offer still newer minors (P18)."
        )
    return tuple(lines)


# -- verdict --


def _verdict(
    draft: _Draft, steps: tuple[Step, ...], risks: tuple[RiskNote, ...], unknowns: tuple[str, ...]
) -> tuple[Verdict, str]:
    if draft.dead_end is not None:
        verdict = Verdict.NO_GO if draft.dead_end.by_rule else Verdict.UNKNOWN
        return verdict, draft.dead_end.summary
    if steps and steps[0].kind is StepKind.REPAIR:
        return Verdict.NO_GO, f"Not now: {steps[0].purpose}"
    unaccepted = [note.id for note in risks if note.state == "applies" and note.severity == "high"]
    if unaccepted:
        return (
            Verdict.NO_GO,
            f"{', '.join(unaccepted)} applies and has to be cured, or accepted by a named person, first.",
        )
    missing = missing_facts(draft.cluster)
    if missing:
        return Verdict.UNKNOWN, f"{', '.join(missing)} could not be read, so nobody can say that a hop may begin."
    if not steps:
        return _at_rest(draft)
    open_risks = [note.id for note in risks if note.state == "open"]
    if open_risks:
        return (
            Verdict.GO_WITH_RISKS,
            f"{len(open_risks)} known issues may apply and have to be ruled out first: see Risks.",
        )
    if any(step.kind is StepKind.NEIGHBOUR for step in steps):
        return Verdict.GO_WITH_RISKS, "Other clusters of the instance have to move before it is updated."
    if any(move.basis == "catalog" for move in draft.path.moves) if draft.path is not None else False:
        return Verdict.GO_WITH_RISKS, "Offers come from the catalog and are not confirmed live."
    return Verdict.GO, "Every move is legal, offered now, and no known issue is open."


def _at_rest(draft: _Draft) -> tuple[Verdict, str]:
    """No step is needed for the goal; that is only good news where the cluster is in support."""
    support = draft.judge.support(draft.cluster)
    match support.state:
        case SupportState.SUPPORTED:
            return Verdict.GO, "The goal is reached already; nothing has to be done."
        case SupportState.UNKNOWN:
            return Verdict.UNKNOWN, f"No move leads further, and support cannot be judged: {support.because}"
        case _:
            return Verdict.NO_GO, f"No move leads further, and the cluster stays {support.state}: {support.because}"


def missing_facts(cluster: Cluster) -> tuple[str, ...]:
    """The facts without which no hop may be called safe, as far as they are unknown."""
    facts = (
        ("state", cluster.provisioning_state),
        ("current state", cluster.current_state),
        ("node pools", cluster.pools),
    )
    return tuple(name for name, fact in facts if isinstance(fact, Unknown))


# -- subject and sources --


def _subject(draft: _Draft) -> Subject:
    cluster, judge = draft.cluster, draft.judge
    support = judge.support(cluster)
    instance = judge.inventory.instance_of(cluster)
    ended = [clock.ends for clock in support.clocks if clock.state is ClockState.ENDED and clock.ends is not None]
    return Subject(
        id=cluster.id,
        name=cluster.name,
        resource_group=cluster.resource_group,
        subscription=cluster.subscription,
        instance=instance.name if instance is not None else "",
        instance_id=instance.id if instance is not None else "",
        release=_release_of(draft),
        build=str(value_of(instance.build) or "unknown") if instance is not None else "unknown",
        version=str(value_of(cluster.version) or "unknown"),
        support=str(support.state),
        support_because=support.because,
        support_ended=min(ended, default=None),
        provisioning_state=value_of(cluster.provisioning_state) or "unknown",
        current_state=value_of(cluster.current_state) or "unknown",
        pools=tuple(_pool_line(pool) for pool in value_of(cluster.pools) or ()),
        clocks=tuple(
            ClockLine(str(c.kind), str(c.state), c.ends, c.latest, c.rule, c.reading, c.source) for c in support.clocks
        ),
        facts=tuple(_facts(cluster, judge)),
    )


def _pool_line(pool: NodePool) -> str:
    ready = (
        ", ".join(f"{row.count} on {row.version or 'version not reported'}" for row in pool.ready)
        or "ready nodes not reported"
    )
    return f"{pool.name}: {pool.count if pool.count is not None else '?'} × {pool.os_sku or 'OS not reported'}; {ready}"


def _facts(cluster: Cluster, judge: Judge) -> Iterable[Evidence]:
    rows: list[tuple[str, Known[object] | Unknown]] = [
        ("Kubernetes version wanted", cluster.version),
        ("provisioningState", cluster.provisioning_state),
        ("currentState", cluster.current_state),
        ("connectivity", cluster.connectivity),
        ("upgrades offered now", _joined(cluster.upgrades)),
        ("node pools", _counted(cluster.pools)),
    ]
    instance = judge.inventory.instance_of(cluster)
    if instance is not None:
        rows.append(("Azure Local build", instance.build))
    location = judge.inventory.location_of(cluster)
    if location is not None:
        rows.append(("versions offered on the instance", _joined(location.offered)))
    for name, fact in rows:
        match fact:
            case Known(value, at, source):
                yield Evidence(name, str(value), source, at)
            case Unknown(reason):
                yield Evidence(name, f"unknown: {reason}", "", None)


def _joined(fact: Known[tuple[object, ...]] | Unknown) -> Known[object] | Unknown:
    if isinstance(fact, Unknown):
        return fact
    versions = ", ".join(str(getattr(row, "version", row)) for row in fact.value)
    return Known(versions or "none", fact.at, fact.source)


def _counted(fact: Known[tuple[NodePool, ...]] | Unknown) -> Known[object] | Unknown:
    return fact if isinstance(fact, Unknown) else Known(f"{len(fact.value)} pools", fact.at, fact.source)


def _cited(plan: Plan, catalog: Catalog) -> Plan:
    """The plan with the full text of every source it cites."""
    text: list[str] = [source for step in plan.steps for source in step.sources]
    text += [note.source for note in plan.risks] + [clock.source for clock in plan.subject.clocks]
    text += [source for finding in plan.findings for source in finding.sources]
    text += [way.source for way in plan.dead_end.ways_out] if plan.dead_end else []
    rules = {rule for step in plan.steps for rule in step.rules} | {r for f in plan.findings for r in f.rules}
    rules |= {rule for cause in (plan.dead_end.causes if plan.dead_end else ()) for rule in cause.rules}
    text += [catalog.rule_by_id[rule].source for rule in sorted(rules) if rule in catalog.rule_by_id]
    keys = {key.strip() for entry in text for key in entry.replace(";", ",").split(",")}
    return replace(plan, sources=tuple((key, catalog.sources[key]) for key in sorted(keys) if key in catalog.sources))
