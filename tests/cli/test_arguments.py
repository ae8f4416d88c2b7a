"""The arguments as a contract: what is accepted, what is refused with a sentence, what a start costs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import planner
from planner.cli import build_parser, main, spec_from
from planner.cli.running import ProgressLine
from planner.ports import Progress, SourceError
from planner.sources import SourceSpec, open_source
from tests.cli.conftest import Arcstep

ROOT = Path(__file__).resolve().parents[2]


def spec(*arguments: str) -> SourceSpec:
    return spec_from(build_parser().parse_args(arguments))


def test_live_is_the_default() -> None:
    assert spec("check") == SourceSpec()
    assert spec() == SourceSpec()


def test_everything_about_a_live_source() -> None:
    found = spec(
        *("check", "--subscription", "a", "--subscription", "b", "--tenant", "t", "--auth", "env"),
        *("--arm-endpoint", "https://127.0.0.1:1", "--ca-bundle", "ca.pem", "--as-of", "2026-05-20"),
        *("--catalog", "one.toml", "--catalog", "two.toml"),
    )
    assert found == SourceSpec(
        subscriptions=("a", "b"),
        tenant="t",
        auth="env",
        arm_endpoint="https://127.0.0.1:1",
        ca_bundle=Path("ca.pem"),
        as_of=datetime(2026, 5, 20, tzinfo=UTC),
        overlays=(Path("one.toml"), Path("two.toml")),
    )


def test_the_source_may_stand_before_or_after_the_verb() -> None:
    assert spec("--demo", "check") == spec("check", "--demo") == spec("--demo") == SourceSpec("demo")
    assert spec("--from", "x.md").is_plan and not spec("--from", "x.json").is_plan


@pytest.mark.parametrize(
    "arguments", [("check", "--demo", "--tenant", "t"), ("--from", "a.json", "check", "--auth", "env"),
                  ("--demo", "check", "--from", "a.json")]
)  # fmt: skip
def test_sources_that_contradict_each_other_are_refused(arguments: tuple[str, ...]) -> None:
    with pytest.raises(SourceError) as caught:
        spec(*arguments)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-05-20", datetime(2026, 5, 20, tzinfo=UTC)),
        ("2026-05-20T10:00", datetime(2026, 5, 20, 10, tzinfo=UTC)),
        ("2026-05-20T10:00+02:00", datetime(2026, 5, 20, 8, tzinfo=UTC)),
    ],
)
def test_moments(text: str, moment: datetime) -> None:
    assert spec("check", "--as-of", text).as_of == moment


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--as-of", "yesterday"),
        ("check", "--within", "-1"),
        ("check", "--within", "1e3"),
        ("check", "--json", "--md"),
        ("check", "--demo", "--from", "x"),
        ("plan", "c"),
        ("snapshot",),
        ("show",),
        ("emulate", "--port", "70000"),
        ("emulate", "--speed", "nan"),
        ("chek",),
        ("--nonsense",),
        ("check", "--js"),
    ],
)
def test_wrong_arguments_are_exit_2_and_stdout_stays_empty(arcstep: Arcstep, arguments: tuple[str, ...]) -> None:
    answer = arcstep(*arguments)
    assert (answer.code, answer.out) == (2, "") and "arcstep" in answer.err


def test_help_lists_verbs_and_exit_codes(arcstep: Arcstep) -> None:
    answer = arcstep("--help")
    assert answer.code == 0 and answer.err == ""
    for word in ("check", "plan", "snapshot", "show", "emulate", "--demo", "--as-of", "out of support", " 40 "):
        assert word in answer.out
    for verb in ("check", "plan", "snapshot", "show", "emulate"):
        assert arcstep(verb, "--help").code == 0


def test_the_version_is_the_project_s(arcstep: Arcstep) -> None:
    answer = arcstep("--version")
    assert (answer.code, answer.out) == (0, f"arcstep {planner.__version__}\n")
    assert planner.__version__ == tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def test_without_a_verb_and_a_terminal_there_is_one_line(arcstep: Arcstep) -> None:
    answer = arcstep()
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_a_short_answer_loads_nothing_heavy(argument: str) -> None:
    code = (
        "import sys; from planner.cli import main; main(sys.argv[1:]); "
        "print(*sorted(name.partition('.')[0] for name in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, argument], capture_output=True, text=True, check=True, cwd=ROOT)
    heavy = {"asyncio", "msgspec", "textual", "rich", "azure", "aiohttp", "tomllib", "packaging", "unicodedata"}
    assert not heavy & set(done.stderr.split())


def test_settings_that_must_not_be_used_are_refused_before_anything_is_sent(arcstep: Arcstep) -> None:
    answer = arcstep("check", "--arm-endpoint", "https://evil.invalid")
    assert answer.code == 2 and "ARM endpoint" in answer.err
    answer = arcstep("check", "--subscription", "not-an-id")
    assert answer.code == 2 and "subscription" in answer.err


def test_a_source_without_a_file_is_a_sentence() -> None:
    with pytest.raises(SourceError):
        open_source(SourceSpec("file"))


class Terminal:
    """A stream that says it is a terminal."""

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None: ...


def test_progress_is_one_line_that_goes_away() -> None:
    terminal = Terminal()
    line = ProgressLine(terminal)  # type: ignore[arg-type]
    assert line.is_shown
    line.report(Progress(1_000, 2_000, "clusters"))
    line.report(Progress(2, None, "lists"))
    line.clear()
    assert terminal.text.startswith("\rreading clusters: 1,000 of 2,000")
    assert terminal.text.endswith("\r") and "\n" not in terminal.text


@pytest.fixture
def emulating() -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """`arcstep emulate` in a process of its own, and what it printed by first word."""
    code = "import sys; from planner.cli import main; sys.exit(main(['emulate', '--speed', '0']))"
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    )
    assert process.stdout is not None
    facts: dict[str, str] = {}
    for line in process.stdout:
        word, _, rest = line.strip().partition("  ")
        facts[word] = rest.strip()
        if line.startswith("Stop"):
            break
    yield process, facts
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_emulator_alone_can_be_read_and_stops_when_told(
    emulating: tuple[subprocess.Popen[str], dict[str, str]],
    arcstep: Arcstep,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    process, facts = emulating
    az = tmp_path / "az"
    token = '{"accessToken": "x", "expiresOn": "2099-01-01 00:00:00.000000", "expires_on": 4070908800, "tenant": "t"}'
    az.write_text(f"#!/bin/sh\necho '{token}'\n", "utf-8")
    az.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    authority = tmp_path / "ca.pem"
    authority.write_bytes(Path(facts["CA file"]).read_bytes())
    live = ("--arm-endpoint", facts["URL"], "--ca-bundle", str(authority), "--as-of", "2026-05-20")
    answer = arcstep("check", *live, "--json")
    assert answer.code == 40, answer.err
    assert answer.json["source"] == "live" and len(answer.json["clusters"]) > 30
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    gone = arcstep("check", *live)
    assert gone.code == 4 and gone.out == "" and "Traceback" not in gone.err


def test_ctrl_c_while_reading_is_exit_130_and_leaves_nothing(tmp_path: Path) -> None:
    """The signal comes while the reading waits for an answer that never arrives."""
    code = f"""
import os, signal, sys, threading
sys.path.insert(0, {str(ROOT)!r})
from planner.cli import main
from planner.emulator.demo import DemoSource
async def hang(self, report=None):
    import asyncio
    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
    await asyncio.Event().wait()
DemoSource.load_all = hang
sys.exit(main(["snapshot", "--demo", "--out", "s.json"]))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=30)
    assert done.returncode == 130
    assert done.stdout == "" and "interrupted" in done.stderr and "Traceback" not in done.stderr
    assert os.listdir(tmp_path) == []


def test_a_closed_pipe_is_no_traceback(demo_snapshot: Path) -> None:
    code = "import sys; from planner.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "check", "--json", "--from", str(demo_snapshot)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(30) == 141
    assert "Traceback" not in errors and "BrokenPipe" not in errors


def test_main_never_raises_for_a_damaged_file(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_bytes(b"\x00" * 100)
    assert main(["check", "--from", str(tmp_path / "s.json")]) == 2
