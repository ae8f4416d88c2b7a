"""Who we are to Azure: one token, shared by all clients, kept in memory only.

The Azure CLI's credential starts a process for each token, so one cache stands before it. Its blocking form runs on
a thread of its own: a hanging `az` then neither freezes the screen nor keeps the program from ending.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from planner.azure.errors import ReadError, of_sign_in
from planner.azure.settings import AzureSettings
from planner.inventory import clean
from planner.ownthread import on_own_thread

if TYPE_CHECKING:
    from azure.core.credentials import AccessTokenInfo, TokenRequestOptions

FLOOR: Final = 30.0
"""Seconds a token is kept at least, so that a wrong clock or a short life does not mean one process per request."""
MARGIN: Final = 300.0
"""Seconds before its end at which a token is renewed."""
CLI_TIMEOUT: Final = 30
STATIC_LIFE: Final = 3600


class Blocking(Protocol):
    """A credential of azure-identity that blocks."""

    def get_token_info(self, *scopes: str, options: TokenRequestOptions | None = None) -> AccessTokenInfo: ...


@dataclass(frozen=True)
class Account:
    """Who the token says we are; for the header only."""

    name: str | None = None
    tenant: str | None = None


@dataclass
class _Kept:
    token: AccessTokenInfo
    fetched: float

    def __repr__(self) -> str:
        return "_Kept(…)"


class CachedCredential:
    """An async credential over a blocking one: one token per scope and tenant, asked for once at a time."""

    def __init__(
        self,
        inner: Blocking,
        settings: AzureSettings,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._inner = inner
        self._settings = settings
        self._clock = clock
        self._wall = wall
        self._kept: dict[tuple[str, ...], _Kept] = {}
        self._lock = asyncio.Lock()

    async def get_token_info(self, *scopes: str, options: TokenRequestOptions | None = None) -> AccessTokenInfo:
        """A token for the scopes. Claims, the answer to a challenge, go past the cache. Raises ReadError."""
        wanted: dict[str, Any] = dict(options or {})
        key = (*scopes, str(wanted.get("tenant_id") or ""))
        async with self._lock:
            kept = self._kept.get(key)
            if kept is not None and not wanted.get("claims") and self._is_good(kept):
                return kept.token
            token = await self._fetch(scopes, options)
            self._kept[key] = _Kept(token, self._clock())
            return token

    def forget(self) -> bool:
        """Drop tokens that Azure refused; those younger than FLOOR stay. True when something was dropped."""
        old = [key for key, kept in self._kept.items() if self._clock() - kept.fetched >= FLOOR]
        for key in old:
            del self._kept[key]
        return bool(old)

    async def account(self, *scopes: str) -> Account:
        """Sign in now, and tell who that is. Raises ReadError."""
        return _account_of((await self.get_token_info(*scopes)).token)

    async def close(self) -> None:
        """Forget all tokens."""
        self._kept.clear()

    async def __aenter__(self) -> CachedCredential:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.close()

    def _is_good(self, kept: _Kept) -> bool:
        young = self._clock() - kept.fetched < FLOOR
        return young or kept.token.expires_on - self._wall() > MARGIN

    async def _fetch(self, scopes: tuple[str, ...], options: TokenRequestOptions | None) -> AccessTokenInfo:
        try:
            return await on_own_thread(lambda: self._inner.get_token_info(*scopes, options=options), "sign-in")
        except ReadError:
            raise
        except Exception as error:
            message = str(getattr(error, "message", "") or error)
            raise of_sign_in(message, self._settings.auth, self._settings.tenant) from None


class StaticCredential:
    """Hands out a token it is given: the embedded emulator's. Never used against a known cloud."""

    def __init__(self, provide: Callable[[], str], wall: Callable[[], float] = time.time) -> None:
        self._provide = provide
        self._wall = wall

    def get_token_info(self, *_: str, options: TokenRequestOptions | None = None) -> AccessTokenInfo:
        """The given token, good for an hour."""
        from azure.core.credentials import AccessTokenInfo

        return AccessTokenInfo(self._provide(), int(self._wall()) + STATIC_LIFE)


def open_credential(settings: AzureSettings) -> CachedCredential:
    """The credential the settings ask for. Imports azure-identity; call it from a worker thread."""
    return CachedCredential(_blocking(settings), settings)


def _blocking(settings: AzureSettings) -> Blocking:
    if settings.auth == "static":
        return StaticCredential(settings.token or (lambda: "none"))
    from azure.identity import AzureCliCredential, EnvironmentCredential

    if settings.auth == "env":
        verify = {"connection_verify": str(settings.ca_bundle)} if settings.ca_bundle else {}
        return cast(Blocking, EnvironmentCredential(**verify))
    try:
        return AzureCliCredential(tenant_id=settings.tenant or "", process_timeout=CLI_TIMEOUT)
    except ValueError as error:
        raise of_sign_in(str(error), settings.auth, None) from None


def _account_of(token: str) -> Account:
    """Name and tenant in the token's own claims; a token that is no JWT says nothing."""
    try:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError, binascii.Error, RecursionError):
        return Account()
    if not isinstance(claims, dict):
        return Account()
    said = cast("dict[str, object]", claims)
    names = (said.get(key) for key in ("upn", "preferred_username", "unique_name", "appid"))
    name = next((value for value in names if isinstance(value, str) and value), None)
    tenant = said.get("tid")
    return Account(
        name=clean(name, 120) if name else None,
        tenant=clean(tenant, 60) if isinstance(tenant, str) and tenant else None,
    )
