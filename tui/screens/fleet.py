"""Fleet: what is out of support, what comes next, worst first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from operator import is_
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui import errands, selectors
from tui.look import Span
from tui.messages import MarksToggled, PlanAsked, ReadingAsked, ReadingStopped
from tui.prose import Page
from tui.query import Order, Row, keep
from tui.screens.frame import Frame
from tui.screens.lookahead import Lookahead
from tui.state import AppState, Phase
from tui.widgets.columns import Column
from tui.widgets.hints import Hints
from tui.widgets.line import Line
from tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from textual.widgets import Input

COLUMNS = (
    Column("sign", "", 1, 1),
    Column("cluster", "CLUSTER", 12, 16),
    Column("instance", "INSTANCE", 9, 12, drop=2),
    Column("version", "VERSION", 7, 8),
    Column("release", "RELEASE", 7, 8, drop=4),
    Column("support", "SUPPORT", 16, 17),
    Column("findings", "FINDINGS", 11, 11, drop=3),
    Column("next", "NEXT", 14, 14, drop=1),
)


class FleetScreen(Frame):
    """The home screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", id="fleet.filter", tooltip="as you type; see Filter below", priority=True),
        Binding("p", "plan", "Plan", id="fleet.plan", tooltip="plan the highlighted cluster to the newest version"),
        Binding("i", "instance", "Instance", show=False, id="fleet.instance", tooltip="the instance that hosts it"),
        Binding("space", "mark", "Mark", show=False, id="fleet.mark", tooltip="mark or unmark the row"),
        Binding("asterisk", "mark_all", "Mark all", show=False, id="fleet.mark_all", tooltip="mark all shown, or none"),
        Binding("s", "sort", "Sort", show=False, id="fleet.sort", tooltip="sort by the next column"),
        Binding("S", "reverse", "Reverse", show=False, id="fleet.reverse", tooltip="reverse the order"),
        Binding("r", "refresh", "Refresh", id="fleet.refresh", tooltip="read this cluster again (marked ones: all)"),
        Binding("R", "refresh_all", "Refresh all", show=False, id="fleet.refresh_all", tooltip="read everything again"),
        Binding("a", "moment", "As of", show=False, id="fleet.as_of", tooltip="judge as of another day"),
        Binding("o", "portal", "Portal", show=False, id="fleet.portal", tooltip="open the cluster in the Azure portal"),
        Binding("e", "export", "Export", show=False, id="fleet.export", tooltip="save all facts as a snapshot file"),
        Binding("q", "back", "Quit", id="fleet.quit", tooltip="leave arcstep"),
        Binding("escape", "clear", "Clear", show=False, id="fleet.clear", tooltip="clear the filter; stop a reading"),
    ]
    HELP_TITLE = "Fleet"
    HELP_TEXT = "Every cluster, worst first: what runs, in which support state, and the next move."
    hint_order = ("open", "filter", "plan", "why", "refresh", "help", "back")
    panel_opens_itself = True

    def __init__(self) -> None:
        super().__init__()
        self._query = ""
        self._order = Order()
        self.lookahead = Lookahead()
        self._rows: Mapping[str, Row] = {}
        self._shown: tuple[object, ...] = ()
        self._columns: tuple[Column, ...] = COLUMNS

    def body(self) -> Iterator[Widget]:
        """The list and its status line."""
        yield VirtualTable(COLUMNS, marks=True, id="list")
        yield Line(id="status")

    @property
    def table(self) -> VirtualTable:
        """The list."""
        return self.query_one("#list", VirtualTable)

    # -- drawing

    def show(self, state: AppState) -> None:
        """Rows, numbers, what goes on."""
        self.say(selectors.head(state), selectors.sentence(state, self.look), selectors.sentence_right(state))
        self._list(state)
        self._status(state)
        self.follow_why()

    def _list(self, state: AppState) -> None:
        shown = (state.rows, state.lens, state.marks, state.phase, self._query, self._order)
        if len(self._shown) == len(shown) and all(map(is_, self._shown, shown)):
            return
        if not self._shown or self._shown[0] is not state.rows:
            self._rows = {row.key: row for row in state.rows}
            self._columns = _columns(state.rows)
        self._shown = shown
        rows = keep(state.rows, self._query, state.as_of.date()) if state.as_of else state.rows
        self.table.show(
            [row.key for row in self._order.sort(rows)],
            lambda key: self._cells(key, state),
            columns=self._columns,
            marked=state.marks,
            empty=selectors.empty_lines(state, self._query),
            sorted_by=self._order.column,
        )

    def _cells(self, key: str, state: AppState) -> tuple[Span, ...]:
        row = self._rows[key]
        if state.lens is not None and not (row.state == "unknown" and state.phase is Phase.LOADING):
            self.lookahead.want(key, state.lens, self.table)
        return selectors.fleet_cells(row, state, self.look)

    def _status(self, state: AppState) -> None:
        left = selectors.status_left(state, len(self.table.keys), self._query, self._order) if state.rows else ()
        self.query_one("#status", Line).show(left, selectors.status_right(state))

    def why(self) -> Page:
        """Why the highlighted cluster is in its state."""
        state = self.state
        cluster = state.inventory.by_key.get(self.table.key) if state.inventory else None
        if cluster is None or state.lens is None:
            return ()
        from tui.explain import cluster_page

        return cluster_page(state.lens, cluster, self.look)

    def copies(self) -> list[tuple[str, str]]:
        """Name, id and the explanation."""
        state = self.state
        cluster = state.inventory.by_key.get(self.table.key) if state.inventory else None
        return [("name", cluster.name), ("ARM id", cluster.id), *super().copies()] if cluster else []

    # -- keys

    @on(VirtualTable.RowHighlighted, "#list")
    def _highlighted(self) -> None:
        self.follow_why()

    @on(VirtualTable.RowOpened, "#list")
    def _opened(self, event: VirtualTable.RowOpened) -> None:
        from tui.screens.cluster import ClusterScreen

        self.app.push_screen(ClusterScreen(event.key))

    def action_plan(self) -> None:
        """Plan the highlighted cluster."""
        if self.table.key:
            self.post_message(PlanAsked(self.table.key))

    def action_instance(self) -> None:
        """The instance that hosts the highlighted cluster."""
        errands.show_instance(self.planner, self.table.key)

    def action_mark(self) -> None:
        """Mark the row and go to the next one."""
        if self.table.key:
            self.post_message(MarksToggled((self.table.key,)))
            self.table.action_move(1)

    def action_mark_all(self) -> None:
        """Mark all rows shown, or none."""
        self.post_message(MarksToggled(tuple(self.table.keys)))

    def action_sort(self) -> None:
        """Sort by the next column."""
        self._reorder(self._order.next())

    def action_reverse(self) -> None:
        """The other way round."""
        self._reorder(self._order.reverse())

    def _reorder(self, order: Order) -> None:
        self._order = order
        self.show(self.state)

    def action_refresh(self) -> None:
        """Read the highlighted cluster again, or the marked ones."""
        keys = tuple(sorted(self.state.marks)) or ((self.table.key,) if self.table.key else ())
        self.post_message(ReadingAsked(keys))

    def action_refresh_all(self) -> None:
        """Read everything again."""
        self.post_message(ReadingAsked())

    def action_moment(self) -> None:
        """Judge as of another day."""
        errands.ask_moment(self.planner)

    def action_portal(self) -> None:
        """Open the cluster in the portal."""
        errands.open_portal(self.planner, self.table.key)

    def action_export(self) -> None:
        """Save all facts as a snapshot."""
        errands.save_snapshot(self.planner)

    def action_clear(self) -> None:
        """Clear the filter, or stop a reading."""
        if self._query:
            self._set_query("")
        elif self.state.phase is Phase.LOADING or self.state.reading:
            self.post_message(ReadingStopped())

    # -- the filter

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A slash typed into the filter is a letter.

        The key has priority so that it takes the focus before the letters behind it are given out: fast fingers and a
        slow line must not sort, plan or open anything.
        """
        if action == "filter" and self.focused is not None and self.focused.id == "filter":
            return False
        return super().check_action(action, parameters)

    async def action_filter(self) -> None:
        """Filter as you type."""
        from tui.widgets.field import Field

        if not self.query("#filter"):
            hint = "words  !word  instance:plant  support<45d  version<1.31"
            field = Field(self._query, placeholder=hint, id="filter")
            await self.query_one("#body").mount(field, before="#status")
        self.query_one("#filter").display = True
        self.set_focus(self.query_one("#filter"))
        self.query_one("#hints", Hints).say((("⏎", "accent"), (" Keep  ", ""), ("esc", "accent"), (" Clear", "")))

    def _set_query(self, query: str) -> None:
        self._query = query.strip()
        self.show(self.state)
        for field in self.query("#filter").results():
            if field.has_focus and query:
                return
            self._leave_filter()

    def _leave_filter(self) -> None:
        from tui.widgets.field import Field

        for field in self.query("#filter").results(Field):
            field.display = False
            with field.prevent(Field.Changed):
                field.value = self._query
        self.query_one("#hints", Hints).say(())
        self.table.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Each letter filters."""
        self._query = event.value.strip()
        self.show(self.state)

    def on_input_submitted(self) -> None:
        """Keep the filter and go back to the list."""
        self._leave_filter()


def _columns(rows: tuple[Row, ...]) -> tuple[Column, ...]:
    """Names get the room they need, up to a limit; the longest of the first rows decides."""
    sample = rows[:2000]
    longest = {
        "cluster": max((len(row.name) for row in sample), default=0),
        "instance": max((len(row.instance) for row in sample), default=0),
    }
    return tuple(
        replace(column, wish=max(column.least, min(longest[column.id], 40))) if column.id in longest else column
        for column in COLUMNS
    )
