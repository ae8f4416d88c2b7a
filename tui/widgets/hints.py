"""The footer: what the keys do here, in one line, each hint clickable."""

from __future__ import annotations

from typing import Any, Final

from textual.binding import Binding
from textual.events import Click
from textual.strip import Strip

from tui.look import Span, Spans
from tui.prose import cells
from tui.widgets.toned import Toned

KEY_NAMES: Final = {
    "enter": "⏎", "escape": "esc", "slash": "/", "question_mark": "?", "colon": ":", "asterisk": "*", "space": "space",
    "left_square_bracket": "[", "right_square_bracket": "]", "full_stop": ".", "pageup": "PgUp", "pagedown": "PgDn",
    "at": "@", "exclamation_mark": "!", "plus": "+", "minus": "-", "equals_sign": "=",
    "up": "↑", "down": "↓", "left": "←", "right": "→", "home": "Home", "end": "End", "tab": "tab",
}  # fmt: skip


def key_name(key: str) -> str:
    """A key as people write it."""
    if key.startswith("upper_"):
        return key[-1].upper()
    return KEY_NAMES.get(key, key)


class Hints(Toned):
    """Shows the screen's visible bindings, in order, as far as they fit. `say` replaces them while a field has focus."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._said: Spans = ()
        self._spots: list[tuple[int, int, str]] = []

    def on_mount(self) -> None:
        """Follow the bindings that are active."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def say(self, spans: Spans) -> None:
        """Show this instead of the bindings; empty = the bindings again."""
        self._said = spans
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """As many hints as fit."""
        width = self.size.width
        if self._said:
            return self.strip(((" ", ""), *self._said), width)
        spans: list[Span] = [(" ", "")]
        self._spots = []
        for binding in self._visible():
            key = self.look.text(binding.key_display or key_name(binding.key))
            hint: tuple[Span, ...] = ((key, "accent"), (" " + binding.description, ""))
            start = cells(spans)
            if start + cells(hint) > width:
                break
            self._spots.append((start, start + cells(hint), binding.action))
            spans += [*hint, ("  ", "")]
        return self.strip(spans, width)

    def _visible(self) -> list[Binding]:
        """One binding an action, in the order the screen declares them."""
        shown: dict[str, Binding] = {}
        for active in self.screen.active_bindings.values():
            if active.binding.show and active.enabled and active.binding.action not in shown:
                shown[active.binding.action] = active.binding
        declared = getattr(self.screen, "hint_order", ())
        return sorted(
            shown.values(), key=lambda found: declared.index(found.action) if found.action in declared else 99
        )

    async def on_click(self, event: Click) -> None:
        """A click on a hint does what its key does."""
        for start, end, action in self._spots:
            if start <= event.x < end:
                await self.screen.run_action(action)
                return
