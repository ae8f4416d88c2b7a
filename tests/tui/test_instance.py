"""The Instance screen: may the hosts be updated, by keys."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.message import Message

from planner.fleet.targets import resolve_target
from planner.fleet.whatif import WhatIf, what_if
from planner.inventory import Cluster, Inventory, Unknown
from planner.knowledge import load_catalog
from planner.routes import Routes
from planner.support import Judge
from tests import builders as b
from tests.tui.conftest import press, screen_text, settled, staged
from tests.tui.stage import StoredSource, fleet
from tui import instance_rows
from tui.app import PlannerApp
from tui.look import Look
from tui.messages import FleetPlanAsked
from tui.screens.cluster import ClusterScreen
from tui.screens.instance import InstanceScreen
from tui.screens.timeline import TimelineScreen
from tui.widgets.banner import Banner
from tui.widgets.line import Line
from tui.widgets.virtual_table import VirtualTable

CURE = "First upgrade old to Kubernetes 1.29.13 (its operator), then update."


def linz(*more: Cluster, release: str = "2509", **changes: object) -> Inventory:
    """Three clusters on 2509: one that 2510 strands, one whose minor it removes, one whose patch it outdates."""
    clusters = (b.cluster("old", "1.28.9"), b.cluster("mid", "1.29.13"), b.cluster("new", "1.31.5"), *more)
    return b.inventory(*clusters, release=release, **changes)  # type: ignore[arg-type]


def words(pilot: object, id: str) -> str:
    screen = pilot.app.screen  # type: ignore[attr-defined]
    return screen.query_one(f"#{id}", Banner if id in ("sentence", "banner") else Line).text


def row(pilot: object, name: str) -> str:
    return next(
        line
        for line in screen_text(pilot).splitlines()
        if line[1:2] != " " and line[2:3] == " " and line.split()[1:2] == [name]
    )  # type: ignore[arg-type]


async def test_it_answers_whether_the_hosts_can_be_updated() -> None:
    async with staged(linz()) as pilot:
        await press(pilot, "i")
        assert isinstance(pilot.app.screen, InstanceScreen)
        answer = words(pilot, "sentence")
        assert answer == f"Update the hosts? ✖ Not yet to 2510: old would be stranded. {CURE}"
        assert row(pilot, "old").split() == ["◆", "old", "1.28.9", "stranded", "1.29.13"]
        assert "minor removed, hop at once: 1.30.14" in row(pilot, "mid")
        assert "patch outdated: 1.31.10, 1.32.6" in row(pilot, "new")
        assert "plant12" in words(pilot, "head") and "release 2509, 3 clusters" in words(pilot, "head")


async def test_arrows_turn_through_releases_and_stop_at_both_ends() -> None:
    async with staged(linz()) as pilot:
        await press(pilot, "i", "left")
        assert "updated to   2510 ›" in words(pilot, "question") and "1 of 14" in words(pilot, "question")
        await press(pilot, "right")
        assert "‹ 2510 (24H2) ›" in words(pilot, "question") and "via 11.2510" in words(pilot, "question")
        await pilot.press(*["right"] * 3)
        await press(pilot, "right")
        assert "ON 2602" in screen_text(pilot) and "old and mid would be stranded" in words(pilot, "sentence")
        assert row(pilot, "old").split()[3:] == ["stranded", "1.29.13,", "1.30.9"]
        await pilot.press(*["right"] * 20)
        await settled(pilot)
        assert "‹ 2610  " in words(pilot, "question") and "14 of 14" in words(pilot, "question")


async def test_the_release_tried_is_kept_while_the_screen_is_open() -> None:
    async with staged(linz()) as pilot:
        await press(pilot, "i")
        await pilot.press(*["right"] * 5)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ClusterScreen)
        await press(pilot, "q")
        assert "‹ 2602 ›" in words(pilot, "question")
        await press(pilot, "r")
        assert "‹ 2602 ›" in words(pilot, "question")


@pytest.mark.parametrize(
    ("running", "on", "release", "foot"),
    [
        ("1.28.9 1.29.13 1.31.5", "2509", "2510", "2602 would strand a and others (2 of 3)."),
        ("1.29.13 1.31.5", "2509", "2510", "2602 would strand a first (1 of 2)."),
        ("1.29.13 1.31.5", "2509", "2602", "Later ones strand a too (1 of 2). From 2606 on 1 of 2 cannot be judged."),
        ("1.28.9", "2509", "2603", "Later ones strand a too (1 of 1)."),
        ("1.29.13 1.31.5", "2509", "2610", "The catalog knows no later release."),
        ("1.33.5", "2603", "2604", "From 2606 on 1 of 1 cannot be judged."),
        ("1.33.5", "2603", "2606", "Of the later releases nobody can tell either."),
        ("1.27.9", "2411", "2503", "2508 would strand a first (1 of 1)."),
        ("1.25.9", "2411", "2503", "No later release the catalog knows strands any of them."),
    ],
)
def test_the_foot_says_whom_a_later_release_would_strand_first(running: str, on: str, release: str, foot: str) -> None:
    clusters = [b.cluster(name, text) for name, text in zip("abc", running.split(), strict=False)]
    whole = b.inventory(*clusters, release=on)
    catalog = load_catalog()
    judge, routes, host = Judge(whole, catalog, b.AS_OF), Routes(catalog), whole.instances[0]
    answer = what_if(host, resolve_target(release, host, judge, routes), judge, routes)
    assert isinstance(answer, WhatIf)
    assert "".join(text for text, _ in instance_rows.foot(answer)) == foot


async def test_a_tall_window_tells_every_later_release() -> None:
    async with staged(linz(), size=(120, 40)) as pilot:
        await press(pilot, "i")
        text = screen_text(pilot)
        assert "Updated straight to a later release" in text and "SUPPORT TODAY" in text
        assert "2602, 2603, 2604, 2605: would strand old (1.28.9) first, 2 of 3" in text
        assert "2511, 2512, 2601: would strand old (1.28.9) first, 1 of 3; 1 cannot be judged" in text


async def test_a_low_window_keeps_its_lines_for_the_list() -> None:
    async with staged(linz(), size=(80, 20)) as pilot:
        await press(pilot, "i")
        assert "new" in screen_text(pilot) and "offers nothing below" not in screen_text(pilot)


async def test_what_is_highlighted_is_told_under_the_list_and_in_full_by_why() -> None:
    async with staged(linz()) as pilot:
        await press(pilot, "i")
        assert "2510 offers nothing below 1.30" in screen_text(pilot)
        await press(pilot, "down")
        assert "2510 no longer offers 1.29" in screen_text(pilot)
        await press(pilot, "w")
        text = screen_text(pilot)
        assert "mid on 2510" in text and "Offered then" in text and "1.30.13, 1.30.14" in text and "P3" in text
        await press(pilot, "end")
        assert "Subscription" in screen_text(pilot)  # the last of the six clocks of the instance


async def test_support_that_ended_stays_in_the_banner_and_a_running_clock_in_the_first_line() -> None:
    async with staged(linz()) as pilot:
        await press(pilot, "i")
        assert "Release ended 201 d ago [" in words(pilot, "banner") and "2025-10-31" in words(pilot, "banner")
    async with staged(b.inventory(b.cluster("c", "1.31.13"), release="2604")) as pilot:
        await press(pilot, "i")
        assert " d left)" in words(pilot, "head") and words(pilot, "banner") == ""


@pytest.mark.parametrize(
    ("keys", "goal"),
    [(("P",), "latest"), (("p",), "2510"), (("right", "p"), "12.2510"), (("right", "right", "p"), "2511")],
)
async def test_p_asks_for_a_plan_of_the_update_that_is_tried_and_shift_p_for_all_to_the_newest(
    keys: tuple[str, ...], goal: str
) -> None:
    heard: list[Message] = []
    other = b.cluster("elsewhere", "1.31.13", instance="other")
    places = {
        "instances": [b.instance(release="2509"), b.instance("other", "2604")],
        "locations": [b.location(), b.location("other")],
    }
    whole = linz(other, **places)
    app = PlannerApp(StoredSource(whole))
    async with app.run_test(size=(80, 24), message_hook=heard.append) as pilot:
        await settled(pilot)
        app.push_screen(InstanceScreen(b.instance_id("plant12")))
        await settled(pilot)
        await press(pilot, *keys)
    (asked,) = [message for message in heard if isinstance(message, FleetPlanAsked)]
    assert sorted(asked.keys) == sorted(one.key for one in whole.clusters if one.name != "elsewhere")
    assert asked.goal == goal


async def test_t_shows_the_timeline_of_this_instance_only() -> None:
    other = b.cluster("elsewhere", "1.31.5", instance="plant9")
    places = {
        "instances": [b.instance(release="2509"), b.instance("plant9", "2509")],
        "locations": [b.location(), b.location("plant9")],
    }
    async with staged(linz(other, **places)) as pilot:
        pilot.app.push_screen(InstanceScreen(b.instance_id("plant9")))
        await press(pilot, "t")
        timeline = pilot.app.screen
        assert isinstance(timeline, TimelineScreen)
        assert [key.rpartition("/")[2] for key in timeline.table.keys] == ["elsewhere"]
        await press(pilot, "escape")
        assert len(timeline.table.keys) == 4


async def test_keys_open_a_cluster_the_timeline_and_read_all_again() -> None:
    source = StoredSource(linz())
    async with staged(source=source) as pilot:
        await press(pilot, "i", "r")
        assert sorted(source.refreshed) == ["mid", "new", "old"]
        await press(pilot, "t")
        timeline = pilot.app.screen
        assert isinstance(timeline, TimelineScreen) and "filter: instance:" in screen_text(pilot)
        await press(pilot, "q", "down", "enter")
        assert isinstance(pilot.app.screen, ClusterScreen) and pilot.app.screen.key.endswith("/mid")


async def test_the_answer_can_be_copied() -> None:
    async with staged(linz()) as pilot:
        await press(pilot, "i")
        choices = dict(pilot.app.screen.copies())
        assert choices["answer"] == f"plant12: Not yet to 2510: old would be stranded. {CURE}"
        assert choices["name"] == "plant12" and "old on 2510" in choices["explanation"]


# -- from start to the answer


async def test_the_palette_opens_an_instance_by_name() -> None:
    async with staged(linz()) as pilot:
        await press(pilot, "colon", *"t12", "enter")
        assert isinstance(pilot.app.screen, InstanceScreen)
        assert "Not yet to 2510" in words(pilot, "sentence")


# -- unknown is never fine


async def test_an_instance_of_unknown_release_says_so_and_shows_its_clusters() -> None:
    dark = b.instance(build=Unknown("no permission to read the instance"))
    async with staged(linz(instances=[dark])) as pilot:
        app = pilot.app
        app.push_screen(InstanceScreen(dark.id))
        await settled(pilot)
        text = " ".join(words(pilot, "sentence").split())
        assert (
            text
            == "Update the hosts? ? Nobody can tell: the release of plant12 is unknown: no permission to read the instance."
        )
        assert "cannot judge" in row(pilot, "old") and "✔" not in screen_text(pilot)
        await press(pilot, "right", "left", "w")
        assert "Stopped" in screen_text(pilot) and "cluster old" in screen_text(pilot)


async def test_a_release_the_catalog_does_not_know_says_so() -> None:
    async with staged(linz(release="12.2701.1005.1")) as pilot:
        await press(pilot, "i", "right")
        assert "? The catalog knows no update from 2701." in words(pilot, "sentence")
        assert "✔" not in screen_text(pilot)


async def test_an_unpublished_list_is_said_and_a_gap_is_never_a_tick() -> None:
    unread = replace(b.cluster("pools", "1.31.10"), pools=Unknown("not read"))
    sure = b.cluster("sure", "1.31.10")
    async with staged(b.inventory(unread, sure, release="12.2510")) as pilot:
        await press(pilot, "i")
        assert row(pilot, "sure").split() == ["?", "sure", "1.31.10", "can", "continue;", "list", "not", "published"]
        assert row(pilot, "pools").split()[0] == "?" and "? Nobody can tell" in words(pilot, "sentence")
        assert "Not known: whether it has Windows node pools is not known." in screen_text(pilot)


async def test_clusters_of_unknown_instance_are_counted() -> None:
    async with staged(linz(b.cluster("adrift", "1.28.9", instance="?"))) as pilot:
        pilot.app.push_screen(InstanceScreen(b.instance_id("plant12")))
        await settled(pilot)
        assert "1 cluster of unknown instance." in words(pilot, "sentence")


async def test_who_is_stranded_already_stands_behind_who_would_be() -> None:
    async with staged(linz(b.cluster("lost", "1.27.9"))) as pilot:
        pilot.app.push_screen(InstanceScreen(b.instance_id("plant12")))
        await settled(pilot)
        table = pilot.app.screen.query_one("#hosted", VirtualTable)
        assert [key.rpartition("/")[2] for key in table.keys] == ["old", "lost", "mid", "new"]
        assert "stranded already" in row(pilot, "lost") and "1 stranded already." in words(pilot, "sentence")


async def test_that_the_release_tried_has_left_support_itself_stands_beside_it() -> None:
    async with staged(linz()) as pilot:
        await press(pilot, "i")
        assert "left support on 2026-03-31" in words(pilot, "question")
        await press(pilot, *["right"] * 7)
        assert "2604" in words(pilot, "question") and "left support" not in words(pilot, "question")


async def test_a_windows_ceiling_names_the_pools() -> None:
    pools = [b.pool("win", "1.31.10", sku="Windows2019")]
    async with staged(b.inventory(b.cluster("w", "1.31.10", pools=pools), release="12.2510")) as pilot:
        await press(pilot, "i")
        assert "ceiling reached: Windows2019" in row(pilot, "w") and "replace its pools" in row(pilot, "w")
        assert "✖ Not yet to 2511: w would have no hop left." in words(pilot, "sentence")


async def test_an_empty_instance_and_one_that_is_gone_say_so() -> None:
    async with staged(fleet()) as pilot:
        pilot.app.push_screen(InstanceScreen("nowhere"))
        await settled(pilot)
        assert "no longer in what was read" in words(pilot, "sentence")
        await press(pilot, "right", "p", "t", "q", "w", "q")
    async with staged(b.inventory(release="2509")) as pilot:
        pilot.app.push_screen(InstanceScreen(b.instance_id("plant12")))
        await settled(pilot)
        assert "It hosts no cluster that was read." in screen_text(pilot)


async def test_plain_letters() -> None:
    async with staged(linz(), look=Look(ascii=True)) as pilot:
        await press(pilot, "i", "right")
        assert screen_text(pilot).isascii() and row(pilot, "old").split()[0] == "#"
        assert "< 2510 (24H2) >" in screen_text(pilot)


async def test_hostile_names_are_text() -> None:
    async with staged(b.inventory(b.cluster("[red]x[/]", "1.28.9"), release="2509")) as pilot:
        await press(pilot, "i")
        assert "[red]x[/] would be stranded" in words(pilot, "sentence") and "[red]x[/]" in screen_text(pilot)


async def test_hosts_that_are_being_updated_are_not_now() -> None:
    busy = b.instance(release="2509", update_state=b.known("UpdateInProgress"))
    facts = replace(b.inventory(b.cluster("ok", "1.31.5"), release="2509", instances=[busy]), expected=4)
    async with staged(facts) as pilot:
        await press(pilot, "i")
        answer = words(pilot, "sentence")
        assert answer.startswith("Update the hosts? ✖ Not now: AZL-STATE-01: An update of Azure Local is running.")
        assert "strands none of those known to be here" in answer and answer.endswith("1 of 4 read")
