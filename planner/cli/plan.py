"""`arcstep plan`: one cluster's path to a goal."""

from __future__ import annotations

import argparse
from difflib import get_close_matches

from planner.acceptance import AcceptanceError, parse_acceptance
from planner.cli.exits import exit_of_plan
from planner.cli.redacting import key_file, redacted_case
from planner.cli.running import UsageError, judged, knowledge, print_out, reading, say
from planner.documents.jsondoc import encode, plan_document
from planner.documents.markdown import render
from planner.files import write_atomic
from planner.goals import GoalError, parse_goal
from planner.inventory import Cluster, Inventory, clean
from planner.plan import Plan
from planner.planning import build_plan
from planner.ports import Report, Source


def run(arguments: argparse.Namespace) -> int:
    """Read, read the cluster again, plan, print or save. Raises SourceError, UsageError."""
    secret = key_file(arguments)
    if secret is not None and getattr(arguments, "catalog", ()):
        raise UsageError("--redact cannot hide names in what a --catalog overlay says: leave one of them out.")
    catalog = knowledge(arguments)
    try:
        goal = parse_goal(arguments.to, catalog)
        acceptances = tuple(parse_acceptance(text, catalog) for text in arguments.accept)
    except (GoalError, AcceptanceError) as error:
        raise UsageError(str(error)) from None

    async def read(source: Source, report: Report) -> tuple[Inventory, str]:
        inventory = await source.load(report)
        cluster = find_cluster(inventory, arguments.cluster)
        return await source.refresh(inventory, cluster), cluster.key

    inventory, key = reading(arguments, read)
    if secret is not None:
        inventory, key, acceptances = redacted_case(inventory, key, acceptances, secret)
    judge, routes = judged(arguments, inventory, catalog)
    try:
        plan = build_plan(inventory.by_key[key], goal, judge, routes, acceptances)
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


def find_cluster(inventory: Inventory, wanted: str) -> Cluster:
    """The one cluster a name, RESOURCEGROUP/name or ARM id means. Raises UsageError: none, or more than one."""
    word = wanted.casefold().rstrip("/")
    if word.startswith("/"):
        id = word.partition("/providers/microsoft.hybridcontainerservice/")[0]
        found = [cluster for cluster in inventory.clusters if cluster.key == id]
    else:
        group, slash, name = word.rpartition("/")
        named = [cluster for cluster in inventory.clusters if cluster.name.casefold() == name]
        found = [cluster for cluster in named if not slash or cluster.resource_group.casefold() == group]
    if len(found) == 1:
        return found[0]
    if found:
        choices = "\n".join(f"  {_address(cluster, found)}" for cluster in found)
        raise UsageError(f"{clean(wanted)} means {len(found)} clusters; say which:\n{choices}")
    names = {cluster.name.casefold(): cluster.name for cluster in inventory.clusters}
    near = [names[name] for name in get_close_matches(word.rpartition("/")[2], names, n=3, cutoff=0.4)]
    hint = f"Nearest: {', '.join(near)}." if near else f"{len(names):,} clusters were read; arcstep check lists them."
    partial = " Not everything could be read, so it may be there all the same." if inventory.unread else ""
    raise UsageError(f"there is no cluster {clean(wanted)}. {hint}{partial}")


def _address(cluster: Cluster, others: list[Cluster]) -> str:
    """The shortest text that means this cluster alone."""
    short = f"{cluster.resource_group}/{cluster.name}"
    same = [other for other in others if f"{other.resource_group}/{other.name}".casefold() == short.casefold()]
    return short if len(same) == 1 else cluster.id


def _outline(plan: Plan) -> str:
    """Verdict and steps in a few lines, for those who saved the document."""
    lines = [f"{plan.title}: {plan.verdict}", plan.verdict_because]
    if plan.dead_end is not None:
        lines += [f"  cause    {cause.what}: {cause.why}" for cause in plan.dead_end.causes]
        lines += [f"  way out  {way.title}" for way in plan.dead_end.ways_out]
    lines += [f"  {step.id}  {step.title}  ({step.where})" for step in plan.steps]
    return "\n".join([*lines, ""])
