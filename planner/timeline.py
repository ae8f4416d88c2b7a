"""Support as bars on a date axis: values, and their drawing as cells and as lines of plain text.

A bar is a conjunction (P10): it ends with the first of its clocks. What is not known is drawn as "?", never as support.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from itertools import groupby
from typing import Final, Protocol

from planner.axis import Axis, Zoom
from planner.clocks import GRACE_DAYS, Clock, ClockKind, ClockState


class Ink(Enum):
    """What a cell says: glyph, ASCII twin, its word in a legend, its meaning. Of two in one cell the later is drawn."""

    BLANK = (" ", " ", "", "before the release that is judged")
    SUPPORTED = ("█", "#", "in support", "every clock still runs")
    UNKNOWN = ("?", "?", "unknown", "something that decides about support could not be read or is not known")
    GRACE = ("▒", "=", "grace", "the minor was removed; support goes on until the end")
    DISPUTED = ("░", "~", "disputed", "past the earliest end, which is judged; another rule gives a later one")
    AFTER = ("·", ".", "ended", "out of support by every rule")
    WINDOW = ("▂", "_", "work allowed", "a day of the highlighted row with a window, or on which any time is allowed")
    FREEZE = ("╱", "/", "freeze", "every second cell: nothing may be under way, by a freeze or an end of the calendar")
    TODAY = ("│", "|", "today", "the day all judgements refer to")
    PLANNED = ("▬", "+", "planned", "a planned step")
    END = ("◇", "*", "end", "the nearest end: the last good day of the clock that ends first")
    MUST_START = ("►", ">", "start by", "the latest day to begin so that the end is met")

    def __init__(self, glyph: str, ascii: str, words: str, meaning: str) -> None:
        self.glyph, self.ascii, self.words, self.meaning = glyph, ascii, words, meaning


@dataclass(frozen=True, slots=True)
class Mark:
    """Something planned, or a freeze, from one day to another, both included."""

    ink: Ink
    first: date
    last: date


class Dated(Protocol):
    """A clock, or what a plan remembers of one."""

    @property
    def kind(self) -> str:
        """Which of the six."""
        ...

    @property
    def state(self) -> str:
        """How it stands."""
        ...

    @property
    def ends(self) -> date | None:
        """The last good day judged."""
        ...

    @property
    def latest(self) -> date | None:
        """The latest day another rule gives."""
        ...

    @property
    def rule(self) -> str:
        """The rule that gave `ends`."""
        ...


@dataclass(frozen=True, slots=True)
class Bar:
    """The support of a cluster or an instance over time."""

    key: str
    label: str
    ends: date | None
    """The last good day of the clock that ends first; None where no clock has a date."""
    latest: date | None = None
    """The last day any rule would still call supported, where that is later than `ends`."""
    first: date | None = None
    """The first day worth drawing, such as the one its release came out; None = not known, so that the past stays empty."""
    grace: date | None = None
    """The first day of grace, where there is or was any."""
    is_known: bool = True
    """Every clock that decides about support has an answer."""
    is_certain: bool = True
    """After the last end support is over; False where only an inferred clock ended."""
    kind: str = ""
    """Which clock ends first; "" = none has a date."""
    owner: str = ""
    """Name of the cluster that clock is of, in the bar of an instance."""
    marks: tuple[Mark, ...] = ()


def bar_of(
    key: str,
    label: str,
    clocks: Iterable[tuple[Dated, str]],
    *,
    first: date | None = None,
    marks: tuple[Mark, ...] = (),
) -> Bar:
    """The bar of all clocks together, each given with the cluster it is of ("" = its own).

    A lapsed Arc Resource Bridge is inferred and is no end of support: after it, rules are said to disagree until a clock
    of support ends, and nothing is known where none does.
    """
    owned = tuple(clocks)
    dated = [(clock.ends, place) for place, (clock, _) in enumerate(owned) if clock.ends is not None]
    hard = [clock for clock, _ in owned if clock.kind != ClockKind.BRIDGE]
    over = min((clock.latest or clock.ends for clock in hard if clock.ends is not None), default=None)
    ends, place = min(dated, default=(None, -1))
    return Bar(
        key=key,
        label=label,
        ends=ends,
        latest=over if ends is not None and over is not None and over > ends else None,
        first=first,
        grace=min((day for clock in hard if (day := _grace(clock)) is not None), default=None),
        is_known=all(clock.state != ClockState.UNKNOWN for clock in hard),
        is_certain=over is not None,
        kind=str(owned[place][0].kind) if ends is not None else "",
        owner=owned[place][1] if ends is not None else "",
        marks=marks,
    )


def _grace(clock: Dated) -> date | None:
    """The day grace began; the first of all days where there is grace and its begin is not known."""
    if clock.kind != ClockKind.KUBERNETES or clock.ends is None:
        return None
    if clock.rule == "P3":
        return clock.ends - timedelta(days=GRACE_DAYS)
    if clock.state != ClockState.GRACE:
        return None
    return (clock.starts if isinstance(clock, Clock) else None) or date.min


# -- drawing --


def draw(bar: Bar, axis: Axis, width: int, as_of: date) -> tuple[Ink, ...]:
    """One ink a cell. A cell of several days shows what holds on the last of them, so that no end is drawn too late."""
    first = bar.first or min(as_of, bar.ends or as_of)
    cells = [Ink.BLANK] * width
    _paint(cells, axis, first, Ink.SUPPORTED if bar.is_known else Ink.UNKNOWN)
    if bar.grace is not None and bar.is_known:
        _paint(cells, axis, max(bar.grace, first), Ink.GRACE)
    over = Ink.AFTER if bar.is_certain else Ink.UNKNOWN
    if bar.ends is None:
        _paint(cells, axis, _after(as_of), Ink.UNKNOWN)
    elif bar.latest is None:
        _paint(cells, axis, _after(bar.ends), over)
    else:
        _paint(cells, axis, _after(bar.ends), Ink.DISPUTED)
        _paint(cells, axis, _after(bar.latest), over)
    _mark(cells, bar, axis, as_of)
    return tuple(cells)


def _after(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)


def _paint(cells: list[Ink], axis: Axis, start: date, ink: Ink) -> None:
    """From the cell of a day to the right end."""
    place = max(axis.cell(start), 0)
    cells[place:] = [ink] * (len(cells) - place)


def _mark(cells: list[Ink], bar: Bar, axis: Axis, as_of: date) -> None:
    marks = [Mark(Ink.TODAY, as_of, as_of), *bar.marks]
    if bar.ends is not None:
        marks.append(Mark(Ink.END, bar.ends, bar.ends))
    order = list(Ink)
    for mark in sorted(marks, key=lambda mark: order.index(mark.ink)):
        first, last, every = max(axis.cell(mark.first), 0), min(axis.cell(mark.last) + 1, len(cells)), 1
        if mark.ink is Ink.FREEZE:
            # A hatching: what holds about support still shows between its cells. The sign of today would hide the first.
            first, every = first + (first == axis.cell(as_of)), 2
        for place in range(first, last, every):
            cells[place] = mark.ink


def lane(marks: Iterable[Mark], axis: Axis, width: int) -> tuple[Ink, ...]:
    """One ink a cell of what a calendar says alone, without support: here a freeze fills all its cells."""
    cells = [Ink.BLANK] * width
    for mark in sorted(marks, key=lambda mark: list(Ink).index(mark.ink)):
        for place in range(max(axis.cell(mark.first), 0), min(axis.cell(mark.last) + 1, width)):
            cells[place] = mark.ink
    return tuple(cells)


def runs(inks: Iterable[Ink]) -> tuple[tuple[Ink, int], ...]:
    """Neighbours of one ink joined: (ink, cells)."""
    return tuple((ink, sum(1 for _ in same)) for ink, same in groupby(inks))


# -- text --

GAP: Final = 2
MOST_LABEL: Final = 28


def end_words(ends: date | None, as_of: date) -> str:
    """The nearest end in at most 17 cells, such as "ended 163 d ago" or "ends in 18 d"."""
    if ends is None:
        return "no date known"
    days = (ends - as_of).days
    return f"ended {-days} d ago" if days < 0 else "ends today" if days == 0 else f"ends in {days} d"


def fitting(bars: Sequence[Bar], width: int, as_of: date) -> Axis:
    """The closest axis on which every coming end and mark has a place in lines of this width, or else the widest."""
    room = _room(bars, width, as_of)
    coming = [day for bar in bars for day in (bar.ends, bar.latest, *(mark.last for mark in bar.marks)) if day]
    furthest = max((day for day in coming if day >= as_of), default=as_of)
    axes = (Axis.around(as_of, zoom, room) for zoom in (Zoom.MONTH, Zoom.QUARTER))
    return next((axis for axis in axes if axis.cell(furthest) < room), Axis.around(as_of, Zoom.YEAR, room))


def lines(bars: Sequence[Bar], axis: Axis, width: int, as_of: date, ascii: bool = False) -> list[str]:
    """The timeline as text: two lines of axis, a line a bar, the words for what was drawn. None is wider than `width`.

    Made for a fence in a document: no backtick is left in it.
    """
    room, label = _room(bars, width, as_of), _label(bars)
    drawn = [draw(bar, axis, room, as_of) for bar in bars]
    text = [f"{'':{label + GAP}}{line}" for line in axis.header(room)]
    for bar, inks in zip(bars, drawn, strict=True):
        cells = "".join(ink.ascii if ascii else ink.glyph for ink in inks)
        text.append(f"{_cut(bar.label, label, ascii)}{'':{GAP}}{cells}{'':{GAP}}{end_words(bar.ends, as_of)}")
    used = {ink for inks in drawn for ink in inks}
    text += ["", *_legend(used, width, ascii)]
    return [line.rstrip() for line in text]


def _legend(used: set[Ink], width: int, ascii: bool) -> list[str]:
    found = [f"{ink.ascii if ascii else ink.glyph} {ink.words}" for ink in Ink if ink in used and ink.words]
    text = [""]
    for entry in found:
        joined = f"{text[-1]}   {entry}" if text[-1] else entry
        text[-1:] = [joined] if len(joined) <= width else [text[-1], entry]
    return text


def _label(bars: Sequence[Bar]) -> int:
    return min(max((len(bar.label) for bar in bars), default=0), MOST_LABEL)


def _room(bars: Sequence[Bar], width: int, as_of: date) -> int:
    """Cells left for the axis between labels and words."""
    words = max((len(end_words(bar.ends, as_of)) for bar in bars), default=0)
    return max(width - _label(bars) - words - 2 * GAP, 1)


def _cut(label: str, width: int, ascii: bool) -> str:
    """A label in exactly `width` cells."""
    kept = label.replace("`", "'")
    if ascii:
        kept = kept.encode("ascii", "replace").decode()
    mark = "..." if ascii else "…"
    return kept.ljust(width) if len(kept) <= width else kept[: width - len(mark)] + mark
