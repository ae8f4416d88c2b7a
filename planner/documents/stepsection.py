"""The steps of a plan document: pre-flight, and for each step why, how, what is normal, and what to do if it is not."""

from __future__ import annotations

from planner.documents.marks import box, command_blocks, joined, table, text
from planner.plan import Check, Plan, Step


def preflight(plan: Plan) -> list[str]:
    """What has to be true before the first step."""
    if not plan.preflight:
        return []
    return ["## Pre-flight", "", *map(_check, plan.preflight), ""]


def implementation(plan: Plan) -> list[str]:
    """Every step in order."""
    if not plan.steps:
        return []
    lines = ["## Implementation", ""]
    for step in plan.steps:
        lines += _step(step)
    return lines


def acceptance(plan: Plan) -> list[str]:
    """What the finished change is measured by: the last step's own words."""
    if not plan.steps:
        return []
    last = plan.steps[-1]
    done = box("ACCEPTED", f"{text(last.expected)} Confirmed by:")
    return ["## Acceptance", "", f"The change is done when step {text(last.id)} is:", "", done, ""]


def _step(step: Step) -> list[str]:
    lines = [f"### {text(step.id)} {text(step.title)}", ""]
    lines.append(f"- **Where:** {text(step.where)}, done by: {step.owner}")
    lines.append(f"- **Purpose:** {text(step.purpose)}")
    lines.append(f"- **Known from:** {text(step.basis)}; rules {joined(step.rules)}; sources {joined(step.sources)}")
    if step.risks:
        lines.append(f"- **Risks:** {joined(step.risks)}")
    if step.not_before is not None:
        lines.append(f"- **Not before {step.not_before}:** the release is dated after the as-of date of this plan.")
    lines += [f"- **Way back:** {step.reversibility}", ""]
    if step.before:
        lines += ["Before:", "", *map(_check, step.before), ""]
    for command in step.commands:
        lines += [f"Command: {text(command.purpose)}", "", *command_blocks(command.argv)]
    lines += [f"Expected: {text(step.expected)}", "", f"Watch: {text(step.watch)}", ""]
    if step.verify:
        lines += ["Verify:", "", *map(_check, step.verify), ""]
    if step.gate:
        lines += [box(f"{step.id}.gate", f"Gate: {text(step.gate)}"), ""]
    if step.if_wrong:
        lines += ["If it goes wrong:", "", *table(("Sign", "What to do"), step.if_wrong)]
    return [*lines, box(step.id, f"Step {text(step.id)} done:"), ""]


def _check(check: Check) -> str:
    who = "a person looks" if check.manual else "arcstep reads it"
    rules = f"; {joined(check.rules)}" if check.rules else ""
    return box(check.id, f"{text(check.text)} ({who}{rules})")
