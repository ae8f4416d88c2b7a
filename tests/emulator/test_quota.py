"""Quotas by value on a clock that moves when told, then on the wire."""

from __future__ import annotations

from planner.emulator.quota import Bucket, Window
from planner.emulator.world import World
from tests.emulator.conftest import Client, FakeTicks, cluster_path


def test_a_bucket_empties_and_fills_again() -> None:
    ticks = FakeTicks()
    bucket = Bucket(ticks)
    assert [bucket.take() for _ in range(250)] == [None] * 250
    assert bucket.remaining == 0
    assert bucket.take() == 1
    ticks.seconds += 2
    assert [bucket.take() for _ in range(51)] == [None] * 50 + [1]
    ticks.seconds += 3600
    bucket.take()
    assert bucket.remaining == 249


def test_a_refused_take_costs_nothing() -> None:
    ticks = FakeTicks()
    bucket = Bucket(ticks, capacity=1, rate=0.5)
    assert [bucket.take() for _ in range(3)] == [None, 2, 2]
    ticks.seconds += 2
    assert bucket.take() is None


def test_a_window_opens_again_after_its_seconds() -> None:
    ticks = FakeTicks()
    window = Window(ticks)
    assert [window.take() for _ in range(16)] == [None] * 15 + [5]
    ticks.seconds += 4
    assert (window.take(), window.resets_after) == (1, "00:00:01")
    ticks.seconds += 1
    assert window.take() is None
    assert window.remaining == 14


async def test_the_251st_read_waits_and_another_subscription_does_not(
    client: Client, world: World, ticks: FakeTicks
) -> None:
    path = cluster_path(world, "mes-prod", "/default/agentPools")
    replies = [await client.get(path) for _ in range(251)]
    assert [reply.status for reply in replies] == [200] * 250 + [429]
    assert replies[-1].code == "SubscriptionRequestsThrottled"
    assert replies[-1].headers["Retry-After"] == "1"
    assert (await client.get("/subscriptions", version="2022-12-01")).status == 200
    ticks.seconds += 1
    assert [(await client.get(path)).status for _ in range(26)] == [200] * 25 + [429]


async def test_the_16th_query_in_five_seconds_waits(client: Client, ticks: FakeTicks) -> None:
    replies = [await client.query("resources | project id") for _ in range(16)]
    assert [reply.status for reply in replies] == [200] * 15 + [429]
    assert replies[0].headers["x-ms-user-quota-remaining"] == "14"
    assert replies[0].headers["x-ms-user-quota-resets-after"] == "00:00:05"
    last = replies[-1]
    assert (last.code, last.headers["Retry-After"]) == ("RateLimiting", "5")
    assert last.headers["x-ms-user-quota-remaining"] == "0"
    ticks.seconds += 5
    assert (await client.query("resources | project id")).status == 200
