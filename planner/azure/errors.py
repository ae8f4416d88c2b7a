"""What can go wrong between us and Azure, in words an operator can act on.

Bodies, tokens and signed addresses never become part of a text: only status, error code, and what we know ourselves.
"""

from __future__ import annotations

import re
import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from planner.azure.fields import inside, items, mapping
from planner.inventory import clean
from planner.ports import SourceError

_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,79}")


class Trouble(StrEnum):
    """The kinds of failure that are treated apart."""

    SIGN_IN = "sign-in"
    SUBSCRIPTION = "subscription"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    REGISTRATION = "registration"
    BUSY = "busy"
    NETWORK = "network"
    TLS = "tls"
    NOT_AZURE = "not Azure"
    DEADLINE = "deadline"
    SERVER = "server"
    BROKEN = "broken"
    REFUSED = "refused"
    GUARD = "guard"


_OUTAGES: Final = frozenset(
    {
        Trouble.SIGN_IN,
        Trouble.TLS,
        Trouble.NOT_AZURE,
        Trouble.NETWORK,
        Trouble.DEADLINE,
        Trouble.SERVER,
        Trouble.BUSY,
    }
)
_HEADLINE: Final = {
    Trouble.SIGN_IN: "Not signed in to Azure",
    Trouble.SUBSCRIPTION: "No subscription to read",
    Trouble.FORBIDDEN: "No permission to read",
    Trouble.MISSING: "Not found",
    Trouble.REGISTRATION: "A resource provider is not registered",
    Trouble.BUSY: "Azure asks to wait",
    Trouble.NETWORK: "Azure cannot be reached",
    Trouble.TLS: "The connection to Azure cannot be trusted",
    Trouble.NOT_AZURE: "This is not Azure answering",
    Trouble.DEADLINE: "Azure did not answer in time",
    Trouble.SERVER: "Azure failed",
    Trouble.BROKEN: "The answer cannot be read",
    Trouble.REFUSED: "Azure refused the request",
    Trouble.GUARD: "A request was refused before it was sent",
}


@dataclass(eq=False)
class ReadError(Exception):
    """One reading failed: the kind, why in one sentence, and what to do next."""

    kind: Trouble
    why: str
    cure: str

    def __str__(self) -> str:
        return self.why

    @property
    def is_outage(self) -> bool:
        """True where the trouble is not with the one thing that was asked for."""
        return self.kind in _OUTAGES

    def as_source_error(self) -> SourceError:
        """The same, as the end of all reading."""
        return SourceError(_HEADLINE[self.kind], self.why, self.cure, 4)


def of_status(status: int, codes: tuple[str, ...], html: bool, host: str, right: str) -> ReadError:
    """Why an answer other than 200 came. `right` is what reading this document needs."""
    said = ", ".join((f"HTTP {status}", *codes[:2]))
    folded = {code.casefold() for code in codes}
    if status == 407 or 300 <= status < 400 or (html and status < 500):
        return not_azure(host, said)
    if any("novalidsubscription" in code for code in folded):
        return ReadError(
            Trouble.SUBSCRIPTION,
            f"The account can see none of the subscriptions asked for ({said}).",
            "Check --subscription and --tenant, or sign in with `az login --tenant TENANT`.",
        )
    if status == 409 and "missingsubscriptionregistration" in folded:
        return ReadError(
            Trouble.REGISTRATION,
            "The subscription is not registered for Microsoft.HybridContainerService; ask an owner to register it.",
            "arcstep only reads and never registers a provider itself.",
        )
    kind, why, cure = _OF_STATUS.get(status) or (_SERVER if status >= 500 else _REFUSED)
    return ReadError(kind, f"{why.format(right=right)} ({said}).", cure)


_OF_STATUS: Final = {
    401: (Trouble.SIGN_IN, "Azure refused the sign-in", "Run `az login`, then read again."),
    403: (
        Trouble.FORBIDDEN,
        "No permission: needs {right}",
        "Ask for the Reader role on the resource groups of the clusters and of the instances.",
    ),
    404: (Trouble.MISSING, "Azure does not know it", "Read again later."),
    429: (
        Trouble.BUSY,
        "Azure is throttling this account",
        "Stop other tools that use the same account, and read again in a few minutes.",
    ),
}
_SERVER: Final = (Trouble.SERVER, "Azure failed", "Read again in a few minutes.")
_REFUSED: Final = (Trouble.REFUSED, "Azure refused the request", "Read again; if it stays, report it with the time.")


def not_azure(host: str, said: str) -> ReadError:
    """A page came back where Azure would have sent JSON: a captive portal, or a proxy that wants something."""
    return ReadError(
        Trouble.NOT_AZURE,
        f"{host} sent a page instead of data ({said}): a network sign-in page or a proxy stands in between.",
        "Open a web browser on this machine and pass the network's sign-in page, or set HTTPS_PROXY, then read again.",
    )


def broken(said: str) -> ReadError:
    """An answer that says it is JSON and is not."""
    return ReadError(Trouble.BROKEN, f"The answer {said}.", "Read again; if it stays, report it with the time.")


def broken_off(host: str) -> ReadError:
    """A connection that was there and ended too early."""
    return ReadError(Trouble.BROKEN, f"{host} closed the connection before the answer was whole.", "Read again.")


def too_long(seconds: float) -> ReadError:
    """Azure asks for a longer wait than anybody should sit through without being asked."""
    return ReadError(
        Trouble.BUSY,
        f"Azure is throttling this account and asks to wait {span(seconds)}.",
        "Stop other tools that use the same account, and read again after that time.",
    )


