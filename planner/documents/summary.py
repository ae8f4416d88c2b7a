"""The head of a plan document: what a change board reads first, and the front matter for machines."""

from __future__ import annotations

import json
from datetime import date
from typing import Final

from planner.documents.marks import moment, sentence, text
from planner.documents.timing import NOT_SCHEDULED, plan_time
from planner.plan import Numbers, Plan, Reversibility

_SHOWN: Final = 3
"""Risks and unknowns named in the summary; the rest stands in its own section."""


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


def head(plan: Plan) -> list[str]:
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
    if plan.outcome:
        lines.append(f"- **Afterwards:** {text(plan.outcome)}")
    lines.append(f"- **Why now:** {_why_now(plan)}")
    lines.append(f"- **Risk:** {_risk(plan)}")
    if plan.steps:
        lines.append(f"- **When:** {NOT_SCHEDULED}; the nearest dates stand under Schedule.")
        lines.append(f"- **How long:** {text(plan_time(plan))}")
        lines.append(f"- **Who:** {_who(plan)}")
    lines.append(f"- **Way back:** {_way_back(plan)}")
    lines.append(f"- **Not known:** {_not_known(plan)}")
    lines.append(f"- **Facts as of** {moment(plan.as_of)}, catalog of {plan.catalog_date}, revision {plan.revision}.")
    return [*lines, ""]


def _since(ended: date, today: date) -> str:
    days = (today - ended).days
    return f"since {ended}" + (f" ({_count(days, 'day')})" if days > 0 else "")


def _what(plan: Plan) -> str:
    subject = plan.subject
    where = f"cluster {text(subject.name)} on {text(subject.instance or 'an unknown instance')}"
    if plan.dead_end is not None:
        return f"No path for {where} from {text(subject.version)} to {text(plan.goal)}."
    if plan.renews_images:
        return f"newer node images for {where}, by scaling its Linux pools out and in; Kubernetes stays {text(subject.version)}."
    if plan.steps and len(plan.path) < 2:
        return f"wait or repair {where}; no version moves: {text(subject.version)} meets the goal {text(plan.goal)}."
    if len(plan.path) < 2:
        return f"Nothing to move for {where}: {text(subject.version)} meets the goal {text(plan.goal)}."
    counts = f" in {_components(plan.numbers)}" if plan.numbers else ""
    return f"{where}: Kubernetes {text(subject.version)} → {text(plan.goal_version)} (goal {text(plan.goal)}){counts}."


def _components(numbers: Numbers) -> str:
    counts = ((numbers.hops, "hop"), (numbers.release_updates, "release update"), (numbers.stops, "stop"))
    return ", ".join(_count(number, word) for number, word in counts if number)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _why_now(plan: Plan) -> str:
    subject = plan.subject
    because = "" if subject.support_ended is not None else f" {text(subject.support_because)}"
    words = [f"support state: {text(subject.support)}.{because}"]
    nearest = next((clock for clock in subject.clocks if clock.ends is not None), None)
    if nearest is not None and nearest.ends is not None:
        days = (nearest.ends - plan.as_of.date()).days
        left = f"in {_count(days, 'day')}" if days >= 0 else f"{_count(-days, 'day')} ago"
        words.append(f"Nearest clock: {text(nearest.kind)}, {nearest.ends} ({left}, {text(nearest.rule)}).")
    return " ".join(words)


def _who(plan: Plan) -> str:
    owners = dict.fromkeys(step.owner for step in plan.steps)
    counts = [(owner, sum(step.owner is owner for step in plan.steps)) for owner in owners]
    return "; ".join(f"{owner}, {_count(number, 'step')}" for owner, number in counts) + "."


def _risk(plan: Plan) -> str:
    if plan.dead_end is not None:
        return "not judged: without a path there is nothing to match known issues with."
    if not plan.risks:
        return "no known issue matches this path."
    states = [risk.state for risk in plan.risks]
    counts = ", ".join(f"{states.count(state)} {text(state)}" for state in dict.fromkeys(states))
    high = [risk for risk in plan.risks if risk.severity == "high"]
    worst = "".join(f" {text(risk.id)} (high, {text(risk.state)}): {sentence(risk.title)}" for risk in high[:_SHOWN])
    more = len(plan.risks) - min(len(high), _SHOWN)
    rest = f" {more} more below." if more else ""
    return f"{_count(len(plan.risks), 'known issue')} ({counts}).{worst}{rest}"


def _not_known(plan: Plan) -> str:
    if not plan.unknowns:
        return "nothing that this plan rests on."
    more = len(plan.unknowns) - _SHOWN
    return " ".join(map(sentence, plan.unknowns[:_SHOWN])) + (f" {more} more below." if more > 0 else "")


def _way_back(plan: Plan) -> str:
    if not plan.steps:
        return "nothing is changed."
    worst = max((step.reversibility for step in plan.steps), key=list(Reversibility).index)
    if worst is Reversibility.REVERSIBLE:
        return "every step can be undone."
    if plan.renews_images:
        return "pools go back to their number of nodes; nodes that were replaced keep the newer image."
    return "none: Kubernetes and release updates go forward only; restore means rebuild (P15)."
