"""A plan document says what the plan says, comes back whole, and tells every way in which it was changed."""

from __future__ import annotations

import hashlib
import json
import re
import textwrap
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from planner.documents import markdown
from planner.documents.datablock import canonical, digest_of, plan_data
from planner.documents.markdown import Document, Tick, read, render
from planner.documents.marks import bash, powershell
from planner.inventory import clean
from planner.plan import Plan
from planner.ports import SourceError
from tests.documents.plans import NO_PATH, PLAN

TEXT = render(PLAN)


def damaged(old: str, new: str, text: str = TEXT) -> Document:
    assert old in text
    return read(text.replace(old, new, 1), "p.md")


# -- there and back --


@pytest.mark.parametrize("plan", [PLAN, NO_PATH], ids=["path", "no path"])
def test_a_plan_comes_back_whole(plan: Plan) -> None:
    document = read(render(plan), "p.md")
    assert document.plan == plan
    assert document.problems == ()
    assert document.executable


def test_the_same_plan_gives_the_same_text() -> None:
    assert render(PLAN) == TEXT
    assert render(read(TEXT, "elsewhere.md").plan or NO_PATH) == TEXT


def test_every_check_gate_step_and_approval_has_a_box() -> None:
    ticks = read(TEXT, "p.md").ticks
    assert set(ticks) == {
        *("PRE.1", "PRE.2", "S01.1", "S01.2", "S01.V1", "S01.gate", "S01", "S02.1", "S02.V1", "S02.gate", "S02"),
        *("SCHEDULE.start", "SCHEDULE.end", "APPROVAL.ticket"),
        *("RISK.R-1", "ACCEPTED", "APPROVAL.change", "APPROVAL.operator", "APPROVAL.instance", "APPROVAL.risks"),
    }
    assert all(tick == Tick(False) for tick in ticks.values())


def mangled(text: str) -> dict[str, str]:
    """What mail, wikis and editors do without meaning anything."""
    ticked = text.replace("- [ ]", "- [x]")
    return {
        "crlf": ticked.replace("\n", "\r\n"),
        "star": ticked.replace("- [x]", "* [X]"),
        "glyph": ticked.replace("- [x]", "☑"),
        "bom": "\ufeff" + ticked,
        "smart": _outside_block(ticked, lambda prose: prose.replace("'", "’").replace('"', "”").replace("-", "–")),
        "no front matter": ticked.split("---\n", 2)[2],
        "own front matter": ticked.replace("arcstep: plan", "space: OPS\narcstep: plan"),
        "blank lines": _outside_block(ticked, lambda prose: prose.replace("\n", "\n\n")),
        "table rulers": ticked.replace("| --- |", "|:---|"),
        "trailing space": ticked.replace(" -->\n", " -->  \n"),
        "no blank lines": _outside_block(ticked, lambda prose: re.sub(r"\n\n+", "\n", prose)),
        "wrapped": _wrapped(ticked),
        "wrapped, no blank lines": re.sub(r"(?<!---)\n\n+", "\n", _wrapped(ticked)),
    }


def _wrapped(text: str, width: int = 40) -> str:
    """As an editor wraps paragraphs, items and boxes that are longer than a line; tables, headings and code it leaves."""
    return _outside_code(text, lambda prose: "\n".join(_fold(line, width) for line in prose.split("\n")))


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    """Only the prose between front matter and data block, and no code."""
    _, head, rest = text.split("---\n", 2)
    prose, mark, block = rest.partition("<!-- arcstep:plan")
    parts = re.split(r"(^```.*?^```$)", prose, flags=re.MULTILINE | re.DOTALL)
    done = "".join(part if part.startswith("```") else change(part) for part in parts)
    return f"---\n{head}---\n{done}{mark}{block}"


def _fold(line: str, width: int) -> str:
    if line.startswith(("|", "#")) or not line:
        return line
    more = "> " if line.startswith(">") else "  " if line.startswith("- ") else ""
    options = {"break_long_words": False, "break_on_hyphens": False}
    return "\n".join(textwrap.wrap(line, width, subsequent_indent=more, **options))  # type: ignore[arg-type]


