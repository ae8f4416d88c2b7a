"""Drift as markdown, and columns of plain text that hold their width."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from planner.documents.driftlines import advice, command, drift_lines, headline
from planner.documents.driftsection import changes_section, drift_section
from planner.documents.grid import cells, grid, wrapped
from planner.fates import Fate
from planner.findings import Verdict
from planner.plan import Change
from tests.planner.saved import CLIMB, climbing

DRIFT = climbing("1.31.13", ("1.31.13", "1.32.9", "1.32.10", "1.34.1"))


def test_the_comparison_is_a_document_of_tables() -> None:
    text = "\n".join(drift_section(DRIFT, "plan again."))
    html = MarkdownIt("commonmark").enable("table").render(text)
    assert html.count("<table>") == 3
    assert "<td>S02</td>" in html and "<td>reality moved</td>" in html
    assert "1.32.10 is offered as well, a newer patch than 1.32.9." in html
    assert text.startswith("# Drift of mes: 1.30.14 → 1.33.5\n") and "Next: plan again." in text


def test_outside_text_stays_text() -> None:
    bad = "a | b `c` <b>d</b> [e](https://evil.example)"
    steps = (replace(DRIFT.steps[0], where=bad, title=bad),)
    text = "\n".join(drift_section(replace(DRIFT, title=bad, steps=steps), bad))
    text += "\n" + "\n".join(changes_section([Change("step", "changed", bad, bad)], bad, bad))
    html = MarkdownIt("commonmark").enable("table").render(text)
    assert "<b>" not in html and "href" not in html and "<code>" not in html
    assert html.count("<td>a | b `c`") == 4


@pytest.mark.parametrize(
    ("running", "word", "argv"),
    [
        ("1.30.14", "as planned: 3 valid", ("arcstep", "walk", "p.md")),
        ("1.33.5", "every step is done: 3 done", ()),
        ("1.34.1", "drifted: 3 changed", ("arcstep", "drift", "p.md", "--out", "FILE.md")),
        ("1.29.4", "drifted: 3 impossible", ("arcstep", "drift", "p.md", "--out", "FILE.md")),
    ],
)
def test_the_headline_counts_and_a_command_says_what_to_do(running: str, word: str, argv: tuple[str, ...]) -> None:
    drift = climbing(running)
    assert headline(drift) == word and command(drift, "p.md") == argv


def test_what_is_not_known_has_to_be_read_and_a_plan_that_is_no_go_stays_one() -> None:
    unread = CLIMB.against(CLIMB.with_cluster(None))
    assert unread.fate is Fate.UNKNOWN and "have what is missing read" in advice(unread)
    refused = replace(CLIMB.against(), verdict=Verdict.NO_GO)
    assert "the plan is NO-GO as before" in advice(refused) and command(refused, "p.md") == ()
    assert "new.md" in advice(DRIFT, "new.md") and command(DRIFT, "p.md", "new.md") == ()
    assert "have that signed anew" in advice(DRIFT)


def test_a_cause_is_said_once_for_reasons_that_share_it() -> None:
    drift = climbing("1.32.8", ("1.32.8", "1.32.9", "1.32.10", "1.33.5"))
    assert len(drift.steps[1].reasons) > 1
    rows = [line for line in drift_lines(drift) if line.endswith("reality moved")]
    assert [row[:5].strip() for row in rows] == ["S01", "S02"]


# -- columns --


def test_wide_letters_take_two_cells_and_combining_marks_none() -> None:
    assert cells("日本") == 4 and cells("e\N{COMBINING ACUTE ACCENT}") == 1 and cells("1.30 → 1.31") == 11
    assert wrapped("日本日本 a", 5) == ["日本", "日本", "a"]
    assert wrapped("", 5) == [""] and wrapped("abcdefgh", 3) == ["abc", "def", "gh"]


def test_rows_wrap_within_their_columns() -> None:
    assert grid([("a b c", "one two")], (3, 4), "|") == ["a b|one", "c  |two"]


@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40)), max_size=4), st.integers(2, 12))
def test_no_line_is_wider_than_its_columns_and_no_word_is_lost(rows: list[tuple[str, str]], width: int) -> None:
    lines = grid(rows, (width, width), "|")
    assert all(cells(line) <= 2 * width + 1 for line in lines)
    for row in rows:
        for cell in row:
            assert "".join(wrapped(cell, width)).replace(" ", "") == "".join(cell.split())
