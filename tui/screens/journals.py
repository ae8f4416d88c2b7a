"""Plans and journals: what runs, what waits for a person, who has it; and the plans saved here."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widget import Widget

from planner.documents.datablock import digest_of
from planner.files import FileError
from planner.journal import Entry, journals
from planner.plan import Plan
from planner.ports import SourceError
from planner.sources import open_plan
from planner.walking import plan_of
from tui import places
from tui.look import BLOCKER, OK, RUNNING, TODO, WARNING, Sign, Span, Spans, count, moment
from tui.prose import GAP, Item, Page, bullet, field, heading, para
from tui.screens.frame import Frame
from tui.state import AppState, Failure
from tui.widgets.columns import Column
from tui.widgets.page_view import PageView
from tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from planner.documents.readback import Document

COLUMNS = (
    Column("state", "STATE", 11, 11),
    Column("cluster", "CLUSTER", 14, 24),
    Column("where", "WHERE IT STANDS", 22, 34),
    Column("last", "LAST, UTC", 11, 14),
    Column("by", "WHO", 15, 30),
)
MOST_PLANS = 200
"""Plan documents looked at in one directory."""


@dataclass(frozen=True)
class Kept:
    """A row: a journal, or a saved plan without one."""

    key: str
    sign: Sign
    word: str
    cluster: str
    standing: str
    last: str
    by: str
    entry: Entry | None = None
    document: Document | None = None


class JournalsScreen(Frame):
    """What was begun and what was saved."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "again", "Refresh", id="journals.again", tooltip="read the directories again"),
    ]
    CSS = "#under { height: 5; background: $surface; }"
    HELP_TITLE = "Plans and journals"
    HELP_TEXT = (
        "Walks that were begun, and plans saved in this directory. Enter takes a walk up, or opens the plan's; a plan of "
        "instances is shown."
    )
    hint_order = ("open", "again", "why", "help", "back")

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[str, Kept] = {}
        self._failure: Failure | None = None
        self._is_read = False

    def body(self) -> Iterator[Widget]:
        """The list, and what is highlighted."""
        yield VirtualTable(COLUMNS, id="journals")
        yield PageView(id="under")

    async def on_mount(self) -> None:
        """Read."""
        await super().on_mount()
        self.query_one("#under").can_focus = False
        self.query_one(VirtualTable).focus()
        self.action_again()

    def action_again(self) -> None:
        """Read the directories."""
        self._read()

    @work(exclusive=True, group="journals", exit_on_error=False)
    async def _read(self) -> None:
        try:
            self._kept = {kept.key: kept for kept in await asyncio.to_thread(self._all)}
            self._failure = None
        except FileError as error:
            self._failure = Failure.of(error)
        self._is_read = True
        self.show(self.state)

    def _all(self) -> list[Kept]:
        outfit = self.planner.walking.outfit
        entries = journals(outfit.directory(self.planner.source)) if outfit is not None else []
        begun = {entry.digest for entry in entries}
        return [*map(of_journal, entries), *(plan for plan in saved_plans(Path.cwd()) if plan.key not in begun)]

    def show(self, state: AppState) -> None:
        """How many of what, and the list."""
        self.say(self.crumbs("Plans and journals"), self._sentence())
        empty: tuple[Spans, ...] = (
            (("Nothing was begun and nothing is saved in this directory.", ""),),
            (("p on a cluster makes a plan, e saves it, enter on Plan walks it.", "muted"),),
        )
        table = self.query_one(VirtualTable)
        table.show(list(self._kept), self._cells, empty=empty if self._is_read else ())
        self._describe()

    def _sentence(self) -> Spans:
        if self._failure is not None:
            return ((f"{self.look.sign(BLOCKER)} {self._failure.what}: ", "bad"), (self._failure.why, ""))
        if not self._is_read:
            return (("Reading …", "muted"),)
        entries = [kept.entry for kept in self._kept.values() if kept.entry is not None]
        running = sum(entry.is_open for entry in entries)
        waiting = sum(not entry.is_open and not entry.is_over for entry in entries)
        parts = [f"{running} running", f"{waiting} waiting for a person", count(len(self._kept) - len(entries), "plan")]
        return ((" · ".join(parts), ""),)

    def _cells(self, key: str) -> tuple[Span, ...]:
        kept = self._kept[key]
        return (
            (f"{self.look.sign(kept.sign)} {kept.word}", kept.sign.tone),
            (kept.cluster, "strong"),
            (kept.standing, ""),
            (kept.last, "muted"),
            (kept.by, "muted"),
        )

    @property
    def kept(self) -> Kept | None:
        """The highlighted row."""
        return self._kept.get(self.query_one(VirtualTable).key)

    @on(VirtualTable.RowHighlighted)
    def _describe(self) -> None:
        kept = self.kept
        self.query_one("#under", PageView).show(page_of(kept)[1:-1] if kept is not None else ())
        self.follow_why()

    def why(self) -> Page:
        """The row in full."""
        return page_of(self.kept) if self.kept is not None else ()

    @on(VirtualTable.RowOpened)
    def _opened(self) -> None:
        kept = self.kept
        if kept is None:
            return
        if kept.document is not None and kept.document.fleet is not None:
            self.planner.planning.show_fleet(kept.document)
            return
        try:
            plan, digest, file = _plan_of(kept)
        except SourceError as error:
            self.app.push_screen(places.error(Failure.of(error)))
            return
        from tui.errands import walk_it

        walk_it(self.planner, plan, digest, file, kept.document.problems if kept.document is not None else ())


