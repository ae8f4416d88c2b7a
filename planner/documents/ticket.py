"""A plan as the fields of a change ticket: plain text under names that change systems share, made from the plan alone.

What a plan does not hold stays empty and says so: it names no requester and no window, and it sets no urgency.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from typing import Any, Final, cast

import msgspec
from msgspec import Struct

from planner.documents.datablock import digest_of
from planner.documents.sections import undo
from planner.documents.wire import Moment
from planner.goals import in_words
from planner.inventory import clean
from planner.plan import Check, ClockLine, DeadEnd, Plan, RiskNote, Step

TICKET_SCHEMA: Final = 1
SHORT: Final = 160
"""Characters of a short description; change systems cut longer ones."""
NOT_SCHEDULED: Final = "Not scheduled: the plan holds no window."


class TicketDocument(Struct, frozen=True):
    """The fields of a change ticket. Texts are plain, of one or more lines; null = not known to the plan."""

    schema: int
    short_description: str
    """One line of at most 160 characters."""
    justification: str
    implementation_plan: str
    """Every step with its checks; commands are written for bash, the plan document has them for PowerShell too."""
    risk_and_impact: str
    backout_plan: str
    test_plan: str
    planned_start: Moment | None
    planned_end: Moment | None
    schedule_note: str
    """Why start and end are null."""
    configuration_item: str
    """Name of the cluster."""
    configuration_item_id: str
    """Its ARM id."""
    urgency_basis: str
    """The dates an urgency can be judged by; the judgement is left to people."""
    requested_by: str
    """Empty: for a person to fill in."""
    verdict: str
    as_of: Moment
    """When the facts were read."""
    plan_revision: int
    plan_digest: str
    """SHA-256 of the plan's canonical form, which tells the document this ticket was made from."""


def ticket_fields(plan: Plan) -> dict[str, Any]:
    """The fields by name, as JSON values. The same plan gives the same fields."""
    return cast("dict[str, Any]", msgspec.to_builtins(_ticket(plan)))


def render_ticket(plan: Plan) -> str:
    """The fields as JSON text, indented by two, with a line end."""
    return msgspec.json.format(msgspec.json.encode(_ticket(plan)), indent=2).decode("utf-8") + "\n"


def _ticket(plan: Plan) -> TicketDocument:
    return TicketDocument(
        schema=TICKET_SCHEMA,
        short_description=clean(_lines([plan.title]), SHORT),
        justification=_lines(_justification(plan)),
        implementation_plan=_lines(_implementation(plan)),
        risk_and_impact=_lines(_risk_and_impact(plan)),
        backout_plan=_lines(_backout(plan)),
        test_plan=_lines(_tests(plan)),
        planned_start=None,
        planned_end=None,
        schedule_note=NOT_SCHEDULED,
        configuration_item=plan.subject.name,
        configuration_item_id=plan.subject.id,
        urgency_basis=_lines(_urgency(plan)),
        requested_by="",
        verdict=str(plan.verdict),
        as_of=plan.as_of,
        plan_revision=plan.revision,
        plan_digest=digest_of(plan),
    )


def _lines(lines: Iterable[str]) -> str:
    """Lines that stay one each, whatever stands in them."""
    return "\n".join(" ".join(line.splitlines()) for line in lines)


def _listed(title: str, lines: Iterable[str]) -> Iterator[str]:
    """A titled list, or nothing at all."""
    rows = [f"- {line}" for line in lines]
    if rows:
        yield from (title, *rows)


# -- why --


def _justification(plan: Plan) -> Iterator[str]:
    subject = plan.subject
    yield f"Support state: {subject.support}. {subject.support_because}"
    yield f"Today: Kubernetes {subject.version} on Azure Local {subject.release}, {subject.instance or 'unknown instance'}."
    yield f"Goal: {plan.goal}" + (f", which is {plan.goal_version}." if plan.goal_version else ".")
    if plan.outcome:
        yield f"Afterwards: {plan.outcome}"


