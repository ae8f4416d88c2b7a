"""One token for all, asked for once; what a failed sign-in is told as."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest
from azure.core.credentials import AccessTokenInfo

from planner.azure.credentials import FLOOR, MARGIN, CachedCredential, open_credential
from planner.azure.errors import ReadError, Trouble, of_sign_in
from planner.azure.settings import AzureSettings
from planner.inventory import clean
from tests.azure.conftest import FakeTime

SCOPE = "https://management.azure.com/.default"


class Issuer:
    """A blocking credential that counts."""

    def __init__(self, time: FakeTime, life: float = 3600.0) -> None:
        self.time = time
        self.life = life
        self.asked: list[Any] = []
        self.error: Exception | None = None

    def get_token_info(self, *scopes: str, options: Any = None) -> AccessTokenInfo:
        self.asked.append((scopes, options))
        if self.error is not None:
            raise self.error
        return AccessTokenInfo(f"token-{len(self.asked)}", int(self.time.now + self.life))


def cached(issuer: Issuer, time: FakeTime) -> CachedCredential:
    return CachedCredential(issuer, AzureSettings(), time.clock, time.clock)


async def test_many_at_once_cost_one_token(time: FakeTime) -> None:
    issuer = Issuer(time)
    credential = cached(issuer, time)
    tokens = await asyncio.gather(*(credential.get_token_info(SCOPE) for _ in range(20)))
    assert {found.token for found in tokens} == {"token-1"}
    assert len(issuer.asked) == 1


async def test_scopes_and_tenants_have_their_own(time: FakeTime) -> None:
    issuer = Issuer(time)
    credential = cached(issuer, time)
    first = await credential.get_token_info(SCOPE)
    other = await credential.get_token_info("other/.default")
    tenant = await credential.get_token_info(SCOPE, options={"tenant_id": "t"})
    assert len({first.token, other.token, tenant.token}) == 3


async def test_a_token_is_renewed_before_its_end(time: FakeTime) -> None:
    issuer = Issuer(time)
    credential = cached(issuer, time)
    await credential.get_token_info(SCOPE)
    time.now += 3600 - MARGIN - 1
    assert (await credential.get_token_info(SCOPE)).token == "token-1"
    time.now += 2
    assert (await credential.get_token_info(SCOPE)).token == "token-2"


async def test_a_short_lived_token_is_kept_for_the_floor_at_least(time: FakeTime) -> None:
    issuer = Issuer(time, life=10)
    credential = cached(issuer, time)
    for _ in range(10):
        await credential.get_token_info(SCOPE)
    assert len(issuer.asked) == 1
    time.now += FLOOR
    await credential.get_token_info(SCOPE)
    assert len(issuer.asked) == 2


async def test_a_challenge_goes_past_the_cache_and_its_answer_stays(time: FakeTime) -> None:
    issuer = Issuer(time)
    credential = cached(issuer, time)
    await credential.get_token_info(SCOPE)
    challenged = await credential.get_token_info(SCOPE, options={"claims": "{}"})
    assert challenged.token == "token-2"
    assert (await credential.get_token_info(SCOPE)).token == "token-2"


async def test_a_refused_token_is_forgotten_unless_it_is_new(time: FakeTime) -> None:
    credential = cached(Issuer(time), time)
    await credential.get_token_info(SCOPE)
    assert not credential.forget()
    time.now += FLOOR
    assert credential.forget()
    assert (await credential.get_token_info(SCOPE)).token == "token-2"


async def test_a_failure_is_not_kept(time: FakeTime) -> None:
    issuer = Issuer(time)
    credential = cached(issuer, time)
    issuer.error = RuntimeError("Please run 'az login' to set up an account")
    with pytest.raises(ReadError):
        await credential.get_token_info(SCOPE)
    issuer.error = None
    assert (await credential.get_token_info(SCOPE)).token == "token-2"


async def test_who_the_token_says_we_are(time: FakeTime) -> None:
    def jwt(claims: Any) -> str:
        return "e30." + base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=") + ".sig"

    async def account(token: str) -> tuple[str | None, str | None]:
        settings = AzureSettings(auth="static", token=lambda: token)
        found = await open_credential(settings).account(SCOPE)
        return found.name, found.tenant

    assert await account(jwt({"upn": "ann@example.com", "tid": "t-1"})) == ("ann@example.com", "t-1")
    assert await account(jwt({"appid": "app-1"})) == ("app-1", None)
    assert await account(jwt({"upn": "\x1b[31m"})) == ("\N{REPLACEMENT CHARACTER}[31m", None)
    for odd in ("emulator", "a.b.c", "..", jwt([1]), jwt({"upn": 7})):
        assert await account(odd) == (None, None)


async def test_cancelling_a_sign_in_does_not_wait_for_it(time: FakeTime) -> None:
    import threading

    gate = threading.Event()

    class Hanging(Issuer):
        def get_token_info(self, *scopes: str, options: Any = None) -> AccessTokenInfo:
            gate.wait(10)
            return super().get_token_info(*scopes, options=options)

    task = asyncio.create_task(cached(Hanging(time), time).get_token_info(SCOPE))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gate.set()


@pytest.mark.parametrize(
    ("message", "why", "cure"),
    [
        ("Azure CLI not found on path", "is not on the path", "--auth env"),
        ("Please run 'az login' to set up an account", "is not signed in", "`az login --tenant T-1`"),
        ("Timed out waiting for Azure CLI", "in time", "az account get-access-token"),
        (
            "WARNING: beta\nERROR: AADSTS70043: The refresh token has expired.\nTrace ID: 1\nCorrelation ID: 2",
            "gave no token: AADSTS70043: The refresh token has expired.",
            "`az login --tenant T-1`",
        ),
        ("", "it said nothing", "az login"),
    ],
)
def test_what_the_cli_says_becomes_one_sentence_and_a_command(message: str, why: str, cure: str) -> None:
    told = of_sign_in(message, "az", "T-1")
    assert (told.kind, told.as_source_error().exit_code) == (Trouble.SIGN_IN, 4)
    assert why in told.why
    assert cure in told.cure
    assert "Trace ID" not in str(told)
    assert clean(told.why) == told.why


def test_a_claims_challenge_gives_the_whole_command() -> None:
    claims = "eyJ" + "A" * 400
    told = of_sign_in(f"To authenticate, please run: az login --claims-challenge {claims} --tenant T", "az", None)
    assert f"`az login --claims-challenge {claims} --tenant T`" in told.cure


def test_an_environment_that_is_not_set_up_is_told() -> None:
    told = of_sign_in("EnvironmentCredential authentication unavailable.\nmore", "env", None)
    assert "AZURE_CLIENT_ID" in told.cure
    assert "more" not in told.why
