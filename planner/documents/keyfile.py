"""The key file of a redaction: which alias stands for what, beside the redacted file, for its owner alone (PR9, PR12)."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal, TypeVar

import msgspec
from msgspec import Struct

from planner.documents.aliases import Alias, Key, Kind
from planner.documents.unpack import LONGEST_TEXT
from planner.files import FileError, open_private, read_handle, shown, telling, write_atomic
from planner.inventory import clean

T = TypeVar("T")
KEY_SCHEMA: Final = 1
LARGEST_KEY: Final = 64 * 1024 * 1024
_SUFFIX: Final = ".key.json"
_AGAIN: Final = "Give the right file with --key, or move this one away; without it old aliases cannot be explained."


class _KeyFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The file as it lies on disk: (kind, real name, alias) rows in the order they were learned."""

    kind: Literal["arcstep-key"]
    schema: Literal[1]
    aliases: tuple[tuple[Kind, str, str], ...]


_DECODER = msgspec.json.Decoder(_KeyFile)


def key_path(target: Path) -> Path:
    """Where the key of a redacted file lies unless the operator says otherwise: beside it, as NAME.key.json."""
    return target.with_name(f"{target.stem}{_SUFFIX}")


def read_key(path: Path) -> Key:
    """The key in a file. Raises FileError: not there, a link, somebody else's, damaged, or no key."""
    with telling(f"the key {shown(path)} cannot be read"):
        return _read(path)[0]


def extend_key(path: Path, learn: Callable[[Key], tuple[T, Key]]) -> T:
    """What `learn` makes of the key, after what it learned is safe on the disk. Raises FileError; then nothing was written.

    Others who extend the same key wait meanwhile, so that none overwrites what another has learned.
    """
    with telling(f"the key {shown(path)} cannot be used", "nothing was saved"), _alone(path.parent):
        try:
            key, is_private = _read(path)
        except FileNotFoundError:
            key, is_private = Key(), False
        made, learned = learn(key)
        if learned != key or not is_private:
            # Whatever lies there was read as a key, or nothing does: only a key is ever replaced, by one that knows more.
            write_atomic(path, _encoded(learned), over_foreign=True)
        return made


def _read(path: Path) -> tuple[Key, bool]:
    """The key, and whether nobody else can read it. Raises OSError and FileError."""
    handle = open_private(path, os.O_RDONLY)
    try:
        data = read_handle(handle, LARGEST_KEY)
        is_private = sys.platform == "win32" or not stat.S_IMODE(os.fstat(handle).st_mode) & 0o077
    finally:
        os.close(handle)
    return _decoded(data, f"{shown(path)} cannot be used as a key"), is_private


def _decoded(data: bytes, what: str) -> Key:
    if len(data) > LARGEST_KEY:
        raise FileError(what, f"it holds more than {LARGEST_KEY:,} bytes.", _AGAIN)
    try:
        file = _DECODER.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        words = clean(str(error).replace("`", "").rstrip("."))
        raise FileError(what, f"it is no key this arcstep can read ({words}).", _AGAIN) from None
    key = Key(tuple(Alias(kind, clean(real, LONGEST_TEXT), clean(alias)) for kind, real, alias in file.aliases))
    if len(key.real_by_alias) != len(key.aliases):
        raise FileError(what, "one alias stands in it for two names.", _AGAIN)
    return key


def _encoded(key: Key) -> bytes:
    rows = tuple((one.kind, one.real, one.alias) for one in key.aliases)
    return msgspec.json.format(msgspec.json.encode(_KeyFile("arcstep-key", KEY_SCHEMA, rows)), indent=1) + b"\n"


if sys.platform == "win32":

    @contextmanager
    def _alone(folder: Path) -> Generator[None]:
        """Directories cannot be locked here; two runs that extend one key at the same moment are not kept apart."""
        yield

else:
    import errno
    import fcntl

    @contextmanager
    def _alone(folder: Path) -> Generator[None]:
        """Alone with the directory, as far as other runs of arcstep go; a file system without locks is done without."""
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
            except OSError as error:
                if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.EBADF, errno.EINVAL):
                    raise
            yield
        finally:
            os.close(handle)
