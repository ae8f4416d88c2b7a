"""Support states by value: what each part of the conjunction does to the whole, and what unknown means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest

from planner.catalog import Catalog
from planner.clocks import ClockKind, ClockState
from planner.inventory import Cluster, Inventory, Unknown
from planner.knowledge import load_catalog
from planner.support import Judge, Support, SupportState
from planner.version import Minor
from tests.builders import (
    AS_OF,
    SUBSCRIPTION,
    cluster,
    instance,
    inventory,
    known,
    location,
    offered,
    pool,
)
from tests.planner.small_catalog import LIST_2510, LIST_2602, release, small_catalog

CATALOG = small_catalog()
STRANDED, OUT, UNKNOWN = SupportState.STRANDED, SupportState.OUT_OF_SUPPORT, SupportState.UNKNOWN
GRACE, PREVIEW = SupportState.GRACE, SupportState.PREVIEW
OUTDATED, SUPPORTED = SupportState.PATCH_OUTDATED, SupportState.SUPPORTED


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def judge(fleet: Inventory, as_of: str = "2026-05-20", catalog: Catalog = CATALOG) -> Judge:
    return Judge(fleet, catalog, moment(as_of))


def judged(
    running: str | None,
    release_key: str,
    as_of: str = "2026-05-20",
    *,
    live: str | None = None,
    preview: str | None = None,
    catalog: Catalog = CATALOG,
) -> Support:
    rows = offered(live.split(), preview=[preview] if preview else []) if live else None
    subject = cluster(running=running)
    bench = judge(inventory(subject, release=release_key, live=rows), as_of, catalog)
    support = bench.support(subject)
    assert bench.state(subject) == (support.state, support.nearest.ends if support.nearest else None)
    return support


def test_states_are_ordered_worst_first() -> None:
    assert [state.order for state in (STRANDED, OUT, UNKNOWN, GRACE, PREVIEW, OUTDATED, SUPPORTED)] == list(range(7))


@pytest.mark.parametrize(
    ("running", "release_key", "as_of", "state", "way_back"),
    [
        ("1.31.13", "2604", "2026-05-20", SUPPORTED, ""),
        ("1.32.6", "2604", "2026-05-20", OUTDATED, ""),
        ("1.30.9", "2604", "2026-05-20", OUT, "one hop back"),
        ("1.30.9", "2604", "2026-03-19", GRACE, ""),
        ("1.29.4", "2604", "2026-05-20", STRANDED, "only a skip"),
        ("1.28.9", "2411", "2025-04-30", SUPPORTED, ""),
        ("1.28.9", "2411", "2025-05-01", OUT, "release update first"),
        ("1.30.4", "2508", "2025-09-10", OUTDATED, ""),
        ("1.29.12", "2508", "2026-01-10", OUT, "release update first"),
        ("1.27.9", "2508", "2025-09-10", STRANDED, "only a skip"),
        ("1.35.1", "2604", "2026-05-20", UNKNOWN, ""),
        ("1.32.9", "2606", "2026-05-20", UNKNOWN, ""),
        (None, "2604", "2026-05-20", UNKNOWN, ""),
    ],
)
def test_the_state_of_a_version_on_a_release(
    running: str | None, release_key: str, as_of: str, state: SupportState, way_back: str
) -> None:
    support = judged(running, release_key, as_of)
    assert (support.state, support.way_back) == (state, way_back)


def test_one_hop_back_must_lead_into_support() -> None:
    """1.28 ended while 2411 is not judged; the hop to 1.29 leads to a minor that ended as well."""
    long_lived = small_catalog([release("2602", "2026-02-17", "1.28.9 1.29.4")])
    assert judged("1.28.9", "2602", "2026-05-20", catalog=long_lived).way_back == "release update first"
    assert judged("1.28.9", "2602", "2025-10-31", catalog=long_lived).way_back == "one hop back"


def test_a_version_above_an_ended_list_has_no_way() -> None:
    odd = small_catalog([release("2602", "2026-02-17", "1.27.9")])
    assert judged("1.28.9", "2602", catalog=odd).way_back == "none"


def test_out_of_support_says_what_still_works() -> None:
    assert judged("1.30.9", "2604").because == (
        "Kubernetes 1.30 left support on 2026-03-19 (P3); it runs on and existing pools can be scaled, but no new pools "
        "or clusters on it, and Microsoft's help means “upgrade first”."
    )


def test_patch_outdated_names_the_dispute() -> None:
    assert "C2" in judged("1.32.6", "2604").because


def test_a_preview_is_marked_by_the_live_list_alone() -> None:
    support = judged("1.34.1", "2604", live=LIST_2602, preview="1.34.1")
    assert support.state is PREVIEW
    assert "P9" in support.because
    assert judged("1.34.1", "2604", live=LIST_2602 + " 1.34.1").state is SUPPORTED


def test_a_live_list_beats_the_catalog() -> None:
    assert judged("1.30.14", "2604", live=LIST_2510).state is SUPPORTED
    assert judged("1.31.13", "2604", live=LIST_2510).state is OUTDATED
    assert judged("1.31.13", "2606", live=LIST_2602).state is SUPPORTED


@pytest.mark.parametrize(
    ("running", "release_key", "state"),
    [
        ("1.28.14", "2601", STRANDED),  # below the last known list by more than one
        ("1.29.13", "2601", OUT),  # cannot be judged, but the minor ended on 2025-10-31
        ("1.30.14", "2601", UNKNOWN),  # reaches the next known list, yet nothing says what 2601 offers
        ("1.29.13", "2606", STRANDED),
    ],
)
def test_an_unknown_list_is_bounded_by_its_neighbours(running: str, release_key: str, state: SupportState) -> None:
    assert judged(running, release_key).state is state


def test_a_release_outside_the_catalog_is_unknown_even_when_the_live_list_is_good() -> None:
    newer = judged("1.32.9", "12.2611.1004.5", live=LIST_2602)
    assert newer.state is UNKNOWN
    assert "The catalog does not hold Azure Local 12.2611.1004.5" in newer.because
    assert judged("1.29.4", "12.2611.1004.5", live=LIST_2602).state is STRANDED
    assert judged("1.29.4", "12.2611.1004.5").state is STRANDED


def test_an_unread_build_is_unknown() -> None:
    subject = cluster(running="1.32.9")
    blind = inventory(subject, instances=[instance(build=Unknown("403"))], live=offered(LIST_2602.split()))
    assert judge(blind).support(subject).state is UNKNOWN
    assert judge(blind).entry(subject) is None


def test_an_unknown_location_or_instance_is_unknown() -> None:
    lost = replace(cluster(), custom_location=Unknown("no extended location"))
    other = cluster(instance="elsewhere")
    fleet = inventory(lost, other)
    assert [judge(fleet).state(subject) for subject in fleet.clusters] == [(UNKNOWN, None)] * 2


# -- the conjunction (P10) --


def test_an_ended_release_ends_a_listed_version() -> None:
    support = judged("1.31.10", "12.2510")
    assert support.state is OUT
    assert support.because.startswith("Azure Local 2510 left support on 2026-03-31")


def good(**changes: object) -> Cluster:
    return replace(cluster(running="1.32.9"), **changes)  # type: ignore[arg-type]


def state_of(subject: Cluster, subscription: str = "Enabled", as_of: str = "2026-05-20") -> SupportState:
    fleet = inventory(subject, release="2604", subscription_state=subscription)
    bench = judge(fleet, as_of)
    assert bench.state(subject)[0] is bench.support(subject).state
    return bench.support(subject).state


@pytest.mark.parametrize(("days", "state"), [(1, SUPPORTED), (30, SUPPORTED), (31, OUT)])
def test_lost_contact_ends_support_after_thirty_days(days: int, state: SupportState) -> None:
    silent = good(connectivity=known("Offline"), last_contact=known(AS_OF - timedelta(days=days)))
    assert state_of(silent) is state


def test_unknown_contact_is_unknown() -> None:
    assert state_of(good(connectivity=Unknown("x"), last_contact=Unknown("y"))) is UNKNOWN
    assert state_of(good(connectivity=known("Offline"), last_contact=Unknown("y"))) is UNKNOWN


@pytest.mark.parametrize(
    ("subscription", "as_of", "state"),
    [
        ("Disabled", "2026-07-19", SUPPORTED),
        ("Disabled", "2026-07-20", OUT),
        ("Warned", "2026-07-20", SUPPORTED),
        ("Hibernating", "2026-05-20", UNKNOWN),
    ],
)
def test_a_suspended_subscription_ends_support_after_sixty_days(
    subscription: str, as_of: str, state: SupportState
) -> None:
    assert state_of(good(), subscription, as_of) is state


def test_a_subscription_nobody_read_is_unknown() -> None:
    subject = good()
    fleet = replace(inventory(subject, release="2604"), subscriptions=())
    assert judge(fleet).support(subject).state is UNKNOWN


def test_grace_with_an_unknown_part_is_unknown() -> None:
    subject = cluster(running="1.30.9")
    fleet = replace(inventory(subject, release="2602"), subscriptions=())
    assert judge(inventory(subject, release="2602"), "2026-03-19").support(subject).state is GRACE
    assert judge(fleet, "2026-03-19").support(subject).state is UNKNOWN


def test_an_unreadable_cluster_is_never_better_than_unknown() -> None:
    subject = cluster(running=None)
    fine, ended = inventory(subject, release="2604"), inventory(subject, release="2411")
    assert judge(fine).support(subject).state is UNKNOWN
    assert "no permission to read the cluster" in judge(fine).support(subject).because
    assert judge(ended).support(subject).state is OUT


def test_stranded_stays_the_worst_of_all() -> None:
    subject = replace(
        cluster(running="1.29.4"), connectivity=known("Offline"), last_contact=known(moment("2025-01-01"))
    )
    fleet = inventory(subject, release="2604", subscription_state="Hibernating")
    assert judge(fleet).support(subject).state is STRANDED


# -- clocks, skew, memory --


def test_all_six_clocks_nearest_end_first() -> None:
    subject = good(connectivity=known("Offline"), last_contact=known(AS_OF))
    support = judge(inventory(subject, release="2604")).support(subject)
    assert [clock.kind for clock in support.clocks] == [
        ClockKind.CONTACT,
        ClockKind.STOPPED,
        ClockKind.RELEASE,
        ClockKind.BRIDGE,
        ClockKind.KUBERNETES,
        ClockKind.SUBSCRIPTION,
    ]
    assert support.nearest is support.clocks[0]
    assert judge(inventory(subject, release="2604")).state(subject) == (SUPPORTED, date(2026, 6, 19))


def test_no_dated_clock_means_no_nearest() -> None:
    subject = cluster()
    lost = replace(inventory(subject), instances=(), locations=())
    assert judge(lost).support(subject).nearest is None


def test_skew_is_counted_from_the_oldest_observed_node() -> None:
    mixed = cluster(running="1.32.9", pools=[pool(ready=[(2, "1.32.9"), (1, "1.31.13")])])
    gone = cluster(running="1.32.9", pools=[pool(ready=[(2, "1.32.9"), (0, "1.30.1")])])
    silent = cluster(running="1.32.9", pools=[pool()])
    unread = replace(cluster(running="1.32.9"), pools=Unknown("not read"))
    fleet = inventory(mixed)
    assert [judge(fleet).support(subject).skew for subject in (mixed, gone, silent, unread)] == [1, 0, None, None]


def test_the_offer_says_where_it_comes_from() -> None:
    subject = cluster()
    live = judge(inventory(subject, release="2604", live=offered(LIST_2510.split()))).offered(subject)
    read = judge(inventory(subject, release="2604")).offered(subject)
    assert live is not None and read is not None
    assert (live.basis, live.at, live.lowest, live.highest) == ("live", AS_OF, Minor(1, 30), Minor(1, 32))
    assert (read.basis, read.at, read.source) == ("catalog", None, "list of 2604")
    assert judge(inventory(subject, release="2606")).offered(subject) is None


def test_a_cluster_read_again_is_judged_again() -> None:
    before, after = cluster(running="1.32.9"), cluster(running="1.29.4")
    bench = judge(inventory(before, release="2604"))
    assert bench.support(before) is bench.support(before)
    assert bench.support(after).state is STRANDED


def test_instance_clock_is_the_clock_of_its_release() -> None:
    host = instance(release="2411")
    assert judge(inventory(cluster())).instance_clock(host).ends == date(2025, 4, 30)


def test_clusters_of_one_subscription_spelled_differently_share_its_state() -> None:
    subject = good(subscription=SUBSCRIPTION.upper())
    assert judge(inventory(subject, release="2604")).support(subject).state is SUPPORTED


def test_as_of_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Judge(inventory(cluster(), locations=[location()]), CATALOG, datetime(2026, 5, 20))  # noqa: DTZ001


# -- the shipped knowledge --


@cache
def shipped() -> Catalog:
    return load_catalog()


@pytest.mark.parametrize(
    ("running", "release_key", "as_of", "state", "because"),
    [
        ("1.28.9", "2411", "2026-02-10", OUT, "Kubernetes 1.28 left support on 2025-08-31 (PUB)"),
        ("1.30.9", "2604", "2026-05-20", OUT, "Kubernetes 1.30 left support on 2026-03-19 (P3)"),
        ("1.27.9", "2508", "2025-09-10", STRANDED, "offers 1.29 and later"),
        ("1.31.5", "2509", "2025-10-01", SUPPORTED, "1.31.5 is on the list of Azure Local 2509"),
        ("1.31.5", "2509", "2026-05-20", OUT, "Azure Local 2509 left support on 2025-10-31"),
        ("1.29.4", "12.2510", "2025-11-20", OUT, "Kubernetes 1.29 left support on 2025-10-31 (PUB)"),
        ("1.29.4", "2602", "2026-05-20", STRANDED, "offers 1.31 and later"),
        ("1.31.13", "2606", "2026-05-20", UNKNOWN, "no list was read or published"),
        ("1.33.5", "2605", "2026-05-20", SUPPORTED, "1.33.5 is on the list of Azure Local 2605"),
        ("1.32.6", "2605", "2026-05-20", OUTDATED, "but not the patch 1.32.6"),
    ],
)
def test_known_cases_by_the_shipped_catalog(
    running: str, release_key: str, as_of: str, state: SupportState, because: str
) -> None:
    support = judged(running, release_key, as_of, catalog=shipped())
    assert support.state is state
    assert because in support.because


def test_of_several_ends_the_earliest_is_named_first_and_what_still_works_is_kept() -> None:
    real = load_catalog()
    release_first = judged("1.28.9", "2411", catalog=real)
    assert ended(release_first) == [ClockKind.RELEASE, ClockKind.KUBERNETES]
    assert release_first.because.startswith(
        "Azure Local 2411 left support on 2025-04-30 (LBL), Kubernetes 1.28 left support on 2025-08-31 (PUB); it runs on"
    )
    kubernetes_first = judged("1.29.13", "12.2510", catalog=real)
    assert ended(kubernetes_first) == [ClockKind.KUBERNETES, ClockKind.RELEASE]
    assert kubernetes_first.because.startswith("Kubernetes 1.29 left support on 2025-10-31 (PUB); it runs on")


def ended(support: Support) -> list[ClockKind]:
    return [clock.kind for clock in support.clocks if clock.state is ClockState.ENDED]


def test_of_the_other_ends_the_earliest_is_named() -> None:
    silent = cluster(running="1.33.5", connectivity="Offline", last_contact=moment("2025-01-10"))
    fleet = inventory(silent, release="2509")
    support = judge(fleet, catalog=load_catalog()).support(silent)
    assert support.state is OUT
    assert support.because.startswith("Last contact 2025-01-10")
