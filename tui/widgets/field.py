"""One line to type in."""

from __future__ import annotations

from typing import Any

from textual.geometry import Size
from textual.reactive import reactive
from textual.widgets import Input


class Field(Input):
    """An Input one cell high, without a frame; coming to it does not select what is there."""

    DEFAULT_CSS = """
    Field { height: 1; width: 1fr; border: none; padding: 0 1; margin: 0 1; background: $block-cursor-blurred-background; }
    Field:focus { border: none; background: $block-cursor-blurred-background; }
    """

    virtual_size = reactive(Size(0, 0))
    """As in Input, but a letter does not lay out the whole screen: the field keeps its size whatever stands in it."""

    def __init__(self, value: str = "", **kwargs: Any) -> None:
        super().__init__(value, select_on_focus=False, compact=True, **kwargs)
