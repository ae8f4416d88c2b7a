"""The page for paper says what the document says, holds nothing that runs or is fetched, and outside text stays text."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from planner.documents.datablock import digest_of
from planner.documents.markdown import read, render
from planner.documents.page import render_page
from planner.plan import Plan
from tests.documents.plans import NO_PATH, PLAN


class Page(HTMLParser):
    """The elements with their attributes, and the text of the body."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.inside: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in {"meta", "hr", "br"}:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.inside.pop() == tag

    def handle_data(self, data: str) -> None:
        if "body" in self.inside and "footer" not in self.inside:
            self.words += data.split()

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def classed(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.elements if name in (attrs.get("class") or "").split()]


def document_words(plan: Plan) -> list[str]:
    """The words of the markdown document without front matter, boxes and data block."""
    prose = render(plan).split("---\n", 2)[2].split("## Data\n")[0]
    prose = re.sub(r"^- \[ \] (.*) <!-- item:\S+ -->$", r"- BOX \1", prose, flags=re.MULTILINE)
    words = Page(f"<body>{MarkdownIt('commonmark').enable('table').render(prose)}</body>").words
    return [word for word in words if word != "BOX"]


@pytest.mark.parametrize("plan", [PLAN, NO_PATH], ids=["path", "no path"])
def test_it_says_what_the_document_says(plan: Plan) -> None:
    words = Page(render_page(plan)).words
    assert words == document_words(plan)
    assert "".join(words).count("arcstep:plan") == 0


def test_every_box_of_the_document_is_a_box_on_paper() -> None:
    page = Page(render_page(PLAN))
    assert [attrs["id"] for attrs in page.classed("tick")] == list(read(render(PLAN), "p.md").ticks)
    assert {attrs["id"] for attrs in page.classed("sign")} == {
        *("S01", "S02", "ACCEPTED", "APPROVAL.change", "APPROVAL.operator", "APPROVAL.instance", "APPROVAL.risks"),
        *("APPROVAL.ticket", "SCHEDULE.start", "SCHEDULE.end"),
    }
    assert "[ ]" not in render_page(PLAN) and "item:" not in render_page(PLAN)


def test_each_step_begins_a_page_and_nothing_else_does() -> None:
    html = render_page(PLAN)
    assert re.findall(r'<h3 class="step">(.*)</h3>', html) == [
        "S01 Kubernetes 1.28.9 → 1.29.4",
        "S02 release 2411 → 2510",
    ]
    assert Page(render_page(NO_PATH)).classed("step") == []


@pytest.mark.parametrize("plan", [PLAN, NO_PATH], ids=["path", "no path"])
def test_nothing_runs_and_nothing_is_fetched(plan: Plan) -> None:
    html = render_page(plan)
    page = Page(html)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "img", "link", "iframe", "object", "form", "svg", "base"}
    assert {name for _, attrs in page.elements for name in attrs} <= {
        *("lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "start")
    }
    hrefs = [attrs["href"] or "" for _, attrs in page.elements if "href" in attrs]
    assert hrefs and all(href.startswith("https://") for href in hrefs)
    assert "default-src 'none'" in html
    style = html.partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style and "@import" not in style
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", style)) == {"#000", "#fff"}


def test_the_data_is_left_out_and_its_digest_named() -> None:
    html = render_page(PLAN)
    footer = html.partition("<footer>")[2]
    assert f"SHA-256 of its data: {digest_of(PLAN)}" in footer
    assert "revision 1, facts as of 2026-05-20 00:00 UTC, catalog of 2026-05-12" in footer
    assert f"SHA-256 {digest_of(PLAN)[:16]}…" in html.partition("</style>")[0]
    assert "generated from this block" not in html and "&quot;schema&quot;" not in html


def test_the_same_plan_gives_the_same_page() -> None:
    assert render_page(PLAN) == render_page(PLAN) != render_page(replace(PLAN, revision=2))


HOSTILE = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "[ ] box <!-- item:S09 -->",
    "- [ ] box <!-- item:S09 -->",
    "[x](javascript:alert(1)) ![x](https://evil.example/p.png)",
    "<https://evil.example> https://evil.example",
    "## Data",
    "### S09 more",
    "Implementation",
    "`code` | cell # head",
    "REVISION DIGEST",
]


@pytest.mark.parametrize("bad", HOSTILE)
def test_outside_text_stays_text(bad: str) -> None:
    command = replace(PLAN.steps[0].commands[0], argv=("az", bad), purpose=bad)
    check = replace(PLAN.steps[0].before[1], text=bad)
    step = replace(PLAN.steps[0], title=bad, where=bad, purpose=bad, commands=(command,), before=(check,))
    subject = replace(PLAN.subject, name=bad, pools=(bad,))
    plan = replace(PLAN, title=bad, subject=subject, steps=(step, PLAN.steps[1]), must_not=(bad,))
    page = Page(render_page(plan))
    assert page.words == document_words(plan)
    plain = Page(render_page(PLAN))
    assert {tag for tag, _ in page.elements} == {tag for tag, _ in plain.elements}
    assert {attrs["href"] for _, attrs in page.elements if "href" in attrs} == {
        *("https://x.test/a_b", "https://learn.example/versions")
    }
    assert len(page.classed("step")) == 2 and "S09" not in {attrs["id"] for attrs in page.classed("tick")}
    assert f"arcstep plan, revision 1, SHA-256 {digest_of(plan)[:16]}…" in render_page(plan)
