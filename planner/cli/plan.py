"""`arcstep plan`: one cluster's path to a goal, or the order of an instance."""

from __future__ import annotations

import argparse

from planner.acceptance import AcceptanceError, parse_acceptance
from planner.cli import fleetplan
from planner.cli.calendars import calendar_from, say_unmatched
from planner.cli.detail import with_neighbours
from planner.cli.exits import exit_of_plan
from planner.cli.naming import find_cluster
from planner.cli.redacting import key_file, redacted_case
from planner.cli.running import UsageError, judged, knowledge, print_out, reading, say
from planner.documents.jsondoc import plan_document
from planner.documents.jsontext import encode
from planner.documents.markdown import render
from planner.files import write_atomic
from planner.goals import GoalError, parse_goal
from planner.inventory import Inventory, clean
from planner.plan import Plan
from planner.planning import build_plan
from planner.ports import Report, Source


def run(arguments: argparse.Namespace) -> int:
    """Read, read the cluster again, plan, print or save. Raises SourceError, UsageError."""
    if bool(arguments.instance) is (arguments.cluster is not None):
        raise UsageError("say what is to be planned: either CLUSTER, or --instance NAME (repeat; store-* for many).")
    secret = key_file(arguments)
    if secret is not None and getattr(arguments, "catalog", ()):
        raise UsageError("--redact cannot hide names in what a --catalog overlay says: leave one of them out.")
    if secret is not None and getattr(arguments, "calendar", None) is not None:
        raise UsageError("--redact cannot hide names in what a --calendar says: leave one of them out.")
    catalog, calendar = knowledge(arguments), calendar_from(arguments)
    try:
        goal = parse_goal(arguments.to, catalog)
        acceptances = tuple(parse_acceptance(text, catalog) for text in arguments.accept)
    except (GoalError, AcceptanceError) as error:
        raise UsageError(str(error)) from None
    if arguments.instance:
        return fleetplan.run(arguments, catalog, calendar, goal, acceptances, secret)

    async def read(source: Source, report: Report) -> tuple[Inventory, str]:
        inventory = await source.load(report)
        cluster = find_cluster(inventory, arguments.cluster)
        return await with_neighbours(source, inventory, cluster, report), cluster.key

    inventory, key = reading(arguments, read)
    say_unmatched(calendar, inventory)
    if secret is not None:
        inventory, (key,), acceptances = redacted_case(inventory, (key,), acceptances, secret)
    judge, routes = judged(arguments, inventory, catalog)
    try:
        plan = build_plan(inventory.by_key[key], goal, judge, routes, acceptances, calendar)
    except GoalError as error:
        raise UsageError(str(error)) from None
    for gap in inventory.unread_of(inventory.by_key[key]):
        say(f"not read: {gap.what} of {plan.subject.name}: {gap.reason}")
    document = render(plan)
    if arguments.out is not None:
        write_atomic(arguments.out, document.encode("utf-8"))
        say(f"saved {clean(str(arguments.out))}")
    if arguments.json:
        print_out(encode(plan_document(plan)))
    else:
        print_out(_outline(plan) if arguments.out is not None else document)
    return exit_of_plan(plan)


def _outline(plan: Plan) -> str:
    """Verdict and steps in a few lines, for those who saved the document."""
    lines = [f"{plan.title}: {plan.verdict}", plan.verdict_because]
    if plan.dead_end is not None:
        lines += [f"  cause    {cause.what}: {cause.why}" for cause in plan.dead_end.causes]
        lines += [f"  way out  {way.title}" for way in plan.dead_end.ways_out]
    lines += [f"  {step.id}  {step.title}  ({step.where})" for step in plan.steps]
    return "\n".join([*lines, ""])
