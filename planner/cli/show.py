"""`arcstep show`: a saved plan read back."""

from __future__ import annotations

import argparse

from planner.cli.codes import OK, UNKNOWN
from planner.cli.running import print_out, say
from planner.documents.jsondoc import encode, show_document
from planner.documents.markdown import render
from planner.sources import open_plan


def run(arguments: argparse.Namespace) -> int:
    """Print the plan anew from its data, and say where the file says something else. Raises SourceError."""
    document = open_plan(arguments.plan)
    if arguments.json:
        print_out(encode(show_document(document)))
    elif document.plan is not None and document.executable:
        print_out(render(document.plan))
    else:
        # What does not carry its own seal is shown as it is: rendering it would seal the change.
        print_out(document.text)
    for problem in document.problems:
        say(problem)
    if document.problems:
        say(f"{document.name}: for reading only; nothing will be based on it.")
    done = sum(tick.done for tick in document.ticks.values())
    say(f"{done} of {len(document.ticks)} boxes ticked.")
    return OK if document.executable else UNKNOWN
