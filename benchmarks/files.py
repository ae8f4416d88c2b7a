"""Snapshots: how long they take and how large they are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from benchmarks.fleets import inventory
from benchmarks.measure import Row, best, limit
from planner.documents import snapshot

CLUSTERS = 10_000


def rows(folder: Path) -> Iterator[Row]:
    fleet = inventory(CLUSTERS)
    path = folder / "saved.json"

    def save() -> None:
        with path.open("wb") as file:
            file.write(snapshot.dump(fleet))
            file.flush()
            os.fsync(file.fileno())

    yield limit("save a 10,000-cluster snapshot", best(save), 0.150)
    yield limit("load a 10,000-cluster snapshot", best(lambda: snapshot.load(path.read_bytes(), path.name)), 0.150)
    size = path.stat().st_size / CLUSTERS
    yield Row("size of a 10,000-cluster snapshot", f"{size:.0f} bytes a cluster", "<= 1000 bytes", size <= 1000)
