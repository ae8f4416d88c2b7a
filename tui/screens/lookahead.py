"""Findings and next moves of the rows on screen: made while a row is drawn as long as that is quick, else in slices."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.lens import Lens
    from tui.widgets.virtual_table import VirtualTable

SLICE = 0.008
"""Seconds between two looks at the keyboard."""
AT_ONCE = 0.010
"""Seconds that may be spent on rows while they are drawn, less than a second frame would cost. Most screens take 4 ms."""
FRAME = 0.03
"""Seconds after which drawing counts as drawing something else."""


class Lookahead:
    """Fills what a table asked for and did not find; a row that scrolled away meanwhile is left for later.

    The first rows are never waited for: they stand there before the rules are even imported.
    """

    def __init__(self) -> None:
        self._wanted: dict[str, None] = {}
        self._samples: list[str] = []
        self._is_ready = False
        self._drawn_at = 0.0
        self._task: asyncio.Task[None] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something is still to be filled."""
        return self._task is not None and not self._task.done()

    def prepare(self, samples: list[str]) -> None:
        """Clusters to look at once the first rows are filled: the first of a release costs what all its others do not."""
        self._samples = samples

    def want(self, key: str, lens: Lens, table: VirtualTable) -> None:
        """Called while a row is drawn."""
        if lens.has_seen(key):
            return
        if self._is_ready and self._is_quick():
            self._look_at(key, lens)
            return
        self._wanted[key] = None
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._fill(lens, table))

    def _is_quick(self) -> bool:
        now = asyncio.get_running_loop().time()
        if now - self._drawn_at > FRAME:
            self._drawn_at = now
        return now - self._drawn_at < AT_ONCE

    async def _fill(self, lens: Lens, table: VirtualTable) -> None:
        await asyncio.sleep(0)
        if not self._is_ready:
            await asyncio.to_thread(lens.prepare)
            self._is_ready = True
        time = asyncio.get_running_loop().time
        while self._wanted or self._samples:
            if not self._wanted:
                self._look_at(self._samples.pop(), lens)
                await asyncio.sleep(0.001)
                continue
            wanted, self._wanted = self._wanted, {}
            started = time()
            for key in wanted:
                if table.is_in_view(key):
                    self._look_at(key, lens)
                if time() - started > SLICE:
                    await asyncio.sleep(0.001)
                    started = time()
            table.draw_again()

    @staticmethod
    def _look_at(key: str, lens: Lens) -> None:
        cluster = lens.judge.inventory.by_key.get(key)
        if cluster is not None:
            lens.look_at(cluster)
