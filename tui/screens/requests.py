"""The command log: every request made and every command copied, newest first. Nothing secret is ever in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.look import Span, count
from tui.prose import Page, para
from tui.requests import Entry, brief
from tui.screens.frame import Frame
from tui.state import AppState
from tui.widgets.columns import Column
from tui.widgets.page_view import PageView
from tui.widgets.virtual_table import VirtualTable

COLUMNS = (
    Column("at", "UTC", 8, 8),
    Column("status", "ANSWER", 6, 8),
    Column("took", "TOOK", 8, 9),
    Column("text", "REQUEST OR COMMAND", 30, 200),
)


class LogTable(VirtualTable):
    """Enter copies the line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Copy", id="requests.copy", tooltip="copy the highlighted line"),
    ]


class RequestsScreen(Frame):
    """What went out, without queries and bodies."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "again", "Refresh", id="requests.again", tooltip="what was added since"),
        Binding("at", "back", "Back", show=False, id="requests.close", tooltip="back"),
    ]
    CSS = "#under { height: 4; background: $surface; }"
    HELP_TITLE = "Command log"
    HELP_TEXT = "Every request to Azure, and every command that was copied. Paths only: no query, no body, no token."
    hint_order = ("open", "again", "help", "back")

    def __init__(self) -> None:
        super().__init__()
        self._entries: dict[str, Entry] = {}

    def body(self) -> Iterator[Widget]:
        """The entries, and the highlighted one in full."""
        yield LogTable(COLUMNS, id="requests")
        yield PageView(id="under")

    async def on_mount(self) -> None:
        """Focus the list."""
        self.query_one("#under").can_focus = False
        await super().on_mount()
        self.query_one(VirtualTable).focus()

    @on(VirtualTable.RowHighlighted)
    def _highlighted(self) -> None:
        self.query_one("#under", PageView).show(self.why())

    @on(VirtualTable.RowOpened)
    def _opened(self) -> None:
        self.action_copy()

    def why(self) -> Page:
        """The whole line."""
        entry = self._entries.get(self.query_one(VirtualTable).key)
        return (para(entry.text),) if entry is not None else ()

    def show(self, state: AppState) -> None:
        """Newest first."""
        entries = list(self.planner.requests)[::-1]
        self._entries = {str(len(entries) - place): entry for place, entry in enumerate(entries)}
        sent = sum(entry.status is not None for entry in entries)
        written = sum(entry.text.startswith(("PUT ", "PATCH ", "DELETE ")) for entry in entries)
        words = (
            count(sent, "request"),
            f"{count(written, 'write')}",
            f"{count(len(entries) - sent, 'command')} copied",
        )
        self.say(self.crumbs("Command log"), ((" · ".join(words), ""),))
        empty = (((("Nothing was sent and nothing was copied yet."), ""),),)
        self.query_one(VirtualTable).show(list(self._entries), self._cells, empty=empty)

    def _cells(self, key: str) -> tuple[Span, ...]:
        entry = self._entries[key]
        at = f"{entry.at:%H:%M:%S}" if entry.at is not None else "-"
        if entry.status is None:
            return ((at, "muted"), ("copied", "muted"), ("", ""), (entry.text, "accent"))
        good = 200 <= entry.status < 300
        answer = str(entry.status) if entry.status else "none"
        took = f"{entry.seconds * 1000:,.0f} ms" if entry.seconds is not None else ""
        tone = "strong" if entry.text.startswith("PUT ") else ""
        return ((at, "muted"), (answer, "good" if good else "bad"), (took, "muted"), (brief(entry.text), tone))

    def copies(self) -> list[tuple[str, str]]:
        """The line."""
        entry = self._entries.get(self.query_one(VirtualTable).key)
        return [("line", entry.text)] if entry is not None else []

    def action_again(self) -> None:
        """Read the log again."""
        self.show(self.state)
