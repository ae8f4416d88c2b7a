"""The journal of a walk: an append-only file only this user can read, one event a line, on the disk before it counts.

It is the one place where the signed address of an operation is kept (PR9). Whoever appends holds the cluster's lock.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Final

from planner.documents.eventlines import BEGINNING, LineError, Record, read_line, read_lines, write_line
from planner.durations import Run, runs_of
from planner.events import Began, Event
from planner.files import (
    FileError,
    ensure_directory,
    flush_directory,
    open_private,
    read_handle,
    safe_name,
    shown,
    state_directory,
    telling,
    write_handle,
)
from planner.locks import Holder, holder_of, lock_path
from planner.plan import Plan
from planner.walk import Walk, WalkError, replay

__all__ = [
    "Entry",
    "Journal",
    "Record",
    "journal_path",
    "journals",
    "own_runs",
    "read",
    "standing",
    "walks_directory",
]

LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a journal; a long walk needs a hundredth of it."""
_KEPT_NOTHING: Final = "the event was not kept"
_ANEW: Final = "Take the walk up again: the journal is read anew then."


class Journal:
    """A journal open for appending, or with `problems` for reading only."""

    def __init__(self, path: Path, handle: int | None, record: Record) -> None:
        self.path = path
        self.problems = record.problems
        self._handle = handle
        self._events = list(record.events)
        self._seal = record.seal
        self._size = record.whole
        self._shut = "it is damaged." if record.problems else ""

    @classmethod
    def create(cls, path: Path, began: Began) -> Journal:
        """A new journal with its first event. Raises FileError, also where there is one already."""
        what = f"the journal {shown(path)} cannot be begun"
        with telling(what):
            journal = cls(path, open_private(path, os.O_RDWR | os.O_APPEND | os.O_CREAT), Record())
            try:
                journal._begin(what, began)
            except BaseException:
                journal.close()
                raise
        return journal

    def _begin(self, what: str, began: Began) -> None:
        handle = self._open_handle(what)
        if not _is_unborn(read_handle(handle, LARGEST)):
            raise FileError(what, "there is one already.", "Take that walk up again.")
        try:
            os.ftruncate(handle, 0)
            self.append(began)
            flush_directory(self.path.parent)
        except BaseException:
            with suppress(OSError):
                self.path.unlink()
            raise

    @classmethod
    def open(cls, path: Path) -> Journal:
        """A journal to be gone on with; a torn last line is cut off. Raises FileError.

        One with problems is opened for reading only: `append` then raises.
        """
        what = f"the journal {shown(path)} cannot be opened"
        with telling(what):
            handle = open_private(path, os.O_RDWR | os.O_APPEND)
            try:
                record = _read(handle, what)
                if not record.problems and not record.events:
                    raise FileError(what, "no walk was begun in it.", "Begin the walk of the plan.")
                if record.torn and not record.problems:
                    os.ftruncate(handle, record.whole)
                    os.fsync(handle)
            except BaseException:
                os.close(handle)
                raise
        return cls(path, handle, record)

    @property
    def events(self) -> tuple[Event, ...]:
        """What happened, in order."""
        return tuple(self._events)

    def append(self, event: Event) -> None:
        """Keep an event; it is on the disk when this returns. Raises FileError; the event is then not kept.

        After a failed write nothing more is taken until the journal is opened anew: what is on the disk is then read,
        not guessed.
        """
        what = f"the journal {shown(self.path)} cannot be written"
        handle = self._open_handle(what)
        number = len(self._events) + 1
        line = write_line(number, event, self._seal)
        try:  # what could not be read back would make all that follows unreadable too
            kept, seal = read_line(line[:-1], number, self._seal)
        except LineError as error:
            raise FileError(
                what, f"the event is not fit to be kept: {error}.", "This is a defect of arcstep."
            ) from None
        if self._size + len(line) > LARGEST:
            raise FileError(what, f"it would hold more than {LARGEST:,} bytes.", "Make a new plan from what runs now.")
        with telling(what, "the event was not kept"):
            self._check_place(handle, what)
            self._write(handle, line)
        self._events.append(kept)
        self._seal, self._size = seal, self._size + len(line)

    def close(self) -> None:
        """Give the file back; safe to call twice."""
        handle, self._handle = self._handle, None
        if handle is not None:
            with suppress(OSError):  # everything is on the disk already
                os.close(handle)

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open_handle(self, what: str) -> int:
        if self._handle is None or self._shut:
            raise FileError(what, self._shut or "it is closed.", _ANEW)
        return self._handle

    def _check_place(self, handle: int, what: str) -> None:
        """What is written must be found again under the journal's name, right behind what is known of it."""
        mine, there = os.fstat(handle), os.lstat(self.path)
        if (mine.st_dev, mine.st_ino, mine.st_size) != (there.st_dev, there.st_ino, self._size):
            raise FileError(what, "another program changed, moved or replaced it.", _ANEW)

    def _write(self, handle: int, line: bytes) -> None:
        self._shut = "a write failed before, so that what is on the disk is not certain."
        try:
            write_handle(handle, line)
        except BaseException:
            with suppress(OSError):
                os.ftruncate(handle, self._size)
                os.fsync(handle)
            raise
        self._shut = ""


