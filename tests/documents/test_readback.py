"""What people do to a document on its way is read back, what damages it is told, and neither is ever acted on blindly."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.documents.datablock import plan_data
from planner.documents.markdown import Document, Tick, read, render
from planner.plan import Plan
from planner.ports import SourceError
from planner.sources import open_plan
from tests.documents.test_markdown import reseal
from tests.golden.situations import FOLDER

TEXT = (FOLDER / "two-layers.md").read_text("utf-8")
SHORT = (FOLDER / "one-patch.md").read_text("utf-8")
BOX = re.compile(r"^- \[ \] (?P<label>.*) <!-- item:(?P<id>\S+) -->$", re.MULTILINE)
IDS = [found["id"] for found in BOX.finditer(TEXT)]


def plan_of(text: str) -> Plan:
    plan = read(text, "p.md").plan
    assert plan is not None
    return plan


PLAN = plan_of(TEXT)


def prose_only(text: str, change: Callable[[str], str]) -> str:
    """A change of what stands between front matter and data, code left out."""
    start, end = text.index("---\n", 4) + 4, text.index("<!-- arcstep:plan")
    parts = re.split(r"(^```.*?^```$)", text[start:end], flags=re.MULTILINE | re.DOTALL)
    return text[:start] + "".join(p if p.startswith("```") else change(p) for p in parts) + text[end:]


def wrapped(width: int) -> Callable[[str], str]:
    """As an editor wraps paragraphs, items and boxes; tables and headings it leaves."""

    def fold(line: str) -> str:
        if not line or line.startswith(("|", "#")):
            return line
        indent = "> " if line.startswith(">") else "  " if line.startswith(("- ", "* ", "+ ", "☑ ", "☐ ")) else ""
        return "\n".join(
            textwrap.wrap(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
        )

    return lambda prose: "\n".join(map(fold, prose.split("\n")))


def smart(prose: str) -> str:
    """Quotes and dashes as a word processor sets them; comments are no text to it."""
    parts = re.split(r"(<!--.*?-->)", prose, flags=re.DOTALL)
    return "".join(p if p.startswith("<!--") else re.sub(" --(?=[a-z])", " –", p).replace("'", "’") for p in parts)


EDITORS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "bom": lambda text: "\ufeff" + text,
    "blank lines doubled": lambda text: prose_only(text, lambda prose: prose.replace("\n", "\n\n")),
    "blank lines gone": lambda text: prose_only(text, lambda prose: re.sub(r"\n\n+", "\n", prose)),
    "trailing spaces": lambda text: prose_only(text, lambda prose: prose.replace("\n", "  \n")),
    "smart quotes": lambda text: prose_only(text, smart),
    "wrapped at 40": lambda text: prose_only(text, wrapped(40)),
    "wrapped at 72": lambda text: prose_only(text, wrapped(72)),
    "wrapped and smart": lambda text: prose_only(prose_only(text, wrapped(60)), smart),
    "wrapped, blank lines gone": lambda text: re.sub(
        r"(?<=\n)\n+(?=[^`]*\n<!-- arcstep)", "", prose_only(text, wrapped(50))
    ),
}
MARKS = {
    "- [ ]": False,
    "* [ ]": False,
    "☐": False,
    "- [x]": True,
    "* [X]": True,
    "+ [x]": True,
    "☑": True,
    "- [✓]": True,
}
WORDS = st.lists(
    st.text("abcXYZ019äöß.,:;()/'’@–", min_size=1, max_size=8).filter(lambda word: not word[0].isdigit()),
    max_size=6,
).map(" ".join)
HANDS = st.dictionaries(st.sampled_from(IDS), st.tuples(st.sampled_from(list(MARKS)), WORDS, WORDS), max_size=len(IDS))


def marked(text: str, hands: dict[str, tuple[str, str, str]]) -> str:
    """Boxes ticked and written on: beside the box, and indented below it."""

    def mark(found: re.Match[str]) -> str:
        if found["id"] not in hands:
            return found[0]
        sign, beside, below = hands[found["id"]]
        line = f"{sign} {found['label']} <!-- item:{found['id']} --> {beside}".rstrip()
        return f"{line}\n    {below}" if below else line

    return BOX.sub(mark, text)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(hands=HANDS, editor=st.sampled_from(list(EDITORS)))
def test_human_hands_in_the_places_for_them_are_read_and_change_nothing(
    hands: dict[str, tuple[str, str, str]], editor: str
) -> None:
    document = read(EDITORS[editor](marked(TEXT, hands)), "p.md")
    assert document.problems == ()
    assert document.executable and document.plan == PLAN and render(document.plan) == TEXT
    expected = {id: Tick(False) for id in IDS}
    for id, (sign, beside, below) in hands.items():
        expected[id] = Tick(MARKS[sign], " ".join(f"{beside} {below}".split()))
    assert {id: straight(tick) for id, tick in document.ticks.items()} == {
        id: straight(t) for id, t in expected.items()
    }


def straight(tick: Tick) -> Tick:
    """A note but for the quotes, which the editor may have set anew."""
    return Tick(tick.done, tick.note.replace("’", "'"))


def test_every_editor_does_something() -> None:
    assert [name for name, editor in EDITORS.items() if editor(TEXT) == TEXT] == ["as it is"]


def test_a_name_date_and_ticket_below_a_box_belong_to_it_wrapped_or_not() -> None:
    line = "- [ ] Ticket number: <!-- item:APPROVAL.ticket -->"
    for below in (
        " CHG1\nof the board",
        "\n  CHG1\n  of the board",
        "\n\n    CHG1\n\n    of the board",
        "\n> CHG1\n> of the board",
    ):
        document = read(TEXT.replace(line, line.replace("[ ]", "[x]") + below), "p.md")
        assert document.problems == ()
        assert document.ticks["APPROVAL.ticket"] == Tick(True, "CHG1 of the board")


# -- what is no hand in its place --


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("az aksarc upgrade \\\n", "az aksarc upgrade\n"),
        ("--kubernetes-version 1.33.5", "--kubernetes-version\n1.33.5"),
        ("No workload uses", "Any workload uses"),
        ("## Backout\n\n", "## Backout\n\nIt is safe to skip S02.\n\n"),
        ("| S01 |", "| S03 |"),
    ],
)
def test_a_changed_word_or_command_is_told_with_both_readings_and_not_executable(old: str, new: str) -> None:
    assert old in TEXT
    document = read(prose_changed(old, new), "p.md")
    assert document.plan == PLAN and not document.executable
    assert document.problems[0] == "The text was edited by hand; only the data counts."
    assert re.match(r"Line \d+( reads|:) “", document.problems[1])


def prose_changed(old: str, new: str) -> str:
    start = TEXT.index("---\n", 4)
    place = TEXT.index(old, start)
    return TEXT[:place] + new + TEXT[place + len(old) :]


def test_a_box_that_stands_twice_is_told_whatever_its_ticks_say() -> None:
    line = next(line for line in TEXT.splitlines() if "item:S03.2 " in line)
    same = read(TEXT.replace(line, f"{line}\n{line}"), "p.md")
    other = read(TEXT.replace(line, line.replace("[ ]", "[x]") + f"\n{line}"), "p.md")
    assert any(re.match(r"Box S03\.2 stands twice; line \d+", one) for one in same.problems)
    assert any("Box S03.2 stands twice, once ticked and once not" in one for one in other.problems)
    assert not same.executable and not other.executable and not other.ticks["S03.2"].done


def forged(change: Callable[[dict[str, object]], None], schema: int = 1) -> Document:
    """A block with other data and a seal that fits."""
    data = plan_data(PLAN)
    change(data)
    return read(reseal(TEXT, data).replace("arcstep:plan schema=1", f"arcstep:plan schema={schema}"), "p.md")


def test_data_in_which_an_id_stands_twice_is_not_executable() -> None:
    document = forged(lambda data: data["steps"][1].update(id="S01"))  # type: ignore[index]
    assert not document.executable
    assert any("holds an id twice" in one and "S01" in one for one in document.problems)


@pytest.mark.parametrize("bad", ["", "a b", "x -->", "S01\n", "ä", "x" * 81, "../S01"])
def test_an_id_that_could_not_be_found_again_is_refused(bad: str) -> None:
    document = forged(lambda data: data["steps"][0].update(id=bad))  # type: ignore[index]
    assert document.plan is None and "cannot be the id" in document.problems[0]


def test_older_newer_and_contradicting_schemas_are_a_sentence_each() -> None:
    older, newer = forged(lambda data: None, schema=0), forged(lambda data: None, schema=2)
    assert older.plan is None and "older arcstep (schema 0" in older.problems[0] and "plan again" in older.problems[0]
    assert (
        newer.plan is None and "newer arcstep (schema 2" in newer.problems[0] and "update arcstep" in newer.problems[0]
    )
    other = forged(lambda data: data.update(schema=7))
    assert not other.executable and any("marker says schema 1, and the data says 7" in one for one in other.problems)
    assert older.ticks.keys() == newer.ticks.keys() == dict.fromkeys(IDS).keys()


# -- damage --


def opened(path: Path, data: bytes) -> Document | None:
    """What a file with these bytes reads as; None where the one documented error says why it cannot be read."""
    path.write_bytes(data)
    try:
        return open_plan(path)
    except SourceError as error:
        assert error.exit_code == 2 or error.why
        return None


def test_no_cut_is_taken_for_a_whole_plan(tmp_path: Path) -> None:
    data = SHORT.encode("utf-8")
    for length in (*range(0, len(data) - 2, 97), *range(len(data) - 40, len(data) - 1)):
        document = opened(tmp_path / "p.md", data[:length])
        assert document is None or (not document.executable and document.problems)


@pytest.mark.parametrize("bit", [0x01, 0x20, 0x80])
def test_no_flipped_byte_crashes_or_changes_what_would_be_done(tmp_path: Path, bit: int) -> None:
    """Every 97th byte, each time another third of them. White space and ticks may change and mean the same plan."""
    data, plan = SHORT.encode("utf-8"), plan_of(SHORT)
    for place in range((0x01, 0x20, 0x80).index(bit) * 97, len(data), 3 * 97):
        old, new = data[place : place + 1], bytes([data[place] ^ bit])
        document = opened(tmp_path / "p.md", data[:place] + new + data[place + 1 :])
        assert document is None or document.plan == plan or not document.executable
        if document is not None and document.executable:
            assert place < data.index(b"<!-- arcstep:plan") or old.isspace() or new.isspace()


@pytest.mark.parametrize(
    "stuffing",
    [
        "a\n" * 50_000,
        "- [ ] " + " " * 400_000 + "<!-- item:S09\n",
        "- [ ] a\n" * 30_000,
        "> a\n" * 50_000,
        "`" * 400_000,
    ],
    ids=["short lines", "spaces in a box", "boxes without an id", "quotes", "backticks"],
)
def test_a_text_made_to_be_slow_to_read_is_read_all_the_same(stuffing: str) -> None:
    """The work grows with the length of a text, and not with its square."""
    document = read(SHORT.replace("## Backout\n", f"## Backout\n\n{stuffing}\n", 1), "p.md")
    assert document.plan == plan_of(SHORT) and not document.executable
    assert document.problems[0] == "The text was edited by hand; only the data counts." and len(document.problems) > 1
