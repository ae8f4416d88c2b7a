"""Signed addresses, keys and tokens: in no event but the one that keeps the address, and in no log at any level (PR9)."""

from __future__ import annotations

import logging
import subprocess
import sys
import traceback

import pytest

from planner.emulator.operation import CANARY
from planner.emulator.payloads import SSH_KEY
from planner.events import Accepted
from planner.ports import SourceError
from tests.azure.upgrading import Upgrade, order_for

TOKEN = "a-token"
KEY = SSH_KEY.split()[1]
FAULTS = ["", "403", "409", "500", "html", "half", "cut", "lost", "reset", "redirect", "null", "foreign"]


@pytest.mark.parametrize("kind", FAULTS)
async def test_no_secret_shows(upgrade: Upgrade, caplog: pytest.LogCaptureFixture, kind: str) -> None:
    caplog.set_level(logging.DEBUG)
    if kind:
        upgrade.fault(f"put:{kind}")
    prepared = await upgrade.upgrader.prepare(upgrade.order)
    outcome = await upgrade.run_with(prepared.fingerprint)
    operation = outcome.operation if isinstance(outcome, Accepted) else ""
    if kind in ("", "null"):
        assert CANARY in operation
    upgrade.fault("operation:500", "operation:html")
    polls = [await upgrade.source.poll("S01", operation) for _ in range(2)]
    shown = repr(outcome).replace(repr(operation), "") + repr((prepared, upgrade.intents, polls, upgrade.upgrader))
    assert KEY in upgrade.puts[0].body.decode()
    for secret in (CANARY, KEY, TOKEN):
        assert secret not in shown
        assert secret not in caplog.text
        assert all(secret not in repr(vars(record)) for record in caplog.records)


async def test_no_secret_is_in_the_traceback_of_a_refused_order(upgrade: Upgrade) -> None:
    with pytest.raises(SourceError) as told:
        await upgrade.upgrader.prepare(order_for(upgrade.world, target="1.99.0"))
    assert KEY not in "".join(traceback.format_exception(told.value))


def test_a_process_that_may_only_read_has_not_even_loaded_what_writes() -> None:
    code = """
import asyncio, sys
from planner.emulator.demo import DemoSource

async def read():
    source = DemoSource()
    fleet = await source.load()
    await source.refresh(fleet, fleet.clusters[0])
    await source.close()

asyncio.run(read())
assert "planner.azure.wire" in sys.modules
print(sorted({"planner.azure.upgrader", "planner.azure.writing"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
