"""Timeline: support of every cluster or instance against the days, nearest end first, with what is planned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from operator import is_
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from planner.axis import Axis, Zoom, shifted
from planner.timeline import Ink, fitting, lines
from tui import errands, selectors
from tui.look import Spans, count, moment
from tui.prose import Page
from tui.query import Row
from tui.screens.filtered import FilteredFrame
from tui.state import AppState
from tui.timeline_calendar import Limits, lane_spans, limits_of, other_calendar
from tui.timeline_plan import Planned
from tui.timeline_rows import Facts, Home, Subjects, bar_spans, columns_of, kept, legend, row_cells
from tui.timeline_starts import Tabled, on_table
from tui.timeline_words import latest_start, next_end
from tui.widgets.line import Line
from tui.widgets.timeline_table import TimelineTable
from tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from planner.fleetplan import FleetPlan

COPIED = 40
"""Rows that are copied as text, from the top."""
COPY_WIDTH = 100
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
        Binding(
            "c", "calendar", "Calendar", show=False, id="timeline.calendar", tooltip="windows and freezes from a file"
        ),
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
    filter_hint = "words  !word  instance:=plant1  support<45d  version<1.31"

    def __init__(self, plan: FleetPlan | None = None, query: str = "") -> None:
        super().__init__()
        planned = Planned(plan) if plan else None
        self._subjects: Subjects | None = planned
        self._plan = plan
        self._query = query
        self._by_instance = False
        self._zoom = planned.zoom if planned else Zoom.YEAR
        self._days = 0
        """How far the axis was moved from today, to the future."""
        self._limits: Limits | None = None
        self._table: Mapping[str, Tabled] = {}
        self._seen: tuple[object, ...] = ()
        self._columns = columns_of(())
        self._entries: Sequence[Row | Home] = ()
        self._homeless = 0
        """Clusters that a row of no instance stands for."""

    def body(self) -> Iterator[Widget]:
        """The bars and what they are made of."""
        yield TimelineTable(columns_of(()), self._bar, self._labels, self._scale, id="list")
        yield Line(id="limits")
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
        plans = [job.plan for job in (state.job, state.fleet_job) if job is not None]
        now = (state.rows, state.lens, state.phase, state.calendar, *plans)
        if len(self._seen) == len(now) and all(map(is_, self._seen, now)):
            return
        self._seen = now
        if self._plan is None:
            self._table = on_table(state)
            self._subjects = Facts(state.rows, state.lens, self._table) if state.lens is not None else None
        self._limits = limits_of(state, self._plan, self._today) if self._subjects is not None else None
        self._fit()
        has_plan = self._plan is not None or bool(self._table)
        self.query_one("#status", Line).show(legend(self.look, planned=has_plan))
        self._fill()

    def _follow(self) -> None:
        """What the calendar says about the highlighted row, in the line under the list."""
        line, limits, key = self.query_one("#limits", Line), self._limits, self.table.key
        other = other_calendar(self._plan) if limits is None else ""
        line.display = limits is not None or bool(other)
        if limits is not None and self._subjects is not None and key:
            line.show(*limits.line(self._subjects.instance_name(key), self.look))
        else:
            line.show(((other, "muted"),) if other else ())
        self.follow_why()

    def _lane(self, width: int) -> Spans:
        key, subjects, limits = self.table.key, self._subjects, self._limits
        if subjects is None or limits is None or not key:
            return ((" " * width, ""),)
        return lane_spans(limits.lane(subjects.instance_name(key), self._axis(width), width), self.look)

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
        self._scaled()
        self._follow()

    def _axis(self, width: int) -> Axis:
        return Axis.around(shifted(self._today, self._days), self._zoom, width)

    def _labels(self, width: int) -> tuple[str, str]:
        return self._axis(width).header(width) if self._subjects else (" " * width, " " * width)

    def _scale(self) -> str:
        return f"{self._zoom.days} d a cell"

    def _bar(self, key: str, width: int) -> Spans:
        if self._subjects is None:
            return ()
        bar, axis = self._subjects.bar(key), self._axis(width)
        if self._limits is not None:
            frozen = self._limits.frozen(self._subjects.instance_name(key), axis, width)
            bar = replace(bar, marks=(*frozen, *bar.marks))
        return bar_spans(bar, axis, width, self._today, self.look)

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
        start = latest_start(self._plan, self.look)
        if start or self._subjects is None or not self._entries:
            return start
        return next_end(self._entries, self._subjects, self._today, self.look)

    def why(self) -> Page:
        """The six clocks behind the bar, each with its source and what it rests on, and what the calendar says."""
        key, subjects = self.table.key, self._subjects
        if subjects is None or not key:
            return ()
        limits = self._limits.page(subjects.instance_name(key), self.look) if self._limits is not None else ()
        return (*subjects.why(key, self.look), *limits)

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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A plan keeps the calendar it was made with."""
        if action == "calendar" and self._plan is not None:
            return False
        return super().check_action(action, parameters)

    @on(VirtualTable.RowHighlighted, "#list")
    def _highlighted(self) -> None:
        self._follow()

    @on(VirtualTable.RowOpened, "#list")
    def _opened(self, event: VirtualTable.RowOpened) -> None:
        inventory = self.state.inventory
        if inventory is not None and event.key in inventory.by_key:
            errands.show_cluster(self.planner, event.key)
        elif inventory is not None and event.key in inventory.instance_by_id:
            errands.open_instance(self.planner, event.key)
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
        self._scaled()
        self.table.draw_again()

    def _scaled(self) -> None:
        """Where a cell is a day there is room for the days on which work is allowed."""
        self.table.follow(self._lane if self._limits is not None and self._zoom is Zoom.MONTH else None)

    def action_today(self) -> None:
        """Back to where it began."""
        self._days = 0
        self.table.draw_again()

    def action_calendar(self) -> None:
        """Windows and freezes."""
        errands.ask_calendar(self.planner, opened=False)

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
