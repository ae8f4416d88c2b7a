"""The home screen: rows, filter, marks, sort, and the states every list draws."""

from __future__ import annotations

import asyncio

from textual.events import Key
from textual.message import Message
from textual.widgets import Input

from planner.inventory import Inventory, Unknown
from planner.ports import Report, SourceError, ignore
from tests import builders as b
from tests.tui.conftest import press, screen_text, settled, staged
from tests.tui.stage import StoredSource, fleet
from tui.app import PlannerApp
from tui.look import Look
from tui.messages import FleetPlanAsked
from tui.query import FIELDS
from tui.screens.fleet import FleetScreen
from tui.screens.instance import InstanceScreen
from tui.state import Phase


def notices(pilot) -> list[str]:
    return [notice.message for notice in pilot.app._notifications]


def fleet_screen(pilot) -> FleetScreen:
    assert isinstance(pilot.app.screen, FleetScreen)
    return pilot.app.screen


async def test_worst_cluster_stands_on_top_with_state_and_next_move() -> None:
    async with staged() as pilot:
        text = screen_text(pilot)
        first = text.splitlines()[3]
        assert "scada-07" in first and "stranded" in first and "no path" in first
        assert "as of 2026-05-20" in text.splitlines()[0]
        assert "8 of 9 read" in text


async def test_filter_narrows_as_it_is_typed_and_escape_clears_it() -> None:
    async with staged() as pilot:
        await press(pilot, "slash")
        await pilot.press("p", "o", "s")
        await settled(pilot)
        assert [row.rpartition("/")[2] for row in fleet_screen(pilot).table.keys] == [
            "pos-0113", "pos-0202", "pos-0114", "pos-0201",
        ]  # fmt: skip
        assert "4 of 9 shown" in screen_text(pilot)
        await press(pilot, "enter", "escape")
        assert len(fleet_screen(pilot).table.keys) == 9


async def test_letters_are_text_while_the_filter_has_focus() -> None:
    async with staged() as pilot:
        await press(pilot, "slash", "q", "p")
        assert pilot.app.is_running and isinstance(pilot.app.screen, FleetScreen)
        assert "No cluster matches the filter qp." in screen_text(pilot)
        await press(pilot, "escape")
        assert len(fleet_screen(pilot).table.keys) == 9


async def test_letters_typed_at_once_behind_the_slash_are_the_filter_and_never_keys() -> None:
    async with staged() as pilot:
        for key, letter in (("slash", "/"), ("s", "s"), ("p", "p"), ("q", "q"), ("slash", "/")):
            pilot.app.post_message(Key(key, letter))
        await settled(pilot)
        assert pilot.app.is_running and isinstance(pilot.app.screen, FleetScreen)
        assert pilot.app.screen.query_one("#filter", Input).value == "spq/"


async def test_a_field_that_does_not_exist_is_said() -> None:
    async with staged() as pilot:
        await pilot.press("slash", *"suport", "less_than_sign", "4")
        await settled(pilot)
        assert "No field suport<4" in screen_text(pilot)


async def test_marks_stay_with_their_clusters_through_sorting() -> None:
    async with staged() as pilot:
        await press(pilot, "space", "s")
        assert [key.rpartition("/")[2] for key in pilot.app.state.marks] == ["scada-07"]
        assert "1 marked" in screen_text(pilot) and "by cluster" in screen_text(pilot)
        await press(pilot, "asterisk")
        assert len(pilot.app.state.marks) == 9
        await press(pilot, "asterisk")
        assert pilot.app.state.marks == frozenset()


async def test_refresh_reads_the_highlighted_cluster_again() -> None:
    source = StoredSource(fleet())
    async with staged(source=source) as pilot:
        await press(pilot, "down", "r")
        assert source.refreshed == ["mes-prod"]


async def test_the_cursor_follows_its_cluster_when_a_reading_brings_others() -> None:
    source = StoredSource(fleet())
    async with staged(source=source) as pilot:
        await press(pilot, "down")
        key = fleet_screen(pilot).table.key
        source.inventory = fleet(b.cluster("another", "1.26.12", instance="store113", upgrades=()))
        await press(pilot, "R")
        assert fleet_screen(pilot).table.key == key and fleet_screen(pilot).table.cursor == 2


async def test_as_of_moves_the_clocks() -> None:
    async with staged() as pilot:
        await press(pilot, "a")
        pilot.app.screen.query_one(Input).value = "2024-12-01"
        await press(pilot, "enter")
        assert "as of 2024-12-01" in screen_text(pilot)
        assert "2 out of support" not in screen_text(pilot)


class Slow(StoredSource):
    """Reports some rows, then waits until it is let go."""

    def __init__(self, inventory: Inventory) -> None:
        super().__init__(inventory)
        self.go = asyncio.Event()

    async def load(self, report: Report = ignore) -> Inventory:
        part = Inventory(self.inventory.source, self.inventory.as_of, self.inventory.clusters[4:7], expected=9)
        from planner.ports import Progress

        report(Progress(3, 9, "clusters", part))
        await self.go.wait()
        return self.inventory


