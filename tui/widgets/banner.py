"""The one sentence that matters, wrapped to at most three lines; as an alert it fills its lines with colour.

It stands outside everything that scrolls: the end of support stays in sight.
"""

from __future__ import annotations

from typing import Any

from textual.geometry import Size
from textual.strip import Strip

from tui.look import Spans
from tui.prose import Item, cells, lay_out
from tui.widgets.toned import Toned

MOST_LINES = 3


class Banner(Toned):
    """`alert` True = support has ended: reversed colours, with date and source in the words."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._spans: Spans = ()
        self._right: Spans = ()
        self._alert = False

    def show(self, spans: Spans, right: Spans = (), *, alert: bool = False) -> None:
        """Say something else."""
        if (spans, right, alert) == (self._spans, self._right, self._alert):
            return
        before = len(self._lines(self.size.width))
        self._spans, self._right, self._alert = spans, right, alert
        self.refresh(layout=len(self._lines(self.size.width)) != before)

    @property
    def text(self) -> str:
        """What it says, without tones."""
        return "".join(text for text, _ in (*self._spans, *self._right))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As high as its text needs."""
        return len(self._lines(width))

    def _lines(self, width: int) -> list[Spans]:
        look = self.look
        spans = tuple((look.text(text), tone) for text, tone in self._spans)
        hang = cells(spans[:2]) if len(spans) > 2 and self._alert else 0
        if not spans:
            return []
        lines = lay_out([Item(spans, hang=hang)], max(width - 2, 8))
        most = MOST_LINES if self.app.size.height >= 30 else MOST_LINES - 1
        if len(lines) > most:
            lines[most - 1 :] = [(*lines[most - 1], *((f" {text.strip()}", tone) for text, tone in lines[most]))]
        right = tuple((look.text(text), tone) for text, tone in self._right)
        space = width - 2 - cells(lines[0]) - cells(right)
        if right and space >= 2:
            lines[0] = (*lines[0], (" " * space, ""), *right)
        return lines

    def render_line(self, y: int) -> Strip:
        """One line of the sentence."""
        width = self.size.width
        lines = self._lines(width)
        spans = lines[y] if y < len(lines) else ()
        return self.strip(((" ", ""), *spans), width, "alert" if self._alert else "")
