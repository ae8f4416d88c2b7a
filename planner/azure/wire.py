"""The SDK clients behind one small door: a path or a query in, plain JSON out.

Both clients share one session, one TLS context, one token and one pace. Raw answers are taken instead of models,
because a model loses a whole document to one bad scalar.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import ssl
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlsplit

from azure.core.exceptions import AzureError, DecodeError
from azure.core.rest import AsyncHttpResponse, HttpRequest
from azure.mgmt.hybridcontainerservice.aio import HybridContainerServiceMgmtClient
from azure.mgmt.resourcegraph.aio import ResourceGraphClient

from planner.azure.credentials import Account, CachedCredential, open_credential
from planner.azure.decode import parse
from planner.azure.errors import ReadError, Trouble, broken, error_codes, not_azure, of_network, of_status, refused
from planner.azure.fields import Json, inside, is_list, items, mapping
from planner.azure.pacing import Pace
from planner.azure.policies import GuardError, read_only_policies
from planner.azure.queries import (
    GRAPH_PATH,
    OPERATION_RIGHT,
    PAGE_CAP,
    PAGE_ROWS,
    RESOURCE_GRAPH,
    Part,
    Query,
    is_operation_url,
    part_path,
)
from planner.azure.settings import AzureSettings
from planner.azure.witness import Told, Witness
from planner.ports import SourceError

CONNECT: Final = 10.0
READ: Final = 60.0
_ISSUER_TIMEOUT: Final = 3.0
_NO_SUBSCRIPTION: Final = "00000000-0000-0000-0000-000000000000"
"""The container service client asks for one and uses it for virtual networks only, which are never read here."""
_LOGGERS: Final = ("azure", "msal", "aiohttp", "asyncio", "urllib3")


Send = Callable[..., Awaitable[AsyncHttpResponse]]
"""Runs a request through the whole pipeline of an SDK client."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One document: its JSON, and its tag where Azure sent one."""

    document: object
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a query."""

    rows: list[Json]
    total: int | None
    token: str | None
    cut: bool
    """True when Azure has more rows and gives no way to them."""


def make_tls(settings: AzureSettings) -> ssl.SSLContext:
    """The system's certificates and those of the bundle. Blocks on disk. Raises SourceError with exit code 2."""
    context = ssl.create_default_context()
    if settings.ca_bundle is not None:
        try:
            context.load_verify_locations(cafile=settings.ca_bundle)
        except (OSError, ssl.SSLError) as error:
            why = "it holds no certificates in PEM form" if isinstance(error, ssl.SSLError) else "it cannot be opened"
            raise SourceError(
                "The CA bundle cannot be used", f"{settings.ca_bundle}: {why}.", "Give a PEM file to --ca-bundle.", 2
            ) from None
    return context


