"""Leaving while the program still loads: the terminal is given back at once, as it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.fleets import snapshot_file
from benchmarks.measure import Row, median, ms
from benchmarks.start import ARCSTEP
from benchmarks.terminal import LEAVE_SCREEN, Terminal

SHOW_CURSOR = b"\x1b[?25h"
ROUNDS = 5


def rows(folder: Path) -> Iterator[Row]:
    yield from _leaving("demo", (ARCSTEP, "--demo"))
    yield from _leaving("10,000 clusters", (ARCSTEP, "--from", str(snapshot_file(10_000, folder))))


def _leaving(what: str, argv: Sequence[str]) -> Iterator[Row]:
    backs: list[float] = []
    gones: list[float] = []
    clean = True
    for _ in range(ROUNDS):
        with Terminal(argv) as terminal:
            terminal.first_frame()
            pressed = terminal.clock
            terminal.press("\x11")
            backs.append(terminal.until_raw(LEAVE_SCREEN) - pressed)
            gones.append(terminal.wait() - pressed)
            end = terminal.output[terminal.output.index(LEAVE_SCREEN) :]
            clean = clean and terminal.restored and SHOW_CURSOR in end and terminal.exit_code == 0
    back, gone = median(backs), median(gones)
    state = "terminal clean" if clean else "TERMINAL NOT CLEAN"
    yield Row(f"quit while loading, {what}: terminal back", f"{ms(back)}, {state}", "<= 300 ms", clean and back <= 0.3)
    yield Row(f"quit while loading, {what}: process gone", ms(gone), "<= 1000 ms", gone <= 1)
