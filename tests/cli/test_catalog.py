"""`arcstep catalog` and `arcstep catalog diff`: text in 80 columns, JSON by its schema, ages to a day."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from planner.cli import catalog as verb
from planner.documents.grid import cells
from tests.cli.conftest import Arcstep

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "schema"
SITE = """
[[release]]
key = "2606"
offers = ["1.32.10", "1.33.6", "1.34.2"]
offers_source = "SITE"

[[risk]]
id = "SITE-1"
title = "Ours alone"
affects = "us"
severity = "low"
cure = "none"
detect = "look"
fixed_in = "never"
source = "SITE"
match = { stage = "hop", on_first = "2606" }

[[source]]
key = "SITE"
title = "notes of the site"
dated = 2026-08-01
standing = "third party"
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.toml"
    path.write_text(SITE, "utf-8")
    return path


def valid(value: Any, name: str) -> Any:
    schema = json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(value)
    return value


def test_the_view_fits_80_columns_and_unknown_is_a_question_mark(arcstep: Arcstep) -> None:
    answer = arcstep("catalog", "--as-of", "2026-07-27")
    assert (answer.code, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert max(map(cells, lines)) <= 80
    assert lines[:2] == ["Catalog compiled 2026-11-22. Newest fact 2026-07-17 [TSG]: 10 days old on", "2026-07-27."]
    assert "2605     .4 .5  .8 .9  .12 .13  -        -        -        -      -" in lines
    assert "2606     ?      ?      ?        ?        ?        ?        ?      ?" in lines
    assert "  2601 2512 2511: no list published for 2511 to 2601." in lines
    assert "2511       2025-11-18  2026-04-30  LBL  2026-06-16  ?      1.28     1.29" in lines
    assert "1.29   2025-10-31   published  2408           2509  2602         2025-02-28" in lines
    assert "C5    Was 1.29 still supported in October 2025?" in lines
    assert "BUL             2026-05-18  70 d   official     23" in lines


def test_json_fits_its_schema_and_null_is_unknown(arcstep: Arcstep) -> None:
    answer = arcstep("catalog", "--json", "--as-of", "2026-07-27")
    found = valid(answer.json, "catalog")
    assert (answer.code, found["as_of"], found["age_days"], found["is_old"]) == (0, "2026-07-27", 10, False)
    releases = {entry["key"]: entry for entry in found["releases"]}
    assert releases["12.2510"]["offers"] == {
        "1.32": ["1.32.5", "1.32.6"],
        "1.31": ["1.31.9", "1.31.10"],
        "1.30": ["1.30.13", "1.30.14"],
    }
    assert releases["12.2510"]["strands_upto"] == "1.28"
    unknown = releases["2606"]
    assert unknown["offers"] is None and unknown["offers_source"] is None
    assert unknown["unknown"]["offers"] == "no list published for 2606 and later"
    assert (unknown["strands_upto"], unknown["fine_from"]) == ("1.29", None)
    sources = {entry["key"]: entry for entry in found["sources"]}
    assert sources["BUL"]["age_days"] == 70 and sources["EOL"]["age_days"] is None
    facts = {(fact["kind"], fact["name"]): fact for fact in found["facts"]}
    assert facts["list", "2604"] == {
        "kind": "list",
        "name": "2604",
        "sources": ["BUL"],
        "dated": "2026-05-18",
        "age_days": 70,
        "overlay": None,
    }


def test_an_old_catalog_is_warned_about_and_stdout_stays_the_answer(arcstep: Arcstep) -> None:
    answer = arcstep("catalog", "--json", "--as-of", "2027-01-01")
    assert answer.code == 0 and answer.json["is_old"] is True
    assert answer.err == ("arcstep: the newest fact is 168 days old on 2027-01-01; compare with Microsoft's pages.\n")


def test_without_as_of_ages_are_counted_to_today(arcstep: Arcstep, monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(verb.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Clock:
            return cls(2026, 7, 20, 23, 59, tzinfo=tz)

    monkeypatch.setattr(verb, "datetime", Clock)
    assert arcstep("catalog", "--json").json["age_days"] == 3


def test_an_overlay_is_in_the_view(arcstep: Arcstep, site: Path) -> None:
    found = arcstep("catalog", "--json", "--as-of", "2026-08-02", "--catalog", site).json
    assert found["overlays"] == ["site.toml"]
    (release,) = [entry for entry in found["releases"] if entry["key"] == "2606"]
    assert release["overlay"] == "site.toml" and list(release["offers"]) == ["1.34", "1.33", "1.32"]


def test_diff_shows_both_readings_and_what_follows(arcstep: Arcstep, site: Path) -> None:
    answer = arcstep("catalog", "diff", site)
    assert (answer.code, answer.err) == (0, "")
    lines = answer.out.splitlines()
    assert max(map(cells, lines)) <= 80
    assert lines[0] == "site.toml against the shipped catalog: 2 added, 1 changed."
    start = lines.index("~ release 2606 [site.toml]")
    assert lines[start + 1 : start + 3] == [
        "  offers                    unknown: no list published for 2606 and later",
        "                        ->  1.32.10 1.33.6 1.34.2",
    ]
    assert "+ risk SITE-1 [site.toml]" in lines
    assert "  minor 1.30: first stranded on           no release known" in lines


def test_diff_as_json_fits_its_schema(arcstep: Arcstep, site: Path) -> None:
    found = valid(arcstep("catalog", "diff", site, "--json").json, "catalog-diff")
    assert found["overlays"] == ["site.toml"] and found["base"] == []
    assert [(entry["kind"], entry["name"], entry["change"]) for entry in found["entries"]] == [
        ("release", "2606", "changed"),
        ("risk", "SITE-1", "added"),
        ("source", "SITE", "added"),
    ]
    assert arcstep("catalog", "--json", "diff", site).json == found


def test_diff_is_set_against_the_overlays_below(arcstep: Arcstep, site: Path, tmp_path: Path) -> None:
    over = tmp_path / "over.toml"
    over.write_text('[[dispute]]\nid = "C1"\nruling = "The other way."\n', "utf-8")
    out = arcstep("catalog", "diff", over, "--catalog", site).out
    assert out.splitlines()[0] == "over.toml against the catalog with site.toml: 1 changed."


def test_an_overlay_that_changes_nothing_says_so(arcstep: Arcstep, tmp_path: Path) -> None:
    same = tmp_path / "same.toml"
    same.write_text('[[minor]]\nminor = "1.29"\naksarc_last = "2509"\n', "utf-8")
    assert arcstep("catalog", "diff", same).out == "same.toml against the shipped catalog: nothing differs.\n"


@pytest.mark.parametrize("arguments", [("diff",), ("diff", "missing.toml"), ("nonsense",), ("--as-of", "soon")])
def test_what_cannot_be_used_is_exit_2(arcstep: Arcstep, arguments: tuple[str, ...]) -> None:
    answer = arcstep("catalog", *arguments)
    assert (answer.code, answer.out) == (2, "") and "arcstep" in answer.err


def test_an_overlay_with_a_mistake_names_file_and_entry(arcstep: Arcstep, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text('[[minor]]\nminor = "1.29"\naksarc_last = "2999"\n', "utf-8")
    answer = arcstep("catalog", "diff", bad)
    assert (answer.code, answer.out) == (2, "")
    assert "bad.toml: minor 1.29: aksarc_last" in answer.err
