"""The parts of a plan document around its steps: every sentence is made from the plan and from nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime

from planner.documents.marks import box, joined, linked, table, text
from planner.findings import Owner, Verdict
from planner.plan import Alternative, Move, Numbers, Plan, Reversibility, RiskNote, StepKind


def front_matter(plan: Plan, digest: str) -> list[tuple[str, str]]:
    """The headline as (key, YAML value) pairs; quoted the JSON way, which YAML shares."""
    values = {
        "cluster": plan.subject.name,
        "goal": plan.goal,
        "from": plan.subject.version,
        "to": plan.goal_version or "no path",
        "verdict": str(plan.verdict),
        "as_of": moment(plan.as_of),
        "catalog": plan.catalog_date.isoformat(),
        "revision": str(plan.revision),
        "digest": digest,
    }
    return [("arcstep", "plan"), ("schema", str(plan.schema)), *((k, json.dumps(v)) for k, v in values.items())]


def moment(at: datetime) -> str:
    """A moment as people read it in every time zone: 2026-05-20 14:05 UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def summary(plan: Plan) -> list[str]:
    """What, why now, risk, unknown: what a change board reads first."""
    subject = plan.subject
    lines = [f"# {text(plan.title)}", ""]
    if plan.dead_end is not None:
        kind = "a rule forbids it" if plan.dead_end.by_rule else "something needed is not known"
        lines += [
            f"> **NO PATH**: {kind}. This document holds no steps; it says why, and which ways out there are.",
            "",
        ]
    if subject.support_ended is not None:
        lines += [f"> **Out of support** {_since(subject.support_ended, plan.as_of.date())}. "
                  f"{text(subject.support_because)}", ""]  # fmt: skip
    lines += ["## Decision summary", ""]
    lines.append(f"- **Verdict:** {plan.verdict}. {text(plan.verdict_because)}")
    lines.append(f"- **What:** {_what(plan)}")
    lines.append(f"- **Why now:** {_why_now(plan)}")
    lines.append(f"- **Risk:** {_risk(plan)}")
    lines.append(f"- **Not known:** {_not_known(plan)}")
    lines.append(f"- **Way back:** {_way_back(plan)}")
    lines.append(f"- **Facts as of** {moment(plan.as_of)}, catalog of {plan.catalog_date}, revision {plan.revision}.")
    return [*lines, ""]


def _since(ended: date, today: date) -> str:
    days = (today - ended).days
    return f"since {ended}" + (f" ({_count(days, 'day')})" if days > 0 else "")


def _what(plan: Plan) -> str:
    subject = plan.subject
    where = f"cluster {text(subject.name)} on {text(subject.instance or 'an unknown instance')}"
    if plan.dead_end is not None:
        return f"No path for {where} from {text(subject.version)} to {text(plan.goal)}. {text(plan.dead_end.summary)}"
    if not plan.path or len(plan.path) < 2:
        return f"Nothing to move for {where}: {text(subject.version)} meets the goal {text(plan.goal)}."
    counts = f" in {_components(plan.numbers)}" if plan.numbers else ""
    return f"{where}: Kubernetes {text(subject.version)} → {text(plan.goal_version)} (goal {text(plan.goal)}){counts}."


def _components(numbers: Numbers) -> str:
    parts = [_count(numbers.hops, "hop"), _count(numbers.release_updates, "release update")]
    if numbers.stops:
        parts.append(f"{_count(numbers.stops, 'stop')} on the way")
    return ", ".join(parts)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _why_now(plan: Plan) -> str:
    subject = plan.subject
    nearest = next((clock for clock in subject.clocks if clock.ends is not None), None)
    words = [f"Support state: {text(subject.support)}. {text(subject.support_because)}"]
    if nearest is not None and nearest.ends is not None:
        days = (nearest.ends - plan.as_of.date()).days
        left = f"in {_count(days, 'day')}" if days >= 0 else f"{_count(-days, 'day')} ago"
        words.append(f"Nearest clock: {text(nearest.kind)}, {nearest.ends} ({left}, {text(nearest.rule)}).")
    return " ".join(words)


def _risk(plan: Plan) -> str:
    if not plan.risks:
        return "no known issue matches this path."
    order = ("high", "medium", "low")
    ranked = sorted(plan.risks, key=lambda risk: order.index(risk.severity) if risk.severity in order else 0)
    return "; ".join(
        f"{text(risk.id)} ({text(risk.severity)}, {text(risk.state)}): {text(risk.title)}" for risk in ranked
    )


