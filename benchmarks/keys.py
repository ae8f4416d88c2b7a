"""From a key to a settled screen, over a list of 10,000 clusters in a terminal of 80 x 24."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.fleets import NAME, snapshot_file
from benchmarks.measure import Row, median, ms, ratio
from benchmarks.start import ARCSTEP
from benchmarks.terminal import Terminal

DOWN, UP, PAGE_DOWN, PAGE_UP, HOME, END = "\x1b[B", "\x1b[A", "\x1b[6~", "\x1b[5~", "\x1b[H", "\x1b[F"
MOVES = [*[DOWN] * 10, *[PAGE_DOWN] * 10, END, *[UP] * 10, *[PAGE_UP] * 10, HOME]


def rows(folder: Path) -> Iterator[Row]:
    with Terminal((ARCSTEP, "--from", str(snapshot_file(10_000, folder)))) as terminal:
        moving = _moving(terminal)
        yield _row("moving in 10,000 rows, key to settled", moving)
        yield _row("marking in 10,000 rows, key to settled", [_settled(terminal, key) for key in " " * 10])
        yield _row("filtering 10,000 rows, key to settled", _filtering(terminal))
    with Terminal((ARCSTEP, "--from", str(snapshot_file(10_000, folder)))) as terminal:
        _begin(terminal)
        yield _row("grouping 10,000 rows and back, key to settled", [_settled(terminal, key) for key in "v" * 9])
        yield _row("moving in 10,000 grouped rows, key to settled", [_settled(terminal, key) for key in MOVES])
        yield _row("filtering 10,000 grouped rows, key to settled", _filtering(terminal))
    with Terminal((ARCSTEP, "--from", str(snapshot_file(100_000, folder)))) as terminal:
        yield ratio("moving in 100,000 rows / in 10,000 rows", median(_moving(terminal)), median(moving), 1.5)


def _filtering(terminal: Terminal) -> list[float]:
    terminal.press("/")
    terminal.settle()
    return [_settled(terminal, key) for key in "mill-00123"]


def _begin(terminal: Terminal) -> None:
    terminal.until(NAME)
    terminal.settle(silence=2, patience=5, timeout=30)


def _moving(terminal: Terminal) -> list[float]:
    _begin(terminal)
    return [_settled(terminal, key) for key in MOVES]


def _settled(terminal: Terminal, key: str) -> float:
    terminal.press(key)
    return terminal.settle(patience=2)


def _row(what: str, times: list[float]) -> Row:
    text = f"median {ms(median(times))}, worst {ms(max(times))}"
    return Row(what, text, "16 / 50 ms", median(times) <= 0.016 and max(times) <= 0.050)
