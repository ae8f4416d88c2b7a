"""An error that stays until it is dismissed: what failed, why, what to do; it scrolls and copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.prose import GAP, Page, para, plain
from tui.screens.dialog import Dialog
from tui.state import Failure
from tui.widgets.page_view import PageView


class ErrorScreen(Dialog[None]):
    """`details` = where in the program, without any values."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,c", "copy", "Copy", id="error.copy"),
        Binding("enter,q", "dismiss_none", "Close", id="error.close"),
    ]
    keys: ClassVar[tuple[tuple[str, str], ...]] = (("⏎", "Close"), ("y", "Copy"), ("↑ ↓", "Scroll"))

    def __init__(self, failure: Failure, details: Sequence[str] = (), title: str = "") -> None:
        super().__init__()
        self._title = title or "Something failed"
        self._page: Page = (
            para((failure.what, "strong")),
            para(failure.why),
            para(failure.cure),
            *((GAP,) if details else ()),
            *(para((detail, "muted")) for detail in details),
        )

    @property
    def title_text(self) -> str:
        """What it is about."""
        return self._title

    def content(self) -> list[Widget]:
        """What failed."""
        view = PageView(self._page)
        view.styles.height = min(12, 2 * len(self._page) + 2)
        return [view]

    def action_copy(self) -> None:
        """The whole text to the clipboard."""
        self.app.copy_to_clipboard(plain(self._page))
        self.notify("Copied: error.", markup=False)