def _not_known(plan: Plan) -> str:
    if not plan.unknowns:
        return "nothing that this plan rests on."
    return f"{_count(len(plan.unknowns), 'thing')}: {'; '.join(map(text, plan.unknowns))}"


def _way_back(plan: Plan) -> str:
    if not plan.steps:
        return "nothing is changed."
    worst = max((step.reversibility for step in plan.steps), key=list(Reversibility).index)
    if worst is Reversibility.REVERSIBLE:
        return "every step can be undone."
    return "none: Kubernetes and release updates go forward only; restore means rebuild (P15)."


def current_state(plan: Plan) -> list[str]:
    """The cluster as it was read, its clocks, and what was found."""
    subject = plan.subject
    rows = [
        ("Cluster", subject.name),
        ("Resource group", subject.resource_group),
        ("Subscription", subject.subscription),
        ("ARM id", subject.id),
        ("Kubernetes version", subject.version),
        ("Instance", subject.instance or "unknown"),
        ("Azure Local release", f"{subject.release} ({subject.build})" if subject.build else subject.release),
        ("Support state", subject.support),
        ("Provisioning state", subject.provisioning_state),
        ("Current state", subject.current_state),
        *((f"Node pool {number}", pool) for number, pool in enumerate(subject.pools, 1)),
    ]
    clocks = [
        (clock.kind, clock.state, _span(clock.ends, clock.latest), clock.rule, clock.reading)
        for clock in subject.clocks
    ]
    facts = [(fact.fact, fact.value, fact.source, moment(fact.at) if fact.at else "") for fact in subject.facts]
    return [
        "## Current state", "",
        *table(("What", "As read"), rows),
        *(["### Clocks", "", *table(("Clock", "State", "Ends", "Rule", "Reading"), clocks)] if clocks else []),
        *_findings(plan),
        *(["### Facts this plan rests on", "", *table(("Fact", "Value", "Source", "Read at"), facts)] if facts else []),
    ]  # fmt: skip


def _span(ends: date | None, latest: date | None) -> str:
    if ends is None:
        return "unknown"
    return f"{ends} (another rule: {latest})" if latest is not None and latest != ends else str(ends)


def _findings(plan: Plan) -> list[str]:
    if not plan.findings:
        return []
    lines = ["### Findings", ""]
    for finding in plan.findings:
        lines.append(f"- **{text(finding.code)}** ({finding.severity}, {finding.owner}): {text(finding.title)} "
                     f"{text(finding.why)} {_cure(finding.cure)}{_rules(finding.rules, finding.disputes)}".rstrip())  # fmt: skip
    return [*lines, ""]


def _cure(cure: str) -> str:
    return f"Next: {text(cure)} " if cure else ""


def _rules(*groups: Iterable[str]) -> str:
    rules = [rule for group in groups for rule in group]
    return f"({joined(rules)})" if rules else ""


def path(plan: Plan) -> list[str]:
    """The path with its reasons, the other ways, and what must not be done."""
    lines = ["## Path", ""]
    if plan.dead_end is not None:
        lines += _dead_end(plan)
    elif len(plan.path) > 1:
        rows = [(move.step or "today", _move(move), move.version, move.release) for move in plan.path]
        lines += table(("Step", "Move", "Kubernetes", "Azure Local"), rows)
        lines += ["Why this path: it is the least of open high risks, hops, release updates, moves made off a published "
                  "list, and stops, compared in this order.", ""]  # fmt: skip
    else:
        lines += ["Nothing to move: the cluster already meets the goal.", ""]
    if plan.alternatives:
        lines += ["### Alternatives", "", *table(_ALTERNATIVE_HEAD, map(_alternative, plan.alternatives))]
    if plan.must_not:
        lines += ["### What must not be done", "", *(f"- {text(sentence)}" for sentence in plan.must_not), ""]
    return lines


_ALTERNATIVE_HEAD = ("Way", "Open high risks", "Hops", "Release updates", "Off-list moves", "Stops", "Moves", "Note")


def _alternative(other: Alternative) -> tuple[object, ...]:
    numbers = other.numbers
    counts: tuple[object, ...] = ("",) * 5
    if numbers is not None:
        counts = (
            numbers.open_high_risks, numbers.hops, numbers.release_updates, numbers.off_list_moves, numbers.stops,
        )  # fmt: skip
    note = f"same as recommended. {other.note}".strip() if other.same_as_recommended else other.note
    return (other.label, *counts, " → ".join(map(_place, other.moves)), note)


