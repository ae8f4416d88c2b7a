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
from planner.sources import open_plan


def run(arguments: argparse.Namespace) -> int:
    """Print the plan anew from its data, and say where the file says something else. Raises SourceError."""
    document = open_plan(arguments.plan)
    key = key_of(arguments.plan, arguments.key, document.plan) if document.plan is not None else None
    if arguments.json:
        named = restore(document.plan, key) if document.plan is not None and key is not None else None
        print_out(encode(show_document(document, named)))
    else:
        print_out(_text(document, key))
    for problem in document.problems:
        say(problem)
    if document.problems:
        say(f"{document.name}: for reading only; nothing will be based on it.")
    done = sum(tick.done for tick in document.ticks.values())
    say(f"{done} of {len(document.ticks)} boxes ticked.")
    return OK if document.executable else UNKNOWN


def _text(document: Document, key: Key | None) -> str:
    if document.plan is None or not document.executable:
        # What does not carry its own seal is shown as it is: rendering it would seal the change.
        return document.text if key is None else key.restored(document.text)
    if key is None:
        return render(document.plan)
    named = restore(document.plan, key)
    # Under the digest that was signed: saved, this text would be for reading only, as it should be.
    return render(named).replace(digest_of(named), digest_of(document.plan))
