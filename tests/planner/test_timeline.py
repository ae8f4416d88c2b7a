"""Support as bars: where they begin and end, what is never drawn as support, and the same in plain text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.axis import Axis, Zoom, shifted
from planner.clocks import Clock, ClockKind, ClockState
from planner.findings import Verdict
from planner.fleet.bars import cluster_bar, instance_bar, member_bars, planned_bars
from planner.fleetplan import FLEET_SCHEMA, FleetPlan, InstancePlan, Member, Part, StagePlan
from planner.plan import ClockLine
from planner.support import Judge
from planner.timeline import Bar, Ink, Mark, bar_of, draw, end_words, fitting, lines, runs
from planner.timing import MustStart, Slot, Timing
from tests.builders import AS_OF, instance, location, offered
from tests.planner.small_catalog import small_catalog
from tests.tui.stage import fleet

TODAY = date(2026, 5, 20)
ENDED, GRACE, RUNNING = ClockState.ENDED, ClockState.GRACE, ClockState.RUNNING
UNKNOWN, NOT_STARTED = ClockState.UNKNOWN, ClockState.NOT_STARTED
MONTH = Axis(date(2026, 5, 16), Zoom.MONTH)
"""Today stands in cell 4."""


def clock(
    kind: ClockKind = ClockKind.RELEASE,
    state: ClockState = RUNNING,
    ends: str = "",
    *,
    latest: str = "",
    starts: str = "",
    rule: str = "SIX",
) -> Clock:
    days = [date.fromisoformat(text) if text else None for text in (ends, latest, starts)]
    return Clock(kind, state, *days, rule, "reading", "SRC")


def bar(*clocks: Clock, first: str = "2026-05-01") -> Bar:
    return bar_of("key", "name", [(one, "") for one in clocks], first=date.fromisoformat(first) if first else None)


def drawn(made: Bar, axis: Axis = MONTH, width: int = 12) -> str:
    return "".join(ink.ascii for ink in draw(made, axis, width, TODAY))


# -- the axis --


def test_a_day_stands_in_the_cell_that_holds_it() -> None:
    axis = Axis(date(2026, 1, 1), Zoom.YEAR)
    assert [axis.cell(date(2026, 1, day)) for day in (1, 10, 11)] == [0, 0, 1]
    assert axis.cell(date(2025, 12, 31)) == -1
    assert axis.last_day(1) == date(2026, 1, 20)


def test_today_stands_a_third_of_the_way_in() -> None:
    for zoom in Zoom:
        assert Axis.around(TODAY, zoom, 42).cell(TODAY) == 14


@pytest.mark.parametrize(
    ("first", "zoom", "upper", "lower"),
    [
        ("2026-05-16", Zoom.MONTH, "May 2026        Jun 2026", "  18     25     01"),
        ("2025-12-08", Zoom.QUARTER, "2025    2026", "        Jan       Feb"),
        ("2025-09-28", Zoom.YEAR, "2025     2026", "Q4       Q1       Q2"),
    ],
)
def test_periods_are_named_where_they_begin(first: str, zoom: Zoom, upper: str, lower: str) -> None:
    header = Axis(date.fromisoformat(first), zoom).header(24)
    assert [len(line) for line in header] == [24, 24]
    assert [line.rstrip() for line in header] == [upper, lower]


def test_zoom_goes_from_month_over_quarter_to_year_and_stops_there() -> None:
    assert [Zoom.MONTH.closer(), Zoom.MONTH.wider(), Zoom.QUARTER.wider(), Zoom.YEAR.wider()] == [
        Zoom.MONTH, Zoom.QUARTER, Zoom.YEAR, Zoom.YEAR,
    ]  # fmt: skip
    assert [zoom.days for zoom in Zoom] == [1, 3, 10]


@given(
    st.dates(),
    st.sampled_from(Zoom),
    st.integers(1, 120),
    st.dates() | st.none(),
    st.dates() | st.none(),
    st.booleans(),
)
@settings(derandomize=True, max_examples=150, deadline=None)
def test_any_day_of_the_calendar_can_be_drawn(
    day: date, zoom: Zoom, width: int, ends: date | None, first: date | None, is_known: bool
) -> None:
    axis = Axis.around(day, zoom, width)
    latest = shifted(ends, 40) if ends else None
    made = Bar(
        "key", "name", ends, latest, first, grace=date.min, is_known=is_known, marks=(Mark(Ink.PLANNED, day, day),)
    )
    inks = draw(made, axis, width, day)
    assert len(inks) == width == sum(cells for _, cells in runs(inks))
    assert {len(line) for line in axis.header(width)} == {width}
    for cell, ink in enumerate(inks):
        if ink is Ink.SUPPORTED:
            assert is_known and (ends is None or axis.last_day(cell) <= ends)


# -- one bar --


def test_support_ends_after_its_last_good_day() -> None:
    assert drawn(bar(clock(ends="2026-05-23"))) == "####|##*...."


def test_a_bar_ends_with_the_first_of_its_clocks() -> None:
    contact = clock(ClockKind.CONTACT, ends="2026-05-22", rule="P22")
    made = bar(clock(ends="2026-05-24", latest="2026-05-30"), contact)
    assert (made.ends, made.latest, made.kind) == (date(2026, 5, 22), None, "Last contact")
    assert drawn(made) == "####|#*....."


def test_where_rules_disagree_the_time_between_is_drawn_apart() -> None:
    made = bar(
        clock(ends="2026-05-22", latest="2026-05-25"), clock(ClockKind.KUBERNETES, ends="2026-05-24", rule="PUB")
    )
    assert made.latest == date(2026, 5, 24)
    assert drawn(made) == "####|#*~~..."


def test_grace_is_drawn_from_the_removal_on() -> None:
    removed = clock(ClockKind.KUBERNETES, GRACE, "2026-06-17", rule="P3")
    assert drawn(bar(removed), Axis(date(2026, 5, 14), Zoom.MONTH)) == "####==|====="
    published = clock(ClockKind.KUBERNETES, GRACE, "2026-05-24", starts="2026-05-18", rule="PUB")
    assert drawn(bar(published)) == "##==|===*..."
    begin_unknown = replace(published, starts=None)
    assert drawn(bar(begin_unknown)) == "====|===*..."


def test_what_is_unknown_is_never_drawn_as_support() -> None:
    made = bar(clock(ClockKind.KUBERNETES, UNKNOWN), clock(ends="2026-05-23"))
    assert drawn(made) == "????|??*...."
    assert drawn(bar(clock(state=UNKNOWN))) == "????|???????"


def test_without_an_end_nothing_is_promised_after_today() -> None:
    made = bar(clock(state=NOT_STARTED))
    assert drawn(made) == "####|???????"
    assert (made.ends, made.kind) == (None, "")


def test_a_lapsed_bridge_is_no_certain_end() -> None:
    bridge = clock(ClockKind.BRIDGE, ENDED, "2026-05-18", rule="P25")
    assert drawn(bar(bridge, clock(ends="2026-05-24"))) == "##*~|~~~~..."
    assert drawn(bar(bridge)) == "##*?|???????"
    assert drawn(bar(clock(ClockKind.BRIDGE, UNKNOWN), clock(ends="2026-05-24"))) == "####|###*..."


def test_the_past_is_empty_before_the_release_or_where_its_day_is_unknown() -> None:
    assert drawn(bar(clock(ends="2026-05-23"), first="2026-05-18")) == "  ##|##*...."
    assert drawn(bar(clock(ends="2026-05-23"), first="")) == "    |##*...."
    assert drawn(bar(clock(ends="2026-05-18"), first="")) == "  *.|......."


def test_a_cell_of_many_days_shows_what_holds_on_the_last() -> None:
    axis = Axis(date(2026, 5, 11), Zoom.YEAR)
    assert drawn(bar(clock(ends="2026-07-01", latest="2026-07-05"), first=""), axis) == "|####*......"


def test_plans_are_drawn_over_support_and_the_latest_start_over_all() -> None:
    planned = Mark(Ink.PLANNED, date(2026, 5, 21), date(2026, 5, 23))
    start = Mark(Ink.MUST_START, date(2026, 5, 22), date(2026, 5, 22))
    outside = Mark(Ink.PLANNED, date(2026, 4, 1), date(2026, 4, 2))
    made = replace(bar(clock(ends="2026-05-23")), marks=(start, planned, outside))
    assert drawn(made) == "####|+>*...."


def test_inks_can_be_told_apart_without_colour() -> None:
    assert len({ink.glyph for ink in Ink}) == len({ink.ascii for ink in Ink}) == len(Ink)
    assert all(ink.ascii.isascii() and len(ink.ascii) == len(ink.glyph) == 1 for ink in Ink)


# -- text --


@pytest.mark.parametrize(
    ("days", "words"), [(-163, "ended 163 d ago"), (0, "ends today"), (18, "ends in 18 d"), (None, "no date known")]
)
def test_the_end_in_words(days: int | None, words: str) -> None:
    assert end_words(None if days is None else TODAY + timedelta(days=days), TODAY) == words


def test_lines_are_plain_text_of_the_width_asked_for() -> None:
    made = [bar(clock(ends="2026-05-23")), replace(bar(clock(state=UNKNOWN)), label="prod`é" + "x" * 40)]
    text = lines(made, fitting(made, 72, TODAY), 72, TODAY, ascii=True)
    assert text == [
        "                              May 2026",
        "                              11     18     25     01",
        "name                          #########|##*..............  ends in 3 d",
        "prod'?xxxxxxxxxxxxxxxxxxx...  ?????????|?????????????????  no date known",
        "",
        "# in support   ? unknown   . ended   | today   * end",
    ]  # fmt: skip
    assert all(len(line) <= 100 for line in lines(made, fitting(made, 100, TODAY), 100, TODAY))


def test_the_axis_of_a_document_reaches_the_last_day_that_counts() -> None:
    near, far = bar(clock(ends="2026-05-23")), bar(clock(ends="2026-08-23"))
    beyond = replace(near, marks=(Mark(Ink.PLANNED, date(2027, 9, 1), date(2027, 9, 1)),))
    assert [fitting(bars, 100, TODAY).zoom for bars in ([near], [near, far], [near, beyond], [])] == [
        Zoom.MONTH, Zoom.QUARTER, Zoom.YEAR, Zoom.MONTH,
    ]  # fmt: skip


# -- clusters and instances --


def test_the_bar_of_a_cluster_ends_with_its_row() -> None:
    facts = fleet()
    judge = Judge(facts, small_catalog(), AS_OF)
    for cluster in facts.clusters:
        made = cluster_bar(cluster, judge)
        assert (made.key, made.label) == (cluster.key, cluster.name)
        assert made.ends == judge.state(cluster)[1]
    unread = cluster_bar(facts.clusters[-1], judge)
    assert not unread.is_known


def test_the_bar_of_an_instance_ends_with_the_first_of_its_clusters() -> None:
    facts = fleet()
    judge = Judge(facts, small_catalog(), AS_OF)
    for one in facts.instances:
        ends = [judge.state(cluster)[1] for cluster in facts.clusters_by_instance[one.id]]
        assert instance_bar(one, judge).ends == min(day for day in ends if day)
    # store201 runs a release the catalog does not hold, lab hosts a cluster nobody may read
    assert [instance_bar(one, judge).is_known for one in facts.instances] == [True, True, False, False]
    assert instance_bar(facts.instances[1], judge).owner in ("scada-07", "pos-0113")


def test_without_a_day_of_release_the_last_update_begins_the_bar() -> None:
    updated = datetime(2026, 4, 2, 23, tzinfo=UTC)
    host = replace(instance(release="2606"), last_updated=replace(instance().last_updated, value=updated))  # type: ignore[type-var]
    facts = replace(fleet(), instances=(host,), clusters=(), locations=(location(live=offered(["1.33.5"])),))
    assert instance_bar(host, Judge(facts, small_catalog(), AS_OF)).first == date(2026, 4, 2)


# -- a plan --


def line(kind: ClockKind, ends: str, rule: str, state: ClockState = RUNNING) -> ClockLine:
    return ClockLine(str(kind), str(state), date.fromisoformat(ends), None, rule, "reading", "SRC")


def at(day: int, hour: int = 20) -> datetime:
    return datetime(2026, 5, day, hour, tzinfo=UTC)


def small_plan() -> FleetPlan:
    kubernetes = line(ClockKind.KUBERNETES, "2026-05-26", "P3", GRACE)
    start = MustStart(date(2026, 5, 26), str(ClockKind.KUBERNETES), "P3", at(25), (), False)
    member = Member(
        *("/A/mes-prod", "mes-prod", "rg", "sub", "plant12"),
        *(Part.PLANNED, "1.30.4", "1.31.13", "grace", "It is behind.", ("S01",)),
        clocks=(kubernetes,),
        must_start=start,
    )
    hosts = InstancePlan(
        *("/a/plant12", "plant12", "2510", "2602"),
        (StagePlan("2510", (("S01",),), "S02"), StagePlan("2602", (), "")),
        "One is needed.",
        clocks=(line(ClockKind.RELEASE, "2026-05-30", "LBL"),),
    )
    timing = Timing(60, 90, slots=(Slot("S01", at(21), at(22, 1)), Slot("S02", at(23), at(23, 22))))
    return FleetPlan(
        *(FLEET_SCHEMA, "plan", "latest", AS_OF, TODAY, Verdict.GO, "because"),
        *((hosts,), (member,), (), (), timing, (), (), (), (), (), ()),
    )


def test_a_plan_draws_slots_and_latest_start_of_each_cluster_and_instance() -> None:
    plan = small_plan()
    (member,), (host,) = member_bars(plan), planned_bars(plan)
    assert (member.key, member.kind) == ("/a/mes-prod", "Kubernetes minor")
    assert drawn(member) == "    |++==>*."
    assert (host.key, host.ends, host.owner) == ("/a/plant12", date(2026, 5, 26), "mes-prod")
    assert drawn(host) == "    |+++==*."


def test_an_instance_ends_with_the_subscription_of_one_of_its_clusters_though_its_own_goes_on() -> None:
    plan = small_plan()
    disabled = line(ClockKind.SUBSCRIPTION, "2026-05-24", "P24")
    member = replace(plan.members[0], clocks=(disabled, *plan.members[0].clocks))
    (host,) = planned_bars(replace(plan, members=(member,)))
    assert (host.ends, host.kind, host.owner) == (date(2026, 5, 24), "Subscription", "mes-prod")


def test_a_plan_without_times_draws_support_alone() -> None:
    plan = small_plan()
    bare = replace(plan, timing=None, members=(replace(plan.members[0], must_start=None),))
    assert [made.marks for made in (*member_bars(bare), *planned_bars(bare))] == [(), ()]
