"""The Knowledge screen: by keys, with and without a fleet, wide, narrow and in ASCII."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from planner.catalog import Catalog
from planner.insight.view import view_of
from planner.knowledge import load_catalog
from planner.ports import SourceError
from tests.tui.conftest import press, screen_text, settled, staged
from tests.tui.stage import StoredSource, fleet
from tui.judging import Judging
from tui.knowledge_pages import minor_sign, release_sign, sentence
from tui.knowledge_rows import matrix_columns, release_cells, source_cells
from tui.look import BLOCKER, INFO, OK, TODO, UNKNOWN, WARNING, Look
from tui.screens.fleet import FleetScreen
from tui.screens.knowledge import KnowledgeScreen
from tui.screens.why import WhyScreen

VIEW = view_of(load_catalog())
RELEASES = {row.entry.key: row for row in VIEW.releases}
MAY = datetime(2026, 5, 20, tzinfo=UTC).date()
BROKEN = StoredSource(fleet(), broken=SourceError("not signed in", "no account.", "Sign in.", 4))


def line(text: str, start: str) -> str:
    return next(line for line in text.splitlines() if line[3:].startswith(start))


async def test_k_shows_releases_against_minors_and_q_comes_back() -> None:
    async with staged() as pilot:
        await press(pilot, "K")
        assert isinstance(pilot.app.screen, KnowledgeScreen)
        text = screen_text(pilot)
        assert line(text, "2605").split()[:5] == ["✔", "2605", "4,5", "8,9", "12,13"]
        assert line(text, "2606").split() == ["?", "2606", *"????????", "2026-11-30", "1.29", "?"]
        assert line(text, "RELEASE").split()[1:9] == ["1.33", "1.32", "1.31", "1.30", "1.29", "1.28", "1.27", "1.26"]
        assert "28 of 41 lists unknown" in text
        await press(pilot, "q")
        assert isinstance(pilot.app.screen, FleetScreen)


async def test_why_tells_what_a_release_rests_on_and_k_comes_back_to_the_knowledge() -> None:
    async with staged() as pilot:
        await press(pilot, "K", "w")
        assert isinstance(pilot.app.screen, WhyScreen)
        text = screen_text(pilot)
        assert "? The list is unknown: no list published for 2606 and later." in text
        assert "1.29 and older; 1.30 and newer cannot be judged." in text
        await press(pilot, "K")
        assert isinstance(pilot.app.screen, KnowledgeScreen)
        assert "all.knowledge" not in {
            one.binding.id for one in pilot.app.screen.active_bindings.values() if one.enabled
        }


async def test_tabs_show_minors_contradictions_and_documents() -> None:
    async with staged() as pilot:
        await press(pilot, "K", "2")
        assert line(screen_text(pilot), "1.29").split() == [
            *("✖", "1.29", "2025-10-31", "published", "2408", "2509", "2602", "2025-02-28"),
        ]
        await press(pilot, "3", "down", "down")
        text = screen_text(pilot)
        assert "A supported cluster goes one minor at a time. [SKV, CU]" in text
        assert "Skipping is blocked automatically (multi-rack). [MR]" in text
        assert "arcstep follows: arcstep names an explicit target" in text
        await press(pilot, "4")
        found = next(row for row in screen_text(pilot).splitlines() if row.startswith(" BUL "))
        assert found.split()[1:6] == ["2026-05-18", "2", "d", "official", "23"]


@pytest.mark.parametrize(
    ("tab", "said"),
    [
        ("2", "It is newer than every list known; no release offers it for sure."),
        ("3", "Applying an OS patch takes an action of the user (same article). [SUP]"),
        ("4", "What rests on it"),
    ],
)
async def test_enter_opens_the_row_in_full(tab: str, said: str) -> None:
    async with staged() as pilot:
        await press(pilot, "K", tab, "enter")
        assert isinstance(pilot.app.screen, WhyScreen)
        assert said in screen_text(pilot)


async def test_wide_it_has_more_columns_and_why_stands_beside_the_list() -> None:
    async with staged(size=(120, 40)) as pilot:
        await press(pilot, "K")
        assert "CANNOT JUDGE" in screen_text(pilot) and "LIST AGE" in screen_text(pilot)
        await press(pilot, "w")
        text = screen_text(pilot)
        assert "Release 2610" in text and "CANNOT JUDGE" not in text
        await press(pilot, "3")
        assert screen_text(pilot).count("Agent nodes receive OS patches") == 1


async def test_ascii_has_no_other_letter() -> None:
    async with staged(look=Look(ascii=True)) as pilot:
        for key in ("K", "2", "3", "4"):
            await press(pilot, key)
            assert screen_text(pilot).isascii()


async def test_it_works_while_the_fleet_cannot_be_read_and_counts_no_ages_then() -> None:
    async with staged(source=BROKEN) as pilot:
        assert pilot.app.state.catalog is None
        await press(pilot, "escape", "K")
        text = screen_text(pilot)
        assert "no as-of day yet, so no ages" in text
        assert line(text, "2605").split()[2:5] == ["4,5", "8,9", "12,13"]


async def test_it_says_that_it_is_reading_until_the_knowledge_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    read = asyncio.Event()

    async def slow(judging: Judging) -> tuple[Catalog, None]:
        await read.wait()
        return VIEW.catalog, None

    async with staged(source=BROKEN) as pilot:
        monkeypatch.setattr(Judging, "knowledge", slow)
        await press(pilot, "escape")
        await pilot.press("K")
        await pilot.pause()
        assert "Reading the knowledge" in screen_text(pilot) and "2605" not in screen_text(pilot)
        read.set()
        await settled(pilot)
        assert "2605" in screen_text(pilot)


async def test_a_catalog_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("[[release]]\n", "utf-8")
    async with staged(overlays=[bad]) as pilot:
        await press(pilot, "escape", "K")
        assert "The catalog cannot be used: bad.toml: release number 1" in screen_text(pilot)


async def test_the_palette_leads_there() -> None:
    async with staged() as pilot:
        await press(pilot, "colon", *"knowledge")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, KnowledgeScreen)


def test_signs_never_call_a_release_without_a_list_fine() -> None:
    assert release_sign(RELEASES["2605"], MAY) is OK
    assert release_sign(RELEASES["2608"], MAY) is UNKNOWN
    assert release_sign(RELEASES["2601"], MAY) is WARNING
    assert release_sign(RELEASES["2511"], MAY) is BLOCKER
    assert release_sign(RELEASES["2602"], datetime(2026, 1, 1, tzinfo=UTC).date()) is TODO
    assert release_sign(RELEASES["2509"], datetime(2025, 12, 1, tzinfo=UTC).date()) is WARNING
    assert release_sign(RELEASES["2605"], None) is UNKNOWN
    minors = {str(row.entry.minor): row for row in VIEW.minors}
    assert [minor_sign(minors[name], MAY) for name in ("1.34", "1.33", "1.30")] == [UNKNOWN, OK, BLOCKER]


@pytest.mark.parametrize(
    ("day", "sign", "said"),
    [
        ("2026-07-27", OK, "10 days old"),
        ("2026-11-28", WARNING, "134 days old"),
        ("2026-05-20", INFO, "58 d after the as-of day"),
    ],
)
def test_the_sentence_warns_when_the_newest_fact_is_old(day: str, sign: object, said: str) -> None:
    (first, tone), _ = sentence(VIEW, datetime.fromisoformat(day).date(), Look())
    assert said in first and tone == sign.tone  # type: ignore[attr-defined]


def test_a_row_of_the_matrix_has_a_cell_for_each_column() -> None:
    columns = matrix_columns(VIEW)
    made = release_cells(RELEASES["12.2510"], {"doubt"}, MAY, "238 d", Look())
    assert len(made) == len(columns)
    assert dict(zip((column.id for column in columns), (text for text, _ in made), strict=True)) == {
        **{"sign": "✖", "release": "12.2510", "minor 1.33": "·", "minor 1.32": "5,6", "minor 1.31": "9,10"},
        **{"minor 1.30": "13,14", "minor 1.29": "·", "minor 1.28": "·", "minor 1.27": "·", "minor 1.26": "·"},
        **{"ends": "2026-03-31", "strands": "1.28", "doubt": "", "age": "238 d"},
    }


def test_a_long_title_loses_its_folders_first() -> None:
    rows = {row.source.key: row for row in VIEW.sources}
    assert source_cells(rows["BUL"], MAY, 40)[-1][0] == "security-bulletins.md@12de9b2eea50"
    assert source_cells(rows["BUL"], MAY, 90)[-1][0] == rows["BUL"].source.title
    assert source_cells(rows["FIELD"], MAY, 20)[-1][0] == rows["FIELD"].source.title


def test_a_document_dated_after_the_as_of_day_has_no_negative_age() -> None:
    dated = next(row for row in VIEW.sources if row.source.dated is not None)
    assert dated.source.dated is not None
    day = dated.source.dated
    ages = [source_cells(dated, day + timedelta(days=by), 40)[2][0] for by in (-137, 0, 12)]
    assert ages == ["after as-of", "0 d", "12 d"]
