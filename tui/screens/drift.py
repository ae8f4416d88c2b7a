"""Drift: the plan on the table against the facts of now, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from planner.documents.driftlines import headline
from planner.drift import Drift, drift_of
from planner.goals import in_words
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

    def __init__(self, plan: Plan, problems: Sequence[str] = ()) -> None:
        super().__init__()
        self._plan, self._problems = plan, tuple(problems)
        self._drift: Drift | None = None
        self._seen: Lens | None = None

    @property
    def _key(self) -> str:
        return self._plan.subject.id.casefold()

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
        if lens is not None and lens is not self._seen:
            self._seen, self._drift = lens, drift_of(self._plan, lens.judge, lens.routes)
            self.query_one(PageView).show(self._page(self._drift, lens), top=False)
        busy: Spans = (("reading it again …", "accent"),) if self._key in state.reading else ()
        self.say(self.crumbs("Plan", self._plan.subject.name, "Drift"), self._sentence(), busy)

    def _sentence(self) -> Spans:
        drift = self._drift
        if drift is None:
            return ()
        sign = fate_sign(drift.fate)
        return ((f"{self.look.sign(sign)} {headline(drift)}", sign.tone), (f"  goal {in_words(drift.goal)}", "muted"))

    def _page(self, drift: Drift, lens: Lens) -> Page:
        inventory = lens.judge.inventory
        cluster = inventory.by_key.get(self._key)
        gaps = inventory.unread_of(cluster) if cluster is not None else ()
        return drift_page(drift, self.look, gaps, self._problems)

    def copies(self) -> list[tuple[str, str]]:
        """The comparison."""
        drift = self._drift
        page = plain(self.query_one(PageView).page)
        return [("comparison", f"{drift.title}: {headline(drift)}\n{page}")] if drift is not None else []

    def action_again(self) -> None:
        """Read the cluster again; the comparison follows."""
        self.post_message(ReadingAsked((self._key,)))
