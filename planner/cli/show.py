"""`arcstep show`: a saved plan read back."""

from __future__ import annotations

import argparse

from planner.cli.codes import OK, UNKNOWN
from planner.cli.redacting import key_of
from planner.cli.running import print_out, say
from planner.documents.aliases import Key
from planner.documents.datablock import digest_of
from planner.documents.jsondoc import encode, show_document
from planner.documents.markdown import render
from planner.documents.readback import Document
from planner.documents.redaction import restore
from planner.files import FileError, write_atomic
from planner.plan import Plan
from planner.rejudge import Rejudged, rejudged
from planner.sources import open_plan


def run(arguments: argparse.Namespace) -> int:
    """Print the plan anew from its data, and say where the file says something else. Raises SourceError."""
    document = open_plan(arguments.plan)
    key = key_of(arguments.plan, arguments.key, document.plan) if document.plan is not None else None
    named = restore(document.plan, key) if document.plan is not None and key is not None else None
    seen = _seen(arguments, document, named or document.plan)
    if arguments.json:
        print_out(encode(show_document(document, named, seen)))
    else:
        print_out(_text(document, key))
    _save_forms(arguments, document, key)
    for problem in document.problems:
        say(problem)
    if document.problems:
        say(f"{document.name}: for reading only; nothing will be based on it.")
    if seen is not None:
        _say_seen(seen)
    done = sum(tick.done for tick in document.ticks.values())
    say(f"{done} of {len(document.ticks)} boxes ticked.")
    return OK if document.executable else UNKNOWN


def _seen(arguments: argparse.Namespace, document: Document, plan: Plan | None) -> Rejudged | None:
    """The plan on the day asked for, or on its own; None where nothing is based on the document."""
    if plan is None or not document.executable:
        return None
    return rejudged(plan, getattr(arguments, "as_of", plan.as_of))


def _say_seen(seen: Rejudged) -> None:
    if seen.day != seen.planned:
        for text in (seen.summary, *(one.text for one in seen.changes), *seen.left_open):
            say(text)
    say(f"as of {seen.day}: {seen.ages}.")


def _save_forms(arguments: argparse.Namespace, document: Document, key: Key | None) -> None:
    """The other forms that were asked for. Raises FileError, also for a document that is not as it was made."""
    wanted = {name: path for name in ("ics", "html", "ticket") if (path := getattr(arguments, name)) is not None}
    if not wanted:
        return
    if document.plan is None or not document.executable:
        why = "it is not as it was made, and nothing is based on it."
        raise FileError(f"{document.name} has no other form", why, "Make the plan anew.")
    plan = document.plan if key is None else restore(document.plan, key)
    for name, path in wanted.items():
        write_atomic(path, _form(name, plan))


def _form(name: str, plan: Plan) -> bytes:
    if name == "ics":
        from planner.documents.calendar import render_calendar

        return render_calendar(plan)
    if name == "html":
        from planner.documents.page import render_page

        return render_page(plan).encode()
    from planner.documents.ticket import render_ticket

    return render_ticket(plan).encode()


def _text(document: Document, key: Key | None) -> str:
    if document.plan is None or not document.executable:
        # What does not carry its own seal is shown as it is: rendering it would seal the change.
        return document.text if key is None else key.restored(document.text)
    if key is None:
        return render(document.plan)
    named = restore(document.plan, key)
    # Under the digest that was signed: saved, this text would be for reading only, as it should be.
    return render(named).replace(digest_of(named), digest_of(document.plan))
