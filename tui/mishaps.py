"""Mistakes of arcstep's own: said on screen where the app can go on, in a line where it cannot; never with data."""

from __future__ import annotations

from rich.text import Text
from textual import on
from textual.app import App
from textual.worker import Worker, WorkerState

from tui import places
from tui.state import Failure


class Sturdy(App[int]):
    """An app that tells where it broke, without the values it broke on."""

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
