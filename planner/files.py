"""Files: whole or not at all, never through a link, never over something arcstep did not write (PR7, PR12).

A file is written beside its target, flushed to disk, and moved into place; on any fault the old content stays.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from planner.ports import SourceError

if TYPE_CHECKING:
    from datetime import datetime

    from planner.plan import Plan

__all__ = [
    "FileError",
    "ensure_directory",
    "flush_directory",
    "is_ours",
    "open_private",
    "plan_file_name",
    "read_bytes",
    "read_handle",
    "safe_name",
    "shown",
    "snapshot_file_name",
    "state_directory",
    "telling",
    "write_atomic",
    "write_handle",
]

PRIVATE: Final = 0o600
_NOFOLLOW: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_STEM: Final = 71
_MARKS: Final = (
    *(b"---\narcstep: ", b"---\r\narcstep: ", b'{"kind":"arcstep-snapshot"', b"# Evidence: "),
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//arcstep//",
    b'<!DOCTYPE html>\n<html lang="en" class="arcstep-plan">',
    b'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n  <testsuite id="0" package="arcstep"',
    b'{\n  "schema": 1,\n  "short_description"',
)
_REASONS: Final = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "permission is denied",
    errno.EPERM: "permission is denied",
    errno.ENOENT: "there is no such file or directory",
    errno.ENOTDIR: "a part of the path is not a directory",
    errno.EISDIR: "it is a directory",
    errno.ENAMETOOLONG: "the name is too long",
    errno.ELOOP: "it is a symbolic link",
    errno.EIO: "the disk reports an error",
}


class FileError(SourceError):
    """A file cannot be read or written: which one, why, what to do. Exit code 2."""

    def __init__(self, what: str, why: str, cure: str) -> None:
        super().__init__(what, why, cure, 2)


def read_bytes(path: Path, limit: int) -> bytes:
    """The whole file. Raises FileError, also for more than `limit` bytes and for what is no regular file."""
    what = f"{shown(path)} cannot be read"
    try:
        with path.open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise FileError(what, "it is not a regular file.", "Give a file that arcstep saved.")
            data = file.read(limit + 1)
    except (OSError, ValueError) as error:
        raise FileError(what, f"{_reason(error)}.", "Check the path.") from None
    if len(data) > limit:
        raise FileError(what, f"it holds more than {limit:,} bytes.", "Give a file that arcstep saved.")
    return data


def write_atomic(path: Path, data: bytes, *, mode: int = PRIVATE, over_foreign: bool = False) -> None:
    """Write the whole file or leave what was there. Raises FileError.

    A file arcstep did not write is only replaced with `over_foreign`; a link, directory or device never is. A plan that
    is replaced by another stays beside it with the ending .bak: it may hold ticks and names.
    """
    what = f"{shown(path)} cannot be written"
    try:
        folder = path.parent.resolve(strict=True)
        target = folder / path.name
        old = _replaceable(target, what, over_foreign)
        if old is not None and old != data and old.startswith(b"---"):
            _write(target.with_name(f"{target.name}.bak"), old, mode)
        _write(target, data, mode)
    except (OSError, ValueError) as error:
        raise FileError(what, f"{_reason(error)}; nothing was changed.", _cure(error)) from None


def open_private(path: Path, flags: int) -> int:
    """A handle of a file that only this user can read or write, such as a journal. Raises OSError and FileError.

    Links are not followed; what is no regular file, or belongs to somebody else, is refused. Opened for writing, what
    others might read or write is theirs no longer.
    """
    handle = os.open(path, flags | _NOFOLLOW | getattr(os, "O_NONBLOCK", 0), PRIVATE)
    try:
        found = os.fstat(handle)
        what = f"{shown(path)} cannot be used"
        if not stat.S_ISREG(found.st_mode):
            raise FileError(what, "it is not a regular file.", "Move it away.")
        if sys.platform != "win32":
            if found.st_uid != os.getuid():
                raise FileError(what, "it belongs to somebody else.", "Move it away.")
            if found.st_mode & 0o077 and flags & (os.O_WRONLY | os.O_RDWR):
                os.fchmod(handle, PRIVATE)
    except BaseException:
        os.close(handle)
        raise
    return handle


def read_handle(handle: int, limit: int) -> bytes:
    """All bytes from where the handle stands, at most `limit` and one more. Raises OSError."""
    parts: list[bytes] = []
    left = limit + 1
    while left and (part := os.read(handle, min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def write_handle(handle: int, data: bytes) -> None:
    """Write all of it and wait until it is on the disk. Raises OSError."""
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]
    os.fsync(handle)


def flush_directory(folder: Path) -> None:
    """Make new and moved names in a directory durable. Raises OSError where that fails, not where it does not exist."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(handle)


