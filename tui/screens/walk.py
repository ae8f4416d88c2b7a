"""Walk: what now, is this normal, what next. One row for everything that has to be looked at, done or decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from planner import events as e
from planner.events import Decision
from planner.legs import TOOL, Stage
from planner.proofs import Mark
from planner.walk import Walk, why_not_start
from tui import errands, selectors
from tui.explain import deed, shell
from tui.look import TODO, WARNING, Span, Spans
from tui.open_walk import OpenWalk
from tui.prose import Page
from tui.screens.frame import Frame
from tui.state import AppState
from tui.walk_pages import log_page, page_of, why_page
from tui.walk_rows import Kind, WalkRow, next_check, next_key, rows_of
from tui.walk_words import opening, sentence, since, where
from tui.widgets.columns import Column
from tui.widgets.page_view import PageView
from tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from tui.walking import Walking

COLUMNS = (
    Column("state", "STATE", 11, 11),
    Column("id", "STEP", 6, 6),
    Column("what", "WHAT", 40, 62),
    Column("seen", "SEEN", 30, 60, drop=1),
    Column("by", "WHEN, WHO", 17, 23),
)
TALL = 30
"""From this many lines on, page and log get more of them."""


class DoTable(VirtualTable):
    """The rows; enter does what the highlighted one stands for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Do", id="walk.do", tooltip="do the highlighted thing: tick, start, decide"),
    ]


