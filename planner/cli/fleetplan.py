"""`arcstep plan --instance`: one order for all clusters of one instance or of many."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from planner.acceptance import Acceptance
from planner.catalog import Catalog
from planner.cli.calendars import say_unmatched
from planner.cli.codes import NO_PATH, OK, UNKNOWN
from planner.cli.detail import in_detail
from planner.cli.naming import find_instance
from planner.cli.redacting import redacted_case
from planner.cli.running import UsageError, judged, print_out, reading, say
from planner.documents.fleetjson import fleet_plan_document
from planner.documents.jsontext import encode
from planner.documents.markdown import render
from planner.files import write_atomic
from planner.findings import Verdict
from planner.fleet.building import build_fleet_plan
from planner.fleetplan import FleetPlan, InstancePlan, Part
from planner.goals import Goal, GoalError
from planner.inventory import Instance, Inventory, clean
from planner.openings import has_open_checks
from planner.ports import Report, Source
from planner.schedule.calendar import Calendar


def run(
    arguments: argparse.Namespace,
    catalog: Catalog,
    calendar: Calendar,
    goal: Goal,
    acceptances: tuple[Acceptance, ...],
    secret: Path | None,
) -> int:
    """Read, read the hosted clusters again, plan, print or save. Raises SourceError, UsageError."""

    async def read(source: Source, report: Report) -> tuple[Inventory, tuple[str, ...]]:
        inventory = await source.load(report)
        wanted = find_instances(inventory, arguments.instance)
        return await in_detail(source, inventory, wanted, report), tuple(one.id for one in wanted)

    inventory, ids = reading(arguments, read)
    say_unmatched(calendar, inventory)
    if secret is not None:
        inventory, ids, acceptances = redacted_case(inventory, ids, acceptances, secret)
    judge, routes = judged(arguments, inventory, catalog)
    instances = [inventory.instance_by_id[id] for id in ids]
    try:
        plan = build_fleet_plan(instances, goal, judge, routes, acceptances, calendar)
    except GoalError as error:
        raise UsageError(str(error)) from None
    partial = _say_gaps(inventory, plan)
    document = render(plan)
    if arguments.out is not None:
        write_atomic(arguments.out, document.encode("utf-8"))
        say(f"saved {clean(str(arguments.out))}")
    if arguments.json:
        print_out(encode(fleet_plan_document(plan)))
    else:
        print_out("\n".join(_outline(plan)) + "\n" if arguments.out is not None else document)
    return max(exit_of_fleet_plan(plan), UNKNOWN if partial else OK)


def find_instances(inventory: Inventory, wanted: Sequence[str]) -> tuple[Instance, ...]:
    """The instances that names, ids or patterns such as store-* mean, each once. Raises UsageError where one means none."""
    found: dict[str, Instance] = {}
    for word in wanted:
        if "*" in word or "?" in word:
            pattern = word.casefold()
            rows = [one for one in inventory.instances if fnmatchcase(one.name.casefold(), pattern)]
            if not rows:
                raise UsageError(f"no instance has a name like {clean(word)}; {len(inventory.instances):,} were read.")
        else:
            rows = [find_instance(inventory, word)]
        found |= {one.id: one for one in rows}
    return tuple(found.values())


def exit_of_fleet_plan(plan: FleetPlan) -> int:
    """A plan that may not be begun, or a cluster without a compliant path; something nobody could read, and somebody
    who has to be looked at before an update; or a plan."""
    if plan.verdict is Verdict.NO_GO or any(one.dead_end is not None and one.dead_end.by_rule for one in plan.members):
        return NO_PATH
    open_parts = any(one.part is Part.UNKNOWN or one.dead_end is not None for one in plan.members)
    missing = any(one.missing for one in plan.instances) or has_open_checks(plan.steps)
    return UNKNOWN if plan.verdict is Verdict.UNKNOWN or open_parts or missing else OK


def _say_gaps(inventory: Inventory, plan: FleetPlan) -> bool:
    """Partial is called partial (PR14). True where something of a cluster in the plan was not read."""
    gaps = [(one, gap) for one in plan.members for gap in inventory.unread_of(inventory.by_key[one.id.casefold()])]
    for member, gap in gaps:
        say(f"not read: {gap.what} of {member.name}: {gap.reason}")
    homeless = sum(inventory.instance_of(cluster) is None for cluster in inventory.clusters)
    if homeless:
        what = (
            "1 cluster whose instance is not known is"
            if homeless == 1
            else f"{homeless:,} clusters of unknown instance are"
        )
        say(f"{what} in no plan of instances, and may run on these.")
    count, expected = len(inventory.clusters), inventory.expected
    if expected is not None and count < expected:
        say(f"partial: {count:,} of {expected:,} clusters read; those missing may be on these instances.")
    return bool(gaps)


def _outline(plan: FleetPlan) -> Iterator[str]:
    """Verdict and order in a few lines, for those who saved the document."""
    yield f"{plan.title}: {plan.verdict}"
    yield plan.verdict_because
    for instance in plan.instances:
        yield from _of_instance(plan, instance)
    for member in plan.members:
        if member.part in (Part.ISOLATED, Part.UNKNOWN) or member.dead_end is not None:
            yield f"  {member.name} ({member.part}): {member.because}"


def _of_instance(plan: FleetPlan, instance: InstancePlan) -> Iterator[str]:
    wave = f", wave {instance.wave}" if instance.wave else ""
    yield f"{instance.name}, release {instance.release}{wave}"
    if instance.missing:
        yield f"  {instance.missing}"
    for stage in instance.stages:
        for batch in stage.batches:
            for id in batch:
                yield f"  {id}  {plan.step(id).title}  ({plan.step(id).where})"
        if stage.update:
            waits = ", ".join(f"{who} ({id})" for who, id in plan.waited_for(stage))
            yield f"  {stage.update}  {plan.step(stage.update).title}" + (f", waits for {waits}" if waits else "")
    yield f"  {instance.minimal}"
