"""The parts of a plan document around its steps: every sentence is made from the plan and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner.bands import how_known
from planner.documents.kinds import AnyPlan
from planner.documents.marks import box, joined, linked, moment, sentence, spanned, table, text
from planner.findings import Finding, Owner, Verdict
from planner.goals import in_words
from planner.plan import Alternative, ClockLine, DeadEnd, Move, Plan, Reversibility, RiskNote, StepKind


def justification(plan: Plan) -> list[str]:
    """What the change is for, and whom it touches while it is made."""
    if not plan.steps:
        return []
    kinds = dict.fromkeys(step.kind for step in plan.steps)
    ended = [clock for clock in plan.subject.clocks if clock.state in ("ended", "grace")]
    dates = "; ".join(f"{clock.kind}, {clock.state}, {clock_span(clock)} ({clock.rule})" for clock in ended)
    return [
        "## Justification and impact", "",
        f"Goal: {text(in_words(plan.goal))}. Support state: {text(plan.subject.support)}."
        + (f" Run out, or about to: {sentence(dates)} What that means stands under Findings." if ended else ""), "",
        "While it is made:", "",
        *(f"- {IMPACT[kind]}" for kind in kinds), "",
    ]  # fmt: skip


IMPACT = {
    StepKind.REPAIR: "Wait or repair: only looked at; what has to be mended may touch more.",
    StepKind.KUBERNETES: "Kubernetes upgrade: every node is replaced, one by one; workloads move, and those with a single "
    "replica are interrupted.",
    StepKind.RELEASE: "Release update: hosts are drained and restarted one after another, for every cluster of the instance.",
    StepKind.NEIGHBOUR: "Neighbours: other clusters of the instance have to be upgraded first, each by its own plan.",
    StepKind.OS_PATCH: "Node images: every pool has one node more for a time; drained nodes move their workloads.",
    StepKind.DECIDE: "Decision: nothing is changed; what becomes of a cluster that cannot be saved is agreed in writing.",
}
"""What each kind of step touches while it is made."""


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
    clocks = [(clock.kind, clock.state, clock_span(clock), clock.rule, clock.reading) for clock in subject.clocks]
    facts = [(fact.fact, fact.value, fact.source, moment(fact.at) if fact.at else "") for fact in subject.facts]
    return [
        "## Current state", "",
        *table(("What", "As read"), rows),
        *(["### Clocks", "", *table(("Clock", "State", "Ends", "Rule", "Reading"), clocks)] if clocks else []),
        *_findings(plan),
        *(["### Facts this plan rests on", "", *table(("Fact", "Value", "Source", "Read at"), facts)] if facts else []),
    ]  # fmt: skip


def clock_span(clock: ClockLine) -> str:
    """When a clock ends, with what another rule says; "-" where it has no end."""
    if clock.ends is None:
        return "unknown" if clock.state == "unknown" else "-"
    other = clock.latest is not None and clock.latest != clock.ends
    return f"{clock.ends} (another rule: {clock.latest})" if other else str(clock.ends)


def _findings(plan: Plan) -> list[str]:
    if not plan.findings:
        return []
    return ["### Findings", "", *map(_finding, plan.findings), ""]


def _finding(finding: Finding) -> str:
    code = f"**{text(finding.code)}** ({finding.severity}, {finding.owner})"
    cure = _cure(finding.cure)
    rules = _rules(finding.rules, finding.disputes)
    return f"- {code}: {sentence(finding.title)} {sentence(finding.why)} {cure}{rules}".rstrip()


def _cure(cure: str) -> str:
    return f"Next: {sentence(cure)} " if cure else ""


def _rules(*groups: Iterable[str]) -> str:
    rules = [rule for group in groups for rule in group]
    return f"({joined(rules)})" if rules else ""


def path(plan: Plan) -> list[str]:
    """The path with its reasons, the other ways, and what must not be done."""
    lines = ["## Path", ""]
    if plan.dead_end is not None:
        lines += ["There is no path: the verdict says why in short, the causes say it in full.", ""]
        lines += ["### Causes", "", "Lifting all of these, and nothing less, would open a path.", ""]
        lines += [*causes(plan.dead_end), "", "### Ways out", "", *ways_out(plan.dead_end), ""]
    elif len(plan.path) > 1:
        rows = [(move.step or "today", _move(move), move.version, move.release) for move in plan.path]
        lines += table(("Step", "Move", "Kubernetes", "Azure Local"), rows)
        lines += ["Why this path: it is the least of open high risks, hops, release updates, moves made off a published "
                  "list, and stops, compared in this order.", ""]  # fmt: skip
    elif plan.renews_images:
        lines += ["No version moves: the nodes are renewed where they are, pool by pool.", ""]
    else:
        lines += ["Nothing to move: the cluster already meets the goal.", ""]
    if plan.alternatives:
        lines += ["### Alternatives", "", *_alternatives(plan.alternatives)]
    if plan.must_not:
        lines += ["### What must not be done", "", *(f"- {text(sentence)}" for sentence in plan.must_not), ""]
    return lines


_ALTERNATIVE_HEAD = ("Way", "Open high risks", "Hops", "Release updates", "Off-list moves", "Stops", "Moves", "Note")


def _alternatives(ways: Sequence[Alternative]) -> list[str]:
    same = [way.label for way in ways if way.same_as_recommended and way.label != "recommended"]
    lines = table(_ALTERNATIVE_HEAD, (_alternative(way) for way in ways if way.label not in same))
    if same:
        lines += [f"The same path as recommended comes out for: {joined(same)}.", ""]
    return lines


def _alternative(way: Alternative) -> tuple[object, ...]:
    numbers = way.numbers
    counts: tuple[object, ...] = ("-",) * 5
    if numbers is not None:
        counts = (numbers.open_high_risks, numbers.hops, numbers.release_updates, numbers.off_list_moves, numbers.stops)
    return (way.label, *counts, " → ".join(map(_place, way.moves)) or "-", way.note)


def _place(move: Move) -> str:
    return move.release if move.kind == "release" else move.version


def _move(move: Move) -> str:
    return {"start": "today", "hop": "Kubernetes hop", "release": "release update"}.get(move.kind, move.kind)


def causes(end: DeadEnd) -> list[str]:
    """A line for each cause of a dead end."""
    lines: list[str] = []
    for cause in end.causes:
        kind = "not known" if cause.missing else "refused"
        lines.append(f"- **{text(cause.what)}** ({kind}): {sentence(cause.why)} {_rules(cause.rules)}".rstrip())
    return lines


def ways_out(end: DeadEnd) -> list[str]:
    """The ways out of a dead end, numbered, the first one first."""
    lines: list[str] = []
    for number, way in enumerate(end.ways_out, 1):
        cited = f" Source: {linked(way.source)}." if way.source else ""
        lines.append(f"{number}. **{text(way.title)}** ({way.owner}): {sentence(way.how)} Risk: {sentence(way.risk)}{cited} "
                     f"{_rules(way.rules)}".rstrip())  # fmt: skip
    return lines


def risks(plan: AnyPlan) -> list[str]:
    """Risks, disputed rules and unknowns; open risks carry a tick box."""
    lines = ["## Risks, disputed rules, unknowns", "", "### Risks", ""]
    for state, words in _RISK_STATES.items():
        notes = [risk for risk in plan.risks if risk.state == state]
        lines += [words, "", *map(_risk_line, notes), ""] if notes else []
    rest = [risk for risk in plan.risks if risk.state not in _RISK_STATES]
    lines += [*map(_risk_line, rest), ""] if rest else []
    if not plan.risks:
        is_judged = not isinstance(plan, Plan) or plan.dead_end is None
        lines += ["No known issue matches this path." if is_judged else "Not judged: there is no path.", ""]
    if plan.disputes:
        lines += ["### Disputed rules", "", "The question, and the reading this plan follows.", ""]
        lines += [*(f"- {text(dispute)}" for dispute in plan.disputes), ""]
    unknowns = plan.unknowns or ("Nothing that this plan rests on.",)
    return [*lines, "### Unknowns", "", *(f"- {text(unknown)}" for unknown in unknowns), ""]


_NAMED = 8
"""Steps named beside a risk."""
_RISK_STATES = {
    "applies": "**These apply,** and have to be cured, or accepted by a named person, first:",
    "open": "**These may apply:** each has to be ruled out, or cured, and ticked before its step.",
    "accepted": "**These were accepted:**",
}


def _risk_line(risk: RiskNote) -> str:
    # Many ids in the label of a box would be wrapped over more lines than it is found again in.
    where = (
        f"; {text(spanned(risk.steps, _NAMED)) if len(risk.steps) > _NAMED else joined(risk.steps)}"
        if risk.steps
        else ""
    )
    cited = f" ({linked(risk.source)})" if risk.source else ""
    head = f"**{text(risk.id)}** ({text(risk.severity)}{where})"
    body = f"{head}: {sentence(risk.title)} Cure: {sentence(risk.cure)}{cited}"
    if risk.state == "open":
        return box(f"RISK.{risk.id}", body)
    if risk.state == "accepted":
        return f"- {body} Accepted until {risk.accepted_until}: {sentence(risk.accepted_reason)}"
    return f"- {body}"


def backout(plan: AnyPlan) -> list[str]:
    """What can be undone, steps with the same answer together."""
    lines = ["## Backout", ""]
    if not plan.steps:
        return [*lines, "Nothing is changed, so nothing has to be undone.", ""]
    groups: dict[tuple[str, str], list[str]] = {}
    for step in plan.steps:
        groups.setdefault((step.reversibility, undo(step.kind, step.reversibility)), []).append(step.id)
    rows = [(spanned(ids), back, words) for (back, words), ids in groups.items()]
    return [*lines, *table(("Steps", "Way back", "If one of them has to be given up"), rows)]


def undo(kind: StepKind, reversibility: Reversibility) -> str:
    """What is left to do when a step has to be given up."""
    if reversibility is Reversibility.REVERSIBLE:
        return "Stop here: nothing has been changed that cannot be put back."
    if reversibility is Reversibility.REBUILD_ONLY:
        return "Rebuild the cluster and restore the workloads from backup."
    if kind is StepKind.OS_PATCH:
        return "Scale every pool back to the number of nodes it had; what was replaced keeps the newer image."
    if kind is StepKind.RELEASE:
        return "A release cannot be taken back: finish it, then plan again from where the instance stands."
    return "A version cannot be taken back (P15): finish the hop, or rebuild and restore from backup."


def approvals(plan: Plan) -> list[str]:
    """A box for each who has to agree; names, dates and ticket numbers are written after the box; none without a step."""
    if not plan.steps:
        return []
    owners = {step.owner for step in plan.steps}
    lines = ["## Approvals", "", "Tick the box, and write at the end of its line, or indented below it.", ""]
    if plan.revision > 1:
        lines += [f"This is revision {plan.revision}: what was approved before was another revision, so every approval has to "
                  "be given anew.", ""]  # fmt: skip
    lines.append(box("APPROVAL.ticket", "Ticket number:"))
    lines.append(box("APPROVAL.change", "Change approved by (name, date):"))
    lines.append(box("APPROVAL.operator", "Cluster operator (name, date):"))
    if Owner.INSTANCE_OWNER in owners:
        lines.append(box("APPROVAL.instance", "Azure Local owner (name, date):"))
    if plan.verdict is Verdict.GO_WITH_RISKS:
        lines.append(box("APPROVAL.risks", "Risks accepted by (name, date):"))
    return [*lines, ""]


def sources(plan: AnyPlan) -> list[str]:
    """Every rule and every document cited, and how each is known."""
    rules = [(rule.id, rule.says, rule.known, rule.source or "-") for rule in plan.rules]
    bases = dict.fromkeys(step.duration.basis for step in plan.steps if step.duration is not None)
    rules += [("Times", basis, how_known(basis), "arcstep") for basis in bases]
    lines = ["### Rules", "", *table(("Rule", "What it says", "How known", "From"), rules)] if rules else []
    if plan.sources:
        lines += ["### Documents", "", *(f"- **{text(key)}**: {linked(full)}" for key, full in plan.sources), ""]
    return ["## Sources", "", *lines] if lines else []
