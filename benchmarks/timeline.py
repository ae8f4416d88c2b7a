"""The timeline over 10,000 clusters on 400 instances in a terminal of 80 x 24: keys, memory; and as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.fleets import NAME, catalog, inventory, snapshot_file
from benchmarks.keys import DOWN, END, HOME, PAGE_DOWN, PAGE_UP
from benchmarks.measure import Row, best, limit, median, ms
from benchmarks.start import ARCSTEP, MINIMAL, peak
from benchmarks.terminal import Terminal
from planner.fleet.bars import cluster_bar
from planner.support import Judge
from planner.timeline import fitting, lines

LEFT, RIGHT = "\x1b[D", "\x1b[C"
MOVES = [*[DOWN] * 10, *[PAGE_DOWN] * 10, END, *[PAGE_UP] * 10, HOME]
VIEWS = [*[RIGHT] * 4, *[LEFT] * 8, "n", "+", "+", "-", "-", *[RIGHT, LEFT] * 4]
DRAWN = 200
ON_EACH = 25
"""Clusters on an instance."""


def rows(folder: Path) -> Iterator[Row]:
    with Terminal((ARCSTEP, "--from", str(snapshot_file(10_000, folder, ON_EACH)))) as terminal:
        terminal.until(NAME)
        terminal.settle(silence=2, patience=5, timeout=30)
        opening = _settled(terminal, "t")
        yield limit("timeline of 10,000 clusters, opening it", opening, 0.300)
        yield _row("timeline, moving in 10,000 rows, key to settled", terminal, MOVES)
        yield _row("timeline, moving and zooming its axis, key to settled", terminal, VIEWS)
        terminal.press("/")
        terminal.settle()
        yield _row("timeline, filtering 10,000 rows, key to settled", terminal, [*"mill-00123"])
        terminal.press("\x1b")
        terminal.settle(patience=2)
        yield limit("timeline, from clusters to 400 instances", _settled(terminal, "v"), 0.100)
        yield _row("timeline, moving in 400 instances, key to settled", terminal, MOVES)
        yield from _memory(terminal.peak, peak(MINIMAL, b"minimal"))
    yield _as_text()


def _memory(ours: int | None, minimal: int | None) -> Iterator[Row]:
    """After all of that: the fleet, every bar that was in view, and the instances."""
    if ours and minimal:
        at_most = 2 * minimal + 20e6
        text = f"{ours / 1e6:.0f} MB, minimal app {minimal / 1e6:.0f} MB"
        yield Row("memory, 10,000 clusters and their timeline", text, f"<= {at_most / 1e6:.0f} MB", ours <= at_most)


def _settled(terminal: Terminal, key: str) -> float:
    terminal.press(key)
    return terminal.settle(patience=2)


def _row(what: str, terminal: Terminal, keys: Sequence[str]) -> Row:
    times = [_settled(terminal, key) for key in keys]
    text = f"median {ms(median(times))}, worst {ms(max(times))}"
    return Row(what, text, "16 / 50 ms", median(times) <= 0.016 and max(times) <= 0.050)


def _as_text() -> Row:
    fleet = inventory(DRAWN)
    judge = Judge(fleet, catalog(), fleet.as_of)

    def draw() -> list[str]:
        bars = [cluster_bar(cluster, judge) for cluster in fleet.clusters]
        return lines(bars, fitting(bars, 100, judge.today), 100, judge.today)

    return limit(f"timeline of {DRAWN} clusters as text", best(draw), 0.020)
