"""What the timeline shows: rows in the order of their ends, and the bar of a row once it comes into view.

The facts on screen are one kind of subject; the clusters and instances of a plan, in `timeline_plan`, are another.
Pure; no Textual.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from planner.clocks import ClockState
from planner.fleet.bars import cluster_bar, instance_bar
from planner.fleet.instance_clocks import instance_clocks, own_subscription
from planner.states import SupportState
from planner.timeline import Bar, Ink, draw, end_words, runs
from tui.explain import clock_items, instance_clock_items
from tui.look import SOON, Look, Sign, Span, Spans, support_sign
from tui.prose import Page, heading
from tui.query import Row, keep
from tui.timeline_starts import start_items
from tui.widgets.columns import Column

if TYPE_CHECKING:
    from planner.axis import Axis
    from planner.inventory import Cluster, Instance
    from tui.lens import Lens
    from tui.timeline_starts import Tabled

TONES: Final[Mapping[Ink, str]] = {
    Ink.BLANK: "",
    Ink.SUPPORTED: "good",
    Ink.UNKNOWN: "unknown",
    Ink.GRACE: "warning",
    Ink.DISPUTED: "warning",
    Ink.AFTER: "bad",
    Ink.WINDOW: "accent",
    Ink.FREEZE: "",
    Ink.TODAY: "strong",
    Ink.PLANNED: "accent",
    Ink.END: "strong",
    Ink.MUST_START: "heading",
}
SHORT: Final = {
    "Kubernetes minor": "Kubernetes",
    "Azure Local release": "release",
    "Last contact": "contact",
    "Stopped": "may be stopped",
    "Subscription": "subscription",
    "Arc Resource Bridge": "bridge",
}
"""The clocks in the narrow column."""


class Home(NamedTuple):
    """An instance in the list."""

    key: str
    name: str
    ends: date | None


class Subjects(Protocol):
    """Clusters or instances with their bars."""

    as_of: datetime
    clusters: Sequence[Row]
    """Nearest end first, those without a date last."""

    def instances(self, rows: Sequence[Row]) -> Sequence[Home]:
        """The instances of these clusters, nearest end first; all there are for all clusters."""
        ...

    def bar(self, key: str) -> Bar:
        """The bar of a cluster or an instance. Raises KeyError where there is none."""
        ...

    def instance_name(self, key: str) -> str:
        """The instance a row stands for or is on, by which a calendar names it; "" = not known."""
        ...

    def state(self, key: str) -> SupportState:
        """The worst support state behind the bar."""
        ...

    def why(self, key: str, look: Look) -> Page:
        """The clocks behind the bar, each with source and confidence."""
        ...


def nearest_first(entry: Row | Home) -> date:
    """The order of the list: rows come worst first and stay so among those of one day."""
    return entry.ends or date.max


class Facts:
    """The fleet as it is seen through a lens, with what plans on the table say about when."""

    def __init__(self, rows: Sequence[Row], lens: Lens, table: Mapping[str, Tabled]) -> None:
        self.as_of = lens.judge.as_of
        self.clusters = sorted(rows, key=nearest_first)
        self._rows, self._table = rows, table
        self._lens, self._judge = lens, lens.judge
        self._inventory = lens.judge.inventory
        self._bars: dict[str, Bar] = {}
        self._states: dict[str, SupportState] = {}

    @cached_property
    def _homes(self) -> tuple[Home, ...]:
        """All instances, without making their bars: an end of release or bridge is one of each of its clusters too."""
        ends: dict[str, date | None] = {}
        for row in self.clusters:
            if row.home and row.home not in ends:
                ends[row.home] = row.ends
        for one in self._inventory.instances:
            if one.id in ends:
                found = (ends[one.id], own_subscription(one, self._judge).ends)
                ends[one.id] = min((day for day in found if day is not None), default=None)
            else:
                ends[one.id] = self.bar(one.id).ends
        names = {one.id: one.name for one in self._inventory.instances}
        return tuple(sorted((Home(key, names[key], day) for key, day in ends.items()), key=nearest_first))

    def instances(self, rows: Sequence[Row]) -> Sequence[Home]:
        """Without a filter also those that host no cluster."""
        if len(rows) == len(self.clusters):
            return self._homes
        kept = {row.home for row in rows}
        return [home for home in self._homes if home.key in kept]

    def bar(self, key: str) -> Bar:
        """Made when first asked for."""
        if key not in self._bars:
            instance = self._inventory.instance_by_id.get(key)
            made = instance_bar(instance, self._judge) if instance else cluster_bar(self._cluster(key), self._judge)
            self._bars[key] = replace(made, marks=self._table[key].marks) if key in self._table else made
        return self._bars[key]

    def instance_name(self, key: str) -> str:
        """As it was read."""
        instance = self._inventory.instance_by_id.get(key)
        instance = instance or self._inventory.instance_of(self._cluster(key))
        return instance.name if instance is not None else ""

    def _cluster(self, key: str) -> Cluster:
        return self._inventory.by_key[key]

    def state(self, key: str) -> SupportState:
        """Of an instance: the worst of its clusters and its own clocks."""
        if key not in self._states:
            instance = self._inventory.instance_by_id.get(key)
            made = self._worst(instance) if instance else self._judge.state(self._cluster(key))[0]
            self._states[key] = made
        return self._states[key]

    @cached_property
    def _worst_hosted(self) -> dict[str, SupportState]:
        """The worst state of the clusters of each instance: rows come worst first."""
        worst: dict[str, SupportState] = {}
        for row in self._rows:
            worst.setdefault(row.home, row.state)
        return worst

    def _worst(self, instance: Instance) -> SupportState:
        states = [self._worst_hosted.get(instance.id, SupportState.SUPPORTED)]
        for own in (one.clock for one in instance_clocks(instance, self._judge) if not one.cluster):
            if own.kind != "Arc Resource Bridge":
                states.append(_OWN.get(own.state, SupportState.SUPPORTED))
        return min(states, key=lambda state: state.order)

    def why(self, key: str, look: Look) -> Page:
        """The latest start by a plan on the table, and the six clocks."""
        told = self._table.get(key)
        start = start_items(told.must_start, told.zone, look) if told is not None else ()
        instance = self._inventory.instance_by_id.get(key)
        if instance is None:
            cluster = self._cluster(key)
            return (heading(cluster.name), *start, *clock_items(self._judge.support(cluster).clocks, self._lens, look))
        return (heading(instance.name), *start, *instance_clock_items(instance, self._lens, look))


_OWN: Final = {ClockState.ENDED: SupportState.OUT_OF_SUPPORT, ClockState.UNKNOWN: SupportState.UNKNOWN}


# -- cells --


COLUMNS: Final = (
    Column("sign", "", 1, 1),
    Column("name", "NAME", 12, 12),
    Column("bar", "", 22, 400),
    Column("end", "NEAREST END", 19, 19),
    Column("clock", "CLOCK", 22, 24, drop=1),
)
WIDEST_NAME: Final = 32


SAMPLE: Final = 2000
"""Rows whose names decide how wide their column is."""


def columns_of(entries: Sequence[Row | Home]) -> tuple[Column, ...]:
    """Names get the room they need, up to a limit; the bars take what is left."""
    longest = min(max((len(entry.name) for entry in entries[:SAMPLE]), default=0), WIDEST_NAME)
    return tuple(
        replace(column, wish=max(column.least, longest)) if column.id == "name" else column for column in COLUMNS
    )


def kept(subjects: Subjects, query: str) -> Sequence[Row]:
    """The clusters the filter leaves, nearest end first."""
    return keep(subjects.clusters, query, subjects.as_of.date())


def bar_spans(bar: Bar, axis: Axis, width: int, as_of: date, look: Look) -> Spans:
    """A bar in exactly `width` cells. What is still to come is not red yet; support that ends soon is a warning."""
    inks = draw(bar, axis, width, as_of)
    now = min(max(axis.cell(as_of), 0), width)
    soon = bar.ends is not None and 0 <= (bar.ends - as_of).days <= SOON
    coming = dict(TONES) | {Ink.AFTER: "muted"}
    if soon:
        coming[Ink.SUPPORTED] = "warning"
    return (*_toned(inks[:now], TONES, look), *_toned(inks[now:], coming, look))


def _toned(inks: Sequence[Ink], tones: Mapping[Ink, str], look: Look) -> Spans:
    return tuple(((ink.ascii if look.ascii else ink.glyph) * cells, tones[ink]) for ink, cells in runs(inks))


def sign_of(subjects: Subjects, key: str) -> Sign:
    """The sign before a row."""
    return support_sign(subjects.state(key), subjects.bar(key).ends, subjects.as_of.date())


def row_cells(subjects: Subjects, key: str, look: Look) -> tuple[Span, ...]:
    """Sign, name, room for the bar, the nearest end in words, the clock it is of."""
    bar, sign = subjects.bar(key), sign_of(subjects, key)
    return (
        (look.sign(sign), sign.tone),
        (bar.label, "strong"),
        ("", ""),
        (near_words(subjects.state(key), bar.ends, subjects.as_of.date()), sign.tone),
        (clock_name(bar), "muted"),
    )


def clock_name(bar: Bar) -> str:
    """The clock that ends first, and in the bar of an instance its cluster; "-" where no clock has a date."""
    clock = SHORT.get(bar.kind, bar.kind)
    return f"{clock}, {bar.owner}" if bar.owner else clock or "-"


def near_words(state: SupportState, ends: date | None, today: date) -> str:
    """State where it is more than a date, and the nearest end: "ends in 18 d", "stranded, 201 d ago"."""
    if state in (SupportState.STRANDED, SupportState.UNKNOWN):
        if ends is None:
            return str(state)
        days = (ends - today).days
        return f"{state}, {-days} d ago" if days < 0 else f"{state}, in {days} d"
    if state is SupportState.GRACE and ends is not None and ends >= today:
        return f"grace, {(ends - today).days} d left"
    return end_words(ends, today)


def legend(look: Look, *, planned: bool) -> Spans:
    """Every ink in its tone with its word; with a plan closer together, since there are more.

    The two of a calendar stand beside their names in the line above.
    """
    hidden = {Ink.BLANK, Ink.FREEZE, Ink.WINDOW}
    hidden |= {Ink.TODAY} if planned else {Ink.PLANNED, Ink.MUST_START}
    spans: list[Span] = []
    for ink in Ink:
        if ink not in hidden:
            gap = " " if planned else "  "
            spans += [(ink.ascii if look.ascii else ink.glyph, TONES[ink]), (f" {ink.words}{gap}", "muted")]
    return tuple(spans)