def _plan_of(kept: Kept) -> tuple[Plan, str, str]:
    """Plan, digest and file of a row. Raises SourceError."""
    if kept.entry is not None:
        return (*plan_of(kept.entry.path), "")
    document = kept.document
    if document is None or document.plan is None:
        raise FileError("this plan cannot be walked", "its data block cannot be used.", "Make the plan anew.")
    return document.plan, digest_of(document.plan), document.name


def of_journal(entry: Entry) -> Kept:
    """The row of a journal."""
    if entry.problems and not entry.cluster:
        sign, word = BLOCKER, "damaged"
    elif entry.is_over:
        sign, word = OK, "done"
    elif entry.is_open:
        sign, word = RUNNING, "running"
    else:
        sign, word = (WARNING, "waits")
    by = f"held by {entry.holder.user}" if entry.holder is not None else entry.by
    last = f"{entry.last:%m-%d %H:%M}" if entry.last is not None else "?"
    name = entry.cluster or entry.path.name
    return Kept(str(entry.path), sign, word, name, entry.standing, last, by, entry=entry)


def saved_plans(directory: Path) -> Iterator[Kept]:
    """Plan documents in a directory; what is no plan is passed over."""
    for path in sorted(directory.glob("*.md"))[:MOST_PLANS]:
        try:
            document = open_plan(path)
        except SourceError:
            continue
        plan = document.plan or document.fleet
        if plan is None:
            continue
        sign, word = (WARNING, "edited") if document.problems else (TODO, "not begun")
        last = f"{plan.as_of:%m-%d %H:%M}"
        name = document.plan.subject.name if document.plan is not None else "instances"
        yield Kept(digest_of(plan), sign, word, name, plan.title, last, path.name, document=document)


def page_of(kept: Kept) -> Page:
    """What a row stands for, in full."""
    page: list[Item] = [heading(kept.cluster)]
    entry, document = kept.entry, kept.document
    if entry is not None:
        began = moment(entry.began) if entry.began is not None else "?"
        page += [para((entry.title, "strong")), para(f"{entry.standing}; begun {began} by {entry.by} on {entry.host}.")]
        if entry.holder is not None:
            page.append(para((f"Walked now by {entry.holder}.", "warning")))
        page += [bullet(problem, sign=("?", "unknown")) for problem in entry.problems]
        page += [GAP, field("journal", str(entry.path), "muted")]
    elif document is not None and (plan := document.plan or document.fleet) is not None:
        page += [para((plan.title, "strong")), para(f"{plan.verdict}: {plan.verdict_because}")]
        page += [bullet(problem, sign=("?", "unknown")) for problem in document.problems]
        page.append(field("file", document.name, "muted"))
    return tuple(page)