async def test_rows_arrive_while_reading_and_escape_keeps_what_arrived() -> None:
    app = PlannerApp(Slow(fleet()))
    async with app.run_test(size=(80, 24)) as pilot:
        while not app.state.rows:
            await pilot.pause()
        await pilot.pause()
        text = screen_text(pilot)
        assert "loading 3 of 9" in text and "esc cancels" in text and "pos-0114" in text
        row = next(line for line in text.splitlines() if "pos-0114" in line)
        assert "reading" in row and "unknown" not in text  # what is not there yet is not called unknown
        await press(pilot, "escape")
        assert app.state.phase is Phase.CANCELLED
        assert "3 of 9 read" in screen_text(pilot) and "reading was stopped" in screen_text(pilot)


async def test_an_empty_fleet_says_what_to_do() -> None:
    async with staged(b.inventory()) as pilot:
        assert "No AKS Arc cluster was found" in screen_text(pilot)


async def test_a_failed_reading_says_what_why_and_what_to_do_and_tries_again() -> None:
    error = SourceError("Azure cannot be reached", "There is no route.", "Check the network.", 4)
    source = StoredSource(fleet(), broken=error)
    async with staged(source=source) as pilot:
        text = screen_text(pilot)
        assert "Azure cannot be reached" in text and "There is no route." in text and "Check the network." in text
        source.broken = None
        await press(pilot, "down", "enter")
        assert "scada-07" in screen_text(pilot)
        assert pilot.app.state.phase is Phase.READY


async def test_leaving_after_nothing_could_be_read_ends_with_the_code_of_the_failure() -> None:
    error = SourceError("Azure cannot be reached", "There is no route.", "Check the network.", 4)
    async with staged(source=StoredSource(fleet(), broken=error)) as pilot:
        await pilot.press("q", "q")
        await pilot.pause()
    assert pilot.app.return_code == 4


async def test_a_reading_that_fails_later_keeps_the_old_rows_and_says_so() -> None:
    source = StoredSource(fleet())
    async with staged(source=source) as pilot:
        source.broken = SourceError("Azure cannot be reached", "There is no route.", "Check the network.", 4)
        await press(pilot, "R")
        text = screen_text(pilot)
        assert "Azure cannot be reached" in text and "scada-07" in text and "not read" in text


async def test_a_window_too_small_asks_for_room() -> None:
    async with staged(size=(50, 12)) as pilot:
        assert "arcstep needs 60 columns and 16 lines" in " ".join(screen_text(pilot).split())
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert "scada-07" in screen_text(pilot)


async def test_at_60_by_16_and_in_ascii_everything_is_said_with_plain_letters() -> None:
    async with staged(size=(60, 16), look=Look(ascii=True)) as pilot:
        text = screen_text(pilot)
        assert text.isascii() and "# scada-07" in text and "x mes-prod" in text
        await press(pilot, "enter")
        assert screen_text(pilot).isascii()


# -- grouped by instance


def group_row(name: str) -> str:
    return f"instance {b.instance_id(name)}"


class Asked:
    """The joint plans that were asked for."""

    def __init__(self) -> None:
        self.plans: list[list[str]] = []

    def hook(self, message: Message) -> None:
        """Messages pass several pumps; each plan is noted once."""
        if isinstance(message, FleetPlanAsked) and message.goal == "latest":
            names = [key.rpartition("/")[2] for key in message.keys]
            self.plans += [names] if names not in self.plans else []


async def test_v_groups_by_instance_and_back_with_the_cursor_on_its_cluster() -> None:
    async with staged() as pilot:
        await press(pilot, "down", "v")
        screen = fleet_screen(pilot)
        lines = screen_text(pilot).splitlines()
        nearest = min(row.ends for row in pilot.app.state.rows if row.instance == "store113" and row.ends)
        assert lines[3].split() == ["◆", "store113", "2604", "stranded", "3", "clusters", "end", f"{nearest}"]
        assert lines[4].startswith(" ◆   scada-07") and lines[7].split()[1] == "plant12"
        assert "9 clusters on 4 instances" in screen_text(pilot)
        assert screen.table.key.endswith("/mes-prod")
        await press(pilot, "up", "v")  # up = the row of its instance
        assert len(screen.table.keys) == 9 and screen.table.key.endswith("/mes-prod")


async def test_enter_and_i_on_an_instance_open_it_and_q_comes_back_to_its_row() -> None:
    async with staged() as pilot:
        await press(pilot, "v")
        for key in ("enter", "i"):
            await press(pilot, key)
            assert isinstance(pilot.app.screen, InstanceScreen) and "store113" in screen_text(pilot)
            await press(pilot, "q")
            assert fleet_screen(pilot).table.key == group_row("store113")


