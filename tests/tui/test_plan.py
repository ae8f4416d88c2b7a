"""From a cluster to a saved plan, and a saved plan read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from textual.widgets import Input

from planner.bands import Run
from planner.documents.markdown import read, render
from planner.plan import ClockLine
from planner.ports import SourceError
from planner.sources import open_plan
from tests import builders as b
from tests.documents.plans import PLAN
from tests.tui.conftest import Stage, paste, press, saved_plan, screen_text, settled, staged
from tests.tui.stage import StoredSource, fleet
from tui.app import PlannerApp
from tui.messages import PlanAsked
from tui.screens.confirm import ConfirmScreen
from tui.screens.goal import GoalScreen
from tui.screens.plan import PlanScreen
from tui.screens.save_as import SaveScreen
from tui.widgets.split import Split
from tui.widgets.virtual_table import VirtualTable


async def test_four_keys_from_start_to_a_saved_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with staged() as pilot:
        await press(pilot, "down", "p", "e", "enter")
        assert isinstance(pilot.app.screen, PlanScreen)
        saved = list(tmp_path.iterdir())
        assert len(saved) == 1 and saved[0].name.startswith("mes-prod-")
        assert pilot.app.state.job.saved == str(saved[0])
        document = read(saved[0].read_text(), saved[0].name)
        assert document.executable and document.plan == pilot.app.state.job.plan


async def test_overwriting_asks_and_enter_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with staged() as pilot:
        await press(pilot, "down", "p", "e", "enter")
        (path,) = tmp_path.iterdir()
        path.write_text(path.read_text() + "\nnote\n")
        await pilot.press("e", "enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, ConfirmScreen)
        await press(pilot, "enter")
        assert path.read_text().endswith("note\n") and isinstance(pilot.app.screen, SaveScreen)
        await pilot.press("enter")
        await pilot.pause()
        await press(pilot, "o")
        assert not path.read_text().endswith("note\n") and isinstance(pilot.app.screen, PlanScreen)


async def test_a_file_of_somebody_else_is_never_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.md").write_text("mine")
    async with staged() as pilot:
        await press(pilot, "down", "p", "e")
        pilot.app.screen.query_one(Input).value = "notes.md"
        await press(pilot, "enter")
        assert "did not write" in screen_text(pilot)
    assert (tmp_path / "notes.md").read_text() == "mine"


async def test_steps_say_what_where_who_and_the_highlighted_one_explains_itself() -> None:
    async with staged() as pilot:
        await press(pilot, "down", "p")
        text = screen_text(pilot)
        assert "release 2411 → 2411.2" in text and "plant12" in text and "Azure Local owner" in text
        assert "1.28.14 → 1.33.5" in text and "Out of support for" in text
        await press(pilot, "v")
        assert "known from" in screen_text(pilot)


async def test_a_plan_that_arrives_at_once_has_the_keys_on_its_steps() -> None:
    async with staged() as pilot:
        await press(pilot, "down", "p")
        split = pilot.app.screen.query_one(Split)
        split.only_page(())
        pilot.app.screen.set_focus(split.page)
        pilot.app.screen.redraw()
        await settled(pilot)
        assert pilot.app.focused is split.table


async def test_a_dead_end_stands_in_place_of_the_steps_with_cause_and_ways_out() -> None:
    async with staged() as pilot:
        await press(pilot, "p")
        text = screen_text(pilot)
        assert "NO-GO" in text and "Because" in text and "Ways out" in text and "P11" in text


async def test_goal_lists_what_each_choice_costs_and_checks_what_is_typed() -> None:
    async with staged() as pilot:
        await press(pilot, "down", "p", "g")
        assert isinstance(pilot.app.screen, GoalScreen)
        text = screen_text(pilot)
        assert "latest" in text and "os-patch" in text and "1.29" in text and "hop" in text
        field = pilot.app.screen.query_one(Input)
        field.value = "1.27"
        await press(pilot, "enter")
        assert "downgrades are not possible" in screen_text(pilot)
        field.value = "1.29"
        await press(pilot, "enter")
        assert pilot.app.state.job.plan.goal_version.startswith("1.29.")


async def test_other_tabs_show_alternatives_risks_unknowns_and_the_document() -> None:
    async with staged() as pilot:
        await press(pilot, "down", "p", "2")
        assert "fewest hops" in screen_text(pilot) and "rebuild" in screen_text(pilot)
        await press(pilot, "3")
        assert "cure:" in screen_text(pilot)
        await press(pilot, "4")
        assert "is not published" in screen_text(pilot)
        await press(pilot, "5")
        assert "arcstep: plan" in screen_text(pilot)


async def test_when_the_cluster_cannot_be_read_again_the_plan_says_it_rests_on_older_facts() -> None:
    source = StoredSource(fleet())
    async with staged(source=source) as pilot:
        source.broken = SourceError("Azure cannot be reached", "There is no route.", "Check the network.")
        await press(pilot, "down", "p")
        assert pilot.app.state.job.plan is not None
        assert "these are its older facts" in " ".join(screen_text(pilot).split())


async def test_a_saved_plan_opens_without_a_source(tmp_path: Path) -> None:
    path = await saved_plan(tmp_path)
    app = PlannerApp(document=lambda: open_plan(path))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        text = screen_text(pilot)
        assert isinstance(app.screen, PlanScreen) and app.source is None
        assert "mes-prod" in text and "S01" in text and "Out of support for" in text and "Saved plan" in text
        assert text.splitlines()[0].rstrip().endswith("as of 2026-05-20")
        assert isinstance(app.focused, VirtualTable)
        await press(pilot, "end")
        assert app.state.job.plan.steps[-1].title in screen_text(pilot)
        await press(pilot, "u")
        assert "Support scope" in screen_text(pilot)
        await press(pilot, "q", "q")
    assert app.return_code == 0


async def test_a_plan_that_is_cut_off_shows_its_text_and_says_what_is_wrong(tmp_path: Path) -> None:
    path = await saved_plan(tmp_path)
    path.write_text(path.read_text()[:3000], "utf-8")
    app = PlannerApp(document=lambda: open_plan(path))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        text = " ".join(screen_text(pilot).split())
        assert "no data block" in text and "arcstep: plan" in text


async def test_a_file_that_is_no_plan_is_named_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "plan.md"
    path.write_bytes(b"\xff\xfe\xff")
    app = PlannerApp(document=lambda: open_plan(path))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "is not UTF-8 text" in " ".join(screen_text(pilot).split())
        await pilot.press("q")
    assert app.return_code == 2


RUNNING = ClockLine("Azure Local release", "running", date(2026, 8, 31), None, "LBL", "", "MAN")


@pytest.fixture
def dated(tmp_path: Path) -> Path:
    """A supported plan with an end, an acceptance and a dated release, saved."""
    subject = replace(PLAN.subject, clocks=(RUNNING,), support="supported", support_ended=None)
    path = tmp_path / "dated.md"
    path.write_text(render(replace(PLAN, subject=subject)), "utf-8")
    return path


async def test_a_saved_plan_on_another_day_is_marked_and_says_what_changed(dated: Path) -> None:
    app = PlannerApp(document=lambda: open_plan(dated), as_of=datetime(2026, 12, 3, tzinfo=UTC))
    async with app.run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        head, *rest = screen_text(pilot).splitlines()
        assert head.rstrip().endswith("as of 2026-12-03 · facts 197 d, catalog 205 d")
        text = " ".join(" ".join(rest).split())
        assert "As of 2026-12-03: 4 things changed since the plan was made (2026-05-20)." in text
        assert "Out of support for 94 days [MAN]: Support: out of support after 2026-08-31" in text
        await press(pilot, "4")
        text = screen_text(pilot)
        for words in ("Azure Local release: ended on 2026-08-31", "R-2: the acceptance ran out", "S02 release 2411"):
            assert words in text
        assert "Age: facts 197 days old, catalog 205 days old." in text


async def test_on_its_own_day_a_saved_plan_is_not_marked_but_has_its_ages(dated: Path) -> None:
    app = PlannerApp(document=lambda: open_plan(dated))
    async with app.run_test(size=(150, 30)) as pilot:
        await settled(pilot)
        head, *rest = screen_text(pilot).splitlines()
        assert head.rstrip().endswith("as of 2026-05-20 · facts of that day, catalog 8 days old")
        assert "As of" not in " ".join(rest) and "Out of support" not in " ".join(rest)


async def test_a_document_changed_by_hand_is_not_judged_for_another_day(dated: Path) -> None:
    dated.write_text(dated.read_text("utf-8").replace("forward only", "easy", 1), "utf-8")
    app = PlannerApp(document=lambda: open_plan(dated), as_of=datetime(2026, 12, 3, tzinfo=UTC))
    async with app.run_test(size=(120, 30)) as pilot:
        await settled(pilot)
        assert "2026-12-03" not in screen_text(pilot) and "things changed" not in screen_text(pilot)


async def test_a_calendar_gives_the_plan_its_times_and_stays_for_the_next_one(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "nights.toml"
    path.write_text('time_zone = "Europe/Vienna"\n[[window]]\nname = "night"\nfrom = "20:00"\nto = "08:00"\n', "utf-8")
    async with stage() as pilot:
        await press(pilot, "down", "p", "c")
        await paste(pilot, str(tmp_path))
        await press(pilot, *"/nights.toml", "enter")
        timing = pilot.app.state.job.plan.timing
        assert timing.zone == "Europe/Vienna" and "night" in timing.calendar
        await press(pilot, "q", "p")
        assert pilot.app.state.job.plan.timing.zone == "Europe/Vienna"


async def test_own_runs_are_learned_where_the_source_is_no_demo(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.journal.own_runs", lambda directory: (Run(6, 60.0),) * 3)
    async with stage() as pilot:
        await press(pilot, "down", "p")
        bands = [step.duration for step in pilot.app.state.job.plan.steps if step.kind == "kubernetes"]
    assert bands and all("your own 3 runs" in band.basis for band in bands)


async def test_a_gate_shows_each_cluster_with_its_hops_and_what_comes_first() -> None:
    hosted = [
        b.cluster("fast", "1.31.5", upgrades=()),
        b.cluster("line-1", "1.28.14", upgrades=("1.29.13",)),
        b.cluster("line-2", "1.28.14", upgrades=("1.29.13",), current="Upgrading"),
    ]
    source = StoredSource(b.inventory(*hosted, release="2509"))
    async with staged(source=source, size=(120, 40)) as pilot:
        pilot.app.post_message(PlanAsked(hosted[0].key, "1.32"))
        await settled(pilot)
        text = screen_text(pilot)
        assert "NO-GO: Not now: line-2 has to move first" in text
        assert "line-1  1.28.14 → 1.29.13  up to 1 h 12" in text and "Wait or repair first" in text
        assert source.refreshed == ["fast", "line-1", "line-2"]
