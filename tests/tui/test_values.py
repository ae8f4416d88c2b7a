"""What the screens say, by value and without a screen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len

from planner.clocks import ClockKind, ClockState
from planner.documents.markdown import render
from planner.findings import Severity, Verdict
from planner.goals import LATEST
from planner.inventory import Unread
from planner.knowledge import load_catalog
from planner.path import Routes
from planner.plan import Move
from planner.planning import build_plan
from planner.ports import Progress
from planner.states import SupportState
from planner.support import Judge
from tests import builders as b
from tests.tui.stage import fleet
from tests.tui.values import PLAIN, TODAY, ready, text_of
from tui import look, selectors
from tui.facts import ended_banner
from tui.look import Look
from tui.prose import Item, bullet, cells, field, lay_out, line, para, shorten
from tui.settings import read_settings
from tui.state import AppState, Failure, Phase, failed, loading, mark, progressed
from tui.widgets.columns import Column, fit
from tui.widgets.ladder import ladder


@pytest.mark.parametrize(
    ("state", "days", "words", "sign"),
    [
        (SupportState.OUT_OF_SUPPORT, -163, "ended 163 d ago", look.BLOCKER),
        (SupportState.OUT_OF_SUPPORT, None, "out of support", look.BLOCKER),
        (SupportState.STRANDED, -10, "stranded", look.STRANDED),
        (SupportState.GRACE, 12, "grace, 12 d left", look.WARNING),
        (SupportState.SUPPORTED, 45, "ends in 45 d", look.WARNING),
        (SupportState.SUPPORTED, 46, "supported, 46 d", look.OK),
        (SupportState.SUPPORTED, None, "supported", look.OK),
        (SupportState.PATCH_OUTDATED, 90, "patch outdated", look.WARNING),
        (SupportState.UNKNOWN, None, "unknown", look.UNKNOWN),
        (SupportState.PREVIEW, None, "preview", look.WARNING),
    ],
)
def test_support_in_words_and_signs(state: SupportState, days: int | None, words: str, sign: look.Sign) -> None:
    ends = None if days is None else TODAY + timedelta(days=days)
    assert look.support_words(state, ends, TODAY) == words and len(words) <= 17
    assert look.support_sign(state, ends, TODAY) is sign


def test_every_value_of_the_core_has_a_sign() -> None:
    for state in SupportState:
        assert look.support_sign(state, None, TODAY)
    for severity in Severity:
        assert look.severity_sign(severity)
    for verdict in Verdict:
        assert look.verdict_sign(verdict)
    for clock in ClockState:
        assert look.clock_sign(clock, None) and look.clock_words(clock, 3)


def test_signs_have_ascii_twins_and_nothing_else_slips_through() -> None:
    plain = Look(ascii=True)
    assert all(sign.ascii.isascii() and len(sign.ascii) == cell_len(sign.glyph) == 1 for sign in look.SIGNS)
    assert len({sign.ascii for sign in look.SIGNS}) == len(look.SIGNS)
    assert plain.text("1.29 → 1.30 · “x” …") == '1.29 -> 1.30 - "x" ...'
    assert plain.text("日本") == "??"


def test_ages_and_moments() -> None:
    assert [look.age(s) for s in (4, 59, 60, 7300, 90000)] == ["4 s", "59 s", "1 min", "2 h", "1 d"]
    assert look.moment(datetime(2026, 5, 20, tzinfo=UTC)) == "2026-05-20"
    assert look.moment(datetime(2026, 5, 20, 14, 5, tzinfo=UTC)) == "2026-05-20 14:05 UTC"
    assert look.count(1, "cluster") == "1 cluster" and look.count(1200, "cluster") == "1,200 clusters"


# -- the state


def test_totals_say_partial_and_count_nothing_unread_as_fine() -> None:
    state = ready()
    assert (state.totals.clusters, state.totals.instances, state.totals.read) == (9, 4, 8)
    assert state.totals.is_partial and text_of(selectors.sentence_right(state)) == "8 of 9 read"
    assert sum(state.totals.states.values()) == 9


def test_azure_said_more_than_it_showed() -> None:
    state = ready(replace(fleet(), expected=1000))
    assert text_of(selectors.sentence_right(state)) == "8 of 1,000 read"
    assert text_of(selectors.head(state)) == "Fleet  snapshot · 9 of 1,000 clusters · 4 instances"
    assert "9 of 1,000" not in text_of(selectors.head(loading(state)))  # the sentence counts then


def test_what_was_not_read_of_no_cluster_is_counted_beside_the_clusters() -> None:
    more = (Unread("version list", b.location_id("lab"), "timed out"), Unread("subscription", "", "no reader"))
    state = ready(replace(fleet(), unread=(*fleet().unread, *more)))
    assert text_of(selectors.sentence_right(state)) == "8 of 9 read · 2 other facts not read"
    state = ready(b.inventory(b.cluster("a", upgrades=()), unread=[more[0]]))
    assert text_of(selectors.sentence_right(state)) == "1 fact not read"


def test_head_and_sentence() -> None:
    state = ready()
    assert text_of(selectors.head(state)) == "Fleet  snapshot · 9 clusters · 4 instances"
    assert text_of(selectors.sentence(state, PLAIN)).startswith("✖ 5 out of support  ◆ 1 stranded")


def test_progress_is_counted_before_the_first_row() -> None:
    state = loading(AppState(label="live"))
    assert text_of(selectors.sentence(state, PLAIN)) == "loading 0 of ?"
    state = progressed(state, Progress(40, 1000, "clusters"))
    assert text_of(selectors.sentence(state, PLAIN)) == "loading 40 of 1,000"
    assert "esc cancels" in text_of(selectors.status_right(state))


def test_a_failure_is_said_with_cause_and_cure() -> None:
    state = failed(AppState(), Failure("cannot reach Azure", "DNS has no answer.", "Check the network.", 4))
    assert text_of(selectors.sentence(state, PLAIN)) == "✖ cannot reach Azure: DNS has no answer. Check the network."
    assert state.phase is Phase.FAILED and len(selectors.empty_lines(state, "")) == 4


def test_old_facts_turn_into_a_warning() -> None:
    read_at = datetime(2026, 5, 20, tzinfo=UTC)
    (fresh,) = selectors.facts_age(read_at, read_at + timedelta(seconds=4))
    (stale,) = selectors.facts_age(read_at, read_at + timedelta(hours=3))
    assert fresh == ("read 4 s ago", "muted") and stale == ("read 3 h ago", "warning")
    assert selectors.facts_age(read_at, None) == (("facts of 2026-05-20", "muted"),)


def test_marks_toggle_together() -> None:
    state = mark(AppState(), ("a", "b"))
    assert state.marks == {"a", "b"} and mark(state, ("a",)).marks == {"b"}
    assert mark(state, ("a", "b", "c")).marks == {"a", "b", "c"} and mark(state, ("a", "b")).marks == frozenset()


def test_findings_and_next_appear_once_the_lens_has_looked() -> None:
    state = ready()
    first = state.rows[0]
    assert selectors.fleet_cells(first, state, PLAIN)[6:] == (("", "muted"), ("", ""))
    state.lens.look_at(state.inventory.by_key[first.key])
    assert selectors.fleet_cells(first, state, PLAIN)[7] == ("no path", "")


def test_an_unforeseen_error_tells_its_kind_and_never_its_data() -> None:
    failure = Failure.of(KeyError("token eyJ0eXAi"))
    assert "KeyError" in failure.why and "eyJ" not in f"{failure}"


# -- prose, columns, ladder


@pytest.mark.parametrize("width", [10, 24, 60])
@pytest.mark.parametrize(
    "text", ["a b c " * 40, "x" * 5000, "日本語 " * 50, "", " ", "/subscriptions/" + "a" * 200 + " end"]
)
def test_lines_never_exceed_their_width_and_lose_no_letter(text: str, width: int) -> None:
    for item in (para(text), bullet(text), field("label", text, width=4), para(text, indent=2)):
        lines = lay_out([item], width)
        assert all(cells(spans) <= width for spans in lines)
        shown = "".join(part for spans in lines for part, _ in spans)
        assert "".join(text.split()) in "".join(shown.split())


def test_fixed_lines_are_not_wrapped_and_tones_survive() -> None:
    assert lay_out([line(("a b", "bad"), ("c", ""))], 8) == [(("a b", "bad"), ("c", ""))]
    assert lay_out([Item((("one ", ""), ("two three", "bad")))], 8) == [
        (("one ", ""), ("two", "bad")),
        (("three", "bad"),),
    ]


@pytest.mark.parametrize("width", range(12))
def test_shorten_fits_exactly(width: int) -> None:
    for text in ("", "abc", "abcdefghijkl", "日本語日本語"):
        assert cell_len(shorten(text, width)) == width


def test_columns_meet_wishes_drop_the_least_wanted_and_never_overflow() -> None:
    columns = (Column("a", "", 5, 10), Column("b", "", 5, 5, drop=1), Column("c", "", 4, 30, drop=2))
    assert fit(columns, 60) == [(0, 10), (1, 5), (2, 30)]
    assert fit(columns, 16) == [(0, 5), (1, 5), (2, 4)]
    assert fit(columns, 15) == [(0, 9), (1, 5)]
    assert [place for place, _ in fit(columns, 12)] == [0, 1] and [place for place, _ in fit(columns, 6)] == [0]
    for width in range(5, 80):
        chosen = fit(columns, width)
        assert sum(size for _, size in chosen) + len(chosen) - 1 <= width


PATH = (
    Move("start", "2411", "1.28.9"),
    Move("hop", "2411", "1.29.4", "S01"),
    Move("release", "12.2510", "1.29.4", "S02"),
    Move("hop", "12.2510", "1.30.14", "S03"),
)


def test_ladder_climbs_from_today_to_the_goal_on_two_rails() -> None:
    drawn = [text_of(item.spans).rstrip() for item in ladder(PATH, PLAIN)]
    assert drawn == [
        "      KUBERNETES   AZURE LOCAL",
        "S03    1.30.14 ●   │ 12.2510 goal",
        "S02            │   ● 12.2510 update",
        "S01     1.29.4 ●   │         hop",
        "now     1.28.9 ○   ○ 2411    today",
    ]


def test_a_long_ladder_keeps_goal_and_first_moves() -> None:
    long = (PATH[0], *[Move("release", f"25{month:02}", "1.28.9", f"S{month:02}") for month in range(1, 13)])
    drawn = [text_of(item.spans) for item in ladder(long, PLAIN, most=7)]
    assert len(drawn) == 7 and "S12" in drawn[1] and "8 more moves" in drawn[2] and "S01" in drawn[-2]


def test_settings_are_read_tolerantly(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    assert read_settings(path).theme == "arcstep"
    path.write_text('theme = "nord"\nunknown = 1\n[keys]\n"fleet.plan" = "P"\nbad = 3\n')
    assert read_settings(path).theme == "nord" and dict(read_settings(path).keys) == {"fleet.plan": "P"}
    path.write_text("theme = [")
    assert read_settings(path).theme == "arcstep"


def test_the_banner_the_headline_and_the_sentence_name_the_same_end() -> None:
    subject = b.cluster("mes", "1.28.9")
    facts_of = Judge(b.inventory(subject, release="2411"), load_catalog(), b.AS_OF)
    support = facts_of.support(subject)
    banner = text_of(ended_banner(support.state, support.because, support.clocks, TODAY, PLAIN))
    assert banner.startswith("✖ Out of support for 385 days [MAN]: Azure Local 2411 left support on 2025-04-30 (LBL), ")
    plan = build_plan(subject, LATEST, facts_of, Routes(facts_of.catalog))
    assert plan.subject.support_ended == date(2025, 4, 30)
    assert "since 2025-04-30 (385 days). Azure Local 2411 left support on 2025-04-30 " in render(plan)


def test_the_banner_does_not_count_from_the_bridge() -> None:
    old = b.instance(release="2602", last_updated=b.known(datetime(2024, 1, 1, tzinfo=UTC)))
    subject = b.cluster("mes", "1.30.14")
    support = Judge(b.inventory(subject, instances=[old]), load_catalog(), b.AS_OF).support(subject)
    assert support.clocks[0].kind is ClockKind.BRIDGE
    banner = text_of(ended_banner(support.state, support.because, support.clocks, TODAY, PLAIN))
    ended = next(clock for clock in support.clocks if clock.kind is ClockKind.KUBERNETES).ends
    assert ended is not None and f"for {(TODAY - ended).days} days" in banner
