"""The overview of 1,000 clusters over the wire: how many requests, and how far from what the wire allows."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.cloud import Cloud, running
from benchmarks.measure import Row, median, ratio
from planner.inventory import Inventory

CLUSTERS = 1_000
LATENCY = 0.050
IN_FLIGHT = 8
ROUNDS = 3


@dataclass(frozen=True)
class Sent:
    """A request as it went out."""

    method: str
    url: str
    body: Any

    @property
    def is_query(self) -> bool:
        return "microsoft.resourcegraph" in self.url.casefold()


def rows(_: Path) -> Iterator[Row]:
    with running(CLUSTERS) as cloud:
        sent, fleet, _taken = asyncio.run(_overview(cloud))
    queries = sum(request.is_query for request in sent)
    lists = sum("kubernetesversions" in request.url.casefold() for request in sent)
    lost, refused = len(fleet.unread), cloud.statuses.get("429", 0)
    yield Row(
        "overview of 1,000 clusters: Resource Graph queries", f"{queries} of {len(sent)} requests", "<= 8", queries <= 8
    )
    yield Row(
        "overview of 1,000 clusters: version lists read",
        f"{lists} for {len(fleet.locations)} locations",
        "one a location",
        lists == len(fleet.locations),
    )
    yield Row(
        "overview of 1,000 clusters: reads lost",
        f"{lost} lost, {refused} refused, {len(fleet.clusters)} rows",
        "0",
        not lost and not refused and len(fleet.clusters) == CLUSTERS,
    )
    with running(CLUSTERS, LATENCY, quota=False) as cloud:
        asyncio.run(_overview(cloud))
        ours, floor = zip(*(asyncio.run(_both(cloud)) for _ in range(ROUNDS)), strict=True)
    yield ratio("overview of 1,000 clusters at 50 ms / raw HTTP", median(ours), median(floor), 1.5)


async def _both(cloud: Cloud) -> tuple[float, float]:
    sent, _, ours = await _overview(cloud)
    return ours, await _raw(cloud, sent)


async def _overview(cloud: Cloud) -> tuple[list[Sent], Inventory, float]:
    """The requests of one overview, its rows, and its seconds."""
    from planner.azure.reader import AzureSource

    source = AzureSource(cloud.settings)
    try:
        with _recorded() as sent:
            start = perf_counter()
            fleet = await source.load()
            taken = perf_counter() - start
        return sent, fleet, taken
    finally:
        await source.close()


@contextmanager
def _recorded() -> Iterator[list[Sent]]:
    """Every request any aiohttp session sends meanwhile."""
    import aiohttp

    sent: list[Sent] = []
    send = aiohttp.ClientSession._request

    async def recording(self: aiohttp.ClientSession, method: str, url: Any, **kwargs: Any) -> aiohttp.ClientResponse:
        sent.append(Sent(method, str(url), kwargs.get("data") or kwargs.get("json")))
        return await send(self, method, url, **kwargs)

    aiohttp.ClientSession._request = recording
    try:
        yield sent
    finally:
        aiohttp.ClientSession._request = send


async def _raw(cloud: Cloud, sent: list[Sent]) -> float:
    """Seconds the same requests take on bare aiohttp: first all queries, then all reads, eight in flight."""
    import aiohttp

    trust = ssl.create_default_context(cafile=str(cloud.ca_file))
    headers = {"Authorization": "Bearer benchmark", "Content-Type": "application/json"}
    gate = asyncio.Semaphore(IN_FLIGHT)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust), headers=headers) as session:

        async def one(request: Sent) -> None:
            async with gate, session.request(request.method, request.url, data=request.body) as answer:
                answer.raise_for_status()
                await answer.read()

        start = perf_counter()
        for phase in (True, False):
            await asyncio.gather(*(one(request) for request in sent if request.is_query is phase))
        return perf_counter() - start
