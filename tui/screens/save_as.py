"""Save as: a path with a sensible default, an atomic write, a question before anything is overwritten."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.widget import Widget
from textual.widgets import Input

from planner.files import write_atomic
from tui.prose import para
from tui.screens.dialog import Dialog, text_block
from tui.state import Failure
from tui.widgets.line import Line

Makers = Mapping[str, Callable[[], bytes]]
"""From a file name's ending to what makes the content."""


class SaveScreen(Dialog[str]):
    """Dismisses with the path written."""

    keys: ClassVar[tuple[tuple[str, str], ...]] = (("⏎", "Save"), ("esc", "Cancel"))

    def __init__(self, what: str, name: str, makers: Makers) -> None:
        super().__init__()
        self._what, self._name, self._makers = what, name, makers

    @property
    def title_text(self) -> str:
        """What is saved."""
        return f"Save {self._what}"

    def content(self) -> list[Widget]:
        """The path, and what endings are known."""
        endings = " or ".join(self._makers)
        where = f"In {Path.cwd()}, unless the name says otherwise. The ending decides: {endings}."
        return [text_block((para((where, "muted")),)), Input(self._name, id="path", compact=True), Line(id="problem")]

    def on_mount(self) -> None:
        """The name can be changed or taken."""
        field = self.query_one(Input)
        field.select_on_focus = False
        field.focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self._save(event.value.strip())

    @work(exclusive=True, group="save", exit_on_error=False)
    async def _save(self, text: str) -> None:
        path = Path(text).expanduser()
        maker = self._makers.get(path.suffix)
        if not text or path.is_dir():
            self._problem("Type the name of a file.")
        elif maker is None:
            self._problem(f"The name must end with {' or '.join(self._makers)}.")
        elif not path.exists() or await self._may_overwrite(path):
            self._write(path, maker)

    async def _may_overwrite(self, path: Path) -> bool:
        from tui.screens.confirm import ConfirmScreen

        return bool(await self.app.push_screen_wait(ConfirmScreen(f"{path.name} exists already.")))

    def _write(self, path: Path, maker: Callable[[], bytes]) -> None:
        try:
            write_atomic(path, maker())
        except (OSError, ValueError) as error:
            failure = Failure.of(error)
            self._problem(f"Not saved: {failure.why} {failure.cure}")
        else:
            self.dismiss(str(path))

    def _problem(self, text: str) -> None:
        self.query_one("#problem", Line).show(((text, "bad"),))
