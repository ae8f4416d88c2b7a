"""Fleet: what is out of support, what comes next, worst first."""

from __future__ import annotations

from collections.abc import Iterator
from operator import is_
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui import errands, selectors
from tui.listing import COLUMNS, Listing
from tui.look import Span
from tui.messages import FleetPlanAsked, MarksToggled, PlanAsked, ReadingAsked, ReadingStopped
from tui.prose import Page
from tui.query import Order
from tui.screens.filtered import FilteredFrame
from tui.screens.lookahead import Lookahead
from tui.state import AppState, Phase
from tui.widgets.line import Line
from tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from planner.inventory import Cluster
    from tui.groups import Group

NOTES = (
    (
        "Grouped by instance (v)",
        (
            ("instance row", "its worst state and nearest end over all its clusters, also those a filter hides"),
            ("3 of 5", "3 of its 5 clusters are shown; 2 marked: that many of those shown"),
            ("order", "instances by their worst cluster; sorted by instance or release, by that"),
            ("⏎ i", "the instance"),
            ("space p r", "mark, plan together or read again its clusters that are shown"),
        ),
    ),
)


class FleetScreen(FilteredFrame):
    """The home screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", id="fleet.filter", tooltip="as you type; see Filter below", priority=True),
        Binding(
            "p",
            "plan",
            "Plan",
            id="fleet.plan",
            tooltip="plan the highlighted cluster to the newest version; of an instance all that are shown",
        ),
        Binding(
            "P", "plan_marked", "Plan marked", show=False, id="fleet.plan_marked", tooltip="plan the marked clusters"
        ),
        Binding("v", "group", "Group", id="fleet.group", tooltip="group by instance, or one flat list"),
        Binding("t", "timeline", "Timeline", show=False, id="fleet.timeline", tooltip="support against a date axis"),
        Binding("i", "instance", "Instance", id="fleet.instance", tooltip="its instance: may the hosts be updated?"),
        Binding(
            "space",
            "mark",
            "Mark",
            show=False,
            id="fleet.mark",
            tooltip="mark or unmark the row; of an instance all that are shown",
        ),
        Binding("asterisk", "mark_all", "Mark all", show=False, id="fleet.mark_all", tooltip="mark all shown, or none"),
        Binding("s", "sort", "Sort", show=False, id="fleet.sort", tooltip="sort by the next column"),
        Binding("S", "reverse", "Reverse", show=False, id="fleet.reverse", tooltip="reverse the order"),
        Binding(
            "r", "refresh", "Refresh", show=False, id="fleet.refresh", tooltip="read this cluster again (marked: all)"
        ),
        Binding("R", "refresh_all", "Refresh all", show=False, id="fleet.refresh_all", tooltip="read everything again"),
        Binding("a", "moment", "As of", show=False, id="fleet.as_of", tooltip="judge as of another day"),
        Binding("o", "portal", "Portal", show=False, id="fleet.portal", tooltip="open the cluster in the Azure portal"),
        Binding("e", "export", "Export", show=False, id="fleet.export", tooltip="save all facts as a snapshot file"),
        Binding("q", "back", "Quit", id="fleet.quit", tooltip="leave arcstep"),
        Binding("escape", "clear", "Clear", show=False, id="fleet.clear", tooltip="clear the filter; stop a reading"),
    ]
    HELP_TITLE = "Fleet"
    HELP_NOTES = NOTES
    HELP_TEXT = "Every cluster, worst first: what runs, in which support state, and the next move."
    hint_order = ("open", "filter", "plan", "instance", "group", "why", "help", "back")
    filter_hint = "words  !word  tag:site=graz  support<45d  release<2510  F1 fields"
    panel_opens_itself = True

    def __init__(self) -> None:
        super().__init__()
        self.listing = Listing()
        self.lookahead = Lookahead()
        self._shown: tuple[object, ...] = ()

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
        listing = self.listing
        if listing.update(state) and state.phase is Phase.READY:
            self.lookahead.prepare(listing.samples())
        shown = (state.rows, state.lens, state.marks, state.phase, listing.keys)
        if len(self._shown) == len(shown) and all(map(is_, self._shown, shown)):
            return
        self._shown = shown
        self.table.show(
            listing.keys,
            lambda key: self._cells(key, state),
            columns=listing.columns,
            marked=state.marks,
            empty=selectors.empty_lines(state, listing.query),
            sorted_by=listing.sorted_by,
            backwards=listing.order.backwards,
        )

    def _cells(self, key: str, state: AppState) -> tuple[Span, ...]:
        if state.lens is not None and not self.listing.waits(key, state):
            self.lookahead.want(key, state.lens, self.table)
        return self.listing.cells(key, state, self.look)

    def _status(self, state: AppState) -> None:
        left = selectors.status_left(state, self.listing) if state.rows else ()
        self.query_one("#status", Line).show(left, selectors.status_right(state))

    @property
    def _group(self) -> Group | None:
        """The instance whose row is highlighted."""
        return self.listing.group(self.table.key)

    @property
    def _cluster(self) -> Cluster | None:
        """The cluster whose row is highlighted."""
        inventory = self.state.inventory
        return inventory.by_key.get(self.table.key) if inventory else None

    def why(self) -> Page:
        """Why the highlighted cluster is in its state, or what its instance comes to."""
        lens, group, cluster = self.state.lens, self._group, self._cluster
        if lens is not None and group is not None:
            from tui.group_page import group_page

            return group_page(lens, group, self.look)
        if cluster is None or lens is None:
            return ()
        from tui.explain import cluster_page

        return cluster_page(lens, cluster, self.look)

    def copies(self) -> list[tuple[str, str]]:
        """Name, id and the explanation."""
        group, cluster = self._group, self._cluster
        if group is not None:
            return [("name", group.instance.name), ("ARM id", group.instance.id), *super().copies()]
        return [("name", cluster.name), ("ARM id", cluster.id), *super().copies()] if cluster else []

    # -- keys

    @on(VirtualTable.RowHighlighted, "#list")
    def _highlighted(self) -> None:
        self.follow_why()

    @on(VirtualTable.RowOpened, "#list")
    def _opened(self, event: VirtualTable.RowOpened) -> None:
        group = self.listing.group(event.key)
        self._open_instance(group) if group is not None else errands.show_cluster(self.planner, event.key)

    def _open_instance(self, group: Group) -> None:
        if not group.instance.id:
            self.notify("Which instance hosts these clusters is not known.", severity="warning", markup=False)
            return
        from tui.screens.instance import InstanceScreen

        self.app.push_screen(InstanceScreen(group.instance.id))

    def action_plan(self) -> None:
        """Plan the highlighted cluster; of an instance, its clusters together."""
        if self._group is not None:
            self._plan_together(self._group.keys, "No cluster of it is shown.")
        elif self.table.key:
            self.post_message(PlanAsked(self.table.key))

    def action_plan_marked(self) -> None:
        """Plan the marked clusters together, worst first."""
        marks = self.state.marks
        keys = tuple(row.key for row in self.state.rows if row.key in marks)
        self._plan_together(keys, "Mark clusters with space first.")

    def _plan_together(self, keys: tuple[str, ...], otherwise: str) -> None:
        if keys:
            self.post_message(FleetPlanAsked(keys))
        else:
            self.notify(otherwise, severity="warning", markup=False)

    def action_group(self) -> None:
        """Group by instance, or one flat list; the cursor stays on its cluster."""
        group, table = self._group, self.table
        self.listing.by_instance = not self.listing.by_instance
        self.show(self.state)
        if group is not None and group.rows:
            table.highlight(group.keys[0])

    def action_timeline(self) -> None:
        """Support against a date axis."""
        from tui.screens.timeline import TimelineScreen

        self.app.push_screen(TimelineScreen())

    def action_instance(self) -> None:
        """The instance that is highlighted, or hosts what is."""
        if self._group is not None:
            self._open_instance(self._group)
        else:
            errands.show_instance(self.planner, self.table.key)

    def action_mark(self) -> None:
        """Mark the row and go to the next one; of an instance its clusters, and to the next instance."""
        keys = self.listing.clusters(self.table.key)
        if keys:
            self._toggle(keys)
        self.table.action_move(len(keys) + 1 if self._group is not None else 1)

    def action_mark_all(self) -> None:
        """Mark all rows shown, or none."""
        self._toggle(self.listing.all_clusters)

    def _toggle(self, keys: tuple[str, ...]) -> None:
        # Straight to the app and not up through the screen, so that marks and cursor are drawn in one frame.
        self.app.post_message(MarksToggled(keys))

    def action_sort(self) -> None:
        """Sort by the next column."""
        self._reorder(self.listing.order.next())

    def action_reverse(self) -> None:
        """The other way round."""
        self._reorder(self.listing.order.reverse())

    def _reorder(self, order: Order) -> None:
        self.listing.order = order
        self.show(self.state)

    def action_refresh(self) -> None:
        """Read the highlighted cluster again, or the marked ones; of an instance its clusters."""
        keys = tuple(sorted(self.state.marks)) or self.listing.clusters(self.table.key)
        if keys or not self.listing.keys:
            self.post_message(ReadingAsked(keys))

    def action_refresh_all(self) -> None:
        """Read everything again."""
        self.post_message(ReadingAsked())

    def action_moment(self) -> None:
        """Judge as of another day."""
        errands.ask_moment(self.planner)

    def action_portal(self) -> None:
        """Open the cluster or the instance in the portal."""
        if self._group is None:
            errands.open_portal(self.planner, self.table.key)
        elif self._group.instance.id:
            errands.open_portal_of(self.planner, self._group.instance.id)

    def action_export(self) -> None:
        """Save all facts as a snapshot."""
        errands.save_snapshot(self.planner)

    def action_clear(self) -> None:
        """Clear the filter, or stop a reading."""
        if self.listing.query:
            self.clear_filter()
        elif self.state.phase is Phase.LOADING or self.state.reading:
            self.post_message(ReadingStopped())

    # -- the filter

    @property
    def sought(self) -> str:
        """The filter in force."""
        return self.listing.query

    def seek(self, query: str) -> None:
        """Show the clusters that fit."""
        self.listing.query = query
        self.show(self.state)
