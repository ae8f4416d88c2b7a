"""Why: a page about what was highlighted. Also used to read one step or one document in full."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.look import Spans
from tui.prose import Page, plain
from tui.screens.frame import Frame
from tui.state import AppState
from tui.widgets.page_view import PageView


class WhyScreen(Frame):
    """A page that scrolls. `title` names it in the first line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy", id="why.copy", tooltip="copy the page as text"),
        Binding(
            "u", "scope", "Support scope", id="why.scope", tooltip="what Microsoft supports, and who is responsible"
        ),
        Binding("w", "back", "Back", show=False, id="why.close", tooltip="back"),
    ]
    HELP_TITLE = "Why"
    HELP_TEXT = "Rules, evidence, sources and age behind what was highlighted."
    hint_order = ("copy", "scope", "help", "back")

    def __init__(self, page: Page, title: str = "Why", sentence: Spans = ()) -> None:
        super().__init__()
        self._page = page
        self._title = title
        self._sentence = sentence

    def body(self) -> Iterator[Widget]:
        """The page."""
        yield PageView(self._page[1:] if self._is_headed else self._page, id="page")

    def show(self, state: AppState) -> None:
        """Where it stands."""
        subject = self._page[0].spans[0][0] if self._is_headed else ""
        self.say(self.crumbs(self._title, *((subject,) if subject else ())), self._sentence)

    @property
    def _is_headed(self) -> bool:
        """The page begins with a heading, which then stands in the first line."""
        return bool(self._page and self._page[0].spans and self._page[0].spans[0][1] == "heading")

    def copies(self) -> list[tuple[str, str]]:
        """The page."""
        return [("page", plain(self._page))]

    def action_scope(self) -> None:
        """The support scope."""
        from tui.errands import show_scope

        show_scope(self.planner)
