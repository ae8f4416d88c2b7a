"""Running a verb: the source is opened and closed around it, faults become sentences and exit codes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, TextIO, TypeVar

from planner.cli.arguments import spec_from
from planner.cli.codes import USAGE
from planner.ports import Progress, Report, Source, SourceError, ignore
from planner.sources import open_source, snapshot_of

if TYPE_CHECKING:
    from datetime import datetime

    from planner.catalog import Catalog
    from planner.inventory import Inventory
    from planner.path import Routes
    from planner.support import Judge

T = TypeVar("T")


class UsageError(ValueError):
    """The arguments name something that is not there; the message is for the operator. Exit code 2."""


def run(verb: str, arguments: argparse.Namespace) -> int:
    """Run one verb and return its exit code. Raises only KeyboardInterrupt and BrokenPipeError."""
    from planner.catalog import CatalogError

    work: Callable[[argparse.Namespace], int] = import_module(f"planner.cli.{verb}").run
    try:
        return work(arguments)
    except SourceError as error:
        say(f"{error.what}: {error.why}\n{error.cure}")
        return error.exit_code
    except UsageError as error:
        say(str(error))
    except CatalogError as error:
        say(f"The catalog cannot be used: {error}.".replace("..", "."))
    return USAGE


def say(sentence: str) -> None:
    """A message for people; never on stdout, which belongs to the answer."""
    print(f"arcstep: {sentence}", file=sys.stderr)


def print_out(text: str) -> None:
    """The answer. What the terminal's encoding cannot write is shown as an escape rather than failing."""
    stream = sys.stdout
    try:
        stream.write(text)
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()


def reading(arguments: argparse.Namespace, read: Callable[[Source, Report], Coroutine[None, None, T]]) -> T:
    """Open the source the arguments name, read from it, close it. Raises SourceError."""
    spec = spec_from(arguments)
    if spec.kind == "file":
        return _at_once(read(snapshot_of(spec), ignore))
    import asyncio

    answers: list[T] = []

    async def work() -> None:
        source = open_source(spec)
        line = ProgressLine(sys.stderr)
        try:
            answers.append(await read(source, line.report if line.is_shown else ignore))
        finally:
            line.clear()
            await source.close()

    # Not the task's result: asyncio.run writes its task out in full (repr) while it puts the signal handler back,
    # which costs seconds with a large fleet.
    asyncio.run(work())
    return answers[0]


def _at_once(reading: Coroutine[None, None, T]) -> T:
    """Run what has nothing to wait for; importing an event loop would take longer than reading the file."""
    try:
        reading.send(None)
    except StopIteration as end:
        return end.value
    raise RuntimeError("a file in memory made somebody wait")


def judged(arguments: argparse.Namespace, inventory: Inventory, catalog: Catalog) -> tuple[Judge, Routes]:
    """The judge at the moment asked for, or else at the moment of the facts."""
    from planner.path import Routes
    from planner.support import Judge

    as_of: datetime | None = getattr(arguments, "as_of", None)
    return Judge(inventory, catalog, as_of or inventory.as_of), Routes(catalog)


def knowledge(arguments: argparse.Namespace) -> Catalog:
    """The catalog with the overlays of the arguments. Raises CatalogError."""
    from planner.knowledge import load_catalog

    return load_catalog(getattr(arguments, "catalog", ()))


def say_gaps(inventory: Inventory) -> None:
    """Partial is called partial: how much was read, and what was not (PR14)."""
    count, expected = len(inventory.clusters), inventory.expected
    if expected is not None and count < expected:
        say(f"partial: {count:,} of {expected:,} clusters read.")
    if not count:
        say("no AKS Arc cluster was found, so nothing was judged.")
    for gap in inventory.unread[:_SHOWN]:
        subject = gap.subject.rpartition("/")[2] if "/" in gap.subject else gap.subject
        say(f"not read: {gap.what}{f' of {subject}' if subject else ''}: {gap.reason}")
    if len(inventory.unread) > _SHOWN:
        say(f"not read: {len(inventory.unread) - _SHOWN:,} more, see --json.")


_SHOWN = 5


@dataclass
class ProgressLine:
    """One line on a terminal that says how far the reading is; nothing at all elsewhere."""

    stream: TextIO
    _width: int = field(default=0, init=False)

    @property
    def is_shown(self) -> bool:
        """Only people look at it."""
        return self.stream.isatty()

    def report(self, progress: Progress) -> None:
        """Show the newest state in place of the last."""
        of = f" of {progress.total:,}" if progress.total else ""
        text = f"reading {progress.what}: {progress.done:,}{of}"[:78]
        self.stream.write(f"\r{text:<{self._width}}")
        self.stream.flush()
        self._width = len(text)

    def clear(self) -> None:
        """Leave no trace."""
        if self._width:
            self.stream.write(f"\r{'':<{self._width}}\r")
            self.stream.flush()
            self._width = 0
