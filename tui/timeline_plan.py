"""The timeline of a plan: its clusters and instances as the plan judged them, with slots and latest starts. No Textual."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from planner.axis import Zoom
from planner.clocks import Clock, ClockKind, ClockState
from planner.fleet.bars import member_bars, planned_bars
from planner.fleet.homes import members_by_instance
from planner.states import SupportState
from planner.timeline import Bar, fitting
from planner.version import InvalidVersion, KubernetesVersion
from tui.explain import clock_items_at
from tui.look import Look
from tui.prose import Page, heading
from tui.query import Row
from tui.timeline_rows import Home, nearest_first
from tui.timeline_starts import start_items, zone_name, zone_of

if TYPE_CHECKING:
    from planner.fleetplan import FleetPlan, Member
    from planner.plan import ClockLine

NARROW = 80


class Planned:
    """The subjects of a plan; no other facts are needed."""

    def __init__(self, plan: FleetPlan) -> None:
        self.as_of = plan.as_of
        self.zone, self.zone_name = zone_of(plan.timing), zone_name(plan.timing)
        self._bars = {bar.key: bar for bar in (*planned_bars(plan, self.zone), *member_bars(plan, self.zone))}
        self._members = {member.id.casefold(): member for member in plan.members}
        self._instances = {one.id: one for one in plan.instances}
        self._hosted = members_by_instance(plan)
        homes = {one.id: id for id, hosted in self._hosted.items() for one in hosted}
        rows = [_row(member, self._bars[key], homes) for key, member in self._members.items()]
        self.clusters: Sequence[Row] = sorted(rows, key=nearest_first)

    @property
    def zoom(self) -> Zoom:
        """The closest one on which everything that is planned can be seen."""
        return fitting([self._bars[row.key] for row in self.clusters], NARROW, self.as_of.date()).zoom

    def instances(self, rows: Sequence[Row]) -> Sequence[Home]:
        """Without a filter also those that have no cluster in the plan."""
        kept = {row.home for row in rows}
        found = [key for key in self._instances if key in kept or len(rows) == len(self.clusters)]
        return sorted((Home(key, self._instances[key].name, self._bars[key].ends) for key in found), key=nearest_first)

    def bar(self, key: str) -> Bar:
        """With the planned steps and the latest start."""
        return self._bars[key]

    def instance_name(self, key: str) -> str:
        """As the plan says."""
        return self._members[key].instance if key in self._members else self._instances[key].name

    def state(self, key: str) -> SupportState:
        """As the plan says; of an instance the worst of its clusters."""
        if key in self._members:
            return _state(self._members[key].support)
        states = [_state(member.support) for member in self._hosted[key]]
        return min(states, key=lambda state: state.order, default=SupportState.UNKNOWN)

    def why(self, key: str, look: Look) -> Page:
        """How the latest start comes about, and the clocks as the plan remembers them."""
        one = self._members.get(key) or self._instances[key]
        clocks = [found for line in one.clocks if (found := _clock(line)) is not None]
        return (
            heading(one.name),
            *start_items(one.must_start, self.zone_name, look),
            *clock_items_at(clocks, self.as_of.date(), look),
        )


def _state(text: str) -> SupportState:
    """The state a plan names; a word of another program is unknown."""
    with suppress(ValueError):
        return SupportState(text)
    return SupportState.UNKNOWN


def _clock(line: ClockLine) -> Clock | None:
    """The clock behind a line; None for a kind this program does not know."""
    with suppress(ValueError):
        kind, state = ClockKind(line.kind), ClockState(line.state)
        return Clock(kind, state, line.ends, line.latest, None, line.rule, line.reading, line.source)
    return None


def _row(member: Member, bar: Bar, homes: dict[str, str]) -> Row:
    version = None
    with suppress(InvalidVersion):
        version = KubernetesVersion.parse(member.version)
    words = f"{member.name} {member.resource_group} {member.instance} {member.version} {member.support} {member.part}"
    return Row(
        key=bar.key,
        name=member.name,
        group=member.resource_group,
        instance=member.instance,
        release="",
        version=version,
        state=_state(member.support),
        ends=bar.ends,
        missing="",
        text=words.casefold(),
        home=homes.get(member.id, ""),
    )
