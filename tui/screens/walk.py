"""Walk: what now, is this normal, what next. What the operator decides goes into the journal, and from there to Azure."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from planner import events as e
from planner.events import Decision
from planner.legs import TOOL, Stage
from planner.proofs import Mark
from planner.walk import why_not_start
from tui import errands
from tui.look import Spans
from tui.screens.walk_view import WalkView
from tui.walk_pages import log_page
from tui.walk_rows import Kind, WalkRow, next_check
from tui.widgets.virtual_table import VirtualTable


class WalkScreen(WalkView):
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

    @on(VirtualTable.RowOpened)
    def _do(self) -> None:
        row = self.row
        if row is None or row.leg is not self.shown.leg:
            self._explain()
        elif row.kind is Kind.CHECK and row.leg.mark(row.id) is not Mark.OK:
            self.action_tick()
        elif row.kind is Kind.START:
            self._begin(row)
        elif row.kind is Kind.GATE and row.leg.stage is Stage.GATE and self.walk is not None:
            if self.walk.held or self.walk.aborted:
                reason = "The walk was aborted." if self.walk.aborted else "The walk is on hold; h goes on first."
                self.notify(reason, severity="warning", markup=False)
                return
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
            self.lead_to(next_check(self.walk, item))

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

    def action_back(self) -> None:
        """Back; what runs goes on, and arcstep watches it for as long as it is open."""
        leg = self.shown.open_leg
        if leg is not None and leg.step is not None and len(self.app.screen_stack) > 1:
            self.notify(f"{leg.step.title} goes on and is watched; enter on its plan comes back here.", markup=False)
        super().action_back()

    def action_zoom(self) -> None:
        """More room for the page."""
        self.toggle_class("-zoomed")
