"""A program in a pseudo-terminal, with the time of every byte it draws."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.measure import environment

ENTER_SCREEN = b"\x1b[?1049h"
LEAVE_SCREEN = b"\x1b[?1049l"
_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[PX^_\]].*?(?:\x1b\\|\x07)|[ -/]*[0-~])", re.DOTALL)
_VISIBLE = re.compile(rb"[^\x00-\x20\x7f]")


class Terminal:
    """Runs `argv` in a terminal of the given size. Use as a context; the process is gone afterwards."""

    def __init__(self, argv: Sequence[str], columns: int = 80, lines: int = 24) -> None:
        self._argv = argv
        self._size = struct.pack("HHHH", lines, columns, 0, 0)
        self.output = b""
        self.ended: float | None = None
        """Seconds after the start at which the process was gone."""
        self.exit_code: int | None = None

    def __enter__(self) -> Self:
        self._master, self._slave = pty.openpty()
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, self._size)
        self.settings = termios.tcgetattr(self._slave)
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            self._argv,
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            start_new_session=True,
            env=environment(),
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.ended is None:
            self._process.kill()
            self._process.wait()
        os.close(self._master)
        os.close(self._slave)

    @property
    def clock(self) -> float:
        return time.perf_counter() - self.started

    @property
    def restored(self) -> bool:
        """Whether the line discipline is what it was before the program started."""
        return termios.tcgetattr(self._slave) == self.settings

    @property
    def peak(self) -> int | None:
        """Most memory the process has held so far, in bytes; None where the system does not tell."""
        status = Path(f"/proc/{self._process.pid}/status")
        if not status.exists():
            return None
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        return int(found[1]) * 1024 if found else None

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def read(self, timeout: float) -> bytes:
        """What was drawn within `timeout` seconds; b"" when nothing was."""
        ready, _, _ = select.select([self._master], [], [], max(timeout, 0))
        if not ready:
            return b""
        chunk = os.read(self._master, 1 << 16)
        self.output += chunk
        return chunk

    def until(self, pattern: bytes, since: int = 0, timeout: float = 30) -> float:
        """Seconds after the start at which text matching `pattern` was drawn. Raises TimeoutError."""
        wanted = re.compile(pattern)
        return self._until(lambda: wanted.search(visible(self.output[since:])) is not None, repr(pattern), timeout)

    def until_raw(self, sequence: bytes, timeout: float = 30) -> float:
        """Seconds after the start at which these very bytes were drawn. Raises TimeoutError."""
        return self._until(lambda: sequence in self.output, repr(sequence), timeout)

    def first_frame(self) -> float:
        """Seconds after the start at which the first character stood on the alternate screen."""
        self.until_raw(ENTER_SCREEN)
        start = self.output.index(ENTER_SCREEN)
        return self._until(lambda: bool(_VISIBLE.search(visible(self.output[start:]))), "a character", 30)

    def _until(self, done: Callable[[], bool], what: str, timeout: float) -> float:
        while not done():
            left = self.started + timeout - time.perf_counter()
            if left <= 0 or (not self.read(min(left, 0.2)) and self._process.poll() is not None and not self.read(0)):
                raise TimeoutError(
                    f"{' '.join(self._argv)}: no {what} on screen; it ends in {visible(self.output)[-300:]!r}"
                )
        return self.clock

    def settle(self, silence: float = 0.1, patience: float = 0.1, timeout: float = 10) -> float:
        """Read until nothing is drawn for `silence` seconds; seconds from the call to the last byte.

        The first byte may take `patience` seconds; when none comes, that is the answer.
        """
        start = time.perf_counter()
        if not self.read(patience):
            return patience
        last = time.perf_counter()
        while (now := time.perf_counter()) - start < timeout and now - last < silence:
            if self.read(silence - (now - last)):
                last = time.perf_counter()
        return last - start

    def wait(self, timeout: float = 15) -> float:
        """Seconds after the start at which the process was gone. Raises TimeoutError."""
        while True:
            self.exit_code = self._process.poll()
            if self.exit_code is not None:
                self.ended = self.clock
                self.read(0)
                return self.ended
            if self.clock > timeout:
                raise TimeoutError(f"{' '.join(self._argv)} is still running")
            self.read(0.005)


def visible(drawn: bytes) -> bytes:
    """What was drawn without the escape sequences."""
    return _ESCAPES.sub(b"", drawn)
