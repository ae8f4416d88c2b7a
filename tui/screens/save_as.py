"""Save as: a path with a sensible default, an atomic write, a question before anything is overwritten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.widget import Widget

from planner.files import is_ours, write_atomic
from planner.ports import SourceError
from tui.prose import para
from tui.screens.dialog import Dialog, text_block
from tui.widgets.field import Field
from tui.widgets.line import Line


class SaveScreen(Dialog[str]):
    """Dismisses with the path written. `make` gives the content."""

    keys: ClassVar[tuple[tuple[str, str], ...]] = (("⏎", "Save"), ("esc", "Cancel"))

    def __init__(self, what: str, name: str, make: Callable[[], bytes]) -> None:
        super().__init__()
        self._what, self._name, self._make = what, name, make

    @property
    def title_text(self) -> str:
        """What is saved."""
        return f"Save the {self._what} as"

    def content(self) -> list[Widget]:
        """The path, and where a bare name goes."""
        where = "A bare name goes to the directory arcstep was started in."
        return [Field(self._name, id="path"), text_block((para((where, "muted")),)), Line(id="problem")]

    def on_mount(self) -> None:
        """The name can be changed or taken."""
        field = self.query_one(Field)
        field.focus()

    @on(Field.Submitted)
    def _submitted(self, event: Field.Submitted) -> None:
        self._save(event.value.strip())

    @work(exclusive=True, group="save", exit_on_error=False)
    async def _save(self, text: str) -> None:
        path = Path(text).expanduser()
        if not text or path.is_dir():
            self._problem("Type the name of a file.")
        elif not path.exists() or await self._may_overwrite(path):
            self._write(path)

    async def _may_overwrite(self, path: Path) -> bool:
        """Only a file of arcstep's own is ever replaced, and only after a yes."""
        with path.open("rb") as file:
            ours = is_ours(file.read(64))
        if not ours:
            self._problem("A file that arcstep did not write is there already. Choose another name.")
            return False
        from tui.screens.confirm import ConfirmScreen

        return bool(await self.app.push_screen_wait(ConfirmScreen(f"{path.name} exists already.")))

    def _write(self, path: Path) -> None:
        try:
            write_atomic(path, self._make())
        except SourceError as error:
            self._problem(f"{error.why} {error.cure}")
        else:
            self.dismiss(str(path.resolve()))

    def _problem(self, text: str) -> None:
        self.query_one("#problem", Line).show(((text, "bad"),))
