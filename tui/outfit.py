"""What the app walks with: the same as `arcstep walk`, and a rehearsal of the demo goes on for as long as the app does."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.walking import Outfit

if TYPE_CHECKING:
    from pathlib import Path

    from planner.catalog import Catalog
    from planner.cli.walk import Opened
    from planner.plan import Plan
    from planner.ports import Source
    from planner.walking import Crew


def outfit(*, allow_upgrades: bool, opened: Opened | None = None) -> Outfit:
    """For the app; `opened` is the walk the arguments named, with what goes wrong in it."""
    equipment = _Equipment(opened, allow_upgrades=allow_upgrades)
    return Outfit(equipment.crew, _directory, equipment.resume, allow_upgrades)


class _Equipment:
    """Makes the crew of each walk. A rehearsal is not begun twice: its Azure would live through everything again."""

    def __init__(self, opened: Opened | None, *, allow_upgrades: bool) -> None:
        self._opened, self._allow_upgrades = opened, allow_upgrades
        self._rehearsals: dict[str, tuple[Source, Crew]] = {}

    async def crew(self, source: Source, plan: Plan, digest: str, catalog: Catalog) -> Crew:
        """Who walks the plan, and with what. Raises SourceError."""
        kept = self._rehearsals.get(digest)
        if kept is not None and kept[0] is source:
            return kept[1]
        crew = await self._made(source, plan, digest, catalog)
        if source.label == "demo":
            self._rehearsals[digest] = (source, crew)
        return crew

    def resume(self, source: Source, file: str) -> str:
        """The command that takes a walk up again."""
        opened = self._opened
        if opened is not None and opened.source is source and opened.file == file:
            return replace(opened, allow_upgrades=self._allow_upgrades).resume
        from planner.cli.walk import rights

        given = rights(source, self._allow_upgrades)
        if file:
            return shlex.join(["arcstep", "walk", file, *given])
        return f'{shlex.join(["arcstep", *given])}, ":", "Plans and journals"'

    async def _made(self, source: Source, plan: Plan, digest: str, catalog: Catalog) -> Crew:
        from planner.cli.walk import crew_for

        if self._opened is not None and (self._opened.source, self._opened.digest) == (source, digest):
            return await replace(self._opened, allow_upgrades=self._allow_upgrades).crew()
        return await crew_for(source, plan, catalog, digest=digest, allow_upgrades=self._allow_upgrades)


def _directory(source: Source | None) -> Path:
    from planner.cli.walk import journals_of
    from planner.journal import walks_directory

    return journals_of(source) if source is not None else walks_directory()
