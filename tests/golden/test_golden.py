"""The document of every situation, compared byte for byte with the one that was read and found good."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from markdown_it import MarkdownIt

from planner.documents.markdown import read, render
from tests.golden.situations import FOLDER, SITUATIONS, plans


def golden(name: str) -> str:
    return (FOLDER / f"{name}.md").read_bytes().decode("utf-8")


def prose(name: str) -> str:
    return golden(name).split("---\n", 2)[2].partition("<!-- arcstep:plan")[0]


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_document_is_the_golden_one(name: str) -> None:
    """When this fails on purpose: python -m tests.golden.make, and read the difference."""
    assert render(plans()[name]) == golden(name)


def test_there_is_a_golden_document_for_every_situation_and_no_other() -> None:
    assert {path.stem for path in FOLDER.glob("*.md")} == set(SITUATIONS)


@pytest.mark.parametrize("name", SITUATIONS)
def test_it_reads_back_as_the_plan_it_was_made_from(name: str) -> None:
    document = read(golden(name), name)
    assert document.problems == () and document.executable
    assert document.plan == plans()[name]


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_first_screen_answers_what_a_board_asks(name: str) -> None:
    plan, first = plans()[name], "\n".join(prose(name).splitlines()[:24])
    asked = ["Verdict", "What", "Why now", "Risk", "Way back", "Not known", "Facts as of"]
    asked += ["When", "How long", "Who"] if plan.steps else []
    assert [label for label in asked if f"**{label}" not in first] == []
    if plan.subject.support_ended is not None:
        days = (plan.as_of.date() - plan.subject.support_ended).days
        assert f"since {plan.subject.support_ended} ({days} days)" in first


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_rule_and_document_named_is_resolved(name: str) -> None:
    text = prose(name)
    body, _, sources = text.partition("## Sources")
    rules, documents = sources.split("### Documents")
    named = set(re.findall(r"\bP\d{1,2}\b", body)) | set(re.findall(r"\((PUB|SIX|REC|LBL)\)", body))
    assert named - set(re.findall(r"^\| (\w+) \|", rules, re.MULTILINE)) == set()
    cited = {key for step in plans()[name].steps for key in step.sources}
    cited |= {key for note in plans()[name].risks for key in note.source.split(", ")}
    assert cited - set(re.findall(r"^- \*\*(.+?)\*\*:", documents, re.MULTILINE)) == set()
    assert all(
        word in ("stated", "derived", "assumed") for word in re.findall(r"\| (\w+) \| [^|]* \|$", rules, re.M)[1:]
    )


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_step_says_all_that_is_asked_of_a_step(name: str) -> None:
    for step in plans()[name].steps:
        part = prose(name).partition(f"\n### {step.id} ")[2].partition("\n### ")[0]
        labels = ["Where", "Purpose", "Known from", "Takes", "Way back", "Abort", "Expected", "Watch", "Verify"]
        labels += ["If it goes wrong", "Sign-off"]
        assert [label for label in labels if f"**{label}:**" not in part] == []
        assert f"<!-- item:{step.id} -->" in part
        assert "```" in part


@pytest.mark.parametrize("name", SITUATIONS)
def test_it_is_plain_markdown(name: str) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(prose(name))
    html = [token.content for token in tokens if token.type == "html_block"]
    html += [child.content for token in tokens for child in token.children or () if child.type == "html_inline"]
    assert [one for one in html if not re.fullmatch(r"<!-- item:[A-Za-z0-9._-]+ -->\s*", one)] == []
    assert not re.search(r"[ \t]$", prose(name), re.MULTILINE)
    assert "\n\n\n" not in prose(name)


ANYWHERE = """
import sys
from planner.documents.markdown import render
from tests.golden.situations import FOLDER, plans
wrong = [name for name, plan in plans().items() if render(plan).encode("utf-8") != (FOLDER / f"{name}.md").read_bytes()]
sys.exit(", ".join(wrong) or None)
"""


def test_the_documents_are_the_same_in_another_zone_locale_and_order_of_hashes() -> None:
    surroundings = {"TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "4711", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-c", ANYWHERE],
        cwd=FOLDER.parents[1],
        env={**os.environ, **surroundings},
        capture_output=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")
