"""Running the queries: page after page, published as rows arrive, with every shortfall noticed."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Generator, Iterable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from planner.azure.errors import ReadError, broken
from planner.azure.gathered import Gathered
from planner.azure.graph_rows import row_id
from planner.azure.pacing import IN_FLIGHT, Clock
from planner.azure.queries import PAGE_CAP, Query
from planner.inventory import Inventory
from planner.ports import Progress, Report

if TYPE_CHECKING:
    from planner.azure.wire import Page, Wire

T = TypeVar("T")

PUBLISH_EVERY: Final = 0.1
"""Seconds between two partial inventories at least."""
ROWS_A_SECOND: Final = 20_000
"""Rows published in a second at most: what a screen makes of an inventory costs it time for every row."""
MANY_OBJECTS: Final = 50_000
SLICE: Final = 25
"""Rows decoded in one go before the screen gets a turn."""


class Reporter:
    """Tells a screen how far a reading has come, often enough to be followed and rarely enough to be cheap."""

    def __init__(self, report: Report, clock: Clock) -> None:
        self._report = report
        self._clock = clock
        self._last = float("-inf")
        self._done = 0
        self._total: int | None = None

    def say(self, what: str) -> None:
        """Tell what is done now, without new rows."""
        self._report(Progress(self._done, self._total, what))

    def waiting(self, seconds: int) -> None:
        """Tell that Azure asked for a pause and how much of it is left."""
        self.say(f"Azure asks to wait {seconds} s")

    def publish(self, done: int, total: int | None, what: str, make: Callable[[], Inventory]) -> None:
        """Tell the count; with the rows so far when the last time is long enough ago."""
        self._done, self._total = done, total
        now = self._clock()
        if now - self._last >= max(PUBLISH_EVERY, done / ROWS_A_SECOND):
            self._last = now
            self._report(Progress(done, total, what, make()))


@contextmanager
def collector_paused() -> Generator[None]:
    """Keep the garbage collector from walking through a growing fleet again and again: each walk freezes the screen.

    Nothing of a fleet is garbage while it is read. A large one is taken out of the collector's sight afterwards;
    having no cycles, it is freed all the same once nobody uses it.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] > MANY_OBJECTS:
            gc.freeze()
        gc.enable()


async def run_query(wire: Wire, query: Query, gathered: Gathered, publish: Callable[[], None]) -> ReadError | None:
    """Read all pages of a query into `gathered`. A failure becomes a gap there, and is returned."""
    pages = _Pages(query, gathered)
    try:
        while True:
            page = await wire.query(query, pages.token)
            pages.count(page)
            for start in range(0, len(page.rows), SLICE):
                gathered.add(query, page.rows[start : start + SLICE])
                publish()
                await asyncio.sleep(0)
            if not pages.follow(page):
                return None
    except ReadError as error:
        pages.fail(error)
        return error


class _Pages:
    """Where a query stands: the next page, and how many of its rows came."""

    def __init__(self, query: Query, gathered: Gathered) -> None:
        self.token: str | None = None
        self._query = query
        self._gathered = gathered
        self._total: int | None = None
        self._came = 0
        self._ids: set[str] = set()
        self._tokens: set[str] = set()

    def count(self, page: Page) -> None:
        """Count the rows of a page."""
        self._came += len(page.rows)
        self._ids |= {(row_id(row) or "").casefold() for row in page.rows}
        self._total = page.total if page.total is not None else self._total
        self._gathered.totals[self._query] = self._total

    def follow(self, page: Page) -> bool:
        """Go to the next page; False when this was the last. Raises ReadError when the pages do not end."""
        self.token = page.token
        if page.token is None:
            self._end(page.cut)
            return False
        if page.token in self._tokens or len(self._tokens) >= PAGE_CAP:
            raise broken("of Resource Graph leads from page to page without an end")
        self._tokens.add(page.token)
        return True

    def _end(self, cut: bool) -> None:
        missing = max(0, (self._total or 0) - self._came)
        if self._tokens:
            # Rows that shift from one page to the next come twice, and push others out of sight.
            missing = max(missing, self._came - len(self._ids))
        reason = f"Azure counts {self._total} rows; {missing} of them did not come" if missing else ""
        if cut and not missing:
            reason = "Azure cut the answer short"
        self._gathered.finish(self._query, missing, reason)

    def fail(self, error: ReadError) -> None:
        """Note that the query broke off, and how many rows it still owes."""
        self._gathered.fail(self._query, max(0, (self._total or 0) - self._came), error.why)


async def each(subjects: Iterable[T], work: Callable[[T], Awaitable[None]]) -> None:
    """Do the work for each subject, a few at a time, so that thousands do not all wait in memory."""
    waiting = iter(subjects)

    async def worker() -> None:
        for subject in waiting:
            await work(subject)

    async with asyncio.TaskGroup() as group:
        for _ in range(IN_FLIGHT):
            group.create_task(worker())
