"""What a walk in the app is equipped with: live Azure as it is, the demo as a rehearsal in which others play along.

Who walks and what time it is comes from the composition root.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from tui.walking import Outfit

if TYPE_CHECKING:
    from planner.catalog import Catalog
    from planner.emulator.rehearsal import Rehearsal
    from planner.plan import Plan
    from planner.ports import Source, Upgrader, Watcher
    from planner.walking import Crew

    class Writable(Watcher, Protocol):
        """Live Azure: what can be followed, and changed where that was allowed."""

        async def upgrader(self) -> Upgrader:
            """The way to write."""
            ...


class Equipment:
    """Makes the crew of each walk. A demo's journals last as long as the app: its Azure does so too."""

    def __init__(self, by: str, host: str, now: Callable[[], datetime], *, allow_upgrades: bool) -> None:
        self._by, self._host, self._now, self._allow_upgrades = by, host, now, allow_upgrades
        self._rehearsals: dict[str, Rehearsal] = {}
        self._drafts: tempfile.TemporaryDirectory[str] | None = None

    def outfit(self) -> Outfit:
        """For the app."""
        return Outfit(self.crew, self.directory, allow_upgrades=self._allow_upgrades)

    def directory(self, source: Source | None) -> Path:
        """Where journals are kept. Raises FileError."""
        if source is not None and source.label == "demo":
            self._drafts = self._drafts or tempfile.TemporaryDirectory(prefix="arcstep-demo-")
            return Path(self._drafts.name)
        from planner.journal import walks_directory

        return walks_directory()

    async def crew(self, source: Source, plan: Plan, journal: Path, catalog: Catalog) -> Crew:
        """Who walks the plan, and with what. Raises SourceError."""
        return await (self._demo(source, plan, journal, catalog) if source.label == "demo" else self._live(source))

    async def _live(self, source: Source) -> Crew:
        from planner.walking import Crew

        azure = cast("Writable", source)  # what can be walked on is live or the demo
        upgrader = await azure.upgrader() if self._allow_upgrades else None
        return Crew(self._by, self._host, self._now, azure, upgrader)

    async def _demo(self, source: Source, plan: Plan, journal: Path, catalog: Catalog) -> Crew:
        from planner.walking import Crew

        rehearsal = self._rehearsals.get(journal.name)
        if rehearsal is None or rehearsal.source is not source:
            rehearsal = await asyncio.to_thread(_rehearsal, source, plan, journal, catalog)
            self._rehearsals[journal.name] = rehearsal
        upgrader = await rehearsal.upgrader() if self._allow_upgrades else None
        return Crew(self._by, self._host, rehearsal.clock, rehearsal, upgrader, rehearsal.speed, rehearsal.hand)


def _rehearsal(source: Source, plan: Plan, journal: Path, catalog: Catalog) -> Rehearsal:
    from planner.emulator.demo import DemoSource
    from planner.emulator.rehearsal import Rehearsal
    from planner.journal import read

    assert isinstance(source, DemoSource)
    kept = read(journal).events if journal.exists() else ()
    return Rehearsal(source, plan, catalog, kept=kept)
