"""arcstep in a real terminal: bytes out, keys and signals in."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]
ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?1049l"
ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[PX^_\]].*?(?:\x1b\\|\x07)|[ -/]*[0-~])", re.DOTALL)
COLOURS = re.compile(rb"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m")
PATIENCE = 30.0
"""Seconds until a test gives up waiting; never a pause."""


class Terminal:
    """A context; the process and everything it started are gone afterwards."""

    def __init__(self, *arguments: str, size: tuple[int, int] = (80, 24), cwd: Path, **environment: str) -> None:
        self._argv = (sys.executable, "-m", "tui", *arguments)
        self._size, self._cwd, self._environment = size, cwd, environment
        self.output = b""
        self._closed = False

    def __enter__(self) -> Self:
        self._master, self._slave = pty.openpty()
        self.resize(*self._size)
        self.before = termios.tcgetattr(self._slave)
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **self._environment}
        self.process = subprocess.Popen(
            self._argv,
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # its own terminal, whose loss it is told
            cwd=self._cwd,
            env=environment,
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if not self._closed:
            os.close(self._master)
            os.close(self._slave)

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        if hasattr(self, "process"):
            os.kill(self.process.pid, signal.SIGWINCH)

    @property
    def restored(self) -> bool:
        return termios.tcgetattr(self._slave) == self.before

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def until(self, text: str) -> None:
        """Wait until these words were drawn since the last call that waited."""
        start = len(self.output)
        self._until(lambda: text.encode() in ESCAPES.sub(b"", self.output[start:]), text)

    def eventually(self, done: Callable[[], bool]) -> None:
        """Wait for something outside the terminal, and go on reading meanwhile."""
        self._until(done, "what was waited for")

    def hang_up(self) -> None:
        """Close this end, as a lost connection does."""
        os.close(self._slave)
        os.close(self._master)
        self._closed = True

    def wait(self) -> int:
        """The exit code."""
        if self._closed:
            return self.process.wait(PATIENCE)
        self._until(lambda: self.process.poll() is not None, "the end")
        while self._read():
            pass
        return self.process.returncode

    def _until(self, done, what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not done():
            assert time.monotonic() < deadline, f"{what} never came: {ESCAPES.sub(b'', self.output)[-600:]!r}"
            assert self._read() or self.process.poll() is None or done(), (
                f"ended without {what}: {self.output[-600:]!r}"
            )

    def _read(self) -> bytes:
        ready, _, _ = select.select([self._master], [], [], 0.01)
        chunk = os.read(self._master, 1 << 16) if ready else b""
        self.output += chunk
        return chunk