class WalkScreen(Frame):
    """The walk that is open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "tick", "Tick", id="walk.tick", tooltip="tick a check you looked at, or take the tick back"),
        Binding("n", "note", "Note", id="walk.note", tooltip="write a note on the highlighted row"),
        Binding("l", "log", "Log", id="walk.log", tooltip="everything that happened, newest first"),
        Binding("h", "hold", "Hold", id="walk.hold", tooltip="hold: nothing new starts; again to go on"),
        Binding("exclamation_mark", "abort", "Abort", id="walk.abort", tooltip="end the walk; what runs goes on"),
        Binding("r", "again", "Look now", show=False, id="walk.look", tooltip="look at the cluster now"),
        Binding("e", "export", "Evidence", show=False, id="walk.export", tooltip="save the walk as evidence, Markdown"),
        Binding("o", "portal", "Portal", show=False, id="walk.portal", tooltip="open the cluster in the Azure portal"),
        Binding("z", "zoom", "Enlarge", show=False, id="walk.zoom", tooltip="more room for what stands under the rows"),
    ]
    HELP_TITLE = "Walk"
    HELP_TEXT = (
        "Checks, start, watch and gate of each step. Nothing is sent to Azure before you type the cluster's name."
    )
    hint_order = ("open", "tick", "note", "log", "hold", "abort", "why", "help", "back")

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, WalkRow] = {}
        self._at: tuple[str, Stage | None] = ("", None)
        self._led_to = ""

    def body(self) -> Iterator[Widget]:
        """Rows, page, log."""
        yield DoTable(COLUMNS, id="rows")
        yield PageView(id="page")
        yield PageView(id="log")

    async def on_mount(self) -> None:
        """Follow the state, and the time once a second."""
        self.query_one("#log").can_focus = False
        await super().on_mount()
        self.query_one(VirtualTable).focus()
        self.set_interval(1, self._time_passes)

    async def on_resize(self) -> None:
        """High windows give page and log more room."""
        tall = self.size.height >= TALL
        if tall != self.has_class("-tall"):
            self.set_class(tall, "-tall")
            self.show(self.state)
        await super().on_resize()

    # -- what is shown

    @property
    def walking(self) -> Walking:
        """Who carries out what is asked for here."""
        return self.planner.walking

    @property
    def shown(self) -> OpenWalk:
        """The open walk."""
        return self.state.walk or OpenWalk("")

    @property
    def walk(self) -> Walk | None:
        """The walk itself, once taken up."""
        return self.shown.walk

    @property
    def now(self) -> datetime | None:
        """The moment by the walk's clock; of a walk that only lies here, of its last event."""
        return self.walking.now or (self.walk.now if self.walk is not None else None)

    @property
    def row(self) -> WalkRow | None:
        """The highlighted row."""
        return self._rows.get(self.query_one(VirtualTable).key)

    def show(self, state: AppState) -> None:
        """Everything."""
        walk = self.walk
        if walk is None:
            self.say(where(self.shown), opening(self.shown, self.look))
            return
        self._rows = {row.key: row for row in rows_of(walk)}
        table = self.query_one(VirtualTable)
        table.show(list(self._rows), self._cells)
        self._go_where_work_is(walk, table)
        self.warn(self._warning())
        self.query_one("#log", PageView).show(log_page(walk, 5 if self.has_class("-tall") else 2))
        self._tell(walk)

    def _go_where_work_is(self, walk: Walk, table: VirtualTable) -> None:
        """The cursor goes to what has to be done: with a new step or stage, and for as long as nobody moved it."""
        at = (walk.leg.id, walk.leg.stage) if walk.leg is not None else ("", None)
        if at != self._at or table.key == self._led_to:
            self._at, self._led_to = at, next_key(walk)
            table.highlight(self._led_to)

    def _time_passes(self) -> None:
        if self.is_current and self.walk is not None:
            self._tell(self.walk)

    def _tell(self, walk: Walk) -> None:
        """What changes as time passes."""
        now, row = self.now or walk.now, self.row
        self.say(where(self.shown), sentence(walk, self.shown, now, self.look))
        page = page_of(row, walk, self.shown, now, self.look) if row is not None else ()
        self.query_one("#page", PageView).show(page, top=False)
        self.follow_why()

    def aside(self) -> tuple[Spans, ...]:
        """Since when, instead of as of when."""
        walk = self.walk
        return selectors.aside(self.state, since(walk), "") if walk is not None else super().aside()

    def _warning(self) -> Spans:
        shown = self.shown
        sign = self.look.sign(WARNING)
        if shown.holder:
            return ((sign, ""), (" ", ""), (f"Only shown here: {shown.holder} has this walk.", ""))
        if shown.trouble:
            return ((sign, ""), (" ", ""), (f"Not kept on disk: {shown.trouble}", ""))
        return ((sign, ""), (" ", ""), (" ".join(shown.problems), "")) if shown.problems else ()

    def _cells(self, key: str) -> tuple[Span, ...]:
        row = self._rows[key]
        sign = f"{self.look.sign(row.sign)} {row.word}"
        dim = row.kind is Kind.LEG or row.sign is TODO
        return (
            (sign, row.sign.tone),
            (row.id, "muted" if row.kind is Kind.LEG else "accent"),
            (row.text, "muted" if row.kind is Kind.LEG else "" if dim else "strong"),
            (row.evidence, "muted"),
            (row.by, "muted"),
        )

    @on(VirtualTable.RowHighlighted)
    def _highlighted(self) -> None:
        if self.walk is not None:
            self.query_one("#page", PageView).scroll_to(y=0, animate=False)
            self._tell(self.walk)

    def why(self) -> Page:
        """The highlighted row in full."""
        row, walk = self.row, self.walk
        if row is None or walk is None:
            return ()
        return why_page(row, walk, self.shown, self.state.catalog, self.now or walk.now, self.look)

    def copies(self) -> list[tuple[str, str]]:
        """The commands of the step, the names."""
        walk, row = self.walk, self.row
        if walk is None:
            return []
        step = row.leg.step if row is not None else None
        first = deed(step) if step is not None else ()
        commands = [*first, *(one for one in step.commands if one not in first)] if step is not None else []
        subject = walk.plan.subject
        named = [(command.purpose, shell(command.argv)) for command in commands]
        correlation = row.leg.correlation if row is not None else ""
        return [*named, ("correlation id", correlation), ("cluster name", subject.name), ("ARM id", subject.id)]

    def copied(self, name: str, text: str) -> None:
        """Commands that were copied are in the command log too."""
        super().copied(name, text)
        self.planner.requests.command(text)

    # -- doing

    @on(VirtualTable.RowOpened)
    def _do(self) -> None:
        row = self.row
        if row is None or row.leg is not self.shown.leg:
            self._explain()
        elif row.kind is Kind.CHECK and row.leg.mark(row.id) is not Mark.OK:
            self.action_tick()
        elif row.kind is Kind.START:
            self._begin(row)
        elif row.kind is Kind.GATE and row.leg.stage is Stage.GATE:
            self._decide("Gate", row.leg.gate, tuple(Decision))
        else:
            self._explain()

    def _explain(self) -> None:
        from tui.screens.why import WhyScreen

        page = self.why()
        if page:
            self.app.push_screen(WhyScreen(page, "Walk"))

    def action_tick(self) -> None:
        """Tick, or take a tick back."""
        row, walk = self.row, self.walk
        if row is None or row.check is None or walk is None or row.leg is not walk.leg:
            self.notify("Only a check of the step whose turn it is can be ticked.", markup=False)
            return
        tick, item = row.leg.tick(row.id), row.id
        done = tick is None or tick.mark is not Mark.OK
        if tick is not None and not done and tick.by == TOOL:
            self.notify("arcstep made this check itself; r looks again.", markup=False)
            return
        if self.walking.act(lambda at, by: e.Ticked(at, item, done, by)) and done and self.walk is not None:
            self._led_to = next_check(self.walk, item)
            self.query_one(VirtualTable).highlight(self._led_to)

    def _begin(self, row: WalkRow) -> None:
        """Start the step: by arcstep after a typed name, or by a person who says so."""
        walk, leg = self.walk, row.leg
        reason = why_not_start(walk) if walk is not None else "The walk is not taken up yet."
        if reason or leg.step is None:
            self.notify(reason, severity="warning", markup=False, timeout=10)
            return
        if leg.is_hop and self.shown.who:
            from tui.screens.upgrade import UpgradeScreen

            self.app.push_screen(UpgradeScreen(leg.step, self.walking))
            return
        from tui.screens.started import StartedScreen

        step = leg.step.id

        def started(yes: bool | None) -> None:
            if yes:
                self.walking.act(lambda at, by: e.Started(at, step, by))

        self.app.push_screen(StartedScreen(leg.step), started)

    def action_note(self) -> None:
        """Write something down."""
        from tui.screens.ask import AskScreen

        row = self.row
        if row is None:
            return
        item = row.check.id if row.check is not None else row.leg.id

        def written(text: str | None) -> None:
            if text:
                self.walking.act(lambda at, by: e.Noted(at, item, text, by))

        about = f"On {item}: {row.text}"
        self.app.push_screen(AskScreen("Note", about, "", lambda text: "" if text else "Write something."), written)

    def action_hold(self) -> None:
        """Hold, or go on."""
        walk = self.walk
        if walk is None or walk.leg is None:
            return
        if walk.held:
            self._decided((Decision.PROCEED, ""))
        else:
            self._decide(
                "Hold", "Nothing new is started until h is pressed again. What runs goes on.", (Decision.HOLD,)
            )

    def action_abort(self) -> None:
        """End the walk."""
        text = "Nothing more is started in this walk, for good; a new plan is made from what runs then. "
        leg = self.shown.open_leg
        runs = f"{leg.step.title} goes on in Azure: it cannot be called back." if leg and leg.step else ""
        self._decide("Abort", text + runs, (Decision.ABORT,))

    def _decide(self, title: str, text: str, choices: tuple[Decision, ...]) -> None:
        from tui.screens.decide import DecideScreen

        if self.shown.leg is not None:
            self.app.push_screen(DecideScreen(title, text, choices), self._decided)

    def _decided(self, answer: tuple[Decision, str] | None) -> None:
        leg = self.shown.leg
        if answer is not None and leg is not None:
            decision, note = answer
            self.walking.act(lambda at, by: e.Decided(at, leg.id, decision, by, note))

    def action_again(self) -> None:
        """Look now."""
        self.walking.look_now()

    def action_log(self) -> None:
        """The whole log."""
        from tui.screens.why import WhyScreen

        if self.walk is not None:
            words: Spans = (("Everything that happened, newest first, in UTC", ""),)
            self.app.push_screen(WhyScreen(log_page(self.walk), "Log", words))

    def action_export(self) -> None:
        """Evidence as Markdown."""
        errands.save_evidence(self.planner)

    def action_portal(self) -> None:
        """Open the cluster in the portal."""
        if self.walk is not None:
            errands.open_portal_of(self.planner, self.walk.plan.subject.id)

    def action_zoom(self) -> None:
        """More room for the page."""
        self.toggle_class("-zoomed")