def _outside_block(text: str, change: Any) -> str:
    """Only the prose between front matter and block, and no comments: those are not text to an editor."""
    _, head, rest = text.split("---\n", 2)
    prose, mark, block = rest.partition("<!-- arcstep:plan")
    parts = re.split(r"(<!--.*?-->|- \[x\])", prose)
    done = "".join(part if part.startswith(("<!--", "- [x]")) else change(part) for part in parts)
    return f"---\n{head}---\n{done}{mark}{block}"


@pytest.mark.parametrize("way", list(mangled(TEXT)))
def test_ticks_survive_mangling_and_mangling_is_no_edit(way: str) -> None:
    document = read(mangled(TEXT)[way], "p.md")
    assert document.problems == ()
    assert document.plan == PLAN
    assert len(document.ticks) == 20 and all(tick.done for tick in document.ticks.values())


def test_notes_stay_with_their_box_and_are_no_edit() -> None:
    text = TEXT.replace("- [ ] Cluster operator (name, date): <!-- item:APPROVAL.operator -->", (
        "- [x] Cluster operator (name, date): <!-- item:APPROVAL.operator --> A. Person, 2026-05-21\n"
        "      CHG0012345 \x1b[31mred"
    ))  # fmt: skip
    document = read(text, "p.md")
    assert document.executable
    note = "A. Person, 2026-05-21 CHG0012345 \N{REPLACEMENT CHARACTER}[31mred"
    assert document.ticks["APPROVAL.operator"] == Tick(True, note)


# -- changed, cut, newer --


def test_changed_prose_is_named_with_both_readings() -> None:
    document = damaged("Nodes are replaced one by one.", "Nodes are replaced all at once.")
    assert document.plan == PLAN
    assert not document.executable
    assert "edited by hand" in document.problems[0]
    assert "all at once" in document.problems[1] and "one by one" in document.problems[1]
    assert re.search(r"Line \d+ reads", document.problems[1])


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("- **Way back:** forward only\n", "", "removed"),
        ("## Backout\n", "## Backout\n\nSkip S01.2, it is fine.\n", "added"),
        ("--kubernetes-version 1.29.4", "--kubernetes-version 1.30.1", "reads"),
        ("- [ ] No API is lost. <!-- item:S01.2 -->\n", "", "removed"),
        ("<!-- item:S01.2 -->", "<!-- item:S01.9 -->", "reads"),
        ("verdict: ", "verdict: NOT ", "headline"),
    ],
)
def test_each_kind_of_edit_is_seen(old: str, new: str, word: str) -> None:
    document = damaged(old, new)
    assert not document.executable
    assert any(word in problem for problem in document.problems)


def test_changed_data_breaks_the_seal() -> None:
    document = damaged('"version": "1.28.9"', '"version": "1.29.0"')
    assert not document.executable
    assert any("data was changed" in problem for problem in document.problems)


def reseal(text: str, value: object) -> str:
    """The block with another value and the digest that belongs to it, as a forger would."""
    digest = hashlib.sha256(canonical(value)).hexdigest()
    text = re.sub(r"sha256=[0-9a-f]{64}", f"sha256={digest}", text)
    return re.sub(r"```json\n.*\n```", lambda _: f"```json\n{json.dumps(value)}\n```", text, flags=re.DOTALL)


def test_a_forged_seal_still_cannot_smuggle_text_or_fields() -> None:
    value = plan_data(PLAN)
    assert read(reseal(TEXT, value), "p.md").executable
    extra = read(reseal(TEXT, {**value, "run": "rm"}), "p.md")
    assert any("does not know" in problem for problem in extra.problems)
    hostile = read(reseal(TEXT, {**value, "goal": "a\x1b[2Jb"}), "p.md")
    assert hostile.plan is not None and hostile.plan.goal == "a\N{REPLACEMENT CHARACTER}[2Jb"
    assert not hostile.executable
    wrong = read(reseal(TEXT, {**value, "steps": 7}), "p.md")
    assert wrong.plan is None and "steps" in wrong.problems[0]


def test_a_member_that_came_later_and_is_missing_has_its_default() -> None:
    """A plan of an older arcstep is not called edited, and keeps the digest it was signed with."""
    value = plan_data(PLAN)
    assert "history" not in value and "accepted" not in value and "revision" not in value
    whole = msgspec.to_builtins(PLAN)
    assert whole["revision"] == 1
    for older in (value, whole, {key: member for key, member in whole.items() if key != "history"}):
        document = read(reseal(TEXT.split("---\n", 2)[2], older), "p.md")
        assert document.plan == PLAN and document.problems == ()
    assert digest_of(PLAN) == hashlib.sha256(canonical(value)).hexdigest()