def read(path: Path) -> Record:
    """What a journal holds, also while somebody else appends to it. Raises FileError where the file cannot be read."""
    what = f"the journal {shown(path)} cannot be read"
    with telling(what):
        handle = open_private(path, os.O_RDONLY)
        try:
            return _read(handle, what)
        finally:
            os.close(handle)


def walks_directory() -> Path:
    """Where journals and locks lie, made where missing. Raises FileError, also where others may write to it."""
    return ensure_directory(ensure_directory(state_directory()) / "walks")


def journal_path(directory: Path, plan: Plan, digest: str) -> Path:
    """Where the journal of a plan lies: one for each plan, found again by its digest."""
    return directory / safe_name(plan.subject.name, digest, ".jsonl")


# -- all journals --


@dataclass(frozen=True, slots=True)
class Entry:
    """A journal on a list. What could not be read is "" and None, with a problem."""

    path: Path
    cluster: str = ""
    cluster_id: str = ""
    title: str = ""
    digest: str = ""
    began: datetime | None = None
    last: datetime | None = None
    """When something was last kept."""
    by: str = ""
    host: str = ""
    standing: str = ""
    """Where the walk stands, such as "S01 running"."""
    is_over: bool = False
    is_open: bool = False
    """True while something of it may still be going on in Azure."""
    holder: Holder | None = None
    """Who walks the cluster now; None = nobody."""
    problems: tuple[str, ...] = ()


def journals(directory: Path) -> list[Entry]:
    """Every journal in a directory, the one last written first. Raises FileError where the directory cannot be read."""
    entries = [_with_holder(entry) for entry, _ in _all_told(directory) if entry is not None]
    return sorted(entries, key=lambda entry: (-entry.last.timestamp() if entry.last else 0.0, entry.path.name))


def own_runs(directory: Path) -> tuple[Run, ...]:
    """The upgrades that the journals of a directory saw from start to end. Journals that cannot be read tell of none."""
    return tuple(run for _, runs in _all_told(directory) for run in runs)


def standing(walk: Walk) -> str:
    """Where a walk stands, in a few words."""
    leg = walk.leg
    if leg is None:
        return "done"
    if walk.aborted:
        return f"aborted, {leg.id} {leg.stage}"
    return f"on hold, {leg.id} {leg.stage}" if walk.held else f"{leg.id} {leg.stage}"


def _all_told(directory: Path) -> Iterator[tuple[Entry | None, tuple[Run, ...]]]:
    with telling(f"the directory {shown(directory)} cannot be read"):
        names = sorted(os.listdir(directory)) if directory.exists() else []
    for name in names:
        if name.endswith(".jsonl"):
            with suppress(FileNotFoundError):
                found = os.lstat(directory / name)
                yield _told(directory / name, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


@lru_cache(maxsize=2000)
def _told(path: Path, *_version: int) -> tuple[Entry | None, tuple[Run, ...]]:
    """What a journal tells; kept as long as the file stays as it is, for folding a long walk takes a while.

    No entry for a file in which no walk was begun: arcstep ended before the first event was kept.
    """
    try:
        record = read(path)
        walk = replay(record.events) if record.events else None
    except (FileError, WalkError) as error:
        return Entry(path, problems=(str(error),)), ()
    if walk is None:
        return (Entry(path, problems=record.problems) if record.problems else None), ()
    return _entry(path, record, walk), runs_of(walk)


def _entry(path: Path, record: Record, walk: Walk) -> Entry:
    began = record.events[0]
    return Entry(
        path=path,
        cluster=walk.plan.subject.name,
        cluster_id=walk.plan.subject.id,
        title=walk.plan.title,
        digest=walk.digest,
        began=began.at,
        last=walk.now,
        by=began.by if isinstance(began, Began) else "",
        host=began.host if isinstance(began, Began) else "",
        standing=standing(walk),
        is_over=walk.is_over,
        is_open=walk.open_leg is not None,
        problems=record.problems,
    )


def _with_holder(entry: Entry) -> Entry:
    if not entry.cluster_id:
        return entry
    try:
        return replace(entry, holder=holder_of(lock_path(entry.path.parent, entry.cluster_id, entry.cluster)))
    except FileError as error:
        return replace(entry, problems=(*entry.problems, str(error)))


def _read(handle: int, what: str) -> Record:
    data = read_handle(handle, LARGEST)
    if len(data) > LARGEST:
        raise FileError(what, f"it holds more than {LARGEST:,} bytes.", "Move it away: arcstep did not write it.")
    return read_lines(data)


def _is_unborn(found: bytes) -> bool:
    """Nothing, or the torn beginning of a first line: no walk was begun."""
    return b"\n" not in found and (found.startswith(BEGINNING) or BEGINNING.startswith(found))
