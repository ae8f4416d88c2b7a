"""The emulator on the wire: https on loopback with a certificate authority made for this one run.

It keeps a log of every request, with the bodies of writes and what each write was based on, so that a test can check
afterwards what was sent, when, and after which look at the cluster.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import ssl
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from planner.emulator.arm import GRAPH_PATH, Arm, Request
from planner.emulator.clock import Clock
from planner.emulator.delivery import deliver
from planner.emulator.quota import Ticks
from planner.emulator.world import World

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["Emulator", "EmulatorThread", "LogEntry"]

HOST: Final = "127.0.0.1"
_GRACE: Final = 0.05
"""Seconds an answer under way gets when the emulator stops."""


@dataclass(slots=True)
class LogEntry:
    """One request that arrived. `status` 0 = not answered (yet). `at` is seconds since the start."""

    index: int
    method: str
    path: str
    status: int
    at: float
    moment: datetime
    """Emulated time of the arrival."""
    body: bytes = b""
    """What a write sent; reads keep nothing."""
    before: bytes = b""
    """Of a write: the last document of the same cluster that was sent to anyone."""

    @property
    def is_read(self) -> bool:
        """True for a GET and for the one POST that only reads, a Resource Graph query."""
        return self.method == "GET" or (self.method == "POST" and self.path.casefold() == GRAPH_PATH)

    @property
    def body_sha256(self) -> str:
        """Hex digest of what a write sent."""
        return hashlib.sha256(self.body).hexdigest()


class Emulator:
    """ARM and Resource Graph for one world, on https://127.0.0.1 with an own certificate authority.

    `latency` is seconds before each answer. Emulated time begins at the world's as_of and runs `speed` times as fast
    as `ticks` (0 = stands still until `start_clock`), unless `now` gives it. `quota=False` answers any number of
    requests; `ticks` is also the clock of the quotas.
    """

    def __init__(
        self,
        world: World,
        *,
        latency: float = 0.0,
        speed: float = 1.0,
        now: Callable[[], datetime] | None = None,
        quota: bool = True,
        ticks: Ticks = time.monotonic,
        port: int = 0,
    ) -> None:
        self.world = world
        self.latency = latency
        self.speed = speed
        self.log: list[LogEntry] = []
        self._port = port
        self._started = time.monotonic()
        self._given = now is not None
        self._clock = Clock(world.as_of, ticks)
        self.now = now or self._clock.now
        self._arm = Arm(world, self.now, ticks=ticks, quota=quota)
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._runner: web.ServerRunner | None = None
        self._closing = asyncio.Event()

    @property
    def url(self) -> str:
        """Where it listens, such as https://127.0.0.1:40123."""
        return self._arm.base_url

    @property
    def ca_file(self) -> Path:
        """The certificate authority to trust. Raises RuntimeError while the emulator is not running."""
        if self._folder is None:
            raise RuntimeError("the emulator is not running")
        return Path(self._folder.name) / "ca.pem"

    @property
    def documents(self) -> Mapping[str, bytes]:
        """The last GET answer of each provisioned cluster, by lower-cased id of the connected cluster."""
        return self._arm.documents

    def start_clock(self, speed: float, at: datetime | None = None) -> None:
        """Let emulated time run on from where it is, or from a later moment. Raises RuntimeError where `now` gives it."""
        if self._given:
            raise RuntimeError("the emulated time is given from outside")
        self.speed = speed
        self._clock.run(speed, at)

    @property
    def writes(self) -> list[LogEntry]:
        """Requests that were no reads; empty after planning (PR1)."""
        return [entry for entry in self.log if not entry.is_read]

    async def start(self) -> None:
        """Make the certificates and listen. Raises OSError where the port is taken."""
        from aiohttp import web

        self._folder = tempfile.TemporaryDirectory(prefix="arcstep-emulator-", ignore_cleanup_errors=True)
        try:
            context = _certify(Path(self._folder.name))
            server = web.Server(self._serve, access_log=None)
            self._runner = web.ServerRunner(server, handle_signals=False, shutdown_timeout=_GRACE)
            await self._runner.setup()
            await web.TCPSite(self._runner, HOST, self._port, ssl_context=context).start()
        except BaseException:
            await self.close()
            raise
        self._started = time.monotonic()
        if self.speed:
            self._clock.run(self.speed)
        self._arm.base_url = f"https://{HOST}:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        """Stop listening, drop answers under way, remove the certificates; safe to call twice."""
        self._closing.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        at = time.monotonic() - self._started
        entry = LogEntry(len(self.log), request.method, request.path, 0, at, self.now())
        self.log.append(entry)
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = await request.read()
        if not entry.is_read:
            entry.body, entry.before = body, self.documents.get(_cluster_of(request.path), b"")
        if self.latency:
            await asyncio.sleep(self.latency)
        answer = self._arm.answer(Request(request.method, request.path, request.query, headers, body))
        if answer.broken not in ("hang", "reset", "lost"):
            entry.status = answer.status
        return await deliver(request, answer, self._closing)


def _cluster_of(path: str) -> str:
    return path.casefold().partition("/providers/microsoft.hybridcontainerservice")[0]


def _certify(folder: Path) -> ssl.SSLContext:
    """Make a certificate authority and a certificate for loopback; only the authority's certificate stays on disk."""
    import trustme

    authority = trustme.CA(organization_name="arcstep emulator")
    leaf = authority.issue_cert(HOST, "localhost", common_name=HOST)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with leaf.private_key_and_cert_chain_pem.tempfile(dir=str(folder)) as path:
        context.load_cert_chain(path)
    descriptor = os.open(folder / "ca.pem", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(authority.cert_pem.bytes())
    return context


class EmulatorThread:
    """An emulator on a thread and loop of its own, so that it never holds up the loop of its client."""

    def __init__(self, world: World, *, latency: float = 0.0, speed: float = 1.0, quota: bool = True) -> None:
        self.emulator = Emulator(world, latency=latency, speed=speed, quota=quota)
        self._listening: Future[None] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._thread = Thread(target=self._run, name="emulator", daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.emulator.url

    @property
    def ca_file(self) -> Path:
        """The certificate authority to trust."""
        return self.emulator.ca_file

    @property
    def log(self) -> list[LogEntry]:
        """Every request so far."""
        return self.emulator.log

    def now(self) -> datetime:
        """The emulated moment."""
        return self.emulator.now()

    def start_clock(self, speed: float, at: datetime | None = None) -> None:
        """Let emulated time run on from where it is, or from a later moment, `speed` emulated seconds in a second."""
        self.emulator.start_clock(speed, at)

    def change(self, work: Callable[[], None]) -> None:
        """Change the world between two answers: before every request that comes after this call."""
        if self._loop is None or not self._thread.is_alive():
            work()
        else:
            self._loop.call_soon_threadsafe(work)

    def start(self) -> None:
        """Block until it listens. Raises what the start raised, such as OSError."""
        self._thread.start()
        self._listening.result()

    async def start_aside(self) -> None:
        """`start` for a loop that must not wait."""
        self._thread.start()
        await asyncio.wrap_future(self._listening)

    def close(self, timeout: float = 0.5) -> None:
        """Stop; waits at most `timeout` seconds. Safe to call twice and before start."""
        if self._loop is not None and self._thread.is_alive():
            with suppress(RuntimeError):  # the loop ended between the question and the call
                self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(timeout)

    def _run(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        try:
            await self.emulator.start()
        except BaseException as failure:  # belongs to whoever called start
            self._listening.set_exception(failure)
            return
        self._listening.set_result(None)
        await self._stop.wait()
        await self.emulator.close()
