"""Leaving in order when the terminal or the system asks for it: the screen is given back first."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress


def leave_on_signals(leave: Callable[[int], None]) -> None:
    """SIGTERM and SIGHUP call `leave` with the exit code they stand for. Where there are no such signals, nothing."""
    for name in ("SIGTERM", "SIGHUP"):
        with suppress(AttributeError, NotImplementedError, RuntimeError, ValueError):
            number = getattr(signal, name)
            asyncio.get_running_loop().add_signal_handler(number, leave, 128 + number)
