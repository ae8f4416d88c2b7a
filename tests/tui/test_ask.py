"""The dialog that asks for one line: what is wrong with it is shown whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.conftest import press, screen_text, staged
from tui.screens.ask import AskScreen
from tui.widgets.field import Field
from tui.widgets.page_view import PageView


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_what_is_wrong_with_a_calendar_wraps_instead_of_being_cut(
    size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("calendar-of-all-plants.toml")
    path.write_text('[[freeze]]\nname = "move"\nfrom = 2026-09-01\nto = 2026-09-14\ninstnces = ["a"]\n', "utf-8")
    async with staged(size=size) as pilot:
        await press(pilot, "down", "p", "c")
        assert isinstance(pilot.app.screen, AskScreen)
        problem = pilot.app.screen.query_one("#problem", PageView)
        assert problem.size.height == 1
        pilot.app.screen.query_one(Field).value = str(path)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, AskScreen) and problem.size.height == 2
        x, y, width, height = problem.region
        rows = [line[x : x + width].strip() for line in screen_text(pilot).splitlines()[y : y + height]]
        assert "there is no such key; the nearest is 'instances'." in " ".join(rows)
        assert "⏎ OK" in screen_text(pilot)


async def test_a_problem_takes_four_lines_at_most_and_one_when_it_is_gone() -> None:
    async with staged() as pilot:
        screen = AskScreen("Word", "A word.", "", lambda text: "" if text == "fine" else "no such word, " * 40)
        pilot.app.push_screen(screen)
        await press(pilot, "x")
        problem = screen.query_one("#problem", PageView)
        assert problem.size.height == 4
        screen.query_one(Field).value = "fine"
        await press(pilot)
        await pilot.pause()
        assert problem.size.height == 1 and "no such word" not in screen_text(pilot)
