"""Emulated time: it stands still until it is let go, and runs as fast as wished."""

from __future__ import annotations

from datetime import datetime, timedelta

from planner.emulator.quota import Ticks

__all__ = ["Clock"]


class Clock:
    """Begins at `start` and stands still. `ticks` gives seconds of a clock that only goes forward."""

    def __init__(self, start: datetime, ticks: Ticks) -> None:
        self._ticks = ticks
        self._course = (start, ticks(), 0.0)

    def now(self) -> datetime:
        """The emulated moment."""
        moment, since, speed = self._course
        return moment + timedelta(seconds=(self._ticks() - since) * speed) if speed else moment

    def run(self, speed: float, at: datetime | None = None) -> None:
        """From now on `speed` emulated seconds pass in a second; 0 = it stands still again. `at` = it goes forward to
        that moment first."""
        now = self.now()
        self._course = (now if at is None else max(now, at), self._ticks(), speed)
