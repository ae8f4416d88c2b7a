"""Walks in processes that may be killed at any moment. Run as a program it imports everything once and forks a child for
each line it reads, so that a child lives within milliseconds."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds until a test gives up waiting; never a pause."""


@dataclass(frozen=True)
class Errand:
    """What a child does: walk a saved plan against an emulator elsewhere."""

    url: str
    ca_file: str
    tenant: str
    plan: str
    directory: str
    start: str
    """Emulated moment at `ticks` of the system's monotonic clock."""
    ticks: float
    speed: float

    def now(self) -> datetime:
        return datetime.fromisoformat(self.start) + timedelta(seconds=(time.monotonic() - self.ticks) * self.speed)


async def walk(errand: Errand) -> None:
    """Take the walk up, and walk it to its end."""
    from planner.azure.reader import AzureSource
    from planner.azure.settings import AzureSettings
    from planner.documents.datablock import digest_of
    from planner.knowledge import load_catalog
    from planner.sources import open_plan
    from planner.walking import Crew, take_up
    from tests.walking.person import NAME, Person, hurried

    source = AzureSource(
        AzureSettings(
            tenant=errand.tenant,
            auth="static",
            arm_endpoint=errand.url,
            ca_bundle=Path(errand.ca_file),
            now=errand.now,
            token=lambda: "emulator",
        ),
        hurried(),
    )
    plan = open_plan(Path(errand.plan)).plan
    assert plan is not None
    crew = Crew(NAME, "desk", errand.now, source, await source.upgrader(), errand.speed)
    session = take_up(plan, digest_of(plan), crew, load_catalog(), Path(errand.directory))
    person = Person(session.walker)
    running = asyncio.create_task(session.walker.run())
    await person.walk()
    running.cancel()
    await session.close()
    await source.close()


class Nursery:
    """A context: the process that forks, and the children it has."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.walking.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            start_new_session=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)  # its children too
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def start(self, errand: Errand) -> int:
        """The process id of a child that walks now."""
        self._write(json.dumps(asdict(errand)))
        return int(self._line())

    def wait(self) -> int:
        """How the child ended: its exit code, or minus the signal."""
        self._write("wait")
        return int(self._line())

    def kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)

    def _write(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _line(self) -> str:
        stream = self._process.stdout
        assert stream is not None
        ready, _, _ = select.select([stream], [], [], PATIENCE)
        assert ready, "a walk never came to its end"
        return stream.readline()


def main() -> None:
    """Fork a child for each errand; "wait" tells how the last one ended."""
    import planner.azure.reader
    import planner.azure.upgrader
    import planner.azure.wire
    import planner.knowledge
    import planner.sources
    import planner.walking
    import tests.walking.person  # noqa: F401

    planner.knowledge.load_catalog()
    pid = 0
    for line in sys.stdin:
        if line.strip() == "wait":
            _, status = os.waitpid(pid, 0)
            print(os.waitstatus_to_exitcode(status), flush=True)
            continue
        pid = os.fork()
        if pid == 0:
            os.close(0)
            asyncio.run(walk(Errand(**json.loads(line))))
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
