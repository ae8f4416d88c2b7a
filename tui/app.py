"""PlannerApp: holds the state, runs the workers. What is shown is the screens' business, what is judged the core's."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import App
from textual.reactive import var
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from planner.ports import Progress, Source, SourceError
from tui import messages, places, state
from tui.judging import Judging
from tui.look import Look
from tui.settings import Settings
from tui.state import AppState, Failure, Phase
from tui.theme import ARCSTEP

if TYPE_CHECKING:
    from textual.command import Provider

    from planner.inventory import Inventory

PUBLISH_EVERY = 0.1
"""Seconds between two showings of a reading's progress."""

Opener = Callable[[str], Source]
"""From "live", "demo" or the path of a snapshot to a source. Raises SourceError."""


def _commands() -> type[Provider]:
    from tui.commands import Commands

    return Commands


class PlannerApp(App[int]):
    """The app. `as_of` None = the moment of the facts; `clock` None = nothing ages (snapshot, demo, opened plan)."""

    CSS_PATH = "app.tcss"
    TITLE = "arcstep"
    COMMANDS: ClassVar = {_commands}
    HORIZONTAL_BREAKPOINTS: ClassVar = [(0, "-cramped"), (60, "-narrow"), (100, "-normal"), (120, "-wide")]
    VERTICAL_BREAKPOINTS: ClassVar = [(0, "-low"), (16, "-tall")]

    state: var[AppState] = var(AppState(), init=False)

    def __init__(
        self,
        source: Source | None,
        *,
        as_of: datetime | None = None,
        clock: Callable[[], datetime] | None = None,
        look: Look = Look(),  # noqa: B008 - frozen
        settings: Settings = Settings(),  # noqa: B008 - frozen
        no_color: bool = False,
        overlays: Sequence[Path] = (),
        opener: Opener | None = None,
        job: state.Job | None = None,
        failure: Failure | None = None,
    ) -> None:
        super().__init__()
        self.source, self.clock, self.look, self.opener = source, clock, look, opener
        self._judging = Judging(overlays, as_of)
        self._latest: Progress | None = None
        self._published = 0.0
        self.animation_level = "none"
        self.register_theme(ARCSTEP)
        wanted = settings.theme if settings.theme in self.available_themes else ARCSTEP.name
        self.theme = "ansi-dark" if no_color else wanted
        self.set_keymap(dict(settings.keys))
        label = source.label if source else "saved plan" if job else "no source"
        shown = job.plan.as_of if job and job.plan else as_of
        now = clock() if clock else None
        self.set_reactive(PlannerApp.state, AppState(label=label, as_of=shown, now=now, job=job, failure=failure))

    def get_default_screen(self) -> Screen[object]:
        """The fleet, or an opened plan."""
        return places.plan() if self.state.job is not None else places.fleet()

    def on_mount(self) -> None:
        """Listen to signals; read once the first frame stands."""
        for name in ("SIGTERM", "SIGHUP"):
            with suppress(AttributeError, NotImplementedError, RuntimeError, ValueError):
                number = getattr(signal, name)
                asyncio.get_running_loop().add_signal_handler(number, self._leave, 128 + number)
        if self.clock:
            self.set_interval(10, self._tick)
        if self.source is not None:
            self.call_after_refresh(self.read_fleet)
        elif self.state.job is not None:
            self.call_after_refresh(self.read_knowledge)
        else:
            self.push_screen(places.source())

    async def on_unmount(self) -> None:
        """Give connections back, but do not wait long for them."""
        if self.source is not None:
            with suppress(Exception):
                await asyncio.wait_for(self.source.close(), 0.5)

    def _leave(self, code: int) -> None:
        self.exit(code, return_code=code)

    def _tick(self) -> None:
        if self.clock and self.state.phase is not Phase.LOADING:
            self.state = replace(self.state, now=self.clock())

    # -- reading

    @work(exclusive=True, group="load", exit_on_error=False)
    async def read_fleet(self) -> None:
        """Read everything; rows appear as they arrive. What was on screen stays until then."""
        assert self.source is not None
        self.state = state.loading(self.state)
        try:
            inventory = await self.source.load(self._reported)
            self.workers.cancel_group(self, "part")
            await self._judge(inventory, done=True)
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

    def _reported(self, progress: Progress) -> None:
        waiting, self._latest = self._latest is not None, progress
        if not waiting:
            elapsed = asyncio.get_running_loop().time() - self._published
            self.set_timer(max(0.001, PUBLISH_EVERY - elapsed), self._publish)

    def _publish(self) -> None:
        progress, self._latest = self._latest, None
        self._published = asyncio.get_running_loop().time()
        if progress is None or self.state.phase is not Phase.LOADING:
            return
        self.state = state.progressed(self.state, progress)
        busy = any(worker.group == "part" and worker.is_running for worker in self.workers)
        if progress.inventory is not None and progress.inventory.clusters and not busy:
            self._judge_part(progress.inventory)

    @work(group="part", exit_on_error=False)
    async def _judge_part(self, inventory: Inventory) -> None:
        await self._judge(inventory, done=False)

    async def _judge(self, inventory: Inventory, *, done: bool) -> None:
        lens = await self._judging.lens(inventory)
        rows = await self._judging.rows(lens)
        now = self.clock() if self.clock else None
        self.state = replace(state.judged(self.state, lens, rows, done=done), now=now)

    @work(group="knowledge", exit_on_error=False)
    async def read_knowledge(self) -> None:
        """The knowledge alone, for what an opened plan cites."""
        catalog, _ = await self._judging.knowledge()
        self.state = replace(self.state, catalog=catalog)

    @work(exclusive=True, group="clusters", exit_on_error=False)
    async def read_clusters(self, keys: tuple[str, ...]) -> None:
        """Read some clusters again, one after the other; one that fails leaves its old facts and says so."""
        left = frozenset(keys)
        try:
            for key in keys:
                self.state = state.reading(self.state, left)
                note = await self._read_again(key)
                if note:
                    self.notify(note, severity="warning", markup=False)
                left -= {key}
        finally:
            self.state = state.reading(self.state, frozenset())

    async def _read_again(self, key: str) -> str:
        """Refresh one cluster; returns why it could not be, or ""."""
        inventory = self.state.inventory
        cluster = inventory.by_key.get(key) if inventory else None
        if self.source is None or inventory is None or cluster is None:
            return ""
        try:
            newer = await self.source.refresh(inventory, cluster)
            if newer is not inventory:
                await self._judge(newer, done=True)
        except SourceError as error:
            return f"{cluster.name} could not be read again, these are its older facts: {error.why} {error.cure}"
        return ""

    @work(exclusive=True, group="plan", exit_on_error=False)
    async def make_plan(self, key: str, goal: str) -> None:
        """Read the cluster live, then plan; when it cannot be read, plan from the old facts and say so."""
        self.state = state.job_begun(self.state, key, goal, "reading it again")
        note = await self._read_again(key)
        self.state = state.planned(self.state, [note] if note else [])

    # -- what the screens ask for

    @on(messages.MarksToggled)
    def _toggle_marks(self, message: messages.MarksToggled) -> None:
        self.state = state.mark(self.state, message.keys)

    @on(messages.ReadingAsked)
    def _read(self, message: messages.ReadingAsked) -> None:
        if self.source is not None:
            self.read_clusters(message.keys) if message.keys else self.read_fleet()

    @on(messages.ReadingStopped)
    def _stop(self) -> None:
        for group in ("load", "part", "clusters"):
            self.workers.cancel_group(self, group)

    @on(messages.PlanAsked)
    def _plan(self, message: messages.PlanAsked) -> None:
        self.make_plan(message.key, message.goal)
        if not places.is_plan(self.screen):
            self.push_screen(places.plan())

    @on(messages.PlanSaved)
    def _saved(self, message: messages.PlanSaved) -> None:
        self.state = state.job_saved(self.state, message.where)

    @on(messages.MomentChosen)
    def _rejudge(self, message: messages.MomentChosen) -> None:
        self._judging.moment = datetime.fromisoformat(message.day).replace(tzinfo=UTC) if message.day else None
        if self.state.inventory is not None:
            self._judge_part(self.state.inventory)

    @on(messages.SourceChosen)
    def _change_source(self, message: messages.SourceChosen) -> None:
        if self.opener is None:
            return
        try:
            self.source = self.opener(message.which)
        except (SourceError, ValueError, OSError) as error:
            self.state = state.failed(self.state, Failure.of(error))
            return
        self.clock = self.clock if self.source.label == "live" else None
        self.state = AppState(label=self.source.label, now=self.clock() if self.clock else None)
        self.read_fleet()

    # -- when something goes wrong

    @on(Worker.StateChanged)
    def _worker_ended(self, event: Worker.StateChanged) -> None:
        """A mistake in a worker: say so, keep going."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.push_screen(places.error(Failure.of(event.worker.error), event.worker.error))

    def _fatal_error(self) -> None:
        """Where it broke, without the values it broke on."""
        self.bell()
        where = "\n".join(places.frames(self._exception)) if self._exception else ""
        self._exit_renderables.append(Text(f"arcstep stopped because of a mistake of its own.\n{where}"))
        self._close_messages_no_wait()
