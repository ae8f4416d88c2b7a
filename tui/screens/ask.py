"""Ask for one line of text; a check says at once what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.widget import Widget

from tui.prose import Page, lay_out, para
from tui.screens.dialog import WIDTH, Dialog, text_block
from tui.widgets.field import Field
from tui.widgets.page_view import PageView

Problem = Callable[[str], str]
"""From a text to what is wrong with it; "" = fine."""
_MOST = 4
"""Lines a problem may take; the path of a file and the nearest key fit into them."""


class AskScreen(Dialog[str]):
    """Dismisses with a text that passed its check."""

    keys: ClassVar[tuple[tuple[str, str], ...]] = (("⏎", "OK"), ("esc", "Cancel"))

    def __init__(self, title: str, text: str, value: str, problem: Problem, placeholder: str = "") -> None:
        super().__init__()
        self._title, self._text, self._value = title, text, value
        self._problem, self._placeholder = problem, placeholder

    @property
    def title_text(self) -> str:
        """What is asked."""
        return self._title

    def content(self) -> list[Widget]:
        """The question, the field, what is wrong."""
        field = Field(self._value, placeholder=self._placeholder, id="answer")
        return [text_block((para(self._text),)), field, text_block((), id="problem")]

    def on_mount(self) -> None:
        """Type at once: what stands there is selected, so the first letter replaces it."""
        field = self.query_one(Field)
        field.focus()
        field.action_select_all()

    @on(Field.Changed)
    def _check(self, event: Field.Changed) -> None:
        problem = self._problem(event.value.strip()) if event.value.strip() else ""
        self._say(problem, "warning")

    @on(Field.Submitted)
    def _answered(self, event: Field.Submitted) -> None:
        value = event.value.strip()
        problem = self._problem(value)
        if problem:
            self._say(problem, "bad")
        else:
            self.dismiss(value)

    def _say(self, problem: str, tone: str) -> None:
        """As high as its lines, so that nothing of it is cut and nothing moves while all is well."""
        view = self.query_one("#problem", PageView)
        page: Page = (para((problem, tone)),) if problem else ()
        width = (view.size.width or WIDTH - 4) - 2
        view.styles.height = min(_MOST, max(1, len(lay_out(page, width))))
        view.show(page)
