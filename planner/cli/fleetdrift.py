"""`arcstep drift` of a plan of instances: before each release update, whether it is still safe for everybody there."""

from __future__ import annotations

import argparse
import shlex

from planner.cli.detail import in_detail
from planner.cli.drift import LONGEST, say_edits
from planner.cli.exits import exit_of_drift
from planner.cli.running import UsageError, judged, knowledge, print_out, reading, say
from planner.documents.driftdoc import fleet_drift_document
from planner.documents.driftlines import WIDTH
from planner.documents.fleetdriftlines import fleet_advice, fleet_command, fleet_drift_lines
from planner.documents.grid import wrapped
from planner.documents.jsontext import encode
from planner.documents.readback import Document
from planner.fleet.drifting import fleet_drift_of
from planner.fleet.fates import FleetDrift
from planner.fleetplan import FleetPlan
from planner.inventory import Inventory, clean
from planner.ports import Report, Source


def run_fleet(arguments: argparse.Namespace, document: Document, plan: FleetPlan) -> int:
    """Read every cluster that is on the plan's instances now, compare, print. Raises SourceError, UsageError."""
    _refuse(arguments, document, plan)

    async def read(source: Source, report: Report) -> Inventory:
        inventory = await source.load(report)
        known = inventory.instance_by_id
        return await in_detail(source, inventory, [known[one.id] for one in plan.instances if one.id in known], report)

    catalog = knowledge(arguments)
    inventory = reading(arguments, read)
    judge, routes = judged(arguments, inventory, catalog)
    drift = fleet_drift_of(plan, judge, routes)
    code = exit_of_drift(drift)
    if arguments.json:
        print_out(encode(fleet_drift_document(drift, document, code)))
    else:
        print_out("\n".join([*fleet_drift_lines(drift), "", *_next(drift, arguments), ""]))
    _say_gaps(plan, inventory)
    if drift.read_at < drift.planned_from:
        say("these facts are older than those the plan was made from.")
    say_edits(document)
    return code


def _refuse(arguments: argparse.Namespace, document: Document, plan: FleetPlan) -> None:
    """What is done with the plan of one cluster only."""
    if arguments.out is not None:
        names = [word for one in plan.instances for word in ("--instance", one.name)]
        again = shlex.join(("arcstep", "plan", *names, "--to", plan.goal, "--out", str(arguments.out)))
        raise UsageError(
            f"{document.name} is a plan of instances, and its ticks are not carried on to a next revision. "
            f"Make it anew: {clean(again, LONGEST)}"
        )
    if arguments.other is not None:
        raise UsageError(f"--with compares two plans of one cluster, and {document.name} is a plan of instances.")


def _next(drift: FleetDrift, arguments: argparse.Namespace) -> list[str]:
    lines = wrapped(f"Next: {fleet_advice(drift)}", WIDTH)
    if argv := fleet_command(drift):
        argv = (*argv, "--demo") if vars(arguments).get("demo") else argv
        lines.append(f"  {clean(shlex.join(argv), LONGEST)}")
    return lines


def _say_gaps(plan: FleetPlan, inventory: Inventory) -> None:
    """What could not be read of those who are on the instances now."""
    for instance in plan.instances:
        for cluster in inventory.clusters_by_instance.get(instance.id, ()):
            for gap in inventory.unread_of(cluster):
                say(f"not read: {gap.what} of {cluster.name}: {gap.reason}")