def test_a_strange_member_is_named_wherever_it_stands() -> None:
    value = plan_data(PLAN)
    value["steps"][0]["force"] = True
    value["subject"]["owner"] = "me"
    document = read(reseal(TEXT, value), "p.md")
    assert document.plan == PLAN and not document.executable
    assert "fields or values this arcstep does not know: subject.owner, steps.force." in document.problems[0]


def test_a_moment_without_a_time_zone_is_no_plan() -> None:
    document = read(reseal(TEXT, {**plan_data(PLAN), "as_of": "2026-05-20T00:00:00"}), "p.md")
    assert document.plan is None and "no time zone" in document.problems[0]


def test_a_name_that_stands_twice_is_refused() -> None:
    document = damaged('"schema": 1,', '"schema": 1, "schema": 1,')
    assert document.plan is None and "twice" in document.problems[0]


def test_a_newer_schema_is_refused_with_a_sentence_and_can_be_read() -> None:
    document = damaged("<!-- arcstep:plan schema=1", "<!-- arcstep:plan schema=2")
    assert document.plan is None and not document.executable
    assert "newer arcstep" in document.problems[0] and "schema 2" in document.problems[0]
    assert "Decision summary" in document.text


def test_a_missing_block_is_read_only() -> None:
    document = read(TEXT.split("<!-- arcstep:plan")[0], "p.md")
    assert document.plan is None and not document.executable
    assert "no data block" in document.problems[0]
    assert document.ticks["S01.1"] == Tick(False)


def test_every_cut_is_noticed() -> None:
    end = len(TEXT.rstrip())
    for place in range(0, end - 1, 97):
        document = read(TEXT[:place], "p.md")
        assert not document.executable
        assert document.problems


def test_a_cut_inside_the_block_says_so() -> None:
    document = read(TEXT[: TEXT.index('"alternatives"')], "p.md")
    assert document.plan is None and "cut off" in document.problems[0]


def test_a_box_that_contradicts_its_copy_counts_as_open() -> None:
    line = next(line for line in TEXT.splitlines() if "item:S01.2 " in line)
    document = damaged(line, line.replace("[ ]", "[x]") + "\n" + line)
    assert not document.ticks["S01.2"].done
    assert any("S01.2 stands twice" in problem for problem in document.problems)


def test_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "LARGEST_DOCUMENT", 100)
    with pytest.raises(SourceError) as caught:
        read(TEXT, "p.md")
    assert caught.value.exit_code == 2 and caught.value.what.startswith("p.md")


def test_deep_nesting_is_a_sentence() -> None:
    document = damaged('"title": ', '"title": ' + "[" * 200_000)
    assert document.plan is None and document.problems


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(place=st.integers(0, len(TEXT) - 1), letter=st.characters(codec="utf-8"))
def test_any_changed_letter_is_read_without_a_crash(place: int, letter: str) -> None:
    document = read(TEXT[:place] + letter + TEXT[place + 1 :], "p.md")
    assert document.plan == PLAN or not document.executable


# -- what it says --


def test_the_first_screen_holds_verdict_warning_date_and_days() -> None:
    prose = TEXT.split("---\n", 2)[2]
    first = "\n".join(prose.splitlines()[:24])
    assert "**Out of support** since 2025-08-31 (262 days)" in first
    for word in ("Verdict", "What", "Why now", "Risk", "Not known", "GO WITH RISKS"):
        assert f"**{word}" in first or word in first


def test_sections_stand_in_order() -> None:
    wanted = ["Decision summary", "Justification and impact", "Current state", "Path"]
    wanted += ["Risks, disputed rules, unknowns", "Pre-flight", "Implementation", "Acceptance", "Backout", "Schedule"]
    wanted += ["Approvals", "Sources", "Data"]
    assert re.findall(r"^## (.*)$", TEXT, re.MULTILINE) == wanted


