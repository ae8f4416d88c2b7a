"""Text from outside stays where it was put: as a paragraph, as an item of a list, in a cell and beside a box."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from planner.documents.marks import box, fence, joined, labelled, linked, table, text
from planner.documents.readback import read_ticks

OPENINGS = [
    *("- item", "+ item", "* item", "-", "---", "- - -", "***", "===", "1. item", "1) item", "007. item", "1."),
    *(
        "# head",
        "> quote",
        "```",
        "~~~",
        "    code",
        "\tcode",
        "| cell |",
        "<b>x</b>",
        "<!-- x -->",
        "[x]: https://x.test",
    ),
]


def kinds(markdown: str) -> list[str]:
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
    inner = [child.type for token in tokens for child in token.children or ()]
    return [token.type for token in tokens] + [kind for kind in inner if kind != "text"]


def words(markdown: str) -> str:
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    return "".join(child.content for token in tokens for child in token.children or () if child.type == "text")


@pytest.mark.parametrize("bad", OPENINGS)
def test_what_would_open_a_list_a_ruler_or_a_heading_is_text(bad: str) -> None:
    for frame in ("{}", "- {}", "1. {}", "> {}", "**Label:** {}", "- [ ] {}"):
        assert kinds(frame.format(text(bad))) == kinds(frame.format("plain")), frame
    assert words(text(bad)) == bad.strip()


@pytest.mark.parametrize("bad", [*OPENINGS, "a\nb", "a|b", "a\\", "`a`", "&amp;", "~~a~~", "$x$", "_a_", "![a](b)"])
def test_a_cell_holds_what_it_was_given(bad: str) -> None:
    lines = table(("One", "Two"), [(bad, "x")])
    assert kinds("\n".join(lines)) == kinds("\n".join(table(("One", "Two"), [("plain", "x")])))
    assert words("\n".join(lines)) == f"OneTwo{' '.join(bad.split(chr(10))).strip()}x"


def test_numbers_versions_and_dashes_in_a_line_are_left_alone() -> None:
    for plain in ("1.33.5", "2026-05-20", "a - b", "12.2510", "-1 hops"[1:], "3 x 2"):
        assert text(plain) == plain
    assert table(("A",), [("-",)])[2] == "| - |"
    assert joined(()) == "none" and joined(["a", "b"]) == "a, b"


def test_only_whole_web_addresses_become_links() -> None:
    assert linked("see https://x.test/a_b.") == "see <https://x.test/a_b>."
    assert linked("javascript:alert(1) *x*") == "javascript:alert(1) \\*x\\*"


def test_a_box_is_found_again_whatever_its_id_was_made_from() -> None:
    ticks, problems = read_ticks(box("RISK.a b --> c", text("<!-- item:S01 -->")) + "\n" + box("x" * 100, "long"))
    assert list(ticks) == ["RISK.a-b-----c", "x" * 80] and problems == []


def test_a_fence_is_longer_than_what_it_holds() -> None:
    assert fence("a\n````\nb", "sh") == ["`````sh", "a", "````", "b", "`````", ""]
    assert labelled("Watch", "it") == ["**Watch:** it", ""]
