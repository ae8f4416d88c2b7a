"""Showing progress at a pace for people: the newest report, at most ten times a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from planner.ports import Progress

PAUSE: Final = 0.1
"""Seconds between two showings."""


class Newest:
    """Keeps the newest report and passes it on after a pause; older ones are forgotten. For one event loop."""

    def __init__(self, show: Callable[[Progress], None]) -> None:
        self._show = show
        self._latest: Progress | None = None
        self._shown = 0.0

    def report(self, progress: Progress) -> None:
        """What a source calls."""
        waiting, self._latest = self._latest is not None, progress
        if not waiting:
            loop = asyncio.get_running_loop()
            loop.call_later(max(0.0, self._shown + PAUSE - loop.time()), self._pass_on, loop)

    def forget(self) -> None:
        """What is waiting is out of date."""
        self._latest = None

    def _pass_on(self, loop: asyncio.AbstractEventLoop) -> None:
        progress, self._latest = self._latest, None
        self._shown = loop.time()
        if progress is not None:
            self._show(progress)
