"""Evidence says who did what and when, and what was seen; it holds no secret, and no text in it can act."""

from __future__ import annotations

from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from planner import events as e
from planner.documents.evidence import render_evidence
from planner.events import Complaint, Decision, Event
from planner.walk import replay
from tests.documents.plans import HOP
from tests.journals import BEGAN, CANARY, DIGEST, OTHERS, SMALL, WALK, at, sighting

CHECKED = replace(
    BEGAN, plan=replace(SMALL, steps=(replace(HOP, commands=(), before=HOP.before[1:], verify=(), gate=""),))
)


def evidence(*kept: Event, problems: tuple[str, ...] = ()) -> str:
    return render_evidence(replay(kept), kept, problems)


def test_a_rehearsal_never_passes_for_the_real_thing() -> None:
    text = evidence(*WALK, e.Reopened(at(60), "ada", "laptop", "rehearsal, may upgrade as you"))
    assert "**This was a rehearsal.**" in text
    assert "| ada | laptop | rehearsal, may upgrade as you | 2026-05-20 01:00:00 UTC |" in text


def test_the_head_says_which_plan_who_and_how_long() -> None:
    text = evidence(*WALK, e.Reopened(at(60), "ada", "laptop"))
    assert text.startswith("# Evidence: mes-prod: Kubernetes 1.28.9 → 1.29.4\n")
    assert f"**Digest of the plan:** SHA-256 {DIGEST}" in text
    assert "**Begun:** 2026-05-20 00:00:00 UTC" in text
    assert "**Last event:** 2026-05-20 01:00:00 UTC" in text
    assert "**Between them:** 1 h 00 min" in text
    assert "**Outcome:** every step is done" in text
    assert "| grace | desk | not kept | 2026-05-20 00:00:00 UTC |" in text
    assert "| ada | laptop | not kept | 2026-05-20 01:00:00 UTC |" in text
    assert "rehearsal" not in text
    assert "What is wrong" not in text


def test_a_step_says_how_it_was_made_confirmed_and_read() -> None:
    text = evidence(*WALK)
    step = text[text.index("### S01") : text.index("## Record")]
    assert "**Stands:** done" in step and "**Made by:** arcstep" in step
    assert "**Started:** 2026-05-20 00:02:00 UTC" in step
    assert "**Seen to be over:** 2026-05-20 00:50:00 UTC, after 48 min" in step
    assert "**Correlation id:** correlation" in step
    assert (
        "**Confirmed** 2026-05-20 00:02:00 UTC by grace, who typed mes-prod: kubernetesVersion 1.28.9 → 1.29.4" in step
    )
    assert f"body SHA-256 {'0' * 64}" in step
    assert "**Last reading:** finished." in step
    assert "**Note** on S01 by ada, 2026-05-20 00:04:00 UTC: all → fine so far" in step


def test_a_tick_says_who_when_and_on_what_evidence() -> None:
    ticked = e.Ticked(at(2), "S01.2", True, "grace", "asked the team")
    text = evidence(CHECKED, ticked)
    assert "| S01.2 | No API is lost. | ok | grace | 2026-05-20 00:02:00 UTC | asked the team |" in text
    assert "| S01.2 | ticked by grace: asked the team |" in text
    back = evidence(CHECKED, ticked, replace(ticked, at=at(3), done=False, note=""))
    assert "| S01.2 | No API is lost. | open | grace |" in back
    assert "| S01.2 | tick taken back by grace |" in back


