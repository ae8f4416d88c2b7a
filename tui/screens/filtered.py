"""A screen whose list is filtered as one types: the line that opens with a slash, and what its keys mean."""

from __future__ import annotations

from typing import ClassVar

from tui.screens.frame import Frame
from tui.widgets.hints import Hints


class FilteredFrame(Frame):
    """Subclasses give `sought` and `seek`, a list with the id "list" and a status line with the id "status"."""

    DEFAULT_CSS = """
    FilteredFrame #filter { margin: 0; padding: 0 1; }
    """  # a margin would make the list beside it narrower
    filter_hint: ClassVar[str] = ""

    @property
    def sought(self) -> str:
        """The filter in force; "" = none."""
        return ""

    def seek(self, query: str) -> None:
        """Show what fits this filter."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A slash typed into the filter is a letter.

        The key has priority so that it takes the focus before the letters behind it are given out: fast fingers and a
        slow line must not sort, plan or open anything.
        """
        if action == "filter" and self.focused is not None and self.focused.id == "filter":
            return False
        return super().check_action(action, parameters)

    async def action_filter(self) -> None:
        """Filter as you type."""
        from tui.widgets.field import Field

        if not self.query("#filter"):
            field = Field(self.sought, placeholder=self.filter_hint, id="filter")
            await self.query_one("#body").mount(field, before="#status")
            # Watched, not heard of by message: letter and list are drawn in one frame.
            self.watch(field, "value", self._typed, init=False)
        self.query_one("#filter").display = True
        self.set_focus(self.query_one("#filter"))
        self.query_one("#hints", Hints).say((("⏎", "accent"), (" Keep  ", ""), ("esc", "accent"), (" Clear", "")))

    def clear_filter(self) -> None:
        """Show everything again."""
        self.seek("")
        self._leave_filter()

    def _leave_filter(self) -> None:
        from tui.widgets.field import Field

        for field in self.query("#filter").results(Field):
            field.display = False
            field.value = self.sought
        self.query_one("#hints", Hints).say(())
        self.query_one("#list").focus()

    def _typed(self, text: str) -> None:
        if text.strip() != self.sought:
            self.seek(text.strip())

    def on_input_submitted(self) -> None:
        """Keep the filter and go back to the list."""
        self._leave_filter()
