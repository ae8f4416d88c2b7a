"""The dialogue of a walk on plain lines: tells what happens, asks what has to be decided, and hears the answers."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from functools import partial
from types import FrameType
from typing import Final

from planner import events as e
from planner.cli.answers import Answers
from planner.cli.asking import Ask, Question, next_question
from planner.cli.telling import news, standing
from planner.legs import Stage
from planner.ports import Prepared, SourceError
from planner.walk import Walk, WalkError
from planner.walker import Walker
from planner.walking import Crew, Session

__all__ = ["Dialogue", "Print"]

BEAT: Final = 60.0
"""Seconds between two lines that say how it stands, by the walk's clock."""
LEAST_BEAT: Final = 10.0
"""Real seconds between them at least, however fast a rehearsal goes."""
_LEAVING: Final = ("SIGTERM", "SIGHUP", "SIGBREAK")
Print = Callable[[str], None]


class Dialogue:
    """Tells what happens and asks what has to be decided, until the walk ends or is left."""

    def __init__(self, walker: Walker, answers: Answers, out: Print, crew: Crew, *, session: Session) -> None:
        self._walker = walker
        self._answers = answers
        self._out = out
        self._by = crew.by
        self._beat = max(BEAT / crew.speed, LEAST_BEAT)
        self._runs = session.runs
        self._told: Walk | None = None
        self._trouble = ""
        self._asked: Question | None = None
        self._is_buried = False
        """True when something was told since the question was asked: then its last line is said again."""
        self._declined: frozenset[str] = frozenset()
        self._prepared: Prepared | None = None
        self._unprepared = ""
        self._preparing: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[str | None] | None = None
        self._moved = asyncio.Event()
        self._interrupts = 0
        self._left = False
        self._quiet = _seconds()
        """Since when nothing was said."""

    async def run(self) -> None:
        """Walk. Raises what a mistake of our own raised in the watch."""
        self._walker.changed = self._changed
        watching = asyncio.create_task(self._walker.run(), name="watch")
        try:
            with _signals(self._interrupt, self._leave):
                while not self._is_over():
                    await self._turn(watching)
        finally:
            self._walker.changed = None
            tasks = [task for task in (watching, self._preparing, self._reading) if task is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _changed(self, _: Walk) -> None:
        self._moved.set()

    def _is_over(self) -> bool:
        """Tell what is new; True when nothing is left to be asked or waited for."""
        walk = self._walker.walk
        for line in news(self._told, walk):
            self._out(line)
            self._is_buried, self._quiet = True, _seconds()
        if self._told is not None and self._told.place != walk.place:
            self._declined = frozenset()
        self._told = walk
        if self._walker.trouble != self._trouble:
            self._trouble = self._walker.trouble
            if self._trouble:
                self._out(f"Not kept on disk: {self._trouble}")
        return self._left or walk.is_over or walk.aborted

    async def _turn(self, watching: asyncio.Task[None]) -> None:
        """Ask, and wait for whatever comes first: an answer, a change, or a minute."""
        question = self._question()
        if question is not None and (question != self._asked or self._is_buried):
            for line in question.lines if question != self._asked else question.lines[-1:]:
                self._out(line)
        self._asked, self._is_buried = question, False
        if self._reading is None and (question is not None or self._answers.is_live):
            self._reading = asyncio.create_task(self._answers.next(), name="answer")
        moved = asyncio.create_task(self._moved.wait())
        waited = {watching, moved, *([self._reading] if self._reading is not None else [])}
        left = max(0.0, self._quiet + self._beat - _seconds())
        done, _ = await asyncio.wait(waited, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        moved.cancel()
        self._moved.clear()
        if watching in done:
            watching.result()
        if self._reading is not None and self._reading in done:
            answer, self._reading = self._reading.result(), None
            self._hear(answer, question)
        elif _seconds() >= self._quiet + self._beat:
            self._quiet = _seconds()
            if question is None:
                self._out(standing(self._walker.walk, self._walker.now, self._runs))

    def _question(self) -> Question | None:
        if self._interrupts:
            walk = self._walker.walk
            item = walk.leg.id if walk.leg is not None else ""
            asked = 'Interrupted. "hold" keeps anything more from starting, "quit" leaves, [enter] goes on.'
            return Question(Ask.HELD, item, (asked,))
        self._prepare()
        return next_question(
            self._walker.walk,
            declined=self._declined,
            prepared=self._prepared,
            unprepared=self._unprepared,
            may_upgrade=self._walker.may_upgrade,
        )

    # -- the change of an upgrade is read before its name is asked for

    def _prepare(self) -> None:
        leg = self._walker.walk.leg
        ready = leg is not None and leg.is_hop and leg.stage is Stage.READY and self._walker.may_upgrade
        if not ready or self._walker.walk.held:
            self._prepared, self._unprepared = None, ""
        elif self._preparing is None and self._prepared is None and not self._unprepared:
            self._preparing = asyncio.create_task(self._read_change(), name="prepare")

    async def _read_change(self) -> None:
        try:
            self._prepared = await self._walker.prepare()
        except SourceError as error:
            self._unprepared = f"{error.why} {error.cure}"
        except WalkError as error:
            self._unprepared = str(error)
        finally:
            self._preparing = None
            self._moved.set()

    # -- answers

    def _hear(self, answer: str | None, question: Question | None) -> None:
        if answer is None:
            self._out("No more answers: leaving.")
            self._left = True
            return
        if not self._answers.is_live:
            self._out(f"> {answer}")
        was_interrupted, self._interrupts, self._asked = bool(self._interrupts), 0, None
        try:
            if not self._obeyed(answer, question):
                self._answered(answer, None if was_interrupted else question)
        except WalkError as error:
            self._out(str(error))
        except SourceError as error:
            self._out(f"{error.what}: {error.why} {error.cure}")

    def _obeyed(self, answer: str, question: Question | None) -> bool:
        """What may be said at any time."""
        word, _, rest = answer.partition(" ")
        walk = self._walker.walk
        step = walk.leg.id if walk.leg is not None else ""
        match word.casefold():
            case "quit" | "q" | "exit":
                self._left = True
            case "hold":
                self._decide(e.Decision.HOLD, step, rest)
            case "abort":
                self._decide(e.Decision.ABORT, step, rest)
            case "look":
                self._walker.look_now()
            case "note":
                self._note(question.item if question is not None else step, rest)
            case "status":
                self._out(standing(walk, self._walker.now, self._runs))
            case _:
                return False
        return True

    def _answered(self, answer: str, question: Question | None) -> None:
        """The answer to a question; without one an empty line means nothing."""
        word, _, rest = answer.partition(" ")
        folded = word.casefold()
        match question.ask if question is not None else None:
            case Ask.CHECK if question is not None and folded in ("y", "yes"):
                self._walker.act(e.Ticked(self._walker.now, question.item, True, self._by, rest))
            case Ask.CHECK if question is not None and folded in ("n", "no"):
                self._declined |= {question.item}
            case Ask.HELD if not answer or folded in ("go", "proceed"):
                self._decide(e.Decision.PROCEED, "", rest)  # of no step: a gate is decided by an answer of its own
            case Ask.GATE if question is not None and folded == "proceed":
                self._decide(e.Decision.PROCEED, question.item, rest)
            case Ask.STANDSTILL if not answer:
                self._declined = frozenset()
                self._walker.look_now()
            case Ask.HAND | Ask.UPGRADE if question is not None and folded == "hand":
                self._walker.act(e.Started(self._walker.now, question.item, self._by))
            case Ask.UPGRADE:
                self._upgrade(answer)
            case _ if answer:
                self._out(f'"{answer}" is no answer here.')
            case _:
                pass

    def _upgrade(self, typed: str) -> None:
        prepared, self._prepared, self._unprepared = self._prepared, None, ""
        if typed and prepared is None:
            self._out(f"There is no change to be confirmed; {typed} upgrades nothing.")
        elif typed and prepared is not None:
            self._walker.confirm(prepared, typed, self._by)

    def _note(self, item: str, text: str) -> None:
        if text:
            self._walker.act(e.Noted(self._walker.now, item, text, self._by))
        else:
            self._out("Write the note after the word: note TEXT")

    def _decide(self, decision: e.Decision, step: str, note: str) -> None:
        self._walker.act(e.Decided(self._walker.now, step, decision, self._by, note))

    # -- signals

    def _interrupt(self) -> None:
        """Ctrl+C asks; a second one, or one where nobody can answer, leaves."""
        self._interrupts += 1
        if self._interrupts > 1 or not self._answers.is_live:
            self._left = True
        self._moved.set()

    def _leave(self) -> None:
        self._left = True
        self._moved.set()


def _seconds() -> float:
    """Of a clock that never jumps."""
    return asyncio.get_running_loop().time()


@contextmanager
def _signals(interrupt: Callable[[], None], leave: Callable[[], None]) -> Generator[None]:
    """Signals answered on the loop, and put back afterwards; nothing is done outside the main thread."""
    loop = asyncio.get_running_loop()

    def call(act: Callable[[], None], *_: int | FrameType | None) -> None:
        loop.call_soon_threadsafe(act)

    wanted = {signal.SIGINT: interrupt}
    wanted |= {getattr(signal, name): leave for name in _LEAVING if hasattr(signal, name)}
    before: dict[signal.Signals, object] = {}
    with suppress(ValueError):
        for number, act in wanted.items():
            before[number] = signal.signal(number, partial(call, act))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)  # pyright: ignore[reportArgumentType]
