"""The six clocks by value: every rule, every state, the last good day and the day after, and what is unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from planner.catalog import Catalog
from planner.clocks import (
    Clock,
    ClockState,
    Confidence,
    add_months,
    kubernetes_clock,
    label_end,
    release_clock,
    utc_day,
)
from planner.inventory import Cluster, Subscription, Unknown
from planner.limits import bridge_clock, contact_clock, stopped_clock, subscription_clock
from planner.offers import offer_of
from planner.version import Minor, OsLine, Release
from tests.builders import AS_OF, cluster, instance, known, location, offered
from tests.planner.small_catalog import LIST_2411, LIST_2510, LIST_2602, day, minor, release, small_catalog

CATALOG = small_catalog()
ENDED, GRACE, RUNNING = ClockState.ENDED, ClockState.GRACE, ClockState.RUNNING
UNKNOWN, NOT_STARTED = ClockState.UNKNOWN, ClockState.NOT_STARTED


def test_days_are_days_in_utc() -> None:
    late = datetime(2026, 5, 19, 23, 30, tzinfo=timezone(timedelta(hours=-2)))
    assert utc_day(late) == date(2026, 5, 20)
    with pytest.raises(ValueError, match="time zone"):
        utc_day(datetime(2026, 5, 20))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2024-11-14", 6, "2025-05-14"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2025-12-31", 1, "2026-01-31"),
        ("2024-02-29", 12, "2025-02-28"),
    ],
)
def test_months_are_calendar_months(start: str, months: int, end: str) -> None:
    assert add_months(day(start), months) == day(end)


@pytest.mark.parametrize(
    ("label", "end"), [("2411", "2025-04-30"), ("2411.2", "2025-04-30"), ("2509", "2026-02-28"), ("2510", "2026-03-31")]
)
def test_a_label_ends_with_the_month_five_later(label: str, end: str) -> None:
    assert label_end(Release.parse(label)) == day(end)


def test_days_left_counts_down_and_beyond() -> None:
    clock = kubernetes("1.29", "11.2510", today="2025-10-24")
    assert clock.days_left(date(2025, 10, 24)) == 7
    assert clock.days_left(date(2025, 11, 1)) == -1
    assert kubernetes("1.31", "2604").days_left(AS_OF.date()) is None


# -- Kubernetes minor --


def kubernetes(
    number: str,
    key: str | None,
    *,
    today: str = "2026-05-20",
    live: str | None = None,
    preview: str | None = None,
    catalog: Catalog = CATALOG,
) -> Clock:
    entry = catalog.by_key[key] if key else None
    rows = offered(live.split(), preview=[preview] if preview else []) if live else None
    offer = offer_of(location(live=rows), None, entry)
    return kubernetes_clock(catalog, Minor.parse(number), entry, offer, day(today))


def test_a_published_end_holds_while_the_release_still_offers_the_minor() -> None:
    last = kubernetes("1.28", "2411", today="2025-08-31")
    assert (last.state, last.ends, last.rule) == (RUNNING, date(2025, 8, 31), "PUB")
    after = kubernetes("1.28", "2411", today="2025-09-01")
    assert (after.state, after.ends, after.source) == (ENDED, date(2025, 8, 31), "SKV, 2025-07-17")
    assert "left support on 2025-08-31 (published end)" in after.reading


def test_off_the_list_before_the_published_end_is_grace_from_removal() -> None:
    clock = kubernetes("1.29", "11.2510", today="2025-10-31")
    assert (clock.state, clock.starts, clock.ends) == (GRACE, date(2025, 10, 24), date(2025, 10, 31))
    assert kubernetes("1.29", "11.2510", today="2025-11-01").state is ENDED


def test_without_a_published_end_removal_and_30_days_decide() -> None:
    last = kubernetes("1.30", "2602", today="2026-03-19")
    assert (last.state, last.starts, last.ends, last.rule) == (GRACE, date(2026, 2, 17), date(2026, 3, 19), "P3")
    after = kubernetes("1.30", "2602", today="2026-03-20")
    assert after.state is ENDED
    assert "30 days (P3) after 2026-02-17" in after.reading
    assert after.source == "list of 2602"


def test_the_clock_has_not_started_while_the_release_offers_the_minor() -> None:
    clock = kubernetes("1.30", "12.2510", today="2026-05-20")
    assert (clock.state, clock.ends) == (NOT_STARTED, None)
    assert "catalog, not confirmed live" in clock.reading


def test_a_minor_offered_only_as_a_preview_has_not_been_removed() -> None:
    assert kubernetes("1.34", "2604", live=LIST_2602, preview="1.34.1").state is NOT_STARTED


def test_a_live_list_beats_the_catalog_and_dates_the_removal_on_its_release() -> None:
    clock = kubernetes("1.30", "2511", today="2025-12-18", live=LIST_2602)
    assert (clock.state, clock.starts, clock.ends) == (GRACE, date(2025, 11, 18), date(2025, 12, 18))
    still = kubernetes("1.30", "2604", live=LIST_2510)
    assert still.state is NOT_STARTED
    assert "live list of 2026-05-20" in still.reading


def test_an_empty_live_list_is_no_answer() -> None:
    entry = CATALOG.by_key["2411"]
    offer = offer_of(location(live=[]), None, entry)
    assert offer is not None
    assert (offer.basis, offer.text) == ("catalog", LIST_2411.replace(" ", ", "))


def test_an_unknown_list_leaves_the_removal_clock_unknown() -> None:
    clock = kubernetes("1.30", "2511")
    assert (clock.state, clock.ends) == (UNKNOWN, None)
    assert "a release without 1.30 exists since 2026-02-17 (Azure Local 2602)" in clock.reading


def test_a_published_end_is_certain_even_on_an_unknown_list() -> None:
    assert kubernetes("1.28", "2411.1").state is ENDED
    assert kubernetes("1.29", "2411.1", today="2025-10-31").state is RUNNING


def test_a_minor_above_the_list_is_unknown() -> None:
    clock = kubernetes("1.35", "2604")
    assert clock.state is UNKNOWN
    assert "newer than everything" in clock.reading


def test_a_removal_without_a_date_is_unknown() -> None:
    bare = small_catalog([release("2602", None, LIST_2602)], [])
    clock = kubernetes("1.30", "2602", catalog=bare)
    assert (clock.state, clock.ends) == (UNKNOWN, None)
    assert "the day of its removal is not known" in clock.reading


def test_an_undated_release_is_passed_over_for_the_next_dated_one() -> None:
    later = small_catalog([release("2602", None, LIST_2602), release("2603", "2026-03-10", LIST_2602)], [])
    assert kubernetes("1.30", "2602", catalog=later).starts == date(2026, 3, 10)


def test_upstream_end_of_life_is_shown_and_never_judged() -> None:
    clock = kubernetes("1.31", "2604")
    assert clock.state is NOT_STARTED
    assert "Upstream end of life 2025-11-11: shown, not judged." in clock.reading
    assert "Upstream" not in kubernetes("1.31", "2604", catalog=small_catalog(minors=[minor("1.31")])).reading


# -- Azure Local release --


def platform(build: str, *, today: str = "2026-05-20", catalog: Catalog = CATALOG) -> Clock:
    host = instance(release=build)
    observed = host.build
    assert not isinstance(observed, Unknown)
    return release_clock(catalog, host, catalog.entry_of(observed.value), day(today))


@pytest.mark.parametrize(
    ("build", "ends", "rule", "latest"),
    [
        ("2411", "2025-04-30", "LBL", "2025-10-31"),
        ("2509", "2025-10-31", "PUB", "2026-04-24"),
        ("12.2509.1001.22", "2026-02-28", "LBL", "2026-04-24"),
        ("11.2510", "2026-03-31", "LBL", "2026-05-18"),
        ("12.2510", "2026-03-31", "LBL", "2026-05-18"),
        ("2602", "2026-07-31", "LBL", "2026-08-17"),
    ],
)
def test_the_earliest_end_is_judged_and_the_range_shown(build: str, ends: str, rule: str, latest: str) -> None:
    clock = platform(build)
    assert (clock.ends, clock.rule, clock.latest) == (day(ends), rule, day(latest))
    assert f"({rule}); other rules give dates up to {latest}" in clock.reading


def test_the_last_good_day_of_a_release_is_good() -> None:
    assert platform("2411", today="2025-04-30").state is RUNNING
    assert platform("2411", today="2025-05-01").state is ENDED


def test_six_months_are_judged_when_they_end_first() -> None:
    early = small_catalog([release("2604", "2026-03-01", LIST_2602)])
    clock = platform("2604", catalog=early)
    assert (clock.ends, clock.rule, clock.latest) == (date(2026, 9, 1), "SIX", date(2026, 9, 30))


def test_six_months_after_the_next_release_are_judged_when_they_end_first() -> None:
    followed = small_catalog([release("2604"), release("2605", "2026-03-15")])
    clock = platform("2604", catalog=followed)
    assert (clock.ends, clock.rule) == (date(2026, 9, 15), "REC")


def test_the_two_builds_of_one_label_do_not_follow_each_other() -> None:
    pair = small_catalog(
        [
            release("11.2510", "2025-01-24", lines=[OsLine.H23]),
            release("12.2510", "2025-02-05", lines=[OsLine.H24]),
        ]
    )
    assert platform("11.2510", catalog=pair).ends == date(2025, 7, 24)
    assert platform("11.2510", catalog=pair).latest == date(2026, 3, 31)


def test_an_undated_release_is_judged_by_its_label_alone() -> None:
    clock = platform("2604")
    assert (clock.state, clock.ends, clock.latest, clock.rule) == (RUNNING, date(2026, 9, 30), None, "LBL")
    assert "other rules" not in clock.reading


def test_a_release_outside_the_catalog_is_never_fine() -> None:
    old = platform("10.2402.0.23")
    assert (old.state, old.ends, old.rule) == (ENDED, date(2024, 7, 31), "LBL")
    new = platform("12.2611.1004.5")
    assert (new.state, new.ends) == (UNKNOWN, None)
    assert "The catalog does not hold Azure Local 12.2611.1004.5" in new.reading


def test_an_unread_build_or_instance_is_unknown() -> None:
    unread = release_clock(CATALOG, instance(build=Unknown("403 on the update summary")), None, AS_OF.date())
    assert (unread.state, unread.ends) == (UNKNOWN, None)
    assert "403 on the update summary" in unread.reading
    assert release_clock(CATALOG, None, None, AS_OF.date()).state is UNKNOWN


# -- contact and stopped --


def test_connected_is_fine_however_old_the_last_contact_reads() -> None:
    connected = cluster(last_contact=AS_OF - timedelta(days=90))
    assert contact_clock(connected, AS_OF.date()).state is NOT_STARTED
    assert stopped_clock(connected, AS_OF.date()).state is NOT_STARTED


@pytest.mark.parametrize(("days", "state"), [(0, RUNNING), (30, RUNNING), (31, ENDED)])
@pytest.mark.parametrize(("make", "rule"), [(contact_clock, "P22"), (stopped_clock, "P21")])
def test_thirty_days_of_silence(
    make: Callable[[Cluster, date], Clock], rule: str, days: int, state: ClockState
) -> None:
    silent = cluster(connectivity="Offline", last_contact=AS_OF - timedelta(days=days))
    clock = make(silent, AS_OF.date())
    start = AS_OF.date() - timedelta(days=days)
    assert (clock.state, clock.starts, clock.ends, clock.rule) == (state, start, start + timedelta(days=30), rule)


def test_offline_only_may_mean_stopped() -> None:
    assert stopped_clock(cluster(connectivity="Offline"), AS_OF.date()).reading.startswith("May be stopped since")


def test_silence_without_a_last_contact_is_unknown() -> None:
    silent = replace(cluster(connectivity="Offline"), last_contact=Unknown("field missing"))
    for clock in (contact_clock(silent, AS_OF.date()), stopped_clock(silent, AS_OF.date())):
        assert (clock.state, clock.ends) == (UNKNOWN, None)
        assert "field missing" in clock.reading


def test_unknown_connectivity_counts_from_the_last_contact() -> None:
    quiet = replace(cluster(), connectivity=Unknown("not read"))
    clock = contact_clock(quiet, AS_OF.date())
    assert (clock.state, clock.ends) == (RUNNING, date(2026, 6, 19))
    assert "did not say whether it is connected" in clock.reading


# -- subscription --


def subscription(state: str | None, first_seen: datetime | None = AS_OF, today: str = "2026-05-20") -> Clock:
    observed = known(state) if state else Unknown("403")
    return subscription_clock(Subscription("s", "test", observed, first_seen), day(today))


@pytest.mark.parametrize("state", ["Enabled", "Warned", "PastDue"])
def test_a_usable_subscription_has_no_running_clock(state: str) -> None:
    assert subscription(state).state is NOT_STARTED


@pytest.mark.parametrize("state", ["Disabled", "Deleted"])
def test_a_suspended_subscription_has_sixty_days_from_first_seen(state: str) -> None:
    last = subscription(state, today="2026-07-19")
    assert (last.state, last.starts, last.ends) == (RUNNING, date(2026, 5, 20), date(2026, 7, 19))
    assert "first saw that state" in last.reading
    assert subscription(state, today="2026-07-20").state is ENDED


def test_what_nobody_said_about_a_subscription_is_unknown() -> None:
    clocks = [
        subscription(None),
        subscription("Hibernating"),
        subscription("Disabled", first_seen=None),
        subscription_clock(None, AS_OF.date()),
    ]
    assert [clock.state for clock in clocks] == [UNKNOWN] * 4
    assert [clock.ends for clock in clocks] == [None] * 4


# -- Arc Resource Bridge --


def test_the_bridge_has_one_year_from_the_last_solution_update() -> None:
    host = instance(last_updated=known(datetime(2025, 5, 20, 23, tzinfo=UTC)))
    last = bridge_clock(host, location(), date(2026, 5, 20))
    assert (last.state, last.starts, last.ends) == (RUNNING, date(2025, 5, 20), date(2026, 5, 20))
    assert "inferred" in last.reading and "Running" in last.reading
    assert bridge_clock(host, location(), date(2026, 5, 21)).state is ENDED


def test_an_unknown_solution_update_leaves_the_bridge_unknown() -> None:
    unread = bridge_clock(instance(last_updated=Unknown("no update summary")), location(), AS_OF.date())
    assert (unread.state, unread.ends) == (UNKNOWN, None)
    assert "no update summary" in unread.reading
    assert bridge_clock(None, None, AS_OF.date()).state is UNKNOWN


# -- confidence --


def silent(connectivity: str = "Offline") -> Cluster:
    return cluster(connectivity=connectivity, last_contact=AS_OF - timedelta(days=3))


@pytest.mark.parametrize(
    ("clock", "confidence"),
    [
        (kubernetes("1.28", "2411"), Confidence.PUBLISHED),
        (kubernetes("1.30", "2602"), Confidence.DERIVED),
        (kubernetes("1.31", "2604"), Confidence.DERIVED),
        (kubernetes("1.31", None), Confidence.UNKNOWN),
        (
            release_clock(CATALOG, instance(release="2604"), CATALOG.by_key["2604"], day("2026-05-20")),
            Confidence.DERIVED,
        ),
        (release_clock(CATALOG, None, None, day("2026-05-20")), Confidence.UNKNOWN),
        (contact_clock(silent(), AS_OF.date()), Confidence.MEASURED),
        (contact_clock(silent("Connected"), AS_OF.date()), Confidence.MEASURED),
        (contact_clock(replace(silent(), last_contact=Unknown("-")), AS_OF.date()), Confidence.UNKNOWN),
        (stopped_clock(silent(), AS_OF.date()), Confidence.SUSPECTED),
        (stopped_clock(silent("Connected"), AS_OF.date()), Confidence.MEASURED),
        (subscription("Disabled"), Confidence.FIRST_SEEN),
        (subscription("Enabled"), Confidence.MEASURED),
        (subscription("Disabled", first_seen=None), Confidence.UNKNOWN),
        (bridge_clock(instance(), location(), AS_OF.date()), Confidence.INFERRED),
        (bridge_clock(None, None, AS_OF.date()), Confidence.UNKNOWN),
    ],
)
def test_a_clock_says_what_its_end_rests_on(clock: Clock, confidence: Confidence) -> None:
    assert clock.confidence is confidence
