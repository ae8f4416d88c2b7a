"""The real credential of the Azure CLI, with a stand-in `az` on the path."""

from __future__ import annotations

import base64
import json
import os
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from planner.azure.reader import AzureSource
from planner.emulator.server import Emulator
from planner.ports import SourceError
from tests.azure.conftest import FakeTime, settings_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
TENANT = "11111111-aaaa-4bbb-8ccc-222222222222"


class StandIn:
    """An `az` that says what it is told and notes how it was called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"

    def says(self, output: str = "", error: str = "", code: int = 0) -> None:
        script = self.folder / "az"
        (self.folder / "out").write_text(output)
        (self.folder / "err").write_text(error)
        script.write_text(
            f'#!/bin/sh\necho "$@" >> "{self.calls}"\ncat "{self.folder}/out"\ncat "{self.folder}/err" >&2\nexit {code}\n'
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR)

    def grants(self) -> None:
        claims = base64.urlsafe_b64encode(json.dumps({"upn": "ann@example.com", "tid": TENANT}).encode()).decode()
        self.says(json.dumps({"accessToken": f"e30.{claims}.sig", "expires_on": 4_000_000_000, "tokenType": "Bearer"}))


@pytest.fixture
def az(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.defpath}")
    return StandIn(tmp_path)


async def refused(emulator: Emulator, time: FakeTime, **changes: str) -> SourceError:
    source = AzureSource(replace(settings_for(emulator), auth="az", token=None, **changes), time.pace)  # type: ignore[arg-type]
    with pytest.raises(SourceError) as told:
        await source.load()
    await source.close()
    assert told.value.exit_code == 4
    assert emulator.log == []
    return told.value


async def test_one_token_for_the_whole_fleet(az: StandIn, emulator: Emulator, time: FakeTime) -> None:
    az.grants()
    source = AzureSource(replace(settings_for(emulator), auth="az", tenant=TENANT), time.pace)
    fleet = await source.load_all()
    await source.close()
    assert len(fleet.clusters) == 3
    assert (fleet.account, fleet.tenant) == ("ann@example.com", TENANT)
    (call,) = az.calls.read_text().splitlines()
    assert call == f"account get-access-token --output json --resource https://management.azure.com --tenant {TENANT}"


async def test_no_cli(az: StandIn, emulator: Emulator, time: FakeTime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(az.folder))
    error = await refused(emulator, time)
    assert error.why == "The Azure CLI (`az`) is not on the path."


async def test_not_signed_in(az: StandIn, emulator: Emulator, time: FakeTime) -> None:
    az.says(error="ERROR: Please run 'az login' to setup account.\n", code=1)
    error = await refused(emulator, time, tenant=TENANT)
    assert error.why == "The Azure CLI is not signed in."
    assert error.cure == f"Run `az login --tenant {TENANT}`, then read again."


async def test_an_expired_sign_in_is_told_in_its_first_line(az: StandIn, emulator: Emulator, time: FakeTime) -> None:
    lines = "ERROR: AADSTS70043: The refresh token has expired.\x1b[2J\nTrace ID: canary\naz login --scope x\n"
    az.says(error=lines, code=1)
    error = await refused(emulator, time)
    assert "AADSTS70043: The refresh token has expired.\N{REPLACEMENT CHARACTER}[2J" in error.why
    assert "canary" not in str(error)


async def test_what_the_cli_prints_is_no_token(az: StandIn, emulator: Emulator, time: FakeTime) -> None:
    az.says('{"accessToken": "canary-secret", "expires')
    error = await refused(emulator, time)
    assert "canary-secret" not in str(error)


async def test_an_environment_without_sign_in(emulator: Emulator, time: FakeTime) -> None:
    source = AzureSource(replace(settings_for(emulator), auth="env"), time.pace)
    with pytest.raises(SourceError) as told:
        await source.load()
    await source.close()
    assert "AZURE_CLIENT_ID" in told.value.cure
