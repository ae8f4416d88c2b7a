"""What the live reader needs to know, as one value; nothing of Azure is imported here."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal
from urllib.parse import SplitResult, urlsplit

from planner.inventory import SourceKind, clean
from planner.ports import SourceError

Auth = Literal["az", "env", "static"]

PUBLIC: Final = "https://management.azure.com"
CLOUDS: Final = {
    PUBLIC: "https://management.azure.com/.default",
    "https://management.usgovcloudapi.net": "https://management.core.usgovcloudapi.net/.default",
    "https://management.chinacloudapi.cn": "https://management.core.chinacloudapi.cn/.default",
}
"""ARM endpoint of each known cloud and the scope its token is asked for."""

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TENANT: Final = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z.-]{0,251}[0-9A-Za-z])?")


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class AzureSettings:
    """How to reach Azure and as whom."""

    subscriptions: tuple[str, ...] = ()
    """Subscription ids to look at; empty = all the account can see in its tenant."""
    tenant: str | None = None
    auth: Auth = "az"
    """az = the Azure CLI's sign-in, env = AZURE_* variables, static = `token` below."""
    arm_endpoint: str = PUBLIC
    scopes: tuple[str, ...] = ()
    """Empty = the scope that belongs to the endpoint."""
    ca_bundle: Path | None = None
    """A PEM file whose certificates are trusted in addition to the system's."""
    now: Callable[[], datetime] = _utc_now
    """The moment a fact is stamped with; must be aware."""
    source_kind: SourceKind = SourceKind.LIVE
    token: Callable[[], str] | None = field(default=None, repr=False)
    """Gives the bearer token where auth is "static": the embedded emulator's."""

    @property
    def token_scopes(self) -> tuple[str, ...]:
        """The scopes a token is asked for."""
        return self.scopes or (CLOUDS.get(self.arm_endpoint.rstrip("/").lower(), CLOUDS[PUBLIC]),)

    @property
    def on_loopback(self) -> bool:
        """True when the endpoint is this machine: the emulator."""
        return _is_loopback(urlsplit(self.arm_endpoint).hostname or "")


def check_settings(settings: AzureSettings) -> None:
    """Refuse what must not be used, before anything is sent. Raises SourceError with exit code 2.

    A bearer token is worth as much as the account, so it goes to a known cloud or to this machine only (PR10).
    """
    for subscription in settings.subscriptions:
        if not _UUID.fullmatch(subscription):
            raise SourceError(
                "The subscription cannot be used",
                f"“{clean(subscription, 60)}” is not a subscription id.",
                "Give the id, such as 00000000-0000-0000-0000-000000000001; `az account list` prints it.",
                2,
            )
    if settings.tenant is not None and not _TENANT.fullmatch(settings.tenant):
        raise SourceError(
            "The tenant cannot be used",
            f"“{clean(settings.tenant, 60)}” is neither a tenant id nor a domain.",
            "Give the id or a domain such as example.onmicrosoft.com; `az account list` prints the id.",
            2,
        )
    if settings.auth == "static" and not settings.on_loopback:
        raise SourceError(
            "The sign-in cannot be used",
            "A fixed token is for the emulator on this machine only.",
            "Use --auth az or --auth env.",
            2,
        )
    if not _endpoint_allowed(settings.arm_endpoint):
        raise SourceError(
            "The ARM endpoint cannot be used",
            f"“{clean(settings.arm_endpoint, 80)}” is neither a known Azure cloud nor https on this machine.",
            "Leave --arm-endpoint out for public Azure, or give https://127.0.0.1:PORT of an emulator.",
            2,
        )


def _endpoint_allowed(endpoint: str) -> bool:
    try:
        parts = urlsplit(endpoint)
        plain = _is_plain(parts)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    return plain and (endpoint.rstrip("/").lower() in CLOUDS or _is_loopback(host))


def _is_plain(parts: SplitResult) -> bool:
    extras = parts.username or parts.password or parts.path.strip("/") or parts.query or parts.fragment
    return parts.scheme == "https" and not extras


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
