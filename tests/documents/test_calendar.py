"""The calendar of a plan: the right days, whole days, warnings before ends to come, and a file every program can read."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from planner.clocks import release_ends
from planner.documents.calendar import days_of, render_calendar
from planner.documents.datablock import digest_of
from planner.goals import parse_goal
from planner.inventory import clean
from planner.knowledge import load_catalog
from planner.path import Routes
from planner.plan import ClockLine, Plan
from planner.planning import build_plan
from planner.support import Judge
from planner.timing import MustStart, Share, Slot, Timing
from planner.version import OsLine
from tests.builders import AS_OF, cluster, inventory, offered
from tests.documents.plans import NO_PATH, PLAN

ROOT = Path(__file__).resolve().parents[2]
RUNNING = ClockLine("Azure Local release", "running", date(2026, 7, 31), None, "LBL", "Ends in July.", "MAN; SKV")
OUTCOME = "Kubernetes 1.29.4 on Azure Local 2510, a release in support until 2026-10-31 (LBL)."


def with_clocks(*clocks: ClockLine, plan: Plan = PLAN, **changes: object) -> Plan:
    return replace(plan, subject=replace(plan.subject, clocks=clocks, **changes))  # type: ignore[arg-type]


FULL = replace(with_clocks(*PLAN.subject.clocks, RUNNING), outcome=OUTCOME)


def events(plan: Plan) -> list[Event]:
    return list(Calendar.from_ical(render_calendar(plan)).walk("VEVENT"))


def by_day(plan: Plan) -> dict[date, Event]:
    return {event.start: event for event in events(plan)}


# -- which days --


def test_every_dated_limit_is_a_day_and_nothing_else_is() -> None:
    assert [(day.key, day.on, day.warns) for day in days_of(FULL)] == [
        ("Kubernetes minor", date(2025, 8, 31), False),
        ("not before 2510", date(2026, 6, 1), False),
        ("Azure Local release", date(2026, 7, 31), True),
        ("after the plan", date(2026, 10, 31), True),
    ]


def test_a_plan_without_dates_is_an_empty_calendar() -> None:
    bare = with_clocks(plan=NO_PATH)
    assert days_of(bare) == ()
    assert render_calendar(bare).splitlines() == [
        *(b"BEGIN:VCALENDAR", b"VERSION:2.0", b"PRODID:-//arcstep//arcstep plan//EN", b"END:VCALENDAR")
    ]


def test_a_release_that_is_not_left_is_not_told_twice() -> None:
    stays = replace(FULL, path=FULL.path[:2], steps=FULL.steps[:1])
    assert "after the plan" not in {day.key for day in days_of(stays)}


@pytest.mark.parametrize(
    "outcome",
    [
        "",
        "Kubernetes 1.29.4 on Azure Local 2510, whose support is not known.",
        "Kubernetes 1.29.4 on Azure Local 2510, which left support on 2026-05-01 (LBL): the cluster stays out of support.",
        OUTCOME.replace("2026-10-31", "2026-02-30"),
    ],
)
def test_an_end_that_is_not_known_or_is_past_is_no_day(outcome: str) -> None:
    assert "after the plan" not in {day.key for day in days_of(replace(FULL, outcome=outcome))}


def test_the_end_after_a_real_plan_is_the_one_the_knowledge_gives() -> None:
    catalog = load_catalog()
    whole = inventory(cluster("a", "1.29.13"), release="12.2510", live=offered(["1.29.13", "1.30.14", "1.31.10"]))
    plan = build_plan(whole.clusters[0], parse_goal("1.33", catalog), Judge(whole, catalog, AS_OF), Routes(catalog))
    last = catalog.by_key[plan.path[-1].release]
    assert last.key != plan.subject.release
    after = {day.key: day for day in days_of(plan)}["after the plan"]
    assert after.on == release_ends(catalog, last, OsLine("24H2"))[0][0]
    assert after.summary == f"Azure Local {last.key}, after the plan: last good day"


# -- what an entry says --


def test_an_end_to_come_is_a_whole_day_with_two_warnings() -> None:
    event = by_day(FULL)[date(2026, 7, 31)]
    assert event.end == date(2026, 8, 1)
    assert event["dtstart"].params["VALUE"] == event["dtend"].params["VALUE"] == "DATE"
    assert event["summary"] == "mes-prod: Azure Local release: last good day"
    assert event["transp"] == "TRANSPARENT"
    alarms = list(event.walk("VALARM"))
    assert [alarm.TRIGGER for alarm in alarms] == [timedelta(days=-30), timedelta(days=-7)]
    assert {alarm["action"] for alarm in alarms} == {"DISPLAY"}
    assert alarms[1]["description"] == "In 7 days: mes-prod: Azure Local release: last good day"


def test_the_description_names_reading_rule_source_and_origin() -> None:
    assert by_day(FULL)[date(2026, 7, 31)]["description"].split("\n") == [
        "Ends in July.",
        "Rule LBL; state on 2026-05-20: running.",
        "Source: MAN; SKV.",
        "SKV: Supported versions, https://learn.example/versions, 2026-05-12",
        "",
        "From the arcstep plan “mes-prod: Kubernetes 1.28.9 → 1.29.4”, revision 1, facts as of 2026-05-20 00:00 UTC.",
        f"SHA-256 of the plan: {digest_of(FULL)}",
    ]


def test_where_rules_disagree_both_days_are_told() -> None:
    lines = by_day(FULL)[date(2025, 8, 31)]["description"].split("\n")
    assert "Another rule gives 2025-09-30; the earlier day is judged." in lines


def test_what_is_over_does_not_ring() -> None:
    event = by_day(FULL)[date(2025, 8, 31)]
    assert event["summary"] == "mes-prod: Kubernetes minor: ended with this day"
    assert not list(event.walk("VALARM"))


def test_a_release_to_come_says_which_step_waits_for_it() -> None:
    event = by_day(FULL)[date(2026, 6, 1)]
    assert event["summary"] == "mes-prod: Azure Local 2510: not before this day"
    assert event["description"].startswith("Step S02, release 2411 → 2510, cannot begin earlier")


# -- slots and the day to start by --

AT = datetime(2026, 6, 6, 20, tzinfo=UTC)
START = MustStart(
    date(2026, 7, 31),
    "Azure Local release",
    "LBL",
    AT,
    (Share("work, high estimate", 90), Share("lead time", 7200)),
    False,
)
TIMED = replace(
    FULL,
    timing=Timing(
        low=60,
        high=90,
        slots=(Slot("S01", AT, AT + timedelta(minutes=90), "nights"), Slot("S02", AT, AT + timedelta(hours=8))),
        must_start=START,
    ),
)


def test_a_slot_is_an_event_with_its_times_that_keeps_people_busy() -> None:
    first, second = (event for event in events(TIMED) if event["transp"] == "OPAQUE")
    assert (first.start, first.end) == (AT, AT + timedelta(minutes=90))
    assert first["summary"] == "mes-prod: S01 Kubernetes 1.28.9 → 1.29.4 (mes-prod)"
    assert first["description"].startswith("cluster operator; window nights; the end is by the high estimate.\n")
    assert second["description"].startswith("Azure Local owner; any time is allowed;")
    assert not list(first.walk("VALARM"))
    assert b"DTSTART:20260606T200000Z" in render_calendar(TIMED) and b"VTIMEZONE" not in render_calendar(TIMED)


def test_the_day_to_start_by_warns_before_it_comes() -> None:
    [event] = [event for event in events(TIMED) if "must start" in event["summary"]]
    assert event["summary"] == "mes-prod: must start by this day" and event.start == AT.date()
    assert event["description"].startswith(
        "Begin by 2026-06-06 20:00 UTC: Azure Local release ends with 2026-07-31 (rule LBL), less 1 h 30 min work, high "
        "estimate, 5 days lead time.\n"
    )
    assert len(list(event.walk("VALARM"))) == 2


def test_a_day_to_start_by_that_is_past_says_so_and_does_not_ring() -> None:
    late = replace(START, is_past=True, finish=AT, days_unsupported=3)
    assert TIMED.timing is not None
    plan = replace(TIMED, timing=replace(TIMED.timing, must_start=late))
    [event] = [event for event in events(plan) if "must start" in event["summary"]]
    assert event["summary"].endswith("(past)") and not list(event.walk("VALARM"))
    assert "earliest finish 2026-06-06, 3 days unsupported" in event["description"]
    never = replace(TIMED, timing=replace(TIMED.timing, must_start=replace(late, by=None)))
    assert not [event for event in events(never) if "must start" in event["summary"]]


def test_a_slot_without_a_step_or_without_length_is_left_out() -> None:
    assert TIMED.timing is not None
    strange = (Slot("S99", AT, AT + timedelta(hours=1)), Slot("S01", AT, AT))
    assert "OPAQUE" not in {
        event["transp"] for event in events(replace(TIMED, timing=replace(TIMED.timing, slots=strange)))
    }


# -- the file --


def test_entries_keep_their_uid_from_plan_to_plan_and_no_two_share_one() -> None:
    uids = [event["uid"] for event in events(FULL)]
    assert len(set(uids)) == 4 and all(re.fullmatch(r"[0-9a-f]{32}@arcstep", uid) for uid in uids)
    later = replace(FULL, as_of=datetime(2026, 6, 9, 23, 30, tzinfo=UTC), revision=4, title="another")
    shouted = replace(later, subject=replace(later.subject, id=later.subject.id.upper()))
    assert [event["uid"] for event in events(shouted)] == uids
    assert {event.DTSTAMP for event in events(shouted)} == {datetime(2026, 6, 9, 23, 30, tzinfo=UTC)}
    other = replace(FULL, subject=replace(FULL.subject, id=FULL.subject.id + "2"))
    assert not {event["uid"] for event in events(other)} & set(uids)


def test_a_clock_that_stands_twice_is_one_entry() -> None:
    assert len(events(with_clocks(RUNNING, RUNNING, plan=NO_PATH))) == 1


def lines_of(file: bytes) -> list[bytes]:
    """Content lines as RFC 5545 3.1 wants them: CRLF at every end and nowhere else, at most 75 octets, UTF-8 unbroken."""
    assert file.endswith(b"\r\n")
    folded = file[:-2].split(b"\r\n")
    for line in folded:
        assert len(line) <= 75
        assert b"\n" not in line and b"\r" not in line
        line.decode("utf-8")
    return file[:-2].replace(b"\r\n ", b"").split(b"\r\n")


def test_the_file_is_made_as_the_standard_says() -> None:
    lines = lines_of(render_calendar(FULL))
    assert lines[:3] == [b"BEGIN:VCALENDAR", b"VERSION:2.0", b"PRODID:-//arcstep//arcstep plan//EN"]
    names = [re.split(rb"[:;]", line)[0] for line in lines]
    assert {b"METHOD", b"BEGIN:VTIMEZONE"} & {*names, *lines} == set()
    for event in (part.split(b"END:VEVENT")[0] for part in b"\n".join(lines).split(b"BEGIN:VEVENT")[1:]):
        own = [line.split(b":")[0].split(b";")[0] for line in event.split(b"BEGIN:VALARM")[0].split()]
        for once in (b"UID", b"DTSTAMP", b"DTSTART", b"DTEND", b"SUMMARY"):
            assert own.count(once) == 1
    assert re.search(rb"DTSTAMP:20260520T000000Z", b"\n".join(lines))


def test_the_same_plan_gives_the_same_bytes_wherever_it_is_written() -> None:
    script = (
        "import sys; from tests.documents.test_calendar import FULL; "
        "from planner.documents.calendar import render_calendar; sys.stdout.buffer.write(render_calendar(FULL))"
    )
    place = {"TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=place, capture_output=True, check=True, timeout=60
    )
    assert done.stdout == render_calendar(FULL)


def test_the_library_is_loaded_late() -> None:
    script = "import sys, planner.documents.calendar; sys.exit('icalendar' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=60)


HOSTILE = [
    "END:VEVENT\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR",
    "a\nATTACH:https://evil.example/x",
    "semi;colon,comma\\back:slash\"quote\"",
    "é" * 200 + "\N{GRINNING FACE}" * 60,
    "<script>alert(1)</script>",
]  # fmt: skip


@pytest.mark.parametrize("bad", HOSTILE)
def test_outside_text_stays_inside_its_line(bad: str) -> None:
    plan = replace(with_clocks(replace(RUNNING, reading=bad, source=bad), plan=FULL, name=bad), title=bad)
    names = {line.split(b":")[0].split(b";")[0] for line in lines_of(render_calendar(plan))}
    known = {b"BEGIN", b"END", b"VERSION", b"PRODID", b"SUMMARY", b"DTSTART", b"DTEND", b"DTSTAMP", b"UID"}
    assert names == {*known, b"DESCRIPTION", b"TRANSP", b"ACTION", b"TRIGGER"}
    event = by_day(plan)[date(2026, 7, 31)]
    assert event["summary"].replace("\n", " ").startswith(bad.replace("\r\n", " ").replace("\n", " "))
    assert len(events(plan)) == 3


@given(bad=st.text(st.characters(codec="utf-8"), max_size=80).map(clean))
def test_any_clean_text_is_read_back(bad: str) -> None:
    plan = with_clocks(replace(RUNNING, reading=bad), plan=NO_PATH)
    lines_of(render_calendar(plan))
    (event,) = events(plan)
    if "\\N" not in bad:  # the library takes that for a line break, as readers do
        assert event["description"].startswith(bad + "\nRule LBL")


def test_a_day_beyond_the_calendar_is_left_out() -> None:
    assert events(with_clocks(replace(RUNNING, ends=date.max), plan=NO_PATH)) == []
