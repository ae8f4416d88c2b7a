"""arcstep in a terminal: start, keys, quit, signals; and where there is no terminal."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from planner.documents.snapshot import dump
from tests.tui.stage import fleet
from tests.tui.terminal import COLOURS, ENTER, LEAVE, ROOT, Terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")


@pytest.fixture
def snapshot(tmp_path: Path) -> str:
    path = tmp_path / "fleet.json"
    path.write_bytes(dump(fleet()))
    return str(path)


def assert_left_clean(terminal: Terminal) -> None:
    """The alternate screen is left, cursor shown, mouse and line discipline as before."""
    after = terminal.output[terminal.output.rindex(LEAVE) :] if LEAVE in terminal.output else b""
    assert terminal.output.count(ENTER) == terminal.output.count(LEAVE) == 1
    assert b"\x1b[?25h" in terminal.output[terminal.output.index(ENTER) :]
    assert b"\x1b[?1000l" in terminal.output and terminal.restored
    assert b"Traceback" not in after


def test_from_start_to_a_saved_plan_and_out(snapshot: str, tmp_path: Path) -> None:
    with Terminal("--from", snapshot, cwd=tmp_path) as terminal:
        terminal.until("mes-prod")
        terminal.press("j")
        terminal.press("p")
        terminal.until("S01")
        terminal.press("e")
        terminal.until("Save the plan as")
        terminal.press("\r")
        terminal.until("Plan saved")
        terminal.press("q")
        terminal.until("Instance")
        terminal.press("q")
        assert terminal.wait() == 0
        assert_left_clean(terminal)
    (plan,) = tmp_path.glob("*.md")
    with Terminal("--from", str(plan), cwd=tmp_path) as terminal:
        terminal.until("Saved plan")
        terminal.press("q")
        assert terminal.wait() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_orderly(snapshot: str, tmp_path: Path, number: signal.Signals) -> None:
    with Terminal("--from", snapshot, cwd=tmp_path) as terminal:
        terminal.until("mes-prod")
        terminal.process.send_signal(number)
        assert terminal.wait() == 128 + number
        assert_left_clean(terminal)


def test_the_demo_quits_while_it_is_still_loading(tmp_path: Path) -> None:
    with Terminal("--demo", cwd=tmp_path) as terminal:
        terminal.until("loading")
        terminal.press("\x11")
        assert terminal.wait() == 0
        assert_left_clean(terminal)


@pytest.mark.parametrize("way", ["option", "environment"])
def test_no_color_sends_no_colour_at_all(snapshot: str, tmp_path: Path, way: str) -> None:
    arguments = ("--no-color",) if way == "option" else ()
    environment = {"NO_COLOR": "1"} if way == "environment" else {}
    with Terminal("--from", snapshot, *arguments, cwd=tmp_path, **environment) as terminal:
        terminal.until("mes-prod")
        terminal.press("p")
        terminal.until("Ways out")
        terminal.press("\x11")
        terminal.wait()
        assert not COLOURS.search(terminal.output)


def test_a_storm_of_sizes_is_survived(snapshot: str, tmp_path: Path) -> None:
    with Terminal("--from", snapshot, cwd=tmp_path, size=(40, 10)) as terminal:
        terminal.until("arcstep needs 60")
        for size in ((1, 1), (200, 60), (60, 16), (2, 50), (120, 40), (80, 24)):
            terminal.resize(*size)
        terminal.until("mes-prod")
        terminal.press("\x11")
        assert terminal.wait() == 0


@pytest.mark.parametrize("name", ["esc\\u001b]0;pwn\\u0007", "bidi\\u202egnp", "[@click=app.quit]x[/]"])
def test_no_byte_of_a_hostile_file_acts_on_the_terminal(snapshot: str, tmp_path: Path, name: str) -> None:
    text = Path(snapshot).read_text("utf-8")
    assert "mes-web" in text
    Path(snapshot).write_text(text.replace("mes-web", name), "utf-8")
    with Terminal("--from", snapshot, cwd=tmp_path) as terminal:
        terminal.until("mes-prod")
        terminal.press("\x11")
        assert terminal.wait() == 0
        drawn = terminal.output
        assert b"]0;pwn" not in re.sub(rb"\xef\xbf\xbd\]0;pwn", b"", drawn) and "\u202e".encode() not in drawn


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tui", *arguments],
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(cwd)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_without_a_terminal_it_says_so_in_one_line(snapshot: str, tmp_path: Path) -> None:
    done = run("--from", snapshot, cwd=tmp_path)
    assert done.returncode == 2 and done.stdout == "" and len(done.stderr.strip().splitlines()) == 1


def test_a_verb_works_without_a_terminal_and_without_textual(snapshot: str, tmp_path: Path) -> None:
    done = run("check", "--from", snapshot, "--json", cwd=tmp_path)
    assert done.returncode == 40 and json.loads(done.stdout)["clusters"]


def test_a_file_that_is_not_there_is_said_before_the_screen_opens(tmp_path: Path) -> None:
    with Terminal("--from", "missing.json", cwd=tmp_path) as terminal:
        assert terminal.wait() == 2
        assert b"missing.json" in terminal.output and ENTER not in terminal.output


def test_nothing_of_azure_or_the_decoders_is_imported_before_the_first_frame() -> None:
    code = (
        "import sys, tui.__main__, tui.app, tui.screens.fleet\n"
        "heavy = ('azure', 'aiohttp', 'msal', 'requests', 'msgspec', 'markdown_it', 'planner.catalog', 'planner.inventory')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr


def test_help_and_version_do_without_textual() -> None:
    code = "import sys\nfrom tui.__main__ import run\nrun(['--help'])\nprint('textual' in sys.modules or 'rich' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "False"