def _place(move: Move) -> str:
    return move.release if move.kind == "release" else move.version


def _move(move: Move) -> str:
    return {"start": "today", "hop": "Kubernetes hop", "release": "release update"}.get(move.kind, move.kind)


def _dead_end(plan: Plan) -> list[str]:
    end = plan.dead_end
    if end is None:
        return []
    lines = [f"There is no path. {text(end.summary)}", "", "### Causes", ""]
    lines += ["Lifting all of these, and nothing less, would open a path.", ""]
    for cause in end.causes:
        kind = "not known" if cause.missing else "refused"
        lines.append(f"- **{text(cause.what)}** ({kind}): {text(cause.why)} {_rules(cause.rules)}".rstrip())
    lines += ["", "### Ways out", ""]
    for number, way in enumerate(end.ways_out, 1):
        cited = f" Source: {linked(way.source)}." if way.source else ""
        lines.append(f"{number}. **{text(way.title)}** ({way.owner}): {text(way.how)} Risk: {text(way.risk)}.{cited} "
                     f"{_rules(way.rules)}".rstrip())  # fmt: skip
    return [*lines, ""]


def risks(plan: Plan) -> list[str]:
    """Risks, disputed rules and unknowns; open risks carry a tick box."""
    lines = ["## Risks, disputed rules, unknowns", ""]
    lines += [
        "### Risks",
        "",
        *(map(_risk_line, plan.risks) if plan.risks else ["No known issue matches this path."]),
        "",
    ]
    if plan.disputes:
        lines += ["### Disputed rules", "", *(f"- {text(dispute)}" for dispute in plan.disputes), ""]
    unknowns = plan.unknowns or ("Nothing that this plan rests on.",)
    return [*lines, "### Unknowns", "", *(f"- {text(unknown)}" for unknown in unknowns), ""]


def _risk_line(risk: RiskNote) -> str:
    where = f" Steps: {joined(risk.steps)}." if risk.steps else ""
    cited = f" Source: {linked(risk.source)}." if risk.source else ""
    body = f"**{text(risk.id)}** ({text(risk.severity)}): {text(risk.title)}{where} Cure: {text(risk.cure)}{cited}"
    if risk.state == "open":
        return box(f"RISK.{risk.id}", f"{body} *Open: make sure it does not apply.*")
    if risk.state == "accepted":
        return f"- {body} *Accepted until {risk.accepted_until}: {text(risk.accepted_reason)}*"
    return f"- {body} *{text(risk.state).capitalize()}.*"


def backout(plan: Plan) -> list[str]:
    """What can be undone, step by step."""
    lines = ["## Backout", ""]
    if not plan.steps:
        return [*lines, "Nothing is changed, so nothing has to be undone.", ""]
    rows = [(step.id, step.title, step.reversibility, _undo(step.kind, step.reversibility)) for step in plan.steps]
    return [*lines, *table(("Step", "What", "Way back", "If it has to be given up"), rows)]


def _undo(kind: StepKind, reversibility: Reversibility) -> str:
    if reversibility is Reversibility.REVERSIBLE:
        return "Stop here: nothing has been changed that cannot be put back."
    if reversibility is Reversibility.REBUILD_ONLY:
        return "Rebuild the cluster and restore the workloads from backup."
    if kind is StepKind.RELEASE:
        return "A release cannot be taken back: finish it, then plan again from where the instance stands."
    return "A version cannot be taken back (P15): finish the hop, or rebuild and restore from backup."


def approvals(plan: Plan) -> list[str]:
    """A box for each who has to agree; names, dates and ticket numbers are written after the box."""
    owners = {step.owner for step in plan.steps}
    lines = ["## Approvals", "", "Tick, and write name, date and ticket number at the end of the line.", ""]
    lines.append(box("APPROVAL.change", "Change approved:"))
    lines.append(box("APPROVAL.operator", "Cluster operator:"))
    if Owner.INSTANCE_OWNER in owners:
        lines.append(box("APPROVAL.instance", "Azure Local owner:"))
    if plan.verdict is Verdict.GO_WITH_RISKS:
        lines.append(box("APPROVAL.risks", "Risks accepted by:"))
    return [*lines, ""]


def sources(plan: Plan) -> list[str]:
    """Everything cited."""
    if not plan.sources:
        return []
    return ["## Sources", "", *(f"- **{text(key)}**: {linked(full)}" for key, full in plan.sources), ""]
