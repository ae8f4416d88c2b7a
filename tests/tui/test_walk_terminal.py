"""A walk in a real terminal: left by key or by signal while an upgrade runs, it says so in one line, and is found again."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

import pytest

from planner.documents.markdown import render
from tests.planner.strolls import PLAN
from tests.tui.terminal import ENTER, ESCAPES, LEAVE, Terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.md"
    path.write_text(render(PLAN), "utf-8")
    return path


def tick_until(terminal: Terminal, text: str) -> None:
    """Space on whatever is highlighted, until everything is ticked."""
    start = len(terminal.output)
    deadline = time.monotonic() + 30
    while text.encode() not in ESCAPES.sub(b"", terminal.output[start:]):
        assert time.monotonic() < deadline, ESCAPES.sub(b"", terminal.output)[-900:]
        terminal.press(" ")
        terminal._read()


def upgrade(terminal: Terminal) -> None:
    """Up to an upgrade that Azure has accepted."""
    terminal.until("PRE.3")
    tick_until(terminal, "Ready")
    terminal.press("\r")
    terminal.until("AND all node pools")
    terminal.press("mes-prod\r")
    terminal.until("accepted by Azure")


def after_the_screen(terminal: Terminal) -> str:
    assert terminal.output.count(ENTER) == terminal.output.count(LEAVE) == 1 and terminal.restored
    left = ESCAPES.sub(b"", terminal.output[terminal.output.rindex(LEAVE) :])
    return left.decode().strip()


@pytest.mark.parametrize(("how", "code"), [("\x11", 3), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_what_goes_on_is_said_in_one_line(plan: Path, how: str | signal.Signals, code: int) -> None:
    with Terminal("walk", plan.name, "--demo", "--allow-upgrades", "--speed", "60", cwd=plan.parent) as terminal:
        upgrade(terminal)
        if isinstance(how, str):
            terminal.press(how)
        else:
            terminal.process.send_signal(how)
        assert terminal.wait() == code
        assert after_the_screen(terminal) == (
            "arcstep: 1 upgrade goes on when the rehearsal is taken up: mes-prod → 1.30.14; "
            "resume with: arcstep walk plan.md --demo --allow-upgrades --speed 60"
        )
    with Terminal("walk", plan.name, "--demo", "--speed", "60", cwd=plan.parent) as terminal:
        terminal.until("taken up again")
        terminal.press("\x11")
        assert terminal.wait() == 3


def test_a_plan_that_cannot_be_walked_is_refused_before_the_screen_opens(plan: Path) -> None:
    plan.write_text(plan.read_text("utf-8").replace("1.30.14", "1.30.15", 1), "utf-8")
    with Terminal("walk", plan.name, "--demo", cwd=plan.parent) as terminal:
        assert terminal.wait() == 2
        assert ENTER not in terminal.output and b"cannot be walked" in terminal.output
