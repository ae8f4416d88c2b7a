"""The plan on the table against the facts of now, and its other forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from planner.documents.calendar import render_calendar
from planner.documents.page import render_page
from planner.documents.ticket import render_ticket
from planner.files import plan_file_name
from planner.inventory import Cluster, Inventory
from planner.plan import Plan
from planner.ports import SourceError
from planner.sources import open_plan
from tests import builders as b
from tests.tui.conftest import press, saved_plan, screen_text, settled, staged
from tests.tui.stage import StoredSource, fleet
from tui.app import PlannerApp
from tui.look import Look
from tui.messages import PlanAsked
from tui.screens.choose import ChooseScreen
from tui.screens.drift import DriftScreen
from tui.screens.plan import PlanScreen


class MovingSource(StoredSource):
    """A fleet that is another one as soon as a cluster is read again."""

    moved: Inventory | None = None

    async def refresh(self, inventory: Inventory, cluster: Cluster) -> Inventory:
        return self.moved or await super().refresh(inventory, cluster)


def climbed(whole: Inventory, offered: tuple[str, ...]) -> Inventory:
    """pos-0113 one minor on, and another version list where it runs."""
    now = b.cluster("pos-0113", "1.31.13", instance="store113", upgrades=offered[1:2])
    place = b.location("store113", b.offered(offered))
    return replace(
        whole,
        clusters=tuple(now if one.name == now.name else one for one in whole.clusters),
        locations=tuple(place if one.id == place.id else one for one in whole.locations),
    )


def one_line(text: str) -> str:
    return " ".join(text.split())


def told(pilot: Pilot[int]) -> str:
    return " ".join(notification.message for notification in pilot.app._notifications)


def fates(text: str) -> dict[str, tuple[str, str]]:
    """Glyph and word of each step on the screen."""
    words = [line.split() for line in text.splitlines()]
    return {
        line[1]: (line[0], line[2]) for line in words if len(line) > 3 and line[1][:1] == "S" and line[1][1:].isdigit()
    }


async def test_a_fresh_plan_is_valid_against_the_facts_it_was_made_from() -> None:
    source = StoredSource(fleet())
    async with staged(source=source) as pilot:
        pilot.app.post_message(PlanAsked(b.cluster("pos-0113").key))
        await settled(pilot)
        await press(pilot, "d")
        text = screen_text(pilot)
        assert isinstance(pilot.app.screen, DriftScreen) and "as planned: 3 valid" in text
        assert fates(text) == dict.fromkeys(("S01", "S02", "S03"), ("○", "valid"))
        assert "Next: nothing stands against it" in text and "Revision 1 → now" in text
        assert source.refreshed[0] == source.refreshed[-1] == "pos-0113"
        assert set(source.refreshed[1:-1]) == {"scada-07", "pos-0114"}, "a plan reads the neighbours too"
        await press(pilot, "q")
        assert isinstance(pilot.app.screen, PlanScreen)


async def test_a_cluster_that_moved_on_shows_what_is_done_and_what_changed_with_the_cause() -> None:
    source = MovingSource(fleet())
    async with staged(source=source) as pilot:
        pilot.app.post_message(PlanAsked(b.cluster("pos-0113").key))
        await settled(pilot)
        source.moved = climbed(fleet(), ("1.31.13", "1.32.11", "1.33.5"))
        await press(pilot, "d")
        text = screen_text(pilot)
        assert fates(text) == {"S01": ("✔", "done"), "S02": ("▲", "changed"), "S03": ("○", "valid")}
        said = one_line(text)
        assert "drifted: 1 done, 1 valid, 1 changed" in said
        assert "pos-0113 runs 1.31.13. (reality moved)" in said
        assert "1.32.11 is offered instead of 1.32.9. (reality moved)" in said
        assert "plan again, which writes revision 2" in said
        assert "upgrades offered now: 1.31.13 → 1.32.11" in said


async def test_r_compares_again_and_facts_that_cannot_be_read_are_said_to_be_older() -> None:
    source = MovingSource(fleet())
    async with staged(source=source, size=(160, 40)) as pilot:
        pilot.app.post_message(PlanAsked(b.cluster("pos-0113").key))
        await settled(pilot)
        await press(pilot, "d")
        assert "as planned: 3 valid" in screen_text(pilot)
        source.broken = SourceError("Azure cannot be reached", "There is no route.", "Check the network.")
        await press(pilot, "r")
        assert "these are its older facts" in told(pilot)
        assert "as planned: 3 valid" in screen_text(pilot)
        source.moved = climbed(fleet(), ("1.31.13", "1.32.9", "1.33.5"))
        await press(pilot, "r")
        assert "drifted" not in screen_text(pilot) and "as planned: 1 done, 2 valid" in screen_text(pilot)


async def test_a_cluster_that_is_gone_is_unknown_and_never_fine() -> None:
    source = MovingSource(fleet())
    async with staged(source=source, look=Look(ascii=True)) as pilot:
        pilot.app.post_message(PlanAsked(b.cluster("pos-0113").key))
        await settled(pilot)
        whole = fleet()
        source.moved = replace(whole, clusters=tuple(one for one in whole.clusters if one.name != "pos-0113"))
        await press(pilot, "d")
        text = screen_text(pilot)
        assert text.isascii() and fates(text) == dict.fromkeys(("S01", "S02", "S03"), ("?", "unknown"))
        assert "not all of it can be told: 3 unknown" in text


async def test_a_plan_opened_without_a_source_says_that_drift_needs_facts(tmp_path: Path) -> None:
    path = await saved_plan(tmp_path)
    app = PlannerApp(document=lambda: open_plan(path))
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "d")
        assert isinstance(app.screen, PlanScreen)
        assert "Drift needs facts: start arcstep with a source, or run arcstep drift FILE." in told(pilot)


@pytest.mark.parametrize(
    ("downs", "ending", "rendered"),
    [
        (0, ".ics", render_calendar),
        (1, ".html", lambda plan: render_page(plan).encode()),
        (2, ".json", lambda plan: render_ticket(plan).encode()),
    ],
)
async def test_each_form_is_written_beside_the_plan_and_counts_for_no_plan(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    downs: int,
    ending: str,
    rendered: Callable[[Plan], bytes],
) -> None:
    monkeypatch.chdir(tmp_path)
    async with staged() as pilot:
        await press(pilot, "down", "p", "E")
        assert isinstance(pilot.app.screen, ChooseScreen)
        await press(pilot, *["down"] * downs, "enter", "enter")
        assert isinstance(pilot.app.screen, PlanScreen)
        (path,) = tmp_path.iterdir()
        job = pilot.app.state.job
        assert path.name == plan_file_name(job.plan).removesuffix(".md") + ending
        assert path.read_bytes() == rendered(job.plan)
        assert job.saved == ""


@pytest.mark.parametrize("key", ["e", "E"])
async def test_a_document_changed_by_hand_is_saved_in_no_form(tmp_path: Path, key: str) -> None:
    path = await saved_plan(tmp_path)
    text = path.read_text("utf-8")
    changed = text.replace("1.33.5", "1.33.4", 1)
    assert changed != text
    path.write_text(changed, "utf-8")
    app = PlannerApp(document=lambda: open_plan(path))
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await settled(pilot)
        assert app.state.job.plan is not None and app.state.job.notes
        await press(pilot, key)
        assert isinstance(app.screen, PlanScreen)
        assert "not as it was made" in told(pilot)


async def test_hints_and_help_name_the_comparison() -> None:
    async with staged() as pilot:
        await press(pilot, "down", "p")
        assert "d Drift" in screen_text(pilot).splitlines()[-1]
        assert "q Back" in screen_text(pilot).splitlines()[-1]
        await press(pilot, "question_mark")
        assert "compare the plan with the facts of now" in screen_text(pilot)
        assert "save as calendar, page or ticket" in screen_text(pilot)
