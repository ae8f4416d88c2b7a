"""Walks killed at random moments: at most one PUT for a confirmation, each preceded by an intent and a fresh look, and
the truth in the end. A small seeded sample; `python -m tests.walking.history 50` makes 50."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.walking.history import a_plan, record
from tests.walking.nursery import Nursery

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and kill")


@pytest.mark.parametrize("seed", range(2))
async def test_a_walk_survives_being_killed(seed: int, tmp_path: Path) -> None:
    plan = await a_plan()
    with Nursery() as nursery:
        record(seed, plan, nursery, tmp_path / "history", kills=5).check()
