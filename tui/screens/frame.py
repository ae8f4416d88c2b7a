"""What all full screens share: where you are, the one sentence that matters, the content, the keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widget import Widget

from tui import selectors
from tui.look import Look, Span, Spans, moment
from tui.prose import Page, plain
from tui.state import AppState, exit_code
from tui.widgets.banner import Banner
from tui.widgets.hints import Hints
from tui.widgets.line import Line
from tui.widgets.page_view import PageView

if TYPE_CHECKING:
    from tui.app import PlannerApp

WIDE = 100
"""From this width on, Why stands beside the list instead of on a screen of its own."""
VERY_WIDE = 120
"""From this width on, screens that like the panel open it themselves."""
LEAST = (60, 16)
ROOM: Spans = (("arcstep needs 60 columns and 16 lines: please make the window larger.", "strong"),)


class WhyPanel(PageView):
    """Why, beside the list."""

    can_focus = False


class Frame(Screen[Any], inherit_bindings=False):
    """A screen of arcstep. Subclasses give `body`, `show` and, where there is one, `why`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "why", "Why", id="all.why", tooltip="rules, evidence, sources and age behind what is highlighted"),
        Binding("y", "copy", "Copy", show=False, id="all.copy", tooltip="copy name, id or text"),
        Binding("question_mark,f1", "help", "Help", id="all.help", tooltip="keys, words and glyphs of this screen"),
        Binding(
            "at", "requests", "Command log", show=False, id="all.requests", tooltip="every request and command made"
        ),
        Binding(
            "K", "knowledge", "Knowledge", show=False, id="all.knowledge", tooltip="releases, minors, disputes, sources"
        ),
        Binding("colon", "palette", "Palette", show=False, id="all.palette", tooltip="every action and every cluster"),
        Binding("q", "back", "Back", id="all.back", tooltip="back; at the root it leaves arcstep"),
        Binding("escape", "up", "Back", show=False, id="all.up", tooltip="back, but never out of arcstep"),
        Binding("tab", "app.focus_next", "Next pane", show=False, id="all.next_pane"),
        Binding("shift+tab", "app.focus_previous", "Previous pane", show=False, id="all.previous_pane"),
    ]
    HELP_TITLE: ClassVar[str] = ""
    HELP_TEXT: ClassVar[str] = ""
    HELP_NOTES: ClassVar[tuple[tuple[str, tuple[tuple[str, str], ...]], ...]] = ()
    """Sections of the help of their own: (title, rows of a thing and what it means)."""
    hint_order: ClassVar[tuple[str, ...]] = ()
    panel_opens_itself: ClassVar[bool] = False
    """The Why panel is there from the start where there is much room."""

    def __init__(self) -> None:
        super().__init__()
        self._wants_panel: bool | None = None
        """What the operator chose; None = as the width says."""

    def compose(self) -> ComposeResult:
        """Head, sentence, content with the Why panel, keys."""
        yield Line(ROOM, id="room")
        yield Line(id="head")
        yield Banner(id="sentence")
        yield Banner(id="banner")
        with Horizontal(id="middle"), Vertical(id="body"):
            yield from self.body()
        yield Hints(id="hints")

    def body(self) -> Iterator[Widget]:
        """The content."""
        yield from ()

    async def on_mount(self) -> None:
        """Follow the state; called at once and on each change."""
        self.watch(self.app, "state", self.show)

    def show(self, state: AppState) -> None:
        """Draw this state."""

    def why(self) -> Page:
        """What is behind the highlighted thing; empty = nothing to tell."""
        return ()

    def beside(self) -> Page:
        """What the panel shows; Why, unless a screen has more to put there."""
        return self.why()

    # -- shorthands

    @property
    def planner(self) -> PlannerApp:
        """The app, by its own type."""
        return cast("PlannerApp", self.app)

    @property
    def state(self) -> AppState:
        """The state of the app."""
        return self.planner.state

    @property
    def look(self) -> Look:
        """How this app draws."""
        return self.planner.look

    def say(self, left: Spans, sentence: Spans, right: Spans = ()) -> None:
        """The first lines: where you are, what arcstep may do, the as-of moment; and the sentence."""
        self.query_one("#head", Line).show(left, *self.aside())
        self.query_one("#sentence", Banner).show(sentence, right)

    def aside(self) -> tuple[Spans, ...]:
        """What stands at the end of the first line: the longest form first."""
        as_of = self.state.as_of
        if as_of is None:
            return selectors.aside(self.state)
        return selectors.aside(self.state, f"as of {moment(as_of)}", f"as of {as_of:%Y-%m-%d}")

    def warn(self, spans: Spans) -> None:
        """A banner that stays while everything below scrolls: support has ended, or is about to."""
        self.query_one("#banner", Banner).show(spans, alert=True)

    def crumbs(self, *names: str) -> Spans:
        """Where you are, deepest last."""
        spans: list[Span] = []
        for name in names[:-1]:
            spans += [(name, "muted"), (" › ", "muted")]
        return (*spans, (names[-1], "strong"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No key that would do nothing."""
        if action == "why" and type(self).why is Frame.why:
            return False
        return super().check_action(action, parameters)

    # -- keys

    async def action_why(self) -> None:
        """Rules, evidence, sources and age behind the highlighted thing."""
        if self.size.width >= WIDE:
            await self._toggle_panel()
            return
        page = self.why()
        if page:
            from tui.screens.why import WhyScreen

            self.app.push_screen(WhyScreen(page))

    async def _toggle_panel(self) -> None:
        self._wants_panel = not self.query("#why")
        await self._fit_panel()

    async def _fit_panel(self) -> None:
        """The panel is there where it is wanted and has room."""
        found = self.query("#why")
        wanted = self.size.width >= (WIDE if self._wants_panel else VERY_WIDE)
        wanted = wanted and (self._wants_panel if self._wants_panel is not None else self.panel_opens_itself)
        if wanted and not found:
            panel = WhyPanel(id="why")
            await self.query_one("#middle").mount(panel)
        elif found and not wanted:
            await found.remove()
        self.follow_why()

    def follow_why(self) -> None:
        """Bring the panel to what is highlighted now."""
        for panel in self.query("#why").results(WhyPanel):
            panel.show(self.beside())

    async def on_resize(self) -> None:
        """Too small for anything, or wide enough for the panel."""
        small = self.size.width < LEAST[0] or self.size.height < LEAST[1]
        if small != self.has_class("-cramped"):
            self.set_class(small, "-cramped")
        await self._fit_panel()

    def copies(self) -> list[tuple[str, str]]:
        """What can be copied here: (name, text). The first is the default."""
        page = self.why()
        return [("explanation", plain(page))] if page else []

    def action_copy(self) -> None:
        """Copy; a small menu where there is a choice."""
        choices = [(name, text) for name, text in self.copies() if text]
        if not choices:
            self.notify("There is nothing to copy here.", markup=False)
        elif len(choices) == 1:
            self.copied(*choices[0])
        else:
            from tui.screens.choose import ChooseScreen

            def chosen(name: str | None) -> None:
                if name:
                    self.copied(name, dict(choices)[name])

            self.app.push_screen(ChooseScreen("Copy", choices), chosen)

    def copied(self, name: str, text: str) -> None:
        """Put it on the clipboard and say so."""
        self.app.copy_to_clipboard(text)
        self.notify(f"Copied: {name}.", markup=False)

    def action_help(self) -> None:
        """Keys, words and glyphs."""
        from tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self))

    def action_palette(self) -> None:
        """Every action, every screen, every cluster by name."""
        self.app.action_command_palette()

    def action_requests(self) -> None:
        """The command log."""
        from tui.screens.requests import RequestsScreen

        self.app.push_screen(RequestsScreen())

    def action_knowledge(self) -> None:
        """What arcstep knows; from a page of it, back to it."""
        from tui.screens.knowledge import KnowledgeScreen

        if not any(isinstance(screen, KnowledgeScreen) for screen in self.app.screen_stack):
            self.app.push_screen(KnowledgeScreen())
            return
        while not isinstance(self.app.screen, KnowledgeScreen):
            self.app.pop_screen()

    @property
    def is_root(self) -> bool:
        """Nothing stands behind this screen: going back leaves arcstep."""
        return len(self.app.screen_stack) <= 1

    def action_up(self) -> None:
        """Back, but a key that clears and cancels elsewhere does not end the program."""
        if self.is_root:
            self.notify("q leaves arcstep.", markup=False, timeout=3)
        else:
            self.action_back()

    def action_back(self) -> None:
        """Back to where you came from; at the root this quits, and asks only while something runs."""
        if not self.is_root:
            self.app.pop_screen()
        elif self.state.walk is not None and self.state.walk.open_leg is not None:
            from tui.screens.leave import LeaveScreen

            self.app.push_screen(LeaveScreen(self.state.walk), self._left)
        else:
            self._left(True)

    def _left(self, leave: bool | None) -> None:
        if leave:
            self.planner.exit(0, return_code=exit_code(self.state))
