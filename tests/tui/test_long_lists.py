"""A list longer than the screen follows its cursor."""

from __future__ import annotations

import pytest

from tests import builders as b
from tests.tui.stage import StoredSource
from tui.app import PlannerApp
from tui.widgets.virtual_table import VirtualTable


@pytest.mark.parametrize(("keys", "place"), [(("end",), 59), (("pagedown", "pagedown"), 36), (("end", "home"), 0)])
async def test_the_list_scrolls_with_its_cursor(keys: tuple[str, ...], place: int) -> None:
    fleet = b.inventory(*(b.cluster(f"c{number:02}", upgrades=()) for number in range(60)))
    app = PlannerApp(StoredSource(fleet))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
        table = app.screen.query_one(VirtualTable)
        assert table.cursor == place
        assert 0 <= place - table.scroll_offset.y < table.size.height - 1
        assert table.max_scroll_y == 60 + 1 - table.size.height
