"""One line with something to say on the left and something to remember on the right."""

from __future__ import annotations

from typing import Any

from textual.strip import Strip

from tui.look import Spans
from tui.prose import cells
from tui.widgets.toned import Toned


class Line(Toned):
    """A line one cell high. When too narrow the right side goes first, then the left is cut with an ellipsis."""

    def __init__(self, left: Spans = (), right: Spans = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._left, self._right = left, right

    def show(self, left: Spans, right: Spans = ()) -> None:
        """Say something else."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
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
        right = tuple((look.text(text), tone) for text, tone in self._right)
        space = width - 1 - cells(left) - cells(right)
        if not right or space < 2:
            return self.strip(left, width)
        return self.strip((*left, (" " * space, ""), *right), width)
