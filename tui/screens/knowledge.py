"""Knowledge: what arcstep knows, and how old it is. Works without a fleet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widget import Widget

from planner.catalog import CatalogError
from planner.insight.view import KnowledgeView, short_age, view_of
from tui import knowledge_pages as pages
from tui import knowledge_rows as rows
from tui.look import BLOCKER, Span
from tui.prose import Page
from tui.screens.tabbed import Tabbed
from tui.state import AppState
from tui.widgets.columns import Column, fit
from tui.widgets.split import Split
from tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from planner.catalog import Catalog

RELEASES, MINORS, DISPUTES, SOURCES = range(4)
TALL = 36
"""From this height on a contradiction is shown with the titles of its documents."""


class KnowledgeScreen(Tabbed):
    """The catalog."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "scope", "Support scope", show=False, id="knowledge.scope", tooltip="what Microsoft supports"),
    ]
    CSS = """
    KnowledgeScreen Split VirtualTable { min-height: 6; }
    KnowledgeScreen .under { height: 1fr; min-height: 9; }
    """
    HELP_TITLE = "Knowledge"
    HELP_TEXT = (
        "Patches offered: 12,13 under 1.31 = 1.31.12 and 1.31.13, ? = list not published. "
        "STRANDS = this minor and older. * = later on the other OS line."
    )
    hint_order = ("open", "turn(1)", "why", "help", "back")
    tabs = ("Releases", "Minors", "Disputes", "Sources")

    def __init__(self) -> None:
        super().__init__()
        self._catalog: Catalog | None = None
        self._view: KnowledgeView | None = None
        self._failure = ""

    async def on_mount(self) -> None:
        """Where no fleet brought the knowledge yet it is read here."""
        await super().on_mount()
        if self.view is None:
            self._load()

    @work(exclusive=True, group="knowledge", exit_on_error=False)
    async def _load(self) -> None:
        try:
            self._catalog, _ = await self.planner.judging.knowledge()
        except CatalogError as error:
            self._failure = str(error)
        self.show(self.state)

    @property
    def view(self) -> KnowledgeView | None:
        """The catalog as this screen shows it; None while it is being read."""
        catalog = self.state.catalog or self._catalog
        if catalog is not None and (self._view is None or self._view.catalog is not catalog):
            self._view = view_of(catalog)
        return self._view

    @property
    def as_of(self) -> date | None:
        """The day ages are counted to; None until facts or a plan say which."""
        return self.state.as_of.date() if self.state.as_of is not None else None

    # -- drawing

    def show(self, state: AppState) -> None:
        """The knowledge as it is on another day, or only just there."""
        self.redraw()

    def redraw(self) -> None:
        """How old, how much is missing, the tab."""
        view = self.view
        if view is not None:
            place = (f"   compiled {view.catalog.compiled}", "muted")
            example = (("12,13 under 1.31 = 1.31.12, 1.31.13", "muted"),) if self.current == RELEASES else ()
            self.say((*self.crumbs("Knowledge"), place), pages.sentence(view, self.as_of, self.look), example)
        elif self._failure:
            words = (f"{self.look.sign(BLOCKER)} The catalog cannot be used: ", "bad")
            self.say(self.crumbs("Knowledge"), (words, (self._failure, "")))
        else:
            self.say(self.crumbs("Knowledge"), (("Reading the knowledge …", "muted"),))
        super().redraw()

    def counts(self) -> tuple[int | None, ...]:
        """How many of each."""
        view = self.view
        return () if view is None else tuple(map(len, (view.releases, view.minors, view.disputes, view.sources)))

    def tab(self, place: int) -> Widget:
        """A table; of contradictions both sides stand below it."""
        if place == DISPUTES:
            return Split(VirtualTable(rows.DISPUTE_COLUMNS))
        return VirtualTable({MINORS: rows.MINOR_COLUMNS, SOURCES: rows.SOURCE_COLUMNS}.get(place, ()))

    def fill(self, place: int) -> None:
        """Draw a tab."""
        view, table = self.view, self._table(place)
        if view is None or table is None:
            return
        if place == RELEASES:
            self._fill_releases(table, view)
        elif place == MINORS:
            minors = {str(row.entry.minor): row for row in view.minors}
            table.show(list(minors), lambda key: rows.minor_cells(minors[key], self.as_of, self.look))
        elif place == DISPUTES:
            self._fill_disputes(view)
        else:
            self._fill_sources(table, view)

    def _fill_releases(self, table: VirtualTable, view: KnowledgeView) -> None:
        columns = rows.matrix_columns(view)
        found = {row.entry.key: row for row in view.releases}

        def cells(key: str) -> Sequence[Span]:
            fact = view.about("list", key)
            age = fact.age(self.as_of) if fact is not None and self.as_of is not None else None
            aged = "?" if age is None else short_age(age)
            return rows.release_cells(found[key], _sizes(columns, table), self.as_of, aged, self.look)

        table.show(list(found), cells, columns=columns)

    def _fill_disputes(self, view: KnowledgeView) -> None:
        found = {dispute.id: dispute for dispute in view.disputes}
        dates = {fact.name: fact.dated for fact in view.facts if fact.kind == "dispute"}
        split = self.query_one(f"#tab-{DISPUTES}", Split)
        split.show(list(found), lambda key: rows.dispute_cells(found[key], dates.get(key)))
        split.table.styles.max_height = len(found) + 1
        self._describe(split)

    def _fill_sources(self, table: VirtualTable, view: KnowledgeView) -> None:
        found = {row.source.key: row for row in view.sources}

        def cells(key: str) -> Sequence[Span]:
            room = _sizes(rows.SOURCE_COLUMNS, table).get("title", 0)
            return rows.source_cells(found[key], self.as_of, room)

        table.show(list(found), cells)

    # -- what is highlighted

    def _table(self, place: int) -> VirtualTable | None:
        content = self.query(f"#tab-{place}")
        found = content.first() if content else None
        if isinstance(found, Split):
            return found.table
        return found if isinstance(found, VirtualTable) else None

    @on(VirtualTable.RowHighlighted)
    def _highlighted(self) -> None:
        if self.current == DISPUTES:
            self._describe(self.query_one(f"#tab-{DISPUTES}", Split))
        self.follow_why()

    def _describe(self, split: Split) -> None:
        dispute = self.view.catalog.dispute_by_id.get(split.table.key) if self.view is not None else None
        if self.view is not None and dispute is not None:
            split.describe(pages.dispute_page(self.view, dispute, self.as_of, brief=self.size.height < TALL))

    def follow_why(self) -> None:
        """What stands in the panel need not stand under the list as well."""
        super().follow_why()
        for split in self.query(Split):
            split.set_class(bool(self.query("#why")), "-zoomed")

    def why(self) -> Page:
        """The highlighted row with its sources, its confidence, and why something is unknown."""
        view, table = self.view, self._table(self.current)
        if view is None or table is None or not table.key:
            return ()
        key = table.key
        if self.current == RELEASES:
            release = next(row for row in view.releases if row.entry.key == key)
            return pages.release_page(view, release, self.as_of, self.look)
        if self.current == MINORS:
            minor = next(row for row in view.minors if str(row.entry.minor) == key)
            return pages.minor_page(view, minor, self.as_of, self.look)
        if self.current == DISPUTES:
            return pages.dispute_page(view, view.catalog.dispute_by_id[key], self.as_of)
        return pages.source_page(next(row for row in view.sources if row.source.key == key), self.as_of)

    # -- keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """It is here already."""
        return False if action == "knowledge" else super().check_action(action, parameters)

    @on(VirtualTable.RowOpened)
    def _opened(self) -> None:
        from tui.screens.why import WhyScreen

        page = self.why()
        if page:
            self.app.push_screen(WhyScreen(page, "Knowledge"))

    def action_scope(self) -> None:
        """What Microsoft supports."""
        from tui.errands import show_scope

        show_scope(self.planner)


def _sizes(columns: Sequence[Column], table: VirtualTable) -> dict[str, int]:
    """Widths as the table draws them now."""
    return rows.sizes_of(columns, fit(columns, table.size.width - 2))
