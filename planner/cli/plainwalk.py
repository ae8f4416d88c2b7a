"""A walk as questions and answers on plain lines, for screen readers, logs and scripts: no colour, no moving cursor."""

from __future__ import annotations

import asyncio
import errno
import sys
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from planner.cli.answers import Answers, reader_of
from planner.cli.codes import UNKNOWN
from planner.cli.dialogue import Dialogue, Print
from planner.cli.exits import exit_of_walk
from planner.cli.running import print_out, say
from planner.cli.telling import farewell, news, unfinished
from planner.ports import SourceError
from planner.walking import Crew, Session, take_up

if TYPE_CHECKING:
    from planner.cli.walk import Opened
    from planner.inventory import Inventory

__all__ = ["walk_plainly"]

_ASCII: Final = str.maketrans({"→": "->", "×": "x", "…": "...", "“": '"', "”": '"'})


def walk_plainly(opened: Opened, *, ascii: bool = False) -> int:
    """Walk an opened plan on standard input and output; the exit code. `ascii` = only letters of ASCII are written.

    Raises SourceError, WalkError.
    """
    out = partial(_line, ascii=ascii)
    answers = Answers(reader_of(sys.stdin), is_live=sys.stdin.isatty())
    codes: list[int] = []

    async def work() -> None:
        codes.append(await _walked(opened, answers, out))

    asyncio.run(work())
    return codes[0]


async def _walked(opened: Opened, answers: Answers, out: Print) -> int:
    try:
        crew = await opened.crew()
        inventory = await _found(opened, crew)
        session = take_up(opened.plan, opened.digest, crew, opened.catalog, opened.directory, inventory)
        try:
            return await _walk(opened, crew, session, answers, out)
        finally:
            await session.close()
    finally:
        await opened.source.close()


async def _found(opened: Opened, crew: Crew) -> Inventory:
    """The fleet, with the plan's cluster in it. Raises SourceError."""
    say("reading the fleet …")
    subject = opened.plan.subject
    inventory = await (crew.watcher or opened.source).load()
    if subject.id.casefold() not in inventory.by_key:
        raise SourceError(
            f"{subject.name} cannot be walked", "it is not among the clusters this account can see.",
            "Check tenant and subscription of the sign-in, or whether the cluster still exists.", UNKNOWN,
        )  # fmt: skip
    return inventory


async def _walk(opened: Opened, crew: Crew, session: Session, answers: Answers, out: Print) -> int:
    walker = session.walker
    for line in _opening(opened, session):
        out(line)
    if session.holder is None and not session.problems:
        await Dialogue(walker, answers, out, crew, session=session).run()
    else:
        for line in news(None, walker.walk):
            out(line)
    await session.close()
    walk = walker.walk
    out(unfinished(walk))
    left = farewell(walk, f"{opened.resume} --plain", rehearsed=opened.is_rehearsal)
    if left:
        out(left)
    return exit_of_walk(walk)


def _opening(opened: Opened, session: Session) -> Iterator[str]:
    plan, walker = opened.plan, session.walker
    yield f"Walk of {plan.title}, {plan.verdict}. Plan {opened.file}, digest {opened.digest[:12]}."
    if opened.is_rehearsal:
        yield "This is a rehearsal: Azure is an emulator on this machine, and nothing real is changed."
    may = f"may upgrade as {walker.who}" if walker.may_upgrade else "read-only"
    yield f"Mode: {may}. Journal: {session.journal}"
    if session.holder is not None:
        yield f"The walk is held by {session.holder}; here it can only be read."
    yield from session.problems


def _line(text: str, *, ascii: bool) -> None:
    """One fact, one line. Raises BrokenPipeError where nobody can read it any more, a terminal that is gone included."""
    line = " ".join(text.splitlines())
    try:
        print_out(f"{line.translate(_ASCII).encode('ascii', 'replace').decode() if ascii else line}\n")
    except OSError as error:
        if error.errno == errno.EIO:
            raise BrokenPipeError(error.errno, error.strerror) from None
        raise