def no_answer(seconds: float) -> ReadError:
    """The deadline of one reading passed."""
    return ReadError(
        Trouble.DEADLINE,
        f"No whole answer came within {seconds:.0f} seconds.",
        "Check the network or the proxy, then read again.",
    )


def refused(why: str) -> ReadError:
    """One of our own guards stopped a request."""
    return ReadError(Trouble.GUARD, why, "Nothing was sent; report this, since it should not happen.")


def error_codes(document: object) -> tuple[str, ...]:
    """The codes in an error answer, outermost first; a text that does not look like a code is not repeated."""
    error = mapping(document).get("error")
    raw = [inside(error, "code"), *(detail.get("code") for detail in items(inside(error, "details")))]
    return tuple(dict.fromkeys(code for code in raw if isinstance(code, str) and _CODE.fullmatch(code)))


def of_sign_in(message: str, auth: str, tenant: str | None) -> ReadError:
    """Why no token could be had, from what the credential said: its first line at most."""
    login = "az login" + (f" --tenant {clean(tenant, 60)}" if tenant else "")
    first = clean(_telling_line(message), 300)
    lowered = message.casefold()
    if auth == "env":
        return ReadError(
            Trouble.SIGN_IN,
            f"The environment gives no usable sign-in: {first}",
            "Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or leave --auth out to use `az login`.",
        )
    if "not found on path" in lowered:
        return ReadError(
            Trouble.SIGN_IN,
            "The Azure CLI (`az`) is not on the path.",
            f"Install it, run `{login}`; or use --auth env with AZURE_* variables.",
        )
    if "claims-challenge" in lowered:
        found = re.search(r"az login --claims-challenge.*", message)
        command = clean(found[0].strip(), 4000) if found else login
        return ReadError(Trouble.SIGN_IN, "Azure asks for a fresh, stronger sign-in.", f"Run `{command}`.")
    if "please run 'az login'" in lowered:
        return ReadError(Trouble.SIGN_IN, "The Azure CLI is not signed in.", f"Run `{login}`, then read again.")
    if "timed out" in lowered or "failed to invoke" in lowered:
        return ReadError(
            Trouble.SIGN_IN,
            "The Azure CLI did not hand out a token in time.",
            f"Try `az account get-access-token --query expiresOn`; if that hangs too, run `{login}`.",
        )
    return ReadError(Trouble.SIGN_IN, f"The Azure CLI gave no token: {first}", f"Run `{login}`, then read again.")


def _telling_line(message: str) -> str:
    """The line of an error output that names the cause: the first with a sign-in code, else the first."""
    lines = [line.strip().removeprefix("ERROR:").strip() for line in message.splitlines() if line.strip()]
    return next((line for line in lines if "AADSTS" in line), lines[0] if lines else "it said nothing")


def of_network(error: BaseException, host: str, issuer: str | None = None) -> ReadError:
    """Why no connection came about, from the innermost cause that says something."""
    causes = _causes(error)
    names = {type(cause).__name__ for cause in causes}
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return _of_tls(cause, host, issuer)
    if any("Proxy" in name for name in names):
        return ReadError(
            Trouble.NETWORK, "The proxy refused the connection.", "Check HTTPS_PROXY and the proxy's sign-in."
        )
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return _unreachable(f"The name {host} cannot be resolved (DNS).")
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return _unreachable(f"{host} refused the connection.")
    if "ServiceResponseTimeoutError" in names:
        return ReadError(
            Trouble.DEADLINE,
            f"{host} took the request and sent no answer.",
            "Check the network or the proxy, then read again.",
        )
    if names & {"ServiceRequestTimeoutError", "TimeoutError"}:
        return _unreachable(f"{host} did not accept a connection in time.")
    if names & {"IncompleteReadError", "ServiceResponseError", "ClientPayloadError", "ServerDisconnectedError"}:
        return broken_off(host)
    return _unreachable(f"No connection to {host} could be made.")


def _unreachable(why: str) -> ReadError:
    return ReadError(
        Trouble.NETWORK,
        why,
        "Check the network, the VPN and HTTPS_PROXY; a snapshot can be read with --from FILE meanwhile.",
    )


def _of_tls(error: ssl.SSLError, host: str, issuer: str | None) -> ReadError:
    problem = clean(getattr(error, "verify_message", "") or getattr(error, "reason", "") or "the handshake failed", 120)
    signed = f", signed by “{clean(issuer, 120)}”" if issuer else ""
    return ReadError(
        Trouble.TLS,
        f"The certificate of {host}{signed} is not trusted: {problem}.",
        "Behind a proxy that inspects TLS, give its CA certificate with --ca-bundle FILE; also check this "
        "machine's date and time.",
    )


def _causes(error: BaseException) -> list[BaseException]:
    """The error, what it wraps, and what that wraps, without going in circles."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting and len(found) < 20:
        current = waiting.pop(0)
        if not isinstance(current, BaseException) or current in found:
            continue
        found.append(current)
        waiting += [
            getattr(current, "inner_exception", None),
            getattr(current, "certificate_error", None),
            getattr(current, "os_error", None),
            current.__cause__,
        ]
    return found


def span(seconds: float) -> str:
    if seconds < 600:
        return f"{seconds:.0f} seconds"
    if seconds < 7200:
        return f"{seconds / 60:.0f} minutes"
    if seconds < 172_800:
        return f"{seconds / 3600:.0f} hours"
    return f"{seconds / 86_400:.0f} days"
