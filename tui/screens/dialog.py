"""One style of dialog: centred, at most 72 columns, a title, a text, something to choose or to type."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widget import Widget

from tui.look import Look, Span, Spans
from tui.prose import Page, cells, lay_out
from tui.widgets.line import Line
from tui.widgets.page_view import PageView

if TYPE_CHECKING:
    from tui.app import PlannerApp

T = TypeVar("T")
WIDTH = 72


class Dialog(ModalScreen[T], inherit_bindings=False):
    """A decision or a text to read. Subclasses give `content`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss_none", "Cancel", id="dialog.cancel"),
        Binding("tab", "app.focus_next", "Next", show=False, id="dialog.next"),
        Binding("shift+tab", "app.focus_previous", "Previous", show=False, id="dialog.previous"),
    ]
    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    #dialog {
        width: 72; max-width: 96%; height: auto; max-height: 90%; padding: 1 2; background: $panel;
        & Field { margin: 1 1; background: $block-cursor-background; }
    }
    #dialog-title { margin: 0 0 1 0; }
    #dialog-keys { margin: 1 0 0 0; }
    """
    heading: ClassVar[str] = ""
    keys: ClassVar[tuple[tuple[str, str], ...]] = (("esc", "Cancel"),)

    def compose(self) -> ComposeResult:
        """Title, content, keys."""
        with Vertical(id="dialog"):
            yield Line(((self.title_text, "heading"),), id="dialog-title")
            yield from self.content()
            yield Line(self._keys(), id="dialog-keys")

    @property
    def title_text(self) -> str:
        """What the dialog is about."""
        return self.heading

    def content(self) -> list[Widget]:
        """What stands between title and keys."""
        return []

    def _keys(self) -> Spans:
        spans: list[Span] = []
        for key, name in self.keys:
            spans += [(key, "accent"), (f" {name}   ", "")]
        return tuple(spans)

    @property
    def planner(self) -> PlannerApp:
        """The app, by its own type."""
        return cast("PlannerApp", self.app)

    @property
    def look(self) -> Look:
        """How this app draws."""
        return self.planner.look

    def action_dismiss_none(self) -> None:
        """No."""
        self.dismiss(None)


def text_block(page: Page, most: int = 8, **kwargs: str) -> PageView:
    """A page as high as its lines, up to `most`."""
    view = PageView(page, **kwargs)
    view.can_focus = False
    view.styles.height = min(most, max(1, len(lay_out(page, WIDTH - 6))))
    return view


def width_of(rows: list[tuple[str, str]]) -> int:
    """Cells the widest left text takes."""
    return max((cells(((left, ""),)) for left, _ in rows), default=0)
