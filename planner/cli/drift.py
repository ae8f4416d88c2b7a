"""`arcstep drift`: a saved plan against newer facts, and the next revision of it; or against another saved plan."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from planner.cli.calendars import calendar_from
from planner.cli.codes import DRIFTED, OK, USAGE
from planner.cli.detail import with_neighbours
from planner.cli.exits import exit_of_drift
from planner.cli.running import UsageError, judged, knowledge, print_out, reading, say
from planner.documents.carrying import is_used
from planner.documents.driftdoc import comparison_document, drift_document
from planner.documents.driftlines import WIDTH, advice, change_lines, command, drift_lines
from planner.documents.grid import wrapped
from planner.documents.jsontext import encode
from planner.documents.markdown import carried, render
from planner.documents.marks import moment
from planner.documents.readback import Document
from planner.drift import Drift, drift_of
from planner.files import FileError, shown, write_atomic
from planner.inventory import Inventory, clean
from planner.plan import Change, Plan
from planner.ports import Report, Source
from planner.replan import PlanDiff, ReplanError, compare, replan
from planner.routes import Routes
from planner.sources import open_cluster_plan, open_plan
from planner.support import Judge

LONGEST: Final = 4096
"""Characters of a command; a path may be as long."""
_SOURCE: Final = ("demo", "file", "subscription", "tenant", "auth", "arm_endpoint", "ca_bundle")
_ABOUT_FACTS: Final = ("out", *_SOURCE, "as_of", "catalog", "calendar")
"""What means nothing where two saved plans are compared, since no fact is read and nothing is judged."""


def run(arguments: argparse.Namespace) -> int:
    """Compare the plan with newer facts, or with another plan, and print. Raises SourceError, UsageError."""
    document = open_plan(arguments.plan)
    if document.fleet is not None:
        from planner.cli.fleetdrift import run_fleet

        return run_fleet(arguments, document, document.fleet)
    document, plan = _with_data(document)
    return _against_facts(arguments, document, plan) if arguments.other is None else _two(arguments, document, plan)


def _with_data(document: Document) -> tuple[Document, Plan]:
    """A saved plan with its data. Raises SourceError where there is none."""
    if document.plan is None:
        raise FileError(
            f"{document.name} cannot be compared", document.problems[0], "Give the file arcstep plan wrote."
        )
    return document, document.plan


def _against_facts(arguments: argparse.Namespace, document: Document, plan: Plan) -> int:
    """Read the facts, compare, print; with --out plan again and save. Raises SourceError."""
    judge, routes = _read(arguments, plan)
    drift = drift_of(plan, judge, routes)
    changes, refusal = _next_revision(document, plan, judge, routes, arguments)
    code = max(exit_of_drift(drift), USAGE if refusal else 0)
    if arguments.json:
        print_out(encode(drift_document(drift, document, code, changes)))
    else:
        written = shown(arguments.out) if changes else ""
        next_step = wrapped(f"Next: {advice(drift, written)}", WIDTH)
        if argv := command(drift, str(arguments.plan), written):
            argv = (*argv, "--demo") if vars(arguments).get("demo") else argv
            next_step.append(f"  {clean(shlex.join(argv), LONGEST)}")
        print_out("\n".join([*_lines(drift, changes), "", *next_step, ""]))
    if drift.read_at < drift.planned_from:
        say("these facts are older than those the plan was made from.")
    say_edits(document)
    if refusal:
        say(f"no next revision was written: {refusal}")
    return code


def _two(arguments: argparse.Namespace, document: Document, plan: Plan) -> int:
    """Two saved plans of one cluster, by meaning and not by text; no source is read. Raises SourceError, UsageError."""
    if given := [name for name in _ABOUT_FACTS if vars(arguments).get(name)]:
        option = "--from" if given[0] == "file" else f"--{given[0].replace('_', '-')}"
        raise UsageError(f"--with compares two saved plans and reads nothing else. Leave {option} out.")
    other, later = _with_data(open_cluster_plan(arguments.other))
    if plan.subject.id.casefold() != later.subject.id.casefold():
        raise UsageError(
            f"{document.name} is a plan of {plan.subject.name} and {other.name} one of {later.subject.name}, another "
            "cluster. Give two plans of one cluster."
        )
    diff = compare(plan, later)
    code = OK if diff.is_empty else DRIFTED
    if arguments.json:
        print_out(encode(comparison_document(diff, (document, other), code)))
    else:
        heads = [f"{one.name}, {_age(its)}" for one, its in ((document, plan), (other, later))]
        print_out("\n".join([*wrapped(_headline(diff), WIDTH), "", *change_lines(diff.changes, *heads), ""]))
    if later.as_of < plan.as_of:
        say(f"{other.name} is as of an earlier moment than {document.name}.")
    say_edits(document)
    say_edits(other)
    return code


def _headline(diff: PlanDiff) -> str:
    title = diff.before if diff.before == diff.after else f"{diff.before}, then {diff.after}"
    count = sum(change.kind != "same" for change in diff.changes)
    differ = {0: "nothing differs", 1: "1 difference"}.get(count, f"{count} differences")
    return f"{title}: {differ} in verdict, goal, end, steps, risks and unknowns."


def _age(plan: Plan) -> str:
    return f"revision {plan.revision}, as of {moment(plan.as_of)}"


def say_edits(document: Document) -> None:
    """That a document was changed by hand, and how."""
    for problem in document.problems:
        say(problem)
    if document.problems:
        say(f"{document.name} was changed by hand; its data was compared all the same.")


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
        return inventory if cluster is None else await with_neighbours(source, inventory, cluster, report)

    catalog = knowledge(arguments)
    inventory = reading(arguments, read)
    cluster = inventory.by_key.get(key)
    for gap in inventory.unread_of(cluster) if cluster is not None else ():
        say(f"not read: {gap.what} of {plan.subject.name}: {gap.reason}")
    return judged(arguments, inventory, catalog)


def _next_revision(
    document: Document, plan: Plan, judge: Judge, routes: Routes, arguments: argparse.Namespace
) -> tuple[Sequence[Change], str]:
    """What the next revision says differently once it is saved, and why none was. Raises FileError."""
    out: Path | None = arguments.out
    if out is None:
        return (), ""
    calendar = calendar_from(arguments)
    if not document.executable:
        again = f"arcstep plan {plan.subject.name} --to {plan.goal}"
        return (), f"the file was changed by hand, and what it says must not be carried on. Plan anew: {again}"
    try:
        anew = replan(plan, judge, routes, (), calendar)
    except ReplanError as error:
        return (), str(error)
    kept, used = carried(document, anew), sum(map(is_used, document.ticks.values()))
    write_atomic(out, render(anew, kept).encode("utf-8"))
    if plan.timing is not None and plan.timing.calendar and not calendar.is_given:
        say("the last revision kept to a calendar, this one to none: give it again with --calendar FILE.toml.")
    say(f"saved {shown(out)}: revision {anew.revision}, {anew.verdict}.")
    if used:
        say(
            f"{len(kept)} of {used} boxes with a tick or a note were carried over; the others stay with revision "
            f"{plan.revision}. Approvals have to be given anew."
        )
    return compare(plan, anew).changes, ""
