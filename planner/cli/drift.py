"""`arcstep drift`: a saved plan against newer facts, and the next revision of it."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from planner.cli.codes import USAGE
from planner.cli.exits import exit_of_drift
from planner.cli.running import judged, knowledge, print_out, reading, say
from planner.documents.driftdoc import drift_document
from planner.documents.driftlines import WIDTH, advice, change_lines, command, drift_lines
from planner.documents.grid import wrapped
from planner.documents.jsondoc import encode
from planner.documents.markdown import render
from planner.documents.readback import Document
from planner.drift import Drift, drift_of
from planner.files import FileError, shown, write_atomic
from planner.inventory import Inventory, clean
from planner.plan import Change, Plan
from planner.ports import Report, Source
from planner.replan import ReplanError, compare, replan
from planner.routes import Routes
from planner.sources import open_plan
from planner.support import Judge

_LONGEST: Final = 4096
"""Characters of a command; a path may be as long."""


def run(arguments: argparse.Namespace) -> int:
    """Read the plan, read the facts, compare, print; with --out plan again and save. Raises SourceError."""
    document = open_plan(arguments.plan)
    if document.plan is None:
        raise FileError(
            f"{document.name} cannot be compared", document.problems[0], "Give the file arcstep plan wrote."
        )
    judge, routes = _read(arguments, document.plan)
    drift = drift_of(document.plan, judge, routes)
    changes, refusal = _next_revision(document, document.plan, judge, routes, arguments.out)
    code = max(exit_of_drift(drift), USAGE if refusal else 0)
    if arguments.json:
        print_out(encode(drift_document(drift, document, code, changes)))
    else:
        written = shown(arguments.out) if changes else ""
        next_step = wrapped(f"Next: {advice(drift, written)}", WIDTH)
        if argv := command(drift, str(arguments.plan), written):
            argv = (*argv, "--demo") if vars(arguments).get("demo") else argv
            next_step.append(f"  {clean(shlex.join(argv), _LONGEST)}")
        print_out("\n".join([*_lines(drift, changes), "", *next_step, ""]))
    if drift.read_at < drift.planned_from:
        say("these facts are older than those the plan was made from.")
    for problem in document.problems:
        say(problem)
    if document.problems:
        say(f"{document.name} was changed by hand; its data was compared all the same.")
    if refusal:
        say(f"no next revision was written: {refusal}")
    return code


def _lines(drift: Drift, changes: Sequence[Change]) -> list[str]:
    lines = drift_lines(drift)
    if changes:
        lines += ["", *change_lines(changes, f"Revision {drift.revision}", f"Revision {drift.revision + 1}")]
    return lines


def _read(arguments: argparse.Namespace, plan: Plan) -> tuple[Judge, Routes]:
    """The newest facts of the plan's cluster and its surroundings."""
    key = plan.subject.id.casefold()

    async def read(source: Source, report: Report) -> Inventory:
        inventory = await source.load(report)
        cluster = inventory.by_key.get(key)
        return inventory if cluster is None else await source.refresh(inventory, cluster)

    catalog = knowledge(arguments)
    inventory = reading(arguments, read)
    cluster = inventory.by_key.get(key)
    for gap in inventory.unread_of(cluster) if cluster is not None else ():
        say(f"not read: {gap.what} of {plan.subject.name}: {gap.reason}")
    return judged(arguments, inventory, catalog)


def _next_revision(
    document: Document, plan: Plan, judge: Judge, routes: Routes, out: Path | None
) -> tuple[Sequence[Change], str]:
    """What the next revision says differently once it is saved, and why none was. Raises FileError."""
    if out is None:
        return (), ""
    if not document.executable:
        again = f"arcstep plan {plan.subject.name} --to {plan.goal}"
        return (), f"the file was changed by hand, and what it says must not be carried on. Plan anew: {again}"
    try:
        anew = replan(plan, judge, routes)
    except ReplanError as error:
        return (), str(error)
    write_atomic(out, render(anew).encode("utf-8"))
    say(f"saved {shown(out)}: revision {anew.revision}, {anew.verdict}. Ticks and notes stay in {document.name}.")
    return compare(plan, anew).changes, ""
