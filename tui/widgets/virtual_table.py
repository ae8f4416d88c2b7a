"""A table on the Line API: 100,000 rows cost what 20 do, because only visible rows are ever asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.look import MARK, Span, Spans
from tui.prose import shorten
from tui.widgets.columns import Column, fit
from tui.widgets.toned import Toned

Cells = Callable[[str], Sequence[Span]]
"""From a row's key to one span a column; called for visible rows only."""

MOST_STRIPS = 1000
MARGIN = 1  # cells before the first column: where marks stand


@dataclass
class OfRow(Message):
    """Something happened to a row of a table."""

    table: VirtualTable
    key: str

    @property
    def control(self) -> VirtualTable:
        """The table it happened in."""
        return self.table


class VirtualTable(Toned, ScrollView, can_focus=True, inherit_bindings=False):
    """Rows are keys; what they show is made when they come into view.

    The cursor stays on top until it is moved; from then on it follows its key.

    `lit` = the cursor shows as focused even while a field beside the table has the keys.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="list.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="list.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="list.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="list.page_down"),
        Binding("home", "jump(0)", "First row", show=False, id="list.first"),
        Binding("end", "jump(-1)", "Last row", show=False, id="list.last"),
        Binding("enter", "open", "Open", id="list.open", tooltip="what is highlighted, in full"),
    ]
    cursor: reactive[int] = reactive(0, repaint=False)
    virtual_size: reactive[Size] = reactive(Size(0, 0))

    class RowHighlighted(OfRow):
        """The cursor came to rest on another row."""

        can_replace = lambda self, message: isinstance(message, type(self))  # noqa: E731

    class RowOpened(OfRow):
        """Enter or a second click on a row."""

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        marks: bool = False,
        header: bool = True,
        lit: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._columns = tuple(columns)
        self._keys: Sequence[str] = ()
        self._cells: Cells = lambda key: ()
        self._empty: tuple[Spans, ...] = ()
        self._marked: frozenset[str] = frozenset()
        self._has_marks = marks
        self._top = 1 if header else 0
        self._lit = lit
        self._moved = False
        self._sorted, self._backwards = "", False
        self._fitted: tuple[int, list[tuple[int, int]]] = (-1, [])
        self._strips: dict[tuple[str, str], Strip] = {}

    # -- what it shows

    def show(
        self,
        keys: Sequence[str],
        cells: Cells,
        *,
        columns: Sequence[Column] | None = None,
        marked: frozenset[str] = frozenset(),
        empty: Sequence[Spans] = (),
        sorted_by: str = "",
        backwards: bool = False,
    ) -> None:
        """Show these rows. The cursor stays on its key; where that is gone, on its place.

        `sorted_by` is the column that carries the arrow, which points up for a list put `backwards`.
        """
        was = self.key
        before = was if self._moved else ""
        self._keys, self._cells, self._marked, self._empty = keys, cells, marked, tuple(empty)
        self._sorted, self._backwards = sorted_by, backwards
        if columns is not None:
            self._columns = tuple(columns)
        self._fitted = (-1, [])
        self._strips.clear()
        self.virtual_size = Size(0, len(keys) + self._top)
        place = self.cursor if self._moved else 0
        if before and not (place < len(keys) and keys[place] == before):
            place = _place(keys, before, place)
        self.set_reactive(VirtualTable.cursor, max(0, min(place, len(keys) - 1)))
        self._follow()
        self.refresh()
        if self.key != was:
            self._announce()

    def watch_virtual_size(self, size: Size) -> None:
        """Other rows need another scrollbar; the screen is laid out again only where the bar comes or goes."""
        self._scroll_update(size)

    @property
    def key(self) -> str:
        """Key of the highlighted row; "" where there is none."""
        return self._keys[self.cursor] if self.cursor < len(self._keys) else ""

    @property
    def keys(self) -> Sequence[str]:
        """Keys of all rows, in order."""
        return self._keys

    def is_in_view(self, key: str) -> bool:
        """Whether a row is among those drawn now."""
        top = self.scroll_offset.y
        return key in self._keys[top : top + self._height]

    def highlight(self, key: str) -> None:
        """Move the cursor to a key, if it is there."""
        self.cursor = _place(self._keys, key, self.cursor)

    # -- moving

    def validate_cursor(self, cursor: int) -> int:
        """The cursor never leaves the rows."""
        return max(0, min(cursor, len(self._keys) - 1))

    def watch_cursor(self, before: int, now: int) -> None:
        """Redraw the two lines that changed."""
        self._moved = self._moved or before != now
        self._follow()
        for place in (before, now):
            self._refresh_row(place)
        self._announce()

    def action_move(self, rows: int) -> None:
        """Up or down."""
        self.cursor += rows

    def action_page(self, pages: int) -> None:
        """Up or down by what is visible."""
        self.cursor += pages * max(1, self._height - 1)

    def action_jump(self, place: int) -> None:
        """First or last row."""
        self.cursor = place if place >= 0 else len(self._keys) - 1

    def action_open(self) -> None:
        """Tell that the row was opened."""
        if self.key:
            self.post_message(self.RowOpened(self, self.key))

    def on_click(self, event: Click) -> None:
        """A click selects, a second one opens."""
        place = self.scroll_offset.y + event.y - self._top
        if event.y < self._top or not 0 <= place < len(self._keys):
            return
        again = place == self.cursor and event.chain > 1
        self.cursor = place
        if again:
            self.action_open()

    @property
    def _height(self) -> int:
        return max(1, self.size.height - self._top)

    def _follow(self) -> None:
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, immediate=True)
        elif self.cursor >= top + self._height:
            self.scroll_to(y=self.cursor - self._height + 1, animate=False, immediate=True)

    def _announce(self) -> None:
        self.post_message(self.RowHighlighted(self, self.key))

    def _refresh_row(self, place: int) -> None:
        self.refresh(Region(0, place - self.scroll_offset.y + self._top, self.size.width, 1))

    def on_mount(self) -> None:
        """The scrollbar follows the look."""
        super().on_mount()
        if self.look.ascii:
            from tui.widgets.plain_bar import fit_scrollbar

            fit_scrollbar(self)

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self._strips.clear()
        self._follow()

    def on_focus(self) -> None:
        """The cursor row shows focus."""
        self._refresh_row(self.cursor)

    def on_blur(self) -> None:
        """The cursor row shows that focus is elsewhere."""
        self._refresh_row(self.cursor)

    # -- drawing

    def render_line(self, y: int) -> Strip:
        """One line: the header, a row, or a sentence where there is no row."""
        width = self.size.width
        if y < self._top:
            return self.strip(self._header(width), width)
        place = self.scroll_offset.y + y - self._top
        if not self._keys:
            line = y - self._top - 1
            return self.strip(((" ", ""), *self._empty[line]) if 0 <= line < len(self._empty) else (), width)
        if place >= len(self._keys):
            return self.strip((), width)
        over = ""
        if place == self.cursor:
            over = "cursor" if self.has_focus or self._lit else "blurred"
        return self._drawn(self._keys[place], width, over)

    def _drawn(self, key: str, width: int, over: str) -> Strip:
        """A row that was drawn before is the same strip again, which spares the compositor its work too."""
        strip = self._strips.get((key, over))
        if strip is None or strip.cell_length != width:
            if len(self._strips) > MOST_STRIPS:
                self._strips.clear()
            strip = self._strips[key, over] = self.strip(self._row(key, width), width, over)
        return strip

    def draw_again(self) -> None:
        """What rows say has changed."""
        self._strips.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        """Colours changed."""
        self._strips.clear()
        super().notify_style_update()

    def _places(self, width: int) -> list[tuple[int, int]]:
        if self._fitted[0] != width:
            self._fitted = (width, fit(self._columns, width - 1 - MARGIN))
        return self._fitted[1]

    def _header(self, width: int) -> Spans:
        titles: list[Span] = [(" " * MARGIN, "")]
        for place, size in self._places(width):
            titles.append((self._title(self._columns[place], size) + " ", "muted"))
        return tuple(titles)

    def _title(self, column: Column, size: int) -> str:
        """The arrow is never what is cut."""
        title, arrow = self.look.text(column.title), ""
        if column.id == self._sorted:
            arrow = self.look.text(" ↑" if self._backwards else " ↓")
        return shorten(title[: size - len(arrow)] + arrow if arrow else title, size)

    def _row(self, key: str, width: int) -> Spans:
        look = self.look
        mark = look.sign(MARK) if self._has_marks and key in self._marked else " "
        spans: list[Span] = [(mark.ljust(MARGIN), MARK.tone)]
        made = self._cells(key)
        for place, size in self._places(width):
            text, tone = made[place] if place < len(made) else ("", "")
            spans.append((shorten(look.text(text), size, look.text("…")) + " ", tone))
        return tuple(spans)


def _place(keys: Sequence[str], key: str, otherwise: int) -> int:
    try:
        return keys.index(key)
    except ValueError:
        return otherwise
