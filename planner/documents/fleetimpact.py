"""What a plan of instances is for, whom it touches while it is made, and what has to be true before its first step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from planner.checklist import PREFLIGHT, numbered
from planner.documents.marks import joined, sentence, text
from planner.documents.sections import IMPACT, clock_span
from planner.documents.stepsection import check_box
from planner.documents.summary import counted
from planner.fleet.homes import members_by_instance
from planner.fleetplan import FleetPlan
from planner.goals import in_words
from planner.plan import ClockLine, StepKind

_SHOWN: Final = 6
"""Clocks, and names beside each, that are told; of more the number is said."""
_CHANGING: Final = frozenset({StepKind.KUBERNETES, StepKind.RELEASE, StepKind.OS_PATCH})


def justification(plan: FleetPlan) -> list[str]:
    """The goal, the clocks that have run out or are about to, and what each kind of step does to workloads."""
    if not plan.steps:
        return []
    lines = ["## Justification and impact", "", f"Goal: {sentence(in_words(plan.goal))}", ""]
    ended = [*_ended(plan)]
    if ended:
        lines += ["Run out, or about to:", "", *ended, ""]
    kinds = dict.fromkeys(step.kind for step in plan.steps)
    return [*lines, "While it is made:", "", *(f"- {IMPACT[kind]}" for kind in kinds), ""]


def _ended(plan: FleetPlan) -> Iterator[str]:
    """A line for each end, the earliest first, with whom it is for; the end of an instance is not told again of its clusters."""
    hosted = members_by_instance(plan)
    told = [(clock, one.name) for one in plan.instances for clock in one.clocks]
    shared = {one.id: frozenset(map(_key, host.clocks)) for host in plan.instances for one in hosted[host.id]}
    told += [
        (clock, one.name)
        for one in plan.members
        for clock in one.clocks
        if _key(clock) not in shared.get(one.id, frozenset())
    ]
    groups: dict[tuple[str, ...], list[str]] = {}
    for clock, name in told:
        if clock.state in ("ended", "grace"):
            groups.setdefault(_key(clock), []).append(name)
    found = sorted(groups.items(), key=lambda one: (one[0][2], one[0]))
    for (kind, state, ends, rule), names in found[:_SHOWN]:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        yield f"- {text(kind)}, {text(state)}, {text(ends)} ({text(rule)}): {joined(names[:_SHOWN])}{more}."
    if len(found) > _SHOWN:
        yield f"- {counted(len(found) - _SHOWN, 'more end')}: see the clocks under Instances and Each cluster's part."


def _key(clock: ClockLine) -> tuple[str, ...]:
    return (clock.kind, clock.state, clock_span(clock), clock.rule)


def preflight(plan: FleetPlan) -> list[str]:
    """What has to be true before the first step, once for all clusters; left out where no step changes anything."""
    if not any(step.kind in _CHANGING for step in plan.steps):
        return []
    who = (
        "Once for the whole plan, looked at for every cluster and instance in it. What is marked “arcstep” is read by "
        "arcstep when a cluster's own plan is walked; here a person ticks it."
    )
    return ["## Pre-flight", "", who, "", *map(check_box, numbered("PRE", PREFLIGHT)), ""]
