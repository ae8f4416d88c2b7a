"""A page of prose that scrolls, drawn by the line; a document of 10,000 lines costs what is visible."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.look import Spans
from tui.prose import Page, lay_out
from tui.widgets.toned import Toned


class PageView(Toned, ScrollView, can_focus=True, inherit_bindings=False):
    """Shows a page, wrapped to its width."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_by(-1)", "Up", show=False, id="page.up"),
        Binding("down,j", "scroll_by(1)", "Down", show=False, id="page.down"),
        Binding("pageup", "scroll_page(-1)", "Page up", show=False, id="page.page_up"),
        Binding("pagedown,space", "scroll_page(1)", "Page down", show=False, id="page.page_down"),
        Binding("home", "scroll_edge(0)", "Top", show=False, id="page.top"),
        Binding("end", "scroll_edge(1)", "End", show=False, id="page.end"),
    ]

    def __init__(self, page: Page = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._page = page
        self._lines: list[Spans] = []
        self._width = -1

    @property
    def page(self) -> Page:
        """What is shown."""
        return self._page

    def show(self, page: Page, *, top: bool = True) -> None:
        """Show another page, from its top unless told otherwise."""
        if page == self._page and self._width >= 0:
            return
        self._page = page
        if self._width >= 0:
            self._wrap(self._width)
        if top:
            self.scroll_to(y=0, animate=False)
        self.refresh()

    def _wrap(self, width: int) -> None:
        self._width = width
        self._lines = lay_out(self._page, width - 2)
        self.virtual_size = Size(0, len(self._lines))

    def on_mount(self) -> None:
        """The scrollbar follows the look."""
        super().on_mount()
        if self.look.ascii:
            from tui.widgets.plain_bar import fit_scrollbar

            fit_scrollbar(self)

    def on_resize(self) -> None:
        """Wrap again when the width changed."""
        if self.size.width != self._width:
            self._wrap(self.size.width)
            self.refresh()

    def action_scroll_by(self, lines: int) -> None:
        """Up or down by lines."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)

    def action_scroll_page(self, pages: int) -> None:
        """Up or down by what is visible."""
        self.scroll_to(y=self.scroll_offset.y + pages * max(1, self.size.height - 1), animate=False)

    def action_scroll_edge(self, end: int) -> None:
        """Top or end."""
        self.scroll_to(y=len(self._lines) if end else 0, animate=False)

    def render_line(self, y: int) -> Strip:
        """One line of the page, behind a margin."""
        place = self.scroll_offset.y + y
        if self._width < 0:
            self._wrap(self.size.width)
        spans = self._lines[place] if place < len(self._lines) else ()
        return self.strip(((" ", ""), *spans), self.size.width)
