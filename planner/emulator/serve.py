"""`arcstep emulate`: the emulator alone, until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from planner.emulator.fleet import bundled, load
from planner.emulator.server import Emulator

__all__ = ["serve_forever"]

STOPPING: Final = (signal.SIGINT, signal.SIGTERM)


async def serve_forever(fleet: Path | None, port: int, speed: float, report: Callable[[str], None]) -> None:
    """Serve a fleet file, or the demo fleet, on `port` (0 = a free one) until SIGINT or SIGTERM.

    `speed` is how many emulated seconds pass in a second. Each line for the operator goes to `report`. Raises
    FleetError for a fleet that cannot be used and OSError where the port is taken.
    """
    world = bundled("demo") if fleet is None else load(fleet)
    minutes = world.node_time.total_seconds() / 60
    stop = asyncio.Event()
    with _stopped_by_signals(stop):
        async with Emulator(world, speed=speed, port=port) as emulator:
            report(f"Fleet {world.name}: {len(world.clusters)} clusters on {len(world.instances)} instances.")
            report(f"URL      {emulator.url}")
            report(f"CA file  {emulator.ca_file}")
            report(
                "Any bearer token is accepted. The PUT of a provisioned cluster upgrades it; other writes are refused."
            )
            report(f"A node takes {minutes:g} emulated minutes, and {speed:g} emulated seconds pass in a second.")
            report("Point arcstep at it with")
            report(
                f"  arcstep check --arm-endpoint {emulator.url} --ca-bundle {emulator.ca_file}"
                f" --as-of {world.as_of:%Y-%m-%d}"
            )
            report("Stop with Ctrl+C.")
            await stop.wait()
    taken, writes = len(world.operations), len(emulator.writes)
    report(f"Stopped after {len(emulator.log)} requests, {writes} of them writes: {taken} accepted.")


@contextmanager
def _stopped_by_signals(stop: asyncio.Event) -> Generator[None, None, None]:
    """Set the event on SIGINT or SIGTERM; puts back what was there. Works on Windows, unlike the loop's own way."""
    loop = asyncio.get_running_loop()

    def handle(_number: int, _frame: object) -> None:
        loop.call_soon_threadsafe(stop.set)

    before = {number: signal.signal(number, handle) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
