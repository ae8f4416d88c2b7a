"""The bucket, the places in flight, and the pause all workers share."""

from __future__ import annotations

import asyncio

import pytest

from planner.azure.pacing import IN_FLIGHT, QUERIES, READ_BURST, Bucket, Pace, Window
from planner.azure.survey import each
from tests.azure.conftest import FakeTime


def test_a_bucket_gives_its_burst_at_once_and_then_its_rate(time: FakeTime) -> None:
    bucket = Bucket(20.0, 3, time.clock)
    assert [bucket.take() for _ in range(5)] == pytest.approx([0, 0, 0, 0.05, 0.1])
    time.now += 1.0
    assert bucket.take() == 0


def test_a_bucket_never_holds_more_than_its_burst(time: FakeTime) -> None:
    bucket = Bucket(20.0, 3, time.clock)
    time.now += 1e6
    assert [bucket.take() for _ in range(4)] == pytest.approx([0, 0, 0, 0.05])


def test_a_window_is_never_exceeded_wherever_it_begins(time: FakeTime) -> None:
    window = Window(3, 5.0, time.clock)
    turns: list[float] = []
    for step in (0.0, 1.0, 1.0, 0.5, 0.0, 9.0, 0.0, 0.0, 0.0):
        time.now += step
        turns.append(time.now + window.take())
    assert turns == sorted(turns)
    assert all(later - sooner >= 5.0 for sooner, later in zip(turns, turns[3:], strict=False))
    assert turns[:5] == [1000.0, 1001.0, 1002.0, 1005.0, 1006.0]


@pytest.mark.parametrize(("query", "burst", "wait"), [(False, READ_BURST, 1 / 20), (True, QUERIES, 5.0)])
async def test_reads_and_queries_have_their_own_quota(time: FakeTime, query: bool, burst: int, wait: float) -> None:
    pace = time.pace
    for _ in range(burst + 1):
        async with pace.turn(query=query):
            pass
    assert time.slept == pytest.approx([wait])
    async with pace.turn(query=not query):
        pass
    assert len(time.slept) == 1


async def test_a_thousand_reads_take_what_the_rate_allows_and_no_more_than_eight_fly(time: FakeTime) -> None:
    pace = time.pace
    flying = most = done = 0

    async def read(_: int) -> None:
        nonlocal flying, most, done
        async with pace.turn(query=False):
            flying += 1
            most = max(most, flying)
            await asyncio.sleep(0)
            flying -= 1
            done += 1

    began = time.now
    await asyncio.gather(*(read(number) for number in range(400)))
    await each(range(600), read)
    assert (done, most) == (1000, IN_FLIGHT)
    assert time.now - began >= (1000 - READ_BURST) / 20.0 * 0.99


async def test_a_pause_stops_every_worker_and_is_counted_down(time: FakeTime) -> None:
    pace = time.pace
    told: list[int] = []
    pace.on_wait = told.append
    pace.pause(2.5)
    pace.pause(1.0)
    starts: list[float] = []

    async def work() -> None:
        async with pace.turn(query=False):
            starts.append(time.now)

    await asyncio.gather(*(work() for _ in range(3)))
    assert min(starts) >= 1002.5
    assert told == [3, 2, 1]


async def test_the_same_pause_again_is_told_again(time: FakeTime) -> None:
    pace = time.pace
    told: list[int] = []
    pace.on_wait = told.append
    for _ in range(2):
        pace.pause(1)
        async with pace.turn(query=False):
            pass
    assert told == [1, 1]


async def test_a_cancelled_worker_gives_its_place_back(time: FakeTime) -> None:
    pace = Pace(time.clock, time.sleep)
    held = asyncio.Event()

    async def hold() -> None:
        async with pace.turn(query=False):
            held.set()
            await asyncio.Event().wait()

    holders = [asyncio.create_task(hold()) for _ in range(IN_FLIGHT)]
    await held.wait()
    for holder in holders:
        holder.cancel()
    await asyncio.gather(*holders, return_exceptions=True)
    async with asyncio.timeout(5), pace.turn(query=False):
        pass
