"""The policies of the SDK pipeline. Importing this imports azure-core: do it in a thread, after the first frame.

The list is written out instead of taken from the SDK: its own holds a policy that answers a refused GET by
registering a resource provider, which is a write (PR1).
"""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

from azure.core.exceptions import (
    AzureError,
    IncompleteReadError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import (
    AsyncHTTPPolicy,
    HeadersPolicy,
    RequestIdPolicy,
    SansIOHTTPPolicy,
    UserAgentPolicy,
)
from azure.core.rest import AsyncHttpResponse, HttpRequest
from azure.mgmt.core.policies import AsyncARMChallengeAuthenticationPolicy

from planner.azure.credentials import CachedCredential
from planner.azure.errors import ReadError, no_answer, refused, too_long
from planner.azure.pacing import Pace
from planner.azure.queries import GRAPH_PATH, Part, part_path

Policy = AsyncHTTPPolicy[Any, Any] | SansIOHTTPPolicy[Any, Any]

TRIES: Final = 4
LOST_TRIES: Final = 2
"""After a lost answer, a reset or a timeout a read is repeated once, not more: silence is not made longer."""
WAIT_CAP: Final = 120.0
UNREADABLE_WAIT: Final = 30.0
DEADLINE: Final = 90.0
_RETRIED: Final = frozenset({408, 429, 500, 502, 503, 504})
_QUOTA_RESET: Final = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})")


class Permit:
    """The right to send one upgrade of one cluster, spent by the first request that uses it (PR2).

    Granted immediately before the PUT; a process that may only read never makes one.
    """

    def __init__(self, endpoint: str, cluster: str) -> None:
        """Raises ValueError for a `cluster` that is not exactly the ARM id of a connected cluster."""
        self.url: Final = endpoint.rstrip("/") + part_path(Part.STATE, cluster)
        self._spent = False

    @property
    def is_spent(self) -> bool:
        """True once a request has passed with it: from then on something may have reached Azure."""
        return self._spent

    def spend(self, method: str, url: str) -> bool:
        """True for the PUT it was granted for, the first time."""
        if self._spent or method != "PUT" or url != self.url:
            return False
        self._spent = True
        return True


class Guard(SansIOHTTPPolicy[HttpRequest, AsyncHttpResponse]):
    """The last policy before the wire: read-only but for a permit, and the token goes to one host (PR1, PR2, PR10).

    It stands behind retry and authentication, so it also sees what those policies send on their own.
    """

    def __init__(self, endpoint: str, permit: Permit | None = None) -> None:
        self._origin = _origin(endpoint)
        self._permit = permit

    def on_request(self, request: PipelineRequest[HttpRequest]) -> None:
        """Raise GuardError for anything but a GET, the query POST, or what the permit allows, to the one host."""
        wanted = request.http_request
        try:
            origin = _origin(wanted.url)
            path = urlsplit(wanted.url).path
        except ValueError:
            raise GuardError(refused("An answer named an address that is none.")) from None
        if origin != self._origin:
            raise GuardError(refused("An answer pointed to another host; the sign-in goes to Azure only."))
        if self._permit is not None and self._permit.spend(wanted.method, wanted.url):
            return
        if wanted.method != "GET" and not (wanted.method == "POST" and path == GRAPH_PATH):
            raise GuardError(refused(f"A {wanted.method} is no reading."))


class GuardError(AzureError):
    """A request that must not be sent; `problem` says why."""

    def __init__(self, problem: ReadError) -> None:
        super().__init__(problem.why)
        self.problem = problem