@contextmanager
def telling(what: str, so: str = "") -> Generator[None]:
    """Raises FileError for what the system reports inside; `so` says what that means here."""
    try:
        yield
    except OSError as error:
        raise FileError(what, f"{_reason(error)}{so and f'; {so}'}.", _cure(error)) from None


def is_ours(head: bytes) -> bool:
    """True when a file that begins like this was written by arcstep."""
    return head.startswith(_MARKS)


def safe_name(text: str, identity: str, suffix: str) -> str:
    """A file name of arcstep's own making: safe letters of `text`, and eight hex digits of the identity's hash."""
    import hashlib

    stem = _UNSAFE.sub("-", text)[:_LONGEST_STEM].strip("-._") or "cluster"
    return f"{stem}-{hashlib.sha256(identity.casefold().encode('utf-8', 'replace')).hexdigest()[:8]}{suffix}"


def plan_file_name(plan: Plan) -> str:
    """The name a plan is saved under unless the operator says otherwise, such as mes-prod-1.32.9-1a2b3c4d.md."""
    return safe_name(f"{plan.subject.name[:50]}-{plan.goal_version or plan.goal}", plan.subject.id, ".md")


def snapshot_file_name(as_of: datetime) -> str:
    """The name a snapshot is saved under unless the operator says otherwise."""
    return f"arcstep-{as_of:%Y%m%d-%H%M}.json"


def state_directory() -> Path:
    """Where arcstep keeps what only this user may see; it need not exist yet."""
    from platformdirs import user_state_path

    return user_state_path("arcstep", appauthor=False)


def ensure_directory(path: Path) -> Path:
    """Make a private directory of arcstep's own. Raises FileError, also where others may write to it."""
    what = f"the directory {shown(path)} cannot be used"
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.stat()
    except OSError as error:
        raise FileError(what, f"{_reason(error)}.", _cure(error)) from None
    if sys.platform != "win32" and (found.st_uid != os.getuid() or found.st_mode & 0o022):
        raise FileError(what, "it belongs to, or may be changed by, somebody else.", f"chmod 700 {shown(path)}")
    return path


def _replaceable(target: Path, what: str, over_foreign: bool) -> bytes | None:
    """The content of a file that may be replaced; None where there is no file yet."""
    try:
        found = target.lstat()
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(found.st_mode):
        raise FileError(what, "it is a symbolic link, and arcstep does not write through links.", _OTHER_NAME)
    if not stat.S_ISREG(found.st_mode):
        raise FileError(what, "it is not a regular file.", _OTHER_NAME)
    if over_foreign:
        return None
    content = target.read_bytes()
    if content and not is_ours(content):
        raise FileError(what, "a file that arcstep did not write is there already.", _OTHER_NAME)
    return content


_OTHER_NAME: Final = "Choose another name, or move what is there away."


def _write(target: Path, data: bytes, mode: int) -> None:
    temporary = target.with_name(f".{target.name[:40]}.{os.urandom(4).hex()}.tmp")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOFOLLOW, mode)
    try:
        try:
            write_handle(handle, data)
        finally:
            os.close(handle)
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    _settle(target.parent)


def _settle(folder: Path) -> None:
    """Make the move itself durable; where a directory cannot be flushed the file is there all the same."""
    with suppress(OSError):
        flush_directory(folder)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return _REASONS.get(error.errno or 0) or shown(error.strerror or type(error).__name__)
    return "the path holds a character that no file name may hold"


def _cure(error: Exception) -> str:
    number = error.errno if isinstance(error, OSError) else 0
    if number in (errno.ENOSPC, errno.EDQUOT):
        return "Free some space, or save elsewhere."
    return "Save to a directory that exists and that you may write to."


def shown(path: Path | str) -> str:
    """A path as it may be shown."""
    from planner.inventory import clean  # not at the top: a start that touches no file does without the facts

    return clean(str(path))
