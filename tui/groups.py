"""The fleet grouped by instance: which clusters stand under which instance, and what its own row says. Pure; no Textual.

Imported only when the list is grouped: the first frame does without it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from planner.inventory import Instance, value_of
from tui.look import INFO, MARK, UNKNOWN, Look, Sign, Span, count, number, support_sign, support_words
from tui.query import Order, Row

if TYPE_CHECKING:
    from planner.states import SupportState

KEY: Final = "instance "
"""What the key of an instance's row begins with; the key of a cluster is its ARM id, which has no space."""
NOWHERE: Final = "instance unknown"


@dataclass(frozen=True, slots=True)
class InstanceRow:
    """What the list knows of an instance, from all its clusters and not only from those a filter leaves."""

    id: str
    """Lower-cased ARM id; "" for the clusters whose instance is unknown."""
    name: str
    release: str
    clusters: int
    worst: Row | None
    """Its first cluster, worst first; None where it hosts none."""
    ends: date | None
    """The nearest end of any of its clusters; None where none has a date."""
    states: tuple[tuple[SupportState, int], ...] = ()
    """How many of its clusters are in each state, worst first."""

    @property
    def key(self) -> str:
        """The key of its row."""
        return KEY + self.id


@dataclass(frozen=True, slots=True)
class Group:
    """An instance and those of its clusters that are shown, in the order of the list."""

    instance: InstanceRow
    rows: tuple[Row, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the clusters shown."""
        return tuple(row.key for row in self.rows)


def instance_rows(rows: Iterable[Row], instances: Iterable[Instance]) -> Mapping[str, InstanceRow]:
    """Every instance by id: ordered by its worst cluster, those that host none last. `rows` come worst first."""
    hosted = _by_home(rows)
    found = {home: _instance_row(home, own) for home, own in hosted.items()}
    for instance in instances:
        if instance.id not in found:
            build = value_of(instance.build)
            release = str(build.release) if build else ""
            found[instance.id] = InstanceRow(instance.id, instance.name, release, 0, None, None)
    return found


def _instance_row(home: str, own: Sequence[Row]) -> InstanceRow:
    first = own[0]
    ends = min((row.ends for row in own if row.ends is not None), default=None)
    name, release = (first.instance, first.release) if home else (NOWHERE, "")
    counted = Counter(row.state for row in own)
    states = tuple(sorted(counted.items(), key=lambda pair: pair[0].order))
    return InstanceRow(home, name, release, len(own), first, ends, states)


def _by_home(rows: Iterable[Row]) -> dict[str, list[Row]]:
    hosted: dict[str, list[Row]] = {}
    for row in rows:
        own = hosted.get(row.home)
        if own is None:
            hosted[row.home] = [row]
        else:
            own.append(row)
    return hosted


def grouped(
    rows: Sequence[Row], instances: Mapping[str, InstanceRow], order: Order, *, whole: bool
) -> tuple[Group, ...]:
    """The rows under their instances. `whole` = nothing is filtered away, so that empty instances are shown too.

    Instances stand by their worst cluster, and by name or release where that is the order asked for; clusters stand
    in the order asked for.
    """
    hosted = _by_home(order.sort(rows))
    homes = [home for home in instances if whole or home in hosted]
    if order.column == "instance":
        homes.sort(key=lambda home: instances[home].name.casefold(), reverse=order.backwards)
    elif order.column == "release":
        homes.sort(key=lambda home: instances[home].release, reverse=order.backwards)
    elif order.is_worst_first and order.backwards:
        homes.reverse()
    return tuple(Group(instances[home], tuple(hosted.get(home, ()))) for home in homes)


def group_cells(group: Group, marks: frozenset[str], as_of: date, look: Look) -> tuple[Span, ...]:
    """The row of an instance: sign, name, "", release, worst state, clusters or marks, nearest end."""
    instance = group.instance
    sign, state = worst_of(instance, as_of)
    return (
        (look.sign(sign), sign.tone),
        (instance.name, "heading" if instance.id else UNKNOWN.tone),
        ("", ""),
        (instance.release or "?", "heading" if instance.release else UNKNOWN.tone),
        (state, sign.tone),
        _number_of(group, marks),
        (f"end {instance.ends}" if instance.ends else "", "muted"),
    )


def _number_of(group: Group, marks: frozenset[str]) -> Span:
    """How many clusters there are; while some are hidden, how many are shown; while some are marked, how many."""
    marked = sum(row.key in marks for row in group.rows) if marks else 0
    if marked:
        return f"{number(marked)} marked", MARK.tone
    shown, there = len(group.rows), group.instance.clusters
    return count(there, "cluster") if shown == there else f"{number(shown)} of {number(there)}", "muted"


def worst_of(instance: InstanceRow, as_of: date) -> tuple[Sign, str]:
    """The state of an instance's worst cluster, as a sign and in words."""
    worst = instance.worst
    if worst is None:
        return INFO, "no cluster"
    return support_sign(worst.state, worst.ends, as_of), support_words(worst.state, worst.ends, as_of)
