"""`arcstep show`: a saved plan read back, of a cluster or of instances."""

from __future__ import annotations

import argparse
from typing import Final

from planner.cli.codes import OK, UNKNOWN
from planner.cli.redacting import key_of
from planner.cli.running import UsageError, print_out, say
from planner.documents.aliases import Key
from planner.documents.datablock import digest_of
from planner.documents.jsondoc import show_document
from planner.documents.jsontext import encode
from planner.documents.kinds import AnyPlan
from planner.documents.markdown import render
from planner.documents.readback import Document
from planner.documents.redaction import restore
from planner.files import FileError, write_atomic
from planner.fleetplan import FleetPlan
from planner.rejudge import Rejudged, rejudged
from planner.sources import open_plan

_NO_TICKET: Final = (
    "a plan of instances is not one change, and has no ticket of its own. Make one for each cluster from its own plan: "
    "arcstep plan NAME --to VERSION --out NAME.md, then arcstep show NAME.md --ticket FILE."
)


def run(arguments: argparse.Namespace) -> int:
    """Print the plan anew from its data, and say where the file says something else. Raises SourceError, UsageError."""
    document = open_plan(arguments.plan)
    if document.fleet is not None and arguments.ticket is not None:
        raise UsageError(_NO_TICKET)
    key = key_of(arguments.plan, arguments.key, document.holds) if document.holds is not None else None
    named = _named(document.holds, key) if document.holds is not None else None
    seen = _seen(arguments, document, named)
    if arguments.json:
        print_out(encode(show_document(document, named, seen)))
    else:
        print_out(_text(document, key))
    _save_forms(arguments, document, named)
    for problem in document.problems:
        say(problem)
    if document.problems:
        say(f"{document.name}: for reading only; nothing will be based on it.")
    if seen is not None:
        _say_seen(seen)
    elif document.fleet is not None and hasattr(arguments, "as_of"):
        say("a plan of instances is shown as of the day it was made: plan again for another day.")
    done = sum(tick.done for tick in document.ticks.values())
    say(f"{done} of {len(document.ticks)} boxes ticked.")
    return OK if document.executable else UNKNOWN


def _named(plan: AnyPlan, key: Key | None) -> AnyPlan:
    """The plan with real names, where there is a key."""
    return plan if key is None else restore(plan, key)


def _seen(arguments: argparse.Namespace, document: Document, plan: AnyPlan | None) -> Rejudged | None:
    """The plan on the day asked for, or on its own; None where nothing is based on the document, or for instances."""
    if plan is None or isinstance(plan, FleetPlan) or not document.executable:
        return None
    return rejudged(plan, getattr(arguments, "as_of", plan.as_of))


def _say_seen(seen: Rejudged) -> None:
    if seen.day != seen.planned:
        for text in (seen.summary, *(one.text for one in seen.changes), *seen.left_open):
            say(text)
    say(f"as of {seen.day}: {seen.ages}.")


def _save_forms(arguments: argparse.Namespace, document: Document, plan: AnyPlan | None) -> None:
    """The other forms that were asked for. Raises FileError, also for a document that is not as it was made."""
    wanted = {name: path for name in ("ics", "html", "ticket") if (path := getattr(arguments, name)) is not None}
    if not wanted:
        return
    if plan is None or not document.executable:
        why = "it is not as it was made, and nothing is based on it."
        raise FileError(f"{document.name} has no other form", why, "Make the plan anew.")
    for name, path in wanted.items():
        write_atomic(path, _form(name, plan))


def _form(name: str, plan: AnyPlan) -> bytes:
    if name == "html":
        from planner.documents.page import render_page

        return render_page(plan).encode()
    if isinstance(plan, FleetPlan):
        from planner.documents.fleetcalendar import render_fleet_calendar

        return render_fleet_calendar(plan)
    if name == "ics":
        from planner.documents.calendar import render_calendar

        return render_calendar(plan)
    from planner.documents.ticket import render_ticket

    return render_ticket(plan).encode()


def _text(document: Document, key: Key | None) -> str:
    plan = document.holds
    if plan is None or not document.executable:
        # What does not carry its own seal is shown as it is: rendering it would seal the change.
        return document.text if key is None else key.restored(document.text)
    if key is None:
        return render(plan)
    named = _named(plan, key)
    # Under the digest that was signed: saved, this text would be for reading only, as it should be.
    return render(named).replace(digest_of(named), digest_of(plan))
