"""Walking: takes a walk up, runs it beside the screens, tells the state what happens, and gives it back in order.

An app has one walk open at a time. Leaving its screen does not end it; leaving arcstep does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from planner.ports import Source, SourceError
from tui import places
from tui.open_walk import OpenWalk, kept_stages, moved
from tui.state import Failure

if TYPE_CHECKING:
    from planner.catalog import Catalog
    from planner.documents.readback import Document
    from planner.events import Event
    from planner.plan import Plan
    from planner.ports import Prepared
    from planner.walk import Walk
    from planner.walking import Crew, Session
    from tui.app import PlannerApp
    from tui.messages import WalkAsked


@dataclass(frozen=True)
class Outfit:
    """What the composition root knows about walking."""

    crew: Callable[[Source, Plan, str, Catalog], Awaitable[Crew]]
    """Who walks a plan (the text is its digest), and with what. Raises SourceError."""
    directory: Callable[[Source | None], Path]
    """Where journals are kept, made where missing; those of rehearsals apart. Raises FileError."""
    resume: Callable[[Source, str], str]
    """How a walk is taken up again; the text is the plan's file, "" = it was not saved."""
    allow_upgrades: bool = False


class Walking:
    """The walk of an app. `outfit` None = nothing can be walked here."""

    def __init__(self, app: PlannerApp, outfit: Outfit | None) -> None:
        self.outfit = outfit
        self._app = app
        self._session: Session | None = None
        self._crew: Crew | None = None
        self._task: asyncio.Task[None] | None = None
        self.last: Walk | None = None
        """The walk as it stood when it was closed."""
        self.farewell = ""
        """What is left on the terminal after the app."""

    @property
    def now(self) -> datetime | None:
        """The moment by the walk's clock; None while no walk is open."""
        return self._session.walker.now if self._session is not None else None

    @property
    def resource_group(self) -> str:
        """Of the cluster that is walked."""
        return self._session.walker.walk.plan.subject.resource_group if self._session is not None else ""

    @property
    def journal(self) -> Path | None:
        """Where the open walk is kept."""
        return self._session.journal if self._session is not None else None

    def is_of(self, digest: str) -> bool:
        """Whether this plan's walk is open already."""
        return self._session is not None and self._session.walker.walk.digest == digest

    def begin(self, asked: WalkAsked) -> None:
        """Show the walk of a plan, begun or taken up again; the state says how that goes."""
        if not places.is_walk(self._app.screen):
            self._app.push_screen(places.walk())
        if not self.is_of(asked.digest):
            work = self._open(asked.plan, asked.digest, asked.file)
            self._app.run_worker(work, group="walk", exclusive=True, exit_on_error=False, description="take it up")

    async def _open(self, plan: Plan, digest: str, file: str) -> None:
        await self.close()
        source = self._app.source
        resume = self.outfit.resume(source, file) if self.outfit is not None and source is not None else ""
        rehearsed = source is not None and source.label == "demo"
        shown = OpenWalk(plan.subject.name, resume, is_rehearsal=rehearsed)
        self._app.state = replace(self._app.state, walk=shown)
        from planner.walk import WalkError

        try:
            shown = await self._take_up(plan, digest, shown)
        except (SourceError, WalkError) as error:
            shown = replace(shown, failure=Failure.of(error))
        self._app.state = replace(self._app.state, walk=shown)

    async def _take_up(self, plan: Plan, digest: str, shown: OpenWalk) -> OpenWalk:
        from planner.walking import take_up

        app, outfit = self._app, self.outfit
        if outfit is None or app.source is None:
            raise SourceError("This plan cannot be walked", "there is no Azure to look at.", "Start with --demo.", 2)
        app.requests.listen(app.source)
        catalog, _ = await app.judging.knowledge()
        app.state = replace(app.state, catalog=catalog)
        directory = await asyncio.to_thread(outfit.directory, app.source)
        crew = await outfit.crew(app.source, plan, digest, catalog)
        self._crew = crew = replace(crew, seen=lambda inventory: app.judge_part(inventory, done=True))
        session = await asyncio.to_thread(take_up, plan, digest, crew, catalog, directory, app.state.inventory)
        self._session = session
        session.walker.changed = self._changed
        self._task = asyncio.create_task(session.walker.run(), name="walk")
        self._task.add_done_callback(self._ended)
        walker = session.walker
        return replace(
            shown,
            walk=walker.walk,
            who=walker.who,
            holder=str(session.holder) if session.holder is not None else "",
            problems=session.problems,
            runs=session.runs,
        )

    def _changed(self, walk: Walk) -> None:
        shown = self._app.state.walk
        if shown is not None and self._session is not None:
            self._app.state = replace(self._app.state, walk=moved(shown, walk, self._session.walker.trouble))

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Watching never ends by itself: a mistake is said."""
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._app.push_screen(places.error(Failure.of(error), error))

    # -- what the operator does

    def act(self, make: Callable[[datetime, str], Event]) -> bool:
        """Something a person did: `make` gets the moment and the name. Says why where it cannot be."""
        session, crew = self._session, self._crew
        if session is None or crew is None:
            return False
        return self._try(lambda: session.walker.act(make(session.walker.now, crew.by)))

    async def prepare(self) -> Prepared:
        """Read the cluster for an upgrade. Raises SourceError, WalkError. Sends nothing."""
        from planner.walk import WalkError

        if self._session is None:
            raise WalkError("No walk is open.")
        return await self._session.walker.prepare()

    def confirm(self, prepared: Prepared, typed: str) -> bool:
        """Upgrade."""
        session, crew = self._session, self._crew
        if session is None or crew is None:
            return False
        return self._try(lambda: session.walker.confirm(prepared, typed, crew.by))

    def look_now(self) -> None:
        """Look at the cluster again."""
        if self._session is not None:
            self._session.walker.look_now()

    def _try(self, do: Callable[[], None]) -> bool:
        from planner.walk import WalkError

        try:
            do()
        except WalkError as error:
            self._app.clear_notifications()  # the newest reason is the one that counts
            self._app.notify(str(error), severity="warning", markup=False, timeout=10)
        except SourceError as error:
            self._app.push_screen(places.error(Failure.of(error)))
        else:
            return True
        return False

    async def close(self) -> None:
        """Stop watching, close the journal, free the lock. An upgrade goes on without arcstep."""
        session, task = self._session, self._task
        self._session = self._task = None
        if task is not None:
            task.cancel()
        if session is None:
            return
        session.walker.changed = None
        with suppress(SourceError):
            await session.close()
        self.last = session.walker.walk
        self.farewell = self._farewell(self.last)

    def _farewell(self, walk: Walk) -> str:
        """What goes on without arcstep; nothing where nothing does."""
        from planner.cli.telling import farewell

        shown = self._app.state.walk
        if shown is None or walk.open_leg is None:
            return ""
        walk = replace(walk, aborted=False)  # what runs goes on after an abort too
        return farewell(walk, shown.resume, rehearsed=shown.is_rehearsal)


def opened(document: Callable[[], Document]) -> tuple[Document, tuple[tuple[str, str], ...]]:
    """A saved plan, and how far it was walked. Blocks on disk. Raises SourceError where the file cannot be read."""
    found = document()
    return found, kept_stages(found)
