"""The fleet as a list: filtered, in an order, flat or grouped by instance. No Textual.

Marks, findings and what goes on change far more often than the list does, so what was made is kept until the rows, the
filter, the order or the grouping change: a key press costs the same over 100 clusters and over 100,000.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tui import selectors
from tui.look import Look, Span
from tui.query import Order, Row, keep
from tui.state import AppState
from tui.widgets.columns import Column

if TYPE_CHECKING:
    from tui.groups import Group, InstanceRow

COLUMNS = (
    Column("sign", "", 1, 1),
    Column("cluster", "CLUSTER", 12, 16),
    Column("instance", "INSTANCE", 9, 12, drop=2),
    Column("version", "VERSION", 7, 9),
    Column("release", "RELEASE", 7, 9, drop=4),
    Column("support", "SUPPORT", 16, 17),
    Column("findings", "FINDINGS", 11, 11, drop=3),
    Column("next", "NEXT", 14, 14, drop=1),
)
PLACES = (0, 1, 3, 4, 5, 6, 7)
"""The columns of the grouped list: the instance stands above its clusters."""
SAMPLE = 2000
"""Rows whose names decide how wide a column is."""
WIDEST = 40


class Listing:
    """What the list shows and why. `query`, `order` and `by_instance` are what the operator chose."""

    def __init__(self) -> None:
        self.query = ""
        self.order = Order()
        self.by_instance = False
        self.keys: Sequence[str] = ()
        self.columns: tuple[Column, ...] = COLUMNS
        self._all: tuple[Row, ...] = ()
        self._rows: Mapping[str, Row] = {}
        self._kept: Sequence[Row] = ()
        self._groups: Mapping[str, Group] = {}
        self._instances: Mapping[str, InstanceRow] | None = None
        self._made: tuple[str, Order, bool] | None = None

    def update(self, state: AppState) -> bool:
        """Follow the state and what was chosen; True where the rows themselves are others than before."""
        fresh = self._all is not state.rows
        if fresh:
            self._all, self._rows = state.rows, {row.key: row for row in state.rows}
            self._instances = None
        wanted = (self.query, self.order, self.by_instance)
        if fresh or self._made != wanted:
            self._make(state, wanted, fresh=fresh)
        return fresh

    def _make(self, state: AppState, wanted: tuple[str, Order, bool], *, fresh: bool) -> None:
        made, self._made = self._made, wanted
        if fresh or made is None or made[2] != self.by_instance:
            self.columns = _columns(state.rows, by_instance=self.by_instance)
        rows = keep(state.rows, self.query, state.as_of.date()) if state.as_of else state.rows
        narrowed = not fresh and made is not None and made[1:] == wanted[1:] and made[0] and self.query
        if narrowed and rows and rows == self._kept:
            return  # another letter that excludes nothing: there is nothing to draw
        self._kept = rows
        if self.by_instance:
            self._group(rows, state)
        else:
            self._groups = {}
            self.keys = [row.key for row in self.order.sort(rows)]

    def samples(self) -> list[str]:
        """The worst cluster of each release."""
        return [row.key for row in {row.release: row for row in reversed(self._all)}.values()]

    def _group(self, rows: Sequence[Row], state: AppState) -> None:
        from tui.groups import grouped, instance_rows

        if self._instances is None:
            self._instances = instance_rows(state.rows, state.inventory.instances if state.inventory else ())
        groups = grouped(rows, self._instances, self.order, whole=not self.query)
        self._groups = {group.instance.key: group for group in groups}
        self.keys = [key for group in groups for key in (group.instance.key, *group.keys)]

    @property
    def shown(self) -> int:
        """Clusters shown; rows of instances do not count."""
        return len(self._kept)

    @property
    def instances(self) -> int:
        """Rows of instances shown; clusters whose instance is unknown stand under none."""
        return sum(bool(group.instance.id) for group in self._groups.values())

    @property
    def sorted_by(self) -> str:
        """The column that carries the arrow; names of instances stand above those of clusters."""
        column = self.order.column
        return "cluster" if self.by_instance and column == "instance" else column

    def group(self, key: str) -> Group | None:
        """The instance behind a row; None where the row is a cluster."""
        return self._groups.get(key)

    def clusters(self, key: str) -> tuple[str, ...]:
        """The clusters behind a row: itself, or those shown of an instance."""
        group = self._groups.get(key)
        return group.keys if group else (key,) if key else ()

    @property
    def all_clusters(self) -> tuple[str, ...]:
        """Every cluster shown."""
        return tuple(key for key in self.keys if key not in self._groups)

    def hidden(self, marks: frozenset[str]) -> int:
        """Marked clusters a filter hides."""
        return len(marks) - sum(key in marks for key in self.keys) if self.query and marks else 0

    def cells(self, key: str, state: AppState, look: Look) -> tuple[Span, ...]:
        """What a row says, one span a column."""
        group = self._groups.get(key)
        if group is not None:
            from tui.groups import group_cells

            assert state.as_of is not None  # there are no rows without it
            return group_cells(group, state.marks, state.as_of.date(), look)
        made = selectors.fleet_cells(self._rows[key], state, look)
        if not self.by_instance:
            return made
        sign, (name, tone), _, version, _, *others = made
        return (sign, (f"  {name}", tone), version, ("", ""), *others)

    def waits(self, key: str, state: AppState) -> bool:
        """Whether nothing is to be found out about a row now: its facts are still to come, or it is no cluster."""
        row = self._rows.get(key)
        return row is None or selectors.is_awaited(row, state)


def _columns(rows: tuple[Row, ...], *, by_instance: bool) -> tuple[Column, ...]:
    """Names get the room they need, up to a limit; the longest of the first rows decides."""
    sample = rows[:SAMPLE]
    cluster = max((len(row.name) for row in sample), default=0)
    instance = max((len(row.instance) for row in sample), default=0)
    if by_instance:
        from tui.groups import NOWHERE

        instance = max(instance, len(NOWHERE) if any(not row.home for row in sample) else 0)
        return tuple(_wide(COLUMNS[place], max(cluster + 2, instance)) for place in PLACES)
    return tuple(
        _wide(column, cluster if column.id == "cluster" else instance if column.id == "instance" else 0)
        for column in COLUMNS
    )


def _wide(column: Column, longest: int) -> Column:
    if column.id not in ("cluster", "instance"):
        return column
    return replace(column, wish=max(column.least, min(longest, WIDEST)))
