"""A table with a date axis: two lines of axis above, and in one column a bar of several tones a row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.strip import Strip

from tui.look import Span, Spans
from tui.prose import shorten
from tui.widgets.columns import Column
from tui.widgets.virtual_table import VirtualTable

BAR = "bar"
"""Id of the column the bars stand in."""
SCALED = "name"
"""Id of the column in whose title the scale stands."""


class TimelineTable(VirtualTable):
    """`bar` gives the spans of a row's bar for a width, `axis` the two lines above, `scale` what stands beside them.

    All of them may answer differently from one draw to the next.
    """

    def __init__(
        self,
        columns: tuple[Column, ...],
        bar: Callable[[str, int], Spans],
        axis: Callable[[int], tuple[str, str]],
        scale: Callable[[], str],
        **kwargs: Any,
    ) -> None:
        super().__init__(columns, **kwargs)
        self._bar, self._axis, self._scale = bar, axis, scale
        self._top = 2

    @property
    def axis_width(self) -> int:
        """Cells from the left to the right end of the axis."""
        return next((size for place, size in self._places(self.size.width) if self._columns[place].id == BAR), 1)

    def render_line(self, y: int) -> Strip:
        """The second line of the axis, or what every table draws."""
        width = self.size.width
        return self.strip(self._above(width, 1), width) if y == 1 else super().render_line(y)

    def _header(self, width: int) -> Spans:
        return self._above(width, 0)

    def _above(self, width: int, line: int) -> Spans:
        spans: list[Span] = [(" ", "")]
        for place, size in self._places(width):
            column = self._columns[place]
            title = column.title if line == 0 else self._scale() if column.id == SCALED else ""
            text = self._axis(size)[line] if column.id == BAR else shorten(self.look.text(title), size)
            spans.append((text + " ", "muted"))
        return tuple(spans)

    def _row(self, key: str, width: int) -> Spans:
        look = self.look
        spans: list[Span] = [(" ", "")]
        made = self._cells(key)
        for place, size in self._places(width):
            if self._columns[place].id == BAR:
                spans += [*self._bar(key, size), (" ", "")]
                continue
            text, tone = made[place] if place < len(made) else ("", "")
            spans.append((shorten(look.text(text), size, look.text("…")) + " ", tone))
        return tuple(spans)
