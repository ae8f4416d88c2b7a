"""Starting, stopping, serving: threads, files and signals."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
import threading
import tomllib
from pathlib import Path

import pytest

from planner.emulator.fleet import FleetError, bundled
from planner.emulator.serve import serve_forever
from planner.emulator.server import Emulator, EmulatorThread
from planner.emulator.world import World
from tests.emulator.conftest import client_of


async def test_the_authority_is_private_and_goes_with_the_emulator(world: World) -> None:
    emulator = Emulator(world)
    await emulator.start()
    file = emulator.ca_file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in file.parent.iterdir()] == ["ca.pem"]
    assert b"PRIVATE KEY" not in file.read_bytes()
    await emulator.close()
    await emulator.close()
    assert not file.parent.exists()
    with pytest.raises(RuntimeError, match="not running"):
        _ = emulator.ca_file


async def test_a_taken_port_is_told_and_leaves_nothing(world: World) -> None:
    async with Emulator(world) as first:
        second = Emulator(world, port=int(first.url.rpartition(":")[2]))
        with pytest.raises(OSError, match="address already in use"):
            await second.start()
        with pytest.raises(RuntimeError):
            _ = second.ca_file


async def test_another_authority_is_not_trusted(world: World) -> None:
    async with Emulator(world) as one, Emulator(world) as other, client_of(one) as client:
        assert (await client.get("/subscriptions")).status == 200
        client.emulator = other
        with pytest.raises(Exception, match="certificate verify failed"):
            await client.get("/subscriptions")


async def test_emulated_time_runs_at_its_speed(world: World) -> None:
    async with Emulator(world, speed=0) as still:
        assert still.now() == still.now() == world.as_of
    async with Emulator(world, speed=1e6) as fast:
        assert fast.now() > world.as_of
    moment = world.as_of.replace(year=2030)
    async with Emulator(world, now=lambda: moment) as given:
        assert given.now() == moment


async def test_latency_delays_each_answer(world: World) -> None:
    async with Emulator(world, latency=0.03) as emulator, client_of(emulator) as client:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await client.get("/subscriptions")
        assert loop.time() - began >= 0.03


async def test_a_thread_serves_beside_the_loop_and_ends(world: World) -> None:
    thread = EmulatorThread(world, speed=0)
    await thread.start_aside()
    file = thread.ca_file
    async with client_of(thread.emulator) as client:
        assert (await client.get("/subscriptions")).status == 200
    assert [entry.path for entry in thread.log] == ["/subscriptions"]
    thread.close()
    thread.close()
    assert not file.exists()
    assert "emulator" not in [other.name for other in threading.enumerate()]


def test_closing_a_thread_that_never_started_is_fine(world: World) -> None:
    EmulatorThread(world).close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_serving_alone_ends_cleanly_on_a_signal(number: signal.Signals) -> None:
    lines: list[str] = []
    before = signal.getsignal(number)

    def report(line: str) -> None:
        lines.append(line)
        if line.startswith("Stop with"):
            os.kill(os.getpid(), number)

    await serve_forever(None, 0, 1.0, report)
    assert lines[0] == "Fleet demo: 44 clusters on 6 instances."
    url, file = lines[1].split()[-1], lines[2].split()[-1]
    assert f"  arcstep check --arm-endpoint {url} --ca-bundle {file} --as-of 2026-05-20" in lines
    assert "A node takes 6 emulated minutes, and 1 emulated seconds pass in a second." in lines
    assert lines[-1] == "Stopped after 0 requests, 0 of them writes: 0 accepted."
    assert not Path(file).exists()
    assert signal.getsignal(number) is before


async def test_serving_a_wrong_fleet_is_refused_before_anything_listens(tmp_path: Path) -> None:
    lines: list[str] = []
    with pytest.raises(FleetError):
        await serve_forever(tmp_path / "none.toml", 0, 1.0, lines.append)
    assert lines == []


def test_importing_the_emulator_brings_no_server_along() -> None:
    code = (
        "import sys, planner.emulator.server, planner.emulator.demo, planner.emulator.serve, planner.emulator.generate\n"
        "heavy = {'aiohttp', 'trustme', 'cryptography', 'azure', 'msgspec'}\n"
        "print(sorted(heavy & {name.partition('.')[0] for name in sys.modules}))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_every_fleet_that_comes_along_is_listed_in_the_package() -> None:
    folder = Path(__file__).parents[2] / "planner" / "emulator" / "fleets"
    for file in folder.glob("*.toml"):
        assert bundled(file.stem).name == tomllib.loads(file.read_text("utf-8"))["name"] == file.stem


async def test_a_clock_given_from_outside_cannot_be_started(world: World) -> None:
    async with Emulator(world, now=lambda: world.as_of) as emulator:
        with pytest.raises(RuntimeError, match="given from outside"):
            emulator.start_clock(60)


async def test_a_clock_let_go_before_the_start_goes_on(world: World) -> None:
    emulator = Emulator(world, speed=0)
    emulator.start_clock(1e6)
    async with emulator:
        assert emulator.now() > world.as_of
