"""The document of a plan of instances: its headline, and its sections in order.

Same plan, same text. Everything in it that came from outside goes through `marks`.
"""

from __future__ import annotations

import json
from typing import Final

from planner.documents import fleetimpact, fleetmembers, fleetorder, fleetsummary, fleettiming, sections, stepsection
from planner.documents.fleettimeline import timeline
from planner.documents.fleetwords import Order
from planner.documents.marks import box, joined, moment, text
from planner.findings import Owner, Verdict
from planner.fleetplan import FleetPlan, Part


def front_matter(plan: FleetPlan, digest: str) -> list[tuple[str, str]]:
    """The headline as (key, YAML value) pairs; quoted the JSON way, which YAML shares."""
    values = {
        "title": plan.title,
        "goal": plan.goal,
        "instances": str(len(plan.instances)),
        "clusters": str(len(plan.members)),
        "steps": str(len(plan.steps)),
        "verdict": str(plan.verdict),
        "must_start_by": fleetsummary.must_start_by(plan),
        "as_of": moment(plan.as_of),
        "catalog": plan.catalog_date.isoformat(),
        "revision": str(plan.revision),
        "digest": digest,
    }
    return [
        ("arcstep", "fleet"),
        ("schema", str(plan.schema)),
        *((k, json.dumps(v, ensure_ascii=False)) for k, v in values.items()),
    ]


def sections_of(plan: FleetPlan) -> list[str]:
    """All sections in order; those that have nothing to say are left out."""
    order = Order(plan)
    return [
        *fleetsummary.head(plan),
        *fleetimpact.justification(plan),
        *fleetsummary.must_not(plan),
        *fleetimpact.preflight(plan),
        *fleetorder.order(order),
        *fleetorder.instances(order),
        *fleettiming.critical_path(order),
        *fleettiming.waves(plan),
        *fleettiming.schedule(order),
        *timeline(order),
        *fleetmembers.not_saved(plan),
        *fleetmembers.parts(plan),
        *_limits(plan),
        *sections.risks(plan),
        *stepsection.implementation(plan),
        *sections.backout(plan),
        *_approvals(order),
        *sections.sources(plan),
    ]


def _limits(plan: FleetPlan) -> list[str]:
    if not plan.limits:
        return []
    return ["## Limits", "", "What decides how many steps may run side by side.", "", *_bullets(plan.limits), ""]


def _bullets(sentences: tuple[str, ...]) -> list[str]:
    return [f"- {text(sentence)}" for sentence in sentences]


_NAMED: Final = 6
"""Clusters named beside one box: an editor may wrap its line, and a box is only found again within some lines."""


def _approvals(order: Order) -> list[str]:
    """A box for each who has to agree; boxes of instances and clusters are counted, since names may look alike."""
    plan = order.plan
    if not plan.steps:
        return []
    lines = ["## Approvals", "", "Tick the box, and write at the end of its line, or indented below it.", ""]
    if plan.revision > 1:
        lines += [f"This is revision {plan.revision}: what was approved before was another revision, so every approval has to "
                  "be given anew.", ""]  # fmt: skip
    lines.append(box("APPROVAL.ticket", "Ticket number:"))
    lines.append(box("APPROVAL.change", "Change approved by (name, date):"))
    theirs = [order.places.get(step.id) for step in plan.steps if step.owner is Owner.INSTANCE_OWNER]
    owned = {place.instance.id for place in theirs if place is not None}
    for number, instance in enumerate(plan.instances, 1):
        if instance.id in owned:
            lines.append(box(f"APPROVAL.I{number}", f"Azure Local owner of {text(instance.name)} (name, date):"))
        names = [one.name for one in order.hosted[instance.id] if one.steps]
        if names:
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            label = f"Cluster operator of {joined(names[:_NAMED])}{more} on {text(instance.name)} (name, date):"
            lines.append(box(f"APPROVAL.C{number}", label))
    for number, member in enumerate((one for one in plan.members if one.part is Part.ISOLATED), 1):
        label = f"Owner of {text(member.name)} knows that this plan does not save it (name, date):"
        lines.append(box(f"APPROVAL.X{number}", label))
    if plan.verdict is Verdict.GO_WITH_RISKS:
        lines.append(box("APPROVAL.risks", "Risks accepted by (name, date):"))
    return [*lines, ""]
