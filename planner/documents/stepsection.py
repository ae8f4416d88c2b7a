"""The steps of a plan document: pre-flight, and for each step why, how, what is normal, and what to do if it is not."""

from __future__ import annotations

from planner.awaited import Awaited
from planner.documents.kinds import AnyPlan
from planner.documents.marks import box, command_blocks, joined, labelled, table, text
from planner.documents.timing import span, step_time
from planner.plan import Check, Plan, Step, StepKind


def preflight(plan: Plan) -> list[str]:
    """What has to be true before the first step."""
    if not plan.preflight:
        return []
    who = "What is marked “arcstep” is read and ticked by arcstep when the plan is walked; the rest is for a person to look at."
    return ["## Pre-flight", "", who, "", *map(check_box, plan.preflight), ""]


def implementation(plan: AnyPlan) -> list[str]:
    """Every step in order. Steps of a plan of instances are signed off in its order, where all of them stand together."""
    if not plan.steps:
        return []
    lines = ["## Implementation", ""]
    alone = isinstance(plan, Plan)
    for step in plan.steps:
        title = text(step.title) if alone else f"{text(step.where)}: {text(step.title)}"
        lines += [f"### {text(step.id)} {title}", "", *_step(step)]
        lines += _sign_off(step) if alone else []
    return lines


def _sign_off(step: Step) -> list[str]:
    return ["**Sign-off:**", "", box(step.id, f"Step {text(step.id)} done by (name, date, time):"), ""]


def acceptance(plan: Plan) -> list[str]:
    """What the finished change is measured by: the last step's own words, and where the cluster then is."""
    if not plan.steps:
        return []
    last = plan.steps[-1]
    done = box("ACCEPTED", f"{text(last.expected)} Confirmed by (name, date):")
    after = labelled("Afterwards", text(plan.outcome)) if plan.outcome else []
    return ["## Acceptance", "", f"The change is done when step {text(last.id)} is:", "", done, "", *after]


def _step(step: Step) -> list[str]:
    lines = [*_facts(step), ""]
    if step.awaits:
        lines += ["**Clusters that move first:**", "", *_awaits(step)]
    if step.before:
        lines += ["**Before:**", "", *map(check_box, step.before), ""]
    for command in step.commands:
        lines += command_blocks(command.argv, command.purpose)
    lines += labelled("Expected", text(step.expected))
    lines += labelled("Watch", text(step.watch))
    if step.verify:
        lines += ["**Verify:**", "", *map(check_box, step.verify), ""]
    if step.gate:
        lines += ["**Gate:**", "", box(f"{step.id}.gate", text(step.gate)), ""]
    if step.if_wrong:
        lines += ["**If it goes wrong:**", "", *table(("Sign", "What to do"), step.if_wrong)]
    return lines


def _awaits(step: Step) -> list[str]:
    """Every cluster a release update waits for, with its hops, their time, and what is not as it should be."""
    rows = [
        (one.cluster, chain_words(one), _time_of(one), one.note or "nothing found", one.check) for one in step.awaits
    ]
    return table(("Cluster", "Hops", "Usually takes", "Before the first hop", "Check"), rows)


def chain_words(awaited: Awaited) -> str:
    """The hops of a cluster that others wait for, from what it ran."""
    return " → ".join((awaited.origin, *awaited.hops)) if awaited.hops else f"{awaited.origin} → {awaited.target}"


def _time_of(awaited: Awaited) -> str:
    return "unknown" if awaited.duration is None else span(awaited.duration.low, awaited.duration.high)


def _facts(step: Step) -> list[str]:
    lines = [f"- **Where:** {text(step.where)}, done by the {step.owner}"]
    lines.append(f"- **Purpose:** {text(step.purpose)}")
    lines.append(f"- **Known from:** {text(step.basis)}; rules {joined(step.rules)}; sources {joined(step.sources)}")
    if step.risks:
        lines.append(f"- **Risks:** {joined(step.risks)}")
    lines.append(f"- **Takes:** {text(step_time(step))}")
    if step.not_before is not None:
        lines.append(f"- **Not before {step.not_before}:** the release is dated after the as-of date of this plan.")
    abort = _ABORT[step.kind]
    return [*lines, f"- **Way back:** {step.reversibility}", f"- **Abort:** {abort}"]


_ABORT = {
    StepKind.REPAIR: "go no further while one of its checks is open.",
    StepKind.KUBERNETES: "before the upgrade command, if a box of Before stays open; after it nothing can be called off, "
    "only waited for (P15).",
    StepKind.RELEASE: "before the update is started, if a box of Before stays open; after it the update has to be finished.",
    StepKind.NEIGHBOUR: "hold here, and leave the instance on its release, while the check is open.",
    StepKind.OS_PATCH: "stop after any pool: scale it back to the number of nodes it had, and leave the others alone.",
    StepKind.DECIDE: "leave the instance on its release until somebody has decided.",
}
"""When a step is given up rather than finished."""


def check_box(check: Check) -> str:
    """A check as a box, with the rules it rests on, and whether arcstep itself looks."""
    notes = [*([] if check.manual else ["arcstep"]), *check.rules]
    return box(check.id, f"{text(check.text)} ({joined(notes)})" if notes else text(check.text))
