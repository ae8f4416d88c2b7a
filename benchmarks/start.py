"""From start to picture, in a terminal of 80 x 24: against the smallest Textual app there is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.fleets import NAME, snapshot_file
from benchmarks.measure import Row, in_turn, ratio
from benchmarks.terminal import Terminal

MINIMAL = (sys.executable, "-m", "benchmarks.minimal")
ARCSTEP = str(Path(sys.executable).with_name("arcstep"))


def rows(folder: Path) -> Iterator[Row]:
    small = (ARCSTEP, "--from", str(snapshot_file(200, folder)))
    large = (ARCSTEP, "--from", str(snapshot_file(10_000, folder)))
    demo = (ARCSTEP, "--demo")
    minimal, on_demo, on_small, on_large = in_turn(*map(_first_frame, (MINIMAL, demo, small, large)))
    yield ratio("first frame, demo / minimal app", on_demo, minimal, 1.3)
    yield ratio("first frame, snapshot of 200 / minimal app", on_small, minimal, 1.3)
    yield ratio("first frame, snapshot of 10,000 / minimal app", on_large, minimal, 1.3)
    minimal, on_small, on_large = in_turn(_shown(MINIMAL, b"minimal"), _shown(small, NAME), _answering(large))
    yield ratio("rows of a 200-cluster snapshot / minimal app", on_small, minimal, 2)
    yield ratio("10,000-cluster snapshot, rows and an answer to a key", on_large, minimal, 4)
    yield from _memory(peak(small, NAME), peak(MINIMAL, b"minimal"))


def _memory(ours: int | None, minimal: int | None) -> Iterator[Row]:
    if ours and minimal:
        times = ours / minimal
        text = f"{times:.2f} x ({ours / 1e6:.0f} MB / {minimal / 1e6:.0f} MB)"
        yield Row("memory, 200-cluster snapshot / minimal app", text, "<= 1.5 x", times <= 1.5)


def _first_frame(argv: Sequence[str]) -> Callable[[], float]:
    def run() -> float:
        with Terminal(argv) as terminal:
            return terminal.first_frame()

    return run


def _shown(argv: Sequence[str], pattern: bytes) -> Callable[[], float]:
    def run() -> float:
        with Terminal(argv) as terminal:
            return terminal.until(pattern)

    return run


def _answering(argv: Sequence[str]) -> Callable[[], float]:
    """Until rows are shown and the End key has brought other rows."""

    def run() -> float:
        with Terminal(argv) as terminal:
            terminal.until(NAME)
            before = len(terminal.output)
            terminal.press("\x1b[F")
            return terminal.until(NAME, since=before)

    return run


def peak(argv: Sequence[str], pattern: bytes) -> int | None:
    """Most memory a program held until it showed something; None where the system does not tell."""
    with Terminal(argv) as terminal:
        terminal.until(pattern)
        terminal.settle(silence=1)
        return terminal.peak
