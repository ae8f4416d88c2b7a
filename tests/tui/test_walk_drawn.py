"""The Walk screen drawn from values: every state readable at 80 x 24, words beside signs, nothing hostile acted on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from planner import events as e
from planner.events import Complaint, Decision
from planner.legs import Stage
from planner.walk import Walk
from tests.planner.strolls import Stroll, seen
from tests.tui.conftest import press, screen_text
from tests.tui.stage import HOSTILE
from tests.tui.walks import drawn, on_screen, rows
from tui.look import Look
from tui.open_walk import OpenWalk
from tui.screens.walk import WalkScreen
from tui.walk_pages import log_page
from tui.walk_rows import next_check, next_key, rows_of
from tui.walk_words import sentence

HALF = {"1.29.13": 2, "1.30.14": 1}


def preflight() -> Stroll:
    stroll = Stroll()
    stroll.look()
    return stroll


def ready() -> Stroll:
    stroll = Stroll()
    stroll.to_ready()
    return stroll


def running() -> Stroll:
    stroll = Stroll()
    stroll.to_running()
    stroll.look(seen("1.30.14", "Upgrading Upgrading", HALF, control_plane=3), minutes=31)
    return stroll


def timed_out() -> Stroll:
    stroll = running()
    stroll.look(seen("1.30.14", "Failed Upgrading", HALF, control_plane=3))
    return stroll


def failed() -> Stroll:
    stroll = running()
    stroll.look(seen("1.30.14", "Failed Failed", HALF, control_plane=3, error="a node did not drain"))
    return stroll


def doubtful() -> Stroll:
    stroll = ready()
    stroll.confirm()
    stroll.intend()
    stroll.feed(e.Doubted(stroll.later(), "S01", "The connection broke before Azure answered."))
    return stroll


def refused() -> Stroll:
    stroll = ready()
    stroll.confirm()
    objection = Complaint("K8sVersionValidation", "1.30.14 is not supported here.", "Use 1.29.14.")
    stroll.feed(e.Refused(stroll.later(), "S01", "Azure objects.", "Choose another version.", (objection,)))
    return stroll


def verifying() -> Stroll:
    stroll = running()
    stroll.look(seen("1.30.14"))
    return stroll


def gate() -> Stroll:
    stroll = verifying()
    stroll.tick_all()
    return stroll


def guided() -> Stroll:
    stroll = gate()
    stroll.feed(e.Decided(stroll.later(), "S01", Decision.PROCEED, "grace"))
    stroll.look(seen("1.30.14"))
    return stroll


def lost_sight() -> Stroll:
    stroll = running()
    stroll.feed(e.LookFailed(stroll.later(), "S01", "Azure cannot be reached.", "Check the network."))
    return stroll


STATES: dict[Callable[[], Stroll], tuple[str, ...]] = {
    preflight: ("pre-flight, then 3 steps", "2 of 10 checks", "✔ ok", "○ to do", "PRE.3", "Look yourself"),
    ready: ("S01 of 3", "Ready", "▶ ready", "az aksarc upgrade", "read-only here", "○ to do"),
    running: (
        "▶ running",
        "31 min",
        "36-72 min (arcstep's guess)",
        "ready pool1 1/3",
        "worry after 30 min",
        "normal now",
    ),
    timed_out: ("running, client timed out", "the upgrade goes on by itself", "Do not start it again"),
    failed: ("Needs attention, failed", "✖ failed", "Start no other hop", "diagnostic checker"),
    doubtful: ("? Not known", "Nothing is sent again", "? unknown", "The connection broke"),
    refused: ("✖ Not started", "Azure objects.", "✖ refused", "Choose another version."),
    verifying: ("2 of 3 checks ticked after the change", "✔ done", "S01.V3"),
    gate: ("At the gate", "▶ decide", "next: S02 release 12.2510 → 2602, Azure Local owner", "forward only"),
    guided: ("S02 of 3 · release 12.2510 → 2602", "✔ done", "Azure Local owner", "S02.2"),
    lost_sight: ("last look failed: Azure cannot be reached.", "Check the network.", "Next try in 1 min"),
}


@pytest.mark.parametrize(("stroll", "words"), STATES.items(), ids=[made.__name__ for made in STATES])
async def test_each_state_says_what_it_is_and_what_to_do(stroll: Callable[[], Stroll], words: tuple[str, ...]) -> None:
    async with drawn(stroll().walk) as pilot:
        text = on_screen(pilot)
        assert [word for word in words if word not in text] == []
        lines = screen_text(pilot).splitlines()
        assert len(lines) <= 24 and all(cell_len(line) <= 80 for line in lines)
        assert lines[0].rstrip().endswith(("UTC", "read-only"))


@pytest.mark.parametrize("stroll", [running, failed, guided], ids=lambda made: made.__name__)
async def test_plain_letters_say_the_same(stroll: Callable[[], Stroll]) -> None:
    async with drawn(stroll().walk, look=Look(ascii=True)) as pilot:
        assert screen_text(pilot).isascii() and "+ ok" in screen_text(pilot)


async def test_more_room_shows_what_was_seen() -> None:
    async with drawn(running().walk, size=(120, 40)) as pilot:
        text = on_screen(pilot)
        assert "SEEN" in text and "offered now: 1.30.14" in text and "S02" in text and "confirmed by grace" in text


async def test_why_names_rules_and_sources_of_the_row() -> None:
    async with drawn(ready().walk) as pilot:
        rows(pilot).highlight("S01.1")
        await press(pilot, "w")
        assert "P18" in on_screen(pilot) and "Sources" in on_screen(pilot)


async def test_the_log_is_shown_in_full_newest_first() -> None:
    async with drawn(gate().walk) as pilot:
        await press(pilot, "l")
        text = on_screen(pilot)
        assert text.index("at the gate") < text.index("finished")


async def test_who_may_upgrade_stands_in_the_first_line_as_long_as_there_is_room() -> None:
    who = "grace@example.com in contoso.example"
    async with drawn(preflight().walk, who=who) as pilot:
        pilot.app.state = replace(pilot.app.state, may_upgrade=True, label="live")
        await pilot.pause()
        assert screen_text(pilot).splitlines()[0].rstrip().endswith("may upgrade · begun 00:00 UTC")
        await pilot.resize_terminal(140, 40)
        await pilot.pause()
        assert f"may upgrade as {who}" in screen_text(pilot).splitlines()[0]


@pytest.mark.parametrize("name", HOSTILE)
async def test_nothing_from_azure_acts(name: str) -> None:
    stroll = running()
    stroll.look(seen("1.30.14", "Failed Failed", HALF, error=name))
    stroll.feed(e.Noted(stroll.later(), "S01", name, name))
    async with drawn(stroll.walk, trouble=name, holder=name) as pilot:
        assert name[:60] in screen_text(pilot)
        await press(pilot, "l")
        assert name[:20] in on_screen(pilot)


# -- by value


def test_the_cursor_is_led_to_what_has_to_be_done() -> None:
    assert [next_key(made().walk) for made in (preflight, ready, running, verifying, gate)] == [
        "PRE.3",
        "S01:start",
        "S01:watch",
        "S01.V3",
        "S01:gate",
    ]


def test_after_a_tick_comes_the_next_open_check_of_a_person() -> None:
    assert next_check(preflight().walk, "PRE.3") == "PRE.4"
    assert next_check(preflight().walk, "PRE.10") == "PRE.3"


def test_rows_are_those_of_the_current_leg_and_one_for_every_other() -> None:
    walk = guided().walk
    made = rows_of(walk)
    assert [row.id for row in made][:2] == ["PRE", "S01"] and made[-1].id == "S03"
    assert {row.id for row in made if row.leg is walk.leg} >= {"S02.1", "start", "watch", "S02.V1", "gate"}


def test_every_row_has_a_word_beside_its_sign() -> None:
    for made in STATES:
        for row in rows_of(made().walk):
            assert row.word and len(row.word) <= 9


@pytest.mark.parametrize("made", STATES, ids=lambda made: made.__name__)
def test_the_secret_address_of_the_operation_is_nowhere(made: Callable[[], Stroll]) -> None:
    walk = made().walk
    shown = OpenWalk("mes-prod", walk=walk)
    text = (
        str(sentence(walk, shown, walk.now, Look()))
        + str(log_page(walk))
        + str([row.evidence for row in rows_of(walk)])
    )
    assert "secret" not in text and "https://" not in text


def over() -> Walk:
    walk = gate().walk
    return replace(walk, place=len(walk.legs), legs=tuple(replace(leg, stage=Stage.DONE) for leg in walk.legs))


async def test_the_end_says_where_the_cluster_is_now() -> None:
    async with drawn(over()) as pilot:
        assert "Every step is done" in on_screen(pilot) and "all 3 steps done" in on_screen(pilot)


def said(pilot: Pilot[int]) -> str:
    """What toasts say; on the screen they are wrapped over what stands below."""
    return " ".join(notification.message for notification in pilot.app._notifications)


async def test_a_gate_is_not_decided_while_the_walk_is_on_hold() -> None:
    async with drawn(replace(gate().walk, held=True)) as pilot:
        assert "On hold, h goes on" in on_screen(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, WalkScreen) and "h goes on first" in said(pilot)


async def test_leaving_the_screen_while_it_runs_says_that_it_goes_on() -> None:
    async with drawn(running().walk) as pilot:
        await press(pilot, "q")
        assert not isinstance(pilot.app.screen, WalkScreen) and "goes on and is watched" in said(pilot)
