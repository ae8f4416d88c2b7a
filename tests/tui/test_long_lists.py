"""A list longer than the screen follows its cursor."""

from __future__ import annotations

import pytest

from tests import builders as b
from tests.tui.conftest import staged
from tests.tui.stage import OFFERED, StoredSource
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


async def test_the_first_cluster_of_each_release_is_looked_at_before_it_comes_into_view() -> None:
    near = [b.cluster(f"c{number:02}", "1.28.14", instance="old", upgrades=()) for number in range(40)]
    far = [b.cluster(f"z{number}", "1.33.5", instance="new", upgrades=()) for number in range(3)]
    hosts = [b.instance("old", "2411"), b.instance("new", "2605")]
    lists = [b.location("old", b.offered(OFFERED["2411"])), b.location("new", b.offered(OFFERED["2605"]))]
    async with staged(b.inventory(*far, *near, instances=hosts, locations=lists)) as pilot:
        screen = pilot.app.screen
        while screen.lookahead.is_busy:
            await pilot.pause()
        rows, lens = pilot.app.state.rows, pilot.app.state.lens
        seen = {row.name for row in rows if lens.has_seen(row.key)}
        assert "z0" in seen and "z2" not in seen and "c00" in seen and "c39" not in seen
        await pilot.press("end")
        await pilot.pause()
        assert all(lens.has_seen(row.key) for row in rows[-5:])
