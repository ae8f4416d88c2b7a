"""Judging facts without freezing the screen: knowledge loaded once on a thread, rows made in slices."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from planner.ports import Progress, Report, ignore
from tui.fleet_rows import rows_of
from tui.query import Row, worst_first

if TYPE_CHECKING:
    from planner.catalog import Catalog
    from planner.inventory import Inventory
    from planner.routes import Routes
    from tui.lens import Lens

SLICE = 0.008
"""Seconds of judging between two looks at the keyboard."""


class Judging:
    """Nothing of the core's rules is imported before the first use. `moment` None = judge as of the facts."""

    def __init__(self, overlays: Sequence[Path] = (), moment: datetime | None = None) -> None:
        self.moment = moment
        self._overlays = tuple(overlays)
        self._knowledge: asyncio.Task[tuple[Catalog, Routes]] | None = None

    async def knowledge(self) -> tuple[Catalog, Routes]:
        """The catalog, and the search tables that go with it. Raises CatalogError."""
        if self._knowledge is None:
            self._knowledge = asyncio.create_task(self._load())
        return await asyncio.shield(self._knowledge)

    async def _load(self) -> tuple[Catalog, Routes]:
        def load() -> tuple[Catalog, Routes]:
            from planner.knowledge import load_catalog
            from planner.routes import Routes

            catalog = load_catalog(self._overlays)
            return catalog, Routes(catalog)

        return await asyncio.to_thread(load)

    async def lens(self, inventory: Inventory) -> Lens:
        """Facts seen through the knowledge."""
        catalog, routes = await self.knowledge()
        from planner.support import Judge
        from tui.lens import Lens

        return Lens(Judge(inventory, catalog, self.moment or inventory.as_of), routes)

    async def rows(self, lens: Lens, report: Report = ignore) -> tuple[Row, ...]:
        """All rows, worst first; says how far it is."""
        gc.freeze()  # facts live long; walking them again and again would cost more than judging them
        time = asyncio.get_running_loop().time
        rows: list[Row] = []
        total = len(lens.judge.inventory.clusters)
        started = time()
        for row in rows_of(lens.judge):
            rows.append(row)
            if time() - started > SLICE:
                report(Progress(len(rows), total, "judging"))
                await asyncio.sleep(0)
                started = time()
        return tuple(sorted(rows, key=worst_first))
