"""Leaving in order when the terminal or the system asks for it: the screen is given back first."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress


def leave_on_signals(leave: Callable[[int], None]) -> None:
    """SIGTERM and SIGHUP call `leave` with the exit code they stand for. Where there are no such signals, nothing."""
    for name in ("SIGTERM", "SIGHUP"):
        with suppress(AttributeError, NotImplementedError, RuntimeError, ValueError):
            number = getattr(signal, name)
            asyncio.get_running_loop().add_signal_handler(number, leave, 128 + number)


async def within(seconds: float, closing: Awaitable[object]) -> None:
    """Wait for something to be given back, but not for long, and whatever it says."""
    with suppress(Exception):
        await asyncio.wait_for(closing, seconds)
