"""A scrollbar without block characters, for terminals that show plain letters only."""

from __future__ import annotations

from typing import ClassVar

from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBarRender


class PlainBar(ScrollBarRender):
    """Colour alone; whole cells."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8


def fit_scrollbar(view: ScrollView) -> None:
    """Give a view the plain scrollbar."""
    view.vertical_scrollbar.renderer = PlainBar  # type: ignore[misc] - the documented way, for one bar
