"""Answers: lines of standard input, read on a thread so that nothing else waits for a person."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import Final, TextIO

from planner.inventory import clean

__all__ = ["Answers", "reader_of"]

LONGEST: Final = 2000
"""Characters of an answer; what follows counts as the next one."""


class Answers:
    """Lines as they are asked for, "" for an empty one and None when there are no more.

    `is_live` = a person types, maybe also while nothing is asked. Otherwise a line is only taken when one is needed, so
    that answers can be written down beforehand.
    """

    def __init__(self, readline: Callable[[], str], *, is_live: bool) -> None:
        self.is_live = is_live
        self._readline = readline
        self._wanted: SimpleQueue[asyncio.Future[str | None]] = SimpleQueue()
        self._thread = Thread(target=self._read, name="answers", daemon=True)

    async def next(self) -> str | None:
        """The next line, made harmless. Cancelling it loses the line that comes."""
        if self._thread.ident is None:
            self._thread.start()
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._wanted.put(answer)
        return await answer

    def _read(self) -> None:
        while True:
            wanted = self._wanted.get()
            try:
                line = self._readline()
            except (OSError, ValueError):
                line = ""
            answer = clean(line.strip(), LONGEST) if line else None
            with suppress(RuntimeError):  # the loop is gone, and nobody waits any more
                wanted.get_loop().call_soon_threadsafe(_give, wanted, answer)
            if answer is None:
                return


def _give(wanted: asyncio.Future[str | None], answer: str | None) -> None:
    if not wanted.done():
        wanted.set_result(answer)


def reader_of(stream: TextIO) -> Callable[[], str]:
    """Reads lines of a stream. Where it is a file it is opened a second time: a thread that still waits in the stream's
    own buffer would hold up the end of the process."""
    try:
        number = stream.fileno()
    except (OSError, ValueError, AttributeError):
        return lambda: stream.readline(LONGEST)
    again = open(number, encoding=stream.encoding, errors="replace", closefd=False)  # noqa: SIM115
    return lambda: again.readline(LONGEST)
