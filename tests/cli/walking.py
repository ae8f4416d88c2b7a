"""`arcstep walk --plain` with somebody who answers, in this process, on the real emulator, in a time of its own."""

from __future__ import annotations

import io
import itertools
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Condition
from typing import Any

import pytest

from planner.cli import main
from planner.emulator import offstage, server
from planner.emulator.server import Emulator, LogEntry
from planner.events import Event
from planner.journal import read

Answerer = Callable[[str], str]
"""From the question to an answer; "" ends the input."""
TICK = 0.001
"""Seconds of the emulator's clock that pass each time somebody asks it, so that no test depends on how fast it runs."""
SPEED = "4500"


def willing(question: str) -> str:
    """Somebody who ticks, upgrades and proceeds."""
    if '"y" or "n"' in question:
        return "y"
    if "Type the cluster's name, " in question:
        return question.partition("Type the cluster's name, ")[2].partition(",")[0]
    if 'answer "hand"' in question:
        return "hand"
    return "proceed" if " gate: " in question else "quit"


def by_hand(question: str) -> str:
    """Somebody who starts every upgrade elsewhere."""
    return "hand" if '"hand"' in question else willing(question)


class Script:
    """Answers as `willing`, but for questions that hold a text: those get the answers given here, one after the other."""

    def __init__(self, answers: Mapping[str, Sequence[str]]) -> None:
        self._answers = {text: list(given) for text, given in answers.items()}

    def __call__(self, question: str) -> str:
        given = next((left for text, left in self._answers.items() if text in question and left), None)
        return given.pop(0) if given else willing(question)


class Transcript(io.StringIO):
    """Standard output, with a way to wait for what is said."""

    def __init__(self) -> None:
        super().__init__()
        self._said = Condition()

    def write(self, text: str, /) -> int:
        with self._said:
            count = super().write(text)
            self._said.notify_all()
        return count

    @property
    def lines(self) -> list[str]:
        return self.getvalue().splitlines()

    def wait_for(self, text: str, after: int = 0) -> None:
        """Until a line later than `after` holds the text."""
        with self._said:
            heard = self._said.wait_for(lambda: any(text in line for line in self.lines[after:]), timeout=20)
        assert heard, f"nobody said {text!r}"


class Pipe(io.TextIOBase):
    """Answers that were written down beforehand: taken only when something is asked."""

    def __init__(self, answerer: Answerer, transcript: Transcript) -> None:
        self._answerer = answerer
        self._transcript = transcript

    def isatty(self) -> bool:
        return False

    def readline(self, size: int | None = -1, /) -> str:
        asked = [line for line in self._transcript.lines if '"quit"' in line or " gate: " in line]
        answer = self._answerer(asked[-1])
        return f"{answer}\n" if answer else ""


class Keyboard(io.TextIOBase):
    """A person at a terminal: waits until a text was said, then answers, or does something."""

    def __init__(self, acts: Sequence[tuple[str, str | Callable[[], None]]], transcript: Transcript) -> None:
        self._acts = list(acts)
        self._transcript = transcript
        self._heard = 0

    def isatty(self) -> bool:
        return True

    def readline(self, size: int | None = -1, /) -> str:
        while self._acts:
            text, act = self._acts.pop(0)
            self._transcript.wait_for(text, self._heard)
            self._heard = len(self._transcript.lines)
            if isinstance(act, str):
                return f"{act}\n"
            act()
        return ""


@dataclass(frozen=True)
class Walked:
    """What a run of `walk` gave, and what the emulated Azure saw of it."""

    code: int
    lines: list[str]
    err: str
    log: list[LogEntry]
    kept: tuple[Event, ...]
    """What is in the journal afterwards."""

    @property
    def writes(self) -> list[LogEntry]:
        return [entry for entry in self.log if not entry.is_read]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


class Stage:
    """Runs `arcstep walk` in the home of the test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self.state = home / ".local" / "state" / "arcstep"

    def rehearse(self, plan: Path, *arguments: str, answer: Answerer = willing) -> Walked:
        """A rehearsal with answers that were written down."""
        return self._run(plan, arguments, lambda transcript: Pipe(answer, transcript))

    def live(self, plan: Path, *arguments: str, acts: Sequence[tuple[str, str | Callable[[], None]]]) -> Walked:
        """A rehearsal by a person at a terminal."""
        return self._run(plan, arguments, lambda transcript: Keyboard(acts, transcript))

    def _run(self, plan: Path, arguments: Sequence[str], stdin: Callable[[Transcript], io.TextIOBase]) -> Walked:
        transcript, emulators, ticks = Transcript(), list[Emulator](), itertools.count()

        class Remembered(Emulator):
            def __init__(self, *args: Any, **options: Any) -> None:
                super().__init__(*args, **options, ticks=lambda: next(ticks) * TICK)
                emulators.append(self)

        self._capsys.readouterr()
        with self._monkeypatch.context() as patch:
            patch.setattr(server, "Emulator", Remembered)
            patch.setattr(offstage, "UPDATE_MINUTES", 20)
            patch.setattr(sys, "stdin", stdin(transcript))
            patch.setattr(sys, "stdout", transcript)
            code = main(["walk", str(plan), "--plain", "--demo", "--speed", SPEED, *arguments])
        log = [entry for emulator in emulators for entry in emulator.log]
        return Walked(code, transcript.lines, self._capsys.readouterr().err, log, self._kept())

    def _kept(self) -> tuple[Event, ...]:
        journals = list((self.state / "rehearsals").glob("*.jsonl"))
        return read(journals[0]).events if journals else ()