def test_a_dead_end_is_called_no_path_and_has_no_steps() -> None:
    text = render(NO_PATH)
    assert "**NO PATH**" in text and "### Causes" in text and "### Ways out" in text
    assert "hop 1.27.9 → 1.29 on 2508" in text and "**Rebuild**" in text
    assert "## Implementation" not in text


def test_commands_are_quoted_for_both_shells() -> None:
    argv = ("az", "--name", "it's $HOME", "")
    assert bash(argv) == """az --name 'it'"'"'s $HOME' ''"""
    assert powershell(argv) == "az --name 'it''s $HOME' ''"
    assert powershell(("a b", "c")) == "& 'a b' c"


# -- outside text --

HOSTILE = [
    "`code` *bold* _under_ [link](https://evil.example) ![x](y) <b>html</b> | cell # head ~gone~ &amp;",
    "<!-- item:S01.1 -->",
    "- [x] done <!-- item:S01.1 -->",
    "<!-- arcstep:plan schema=1 -->",
    "<!-- arcstep:end -->",
    "``` fence ````` in the middle",
    "---",
    "[bold red]markup[/]",
    "“smart” – quotes…",
    "a\\",
]


@pytest.mark.parametrize("bad", HOSTILE)
def test_outside_text_stays_text(bad: str) -> None:
    step = replace(PLAN.steps[0], title=bad, where=bad, purpose=bad)
    step = replace(step, commands=(replace(step.commands[0], argv=("az", bad), purpose=bad),))
    plan = replace(
        PLAN, title=bad, subject=replace(PLAN.subject, name=bad, pools=(bad,)), steps=(step,), must_not=(bad,)
    )
    text = render(plan)
    document = read(text, "p.md")
    assert document.plan == plan and document.executable
    assert document.ticks["S01.1"] == Tick(False)
    html = MarkdownIt("commonmark").enable("table").render(text.split("---\n", 2)[2])
    assert "<b>html</b>" not in html and "evil.example</a>" not in html and "<em>" not in html
    assert "href" not in html.split("<h2>Sources</h2>")[0].replace('href="https://x.test/a_b"', "")


def _swap(value: Any, bad: str) -> Any:
    """Every free text of a plan replaced."""
    if isinstance(value, tuple):
        return tuple(_swap(one, bad) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        keep = {"id", "schema", "kind", "owner", "severity", "verdict", "reversibility", "as_of", "state"}
        changes = {f.name: _swap(getattr(value, f.name), bad) for f in fields(value) if f.name not in keep}
        return replace(value, **changes)
    return bad if type(value) is str else value


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(bad=st.text(st.characters(codec="utf-8"), max_size=60).map(clean))
def test_any_clean_text_anywhere_comes_back(bad: str) -> None:
    for plan in (PLAN, NO_PATH):
        odd = _swap(plan, bad)
        document = read(render(odd), "p.md")
        assert document.plan == odd
        assert document.problems == ()


def test_without_a_path_nothing_is_called_free_of_risk_and_nothing_is_there_to_approve() -> None:
    text = render(replace(NO_PATH, risks=()))
    assert "**Risk:** not judged" in text and "Not judged: there is no path." in text
    assert "No known issue" not in text and "## Approvals" not in text
    assert "No known issue matches this path." in render(replace(PLAN, risks=()))


def test_steps_with_the_same_way_back_stand_in_one_row() -> None:
    text = render(
        replace(PLAN, steps=(PLAN.steps[0], replace(PLAN.steps[0], id="S02"), replace(PLAN.steps[1], id="S03")))
    )
    backout = text.partition("## Backout")[2].partition("## Schedule")[0]
    assert "| S01, S02 | forward only | A version cannot be taken back (P15)" in backout
    assert "| S03 | forward only | A release cannot be taken back" in backout


def test_alternatives_that_come_out_the_same_are_named_and_not_repeated() -> None:
    recommended = PLAN.alternatives[0]
    same = tuple(replace(recommended, label=label) for label in ("fewest hops", "fewest stops"))
    text = render(
        replace(PLAN, alternatives=(replace(recommended, same_as_recommended=False), *same, PLAN.alternatives[1]))
    )
    assert "The same path as recommended comes out for: fewest hops, fewest stops." in text
    assert "| fewest hops" not in text and "| recommended |" in text and "| rebuild | - |" in text