def quiet_libraries() -> None:
    """Keep warnings of libraries off stderr: with no handler at all they would be printed across the screen."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(handler, logging.NullHandler) for handler in logger.handlers):
            logger.addHandler(logging.NullHandler())


def prepare(settings: AzureSettings) -> Callable[[Pace], Wire]:
    """Import and read all that blocks; call it on a thread, and the result on the loop. Raises SourceError, ReadError."""
    importlib.import_module("aiohttp")

    quiet_libraries()
    credential, tls = open_credential(settings), make_tls(settings)
    return lambda pace: Wire(settings, credential, tls, pace)


class Wire:
    """All that is sent to Azure for one source. Make it on the event loop that uses it."""

    def __init__(self, settings: AzureSettings, credential: CachedCredential, tls: ssl.SSLContext, pace: Pace) -> None:
        import aiohttp
        from azure.core.pipeline.transport import AioHttpTransport

        self.settings = settings
        self.pace = pace
        self.endpoint = settings.arm_endpoint.rstrip("/")
        self.tls = tls
        self.credential = credential
        self.host = urlsplit(self.endpoint).hostname or ""
        self.on_request: Told | None = None
        """Told of every request that leaves, with its path only."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=tls, limit=16),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=not settings.on_loopback,
            auto_decompress=False,
        )
        self._transport = AioHttpTransport(session=self._session, session_owner=False)
        container_service = HybridContainerServiceMgmtClient(
            subscription_id=_NO_SUBSCRIPTION, **self._options("hybridcontainerservice")
        )
        self._arm = _sender(container_service)
        self._graph = _sender(ResourceGraphClient(**self._options("resourcegraph")))

    def _options(self, name: str) -> dict[str, Any]:
        scopes = self.settings.token_scopes
        reading = read_only_policies(self.endpoint, scopes, self.credential, self.pace, f"mgmt-{name}")
        return {
            "credential": self.credential,
            "base_url": self.endpoint,
            "credential_scopes": list(scopes),
            "transport": self._transport,
            "policies": [*reading, Witness(self)],
        }

    async def sign_in(self) -> Account:
        """Get the token now, so that a missing sign-in is told before anything else. Raises ReadError."""
        return await self.credential.account(*self.settings.token_scopes)

    async def close(self) -> None:
        """Close all connections and forget the token; safe to call twice."""
        await self.credential.close()
        await self._session.close()

    async def read(self, part: Part, subject: str) -> Answer:
        """Read one document of a cluster or custom location. Raises ReadError."""
        return await self._get(part_path(part, subject), part.right)

    async def read_list(self, part: Part, subject: str) -> list[Json]:
        """Read all pages of a list. Raises ReadError, also for a list that goes in circles."""
        target: str | None = part_path(part, subject)
        seen: set[str] = set()
        found: list[Json] = []
        while target is not None:
            if target in seen or len(seen) >= PAGE_CAP:
                raise broken("leads from page to page without an end")
            seen.add(target)
            document = (await self._get(target, part.right)).document
            if not is_list(inside(document, "value")):
                raise broken("is a list without content")
            found += items(inside(document, "value"))
            link = inside(document, "nextLink")
            target = link if isinstance(link, str) and link else None
        return found

    async def operation(self, address: str) -> Answer:
        """Ask a running operation, at the address Azure gave for it. Raises ReadError; for any other host, unasked."""
        if not is_operation_url(address, self.endpoint):
            raise refused("The address of the operation is not one of Azure's.")
        return await self._get(address, OPERATION_RIGHT)

    async def query(self, query: Query, token: str | None) -> Page:
        """Ask Resource Graph for one page. Raises ReadError."""
        options: dict[str, object] = {"$top": PAGE_ROWS, "resultFormat": "objectArray"}
        body: dict[str, object] = {"query": query.text, "options": options}
        if token is not None:
            options["$skipToken"] = token
        if self.settings.subscriptions:
            body["subscriptions"] = list(self.settings.subscriptions)
        request = HttpRequest("POST", f"{GRAPH_PATH}?api-version={RESOURCE_GRAPH}", json=body)
        answer = mapping((await self._send(self._graph, request, "Microsoft.ResourceGraph/resources/read")).document)
        data, total, following = answer.get("data"), answer.get("totalRecords"), answer.get("$skipToken")
        if not is_list(data):
            raise broken("of Resource Graph holds no rows")
        return Page(
            rows=items(data),
            total=total if isinstance(total, int) and not isinstance(total, bool) else None,
            token=following if isinstance(following, str) and following else None,
            cut=answer.get("resultTruncated") in ("true", True) and not following,
        )

    async def _get(self, target: str, right: str) -> Answer:
        return await self._send(self._arm, HttpRequest("GET", target), right)

    async def _send(self, send: Send, request: HttpRequest, right: str) -> Answer:
        """One request and its answer as JSON. A sign-in that Azure refuses is renewed once."""
        try:
            return await self._try(send, request, right)
        except ReadError as error:
            if error.kind is not Trouble.SIGN_IN or not self.credential.forget():
                raise
        return await self._try(send, request, right)

    async def _try(self, send: Send, request: HttpRequest, right: str) -> Answer:
        try:
            response = await send(request, connection_timeout=CONNECT, read_timeout=READ)
        except GuardError as error:
            raise error.problem from None
        except (DecodeError, zlib.error):
            raise broken("is damaged") from None
        except AzureError as error:
            raise await self._explained(error) from None
        except ValueError:
            raise broken("leads to an address that is none") from None
        return _answer(response, self.host, right)

    async def _explained(self, error: AzureError) -> ReadError:
        problem = of_network(error, self.host)
        if problem.kind is not Trouble.TLS:
            return problem
        return of_network(error, self.host, await self._issuer())

    async def _issuer(self) -> str | None:
        """Who signed the certificate that was refused, from a handshake that sends and trusts nothing."""
        looking = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        looking.check_hostname = False
        looking.verify_mode = ssl.CERT_NONE
        port = urlsplit(self.endpoint).port or 443
        with contextlib.suppress(OSError, ValueError, ImportError, TimeoutError):
            async with asyncio.timeout(_ISSUER_TIMEOUT):
                _, writer = await asyncio.open_connection(self.host, port, ssl=looking)
                try:
                    return _issuer_of(writer.get_extra_info("ssl_object").getpeercert(True))
                finally:
                    writer.transport.abort()
        return None


def _sender(client: object) -> Send:
    """The method lost its underscore in newer clients."""
    return cast(Send, getattr(client, "send_request", None) or getattr(client, "_send_request"))  # noqa: B009


def _issuer_of(certificate: bytes | None) -> str | None:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    if certificate is None:
        return None
    issuer = x509.load_der_x509_certificate(certificate).issuer
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in issuer.get_attributes_for_oid(kind):
            return str(attribute.value)
    return None


def _answer(response: AsyncHttpResponse, host: str, right: str) -> Answer:
    """The JSON of an answer. Raises ReadError; the body never becomes part of its text."""
    kind = (response.headers.get("content-type") or "").casefold()
    html = "html" in kind
    if response.status_code == 200 and "json" not in kind:
        raise not_azure(host, "HTTP 200, " + ("a web page" if html else "no JSON"))
    try:
        document = parse(response.content)
    except ValueError as error:
        if response.status_code == 200:
            raise broken(str(error)) from None
        document = None
    if response.status_code != 200:
        raise of_status(response.status_code, error_codes(document), html, host, right)
    return Answer(document, response.headers.get("etag"))
