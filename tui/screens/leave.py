"""Leave while something runs: what goes on without arcstep, and how to come back to it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.open_walk import OpenWalk
from tui.prose import para
from tui.screens.dialog import Dialog, text_block


class LeaveScreen(Dialog[bool]):
    """Dismisses with True to leave."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,q", "yes", "Leave", id="leave.yes"),
    ]
    heading = "Leave?"
    keys: ClassVar[tuple[tuple[str, str], ...]] = (("⏎", "Leave"), ("esc", "Stay"))

    def __init__(self, shown: OpenWalk) -> None:
        super().__init__()
        self._shown = shown

    def content(self) -> list[Widget]:
        """What goes on."""
        from tui.walk_words import leaving

        return [text_block((para(leaving(self._shown)),))]

    def action_yes(self) -> None:
        """Leave."""
        self.dismiss(True)
