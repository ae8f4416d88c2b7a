"""The emulated Azure in a process of its own, so that client and server have a core each.

`python -m benchmarks.cloud COUNT LATENCY QUOTA` prints where it listens, and when its input ends, what it was asked.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.fleets import emulated
from planner.azure.settings import AzureSettings
from planner.emulator.server import Emulator
from tests.builders import AS_OF


@dataclass
class Cloud:
    """A running emulator; `statuses` is filled when it has ended: how often each status was answered."""

    settings: AzureSettings
    url: str
    ca_file: Path
    statuses: dict[str, int] = field(default_factory=dict[str, int])


@contextmanager
def running(clusters: int, latency: float = 0.0, *, quota: bool = True) -> Iterator[Cloud]:
    """An emulator of so many clusters that answers after `latency` seconds, in another process."""
    argv = [sys.executable, "-m", "benchmarks.cloud", str(clusters), str(latency), str(int(quota))]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        where = json.loads(process.stdout.readline())
        settings = AzureSettings(
            auth="static",
            token=lambda: "benchmark",
            arm_endpoint=where["url"],
            ca_bundle=Path(where["ca"]),
            now=lambda: AS_OF,
        )
        cloud = Cloud(settings, where["url"], Path(where["ca"]))
        try:
            yield cloud
        finally:
            process.stdin.close()
            cloud.statuses.update(json.loads(process.stdout.readline() or "{}"))


async def _serve(clusters: int, latency: float, quota: bool) -> None:
    async with Emulator(emulated(clusters), latency=latency, quota=quota) as emulator:
        print(json.dumps({"url": emulator.url, "ca": str(emulator.ca_file)}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        statuses: dict[str, int] = {}
        for entry in emulator.log:
            statuses[str(entry.status)] = statuses.get(str(entry.status), 0) + 1
        print(json.dumps(statuses), flush=True)


if __name__ == "__main__":
    count, seconds, limited = sys.argv[1:]
    asyncio.run(_serve(int(count), float(seconds), limited == "1"))
