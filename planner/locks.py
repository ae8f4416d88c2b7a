"""One walk of a cluster at a time: a lock beside its journals, freed by the kernel when the holder ends in any way (PR8).

The lock file names its holder, for the second one to see. It is emptied before the lock changes hands, so that who held
it once is never taken for who holds it. Where a network file system keeps no locks, arcstep cannot tell.
"""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, cast

from planner.files import FileError, open_private, read_handle, safe_name, shown, telling, write_handle
from planner.inventory import clean

_TRIES: Final = 100
"""Somebody who only looks holds the lock for a moment; so many moments are waited for."""
_MOMENT: Final = 0.005
"""Seconds; whoever looks may have lost the processor in the middle of it."""
_LONGEST: Final = 4096
_TAKEN: Final = frozenset({errno.EAGAIN, errno.EACCES, errno.EWOULDBLOCK, errno.EDEADLK})


@dataclass(frozen=True, slots=True)
class Holder:
    """Who walks a cluster. What it says of itself; `since` in UTC."""

    pid: int
    host: str
    user: str
    since: datetime | None

    def __str__(self) -> str:
        if self == SOMEBODY:
            return "another arcstep"
        since = f", since {self.since:%Y-%m-%d %H:%M} UTC" if self.since is not None else ""
        return f"{self.user} on {self.host} (process {self.pid}){since}"


SOMEBODY: Final = Holder(0, "", "", None)
"""A holder that has not said yet who it is."""


class Held(FileError):
    """The cluster is being walked by somebody else."""

    def __init__(self, holder: Holder) -> None:
        super().__init__(
            "this cluster is being walked already",
            f"{holder} has it.",
            "Look on from here, or end that walk there; the upgrade itself goes on in Azure either way.",
        )
        self.holder = holder


class Lock:
    """A lock that is held, until `release`, or until the process ends."""

    def __init__(self, path: Path, holder: Holder, handle: int) -> None:
        self.path = path
        self.holder = holder
        self._handle: int | None = handle

    def release(self) -> None:
        """Give it back; safe to call twice."""
        handle, self._handle = self._handle, None
        if handle is not None:
            with suppress(OSError):
                os.ftruncate(handle, 0)
            with suppress(OSError):
                os.close(handle)

    def __enter__(self) -> Lock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def lock_path(directory: Path, cluster: str, name: str) -> Path:
    """Where the lock of a cluster lies: `cluster` is its ARM id, `name` is for people."""
    return directory / safe_name(name, cluster, ".lock")


def acquire(path: Path, holder: Holder) -> Lock:
    """Take the lock. Raises Held where somebody has it, and FileError where the file cannot be used."""
    with telling(f"the lock {shown(path)} cannot be taken", "without it nothing is walked"):
        handle = open_private(path, os.O_RDWR | os.O_CREAT)
        try:
            if not _take(handle):
                raise Held(_read(handle))
            write_handle(handle, _info(holder))
        except BaseException:
            os.close(handle)
            raise
    return Lock(path, holder, handle)


def holder_of(path: Path) -> Holder | None:
    """Who holds the lock now; None where nobody does. Raises FileError."""
    with telling(f"the lock {shown(path)} cannot be read"):
        try:
            handle = open_private(path, os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            return None if _is_free(handle) else _read(handle)
        finally:
            os.close(handle)


def _take(handle: int) -> bool:
    """Whether the lock is ours now. What a holder that died has left in the file is gone before anybody can read it."""
    for _ in range(_TRIES):
        if not _is_free(handle):
            return False
        os.ftruncate(handle, 0)
        if _lock(handle):
            return True
        time.sleep(_MOMENT)
    return False


if sys.platform == "win32":
    import msvcrt

    _PLACE: Final = 1 << 20
    """The locked byte, far behind the text: a locked byte cannot be read by others."""

    def _lock(handle: int) -> bool:
        os.lseek(handle, _PLACE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in _TAKEN:
                return False
            raise
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
        return True

    def _is_free(handle: int) -> bool:
        if not _lock(handle):
            return False
        os.lseek(handle, _PLACE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _lock(handle: int) -> bool:
        """Ours alone, or not even shared any more: two who both share it must not wait for each other."""
        return _flock(handle, fcntl.LOCK_EX) or not _flock(handle, fcntl.LOCK_UN)

    def _is_free(handle: int) -> bool:
        """Nobody has it for writing. It stays shared: while it is, nobody can take it, only look too."""
        return _flock(handle, fcntl.LOCK_SH)

    def _flock(handle: int, kind: int) -> bool:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _TAKEN:
                return False
            raise
        return True


def _info(holder: Holder) -> bytes:
    since = holder.since.isoformat() if holder.since is not None else ""
    row = {"pid": holder.pid, "host": holder.host, "user": holder.user, "since": since}
    return json.dumps(row).encode("ascii")


def _read(handle: int) -> Holder:
    """The holder named in the file; SOMEBODY where it says nothing usable, or nothing yet."""
    os.lseek(handle, 0, os.SEEK_SET)
    try:
        row = cast("dict[str, Any]", json.loads(read_handle(handle, _LONGEST)))
        since = datetime.fromisoformat(row["since"])
        holder = Holder(int(row["pid"]), clean(row["host"]), clean(row["user"]), since)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        return SOMEBODY
    return holder if since.utcoffset() is not None else SOMEBODY
