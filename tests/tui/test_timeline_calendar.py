"""A calendar on the timeline: what is frozen on which row, the days that are open, and patterns that name nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from textual.pilot import Pilot

from planner.inventory import Inventory, Unknown
from planner.schedule.calendar import Calendar, Freeze, Window
from planner.schedule.words import calendar_words
from tests import builders as b
from tests.planner.test_timeline import small_plan
from tests.tui.conftest import press, screen_text, settled, staged
from tests.tui.stage import fleet
from tests.tui.test_timeline import lines_of, opened
from tests.tui.values import TODAY, row
from tui.app import PlannerApp
from tui.errands import query_of
from tui.look import Look
from tui.messages import CalendarChosen, FleetPlanAsked
from tui.prose import plain
from tui.query import keep
from tui.screens.timeline import TimelineScreen
from tui.state import AppState
from tui.timeline_calendar import strange_notice
from tui.widgets.field import Field

NIGHT = Window("store nights", frozenset({5}), time(20), time(), ("store*",))
MOVE = Freeze("move of plant 12", date(2026, 5, 23), date(2026, 5, 26), instances=("plant12",))
AUDIT = Freeze("audit", date(2026, 6, 1), date(2026, 6, 3))
CALENDAR = Calendar(zone=ZoneInfo("Europe/Vienna"), zone_name="Europe/Vienna", windows=(NIGHT,), freezes=(MOVE, AUDIT))


@asynccontextmanager
async def kept(
    calendar: Calendar = CALENDAR, inventory: Inventory | None = None, **options: Any
) -> AsyncIterator[Pilot[int]]:
    """The app with a calendar in use from the start."""
    async with staged(inventory, calendar=CalendarChosen(calendar, "site.toml"), **options) as pilot:
        yield pilot


async def choose(pilot: Pilot[int], path: Path) -> None:
    """Choose a calendar on the timeline."""
    await opened(pilot, "c")
    pilot.app.screen.query_one(Field).value = str(path)
    await press(pilot, "enter")


def row_of(pilot: Pilot[int], name: str) -> str:
    return next(line for line in lines_of(pilot) if name in line)


# -- freezes on rows, windows above them


async def test_a_freeze_is_drawn_on_the_rows_of_its_instances_alone() -> None:
    async with kept() as pilot:
        await opened(pilot, "plus", "plus")
        assert "│··╱·╱······╱·╱··" in row_of(pilot, "mes-web")
        assert "│···········╱·╱··" in row_of(pilot, "scada-07")
        assert "│███████████╱█╱██" in row_of(pilot, "pos-0201")
        await press(pilot, "v")
        assert "│··╱·╱······╱·╱··" in row_of(pilot, "plant12  ") and "│···········╱·╱··" in row_of(pilot, "store113")


async def test_the_line_under_the_list_and_the_days_above_follow_the_cursor() -> None:
    async with kept(size=(120, 40)) as pilot:
        screen = await opened(pilot, "plus", "plus")
        assert "▂▂▂╱╱╱╱▂▂▂▂▂╱╱╱▂▂▂" in row_of(pilot, "CALENDAR")
        assert "╱ freeze move of plant 12 2026-05-23 to 2026-05-26" in screen_text(pilot)
        assert "then 2026-06-01  ▂ any time" in screen_text(pilot)
        screen.table.highlight(screen.table.keys[2])
        await settled(pilot)
        assert "   ▂      ▂ ╱╱╱  ▂      ▂ " in row_of(pilot, "CALENDAR")
        assert "╱ freeze audit 2026-06-01 to 2026-06-03" in lines_of(pilot)[-3]
        assert lines_of(pilot)[-3].endswith("▂ window store nights")


async def test_only_where_a_cell_is_a_day_the_open_days_have_a_line() -> None:
    async with kept() as pilot:
        screen = await opened(pilot)
        lines = []
        for key in ("plus", "plus", "minus", "end"):
            await press(pilot, key)
            found = lines_of(pilot)
            lines.append(("CALENDAR" in found[4], "mes-prod" in found[4], "mes-prod" in found[5]))
        assert lines == [(False, True, False), (True, False, True), (False, True, False), (False, True, False)]
        assert screen.table.cursor == 8


async def test_with_many_rows_the_cursor_stays_in_view_when_the_line_comes() -> None:
    many = b.inventory(*(b.cluster(f"c{number:03}", "1.29.10", upgrades=()) for number in range(60)))
    async with kept(inventory=many) as pilot:
        screen = await opened(pilot, "plus", *["down"] * 17)
        name = screen.table.key.rpartition("/")[2]
        assert name in lines_of(pilot)[-4]
        await press(pilot, "plus")
        assert "CALENDAR" in screen_text(pilot) and name in screen_text(pilot)


async def test_plain_letters_say_the_same_with_a_calendar() -> None:
    async with kept(look=Look(ascii=True)) as pilot:
        await opened(pilot, "plus", "plus")
        assert screen_text(pilot).isascii()
        assert "|.././.....././.." in row_of(pilot, "mes-web")
        assert "___////_____///___" in row_of(pilot, "CALENDAR") and "_ any time" in screen_text(pilot)


async def test_a_cluster_without_a_known_instance_keeps_to_what_holds_for_all() -> None:
    lost = b.cluster("lost", "1.33.5", custom_location=Unknown("not said"))
    async with kept(inventory=fleet(lost)) as pilot:
        screen = await opened(pilot, "plus", "plus", "end")
        assert screen.table.key.endswith("/lost")
        assert "╱ freeze audit" in lines_of(pilot)[-3] and "its instance is not known" in lines_of(pilot)[-3]
        assert "│???????????╱?╱??" in row_of(pilot, "lost  ")
        assert "only what holds for every instance is drawn" in plain(screen.why())


async def test_why_tells_everything_the_calendar_says_about_the_instance() -> None:
    async with kept() as pilot:
        screen = await opened(pilot)
        text = plain(screen.why())
        assert "Calendar for plant12" in text and "Europe/Vienna" in text
        assert "move of plant 12" in text and "No window applies: any time" in text
        screen.table.highlight(screen.table.keys[2])
        await settled(pilot)
        text = plain(screen.why())
        assert "Window store nights (Sat 20:00-00:00); freeze audit" in text and "move of plant 12" not in text


async def test_years_of_freezes_are_counted_not_listed() -> None:
    many = Calendar(freezes=tuple(Freeze(f"f{n}", date(2026, 6, n), date(2026, 6, n)) for n in range(1, 16)))
    async with kept(many) as pilot:
        screen = await opened(pilot)
        assert "and 3 more freezes in three years" in plain(screen.why())
        assert "╱ freeze f1 2026-06-01" in lines_of(pilot)[-3]


async def test_a_freeze_in_force_says_until_when_and_none_is_said_too() -> None:
    now = Calendar(freezes=(Freeze("now", date(2026, 5, 1), date(2026, 5, 22), instances=("plant12",)),))
    async with kept(now) as pilot:
        screen = await opened(pilot, "plus", "plus")
        assert "╱ freeze now until 2026-05-22" in lines_of(pilot)[-3]
        assert "│╱·····" in row_of(pilot, "mes-web")
        screen.table.highlight(screen.table.keys[2])
        await settled(pilot)
        assert "╱ no freeze to come" in lines_of(pilot)[-3]


async def test_without_a_calendar_nothing_of_it_is_there() -> None:
    async with staged() as pilot:
        await opened(pilot, "plus", "plus")
        assert "╱" not in screen_text(pilot) and "CALENDAR" not in screen_text(pilot)


# -- plans


async def test_what_a_plan_on_the_table_says_stands_on_the_rows_of_the_fleet() -> None:
    async with kept() as pilot:
        keys = tuple(row.key for row in pilot.app.state.rows if row.instance == "store113")
        pilot.app.post_message(FleetPlanAsked(keys))
        await settled(pilot)
        await press(pilot, "q")
        screen = await opened(pilot, "plus", "plus")
        assert "▬" in row_of(pilot, "pos-0114  ") and "▬ planned" in lines_of(pilot)[-2]
        assert "▬" not in row_of(pilot, "mes-prod")
        screen.table.highlight(next(key for key in screen.table.keys if key.endswith("pos-0114")))
        await settled(pilot)
        text = plain(screen.why())
        assert "Must start by  20" in text and "Europe/Vienna)" in text and "less " in text


async def test_the_plan_of_one_cluster_is_on_its_row_too() -> None:
    async with kept() as pilot:
        await press(pilot, "down", "p")
        plan = pilot.app.state.job.plan
        assert plan.timing.must_start is not None
        await press(pilot, "q", "t")
        assert "start by" in lines_of(pilot)[-2]
        assert "Must start by" in plain(pilot.app.screen.why())


async def test_a_plan_is_drawn_with_the_calendar_it_was_made_with_alone() -> None:
    plan = small_plan()
    assert plan.timing is not None
    words = calendar_words(CALENDAR, "plant12")
    same = replace(plan, timing=replace(plan.timing, calendar=words, zone="Europe/Vienna"))
    async with kept() as pilot:
        await pilot.app.push_screen(TimelineScreen(same))
        await settled(pilot)
        assert "╱ freeze move of plant 12" in screen_text(pilot)
        await press(pilot, "c")
        assert isinstance(pilot.app.screen, TimelineScreen)
    other = replace(plan, timing=replace(plan.timing, calendar="freeze of old", zone="Europe/Vienna"))
    async with kept() as pilot:
        await pilot.app.push_screen(TimelineScreen(other))
        await settled(pilot)
        assert "╱" not in screen_text(pilot)
        assert "calendar of this plan, not drawn: freeze of old" in screen_text(pilot)


async def test_a_latest_start_that_is_another_day_on_the_axis_says_its_hour() -> None:
    plan = small_plan()
    start, timing = plan.members[0].must_start, plan.timing
    assert start is not None and start.by is not None and timing is not None
    night = replace(start, by=start.by.replace(hour=22, minute=30))
    late = replace(start, is_past=True)
    for found, zone, words in (
        (night, "Europe/Vienna", "Must start by 2026-05-26 00:30 Europe/Vienna for the end on 2026-05-26"),
        (start, "Europe/Vienna", "Must start by 2026-05-25 for the end on 2026-05-26"),
        (night, "Nowhere/Known", "Must start by 2026-05-25 for the end on 2026-05-26"),
        (late, "UTC", "✖ Start by 2026-05-25 is past: the end is 2026-05-26 (Kubernetes minor, P3)."),
    ):
        async with staged(b.inventory()) as pilot:
            shown = replace(plan, timing=replace(timing, must_start=found, zone=zone))
            await pilot.app.push_screen(TimelineScreen(shown))
            await settled(pilot)
            assert words in lines_of(pilot)[1]


# -- patterns that name nothing


WRONG = """
[[freeze]]
name = "move"
from = 2026-09-01
to = 2026-09-14
instances = ["plnt12", "plant12", "shop-*"]
"""


async def test_patterns_that_name_nothing_are_said_when_the_calendar_is_chosen(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(WRONG, "utf-8")
    async with staged() as pilot:
        await choose(pilot, path)
        (notice,) = pilot.app._notifications
        assert notice.severity == "warning"
        assert notice.message == (
            'Calendar: freeze "move": no instance has a name like plnt12, and 1 more pattern names nothing.'
        )
        assert "╱ no freeze to come" not in screen_text(pilot) and "╱ freeze move" in screen_text(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, TimelineScreen)
        assert 'freeze "move": no instance has a name like shop-*.' in plain(screen.why())
        keys = tuple(row.key for row in pilot.app.state.rows if row.instance == "plant12")
        pilot.app.post_message(FleetPlanAsked(keys))
        await settled(pilot)
        await press(pilot, "3")
        assert 'freeze "move": no instance has a name like plnt12.' in screen_text(pilot)


async def test_the_plan_of_one_cluster_says_such_patterns_among_its_unknowns(tmp_path: Path) -> None:
    gone = Calendar(freezes=(replace(MOVE, instances=("plnt12",)),))
    async with kept(gone) as pilot:
        await press(pilot, "down", "p", "4")
        assert 'freeze "move of plant 12": no instance has a name like plnt12.' in screen_text(pilot)


async def test_before_all_was_read_no_pattern_is_called_wrong(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(WRONG, "utf-8")
    async with staged() as pilot:
        app = pilot.app
        assert isinstance(app, PlannerApp)
        app.state = replace(app.state, phase=type(app.state.phase).CANCELLED)
        await choose(pilot, path)
        assert app.state.calendar_file == str(path) and not list(app._notifications)


@pytest.mark.parametrize(
    ("sentences", "notice"),
    [
        ((), ""),
        (("a",), "Calendar: a."),
        (("a", "b"), "Calendar: a, and 1 more pattern names nothing."),
        (("a", "b", "c"), "Calendar: a, and 2 more patterns name nothing."),
    ],
)
def test_the_notice_in_one_sentence(sentences: tuple[str, ...], notice: str) -> None:
    assert strange_notice(sentences) == notice


# -- one instance and no other


async def test_the_timeline_of_an_instance_leaves_out_those_whose_names_begin_alike() -> None:
    clusters = [b.cluster(f"c-{name}", "1.29.10", instance=name, upgrades=()) for name in ("plant1", "plant12")]
    two = b.inventory(
        *clusters,
        instances=[b.instance(name, "2411") for name in ("plant1", "plant12")],
        locations=[b.location(name, b.offered(("1.29.10",))) for name in ("plant1", "plant12")],
    )
    async with staged(two, size=(120, 40)) as pilot:
        pilot.app.screen.query_one("#list").highlight(clusters[0].key)
        await press(pilot, "i", "t")
        screen = pilot.app.screen
        assert isinstance(screen, TimelineScreen)
        assert [key.rpartition("/")[2] for key in screen.table.keys] == ["c-plant1"]
        assert "filter: instance:=plant1" in lines_of(pilot)[0]


def test_an_instance_is_asked_for_by_its_id_where_two_have_its_name() -> None:
    one, other = b.instance("hall one", "2411"), replace(b.instance("b", "2411"), name="Hall One")
    both = b.inventory(instances=[one, other])
    assert query_of(AppState(inventory=b.inventory(instances=[one])), one) == 'instance:="hall one"'
    query = query_of(AppState(inventory=both), other)
    assert other.id in query and one.id not in query
    rows = (row("x", instance="hall one", home=one.id), row("y", instance="Hall One", home=other.id))
    assert [found.name for found in keep(rows, query, TODAY)] == ["y"]
    assert [found.name for found in keep(rows, 'instance:="hall one"', TODAY)] == ["x", "y"]
