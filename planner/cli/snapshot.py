"""`arcstep snapshot`: what can be read now, in a file for later and for elsewhere."""

from __future__ import annotations

import argparse

from planner.cli.codes import OK, UNKNOWN
from planner.cli.redacting import key_file, redacted_facts
from planner.cli.running import reading, say, say_gaps
from planner.documents.snapshot import dump
from planner.files import write_atomic
from planner.inventory import Inventory, clean
from planner.ports import Report, Source


def run(arguments: argparse.Namespace) -> int:
    """Read everything, save it, say what is missing. Raises SourceError, UsageError."""
    key = key_file(arguments)

    async def read(source: Source, report: Report) -> Inventory:
        return await (source.load(report) if arguments.overview else source.load_all(report))

    inventory = reading(arguments, read)
    if key is not None:
        inventory = redacted_facts(inventory, key)
    data = dump(inventory)
    write_atomic(arguments.out, data)
    count = len(inventory.clusters)
    say(f"saved {clean(str(arguments.out))}: {count:,} clusters, as of {inventory.as_of:%Y-%m-%d %H:%M} UTC.")
    say_gaps(inventory)
    return UNKNOWN if inventory.unread or not count or count < (inventory.expected or 0) else OK
