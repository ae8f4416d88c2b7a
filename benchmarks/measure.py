"""Numbers with a bar: what was measured, against what it is judged, and how it is printed."""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    measured: str
    bar: str
    ok: bool


def ratio(what: str, measured: float, reference: float, at_most: float, note: str = "") -> Row:
    """A time judged as a multiple of a reference time from the same run; seconds in."""
    times = measured / reference
    text = f"{times:.2f} x ({ms(measured)} / {ms(reference)}){note}"
    return Row(what, text, f"<= {at_most:g} x", times <= at_most)


def limit(what: str, measured: float, at_most: float, note: str = "") -> Row:
    """A time judged by itself; seconds in."""
    return Row(what, ms(measured) + note, f"<= {ms(at_most)}", measured <= at_most)


def ms(seconds: float) -> str:
    value = seconds * 1000
    return f"{value:.2f} ms" if value < 10 else f"{value:.0f} ms"


def median(times: Iterable[float]) -> float:
    return statistics.median(times)


def best(work: Callable[[], object], rounds: int = 7) -> float:
    """The least seconds of `rounds` runs after one that warms up; the collector rests, as in `timeit`."""
    work()
    times: list[float] = []
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
    finally:
        gc.enable()
    return min(times)


def in_turn(*works: Callable[[], float], rounds: int = 9) -> tuple[float, ...]:
    """Medians of several measurements made in turn, so that a slow minute of the machine falls on all of them."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for taken, work in zip(times, works, strict=True):
            taken.append(work())
    return tuple(map(median, times))


def process(argv: Sequence[str], allowed: Sequence[int] = (0,)) -> float:
    """Seconds a process takes from start to end. Raises RuntimeError when its exit code is not allowed."""
    start = time.perf_counter()
    done = subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, env=environment())
    taken = time.perf_counter() - start
    if done.returncode not in allowed:
        raise RuntimeError(f"{' '.join(argv)} ended with {done.returncode}: {done.stderr.decode()[-500:]}")
    return taken


def environment() -> dict[str, str]:
    """The environment of everything that is started here: a plain terminal, no settings of the machine."""
    foreign = ("TEXTUAL", "NO_COLOR", "AZURE_", "COLORTERM", "PYTHON", "COLUMNS", "LINES")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return kept | {"TERM": "xterm-256color", "TZ": "UTC", "PYTHONUTF8": "1"}


HEADER = f"{'what':<58} | {'measured':<38} | {'bar':<14} | ok\n{'-' * 58}-|-{'-' * 38}-|-{'-' * 14}-|---"


def line(row: Row) -> str:
    """The row as a line under HEADER."""
    return f"{row.what:<58} | {row.measured:<38} | {row.bar:<14} | {'yes' if row.ok else 'NO'}"
