"""Leaving in the middle of a PUT, in a real terminal: the terminal is clean, the process gone at once, the journal whole."""

from __future__ import annotations

import os
import signal
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from planner import events as e
from planner.documents.markdown import render
from planner.emulator.fleet import bundled
from planner.emulator.server import EmulatorThread
from planner.emulator.world import Fault
from planner.journal import read
from planner.legs import Stage
from planner.walk import replay
from tests.tui.terminal import ENTER, LEAVE, Terminal
from tests.walking.history import CLUSTER, a_plan

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")

AZ = """#!/bin/sh
echo '{"accessToken": "emulator", "expiresOn": "2099-01-01 00:00:00.000000", "expires_on": 4070908800, "tokenType": "Bearer"}'
"""
"""What `az account get-access-token` prints."""


@dataclass
class Scene:
    """A terminal in which an upgrade was just confirmed, and Azure, which does not answer."""

    terminal: Terminal
    emulator: EmulatorThread
    state: Path

    @property
    def puts(self) -> int:
        return sum(entry.method == "PUT" for entry in self.emulator.log)


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    (tmp_path / "plan.md").write_text(render(await a_plan()), "utf-8")
    az = tmp_path / "az"
    az.write_text(AZ)
    az.chmod(az.stat().st_mode | stat.S_IXUSR)
    return tmp_path


@pytest.fixture
def scene(folder: Path) -> Iterator[Scene]:
    world = bundled("demo")
    world.cluster(CLUSTER).faults.append(Fault.parse("put:hang"))
    emulator = EmulatorThread(world, speed=0)
    emulator.start()
    arguments = ("--arm-endpoint", emulator.url, "--ca-bundle", str(emulator.ca_file), "--tenant", world.tenant)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "XDG_STATE_HOME": str(folder / "state")}
    try:
        with Terminal("walk", "plan.md", *arguments, "--allow-upgrades", cwd=folder, **environment) as terminal:
            yield Scene(terminal, emulator, folder / "state")
    finally:
        emulator.close()


def to_the_put(scene: Scene) -> None:
    """Tick everything, type the name, and wait until the PUT has arrived."""
    terminal = scene.terminal
    terminal.until("2 of 10 checks")
    for ticked in range(3, 11):
        terminal.press(" ")
        terminal.until(f"{ticked} of 10 checks" if ticked < 10 else "4 of 6 checks")
    terminal.press(" ")
    terminal.until("5 of 6 checks")
    terminal.press(" ")
    terminal.until("enter starts it")
    terminal.press("\r")
    terminal.until("/properties/kubernetesVersion")
    terminal.press(f"{CLUSTER}\r")
    terminal.eventually(lambda: scene.puts == 1)


def hang_up(scene: Scene) -> None:
    scene.terminal.hang_up()


def quit_by_key(scene: Scene) -> None:
    scene.terminal.press("\x11")


def by(number: signal.Signals) -> Callable[[Scene], None]:
    return lambda scene: scene.terminal.process.send_signal(number)


@pytest.mark.parametrize("leave", [by(signal.SIGTERM), by(signal.SIGHUP), quit_by_key, hang_up])
def test_leaving_while_the_put_is_on_its_way(scene: Scene, leave: Callable[[Scene], None]) -> None:
    to_the_put(scene)
    began = time.monotonic()
    leave(scene)
    scene.terminal.wait()
    assert time.monotonic() - began < 1.5
    output = scene.terminal.output
    if leave is not hang_up:
        assert output.count(ENTER) == output.count(LEAVE) == 1 and scene.terminal.restored
        assert b"resume with: arcstep walk" in output[output.rindex(LEAVE) :]
    assert b"Traceback" not in output
    (journal,) = (scene.state / "arcstep" / "walks").glob("*.jsonl")
    record = read(journal)
    assert record.problems == ()
    intents = [event for event in record.events if isinstance(event, e.Intended)]
    assert len(intents) == scene.puts == 1
    leg = replay(record.events).leg
    assert leg is not None and leg.stage in (Stage.SENDING, Stage.DOUBT)
