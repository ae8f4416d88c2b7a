"""A small menu: one list, enter chooses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.widget import Widget

from tui.screens.dialog import Dialog, width_of
from tui.widgets.columns import Column
from tui.widgets.virtual_table import VirtualTable


class ChooseScreen(Dialog[str]):
    """Dismisses with the name that was chosen."""

    keys: ClassVar[tuple[tuple[str, str], ...]] = (("⏎", "Choose"), ("esc", "Cancel"))

    def __init__(self, title: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title = title
        self._choices = dict(choices)

    @property
    def title_text(self) -> str:
        """What is chosen."""
        return self._title

    def content(self) -> list[Widget]:
        """The list."""
        left = width_of(list(self._choices.items()))
        table = VirtualTable(
            [Column("name", "", left, left + 2), Column("text", "", 8, 60)], header=False, id="choices"
        )
        table.styles.height = min(10, len(self._choices))
        return [table]

    def on_mount(self) -> None:
        """Fill the list."""
        table = self.query_one(VirtualTable)
        table.show(
            list(self._choices), lambda name: ((name, "strong"), (" ".join(self._choices[name].split()), "muted"))
        )
        table.focus()

    @on(VirtualTable.RowOpened)
    def _chosen(self, event: VirtualTable.RowOpened) -> None:
        self.dismiss(event.key)
