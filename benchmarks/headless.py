"""Commands without a screen: against a Python that does nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.fleets import snapshot_file
from benchmarks.measure import Row, in_turn, process, ratio
from benchmarks.start import ARCSTEP

NOTHING = (sys.executable, "-c", "pass")
VERDICTS = (0, 3, 10, 20, 30, 40)


def rows(folder: Path) -> Iterator[Row]:
    check = (ARCSTEP, "check", "--from", str(snapshot_file(200, folder)), "--json")
    nothing, on_help, on_version, on_check = in_turn(
        lambda: process(NOTHING),
        lambda: process((ARCSTEP, "--help")),
        lambda: process((ARCSTEP, "--version")),
        lambda: process(check, VERDICTS),
    )
    yield ratio("--help / python -c pass", on_help, nothing, 4)
    yield ratio("--version / python -c pass", on_version, nothing, 4)
    yield ratio("check of a 200-cluster snapshot / python -c pass", on_check, nothing, 15)
