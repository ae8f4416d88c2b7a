"""What the Walk screen shows: a row for everything that has to be looked at, done or decided, a page on one, the log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from planner.legs import Stage
from planner.walk import Walk
from tui import selectors
from tui.explain import deed, shell
from tui.look import OK, TODO, WARNING, Span, Spans
from tui.open_walk import OpenWalk
from tui.prose import Page
from tui.screens.frame import Frame
from tui.state import AppState
from tui.walk_pages import log_page, page_of, why_page
from tui.walk_rows import Kind, WalkRow, next_key, rows_of
from tui.walk_words import opening, sentence, since, where
from tui.widgets.columns import Column
from tui.widgets.page_view import PageView
from tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from tui.walking import Walking

COLUMNS = (
    Column("state", "STATE", 11, 11),
    Column("id", "STEP", 6, 6),
    Column("what", "WHAT", 40, 62),
    Column("seen", "SEEN", 30, 60, drop=1),
    Column("by", "WHEN, WHO", 17, 23),
)
TALL = 30
"""From this many lines on, page and log get more of them."""


class DoTable(VirtualTable):
    """The rows; enter does what the highlighted one stands for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Do", id="walk.do", tooltip="do the highlighted thing: tick, start, decide"),
    ]


class WalkView(Frame):
    """The walk that is open, without the keys that act on it."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, WalkRow] = {}
        self._at: tuple[str, Stage | None] | None = None
        self._led_to = ""

    def body(self) -> Iterator[Widget]:
        """Rows, page, log."""
        yield DoTable(COLUMNS, id="rows")
        yield PageView(id="page")
        yield PageView(id="log")

    async def on_mount(self) -> None:
        """Follow the state, and the time once a second."""
        self.query_one("#log").can_focus = False
        await super().on_mount()
        self.query_one(VirtualTable).focus()
        self.set_interval(1, self._time_passes)

    async def on_resize(self) -> None:
        """High windows give page and log more room."""
        tall = self.size.height >= TALL
        if tall != self.has_class("-tall"):
            self.set_class(tall, "-tall")
            self.show(self.state)
        await super().on_resize()

    @property
    def walking(self) -> Walking:
        """Who carries out what is asked for here."""
        return self.planner.walking

    @property
    def shown(self) -> OpenWalk:
        """The open walk."""
        return self.state.walk or OpenWalk("")

    @property
    def walk(self) -> Walk | None:
        """The walk itself, once taken up."""
        return self.shown.walk

    @property
    def now(self) -> datetime | None:
        """The moment by the walk's clock; of a walk that only lies here, of its last event."""
        return self.walking.now or (self.walk.now if self.walk is not None else None)

    @property
    def row(self) -> WalkRow | None:
        """The highlighted row."""
        return self._rows.get(self.query_one(VirtualTable).key)

    def show(self, state: AppState) -> None:
        """Everything."""
        walk = self.walk
        if walk is None:
            self.say(where(self.shown), opening(self.shown, self.look))
            return
        self._rows = {row.key: row for row in rows_of(walk)}
        table = self.query_one(VirtualTable)
        table.show(list(self._rows), self._cells)
        self._go_where_work_is(walk, table)
        self.warn(self._warning())
        self.query_one("#log", PageView).show(log_page(walk, 5 if self.has_class("-tall") else 2))
        self._tell(walk)

    def _go_where_work_is(self, walk: Walk, table: VirtualTable) -> None:
        """The cursor goes to what has to be done: with a new step or stage, and for as long as nobody moved it."""
        at = (walk.leg.id, walk.leg.stage) if walk.leg is not None else ("", None)
        if at != self._at or table.key == self._led_to:
            self._at = at
            self.lead_to(next_key(walk))

    def lead_to(self, key: str) -> None:
        """Bring the cursor to a row, as the next thing to do."""
        self._led_to = key
        self.query_one(VirtualTable).highlight(key)

    def _time_passes(self) -> None:
        if self.is_current and self.walk is not None:
            self._tell(self.walk)

    def _tell(self, walk: Walk) -> None:
        """What changes as time passes."""
        now, row = self.now or walk.now, self.row
        self.say(where(self.shown), sentence(walk, self.shown, now, self.look))
        page = page_of(row, walk, self.shown, now, self.look) if row is not None else ()
        self.query_one("#page", PageView).show(page, top=False)
        self.follow_why()

    def aside(self) -> tuple[Spans, ...]:
        """Since when, instead of as of when."""
        walk = self.walk
        return selectors.aside(self.state, since(walk), "") if walk is not None else super().aside()

    def _warning(self) -> Spans:
        shown = self.shown
        sign = self.look.sign(WARNING)
        if shown.holder:
            return ((sign, ""), (" ", ""), (f"Only shown here: {shown.holder} has this walk.", ""))
        if shown.trouble:
            return ((sign, ""), (" ", ""), (f"Not kept on disk: {shown.trouble}", ""))
        return ((sign, ""), (" ", ""), (" ".join(shown.problems), "")) if shown.problems else ()

    def _cells(self, key: str) -> tuple[Span, ...]:
        row = self._rows[key]
        sign = f"{self.look.sign(row.sign)} {row.word}"
        tone = "muted" if row.kind is Kind.LEG else "" if row.sign in (TODO, OK) else "strong"
        return (
            (sign, row.sign.tone),
            (row.id, "muted" if row.kind is Kind.LEG else "accent"),
            (row.text, tone),
            (row.evidence, "muted"),
            (row.by, "muted"),
        )

    @on(VirtualTable.RowHighlighted)
    def _highlighted(self) -> None:
        if self.walk is not None:
            self.query_one("#page", PageView).scroll_to(y=0, animate=False)
            self._tell(self.walk)

    def why(self) -> Page:
        """The highlighted row in full."""
        row, walk = self.row, self.walk
        if row is None or walk is None:
            return ()
        return why_page(row, walk, self.shown, self.state.catalog, self.now or walk.now, self.look)

    def copies(self) -> list[tuple[str, str]]:
        """The commands of the step, the names."""
        walk, row = self.walk, self.row
        if walk is None:
            return []
        step = row.leg.step if row is not None else None
        first = deed(step) if step is not None else ()
        commands = [*first, *(one for one in step.commands if one not in first)] if step is not None else []
        subject = walk.plan.subject
        named = [(command.purpose, shell(command.argv)) for command in commands]
        correlation = row.leg.correlation if row is not None else ""
        return [*named, ("correlation id", correlation), ("cluster name", subject.name), ("ARM id", subject.id)]

    def copied(self, name: str, text: str) -> None:
        """Commands that were copied are in the command log too."""
        super().copied(name, text)
        self.planner.requests.command(text)