class Patience(AsyncHTTPPolicy[HttpRequest, AsyncHttpResponse]):
    """Paces, repeats and bounds one reading.

    Only for reads: a write must never be repeated by a policy. The deadline counts the time on the wire; waits that
    Azure asks for are capped on their own, shared by all workers and announced.
    """

    def __init__(self, pace: Pace, deadline: float = DEADLINE) -> None:
        super().__init__()
        self._pace = pace
        self._deadline = deadline
        self._reached = False

    async def send(self, request: PipelineRequest[HttpRequest]) -> PipelineResponse[HttpRequest, AsyncHttpResponse]:
        """Send until an answer that counts, at most TRIES times. Raises GuardError, ReadError or AzureError."""
        spent, lost = 0.0, 0
        for attempt in range(1, TRIES + 1):
            async with self._pace.turn(query=request.http_request.method == "POST"):
                began = self._pace.clock()
                try:
                    async with asyncio.timeout(self._deadline - spent):
                        response = await self.next.send(request)
                except TimeoutError:
                    raise no_answer(self._deadline) from None
                except (ServiceRequestError, ServiceResponseError, IncompleteReadError) as error:
                    lost += 1
                    if lost == LOST_TRIES or attempt == TRIES or not self._worth_repeating(error):
                        raise
                    response = None
                spent += self._pace.clock() - began
            if response is None:
                await self._pace.rest(_backoff(attempt))
                continue
            self._reached = True
            if response.http_response.status_code not in _RETRIED or attempt == TRIES:
                return response
            await self._wait(response.http_response, attempt)
        raise AssertionError("the last try returns or raises")

    def _worth_repeating(self, error: AzureError) -> bool:
        """A first connection that fails is told at once, and so is a certificate that is not trusted."""
        import aiohttp

        cause = error.inner_exception
        if isinstance(cause, aiohttp.ClientSSLError | aiohttp.ClientConnectorCertificateError):
            return False
        return self._reached or not isinstance(cause, aiohttp.ClientConnectorError)

    async def _wait(self, response: AsyncHttpResponse, attempt: int) -> None:
        seconds = wait_asked(response.headers)
        if seconds is not None and seconds > WAIT_CAP:
            raise too_long(seconds)
        if response.status_code == 429:
            self._pace.pause(_backoff(attempt) if seconds is None else seconds)
        else:
            await self._pace.rest(_backoff(attempt) if seconds is None else seconds)


def wait_asked(headers: Any) -> float | None:
    """Seconds an answer asks to wait; None = it does not ask. What cannot be read counts as 30 seconds."""
    for name in ("retry-after-ms", "x-ms-retry-after-ms"):
        if (raw := headers.get(name)) is not None:
            return _seconds(raw, 1000)
    raw = headers.get("retry-after")
    if raw is None:
        reset = _QUOTA_RESET.fullmatch(headers.get("x-ms-user-quota-resets-after") or "")
        return float(int(reset[1]) * 3600 + int(reset[2]) * 60 + int(reset[3])) if reset else None
    if raw.strip()[:1].isalpha():
        return _until(raw, headers.get("date"))
    return _seconds(raw, 1)


def _seconds(raw: str, unit: int) -> float:
    try:
        seconds = float(raw) / unit
    except ValueError:
        return UNREADABLE_WAIT
    return seconds if 0 <= seconds < float("inf") else UNREADABLE_WAIT


def _until(raw: str, date: str | None) -> float:
    """Seconds until an HTTP date, by the answer's own Date so that a wrong clock here does not matter."""
    try:
        until = parsedate_to_datetime(raw)
        now = parsedate_to_datetime(date) if date else datetime.now(UTC)
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return UNREADABLE_WAIT


def _backoff(attempt: int) -> float:
    return 0.8 * 2 ** (attempt - 1)


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme.lower(), (parts.hostname or "").lower(), parts.port or 443


def read_only_policies(
    endpoint: str, scopes: tuple[str, ...], credential: CachedCredential, pace: Pace, agent: str
) -> list[Policy]:
    """The whole pipeline of a reading client, outermost first.

    No redirects (Azure's answers need none, a portal's are an error), no logging, no decoding: an answer that is
    not JSON must be told apart, and its body must not end up in an exception.
    """
    return [
        RequestIdPolicy(),
        HeadersPolicy({"Accept": "application/json", "Accept-Encoding": "gzip, deflate"}),
        UserAgentPolicy(sdk_moniker=agent, user_agent="arcstep"),
        Patience(pace),
        AsyncARMChallengeAuthenticationPolicy(credential, *scopes),
        Guard(endpoint),
    ]
