"""Taking up a walk: the lock, the journal, and the walk as its events tell it, together with who may do what."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from planner.durations import Run
from planner.events import Began, Event, Reopened
from planner.files import FileError, ensure_directory, shown
from planner.journal import Journal, journal_path, own_runs, read
from planner.locks import Held, Holder, Lock, acquire, lock_path
from planner.walk import Command, Walk, WalkError, begin, replay
from planner.walker import Scout, Walker

if TYPE_CHECKING:
    from planner.catalog import Catalog
    from planner.inventory import Inventory
    from planner.plan import Plan, Step
    from planner.ports import Upgrader, Watcher

REHEARSAL: Final = "rehearsal"
"""How the mode of a walk on an emulated Azure begins."""

__all__ = ["REHEARSAL", "Crew", "Session", "as_kept", "plan_of", "take_up"]


@dataclass(frozen=True)
class Crew:
    """Who walks, by which clock, and what they may use."""

    by: str
    """Name of the person, as the operating system tells it."""
    host: str
    clock: Callable[[], datetime]
    watcher: Watcher | None
    """None = nothing can be looked at here: checks are ticked by hand and nothing is verified."""
    upgrader: Upgrader | None = None
    speed: float = 1.0
    hand: Callable[[Step], None] | None = None
    """Plays what people do elsewhere; only in a rehearsal."""
    seen: Callable[[Inventory], None] | None = None
    """Told every inventory that a look brings."""

    @property
    def mode(self) -> str:
        """For the journal: whether arcstep may upgrade, as whom, and whether it is only a rehearsal."""
        rights = f"may upgrade as {self.upgrader.who}" if self.upgrader is not None else "read-only"
        return f"{REHEARSAL}, {rights}" if self.hand is not None else rights


class Session:
    """A walk taken up in this process."""

    def __init__(
        self, walker: Walker, path: Path, *, holder: Holder | None, problems: tuple[str, ...], runs: tuple[Run, ...]
    ) -> None:
        self.walker = walker
        self.journal = path
        self.holder = holder
        """Who else holds it; then it can only be watched here."""
        self.problems = problems
        """What is wrong with the journal, a sentence each."""
        self.runs = runs
        """Own upgrades seen from start to end, for the usual band."""
        self._open: list[_Book | Lock] = []

    async def close(self) -> None:
        """Stop watching, close the journal, free the lock; safe to call twice."""
        await self.walker.close()
        for thing in self._open:
            thing.release()
        self._open.clear()

    def holding(self, book: _Book | None, lock: Lock | None) -> Session:
        """With what has to be given back in the end."""
        self._open = [thing for thing in (book, lock) if thing is not None]
        return self


class _Book:
    """The journal as the walker keeps it: after a failed write it is read anew, and gone on with where it holds what is known."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def append(self, event: Event) -> None:
        """Durable when it returns. Raises FileError."""
        try:
            self._journal.append(event)
        except FileError:
            self._open_anew()
            self._journal.append(event)

    def _open_anew(self) -> None:
        anew = Journal.open(self._journal.path)
        if anew.problems or anew.events != self._journal.events:
            anew.close()
            why = "it does not hold any more what arcstep wrote."
            raise FileError(f"the journal {shown(self._journal.path)} cannot be written", why, "Leave, and look at it.")
        self._journal.close()
        self._journal = anew

    def release(self) -> None:
        """Close the file."""
        self._journal.close()


def take_up(
    plan: Plan, digest: str, crew: Crew, catalog: Catalog, directory: Path, inventory: Inventory | None = None
) -> Session:
    """Begin the walk of a plan, or take it up where its journal left it; blocks on disk.

    `directory` is that of real walks, or one of its own for a rehearsal: what was only rehearsed must never pass for done.
    Where somebody else walks the cluster, or the journal is damaged, the walk can be watched and nothing decided. Raises
    SourceError where the journal cannot be made or used, WalkError for a plan without steps.
    """
    path = journal_path(ensure_directory(directory), plan, digest)
    began = Began(crew.clock(), crew.by, crew.host, digest, plan, crew.mode)
    lock, holder = _lock(plan, crew, directory)
    try:
        opened = _watched(path, began) if lock is None else _opened(path, began)
        scout = None
        if crew.watcher is not None:
            scout = Scout(crew.watcher, inventory, catalog, plan.subject.id, crew.clock, crew.seen)
        walker = Walker(
            opened.walk, scout, crew.clock, keeper=opened.book, upgrader=crew.upgrader, speed=crew.speed, hand=crew.hand
        )
        if opened.book is not None and opened.is_old:
            walker.act(Reopened(crew.clock(), crew.by, crew.host, crew.mode))
        walker.begin(opened.commands)
        runs = own_runs(directory)
    except BaseException:
        if lock is not None:
            lock.release()
        raise
    session = Session(walker, path, holder=holder, problems=opened.problems, runs=runs)
    return session.holding(opened.book, lock)


def plan_of(path: Path) -> tuple[Plan, str]:
    """The plan of a journal, and its digest. Raises FileError where the journal does not tell."""
    record = read(path)
    first = record.events[0] if record.events else None
    if not isinstance(first, Began):
        why = record.problems[0] if record.problems else "no walk was begun in it."
        raise FileError(f"the journal {shown(path)} cannot be used", why, "Open the plan document instead.")
    return first.plan, first.digest


def as_kept(plan: Plan, digest: str, directory: Path) -> Walk | None:
    """The walk of a plan as its journal tells it, without a look at anything; None where none was begun.

    Raises FileError where the journal cannot be used.
    """
    path = journal_path(directory, plan, digest)
    if not _is_begun(path):
        return None
    record = read(path)
    return _told(path, record.events, digest)


@dataclass(frozen=True)
class _Opened:
    walk: Walk
    commands: tuple[Command, ...]
    book: _Book | None
    problems: tuple[str, ...] = ()
    is_old: bool = True


def _lock(plan: Plan, crew: Crew, directory: Path) -> tuple[Lock | None, Holder | None]:
    holder = Holder(os.getpid(), crew.host, crew.by, crew.clock())
    try:
        return acquire(lock_path(directory, plan.subject.id, plan.subject.name), holder), None
    except Held as error:
        return None, error.holder


def _opened(path: Path, began: Began) -> _Opened:
    """The walk, to be gone on with."""
    if not _is_begun(path):
        walk, commands = begin(began)
        return _Opened(walk, commands, _Book(Journal.create(path, began)), is_old=False)
    journal = Journal.open(path)
    try:
        walk = _told(path, journal.events, began.digest)
    except BaseException:
        journal.close()
        raise
    if journal.problems:
        journal.close()
        return _Opened(walk, (), None, journal.problems)
    return _Opened(walk, (), _Book(journal))


def _watched(path: Path, began: Began) -> _Opened:
    """The walk as somebody else keeps it; nothing is written here."""
    if not _is_begun(path):
        walk, commands = begin(began)
        return _Opened(walk, commands, None)
    record = read(path)
    return _Opened(_told(path, record.events, began.digest), (), None, record.problems)


def _is_begun(path: Path) -> bool:
    if not path.exists():
        return False
    record = read(path)
    return bool(record.events or record.problems)


def _told(path: Path, events: tuple[Event, ...], digest: str) -> Walk:
    what = f"the journal {shown(path)} cannot be used"
    cure = "Move it away to begin anew: the first look finds out what is true now."
    try:
        walk = replay(events)
    except WalkError as error:
        raise FileError(what, str(error), cure) from None
    if walk.digest != digest:
        raise FileError(what, "it belongs to another plan.", cure)
    return walk
