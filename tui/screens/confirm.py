"""A yes-or-no question. The default is the answer that changes nothing."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.prose import para
from tui.screens.dialog import Dialog, text_block


class ConfirmScreen(Dialog[bool]):
    """Dismisses with True only for the letter of the action."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "yes", "Overwrite", id="confirm.overwrite"),
        Binding("enter,n", "dismiss_none", "Keep", id="confirm.keep"),
    ]
    heading = "Overwrite?"
    keys: ClassVar[tuple[tuple[str, str], ...]] = (("⏎", "Keep the old file"), ("o", "Overwrite"), ("esc", "Cancel"))

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def content(self) -> list[Widget]:
        """The question."""
        return [text_block((para(self._text),))]

    def action_yes(self) -> None:
        """Do it."""
        self.dismiss(True)
