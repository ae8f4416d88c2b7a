"""An emulator on the wire, and plain https to talk to it."""

from __future__ import annotations

import copy
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

from planner.emulator.fleet import bundled
from planner.emulator.server import Emulator
from planner.emulator.world import World

PAYLOADS = Path(__file__).parents[1] / "payloads"
PROVIDER = "/providers/Microsoft.HybridContainerService"
SERVER_OWNED = ("id", "name", "type", "systemData")
GRAPH = "/providers/Microsoft.ResourceGraph/resources"


def recorded(name: str) -> Any:
    """A recorded payload."""
    return json.loads((PAYLOADS / f"{name}.json").read_text())


class Hands:
    """The hands of a clock that a test moves."""

    def __init__(self, moment: datetime) -> None:
        self.began = moment
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def move(self, minutes: float) -> None:
        """To so many minutes after the beginning."""
        self.moment = self.began + timedelta(minutes=minutes)


def body_of(document: dict[str, Any], version: str) -> dict[str, Any]:
    """What an honest client sends: the document as read, without what is read-only, with one change."""
    body = {name: value for name, value in copy.deepcopy(document).items() if name not in SERVER_OWNED}
    for name in ("provisioningState", "status"):
        body["properties"].pop(name, None)
    body["properties"]["kubernetesVersion"] = version
    return body


class FakeTicks:
    """A monotonic clock that moves when told."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any
    headers: Any
    raw: bytes

    @property
    def code(self) -> str:
        return self.body["error"]["code"]


class Client:
    """Plain https with a bearer token."""

    def __init__(self, emulator: Emulator, session: aiohttp.ClientSession) -> None:
        self.emulator = emulator
        self.session = session

    async def ask(self, method: str, path: str, version: str | None = "2024-01-01", **options: Any) -> Reply:
        query = {"api-version": version} if version else {}
        headers = options.pop("headers", {"Authorization": "Bearer anything"})
        url = self.emulator.url + path
        async with self.session.request(method, url, params=query, headers=headers, **options) as answer:
            raw = await answer.read()
            try:
                body = json.loads(raw)
            except ValueError:
                body = None
            return Reply(answer.status, body, answer.headers, raw)

    async def get(self, path: str, **options: Any) -> Reply:
        return await self.ask("GET", path, **options)

    async def follow(self, address: str) -> Reply:
        """GET an address that was given out, as it is."""
        headers = {"Authorization": "Bearer anything"}
        async with self.session.get(URL(address, encoded=True), headers=headers) as answer:
            raw = await answer.read()
            return Reply(answer.status, json.loads(raw), answer.headers, raw)

    async def query(self, text: str, **body: Any) -> Reply:
        return await self.ask("POST", GRAPH, "2021-03-01", json={"query": text, **body})


def cluster_path(world: World, name: str, rest: str = "/default") -> str:
    return f"{world.cluster(name).id}{PROVIDER}/provisionedClusterInstances{rest}"


def versions_path(world: World, name: str, rest: str = "/default") -> str:
    return f"{world.instance(name).location_id}{PROVIDER}/kubernetesVersions{rest}"


@pytest.fixture
def world() -> World:
    return bundled("small")


@pytest.fixture
def ticks() -> FakeTicks:
    return FakeTicks()


@pytest.fixture
def hands(world: World) -> Hands:
    return Hands(world.as_of)


@pytest.fixture
async def emulator(world: World, ticks: FakeTicks) -> AsyncIterator[Emulator]:
    async with Emulator(world, speed=0, ticks=ticks) as running:
        yield running


@asynccontextmanager
async def client_of(emulator: Emulator) -> AsyncIterator[Client]:
    """Plain https to an emulator, trusting its certificate authority and nothing else."""
    trust = ssl.create_default_context(cafile=str(emulator.ca_file))
    connector = aiohttp.TCPConnector(ssl=trust)
    async with aiohttp.ClientSession(connector=connector, middlewares=(send_once,)) as session:
        yield Client(emulator, session)


async def send_once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Tell of a broken connection in a way that the library does not take for an invitation to send again."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise aiohttp.ClientError(str(error)) from error


@pytest.fixture
async def client(emulator: Emulator) -> AsyncIterator[Client]:
    async with client_of(emulator) as plain:
        yield plain


def shape(value: Any) -> Any:
    """Keys and types without values; a list is the set of the shapes in it."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted({json.dumps(shape(item), sort_keys=True) for item in value})
    return type(value).__name__
