"""The real reader against the emulator and against a stub that misbehaves, over https, without waiting."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiohttp import web

from planner.azure.pacing import Pace
from planner.azure.reader import AzureSource
from planner.azure.settings import AzureSettings
from planner.emulator.fleet import bundled
from planner.emulator.server import Emulator
from planner.emulator.world import World
from planner.inventory import Cluster, Inventory
from tests.azure.upgrading import Upgrade, at_rest
from tests.builders import AS_OF

PAYLOADS = Path(__file__).parents[1] / "payloads"
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


def payload(name: str) -> Any:
    """A recorded answer."""
    return json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))


class FakeTime:
    """A clock that only sleeping moves; it remembers every sleep."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    @property
    def pace(self) -> Pace:
        return Pace(self.clock, self.sleep)


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def world() -> World:
    return bundled("small")


@pytest.fixture
async def emulator(world: World, time: FakeTime) -> AsyncIterator[Emulator]:
    """Its quotas run on the same clock as the reader's pace, so that neither has to wait for the other."""
    async with Emulator(world, speed=0, ticks=time.clock) as running:
        yield running


@pytest.fixture
async def grown(world: World, time: FakeTime) -> AsyncIterator[Callable[..., Awaitable[Emulator]]]:
    """Makes an emulator of the same world with more clusters like the first one."""
    async with AsyncExitStack() as stack:

        async def grow(number: int, **changes: Any) -> Emulator:
            first = world.cluster("mes-prod")
            more = [replace(first, name=f"c{index:04}", **changes) for index in range(number)]
            larger = replace(world, clusters=[*world.clusters, *more])
            return await stack.enter_async_context(Emulator(larger, speed=0, ticks=time.clock))

        yield grow


Grow = Callable[..., Awaitable[Emulator]]


def settings_for(emulator: Emulator) -> AzureSettings:
    return AzureSettings(
        auth="static",
        token=lambda: "a-token",
        arm_endpoint=emulator.url,
        ca_bundle=emulator.ca_file,
        now=lambda: AS_OF,
    )


@pytest.fixture
async def source(emulator: Emulator, time: FakeTime) -> AsyncIterator[AzureSource]:
    reader = AzureSource(settings_for(emulator), time.pace)
    yield reader
    await reader.close()


@pytest.fixture
async def upgrade(world: World, emulator: Emulator, source: AzureSource) -> Upgrade:
    """An operator who may upgrade, at a cluster that is ready for it."""
    at_rest(world)
    return Upgrade(world, emulator, source, await source.upgrader(deadline=20))


def named(inventory: Inventory, name: str) -> Cluster:
    return next(cluster for cluster in inventory.clusters if cluster.name == name)


# -- a server that does what it is told


@dataclass
class Stub:
    """An https server whose one handler a test sets; it keeps what arrived."""

    url: str
    settings: AzureSettings
    handler: Handler
    seen: list[tuple[str, str]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        self.seen.append((request.method, request.path))
        self.tokens.append(request.headers.get("Authorization", ""))
        return await self.handler(request)

    def source(self, time: FakeTime | None = None, **changes: Any) -> AzureSource:
        return AzureSource(replace(self.settings, **changes), (time or FakeTime()).pace)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA(organization_name="Inspection Works")


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    yield path


@asynccontextmanager
async def stub_server(authority: trustme.CA, ca_file: Path, name: str = "127.0.0.1") -> AsyncIterator[Stub]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    stub: Stub

    async def serve(request: web.BaseRequest) -> web.StreamResponse:
        return await stub.serve(request)

    runner = web.ServerRunner(web.Server(serve, access_log=None), handle_signals=False, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    url = f"https://127.0.0.1:{runner.addresses[0][1]}"
    settings = AzureSettings(
        auth="static", token=lambda: "a-token", arm_endpoint=url, ca_bundle=ca_file, now=lambda: AS_OF
    )
    stub = Stub(url, settings, empty_graph)
    try:
        yield stub
    finally:
        await runner.cleanup()


@pytest.fixture
async def stub(authority: trustme.CA, ca_file: Path) -> AsyncIterator[Stub]:
    async with stub_server(authority, ca_file) as running:
        yield running


def graph(rows: list[dict[str, Any]], total: int | None = None, **more: Any) -> web.Response:
    """An answer of Resource Graph."""
    count = len(rows)
    body = {"totalRecords": count if total is None else total, "count": count, "data": rows, "facets": []}
    return web.json_response(body | {"resultTruncated": "false"} | more)


async def empty_graph(_: web.BaseRequest) -> web.StreamResponse:
    return graph([])
