"""Text from outside in the document of a plan of instances: it stays text, in every form the plan is written in."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any

import msgspec
import pytest
from markdown_it import MarkdownIt

from planner.documents.markdown import read, render
from planner.documents.page import render_page
from planner.fleetplan import FleetPlan
from tests.documents.fleetplans import FLEET, LATE
from tests.documents.fleetsections import TEXT
from tests.documents.test_page import HOSTILE, Page


def texts(value: Any) -> list[str]:
    """Every text of a plan."""
    if type(value) is str:
        return [value]
    if isinstance(value, tuple):
        return [text for one in value for text in texts(one)]
    if is_dataclass(value) and not isinstance(value, type):
        return [text for field in fields(value) for text in texts(getattr(value, field.name))]
    return []


def spoiled(value: Any, bad: str, keep: frozenset[str]) -> Any:
    """The plan with the bad text in the place of every text but ids."""
    if type(value) is str:
        return value if value in keep or not value else bad
    if isinstance(value, tuple):
        return tuple(spoiled(one, bad, keep) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: spoiled(getattr(value, f.name), bad, keep) for f in fields(value)})  # type: ignore[type-var]
    return value


IDS = frozenset(
    [step.id for step in FLEET.steps]
    + [check.id for step in FLEET.steps for check in (*step.before, *step.verify)]
    + [risk.state for risk in FLEET.risks]
    + [risk.id for risk in FLEET.risks]
)


@pytest.mark.parametrize("bad", HOSTILE)
def test_outside_text_in_every_place_stays_text_and_comes_back(bad: str) -> None:
    plan = spoiled(FLEET, bad, IDS)
    assert texts(plan).count(bad) > 200
    text = render(plan)
    document = read(text, "f.md")
    assert document.fleet == plan and document.problems == ()
    boxes = set(document.ticks)
    assert boxes >= {step.id for step in FLEET.steps} and "S09" not in boxes
    page = Page(render_page(plan))
    assert not {tag for tag, _ in page.elements} & {"script", "img", "iframe"}
    hrefs = {attrs["href"] or "" for _, attrs in page.elements if "href" in attrs}
    assert all(href.startswith(("https://evil.example", "https://x.test")) for href in hrefs)


def test_tables_have_as_many_cells_as_heads() -> None:
    html = MarkdownIt("commonmark").enable("table").render(TEXT.split("---\n", 2)[2])
    for table in re.findall(r"<table>.*?</table>", html, flags=re.DOTALL):
        heads = table.count("<th>")
        assert {row.count("<td>") for row in re.findall(r"<tr>.*?</tr>", table, flags=re.DOTALL)[1:]} == {heads}


def test_the_page_for_paper_begins_a_page_with_each_step() -> None:
    page = Page(render_page(FLEET))
    assert len(page.classed("step")) == len(FLEET.steps)
    assert [attrs["id"] for attrs in page.classed("tick")] == list(read(TEXT, "f.md").ticks)


def test_the_plan_is_json_there_and_back() -> None:
    assert msgspec.json.decode(msgspec.json.encode(FLEET), type=FleetPlan) == FLEET
    assert LATE.by is None and FLEET.catalog_date == date(2026, 5, 12)
