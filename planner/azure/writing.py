"""The one request that changes something, on a pipeline of its own: sent once, never repeated, never redirected (PR2).

Importing this imports azure-core and aiohttp: do it in a thread, after the first frame.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from azure.core.exceptions import AzureError
from azure.core.pipeline import AsyncPipeline, PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import AsyncHTTPPolicy
from azure.core.pipeline.transport import AioHttpTransport
from azure.core.rest import AsyncHttpResponse, HttpRequest

from planner.azure.credentials import CachedCredential
from planner.azure.decode import parse
from planner.azure.policies import Guard, Permit, wait_asked
from planner.azure.queries import is_operation_url
from planner.azure.verdict import Reply
from planner.azure.witness import Witness
from planner.inventory import clean

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse

    from planner.azure.wire import Wire

CONNECT: Final = 10.0
READ: Final = 60.0


@dataclass(frozen=True, slots=True)
class Put:
    """What is sent."""

    body: bytes = field(repr=False)
    etag: str
    request: str
    """x-ms-client-request-id."""


class Bearer(AsyncHTTPPolicy[HttpRequest, AsyncHttpResponse]):
    """Sets the token and does nothing else: the SDK's own policy sends again when Azure challenges."""

    def __init__(self, credential: CachedCredential, scopes: tuple[str, ...]) -> None:
        super().__init__()
        self._credential = credential
        self._scopes = scopes

    async def send(self, request: PipelineRequest[HttpRequest]) -> PipelineResponse[HttpRequest, AsyncHttpResponse]:
        """Send once, to https only. Raises ReadError where no token can be had."""
        if urlsplit(request.http_request.url).scheme != "https":
            raise ValueError("a token goes over https only")
        token = await self._credential.get_token_info(*self._scopes)
        request.http_request.headers["Authorization"] = f"Bearer {token.token}"
        return await self.next.send(request)


async def put_once(wire: Wire, permit: Permit, put: Put) -> Reply:
    """Send the PUT of the permit and return the answer. Raises whatever went wrong; `permit.is_spent` tells whether
    something may have left.

    The connection is a new one, closed afterwards: one kept from a reading might be dead without anybody knowing.
    """
    import aiohttp

    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=wire.tls, limit=1),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=not wire.settings.on_loopback,
        auto_decompress=False,
        middlewares=(_never_again,),
    )
    async with session:
        transport = AioHttpTransport(session=session, session_owner=False)
        policies: list[Any] = [
            Bearer(wire.credential, wire.settings.token_scopes),
            Guard(wire.endpoint, permit),
            Witness(wire),
        ]
        pipeline: AsyncPipeline[HttpRequest, AsyncHttpResponse] = AsyncPipeline(transport, policies)
        answer = await pipeline.run(_request(permit, put), connection_timeout=CONNECT, read_timeout=READ)
        return _reply(answer.http_response, wire.endpoint)


def never_left(error: BaseException) -> bool:
    """True where a connection did not even come about, so that certainly nothing was sent."""
    import aiohttp

    cause = error.inner_exception if isinstance(error, AzureError) else error
    return isinstance(
        cause,
        aiohttp.ClientConnectorError | aiohttp.ClientConnectorCertificateError | aiohttp.ConnectionTimeoutError,
    )


async def _never_again(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """aiohttp itself repeats a PUT whose connection broke, below every policy of the SDK, unless it is another error."""
    import aiohttp

    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise aiohttp.ClientConnectionError("the connection broke") from error


def _request(permit: Permit, put: Put) -> HttpRequest:
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Content-Type": "application/json",
        "User-Agent": "arcstep",
        "x-ms-client-request-id": put.request,
    }
    if put.etag:
        headers["If-Match"] = put.etag
    return HttpRequest("PUT", permit.url, headers=headers, content=put.body)


def _reply(response: AsyncHttpResponse, endpoint: str) -> Reply:
    headers = response.headers
    try:
        document = parse(response.content)
    except ValueError:
        document = None
    address = headers.get("azure-asyncoperation") or ""
    return Reply(
        status=response.status_code,
        document=document,
        is_json="json" in (headers.get("content-type") or "").casefold(),
        operation=address if is_operation_url(address, endpoint) else "",
        correlation=clean(headers.get("x-ms-correlation-request-id") or "", 80),
        wait=wait_asked(headers),
    )
