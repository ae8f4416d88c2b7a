"""`arcstep check`: the fleet, worst first, and an exit code that says how bad it is."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Final

from planner.cli.exits import exit_of_check
from planner.cli.running import judged, knowledge, print_out, reading, say, say_gaps
from planner.collector import resting_collector
from planner.findings import Finding, Severity
from planner.inventory import Cluster, Inventory, value_of
from planner.next_move import next_move
from planner.path import Routes
from planner.ports import Report, Source
from planner.ranking import worst_first
from planner.rules import findings_for
from planner.support import Judge, SupportState

HEAD: Final = ("CLUSTER", "INSTANCE", "RELEASE", "VERSION", "SUPPORT", "ENDS", "FINDINGS", "NEXT")
_MARKS: Final = {
    SupportState.STRANDED: ("◆", "#"),
    SupportState.OUT_OF_SUPPORT: ("✖", "x"),
    SupportState.UNKNOWN: ("?", "?"),
    SupportState.GRACE: ("▲", "!"),
    SupportState.PREVIEW: ("▲", "!"),
    SupportState.PATCH_OUTDATED: ("▲", "!"),
    SupportState.SUPPORTED: ("✔", "+"),
}
_LETTERS: Final = {Severity.BLOCKER: "B", Severity.UNKNOWN: "U", Severity.WARNING: "W", Severity.INFO: "I"}


@resting_collector()  # the answer is made and the process ends: there is nothing to collect
def run(arguments: argparse.Namespace) -> int:
    """Read the overview, judge every cluster, print, and return the most severe code. Raises SourceError."""
    catalog = knowledge(arguments)
    inventory = reading(arguments, _overview)
    judge, routes = judged(arguments, inventory, catalog)
    code = exit_of_check(judge, routes, arguments.within)
    if arguments.json:
        from planner.documents.checkdoc import check_document
        from planner.documents.jsontext import encode

        print_out(encode(check_document(judge, routes, code)))
    elif arguments.md:
        print_out(_markdown(judge, routes))
    else:
        from planner.cli.table import can_draw

        print_out(_text(judge, routes, arguments.within, plain=getattr(arguments, "ascii", False) or not can_draw()))
    if arguments.junit is not None:
        from planner.documents.checkdoc import check_document
        from planner.documents.junit import render_junit
        from planner.files import write_atomic

        write_atomic(arguments.junit, render_junit(check_document(judge, routes, code)).encode())
    say_gaps(inventory)
    _say_age(judge)
    return code


async def _overview(source: Source, report: Report) -> Inventory:
    return await source.load(report)


def _text(judge: Judge, routes: Routes, within: int, *, plain: bool) -> str:
    from planner.cli.table import columns

    rows: list[tuple[str, ...]] = []
    for cluster in worst_first(judge):
        found = findings_for(cluster, judge)
        rows.append((_mark(cluster, judge, within, found)[plain], *_row(cluster, judge, routes, found)))
    return "\n".join([_headline(judge), "", *columns(("", *HEAD), rows), ""])


def _mark(cluster: Cluster, judge: Judge, within: int, found: Sequence[Finding]) -> tuple[str, str]:
    """The sign of a state; supported warns where it ends within the days, or where something is in the way."""
    state, ends = judge.state(cluster)
    is_near = ends is not None and (ends - judge.today).days <= within
    if state is SupportState.SUPPORTED and (is_near or any(finding.severity.casts_doubt for finding in found)):
        return _MARKS[SupportState.GRACE]
    return _MARKS[state]


def _markdown(judge: Judge, routes: Routes) -> str:
    from planner.documents.marks import table

    rows = [_row(cluster, judge, routes, findings_for(cluster, judge)) for cluster in worst_first(judge)]
    return "\n".join(["# Support of AKS Arc clusters", "", _headline(judge), "", *table(HEAD, rows)])


def _headline(judge: Judge) -> str:
    inventory = judge.inventory
    states = [judge.state(cluster)[0] for cluster in inventory.clusters]
    counts = [f"{states.count(state)} {state}" for state in SupportState if state in states]
    clusters, instances = len(inventory.clusters), len(inventory.instances)
    where = f"{_count(clusters, 'cluster')} on {_count(instances, 'instance')}{_partial(inventory)}"
    return (
        f"{where}, as of {judge.as_of:%Y-%m-%d %H:%M} UTC, {inventory.source}: {', '.join(counts) or 'nothing read'}."
    )


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _partial(inventory: Inventory) -> str:
    if inventory.expected is not None and len(inventory.clusters) < inventory.expected:
        return f" (partial: {inventory.expected:,} expected)"
    return " (partial)" if inventory.unread else ""


def _row(cluster: Cluster, judge: Judge, routes: Routes, found: Sequence[Finding]) -> tuple[str, ...]:
    state, ends = judge.state(cluster)
    instance = judge.inventory.instance_of(cluster)
    entry = judge.entry(cluster)
    return (
        cluster.name,
        instance.name if instance is not None else "?",
        entry.key if entry is not None else "?",
        str(value_of(cluster.version) or "?"),
        str(state),
        f"{ends} ({(ends - judge.today).days:+d} d)" if ends is not None else "-",
        _counts(found),
        next_move(cluster, judge, routes),
    )


def _counts(found: Sequence[Finding]) -> str:
    severities = [finding.severity for finding in found]
    counts = [
        f"{severities.count(severity)}{letter}" for severity, letter in _LETTERS.items() if severity in severities
    ]
    return " ".join(counts) or "-"


def _say_age(judge: Judge) -> None:
    """The catalog's age warns; it never changes a verdict."""
    days = (judge.today - judge.catalog.newest_fact).days
    if days > 60:
        say(f"the catalog's newest fact is of {judge.catalog.newest_fact}, {days} days before the as-of day.")
