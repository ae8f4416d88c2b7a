"""The cluster and instance screens."""

from __future__ import annotations

from tests.tui.conftest import press, screen_text, staged
from tests.tui.stage import StoredSource, fleet
from tui.screens.cluster import ClusterScreen
from tui.screens.instance import InstanceScreen
from tui.widgets.banner import Banner


async def test_a_cluster_out_of_support_keeps_its_banner_on_every_tab() -> None:
    async with staged() as pilot:
        await press(pilot, "down", "enter")
        assert isinstance(pilot.app.screen, ClusterScreen)
        for key in "12345":
            await press(pilot, key)
            text = pilot.app.screen.query_one("#banner", Banner).text
            assert "Out of support for" in text and "2025-08-31" in text and "[" in text
            assert "Out of support for" in screen_text(pilot)


async def test_overview_shows_clocks_the_ladder_and_findings() -> None:
    async with staged() as pilot:
        await press(pilot, "down", "enter")
        text = screen_text(pilot)
        assert "Clocks" in text and "KUBERNETES" in text and "AZURE LOCAL" in text and "SEVERITY" in text
        assert "now    1.28.14 ○   ○ 2411" in text


async def test_opening_a_cluster_reads_it_live() -> None:
    source = StoredSource(fleet())
    async with staged(source=source) as pilot:
        await press(pilot, "down", "enter")
        assert source.refreshed == ["mes-prod"]


async def test_tabs_turn_with_brackets_and_digits() -> None:
    async with staged() as pilot:
        await press(pilot, "down", "enter", "right_square_bracket")
        assert "FINDING " in screen_text(pilot) and "WHO" in screen_text(pilot)
        await press(pilot, "left_square_bracket", "left_square_bracket")
        assert "resource group" in screen_text(pilot)
        await press(pilot, "4")
        assert "VERSIONS READY" in screen_text(pilot) and "3/3" in screen_text(pilot)


async def test_an_unreadable_cluster_says_what_is_missing_and_never_looks_fine() -> None:
    async with staged() as pilot:
        await press(pilot, *["down"] * 5, "enter", "5")
        text = screen_text(pilot)
        assert "lab-3" in text and "unknown: no permission to read the cluster" in text
        assert "✔" not in text


async def test_why_opens_a_finding_with_rule_and_source_and_q_comes_back() -> None:
    async with staged() as pilot:
        await press(pilot, "enter", "2", "w")
        text = screen_text(pilot)
        assert "K8S-STRAND-01" in text and "What to do" in text and "Who: " in text
        await press(pilot, "q")
        assert isinstance(pilot.app.screen, ClusterScreen)
        await press(pilot, "q")
        assert "9 clusters · 8 of 9 read" in screen_text(pilot)


async def test_in_a_wide_window_why_stands_beside_the_list() -> None:
    async with staged(size=(120, 40)) as pilot:
        text = screen_text(pilot)
        assert "Clocks" in text and "CLUSTER" in text
        await press(pilot, "down")
        assert "mes-prod" in screen_text(pilot).splitlines()[2]
        await press(pilot, "w")
        assert "Clocks" not in screen_text(pilot)


async def test_instance_lists_its_clusters_under_its_own_clock() -> None:
    async with staged() as pilot:
        await press(pilot, "down", "i")
        assert isinstance(pilot.app.screen, InstanceScreen)
        text = screen_text(pilot)
        assert "plant12" in text and "release 2411" in text and "ended" in text
        assert "mes-prod" in text and "mes-web" in text and "scada-07" not in text
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ClusterScreen)
