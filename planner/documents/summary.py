"""The head of a plan document: what a change board reads first, and the front matter for machines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Final

from planner.documents.marks import moment, sentence, text
from planner.documents.timing import plan_time, planned, starts_by
from planner.goals import in_words
from planner.plan import Numbers, Plan, Reversibility, RiskNote, Step

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
    return [
        ("arcstep", "plan"),
        ("schema", str(plan.schema)),
        *((k, json.dumps(v, ensure_ascii=False)) for k, v in values.items()),
    ]


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
        lines.append(f"- **When:** {planned(plan)}")
        lines.append(f"- **Must start by:** {starts_by(plan)}")
        lines.append(f"- **How long:** {text(plan_time(plan))}")
        lines.append(f"- **Who:** {who(plan.steps)}")
    lines.append(f"- **Way back:** {_way_back(plan)}")
    lines.append(f"- **Not known:** {not_known(plan.unknowns)}")
    lines.append(f"- **Facts as of** {moment(plan.as_of)}, catalog of {plan.catalog_date}, revision {plan.revision}.")
    return [*lines, ""]


def _since(ended: date, today: date) -> str:
    days = (today - ended).days
    return f"since {ended}" + (f" ({counted(days, 'day')})" if days > 0 else "")


def _what(plan: Plan) -> str:
    subject = plan.subject
    where = f"cluster {text(subject.name)} on {text(subject.instance or 'an unknown instance')}"
    if plan.dead_end is not None:
        return f"No path for {where} from {text(subject.version)} to {text(in_words(plan.goal))}."
    if plan.renews_images:
        return f"newer node images for {where}, by scaling its Linux pools out and in; Kubernetes stays {text(subject.version)}."
    if plan.steps and len(plan.path) < 2:
        return f"wait or repair {where}; no version moves: {text(subject.version)} meets the goal {text(in_words(plan.goal))}."
    if len(plan.path) < 2:
        return f"Nothing to move for {where}: {text(subject.version)} meets the goal {text(in_words(plan.goal))}."
    counts = f" in {_components(plan.numbers)}" if plan.numbers else ""
    way = f"{text(subject.version)} → {text(plan.goal_version)}"
    if plan.goal_version == subject.version:
        way = f"stays on {text(subject.version)}"
    return f"{where}: Kubernetes {way} (goal {text(in_words(plan.goal))}){counts}."


def _components(numbers: Numbers) -> str:
    counts = ((numbers.hops, "hop"), (numbers.release_updates, "release update"), (numbers.stops, "stop"))
    return ", ".join(counted(number, word) for number, word in counts if number)


def counted(number: int, word: str) -> str:
    """A number with its word, in the plural where it is not one."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _why_now(plan: Plan) -> str:
    subject = plan.subject
    because = "" if subject.support_ended is not None else f" {text(subject.support_because)}"
    words = [f"support state: {text(subject.support)}.{because}"]
    nearest = next((clock for clock in subject.clocks if clock.ends is not None), None)
    if nearest is not None and nearest.ends is not None:
        days = (nearest.ends - plan.as_of.date()).days
        left = f"in {counted(days, 'day')}" if days >= 0 else f"{counted(-days, 'day')} ago"
        words.append(f"Nearest clock: {text(nearest.kind)}, {nearest.ends} ({left}, {text(nearest.rule)}).")
    return " ".join(words)


def who(steps: Sequence[Step]) -> str:
    """Who has how many of the steps."""
    owners = dict.fromkeys(step.owner for step in steps)
    counts = [(owner, sum(step.owner is owner for step in steps)) for owner in owners]
    return "; ".join(f"{owner}, {counted(number, 'step')}" for owner, number in counts) + "."


def _risk(plan: Plan) -> str:
    if plan.dead_end is not None:
        return "not judged: without a path there is nothing to match known issues with."
    return risk_words(plan.risks)


def risk_words(risks: Sequence[RiskNote]) -> str:
    """How many known issues there are, the high ones by name."""
    if not risks:
        return "no known issue matches this path."
    states = [risk.state for risk in risks]
    counts = ", ".join(f"{states.count(state)} {text(state)}" for state in dict.fromkeys(states))
    high = [risk for risk in risks if risk.severity == "high"]
    worst = "".join(f" {text(risk.id)} (high, {text(risk.state)}): {sentence(risk.title)}" for risk in high[:_SHOWN])
    more = len(risks) - min(len(high), _SHOWN)
    rest = f" {more} more under Risks." if high and more else " They stand under Risks." if more else ""
    return f"{counted(len(risks), 'known issue')} ({counts}).{worst}{rest}"


def not_known(unknowns: Sequence[str]) -> str:
    """The first gaps, and how many more there are."""
    if not unknowns:
        return "nothing that this plan rests on."
    more = len(unknowns) - _SHOWN
    return " ".join(map(sentence, unknowns[:_SHOWN])) + (f" {more} more below." if more > 0 else "")


def _way_back(plan: Plan) -> str:
    if not plan.steps:
        return "nothing is changed."
    worst = max((step.reversibility for step in plan.steps), key=list(Reversibility).index)
    if worst is Reversibility.REVERSIBLE:
        return "every step can be undone."
    if plan.renews_images:
        return "pools go back to their number of nodes; nodes that were replaced keep the newer image."
    return "none: Kubernetes and release updates go forward only; restore means rebuild (P15)."
