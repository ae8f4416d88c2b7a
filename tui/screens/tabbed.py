"""A screen of numbered tabs; a tab's content is made when it is first looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.screens.frame import Frame
from tui.widgets.tab_line import TabLine


class Tabbed(Frame):
    """Subclasses name their `tabs` and give `tab(place)`; `fill(place)` draws one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left_square_bracket", "turn(-1)", "Previous tab", show=False, id="tabs.previous", tooltip="previous tab"
        ),
        Binding("right_square_bracket", "turn(1)", "Tab", key_display="[ ]", id="tabs.next", tooltip="next tab"),
        *(
            Binding(str(place + 1), f"tab({place})", f"Tab {place + 1}", show=False, id=f"tabs.{place + 1}")
            for place in range(5)
        ),
    ]
    tabs: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        super().__init__()
        self.current = 0
        self._made: set[int] = set()

    def body(self) -> Iterator[Widget]:
        """The line of tabs; contents follow when looked at."""
        yield TabLine(self.tabs, id="tabs")

    def tab(self, place: int) -> Widget:
        """The content of a tab, empty."""
        raise NotImplementedError

    def fill(self, place: int) -> None:
        """Draw the content of a tab that exists."""

    def counts(self) -> tuple[int | None, ...]:
        """How much is behind each tab."""
        return ()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No number without a tab."""
        if action == "tab" and parameters and int(str(parameters[0])) >= len(self.tabs):
            return False
        return super().check_action(action, parameters)

    async def on_mount(self) -> None:
        """Begin on the first tab."""
        await super().on_mount()
        await self._turn_to(0)

    async def action_turn(self, by: int) -> None:
        """Previous or next tab."""
        await self._turn_to((self.current + by) % len(self.tabs))

    async def action_tab(self, place: int) -> None:
        """A tab by its number."""
        if place < len(self.tabs):
            await self._turn_to(place)

    @on(TabLine.Chosen)
    async def _clicked(self, event: TabLine.Chosen) -> None:
        await self._turn_to(event.place)

    async def _turn_to(self, place: int) -> None:
        self.current = place
        if place not in self._made:
            content = self.tab(place)
            content.add_class("tab")
            content.id = f"tab-{place}"
            await self.query_one("#body").mount(content)
            self._made.add(place)
        for made in self._made:
            self.query_one(f"#tab-{made}").display = made == place
        self.redraw()
        self.focus_tab()

    def focus_tab(self) -> None:
        """Focus what can be moved in on the current tab."""
        content = self.query_one(f"#tab-{self.current}")
        for candidate in (content, *content.query("*")):
            if candidate.focusable and candidate.display:
                candidate.focus()
                return

    def redraw(self) -> None:
        """Draw tabs and the current content; before the first tab is there nothing can be drawn."""
        if not self._made:
            return
        self.query_one("#tabs", TabLine).show(self.current, self.counts())
        if self.current in self._made:
            self.fill(self.current)
        self.follow_why()
