"""A list over a page: what is highlighted stands in full below it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.containers import Vertical
from textual.widget import Widget

from tui.prose import Page
from tui.widgets.columns import Column
from tui.widgets.page_view import PageView
from tui.widgets.virtual_table import Cells, VirtualTable


class Split(Vertical):
    """A table with a page on what is highlighted below it; the page alone where there is nothing to list."""

    def __init__(self, table: VirtualTable) -> None:
        super().__init__()
        self.table = table
        self.page = PageView(classes="under")

    def compose(self) -> list[Widget]:  # type: ignore[override]
        """Table, page."""
        return [self.table, self.page]

    def show(self, keys: list[str], cells: Cells, columns: Sequence[Column] | None = None) -> None:
        """List these rows, under other columns where they are given."""
        self.remove_class("-alone")
        self.table.display = True
        # has_focus turns true a moment later than the focus moves, and a plan may arrive within that moment
        if self.screen.focused in (self.page, None):
            self.table.focus()
        self.page.can_focus = False
        self.table.show(keys, cells, columns=columns)

    def describe(self, page: Page) -> None:
        """What is highlighted."""
        self.page.show(page)

    def only_page(self, page: Page) -> None:
        """No list."""
        self.add_class("-alone")
        self.table.display = False
        self.page.can_focus = True
        if self.screen.focused in (self.table, None):
            self.page.focus()
        self.page.show(page, top=False)
