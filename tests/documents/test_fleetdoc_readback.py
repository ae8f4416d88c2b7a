"""A plan of instances comes back whole through every hand and editor, and nothing that was changed is ever acted on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.documents.datablock import digest_of, plan_data
from planner.documents.fleetjson import fleet_plan_document
from planner.documents.jsondoc import show_document
from planner.documents.jsontext import encode
from planner.documents.markdown import Document, Tick, read, render
from planner.fleetplan import FleetPlan, Part
from planner.ports import SourceError
from planner.sources import open_cluster_plan, open_plan
from tests.documents.fleetplans import BARE, FLEET, UNTIMED, large, member
from tests.documents.plans import PLAN
from tests.documents.test_jsondoc import valid
from tests.documents.test_markdown import reseal
from tests.documents.test_readback import BOX, EDITORS, MARKS, WORDS, straight

TEXT = render(FLEET)
BOXES = [found["id"] for found in BOX.finditer(TEXT)]
HANDS = st.dictionaries(st.sampled_from(BOXES), st.tuples(st.sampled_from(list(MARKS)), WORDS, WORDS), max_size=20)


@pytest.mark.parametrize("plan", [FLEET, BARE, UNTIMED], ids=["all", "nothing planned", "no calendar"])
def test_a_plan_of_instances_comes_back_whole(plan: FleetPlan) -> None:
    document = read(render(plan), "f.md")
    assert document.fleet == plan and document.plan is None and document.holds == plan
    assert document.problems == () and document.executable
    assert render(document.fleet) == render(plan)


def test_what_earlier_versions_did_not_know_is_left_out_where_it_says_nothing() -> None:
    """So that a document of such a version keeps its digest."""
    data = plan_data(FLEET)
    starts = [one["must_start"] for one in (*data["instances"], *data["members"]) if "must_start" in one]
    assert [one["relax"] for one in starts if "relax" in one] == 2 * [
        [{"constraints": ["wave order"], "finish": "2026-06-29T06:00:00Z"}]
    ]
    assert not any("soonest" in one for one in starts)


def test_the_two_kinds_are_not_taken_for_each_other() -> None:
    one = read(render(PLAN), "p.md")
    assert one.plan == PLAN and one.fleet is None and one.holds == PLAN
    swapped = TEXT.replace("arcstep:fleet schema", "arcstep:plan schema")
    assert read(swapped, "f.md").holds is None
    both = read(TEXT + render(PLAN), "f.md")
    assert both.plan == PLAN and not both.executable


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None, derandomize=True)
@given(hands=HANDS, editor=st.sampled_from(list(EDITORS)))
def test_hands_in_the_places_for_them_are_read_and_change_nothing(
    hands: dict[str, tuple[str, str, str]], editor: str
) -> None:
    def mark(found: re.Match[str]) -> str:
        if found["id"] not in hands:
            return found[0]
        sign, beside, below = hands[found["id"]]
        line = f"{sign} {found['label']} <!-- item:{found['id']} --> {beside}".rstrip()
        return f"{line}\n    {below}" if below else line

    changed = BOX.sub(mark, TEXT).replace("arcstep:fleet", "arcstep:plan")  # the editors know where prose ends by it
    document = read(EDITORS[editor](changed).replace("arcstep:plan", "arcstep:fleet"), "f.md")
    assert document.problems == () and document.fleet == FLEET
    expected = {id: Tick(False) for id in BOXES}
    for id, (sign, beside, below) in hands.items():
        expected[id] = Tick(MARKS[sign], " ".join(f"{beside} {below}".split()))
    assert {id: straight(tick) for id, tick in document.ticks.items()} == {
        id: straight(tick) for id, tick in expected.items()
    }


def opened(path: Path, data: bytes) -> Document | None:
    path.write_bytes(data)
    try:
        return open_plan(path)
    except SourceError as error:
        assert error.exit_code == 2
        return None


BARE_TEXT = render(replace(UNTIMED, steps=FLEET.steps[:2], members=FLEET.members[:1], instances=FLEET.instances[:1]))
SMALL = read(BARE_TEXT, "f.md").fleet
EDIT = st.tuples(
    st.sampled_from(["cut", "insert", "swap", "double"]),
    st.integers(0, len(BARE_TEXT) - 1),
    st.integers(1, 60),
    st.text(st.sampled_from("ab1 .-#|`<>![]x\n☑“—\u202e\x1b🙂"), min_size=1, max_size=12),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None, derandomize=True)
@given(edits=st.lists(EDIT, min_size=1, max_size=3))
def test_no_edit_raises_and_none_is_executable_unless_it_means_nothing(edits: list[tuple[str, int, int, str]]) -> None:
    text = BARE_TEXT
    for kind, place, length, new in edits:
        part = text[place : place + length]
        middle = {"cut": "", "insert": new + part, "swap": new, "double": part + part}[kind]
        text = text[:place] + middle + text[place + length :]
    document = read(text, "f.md")
    if document.executable:
        assert document.fleet == SMALL
        assert meaning(text) == meaning(BARE_TEXT)


def meaning(text: str) -> str:
    """The text without ticks, notes beside boxes, white space, and what editors set anew; front matter may be dropped."""
    text = text.partition("\n# ")[2]
    head, mark, block = text.partition("<!-- arcstep:fleet")
    kept = []
    for line in head.split("\n"):
        found = re.match(r"\s*(?:[-*+•]|\d+[.)])?\s*(?:\[[ xX]?\]|[☐☑])(.*?<!--\s*item:\S+\s*-->)", line)
        kept.append(f"- [ ]{found[1]}" if found else re.sub(r"^\s*[*+•]\s", "- ", line))
    joined = "\n".join(kept) + mark + block
    return re.sub(r"[\s\-|:–—“”\"]+", "", joined)


def test_no_cut_is_taken_for_a_whole_plan(tmp_path: Path) -> None:
    data = BARE_TEXT.encode("utf-8")
    for length in (*range(0, len(data) - 2, 211), *range(len(data) - 30, len(data) - 1)):
        document = opened(tmp_path / "f.md", data[:length])
        assert document is None or (not document.executable and document.problems)


@pytest.mark.parametrize("bit", [0x01, 0x20, 0x80])
def test_no_flipped_byte_crashes_or_changes_what_would_be_done(tmp_path: Path, bit: int) -> None:
    data = BARE_TEXT.encode("utf-8")
    for place in range((0x01, 0x20, 0x80).index(bit) * 211, len(data), 3 * 211):
        document = opened(tmp_path / "f.md", data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :])
        assert document is None or document.fleet == SMALL or not document.executable


def forged(change: Callable[[dict[str, Any]], None], schema: int = 1) -> Document:
    """Other data under a seal that fits."""
    data = plan_data(FLEET)
    change(data)
    text = reseal(TEXT.replace("arcstep:fleet", "arcstep:plan"), data)
    return read(text.replace("arcstep:plan schema=1", f"arcstep:fleet schema={schema}"), "f.md")


def test_a_forged_seal_over_other_data_is_found_by_the_headline() -> None:
    document = forged(lambda data: data["members"][0].update(part="planned"))
    assert document.fleet is not None and document.fleet.members[0].part is Part.PLANNED
    assert not document.executable and document.problems == ("The headline was edited by hand: digest.",)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data["steps"][1].update(id="S01"), "holds an id twice"),
        (lambda data: data["steps"][0].update(id="a b"), "cannot be the id"),
        (lambda data: data["members"][0].update(part="lost"), "is not a plan of schema 1"),
        (lambda data: data.update(more=1), "does not know: more"),
        (lambda data: data["waves"][0].update(start="2026-05-22T20:00:00"), "has no time zone"),
        (lambda data: data.update(as_of="0001-01-01T00:00:00+14:00"), "no day of any plan"),
        (lambda data: data["members"][0]["clocks"][0].update(ends="0001-01-01"), "no day of any plan"),
        (lambda data: data.pop("instances"), "is not a plan of schema 1"),
    ],
)
def test_data_that_is_no_plan_of_instances_is_told(change: Callable[[dict[str, Any]], None], words: str) -> None:
    document = forged(change)
    assert not document.executable and words in " ".join(document.problems)


def test_older_and_newer_schemas_are_a_sentence_each() -> None:
    assert "newer arcstep (schema 2" in forged(lambda data: None, schema=2).problems[0]
    assert "older arcstep (schema 0" in forged(lambda data: None, schema=0).problems[0]


def test_a_step_no_stage_names_and_a_stage_of_unknown_steps_are_rendered_all_the_same() -> None:
    odd = replace(FLEET, steps=FLEET.steps[1:], critical=("S99",), waves=FLEET.waves[1:])
    document = read(render(odd), "f.md")
    assert document.fleet == odd and document.executable


def test_what_works_on_one_cluster_says_so(tmp_path: Path) -> None:
    path = tmp_path / "f.md"
    path.write_text(TEXT, "utf-8")
    with pytest.raises(SourceError) as caught:
        open_cluster_plan(path)
    assert caught.value.exit_code == 2 and "a plan of instances" in caught.value.what
    assert "arcstep show" in caught.value.why and "arcstep plan NAME --to VERSION" in caught.value.cure


def test_json_fits_its_schema_and_shown_holds_the_kind_it_is() -> None:
    value = valid(encode(fleet_plan_document(FLEET)), "fleet")
    assert value["digest"] == digest_of(FLEET)
    shown = valid(encode(show_document(read(TEXT, "f.md"))), "show")
    assert shown["plan"] is None and shown["as_of"] is None and shown["digest"] == digest_of(FLEET)
    assert shown["fleet"]["title"] == FLEET.title and shown["executable"] is True  # type: ignore[index]
    with pytest.raises(jsonschema.ValidationError):
        valid(json.dumps({**value, "plan": {}}), "fleet")


def test_a_digest_does_not_change_when_members_are_added_at_their_default() -> None:
    assert digest_of(FLEET) == digest_of(read(TEXT, "f.md").fleet or BARE)
    assert "revision" not in plan_data(FLEET) and digest_of(FLEET) != digest_of(replace(FLEET, revision=2))
    changed = replace(FLEET, members=(*FLEET.members, member("more", "plant12", Part.UNKNOWN, "unknown", "")))
    assert digest_of(changed) != digest_of(FLEET)


def test_a_large_plan_comes_back_whole_and_one_changed_word_in_it_is_found() -> None:
    plan = large(120)
    text = render(plan)
    assert read(text, "f.md").fleet == plan and read(text, "f.md").executable
    document = read(text.replace("one by one", "all at once", 1), "f.md")
    assert not document.executable and len(document.problems) == 2 and "all at once" in document.problems[1]
