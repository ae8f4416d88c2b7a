"""How fast Azure is asked: token buckets, a bound on what is in flight, and one pause shared by all workers (PR17)."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]

READS_A_SECOND: Final = 20.0
"""ARM refills 25 reads a second; the rest stays for the operator's other tools."""
READ_BURST: Final = 200
QUERIES: Final = 14
QUERY_WINDOW: Final = 5.0
"""Resource Graph allows 15 queries in 5 seconds; one stays for other tools."""
IN_FLIGHT: Final = 8


class Bucket:
    """A token bucket that hands out turns in order; a turn taken early is paid for by waiting."""

    def __init__(self, rate: float, burst: int, clock: Clock) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._clock = clock
        self._level = float(burst)
        self._seen = clock()

    def take(self) -> float:
        """Take one token and return the seconds to wait before using it."""
        now = self._clock()
        self._level = min(self._burst, self._level + (now - self._seen) * self._rate) - 1.0
        self._seen = now
        return max(0.0, -self._level / self._rate)


class Window:
    """At most `limit` turns within any `seconds`."""

    def __init__(self, limit: int, seconds: float, clock: Clock) -> None:
        self._seconds = seconds
        self._clock = clock
        self._turns: deque[float] = deque(maxlen=limit)

    def take(self) -> float:
        """Take a turn and return the seconds to wait before using it."""
        now = self._clock()
        full = len(self._turns) == self._turns.maxlen
        turn = max(now, self._turns[0] + self._seconds) if full else now
        self._turns.append(turn)
        return turn - now


class Pace:
    """The one gate all requests of a source go through. Clock and sleep are given, so that tests need not wait."""

    def __init__(self, clock: Clock = time.monotonic, sleep: Sleep = asyncio.sleep) -> None:
        self._clock = clock
        self._sleep = sleep
        self._reads = Bucket(READS_A_SECOND, READ_BURST, clock)
        self._queries = Window(QUERIES, QUERY_WINDOW, clock)
        self._flying = asyncio.Semaphore(IN_FLIGHT)
        self._resume = 0.0
        self._told = 0
        self.on_wait: Callable[[int], None] | None = None
        """Told the whole seconds left while a pause that Azure asked for lasts."""

    @property
    def clock(self) -> Clock:
        """Seconds on a clock that never jumps."""
        return self._clock

    @asynccontextmanager
    async def turn(self, *, query: bool) -> AsyncGenerator[None]:
        """Wait for the right to send one request, and hold one of the places in flight meanwhile."""
        await self._wait_for_bucket(query)
        async with self._flying:
            await self._wait_for_pause()
            yield

    async def rest(self, seconds: float) -> None:
        """Wait alone, without holding up the others: the backoff after a failure."""
        await self._sleep(seconds)

    def pause(self, seconds: float) -> None:
        """Stop all workers for that long from now on; a longer pause that already lasts stays."""
        self._resume = max(self._resume, self._clock() + seconds)

    async def _wait_for_bucket(self, query: bool) -> None:
        delay = (self._queries if query else self._reads).take()
        if delay > 0:
            await self._sleep(delay)

    async def _wait_for_pause(self) -> None:
        while (left := self._resume - self._clock()) > 0:
            self._tell(math.ceil(left))
            await self._sleep(min(1.0, left))
        self._told = 0

    def _tell(self, seconds: int) -> None:
        if self.on_wait is not None and seconds != self._told:
            self._told = seconds
            self.on_wait(seconds)