def test_the_record_holds_every_event_in_order() -> None:
    record = evidence(*WALK).partition("## Record")[2]
    rows = [line for line in record.splitlines() if line.startswith("| ") and "UTC" in line]
    assert [row.split(" | ")[0] for row in rows] == [f"| {n}" for n in range(1, len(WALK) + 1)]
    told = [row.split(" | ")[3] for row in rows]
    for words, row in zip(
        (
            "walk begun by grace on desk",
            "seen: finished without change; provisioningState Succeeded",
            "confirmed by grace, who typed mes-prod",
            "intent kept: one PUT to /subscriptions/",
            "accepted by Azure, correlation id correlation",
            "the operation says Upgrading",
            "note by ada: all → fine so far",
            "seen: finished; provisioningState Succeeded, currentState Succeeded, version 1.29.4",
        ),
        told,
        strict=True,
    ):
        assert row.startswith(words), row


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (e.LookFailed(at(5), "S01", "No answer.", "Wait."), "could not look: No answer. Wait."),
        (e.Doubted(at(5), "S01", "no answer"), "what became of it is not known: no answer"),
        (
            e.Refused(at(5), "S01", "Denied.", "Ask.", (Complaint("Quota", "full", "free some"),)),
            "not started: Denied. Ask.; Quota: full free some",
        ),
        (e.PollFailed(at(5), "S01", "Lost.", "Wait."), "could not ask the operation: Lost. Wait."),
        (e.Polled(at(5), "S01", "Failed", "No room."), "the operation says Failed. No room."),
        (e.Decided(at(5), "S01", Decision.HOLD, "ada", "lunch"), "hold decided by ada: lunch"),
        (e.Started(at(5), "S01", "ada"), "ada says it was started by hand"),
        (
            e.Looked(at(5), "S01", replace(sighting(5), error="Oh no", gaps=("node pools: denied",))),
            "error: Oh no; not read: node pools: denied",
        ),
    ],
)
def test_what_went_otherwise_is_told_too(event: Event, words: str) -> None:
    before = {e.Doubted: 4, e.Refused: 4, e.PollFailed: 5, e.Polled: 5}.get(type(event), 2)
    assert words in evidence(*WALK[:before], event)


def test_every_kind_of_event_has_words_of_its_own() -> None:
    walk = replay(WALK)
    text = render_evidence(walk, (*WALK, *OTHERS), ())
    assert not [kind.__name__ for kind in e.EVENTS if f"| {kind.__name__} |" in text]


@pytest.mark.parametrize(
    ("kept", "outcome"),
    [
        ((BEGAN,), "not finished at S01 (checking), 0 of 1 done"),
        ((BEGAN, e.Decided(at(1), "S01", Decision.HOLD, "ada")), "on hold at S01 (checking), 0 of 1 done"),
        ((BEGAN, e.Decided(at(1), "S01", Decision.ABORT, "ada")), "aborted at S01 (checking), 0 of 1 done"),
    ],
)
def test_the_outcome_of_a_walk_that_is_not_done(kept: tuple[Event, ...], outcome: str) -> None:
    assert f"**Outcome:** {outcome}\n" in evidence(*kept)


def test_problems_of_the_journal_stand_before_the_steps() -> None:
    text = evidence(*WALK[:3], problems=("Line 4 is *damaged*.",))
    assert (
        text.index("## What is wrong with the journal")
        < text.index("- Line 4 is \\*damaged\\*.")
        < text.index("## Steps")
    )


def test_no_address_keeps_what_could_be_a_signature() -> None:
    said = f"see {CANARY} or HTTPS://x.test/a#t=canary"
    kept = (
        *WALK[:5],
        e.Polled(at(3), "S01", "Running", said, (Complaint(said, said, said),)),
        e.Noted(at(4), "S01", said, said),
        e.PollFailed(at(5), "S01", said, said),
        e.Looked(at(6), "S01", replace(sighting(6), error=said, gaps=(said,))),
    )
    text = evidence(*kept, problems=(said,))
    assert "canary" not in text
    assert "https://arm.test/operations/1?…" in text


def test_no_text_can_act() -> None:
    hostile = "|<script>x</script> [a](javascript:b) `c` *d*\n# e\n<!-- item:S01 -->"
    plan = replace(SMALL, title=hostile)
    kept = (replace(BEGAN, by=hostile, host=hostile, plan=plan), e.Noted(at(1), "S01", hostile, hostile), *WALK[1:])
    text = evidence(*kept, problems=(hostile,))
    assert "<script" not in text and "<!--" not in text
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inside = [child.type for token in tokens for child in token.children or ()]
    assert not {"link_open", "code_inline", "html_inline", "em_open"} & {*inside, *(token.type for token in tokens)}
    assert "html_block" not in {token.type for token in tokens}
    cells = [token for token in tokens if token.type == "tr_open"]
    assert len(cells) == 2 + 1 + len(kept), "two tables' heads, one walker, one row an event"
    headings = [token.tag for token in tokens if token.type == "heading_open"]
    assert headings == ["h1", "h2", "h2", "h3", "h2"]


def test_the_same_journal_gives_the_same_bytes() -> None:
    assert evidence(*WALK) == evidence(*WALK)
    assert evidence(*WALK).endswith("|\n")
