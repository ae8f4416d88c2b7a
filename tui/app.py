"""PlannerApp: holds the state, runs the workers. What is shown is the screens' business, what is judged the core's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.reactive import var
from textual.screen import Screen

from planner.ports import Progress, Source, SourceError, ignore
from tui import fleet_job, messages, places, state
from tui.judging import Judging
from tui.leaving import leave_on_signals, within
from tui.look import Look
from tui.mishaps import Sturdy
from tui.pacing import Newest
from tui.planning import Planning
from tui.requests import Requests
from tui.settings import Settings
from tui.state import AppState, Failure, Phase
from tui.theme import ARCSTEP
from tui.walking import Outfit, Walking

if TYPE_CHECKING:
    from planner.documents.readback import Document
    from planner.inventory import Inventory

Opener = Callable[[str], Source]
"""From "live", "demo" or the path of a snapshot to a source. Raises SourceError."""


class PlannerApp(Sturdy):
    """The app on a source, or on a saved plan.

    `source` is opened by `opener(begin)` after the first frame unless it is given. `as_of` None = the moment of the
    facts. `clock` tells the age of live facts; nothing else ages. `document` opens a saved plan instead of a source,
    `walk` a walk, for which `outfit` is needed.
    """

    CSS_PATH = Path(__file__).with_name("app.tcss")
    TITLE = "arcstep"
    COMMANDS: ClassVar = {places.commands}

    state: var[AppState] = var(AppState(), init=False)

    def __init__(
        self,
        source: Source | None = None,
        *,
        opener: Opener | None = None,
        begin: str = "",
        document: Callable[[], Document] | None = None,
        as_of: datetime | None = None,
        clock: Callable[[], datetime] | None = None,
        look: Look = Look(),  # noqa: B008 - frozen
        settings: Settings = Settings(),  # noqa: B008 - frozen
        no_color: bool = False,
        overlays: Sequence[Path] = (),
        outfit: Outfit | None = None,
        walk: messages.WalkAsked | None = None,
        calendar: messages.CalendarChosen | None = None,
    ) -> None:
        super().__init__(ansi_color=no_color or None)
        self.source, self.look = source, look
        self.requests, self.walking, self._walk = Requests(clock), Walking(self, outfit), walk
        self.planning = Planning(self)
        self._opener, self._begin, self._document, self._clock = opener, begin, document, clock
        self.judging = Judging(overlays, as_of)
        self._progress = Newest(self._show_progress)
        self.animation_level = "none"
        self.register_theme(ARCSTEP)
        wanted = settings.theme if settings.theme in self.available_themes else ARCSTEP.name
        self.theme = "ansi-dark" if no_color else wanted
        self.set_keymap(dict(settings.keys))
        start = AppState(source.label if source else begin if begin in ("live", "demo") else "", as_of=as_of)
        start = replace(start, may_upgrade=outfit is not None and outfit.allow_upgrades)
        if calendar is not None:
            start = replace(start, calendar=calendar.calendar, calendar_file=calendar.file)
        self.set_reactive(PlannerApp.state, state.job_opening(start) if document else start)

    def get_default_screen(self) -> Screen[object]:
        """The fleet, an opened plan, or its walk."""
        return places.walk() if self._walk else places.plan() if self._document else places.fleet()

    def on_mount(self) -> None:
        """Listen to signals; read once the first frame stands."""
        leave_on_signals(lambda code: self.exit(code, return_code=code))
        if self._clock:
            self.set_interval(10, self._tick)
        if self._walk:
            self.call_after_refresh(self.post_message, self._walk)
        elif self._document:
            self.call_after_refresh(self.planning.open, self._document)
        elif self.source or self._begin:
            self.call_after_refresh(self.read_fleet)
        else:
            self.push_screen(places.source())

    async def on_unmount(self) -> None:
        """Give the walk and connections back, but do not wait long for them."""
        await within(0.7, self.walking.close())
        await within(0.3, self.source.close()) if self.source else None

    def _now(self) -> datetime | None:
        return self._clock() if self._clock and self.source and self.source.label == "live" else None

    def _tick(self) -> None:
        if self.state.now and self.state.phase is not Phase.LOADING:
            self.state = replace(self.state, now=self._now())

    # -- reading

    @work(exclusive=True, group="load", exit_on_error=False)
    async def read_fleet(self) -> None:
        """Read everything; rows appear as they arrive. What was on screen stays until then."""
        self.state = state.loading(self.state)
        try:
            if self.source is None and self._opener:
                self.source = await asyncio.to_thread(self._opener, self._begin)
            if self.source is None:
                return
            self.requests.listen(self.source)
            self.state = replace(self.state, label=self.source.label)
            inventory = await self.source.load(self._progress.report)
            self._progress.forget()
            self.workers.cancel_group(self, "part")
            await self.judge(inventory, done=True)
        except asyncio.CancelledError:
            self.workers.cancel_group(self, "part")
            self.state = state.cancelled(self.state)
            raise
        except (SourceError, ValueError) as error:
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        self.state = state.failed(self.state, Failure.of(error))
        if self.state.inventory is None and not places.is_source(self.screen):
            self.push_screen(places.source())

    def _show_progress(self, progress: Progress) -> None:
        if self.state.phase is not Phase.LOADING:
            return
        self.state = state.progressed(self.state, progress)
        busy = any(worker.group == "part" and worker.is_running for worker in self.workers)
        if progress.inventory is not None and progress.inventory.clusters and not busy:
            self.judge_part(progress.inventory, done=False)

    # the description keeps Textual from writing out the whole inventory as one
    @work(group="part", exit_on_error=False, description="judge what was read so far")
    async def judge_part(self, inventory: Inventory, *, done: bool) -> None:
        """Show these facts: a part of a reading, or the newest whole."""
        with suppress(ValueError):  # the reading itself says what is wrong with the catalog
            await self.judge(inventory, done=done)

    async def judge(self, inventory: Inventory, *, done: bool) -> None:
        """Judge these facts and show them."""
        lens = await self.judging.lens(inventory)
        rows = await self.judging.rows(lens, self._progress.report if done else ignore)
        if not done and self.state.phase is not Phase.LOADING:
            return  # the whole reading was faster
        self.state = replace(state.judged(self.state, lens, rows, done=done), now=self._now())

    @work(exclusive=True, group="clusters", exit_on_error=False)
    async def read_clusters(self, keys: tuple[str, ...]) -> None:
        """Read some clusters again, one after the other; one that fails leaves its old facts and says so."""
        left = frozenset(keys)
        try:
            for key in keys:
                self.state = state.reading(self.state, left)
                note = await self.read_again(key)
                if note:
                    self.notify(note, severity="warning", markup=False)
                left -= {key}
        finally:
            self.state = state.reading(self.state, frozenset())

    async def read_again(self, key: str) -> str:
        """Refresh one cluster; returns why it could not be, or ""."""
        inventory = self.state.inventory
        cluster = inventory.by_key.get(key) if inventory else None
        if self.source is None or inventory is None or cluster is None:
            return ""
        try:
            newer = await self.source.refresh(inventory, cluster)
            if newer is not inventory:
                await self.judge(newer, done=True)
        except SourceError as error:
            return f"{cluster.name} could not be read again, these are its older facts: {error.why} {error.cure}"
        return ""

    # -- what the screens ask for

    @on(messages.MarksToggled)
    def _toggle_marks(self, message: messages.MarksToggled) -> None:
        self.state = state.mark(self.state, message.keys)

    @on(messages.ReadingAsked)
    def _read(self, message: messages.ReadingAsked) -> None:
        self.read_clusters(message.keys) if message.keys else self.read_fleet()

    @on(messages.ReadingStopped)
    def _stop(self) -> None:
        for group in ("load", "part", "clusters"):
            self.workers.cancel_group(self, group)

    @on(messages.PlanAsked)
    def _plan(self, message: messages.PlanAsked) -> None:
        self.planning.begin(message)

    @on(messages.FleetPlanAsked)
    def _plan_fleet(self, message: messages.FleetPlanAsked) -> None:
        self.planning.begin_fleet(message)

    @on(messages.CalendarChosen)
    def _keep_to(self, message: messages.CalendarChosen) -> None:
        self.planning.use(message)

    @on(messages.FleetPlanSaved)
    def _fleet_saved(self, message: messages.FleetPlanSaved) -> None:
        self.state = fleet_job.saved(self.state, message.where)

    @on(messages.PlanSaved)
    def _saved(self, message: messages.PlanSaved) -> None:
        self.state = state.job_saved(self.state, message.where)

    @on(messages.WalkAsked)
    def _take_up(self, message: messages.WalkAsked) -> None:
        self.walking.begin(message)

    @on(messages.MomentChosen)
    def _rejudge(self, message: messages.MomentChosen) -> None:
        self.judging.moment = datetime.fromisoformat(message.day).replace(tzinfo=UTC) if message.day else None
        if self.state.inventory is not None:
            self.judge_part(self.state.inventory, done=self.state.phase is not Phase.LOADING)

    @on(messages.SourceChosen)
    async def _change_source(self, message: messages.SourceChosen) -> None:
        await self.on_unmount()
        self.source, self._begin = None, message.which
        self.state = state.without_facts(self.state)
        self.read_fleet()
