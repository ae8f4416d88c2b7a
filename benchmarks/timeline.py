"""The timeline over 10,000 clusters in a terminal of 80 x 24: from a key to a settled screen; and as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.fleets import NAME, catalog, inventory, snapshot_file
from benchmarks.keys import DOWN, END, HOME, PAGE_DOWN, PAGE_UP
from benchmarks.measure import Row, best, limit, median, ms
from benchmarks.start import ARCSTEP
from benchmarks.terminal import Terminal
from planner.fleet.bars import cluster_bar
from planner.support import Judge
from planner.timeline import fitting, lines

LEFT, RIGHT = "\x1b[D", "\x1b[C"
MOVES = [*[DOWN] * 10, *[PAGE_DOWN] * 10, END, *[PAGE_UP] * 10, HOME]
VIEWS = [*[RIGHT] * 4, *[LEFT] * 8, "n", "+", "+", "-", "-", *[RIGHT, LEFT] * 4]
DRAWN = 200


def rows(folder: Path) -> Iterator[Row]:
    with Terminal((ARCSTEP, "--from", str(snapshot_file(10_000, folder)))) as terminal:
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
        yield limit("timeline, from clusters to 500 instances", _settled(terminal, "v"), 0.100)
        yield _row("timeline, moving in 500 instances, key to settled", terminal, MOVES)
    yield _as_text()


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
