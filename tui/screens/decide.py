"""Decide: proceed, hold or abort, each by its letter and none by default, with a note for the journal."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from planner.events import Decision
from tui.prose import para
from tui.screens.dialog import Dialog, text_block
from tui.widgets.field import Field


class DecideScreen(Dialog[tuple[Decision, str]]):
    """Dismisses with a decision and a note. The letters rest while the note is written."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "decide('proceed')", "Proceed", id="gate.proceed"),
        Binding("h", "decide('hold')", "Hold", id="gate.hold"),
        Binding("a", "decide('abort')", "Abort", id="gate.abort"),
    ]

    def __init__(self, title: str, text: str, choices: tuple[Decision, ...]) -> None:
        super().__init__()
        self._title, self._text, self._choices = title, text, choices
        letters = [(str(choice)[0], str(choice).capitalize()) for choice in choices]
        self.keys = (*letters, ("tab", "Note"), ("esc", "Cancel"))  # type: ignore[misc] - by what can be decided here

    @property
    def title_text(self) -> str:
        """What is decided."""
        return self._title

    def content(self) -> list[Widget]:
        """The question, and a note."""
        return [text_block((para(self._text),)), Field(placeholder="a note for the journal (tab)", id="note")]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be decided here."""
        if action == "decide":
            return parameters[0] in [str(choice) for choice in self._choices]
        return super().check_action(action, parameters)

    @on(Field.Submitted)
    def _written(self) -> None:
        """The note is done; the letters decide."""
        self.set_focus(None)

    def action_decide(self, choice: str) -> None:
        """This."""
        note: Any = self.query_one(Field).value.strip()
        self.dismiss((Decision(choice), note))
