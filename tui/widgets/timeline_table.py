"""A table with a date axis: two lines of axis above, or three, and in one column a bar of several tones a row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.geometry import Region, Size
from textual.strip import Strip

from tui.look import Span, Spans
from tui.prose import shorten
from tui.widgets.columns import Column
from tui.widgets.virtual_table import VirtualTable

BAR = "bar"
"""Id of the column the bars stand in."""
SCALED = "name"
"""Id of the column in whose title the scale stands."""
LANE = "CALENDAR"
"""What stands before the third line."""


class TimelineTable(VirtualTable):
    """`bar` gives the spans of a row's bar for a width, `axis` the two lines above, `scale` what stands beside them.

    All of them may answer differently from one draw to the next. `lane` is a third line above, of what is highlighted.
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
        self._lane: Callable[[int], Spans] | None = None
        self._top = 2

    @property
    def axis_width(self) -> int:
        """Cells from the left to the right end of the axis."""
        return next((size for place, size in self._places(self.size.width) if self._columns[place].id == BAR), 1)

    def follow(self, lane: Callable[[int], Spans] | None) -> None:
        """Draw a third line above the rows, with a title in the place of the names; None = no such line."""
        self._lane = lane
        self._top = 2 if lane is None else 3
        self.virtual_size = Size(0, len(self._keys) + self._top)
        self._follow()
        self.refresh()

    def watch_cursor(self, before: int, now: int) -> None:
        """The third line follows the cursor."""
        super().watch_cursor(before, now)
        if self._lane is not None:
            self.refresh(Region(0, 2, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """The second and the third line of the axis, or what every table draws."""
        width = self.size.width
        if y == 2 and self._lane is not None:
            return self.strip(self._laid(width, self._lane), width)
        return self.strip(self._above(width, 1), width) if y == 1 else super().render_line(y)

    def _laid(self, width: int, lane: Callable[[int], Spans]) -> Spans:
        spans: list[Span] = [(" ", "")]
        for place, size in self._places(width):
            column = self._columns[place]
            if column.id == BAR:
                spans += [*lane(size), (" ", "")]
            else:
                title = LANE if column.id == SCALED else ""
                spans.append((shorten(title, size) + " ", "muted"))
        return tuple(spans)

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
