"""Drift: the plan on the table against the facts of now, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from planner.documents.driftlines import headline
from planner.drift import Drift, drift_of
from planner.fleetplan import FleetPlan
from planner.goals import in_words
from planner.inventory import Unread
from planner.plan import Plan
from tui.drift_page import drift_page
from tui.lens import Lens
from tui.look import Spans, fate_sign
from tui.messages import ReadingAsked
from tui.prose import Page, plain
from tui.screens.frame import Frame
from tui.state import AppState
from tui.widgets.page_view import PageView


class DriftScreen(Frame):
    """Compares as it opens, and again with each newer fact. `problems` is what is wrong with the plan's document."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy", id="drift.copy", tooltip="copy the comparison as text"),
        Binding("r", "again", "Refresh", id="drift.again", tooltip="read the cluster and compare again"),
        Binding("d", "back", "Back", show=False, id="drift.close", tooltip="back"),
    ]
    HELP_TITLE = "Drift"
    HELP_TEXT = "What has become of each step of the plan by the facts of now, with the cause."
    hint_order = ("copy", "again", "help", "back")

    def __init__(self, plan: Plan | FleetPlan, problems: Sequence[str] = ()) -> None:
        super().__init__()
        self._plan, self._problems = plan, tuple(problems)
        self._drift: Drift | None = None
        self._seen: Lens | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the clusters that are read again."""
        assert isinstance(self._plan, Plan)
        return (self._plan.subject.id.casefold(),)

    @property
    def trail(self) -> tuple[str, str]:
        """Where it stands: the screen it came from, and what is compared."""
        assert isinstance(self._plan, Plan)
        return "Plan", self._plan.subject.name

    def body(self) -> Iterator[Widget]:
        """The page."""
        yield PageView(id="page")

    async def on_mount(self) -> None:
        """Compare with the facts at hand, and read the cluster again."""
        await super().on_mount()
        self.action_again()

    def show(self, state: AppState) -> None:
        """Compare with the newest facts."""
        lens = state.lens
        if lens is not None and lens is not self._seen and self.is_due(state):
            self._seen = lens
            self.compare(lens)
        self.say(self.crumbs(*self.trail, "Drift"), self._sentence(), self.busy(state))

    def is_due(self, state: AppState) -> bool:
        """Whether newer facts are worth a comparison of their own."""
        return True

    def busy(self, state: AppState) -> Spans:
        """What is going on."""
        return (("reading it again …", "accent"),) if not state.reading.isdisjoint(self.keys) else ()

    def compare(self, lens: Lens) -> None:
        """With these facts; then shown."""
        assert isinstance(self._plan, Plan)
        self.compared(drift_of(self._plan, lens.judge, lens.routes), lens)

    def compared(self, drift: Drift, lens: Lens) -> None:
        """Keep and show a comparison."""
        self._drift = drift
        self.query_one(PageView).show(self.page(drift, lens), top=False)

    def _sentence(self) -> Spans:
        drift = self._drift
        if drift is None:
            return ()
        sign = fate_sign(drift.fate)
        return ((f"{self.look.sign(sign)} {headline(drift)}", sign.tone), (f"  goal {in_words(drift.goal)}", "muted"))

    def page(self, drift: Drift, lens: Lens) -> Page:
        """The whole comparison."""
        return drift_page(drift, self.look, self.gaps(lens), self._problems)

    def gaps(self, lens: Lens) -> tuple[Unread, ...]:
        """What could not be read of the clusters it looks at."""
        inventory = lens.judge.inventory
        clusters = (inventory.by_key.get(key) for key in self.keys)
        return tuple(gap for one in clusters if one is not None for gap in inventory.unread_of(one))

    def copies(self) -> list[tuple[str, str]]:
        """The comparison."""
        drift = self._drift
        page = plain(self.query_one(PageView).page)
        return [("comparison", f"{drift.title}: {headline(drift)}\n{page}")] if drift is not None else []

    def action_again(self) -> None:
        """Read the cluster again; the comparison follows."""
        self.post_message(ReadingAsked(self.keys))
