"""The longest time the event loop of the app stands still, while 10,000 clusters are loaded, filtered and grouped."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter

from benchmarks.fleets import snapshot_file
from benchmarks.measure import Row, ms
from planner.sources import SourceSpec, open_source
from tui.app import PlannerApp
from tui.state import Phase

CLUSTERS = 10_000
BAR = 0.033


def rows(folder: Path) -> Iterator[Row]:
    path = snapshot_file(CLUSTERS, folder)
    gc.collect()
    gc.freeze()  # the fleets other themes have made here are not the app's to walk
    idle, loading, filtering, grouped = asyncio.run(_freezes(path))
    note = f" ({ms(idle)} when idle)"
    yield Row("longest freeze, loading 10,000 clusters", ms(loading) + note, "<= 33 ms", loading <= BAR)
    yield Row("longest freeze, filtering 10,000 clusters", ms(filtering) + note, "<= 33 ms", filtering <= BAR)
    yield Row("longest freeze, grouping and filtering them", ms(grouped) + note, "<= 33 ms", grouped <= BAR)


class Ticker:
    """Wakes up every millisecond and notes the longest time it was not let."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def run(self) -> None:
        last = perf_counter()
        while True:
            await asyncio.sleep(0.001)
            now = perf_counter()
            self.longest = max(self.longest, now - last - 0.001)
            last = now


@asynccontextmanager
async def _watching() -> AsyncIterator[Ticker]:
    ticker = Ticker()
    task = asyncio.create_task(ticker.run())
    try:
        yield ticker
    finally:
        task.cancel()


async def _freezes(path: Path) -> tuple[float, float, float, float]:
    source = open_source(SourceSpec("file", file=path))
    app = PlannerApp()
    async with app.run_test(size=(80, 24)) as pilot:
        async with _watching() as idle:
            await asyncio.sleep(0.5)
        app.source = source
        async with _watching() as loading:
            app.read_fleet()
            await app.workers.wait_for_complete()
            await pilot.pause()
        assert app.state.phase is Phase.READY
        async with _watching() as filtering:
            await pilot.press("slash", *"mill-00123")
            await pilot.pause()
        await pilot.press("escape")
        async with _watching() as grouped:
            await pilot.press("v", "slash", *"mill-00123")
            await pilot.pause()
        return idle.longest, loading.longest, filtering.longest, grouped.longest
