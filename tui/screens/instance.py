"""Instance: the release of the hosts, and the clusters they carry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from planner.inventory import Instance, value_of
from planner.support import ClockState
from tui import selectors
from tui.explain import clock_items, cluster_page
from tui.look import Span, clock_sign, clock_words, count
from tui.messages import PlanAsked
from tui.prose import GAP, Item, Page, field, heading
from tui.query import Row
from tui.screens.frame import Frame
from tui.screens.lookahead import Lookahead
from tui.state import AppState
from tui.widgets.columns import Column
from tui.widgets.virtual_table import VirtualTable

COLUMNS = (
    Column("sign", "", 1, 1),
    Column("cluster", "CLUSTER", 14, 40),
    Column("version", "VERSION", 8, 10),
    Column("support", "SUPPORT", 17, 18),
    Column("findings", "FINDINGS", 8, 11, drop=1),
    Column("next", "NEXT", 12, 16),
)
PLACES = (0, 1, 3, 5, 6, 7)
"""Which cells of a fleet row stand here: the instance and its release are in the first lines."""


class InstanceScreen(Frame):
    """One Azure Local instance."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "plan", "Plan", id="instance.plan", tooltip="plan the highlighted cluster"),
    ]
    HELP_TITLE = "Instance"
    HELP_TEXT = "The hosts: their release, its support, and the clusters they carry."
    hint_order = ("open", "plan", "why", "help", "back")

    def __init__(self, instance_id: str) -> None:
        super().__init__()
        self._id = instance_id
        self._rows: dict[str, Row] = {}
        self.lookahead = Lookahead()

    def body(self) -> Iterator[Widget]:
        """The clusters."""
        yield VirtualTable(COLUMNS, id="hosted")

    @property
    def instance(self) -> Instance | None:
        """The instance as last read."""
        return self.state.inventory.instance_by_id.get(self._id) if self.state.inventory else None

    def show(self, state: AppState) -> None:
        """Release, its clock, the clusters worst first."""
        instance, lens = self.instance, state.lens
        if instance is None or lens is None or state.inventory is None or state.as_of is None:
            self.say(self.crumbs("Fleet", "instance"), (("This instance is no longer in what was read.", "warning"),))
            return
        hosted = {cluster.key for cluster in state.inventory.clusters_by_instance.get(self._id, ())}
        self._rows = {row.key: row for row in state.rows if row.key in hosted}
        build = value_of(instance.build)
        left = (*self.crumbs("Fleet", instance.name), (f"   release {build.release if build else 'unknown'}", "muted"))
        clock = lens.judge.instance_clock(instance)
        days = clock.days_left(state.as_of.date())
        sign = clock_sign(clock.state, days)
        words = f"{self.look.sign(sign)} Release {clock_words(clock.state, days)}. "
        self.say(left, ((words, sign.tone), (clock.reading, "")), ((count(len(hosted), "cluster"), "muted"),))
        if clock.state is ClockState.ENDED:
            self.say(left, ((count(len(hosted), "cluster"), "strong"), (" on this instance", "")))
            self.warn(
                (
                    (self.look.sign(sign), ""),
                    (" ", ""),
                    (f"Release {clock_words(clock.state, days)}. ", ""),
                    (clock.reading, ""),
                    (f" [{clock.source}]", ""),
                )
            )
        self.query_one(VirtualTable).show(list(self._rows), self._cells, empty=((("It hosts no cluster.", ""),),))
        self.follow_why()

    def _cells(self, key: str) -> tuple[Span, ...]:
        if self.state.lens is not None:
            self.lookahead.want(key, self.state.lens, self.query_one(VirtualTable))
        made = selectors.fleet_cells(self._rows[key], self.state, self.look)
        return tuple(made[place] for place in PLACES)

    def why(self) -> Page:
        """The instance with its clock, then the highlighted cluster."""
        instance, lens, inventory = self.instance, self.state.lens, self.state.inventory
        if instance is None or lens is None or inventory is None:
            return ()
        page: list[Item] = [heading(instance.name), field("build", str(value_of(instance.build) or "unknown"))]
        page += [field("update", value_of(instance.update_state) or "unknown"), GAP]
        page += clock_items((lens.judge.instance_clock(instance),), lens, self.look)
        cluster = inventory.by_key.get(self.query_one(VirtualTable).key)
        return (*page, GAP, *cluster_page(lens, cluster, self.look)) if cluster else tuple(page)

    def copies(self) -> list[tuple[str, str]]:
        """Name and id."""
        instance = self.instance
        return [("name", instance.name), ("ARM id", instance.id)] if instance else []

    @on(VirtualTable.RowHighlighted)
    def _highlighted(self) -> None:
        self.follow_why()

    @on(VirtualTable.RowOpened)
    def _opened(self, event: VirtualTable.RowOpened) -> None:
        from tui.screens.cluster import ClusterScreen

        self.app.push_screen(ClusterScreen(event.key))

    def action_plan(self) -> None:
        """Plan the highlighted cluster."""
        if self.query_one(VirtualTable).key:
            self.post_message(PlanAsked(self.query_one(VirtualTable).key))
