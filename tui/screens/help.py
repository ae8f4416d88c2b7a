"""Help: the keys of the screen it was asked from, the words, the glyphs. Keys come from the live bindings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.look import SIGNS, Look
from tui.prose import GAP, Item, Page, field, heading, para
from tui.query import FIELDS
from tui.screens.frame import Frame
from tui.state import AppState
from tui.widgets.hints import key_name
from tui.widgets.page_view import PageView

WORDS = (
    ("instance", "an Azure Local instance: the hosts"),
    ("release", "a version of Azure Local, such as 2510"),
    ("cluster", "an AKS cluster enabled by Azure Arc, on an instance"),
    ("minor, patch", "1.31 is a minor; the 10 of 1.31.10 is its patch"),
    ("offered", "can be installed on a given release now"),
    ("hop", "a Kubernetes upgrade, one minor at a time"),
    ("stranded", "so far behind its release that no legal hop is left"),
    ("dead end", "no path to the goal, with the causes and the ways out"),
    ("grace", "the minor was removed; support ends on the date shown"),
    ("patch outdated", "the minor is offered, this patch no longer is"),
    ("clock", "a dated limit, such as the end of support"),
    ("as of", "the moment all judgements refer to"),
    ("gate", "a decision of a person between two steps"),
)
FILTER = (
    ("word", "rows that contain it in any column; several words: all of them"),
    ("!word", "rows that do not contain it; also before a field: !tag:site=graz"),
    ("field:value", f"the field contains it: {', '.join(field for field in FIELDS if field not in ('tag', 'days'))}"),
    ("instance:=plant1", "the field is exactly this, so that plant12 is left out; also name:= release:= and so on"),
    ("tag:site=graz", "exactly this tag; tag:site= any value of it; tag:graz in a name or a value; tag: any tag"),
    ('group:"a b"', "double quotes keep a space"),
    ("support<45d", "nearest end within 45 days, also days<45; also > <= >="),
    ("version<1.31", "older than a minor or a full version"),
    ("release<2510", "older than a release of Azure Local"),
    ("not here", "findings and next moves are worked out for rows that are looked at, so they cannot be searched"),
)


class HelpScreen(Frame):
    """What the screen below offers."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "u", "scope", "Support scope", id="help.scope", tooltip="what Microsoft supports, and who is responsible"
        ),
        Binding("question_mark,f1", "back", "Back", show=False, id="help.close", tooltip="back"),
    ]
    HELP_TITLE = "Help"
    HELP_TEXT = "Keys, words and glyphs."
    hint_order = ("scope", "back")

    def __init__(self, below: Frame) -> None:
        super().__init__()
        self._below = below

    def body(self) -> Iterator[Widget]:
        """The page."""
        yield PageView(help_page(self._below, self.planner.look), id="page")

    def show(self, state: AppState) -> None:
        """What help this is."""
        self.say(self.crumbs("Help", self._below.HELP_TITLE), ((self._below.HELP_TEXT, ""),))

    def action_scope(self) -> None:
        """The support scope."""
        from tui.errands import show_scope

        show_scope(self.planner)


def help_page(screen: Frame, look: Look) -> Page:
    """Keys from the screen's live bindings, then filter, words and glyphs."""
    page: list[Item] = [heading("Keys")]
    for keys, text in key_rows(screen):
        page.append(field(look.text(keys), text))
    page.append(field("ctrl+q", "quit from anywhere"))
    if screen.query("#list"):
        page += [GAP, heading("Filter"), *(field(word, text) for word, text in FILTER)]
    for title, notes in screen.HELP_NOTES:
        page += [GAP, heading(title), *(field(look.text(word), text) for word, text in notes)]
    page += [GAP, heading("Glyphs, with what --ascii shows")]
    page += [field(f"{look.sign(sign)}  ({sign.ascii})", sign.word, sign.tone) for sign in SIGNS]
    page += [GAP, heading("Findings are counted by severity")]
    page.append(para("2B 1U 3W 1I = 2 blockers, 1 unknown, 3 warnings, 1 for information"))
    page += [GAP, heading("Words"), *(field(word, text) for word, text in WORDS)]
    return tuple(page)


def key_rows(screen: Frame) -> list[tuple[str, str]]:
    """(keys, what they do), one row an action; the screen's own first, moving about last."""
    rows: dict[tuple[int, str], tuple[list[str], str]] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if active.node is screen.app or not binding.id or not active.enabled:
            continue
        moves = binding.id.startswith(("list.", "page.")) and binding.action != "open"
        rank = 2 if moves else 1 if binding.id.startswith("all.") else 0
        keys, _ = rows.setdefault((rank, binding.action), ([], binding.tooltip or binding.description))
        name = key_name(binding.key)
        if name not in keys:
            keys.append(name)
    return [(" ".join(rows[place][0]), rows[place][1]) for place in sorted(rows, key=lambda place: place[0])]
