"""A saved plan on another day: what has passed by then, what stays unknown, and how old everything is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from planner.acceptance import Acceptance
from planner.findings import Evidence
from planner.plan import ClockLine, Plan
from planner.rejudge import Part, Rejudged, rejudged
from planner.support import ClockState, Judge
from tests.builders import AS_OF
from tests.documents.plans import PLAN
from tests.planner.saved import CATALOG, CLIMB, UPDATES, Saved

RELEASE = ClockLine("Azure Local release", "running", date(2026, 8, 31), date(2026, 9, 9), "LBL", "", "MAN")
MINOR = ClockLine("Kubernetes minor", "not started", None, None, "P3", "", "SKV")
BRIDGE = ClockLine("Arc Resource Bridge", "running", date(2026, 7, 1), None, "P25", "", "REL")
CONTACT = ClockLine("Last contact", "running", date(2026, 6, 10), None, "P22", "", "CON")
BLANK = replace(PLAN, risks=(), accepted=(), steps=())


def with_clocks(*clocks: ClockLine, support: str = "supported", plan: Plan = BLANK) -> Plan:
    subject = replace(plan.subject, clocks=clocks, support=support, support_ended=None)
    return replace(plan, subject=subject)


def on(plan: Plan, day: str) -> Rejudged:
    return rejudged(plan, datetime.fromisoformat(day).replace(tzinfo=UTC))


def texts(seen: Rejudged) -> list[str]:
    return [one.text for one in seen.changes]


def test_on_its_own_day_a_plan_has_not_changed_and_nothing_is_left_open() -> None:
    seen = rejudged(PLAN, PLAN.as_of)
    assert (seen.changes, seen.left_open, seen.is_changed, seen.is_earlier) == ((), (), False, False)
    assert (seen.facts_days, seen.catalog_days, seen.support) == (0, 8, PLAN.subject.support)
    assert seen.ages == "facts of that day, catalog 8 days old"


def test_a_clock_holds_through_its_last_good_day_and_takes_support_along_the_day_after() -> None:
    plan = with_clocks(RELEASE)
    last = on(plan, "2026-08-31")
    assert (last.changes, last.support) == ((), "supported")
    assert last.summary == "As of 2026-08-31: nothing dated in the plan has changed since it was made (2026-05-20)."
    after = on(plan, "2026-09-01")
    assert texts(after) == [
        "Azure Local release: ended on 2026-08-31 (LBL), 1 day ago; another rule gives 2026-09-09.",
        "Support: out of support after 2026-08-31 (Azure Local release, P10); it was supported when the plan was made.",
    ]
    assert [one.part for one in after.changes] == [Part.CLOCK, Part.SUPPORT] and after.support == "out of support"
    assert after.summary == "As of 2026-09-01: 2 things changed since the plan was made (2026-05-20)."


def test_the_bridge_is_no_part_of_support() -> None:
    seen = on(with_clocks(BRIDGE), "2026-07-03")
    assert texts(seen) == [
        "Arc Resource Bridge: ended on 2026-07-01 (P25), 2 days ago, unless newer facts say otherwise."
    ]
    assert seen.support == "supported" and "1 thing changed" in seen.summary


def test_support_ends_with_the_first_clock_that_counts() -> None:
    seen = on(with_clocks(RELEASE, BRIDGE, CONTACT, support="grace"), "2026-10-01")
    assert [one.what for one in seen.changes] == [RELEASE.kind, BRIDGE.kind, CONTACT.kind, "support"]
    assert seen.changes[-1].on == date(2026, 6, 10) and "it was grace" in seen.changes[-1].text


@pytest.mark.parametrize("state", ["stranded", "out of support"])
def test_what_is_as_bad_already_stays_as_it_is(state: str) -> None:
    seen = on(with_clocks(RELEASE, support=state), "2026-10-01")
    assert seen.support == state and [one.part for one in seen.changes] == [Part.CLOCK]


def test_a_clock_that_had_ended_before_is_no_change() -> None:
    ended = replace(RELEASE, state="ended", ends=date(2026, 3, 31))
    assert on(with_clocks(ended, support="out of support"), "2027-01-01").changes == ()


def test_an_unknown_clock_stays_unknown_and_never_counts_as_fine_or_ended() -> None:
    unknown = ClockLine("Subscription", "unknown", None, None, "P24", "", "")
    seen = on(with_clocks(unknown, MINOR, support="unknown"), "2030-01-01")
    assert (seen.changes, seen.support) == ((), "unknown")
    assert seen.left_open == (
        "Subscription: not known when the plan was made, and not known now.",
        "Kubernetes minor: had no end when the plan was made; whether it has one now only newer facts tell.",
    )
    certain = on(with_clocks(unknown, RELEASE, support="unknown"), "2026-09-01")
    assert certain.support == "out of support", "something worse than unknown is certain"


def test_an_acceptance_counts_through_its_day_and_the_later_one_of_two() -> None:
    twice = (Acceptance("R-2", "a", date(2026, 6, 1)), Acceptance("R-2", "b", date(2026, 6, 30)))
    plan = replace(with_clocks(), accepted=(*twice, Acceptance("R-9", "over already", date(2026, 5, 1))))
    assert on(plan, "2026-06-30").changes == ()
    (ran_out,) = on(plan, "2026-07-02").changes
    assert (ran_out.part, ran_out.what, ran_out.on) == (Part.ACCEPTANCE, "R-2", date(2026, 6, 30))
    assert ran_out.text == "R-2: the acceptance ran out on 2026-06-30, 2 days ago; a person has to accept it again."
    only_noted = replace(with_clocks(), risks=PLAN.risks)
    assert [one.what for one in on(only_noted, "2026-12-02").changes] == ["R-2"]
    assert on(only_noted, "2026-12-01").changes == ()


def test_a_release_stops_waiting_on_the_day_it_is_dated() -> None:
    plan = replace(with_clocks(), steps=PLAN.steps)
    assert on(plan, "2026-05-31").changes == ()
    assert texts(on(plan, "2026-06-01")) == [
        "S02 release 2411 → 2510: the release is dated 2026-06-01; that day has come."
    ]


def test_an_earlier_day_judges_nothing_and_says_that_the_facts_are_newer() -> None:
    seen = on(replace(PLAN, steps=PLAN.steps), "2026-05-10")
    assert seen.is_earlier and not seen.is_changed and seen.left_open == ()
    assert seen.summary == (
        "As of 2026-05-10: the plan and its facts are newer than this day, by 10 days; nothing is judged back."
    )
    assert seen.ages == "facts 10 days newer, catalog 2 days newer"


def test_the_oldest_fact_gives_the_age_and_without_a_time_it_is_unknown() -> None:
    old = Evidence("offers", "1.29.4", "versions", AS_OF - timedelta(days=3))
    older = replace(BLANK, subject=replace(PLAN.subject, facts=(*PLAN.subject.facts, old)))
    assert on(older, "2026-05-21").ages == "facts 4 days old, catalog 9 days old"
    timeless = replace(BLANK, subject=replace(PLAN.subject, facts=(replace(old, at=None),)))
    seen = on(timeless, "2026-05-21")
    assert seen.facts_days is None and seen.ages.startswith("age of facts unknown")


def test_days_are_utc_and_a_moment_needs_a_zone() -> None:
    plan = with_clocks(RELEASE)
    evening_west = datetime(2026, 8, 31, 20, tzinfo=timezone(timedelta(hours=-5)))
    assert rejudged(plan, evening_west).day == date(2026, 9, 1) and rejudged(plan, evening_west).is_changed
    with pytest.raises(ValueError, match="time zone"):
        rejudged(plan, AS_OF.replace(tzinfo=None))


@pytest.mark.parametrize("saved", [CLIMB, UPDATES], ids=["climb", "updates"])
def test_the_plan_alone_tells_the_same_as_judging_its_facts_again(saved: Saved) -> None:
    clocks = saved.plan.subject.clocks
    before = {line.kind for line in clocks if line.state == "ended"}
    met: set[str] = set()
    for days in range(0, 400, 7):
        day = AS_OF + timedelta(days=days)
        support = Judge(saved.inventory, CATALOG, day).support(saved.inventory.clusters[0])
        seen = rejudged(saved.plan, day)
        ended = {str(clock.kind) for clock in support.clocks if clock.state is ClockState.ENDED} - before
        assert {one.what for one in seen.changes if one.part is Part.CLOCK} == ended
        assert seen.support == support.state
        met.add(seen.support)
    assert "out of support" in met
