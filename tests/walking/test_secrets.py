"""After a whole walk with faults: the signed address is in the journal alone, tokens and keys are nowhere (PR9)."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from planner.documents.evidence import render_evidence
from planner.emulator.operation import CANARY
from planner.emulator.payloads import SSH_KEY
from planner.journal import read
from tests.walking.person import Person
from tests.walking.test_walker import PATIENCE, running, staged

TOKEN = "emulator"


async def test_no_secret_leaves_the_journal(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with staged(tmp_path / "walks", "1.30", "operation:503!", "cluster:500!", "pools:html!") as stage:
        session = await stage.take_up()
        async with running(session) as walker, asyncio.timeout(PATIENCE):
            walk = await Person(walker).walk()
    record = read(session.journal)
    journal = session.journal.read_text("utf-8")
    assert CANARY in journal and session.journal.stat().st_mode & 0o077 == 0
    said = "\n".join(
        [
            caplog.text,
            repr(walk),
            repr(record.events),
            render_evidence(walk, record.events, record.problems),
            *(line.text for line in walk.log),
            *(path.read_text("utf-8") for path in tmp_path.rglob("*") if path.is_file() and path != session.journal),
        ]
    )
    for secret in (CANARY, SSH_KEY, f"Bearer {TOKEN}"):
        assert secret not in said
    assert SSH_KEY not in journal and f"Bearer {TOKEN}" not in journal