async def test_space_marks_what_is_shown_of_an_instance_and_goes_to_the_next_one() -> None:
    async with staged() as pilot:
        await pilot.press("slash", *"pos", "enter", "v", "space")
        await settled(pilot)
        assert sorted(key.rpartition("/")[2] for key in pilot.app.state.marks) == ["pos-0113", "pos-0114"]
        assert fleet_screen(pilot).table.key == group_row("store201")
        assert "2 marked" in screen_text(pilot).splitlines()[3] and "2 marked" in screen_text(pilot).splitlines()[-2]
        await press(pilot, "asterisk")
        assert len(pilot.app.state.marks) == 4
        await press(pilot, "asterisk")
        assert pilot.app.state.marks == frozenset()


async def test_a_cluster_without_an_instance_stands_under_one_that_is_unknown_and_cannot_be_opened() -> None:
    lost = b.cluster("adrift", "1.31.13", custom_location=Unknown("not read"), upgrades=())
    async with staged(fleet(lost), size=(100, 24)) as pilot:
        await press(pilot, "v")
        assert "? instance unknown" in screen_text(pilot)
        fleet_screen(pilot).table.highlight("instance ")
        await press(pilot, "enter", "i", "o")
        assert isinstance(pilot.app.screen, FleetScreen)
        assert "Which instance hosts these clusters is not known." in notices(pilot)


async def test_r_on_an_instance_reads_its_clusters_again_and_y_copies_its_name() -> None:
    source = StoredSource(fleet())
    async with staged(source=source) as pilot:
        await press(pilot, "v", "r")
        assert sorted(source.refreshed) == ["pos-0113", "pos-0114", "scada-07"]
        await press(pilot, "y", "enter")
        assert pilot.app.clipboard == "store113"


async def test_why_of_an_instance_tells_its_release_and_its_clusters() -> None:
    async with staged(size=(120, 40)) as pilot:
        await press(pilot, "v")
        text = screen_text(pilot)
        assert "Worst: scada-07" in text and "Azure Local release" in text and "stranded         1" in text


async def test_P_asks_for_one_plan_of_the_marked_clusters_worst_first() -> None:
    asked = Asked()
    async with staged(hook=asked.hook) as pilot:
        await press(pilot, "P")
        assert "Mark clusters with space first." in notices(pilot) and asked.plans == []
        await pilot.press("down", "space", "home", "space", "P")
        await settled(pilot)
    assert asked.plans == [["scada-07", "mes-prod"]]


async def test_p_on_an_instance_asks_for_one_plan_of_its_clusters() -> None:
    asked = Asked()
    async with staged(hook=asked.hook) as pilot:
        await press(pilot, "v", "p")
    assert asked.plans == [["scada-07", "pos-0113", "pos-0114"]]


async def test_t_opens_the_timeline() -> None:
    async with staged() as pilot:
        await press(pilot, "t")
        assert type(pilot.app.screen).__name__ == "TimelineScreen"


async def test_the_arrow_stands_at_the_column_sorted_by_and_turns_with_the_order() -> None:
    async with staged() as pilot:
        assert "SUPPORT ↓" in screen_text(pilot)
        await press(pilot, "s", "S")
        assert "CLUSTER ↑" in screen_text(pilot) and "by cluster, reversed" in screen_text(pilot)
        await press(pilot, "s", "s")
        assert "VERSI" in screen_text(pilot) and " ↓" in screen_text(pilot).partition("VERSI")[2][:5]


async def test_help_names_every_field_and_explains_groups() -> None:
    async with staged(size=(120, 70)) as pilot:
        await press(pilot, "question_mark")
        text = " ".join(screen_text(pilot).split())
        assert all(field in text for field in FIELDS)
        assert "Grouped by instance (v)" in text and "findings and next moves" in text


async def test_in_ascii_the_grouped_list_is_plain_letters() -> None:
    async with staged(look=Look(ascii=True)) as pilot:
        await press(pilot, "v", "S", "space")
        assert screen_text(pilot).isascii() and "SUPPORT ^" in screen_text(pilot)


async def test_a_filter_for_a_tag_says_which_tags_there_are() -> None:
    tagged = [b.cluster("a", tags=(("site", "graz"), ("Line", "3"))), b.cluster("b", tags=(("site", "wels"),))]
    async with staged(b.inventory(*tagged, b.cluster("c")), size=(120, 40)) as pilot:
        await pilot.press("slash", *"tag:")
        await settled(pilot)
        assert "tags here: Line, site" in screen_text(pilot) and "2 of 3 shown" in screen_text(pilot)
        await press(pilot, *"x=")
        assert "Tags here: Line, site." in screen_text(pilot)
    async with staged(size=(120, 40)) as pilot:
        await press(pilot, "slash", *"!tag:x")
        assert "tags here: none" in screen_text(pilot)
