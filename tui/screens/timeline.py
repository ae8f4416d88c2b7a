"""Timeline: support of every cluster or instance against the days, nearest end first, with what is planned."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date
from operator import is_
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from planner.axis import Axis, Zoom, shifted
from planner.timeline import Ink, end_words, fitting, lines
from tui import errands, selectors
from tui.look import BLOCKER, SOON, UNKNOWN, WARNING, Span, Spans, count, moment, number
from tui.prose import Page
from tui.query import Row
from tui.screens.filtered import FilteredFrame
from tui.state import AppState
from tui.timeline_plan import Planned
from tui.timeline_rows import (
    Facts,
    Home,
    Subjects,
    bar_spans,
    clock_name,
    columns_of,
    kept,
    legend,
    nearest_first,
    row_cells,
)
from tui.widgets.line import Line
from tui.widgets.timeline_table import TimelineTable
from tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from planner.fleetplan import FleetPlan

COPIED = 40
"""Rows that are copied as text, from the top."""
COPY_WIDTH = 100
NARROW = 80
INKS = ("Bars", tuple((f"{ink.glyph}  ({ink.ascii})", ink.meaning) for ink in Ink if ink.words))


class TimelineScreen(FilteredFrame):
    """Bars of the fleet, or with a plan of its clusters and instances as the plan judged them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "pan(-1)", "Dates", id="timeline.earlier", tooltip="earlier days", key_display="←→"),
        Binding("right", "pan(1)", "Later", show=False, id="timeline.later", tooltip="later days"),
        Binding(
            "plus,equals_sign", "zoom(-1)", "Zoom", id="timeline.closer", tooltip="fewer days a cell", key_display="+-"
        ),
        Binding("minus", "zoom(1)", "Wider", show=False, id="timeline.wider", tooltip="more days a cell"),
        Binding("n", "today", "Today", show=False, id="timeline.today", tooltip="today in view again"),
        Binding("v", "group", "Instances", id="timeline.group", tooltip="a row for each instance, or for each cluster"),
        Binding(
            "slash", "filter", "Filter", id="timeline.filter", tooltip="as you type; see Filter below", priority=True
        ),
        Binding("escape", "clear", "Clear", show=False, id="timeline.clear", tooltip="clear the filter; back"),
    ]
    HELP_TITLE = "Timeline"
    HELP_TEXT = "Support against the days, nearest end first: a bar ends with the first of its clocks."
    HELP_NOTES = (INKS,)
    hint_order = ("open", "pan(-1)", "zoom(-1)", "group", "filter", "why", "help", "back")
    filter_hint = "words  !word  instance:plant  support<45d  version<1.31"

    def __init__(self, plan: FleetPlan | None = None, query: str = "") -> None:
        super().__init__()
        self._subjects: Subjects | None = Planned(plan) if plan else None
        self._plan = plan
        self._query = query
        self._by_instance = False
        self._zoom = _zoom_of(self._subjects) if self._subjects else Zoom.YEAR
        self._days = 0
        """How far the axis was moved from today, to the future."""
        self._seen: tuple[object, ...] = ()
        self._columns = columns_of(())
        self._entries: Sequence[Row | Home] = ()
        self._homeless = 0
        """Clusters that a row of no instance stands for."""

    def body(self) -> Iterator[Widget]:
        """The bars and what they are made of."""
        yield TimelineTable(columns_of(()), self._bar, self._labels, self._scale, id="list")
        yield Line(id="status")

    @property
    def table(self) -> TimelineTable:
        """The list."""
        return self.query_one("#list", TimelineTable)

    @property
    def _today(self) -> date:
        assert self._subjects is not None  # nothing is drawn before there is something to draw
        return self._subjects.as_of.date()

    # -- drawing

    def show(self, state: AppState) -> None:
        """Follow the facts; a plan stands as it was made."""
        now = (state.rows, state.lens, state.phase)
        if len(self._seen) == len(now) and all(map(is_, self._seen, now)):
            return
        self._seen = now
        if self._plan is None:
            self._subjects = Facts(state.rows, state.lens) if state.lens is not None else None
        self._fit()
        self.query_one("#status", Line).show(legend(self.look, planned=self._plan is not None))
        self._fill()

    def _fit(self) -> None:
        """The widths of all rows, so that nothing moves while a filter is typed."""
        subjects = self._subjects
        everything = subjects.clusters if subjects else ()
        by_instance = subjects is not None and self._by_instance
        self._columns = columns_of(subjects.instances(everything) if by_instance else everything)

    def _fill(self) -> None:
        """Rows, order, sentence; also after a filter or a change of rows."""
        subjects, look = self._subjects, self.look
        rows = kept(subjects, self._query) if subjects else ()
        by_instance = self._by_instance and subjects is not None
        self._entries = subjects.instances(rows) if by_instance else rows
        self._homeless = sum(not row.home for row in rows) if by_instance else 0
        keys = [entry.key for entry in self._entries]
        self.say(self._head(), self._sentence())
        self.table.show(
            keys,
            lambda key: row_cells(subjects, key, look) if subjects else (),
            columns=self._columns,
            empty=selectors.empty_lines(self.state, self._query),
        )
        self.follow_why()

    def _axis(self, width: int) -> Axis:
        return Axis.around(shifted(self._today, self._days), self._zoom, width)

    def _labels(self, width: int) -> tuple[str, str]:
        return self._axis(width).header(width) if self._subjects else (" " * width, " " * width)

    def _scale(self) -> str:
        return f"{self._zoom.days} d a cell"

    def _bar(self, key: str, width: int) -> Spans:
        if self._subjects is None:
            return ()
        return bar_spans(self._subjects.bar(key), self._axis(width), width, self._today, self.look)

    def _head(self) -> Spans:
        shown = len(self._entries)
        parts = [count(shown, "instance" if self._by_instance else "cluster")]
        if not (self._query or self._by_instance or self._plan):
            parts.insert(0, self.state.label)
        if self._homeless:
            parts.append(f"{count(self._homeless, 'cluster')} on none")
        if self._query:
            parts.append(f"filter: {self._query}")
        where = self.crumbs("Plan" if self._plan else "Fleet", "Timeline")
        return (*where, ("  " + " · ".join(part for part in parts if part), "muted"))

    def aside(self) -> tuple[Spans, ...]:
        """A plan is judged as of its own day."""
        if self._plan is None:
            return super().aside()
        as_of = self._plan.as_of
        return selectors.aside(self.state, f"as of {moment(as_of)}", f"as of {as_of:%Y-%m-%d}")

    def _sentence(self) -> Spans:
        """The next end to come; of a plan the latest start."""
        if self._subjects is None:
            return ()
        start = self._plan.timing.must_start if self._plan and self._plan.timing else None
        if start is not None:
            by = f"Must start by {start.by:%Y-%m-%d}" if start.by else "No start is early enough"
            because = f" for the end on {start.deadline} ({start.clock}, {start.rule})."
            return ((f"{self.look.sign(WARNING)} {by}", "warning"), (because, ""))
        return (*self._next(), *self._counts()) if self._entries else ()

    def _next(self) -> Spans:
        coming, subjects = self._coming(), self._subjects
        if coming is None or subjects is None:
            return (("No end to come is known.", "strong"),)
        bar = subjects.bar(coming.key)
        is_soon = coming.ends is not None and (coming.ends - self._today).days <= SOON
        sign, tone = (f"{self.look.sign(WARNING)} ", WARNING.tone) if is_soon else ("", "strong")
        words = f"{sign}Next: {bar.label} {end_words(coming.ends, self._today)}"
        return ((words, tone), (f", {coming.ends} ({clock_name(bar)}).", ""))

    def _coming(self) -> Row | Home | None:
        place = bisect_left(self._entries, self._today, key=nearest_first)
        entry = self._entries[place] if place < len(self._entries) else None
        return entry if entry is not None and entry.ends is not None else None

    def _counts(self) -> Spans:
        """What the next end leaves out."""
        ended = bisect_left(self._entries, self._today, key=nearest_first)
        undated = len(self._entries) - bisect_left(self._entries, date.max, key=nearest_first)
        parts: list[Span] = [(f"  {self.look.sign(BLOCKER)} {number(ended)} ended", BLOCKER.tone)] if ended else []
        parts += [(f"  {self.look.sign(UNKNOWN)} {number(undated)} no date", UNKNOWN.tone)] if undated else []
        return tuple(parts)

    def why(self) -> Page:
        """The six clocks behind the bar, each with its source and what it rests on."""
        key = self.table.key
        return self._subjects.why(key, self.look) if self._subjects and key else ()

    def copies(self) -> list[tuple[str, str]]:
        """Name, id, the explanation, the bars as text."""
        subjects, key = self._subjects, self.table.key
        if subjects is None or not key:
            return []
        bars = [subjects.bar(key) for key in self.table.keys[:COPIED]]
        axis = fitting(bars, COPY_WIDTH, self._today)
        text = "\n".join(lines(bars, axis, COPY_WIDTH, self._today, self.look.ascii))
        return [("name", subjects.bar(key).label), ("id", key), *super().copies(), ("timeline", text)]

    # -- keys

    @on(VirtualTable.RowHighlighted, "#list")
    def _highlighted(self) -> None:
        self.follow_why()

    @on(VirtualTable.RowOpened, "#list")
    def _opened(self, event: VirtualTable.RowOpened) -> None:
        inventory = self.state.inventory
        if inventory is not None and event.key in inventory.by_key:
            errands.show_cluster(self.planner, event.key)
        elif inventory is not None and event.key in inventory.instance_by_id:
            from tui.screens.instance import InstanceScreen

            self.app.push_screen(InstanceScreen(event.key))
        else:
            self.notify("It is not in what was read; w shows its clocks.", markup=False)

    def action_pan(self, way: int) -> None:
        """Earlier or later by a third of the axis."""
        if self._subjects is not None:
            days = self._days + way * max(self.table.axis_width // 3, 1) * self._zoom.days
            self._days = (shifted(self._today, days) - self._today).days
            self.table.draw_again()

    def action_zoom(self, way: int) -> None:
        """Fewer or more days a cell; the day a third of the way in stays there."""
        self._zoom = self._zoom.wider() if way > 0 else self._zoom.closer()
        self.table.draw_again()

    def action_today(self) -> None:
        """Back to where it began."""
        self._days = 0
        self.table.draw_again()

    def action_group(self) -> None:
        """Instances or clusters."""
        self._by_instance = not self._by_instance
        self._fit()
        self._fill()

    # -- the filter

    @property
    def sought(self) -> str:
        """The filter in force."""
        return self._query

    def seek(self, query: str) -> None:
        """Show what fits."""
        self._query = query
        self._fill()

    def action_clear(self) -> None:
        """Clear the filter, or back."""
        if self._query or (self.focused is not None and self.focused.id == "filter"):
            self.clear_filter()
        else:
            self.action_back()


def _zoom_of(subjects: Subjects) -> Zoom:
    """The closest one on which everything that is planned can be seen."""
    bars = [subjects.bar(row.key) for row in subjects.clusters]
    return fitting(bars, NARROW, subjects.as_of.date()).zoom
