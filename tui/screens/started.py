"""Started: a person says that a step was begun elsewhere. arcstep only watches."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from planner.plan import Step
from tui.explain import deed, shell
from tui.prose import GAP, Item, para
from tui.screens.dialog import Dialog, text_block


class StartedScreen(Dialog[bool]):
    """Dismisses with True when it was begun."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "yes", "It was started", id="started.yes"),
        Binding("y,c", "copy", "Copy", id="started.copy"),
    ]
    keys: ClassVar[tuple[tuple[str, str], ...]] = (("s", "I have started it"), ("y", "Copy the command"), ("esc", "No"))

    def __init__(self, step: Step) -> None:
        super().__init__()
        self._step = step
        self._commands = "\n".join(shell(command.argv) for command in deed(step))

    @property
    def title_text(self) -> str:
        """Which step."""
        return f"{self._step.id}  {self._step.title}"

    def content(self) -> list[Widget]:
        """Who does it, where, with what."""
        step = self._step
        page: list[Item] = [para((f"Done by {step.owner}, on {step.where}.", "strong"))]
        for command in deed(step):
            page += [GAP, para((shell(command.argv), "accent")), para((command.purpose, "muted"))]
        page += [GAP, para("arcstep sends nothing: it watches. Was it started?")]
        return [text_block(tuple(page), most=14)]

    def action_yes(self) -> None:
        """It was."""
        self.dismiss(True)

    def action_copy(self) -> None:
        """The command to the clipboard."""
        self.app.copy_to_clipboard(self._commands)
        self.planner.requests.command(self._commands)
        self.notify("Copied: command.", markup=False)
