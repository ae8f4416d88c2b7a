"""Leaving in order when the terminal or the system asks for it: the screen is given back first."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Final

LONGEST: Final = 0.9
"""Seconds that leaving may take once the terminal is gone."""


def leave_on_signals(leave: Callable[[int], None]) -> None:
    """SIGTERM and SIGHUP call `leave` with the exit code they stand for. Where there are no such signals, nothing."""
    for name, call in (("SIGTERM", leave), ("SIGHUP", partial(_hung_up, leave))):
        with suppress(AttributeError, NotImplementedError, RuntimeError, ValueError):
            number = getattr(signal, name)
            asyncio.get_running_loop().add_signal_handler(number, call, 128 + number)


def _hung_up(leave: Callable[[int], None], code: int) -> None:
    """Leave in order, but not for ever: who writes to a terminal that is gone may wait in vain for its last letter.

    Nothing is lost by going at once: the journal is on disk with every event, and the kernel frees the lock.
    """
    end = threading.Timer(LONGEST, os._exit, (code,))
    end.daemon = True
    end.start()
    leave(code)


async def within(seconds: float, closing: Awaitable[object]) -> None:
    """Wait for something to be given back, but not for long, and whatever it says."""
    with suppress(Exception):
        await asyncio.wait_for(closing, seconds)