def _urgency(plan: Plan) -> Iterator[str]:
    """Every dated limit, and what no date is known for."""
    subject = plan.subject
    yield f"Support state on {plan.as_of.date()}: {subject.support}."
    yield from (_limit(clock, plan) for clock in subject.clocks if clock.ends is not None or clock.state == "unknown")


def _limit(clock: ClockLine, plan: Plan) -> str:
    if clock.ends is None:
        return f"{clock.kind}: not known. {clock.reading}"
    days = (clock.ends - plan.as_of.date()).days
    left = f"{abs(days):,} day{'' if abs(days) == 1 else 's'}"
    return f"{clock.kind}: {clock.ends} ({f'in {left}' if days >= 0 else f'{left} ago'}; rule {clock.rule})."


# -- what and how --


def _implementation(plan: Plan) -> Iterator[str]:
    if plan.dead_end is not None:
        yield from _no_path(plan.dead_end)
    elif not plan.steps:
        yield f"Nothing to do: {plan.subject.version} meets the goal {in_words(plan.goal)}."
    else:
        yield from _listed("Before the first step:", map(_check, plan.preflight))
        for step in plan.steps:
            yield from ("", *_step(step))


def _no_path(end: DeadEnd) -> Iterator[str]:
    yield f"No path, so nothing to implement. {end.summary}"
    ways = (f"{way.title} ({way.owner}): {way.how} Risk: {way.risk}" for way in end.ways_out)
    yield from _listed("Ways out:", ways)


def _step(step: Step) -> Iterator[str]:
    yield f"{step.id} {step.title} ({step.where}, {step.owner})"
    if step.not_before is not None:
        yield f"Not before {step.not_before}: the release is dated after the facts of this plan."
    yield from _listed("Before:", map(_check, step.before))
    yield from _listed("Commands:", (f"{shlex.join(command.argv)}  ({command.purpose})" for command in step.commands))
    yield f"Expected: {step.expected}"
    if step.gate:
        yield f"Gate: {step.gate}"


def _check(check: Check) -> str:
    return f"{check.id} {check.text}"


def _tests(plan: Plan) -> Iterator[str]:
    if not plan.steps:
        yield "Nothing is changed, so nothing has to be tested."
        return
    for step in plan.steps:
        yield from _listed(f"After {step.id} {step.title}:", map(_check, step.verify))
    yield f"The change is done when: {plan.steps[-1].expected}"


# -- what may happen --


def _risk_and_impact(plan: Plan) -> Iterator[str]:
    yield f"Verdict: {plan.verdict}. {plan.verdict_because}"
    yield from _listed("What is changed, and what is normal meanwhile:", map(_impact, plan.steps))
    yield from _listed("Known issues:", map(_risk, plan.risks))
    yield from _listed("Disputed rules:", plan.disputes)
    yield from _listed("Not known:", plan.unknowns)
    yield from _listed("Must not be done:", plan.must_not)


def _impact(step: Step) -> str:
    return f"{step.id} changes {step.where}, {step.reversibility}: {step.watch}"


def _risk(risk: RiskNote) -> str:
    where = f" Steps: {', '.join(risk.steps)}." if risk.steps else ""
    held = f" Accepted until {risk.accepted_until}: {risk.accepted_reason}" if risk.state == "accepted" else ""
    return f"{risk.id} ({risk.severity}, {risk.state}): {risk.title.rstrip('.')}.{where} Cure: {risk.cure}{held}"


def _backout(plan: Plan) -> Iterator[str]:
    if not plan.steps:
        yield "Nothing is changed, so nothing has to be undone."
    for step in plan.steps:
        yield f"{step.id} {step.title}, {step.reversibility}: {undo(step.kind, step.reversibility)}"
        yield from (f"- {sign}: {answer}" for sign, answer in step.if_wrong)
