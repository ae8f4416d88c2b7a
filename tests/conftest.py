"""What every test stands on: an own home, no proxies or Azure settings of the machine, no network beyond loopback."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

FOREIGN = ("AZURE_", "ARM_", "TEXTUAL", "XDG_", "MSI_", "IDENTITY_")
FOREIGN_NAMES = {
    "COLUMNS",
    "LINES",
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR",
    "COLORTERM",
    "PAGER",
    "EDITOR",
    "VISUAL",
    "BROWSER",
}
FOREIGN_NAMES |= {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"}


def pytest_configure() -> None:
    """Before anything of arcstep is imported: Textual and the SDK read the environment at import."""
    for name in list(os.environ):
        if name.upper().startswith(FOREIGN) or name.upper() in FOREIGN_NAMES:
            del os.environ[name]
    os.environ |= {"TZ": "UTC", "TERM": "xterm-256color", "TEXTUAL_ANIMATIONS": "none", "PYTHONUTF8": "1"}
    if hasattr(time, "tzset"):
        time.tzset()
    settings.register_profile("arcstep", deadline=None)
    settings.load_profile("arcstep")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, so that no settings, history or sign-in of the machine is read or changed."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    return home


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test that reaches for another machine fails, also where the code under test swallows the error.

    Names under .invalid may be asked for: they are how a test says "a host that does not exist".
    """
    reached: list[str] = []
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def refuse(host: object) -> None:
        reached.append(str(host))
        raise OSError(errno.ENETUNREACH, f"tests do not leave this machine: {host}")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if not _stays_here(self, address):
            refuse(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        if not _stays_here(self, address):
            refuse(address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name and not _is_loopback(name):
            if name.rstrip(".").endswith(".invalid"):
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            refuse(name)
        return getaddrinfo(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
    yield
    assert not reached, f"the test reached for {', '.join(sorted(set(reached)))}"


def _stays_here(sock: socket.socket, address: Any) -> bool:
    return sock.family not in (socket.AF_INET, socket.AF_INET6) or _is_loopback(str(address[0]))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"
