"""The timeline by its keys: rows in the order of their ends, an axis that moves, and the six clocks behind a bar."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from planner.inventory import Unknown
from planner.timeline import Ink
from tests import builders as b
from tests.planner.test_timeline import small_plan
from tests.tui.conftest import press, screen_text, staged
from tests.tui.stage import fleet
from tui.look import Look
from tui.screens.cluster import ClusterScreen
from tui.screens.fleet import FleetScreen
from tui.screens.instance import InstanceScreen
from tui.screens.timeline import TimelineScreen
from tui.screens.why import WhyScreen
from tui.timeline_rows import TONES, Facts


async def opened(pilot: Pilot[int], *keys: str) -> TimelineScreen:
    screen = TimelineScreen()
    await pilot.app.push_screen(screen)
    await press(pilot, *keys)
    return screen


def names(screen: TimelineScreen) -> list[str]:
    return [key.rpartition("/")[2] for key in screen.table.keys]


def lines_of(pilot: Pilot[int]) -> list[str]:
    return screen_text(pilot).splitlines()


async def test_the_nearest_end_stands_first_and_is_said_in_words() -> None:
    async with staged() as pilot:
        screen = await opened(pilot)
        found = lines_of(pilot)
        assert names(screen)[:2] == ["mes-prod", "mes-web"] and set(names(screen)[-2:]) == {"pos-0201", "pos-0202"}
        assert "Next: pos-0114 ends in 133 d, 2026-09-30 (release)." in found[1]
        assert "✖ 6 ended" in found[1]
        assert "NAME" in found[2] and "2026" in found[2] and "10 d a cell" in found[3] and "Q3" in found[3]
        assert "mes-prod" in found[4] and "ended 385 d ago" in found[4]
        scada = next(line for line in found if "scada-07" in line)
        assert "◆" in scada and "stranded, 201 d ago" in scada
        assert "█ in support" in found[-2] and "planned" not in found[-2]


async def test_left_and_right_move_by_a_third_and_n_comes_back() -> None:
    async with staged() as pilot:
        screen = await opened(pilot)
        before = lines_of(pilot)[4]
        third = screen.table.axis_width // 3
        today = before.index("│")
        await press(pilot, "left")
        assert lines_of(pilot)[4].index("│") == today + third
        await press(pilot, "right", "right")
        assert lines_of(pilot)[4].index("│") == today - third
        await press(pilot, "right")
        assert "│" not in lines_of(pilot)[4]
        await press(pilot, "n")
        assert lines_of(pilot)[4] == before


async def test_plus_and_minus_zoom_around_today() -> None:
    async with staged() as pilot:
        screen = await opened(pilot)
        today = lines_of(pilot)[4].index("│")
        scales = []
        for key in ("plus", "plus", "plus", "minus", "minus"):
            await press(pilot, key)
            scales.append(lines_of(pilot)[3].split("  ")[1].strip())
            assert lines_of(pilot)[4].index("│") == today
        assert scales == ["3 d a cell", "1 d a cell", "1 d a cell", "3 d a cell", "10 d a cell"]
        assert screen.table.cursor == 0


async def test_v_shows_instances_with_the_cluster_whose_clock_is_nearest() -> None:
    async with staged(size=(120, 40)) as pilot:
        screen = await opened(pilot, "v")
        assert names(screen) == ["plant12", "store113", "lab", "store201"]
        found = lines_of(pilot)
        assert "4 instances" in found[0]
        store = next(line for line in found if "store113" in line)
        assert "◆" in store and "Kubernetes, scada-07" in store
        await press(pilot, "v")
        assert "9 clusters" in lines_of(pilot)[0]


async def test_clusters_without_a_known_instance_are_said_where_they_have_no_row() -> None:
    lost = b.cluster("lost", "1.33.5", custom_location=Unknown("not said"))
    async with staged(fleet(lost)) as pilot:
        screen = await opened(pilot)
        assert names(screen)[-1] == "lost" and "1 no date" in screen_text(pilot)
        row = next(line for line in lines_of(pilot) if "lost" in line)
        assert "unknown" in row and "???" in row and "█" not in row
        await press(pilot, "v")
        assert "4 instances · 1 cluster on none" in lines_of(pilot)[0]


async def test_the_filter_narrows_clusters_and_their_instances() -> None:
    async with staged() as pilot:
        screen = await opened(pilot, "slash", *"pos-02", "enter")
        assert names(screen) == ["pos-0202", "pos-0201"] or names(screen) == ["pos-0201", "pos-0202"]
        assert "filter: pos-02" in lines_of(pilot)[0]
        await press(pilot, "v")
        assert names(screen) == ["store201"]
        await press(pilot, "escape")
        assert len(screen.table.keys) == 4 and pilot.app.screen is screen
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, FleetScreen)


async def test_enter_opens_the_cluster_and_the_instance() -> None:
    async with staged() as pilot:
        await opened(pilot, "enter")
        assert isinstance(pilot.app.screen, ClusterScreen)
        await press(pilot, "q", "v", "enter")
        assert isinstance(pilot.app.screen, InstanceScreen)


async def test_why_tells_six_clocks_with_source_and_confidence() -> None:
    async with staged() as pilot:
        screen = await opened(pilot)
        text = "\n".join("".join(text for text, _ in item.spans) for item in screen.why())
        assert text.count("\n") > 12 and text.startswith("mes-prod\n")
        for part in ("PUB · ", " · published", "P22 · CON · measured", "P25 · REL · inferred", "P24 · SUP · measured"):
            assert part in text
        await press(pilot, "v", "down", "w")
        assert isinstance(pilot.app.screen, WhyScreen)
        assert "store113" in screen_text(pilot) and "cluster scada-07" in screen_text(pilot)


async def test_copying_offers_the_bars_as_text() -> None:
    async with staged() as pilot:
        screen = await opened(pilot)
        offered = dict(screen.copies())
        assert list(offered) == ["name", "id", "explanation", "timeline"]
        assert offered["name"] == "mes-prod"
        assert "pos-0114" in offered["timeline"] and "ends in 133 d" in offered["timeline"]


async def test_plain_letters_say_the_same() -> None:
    async with staged(look=Look(ascii=True)) as pilot:
        await opened(pilot)
        assert screen_text(pilot).isascii()
        found = lines_of(pilot)
        row = next(line for line in found if "pos-0201" in line)
        assert "|###" in row.replace(" ", "") and "*" in row and found[-1].rstrip().endswith("q Back")
        assert "# in support" in found[-2]


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (140, 40)])
async def test_every_size_has_room_for_names_bars_and_ends(size: tuple[int, int]) -> None:
    async with staged(size=size) as pilot:
        screen = await opened(pilot)
        row = next(line for line in lines_of(pilot) if "scada-07" in line)
        assert "stranded, 201 d ago" in row and screen.table.axis_width >= 20


async def test_before_anything_was_read_the_screen_says_so() -> None:
    nothing = b.inventory()
    async with staged(nothing) as pilot:
        await opened(pilot)
        assert "No AKS Arc cluster was found" in screen_text(pilot)
        await press(pilot, "right", "plus", "n", "enter")
        assert isinstance(pilot.app.screen, TimelineScreen)


async def test_a_plan_is_drawn_with_its_slots_and_latest_start_without_a_source() -> None:
    async with staged(b.inventory()) as pilot:
        screen = TimelineScreen(small_plan())
        await pilot.app.push_screen(screen)
        await press(pilot)
        found = lines_of(pilot)
        assert "1 d a cell" in found[3]
        row = found[4]
        assert "▬▬▒▒►◇" in row.replace(" ", "") and "grace, 6 d left" in row
        assert "▬ planned" in found[-2] and "► start by" in found[-2] and "◇ end" in found[-2]
        await press(pilot, "enter")
        assert pilot.app.screen is screen
        await press(pilot, "w")
        assert "Must start by  2026-05-25 20:00 UTC" in screen_text(pilot)
        assert "P3 · SRC · derived" in screen_text(pilot)
        await press(pilot, "q", "v")
        assert "plant12" in lines_of(pilot)[4] and "▬▬▬▒▒◇" in lines_of(pilot)[4]


async def test_the_latest_start_of_a_plan_is_the_sentence() -> None:
    plan = small_plan()
    start = plan.members[0].must_start
    assert start is not None and plan.timing is not None
    for by, words in ((start.by, "Must start by 2026-05-25"), (None, "No start is early enough")):
        dated = replace(plan, timing=replace(plan.timing, must_start=replace(start, by=by)))
        async with staged(b.inventory()) as pilot:
            await pilot.app.push_screen(TimelineScreen(dated))
            await press(pilot)
            assert f"{words} for the end on 2026-05-26 (Kubernetes minor, P3)." in lines_of(pilot)[1]


async def test_the_palette_leads_here() -> None:
    async with staged() as pilot:
        await press(pilot, "colon", *"timeline", "enter")
        assert isinstance(pilot.app.screen, TimelineScreen)


async def test_bars_of_rows_out_of_view_are_not_made() -> None:
    many = b.inventory(*(b.cluster(f"c{number:03}", "1.29.10", upgrades=()) for number in range(300)))
    async with staged(many) as pilot:
        screen = await opened(pilot, "pagedown", "right", "plus")
        subjects = screen._subjects
        assert isinstance(subjects, Facts) and len(subjects._bars) < 120


def test_every_ink_has_a_tone() -> None:
    assert set(TONES) == set(Ink)
