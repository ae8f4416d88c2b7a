"""Text from outside cannot act: no escapes, no markup, no actions (PR11)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import tui
from planner.inventory import clean
from tests import builders as b
from tests.tui.conftest import press, screen_text, settled, staged
from tests.tui.stage import fleet

NAMES = (
    "prod[/]x",
    "x[/bold]",
    "[red]x[/red]",
    "[@click=app.quit]x[/]",
    "[fe80::1]:6443",
    clean("esc\x1b[31mred\x1b]0;pwn\x07"),
    clean("bidi\u202egnp.exe"),
    clean("zero\u200bwidth\u2066x"),
    clean("two\nlines\tand\x00nul"),
    clean("a" * 5000),
    "日本語のクラスター名",
)
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def hostile_fleet(name: str):
    return fleet(b.cluster(name, "1.27.9", instance="store113", upgrades=(), tags=((name, name),)))


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
async def test_a_hostile_name_is_shown_as_text_on_every_screen(name: str) -> None:
    async with staged(hostile_fleet(name)) as pilot:
        screen = pilot.app.screen
        key = next(row.key for row in pilot.app.state.rows if row.name == name)
        screen.table.highlight(key)
        seen = screen_text(pilot)
        assert name[:5] in seen
        for keys in (("w",), ("q", "enter"), ("5",), ("q", "p"), ("5",), ("q", "y")):
            await press(pilot, *keys)
            seen += screen_text(pilot)
        assert not UNSAFE.search(seen.replace("\n", ""))


async def test_a_click_on_a_name_full_of_markup_does_not_run_its_action() -> None:
    async with staged(hostile_fleet("[@click=app.quit]x[/]")) as pilot:
        for row in range(3, 13):
            await pilot.click(offset=(6, row))
        await settled(pilot)
        assert pilot.app.is_running


async def test_a_hostile_filter_is_only_a_filter() -> None:
    async with staged() as pilot:
        await press(pilot, "slash")
        await pilot.press("left_square_bracket", "slash", "right_square_bracket", "exclamation_mark", "less_than_sign")
        await settled(pilot)
        assert "No cluster matches the filter [/]!<." in screen_text(pilot)


SOURCES = sorted(Path(tui.__file__).parent.rglob("*.py"))
PARSING = {"Static", "Label", "Button", "OptionList", "Tree", "DataTable", "Markdown", "Collapsible", "Select"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_widget_that_parses_markup_is_used(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("textual"):
            assert not PARSING & {alias.name for alias in node.names}, f"{path}:{node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "notify":
            markup = [word for word in node.keywords if word.arg == "markup"]
            assert markup and getattr(markup[0].value, "value", None) is False, f"{path}:{node.lineno} notify"
        if isinstance(node, ast.Attribute):
            assert node.attr not in ("from_markup", "border_title", "border_subtitle"), f"{path}:{node.lineno}"
