"""The quotas of ARM and Resource Graph as counters over a clock that is handed in."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

Ticks = Callable[[], float]
"""Seconds of a clock that only goes forward."""

READS: Final = 250
"""Reads a subscription's bucket holds."""
GLOBAL_READS: Final = 3750
"""What the bucket over all of ARM holds; shown, never the one that runs dry first."""
READS_PER_SECOND: Final = 25.0
WRITES_HELD: Final = 200
GLOBAL_WRITES: Final = 3000
WRITES_PER_SECOND: Final = 10.0
GRAPH_QUERIES: Final = 15
GRAPH_WINDOW: Final = 5.0
"""Resource Graph answers 15 queries in 5 seconds."""


@dataclass
class Bucket:
    """A token bucket: `capacity` at first, refilled by `rate` a second."""

    ticks: Ticks
    capacity: int = READS
    rate: float = READS_PER_SECOND
    level: float = field(init=False)
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        self.level = float(self.capacity)
        self._at = self.ticks()

    def take(self) -> int | None:
        """Take one. Returns whole seconds to wait where there is none, else None."""
        now = self.ticks()
        self.level = min(float(self.capacity), self.level + (now - self._at) * self.rate)
        self._at = now
        if self.level < 1:
            return max(1, math.ceil((1 - self.level) / self.rate))
        self.level -= 1
        return None

    @property
    def remaining(self) -> int:
        """Whole tokens left after the last take."""
        return int(self.level)


def write_bucket(ticks: Ticks) -> Bucket:
    """The bucket of a subscription's writes."""
    return Bucket(ticks, WRITES_HELD, WRITES_PER_SECOND)


@dataclass
class Window:
    """At most `limit` takes within `seconds`, counted from the first of them."""

    ticks: Ticks
    limit: int = GRAPH_QUERIES
    seconds: float = GRAPH_WINDOW
    _taken: int = 0
    _began: float = 0.0

    def take(self) -> int | None:
        """Take one. Returns whole seconds to wait where there is none, else None."""
        now = self.ticks()
        if not self._taken or now - self._began >= self.seconds:
            self._taken, self._began = 0, now
        if self._taken >= self.limit:
            return max(1, math.ceil(self._began + self.seconds - now))
        self._taken += 1
        return None

    @property
    def remaining(self) -> int:
        """Queries left in this window."""
        return self.limit - self._taken

    @property
    def resets_after(self) -> str:
        """When the window ends, as hh:mm:ss."""
        return f"00:00:{max(0, math.ceil(self._began + self.seconds - self.ticks())):02}"
