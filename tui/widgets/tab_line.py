"""A line of numbered tabs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual.events import Click
from textual.message import Message
from textual.strip import Strip

from tui.look import Span
from tui.prose import cells
from tui.widgets.toned import Toned


class TabLine(Toned):
    """Names of tabs with their numbers; the current one stands out."""

    @dataclass
    class Chosen(Message):
        """A tab was clicked."""

        place: int

    def __init__(self, names: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._names = tuple(names)
        self._counts: tuple[int | None, ...] = ()
        self._current = 0
        self._spots: list[tuple[int, int]] = []

    def show(self, current: int, counts: Sequence[int | None] = ()) -> None:
        """Which tab is current, and how much is behind each."""
        self._current, self._counts = current, tuple(counts)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The tabs; the current one reversed."""
        spans: list[Span] = [(" ", "")]
        self._spots = []
        for place, name in enumerate(self._names):
            count = self._counts[place] if place < len(self._counts) else None
            label = f" {place + 1} {name}" + (f" {count} " if count is not None else " ")
            start = cells(spans)
            spans += [(label, "cursor" if place == self._current else "muted"), (" ", "")]
            self._spots.append((start, cells(spans) - 1))
        return self.strip(spans, self.size.width)

    def on_click(self, event: Click) -> None:
        """A click on a tab chooses it."""
        for place, (start, end) in enumerate(self._spots):
            if start <= event.x < end:
                self.post_message(self.Chosen(place))
                return
