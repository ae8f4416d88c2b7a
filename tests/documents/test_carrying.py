"""What people wrote in one revision of a plan stands in the next one too, where it still holds there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.documents.markdown import Document, Tick, carried, read, render
from planner.plan import Plan
from planner.replan import replan
from planner.support import Judge
from tests.planner.saved import CATALOG, CLIMB, LATER, LIST_2604, ROUTES

PLAN = CLIMB.plan
AGAIN = replan(PLAN, Judge(replace(CLIMB.inventory, as_of=LATER), CATALOG, LATER), ROUTES)
"""Three weeks later, and nothing was done."""
HOPPED = replan(PLAN, Judge(CLIMB.on("2604", CLIMB.with_cluster("1.31.13"), LIST_2604), CATALOG, LATER), ROUTES)
"""After the first step."""
IDS = re.findall(r"<!-- item:(\S+) -->", render(PLAN))


def written(plan: Plan, ticks: Mapping[str, Tick]) -> Document:
    document = read(render(plan, ticks), "p.md")
    assert document.executable, document.problems
    return document


def used(document: Document) -> dict[str, Tick]:
    return {id: tick for id, tick in document.ticks.items() if tick.done or tick.note}


def test_ticks_and_notes_are_written_and_the_data_and_its_seal_stay_as_they_are() -> None:
    text = render(PLAN, {"PRE.1": Tick(True, "seen by Ann"), "S01": Tick(False, "Ann"), "nowhere": Tick(True)})
    changed = [(old, new) for old, new in zip(render(PLAN).splitlines(), text.splitlines(), strict=True) if old != new]
    assert [new for _, new in changed] == [
        next(old for old, _ in changed).replace("[ ]", "[x]") + " seen by Ann",
        "- [ ] Step S01 done by (name, date, time): <!-- item:S01 --> Ann",
    ]
    assert render(PLAN, {}) == render(PLAN)


WORDS = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(
    [
        "<!-- item:S01 -->",
        "- [x] no <!-- item:PRE.1 -->",
        "```",
        "<!-- arcstep:plan schema=1",
        "<!-- arcstep:end -->",
        "-->",
        "[ ]",
        "| a |",
        "# head",
    ]
)


@given(st.dictionaries(st.sampled_from(IDS), st.builds(Tick, st.booleans(), WORDS), max_size=4))
def test_whatever_was_noted_is_read_the_same_from_the_next_document(ticks: dict[str, Tick]) -> None:
    """Once read a note is clean; from there on it stays as it is."""
    first = read(render(PLAN, {id: Tick(tick.done, " ".join(tick.note.split())) for id, tick in ticks.items()}), "p.md")
    assert first.executable, first.problems
    assert written(PLAN, first.ticks).ticks == first.ticks


@pytest.mark.parametrize(("anew", "gone"), [(AGAIN, ()), (HOPPED, ("S01",))], ids=["as it was", "one step on"])
def test_what_is_the_same_box_is_carried_over_but_no_approval_and_no_sign_off(
    anew: Plan, gone: tuple[str, ...]
) -> None:
    old = written(PLAN, dict.fromkeys(IDS, Tick(True, "Ann, CHG1")))
    new = used(written(anew, carried(old, anew)))
    assert not [id for id in new if id.partition(".")[0] in gone]
    assert new["APPROVAL.ticket"] == new["SCHEDULE.start"] == new["S02.1"] == Tick(True, "Ann, CHG1")
    assert [id for id in new if id.startswith("APPROVAL")] == ["APPROVAL.ticket"]
    for later in ("S02.V1", "S02.gate", "S02", "ACCEPTED"):
        assert new[later] == Tick(False, "Ann, CHG1"), "the facts say that S02 is still to be done"


def test_a_box_whose_words_changed_is_another_box() -> None:
    step = PLAN.steps[1]
    first = replace(step.before[0], text="Something else holds.")
    other = replace(PLAN, steps=(PLAN.steps[0], replace(step, before=(first, *step.before[1:])), PLAN.steps[2]))
    old = written(PLAN, {step.before[0].id: Tick(True, "Ann"), step.before[1].id: Tick(True, "Bob")})
    assert carried(old, other) == {step.before[1].id: Tick(True, "Bob")}


def test_the_next_revision_says_that_it_has_to_be_signed_anew() -> None:
    sentence = (
        "This is revision 2: what was approved before was another revision, so every approval has to be given anew."
    )
    assert sentence in render(AGAIN).splitlines()
    assert "given anew" not in render(PLAN)


def test_nothing_is_carried_from_a_document_without_data() -> None:
    assert carried(read("- [x] Seen <!-- item:PRE.1 -->\n", "p.md"), PLAN) == {}
