"""What --json prints fits its published schema, and the published schemas fit the types."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from planner.documents.checkdoc import check_document
from planner.documents.jsondoc import plan_document, schemas, show_document
from planner.documents.jsontext import encode
from planner.documents.markdown import read, render
from planner.documents.snapshot import dump
from planner.knowledge import load_catalog
from planner.path import Routes
from planner.support import Judge
from tests.builders import AS_OF, cluster, inventory, offered
from tests.documents.plans import NO_PATH, PLAN
from tests.documents.test_snapshot import rich

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "schema"


@pytest.mark.parametrize("name", list(schemas()))
def test_the_published_schema_is_the_one_of_the_types(name: str) -> None:
    """When this fails, run docs/schema/make.py and raise the schema number if old readers would stumble."""
    published = json.loads((FOLDER / name).read_text("utf-8"))
    assert published == json.loads(json.dumps(schemas()[name]))
    jsonschema.Draft202012Validator.check_schema(published)


def valid(text: str | bytes, name: str) -> dict[str, object]:
    value = json.loads(text)
    schema = json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(value)
    return value


def test_check() -> None:
    catalog = load_catalog()
    whole = inventory(
        cluster("new", "1.32.9"), cluster("old", "1.29.4"), release="2604", live=offered(["1.31.13", "1.32.9"])
    )
    judge = Judge(whole, catalog, AS_OF)
    value = valid(encode(check_document(judge, Routes(catalog), 30)), "check")
    assert [row["name"] for row in value["clusters"]] == ["old", "new"]  # type: ignore[attr-defined,index]
    assert set(value) >= {"schema", "as_of", "source", "clusters", "instances", "unread"}
    first = value["clusters"][0]  # type: ignore[index]
    assert set(first) >= {
        *("name", "id", "instance", "release", "version", "state", "clocks", "findings", "next"),
    }
    assert len(first["clocks"]) == 6
    assert value["exit"] == 30 and value["as_of"] == "2026-05-20T00:00:00Z"


def test_plan_show_and_snapshot() -> None:
    for plan in (PLAN, NO_PATH):
        value = valid(encode(plan_document(plan)), "plan")
        assert value["plan"]["subject"]["name"] == "mes-prod"  # type: ignore[index]
        shown = valid(encode(show_document(read(render(plan), "p.md"))), "show")
        assert shown["executable"] is True and shown["digest"] == value["digest"]
    broken = valid(encode(show_document(read("# nothing", "p.md"))), "show")
    assert broken["plan"] is None and broken["executable"] is False and broken["problems"]
    valid(dump(rich()), "snapshot")
