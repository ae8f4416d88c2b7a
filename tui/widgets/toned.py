"""Drawing by the line: spans of text and tone become strips. No markup parser is ever involved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.look import Look, Span
from tui.prose import cells, shorten
from tui.theme import tone_style


class Toned(Widget):
    """A widget that draws spans. Tones are made of the theme's variables, over the widget's own background."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._tones: dict[str, Style] = {}

    def notify_style_update(self) -> None:
        """Forget resolved tones: theme or classes changed."""
        self._tones.clear()
        super().notify_style_update()

    @property
    def look(self) -> Look:
        """How this app draws; plain glyphs where the app says nothing."""
        return getattr(self.app, "look", None) or Look()

    def tone(self, name: str) -> Style:
        """The style of a tone over this widget's own background."""
        style = self._tones.get(name)
        if style is None:
            style = own = self.rich_style
            if name:
                app = self.app
                ground = self.background_colors[1]
                style = own + tone_style(name, app.theme_variables, ground, ansi=app.current_theme.ansi)
            self._tones[name] = style
        return style

    def strip(self, spans: Iterable[Span], width: int, over: str = "") -> Strip:
        """One line of exactly `width` cells; `over` = a tone that covers the whole line, such as the cursor."""
        look = self.look
        shown = [(look.text(text), tone) for text, tone in spans]
        if cells(shown) > width:
            shown = _cut(shown, width, look.text("…"))
        segments = [Segment(text, self.tone(over or tone)) for span, tone in shown for text in _indented(span)]
        return Strip(segments).adjust_cell_length(width, self.tone(over))


def _indented(text: str) -> tuple[str, ...]:
    """Leading spaces on their own: some viewers of exported pictures drop them otherwise."""
    bare = text.lstrip(" ")
    return (text,) if not bare or len(bare) == len(text) else (" " * (len(text) - len(bare)), bare)


def _cut(spans: Iterable[Span], width: int, ellipsis: str) -> list[Span]:
    kept: list[Span] = []
    room = width
    for text, tone in spans:
        size = cells(((text, tone),))
        if size > room:
            kept.append((shorten(text, room, ellipsis), tone))
            break
        kept.append((text, tone))
        room -= size
        if room == 0:
            last, tone = kept.pop()
            kept.append((shorten(last + " ", cells(((last, tone),)), ellipsis), tone))
            break
    return kept
