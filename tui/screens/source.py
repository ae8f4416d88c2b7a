"""Source and sign-in: shown only when nothing could be read, or when asked for."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.messages import ReadingAsked, SourceChosen
from tui.prose import GAP, Page, field, lay_out, para
from tui.screens.frame import Frame
from tui.state import AppState, Phase
from tui.widgets.columns import Column
from tui.widgets.page_view import PageView
from tui.widgets.virtual_table import VirtualTable

CHOICES = {
    "sign in": "run az login here, then read the fleet",
    "again": "read again with the account there is",
    "file": "open a snapshot, offline",
    "demo": "look at the demo fleet, no account needed",
}


def _now(state: AppState) -> Page:
    """Where the facts on screen came from."""
    inventory = state.inventory
    if inventory is None:
        return ()
    known = (("source", state.label), ("account", inventory.account), ("tenant", inventory.tenant))
    names = ", ".join(subscription.name for subscription in inventory.subscriptions)
    return (*(field(name, value) for name, value in (*known, ("subscriptions", names)) if value), GAP)


class SourceScreen(Frame):
    """Which account, which file, or the demo."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape", "back", "Back", id="source.back", tooltip="back to the fleet"),
    ]
    HELP_TITLE = "Source"
    HELP_TEXT = "Where facts come from: Azure, a snapshot, or the demo."
    hint_order = ("open", "help", "back")

    def body(self) -> Iterator[Widget]:
        """What failed, and what can be done."""
        yield PageView(id="failure")
        yield VirtualTable([Column("name", "", 9, 10), Column("text", "", 30, 60)], header=False, id="choices")

    async def on_mount(self) -> None:
        """Fill the list."""
        await super().on_mount()
        self.query_one("#failure").can_focus = False
        table = self.query_one(VirtualTable)
        table.show(list(CHOICES), lambda name: ((name, "strong"), (CHOICES[name], "")))
        table.focus()

    def show(self, state: AppState) -> None:
        """What failed; once a reading succeeds this screen is no longer needed."""
        failure = state.failure
        self.say(self.crumbs("Source"), (("Where should the facts come from?", "strong"),))
        page: Page = ()
        if failure is not None:
            page = (para((failure.what, "bad")), para(failure.why), para((failure.cure, "strong")), GAP)
        page = (*page, *_now(state))
        self.query_one("#failure", PageView).show(page)
        self.query_one("#failure").styles.height = min(9, len(lay_out(page, max(self.size.width - 2, 20)))) or 1
        if state.phase is Phase.LOADING and self.is_current and len(self.app.screen_stack) > 1:
            self.app.pop_screen()

    @on(VirtualTable.RowOpened)
    def _chosen(self, event: VirtualTable.RowOpened) -> None:
        match event.key:
            case "sign in":
                self._sign_in()
            case "again":
                self.post_message(ReadingAsked() if self.planner.source else SourceChosen("live"))
            case "file":
                self._open_file()
            case _:
                self.post_message(SourceChosen("demo"))

    def _sign_in(self) -> None:
        """az login needs the terminal; arcstep steps aside for it."""
        try:
            with self.app.suspend():
                code = subprocess.run(["az", "login"], check=False).returncode
        except (OSError, SuspendNotSupported):
            self.notify("az could not be started here. Sign in in another terminal, then choose: again.", markup=False)
            return
        if code == 0:
            self.post_message(ReadingAsked() if self.planner.source else SourceChosen("live"))
        else:
            self.notify("az login did not succeed.", severity="warning", markup=False)

    def _open_file(self) -> None:
        from tui.screens.ask import AskScreen

        def problem(text: str) -> str:
            return "" if Path(text).expanduser().is_file() else "There is no such file."

        def chosen(path: str | None) -> None:
            if path:
                self.post_message(SourceChosen(path))

        text = "Path of a snapshot written by arcstep."
        self.app.push_screen(AskScreen("Open a snapshot", text, "", problem, "snapshot.json"), chosen)
