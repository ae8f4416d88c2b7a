"""Whatever fails, at whatever call, and wherever the process ends: what was kept is kept, and nothing stays torn."""

from __future__ import annotations

import errno
import os
import signal
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from planner.events import Event
from planner.files import FileError
from planner.journal import Journal, journal_path, read
from tests.journals import BEGAN, DIGEST, OTHERS, SMALL, WALK, lines_of, written

CALLS = ("open", "fstat", "lstat", "read", "write", "fsync", "ftruncate", "close")
KEPT = WALK[:4]
"""Enough: a beginning, and three events behind it."""


@dataclass
class Disk:
    """Counts the calls that reach the disk, and strikes at one of them.

    full, failing (after half of a write) and failing for good are faults; short is a write that takes a part; killed and
    killed half way end the process.
    """

    strike: str
    at: int
    report: Callable[[str], object] = print
    count: int = 0
    struck: bool = False
    calls: list[str] = field(default_factory=list)

    @contextmanager
    def between(self) -> Iterator[None]:
        real = {name: getattr(os, name) for name in CALLS}
        for name in CALLS:
            setattr(os, name, self._wrapped(name, real[name]))
        try:
            yield
        finally:
            for name in CALLS:
                setattr(os, name, real[name])

    def _wrapped(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            self.count += 1
            self.calls.append(name)
            if self.count == self.at or (self.struck and self.strike == "failing for good" and name != "close"):
                self.struck = True
                return self._strike(name, real, args, options)
            return real(*args, **options)

        return call

    def _strike(self, name: str, real: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        part = bytes(args[1])[: len(args[1]) // 2] if name == "write" else b""
        if self.strike == "short":
            return real(args[0], part) if part else real(*args, **options)
        if part and self.strike != "full" and self.strike != "killed":
            real(args[0], part)
        if self.strike.startswith("killed"):
            os.kill(os.getpid(), signal.SIGKILL)
        if name == "close":
            real(*args)
        number = errno.ENOSPC if self.strike == "full" else errno.EIO
        raise OSError(number, os.strerror(number))


def attempt(path: Path, keep: Callable[[Event], object]) -> None:
    """Begin a walk and keep a few events; `keep` is told of each that was."""
    with Journal.create(path, BEGAN) as journal:
        keep(BEGAN)
        for event in KEPT[1:]:
            journal.append(event)
            keep(event)


def check(path: Path, kept: int, *, exactly: bool) -> None:
    """Every event that was kept is there, none that did not happen is, and the walk can go on.

    `exactly`: nothing else is there, not even what was being written.
    """
    found = read(path) if path.exists() else None
    events = found.events if found is not None else ()
    assert found is None or (found.problems == () and not (found.torn and exactly))
    assert kept == len(events) if exactly else kept <= len(events)
    assert events == KEPT[: len(events)]
    with Journal.open(path) if events else Journal.create(path, BEGAN) as journal:
        for event in KEPT[len(journal.events) :]:
            journal.append(event)
    assert path.read_bytes() == lines_of(KEPT)


def places(directory: Path) -> Iterator[tuple[int, Path]]:
    """Every number of a call, and a journal of its own for it."""
    for at in range(1, 500):
        yield at, journal_path(directory, SMALL, f"{DIGEST}{at}")
    pytest.fail("it never ended")


@pytest.mark.parametrize("strike", ["full", "failing", "failing for good", "short"])
def test_a_fault_at_any_call_loses_nothing_that_was_kept(tmp_path: Path, strike: str) -> None:
    for at, path in places(tmp_path):
        kept: list[Event] = []
        disk = Disk(strike, at)
        with disk.between():
            try:
                attempt(path, kept.append)
                whole = True
            except FileError as error:
                assert error.why and error.cure
                whole = False
        giving_back = disk.struck and disk.count == at > 1
        assert whole is (not disk.struck or strike == "short" or giving_back), (at, disk.calls)
        check(path, len(kept), exactly=strike != "failing for good")
        if not disk.struck:
            assert set(CALLS) <= set(disk.calls)
            break


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("strike", ["killed", "killed half way"])
@pytest.mark.parametrize("power_cut", [False, True], ids=["process", "machine"])
def test_an_end_at_any_call_loses_nothing_that_was_kept(tmp_path: Path, strike: str, power_cut: bool) -> None:
    for at, path in places(tmp_path):
        killed, kept, synced = run_in_a_child(path, strike, at)
        if power_cut and path.exists():  # what was not flushed is gone
            os.truncate(path, synced)
        check(path, kept, exactly=False)
        if not killed:
            assert kept == len(KEPT)
            break


def run_in_a_child(path: Path, strike: str, at: int) -> tuple[bool, int, int]:
    """Whether the child was killed, how many events it kept before, and how many bytes it had flushed."""
    ours, theirs = os.pipe()
    write, fsync, fstat = os.write, os.fsync, os.fstat
    child = os.fork()
    if child == 0:
        with suppress(BaseException):

            def flush(handle: int) -> None:
                fsync(handle)
                found = fstat(handle)
                if stat.S_ISREG(found.st_mode):
                    write(theirs, b"synced %d\n" % found.st_size)

            os.fsync = flush
            with Disk(strike, at).between():
                attempt(path, lambda _: write(theirs, b"kept\n"))
            os._exit(0)
        os._exit(1)
    os.close(theirs)
    with open(ours) as report:
        lines = report.read().splitlines()
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert ended in (0, -signal.SIGKILL)
    flushed = [int(line.split()[1]) for line in lines if line.startswith("synced")]
    return ended != 0, lines.count("kept"), max(flushed, default=0)


def test_an_event_is_flushed_before_it_counts(tmp_path: Path) -> None:
    disk = Disk("short", -1)
    with disk.between(), Journal.create(journal_path(tmp_path, SMALL, DIGEST), BEGAN) as journal:
        begun = disk.calls.copy()
        disk.calls.clear()
        journal.append(KEPT[1])
        assert disk.calls[-2:] == ["write", "fsync"]
    last = begun[begun.index("write") :]
    assert last == ["write", "fsync", "open", "fsync", "close"], "the file, then the directory it is in"


def test_after_a_failed_write_nothing_is_taken_until_it_is_opened_anew(tmp_path: Path) -> None:
    path = written(tmp_path)
    with Journal.open(path) as journal:
        with Disk("failing", 3).between() as _, pytest.raises(FileError) as caught:
            journal.append(OTHERS[0])
        assert "the disk reports an error; the event was not kept" in caught.value.why
        with pytest.raises(FileError) as caught:
            journal.append(OTHERS[1])
        assert "not certain" in caught.value.why
        assert journal.events == WALK
    with Journal.open(path) as journal:
        journal.append(OTHERS[1])
    assert read(path).events == (*WALK, OTHERS[1])


def test_a_file_system_that_cannot_be_written_is_said(own_home: Path) -> None:
    with pytest.raises(FileError) as caught:
        Journal.create(Path("/proc/self/x.jsonl"), BEGAN)
    assert "cannot be begun" in caught.value.what
