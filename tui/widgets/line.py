"""One line with something to say on the left and something to remember on the right."""

from __future__ import annotations

from typing import Any

from textual.strip import Strip

from tui.look import Spans
from tui.prose import cells
from tui.widgets.toned import Toned


class Line(Toned):
    """A line one cell high. The right side takes the longest of its forms that fits; the last one makes the left give way."""

    def __init__(self, left: Spans = (), right: Spans = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._left, self._right = left, right
        self._shorter: tuple[Spans, ...] = ()

    def show(self, left: Spans, right: Spans = (), *shorter: Spans) -> None:
        """Say something else. `shorter` forms stand for `right` where that has no room; the left gives way to the last."""
        if (left, right, shorter) != (self._left, self._right, self._shorter):
            self._left, self._right, self._shorter = left, right, shorter
            self.refresh()

    @property
    def text(self) -> str:
        """What it says, without tones."""
        return "  ".join("".join(text for text, _ in side) for side in (self._left, self._right) if side)

    def render_line(self, y: int) -> Strip:
        """Left and right with air between; nothing below the first line."""
        width = self.size.width
        if y:
            return self.strip((), width)
        look = self.look
        left = ((" ", ""), *((look.text(text), tone) for text, tone in self._left))
        right: Spans = ()
        for side in (self._right, *self._shorter):
            right = tuple((look.text(text), tone) for text, tone in side)
            space = width - 1 - cells(left) - cells(right)
            if right and space >= 2:
                return self.strip((*left, (" " * space, ""), *right), width)
        room = width - 1 - cells(right)
        if not self._shorter or room < width // 2:
            return self.strip(left, width)
        return Strip.join((self.strip(left, room), self.strip(((" ", ""), *right), width - room)))
