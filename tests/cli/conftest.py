"""The command line run in this process, and a snapshot of the demo made once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from planner.cli import main
from planner.documents.snapshot import dump
from planner.inventory import Inventory
from tests.cli.walking import Stage


@dataclass(frozen=True)
class Answer:
    """What a run gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Arcstep = Callable[..., Answer]


@pytest.fixture
def arcstep(capsys: pytest.CaptureFixture[str]) -> Arcstep:
    """Run with arguments; paths may be given as they are."""

    def run(*arguments: object) -> Answer:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Answer(code, out, err)

    return run


@pytest.fixture(scope="session")
def demo_snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole demo fleet, saved by the verb itself."""
    path = tmp_path_factory.mktemp("demo") / "s.json"
    assert main(["snapshot", "--demo", "--out", str(path)]) == 3
    return path


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[Inventory], Path]:
    """A snapshot file of an inventory built in the test."""

    def save(inventory: Inventory) -> Path:
        path = tmp_path / "fleet.json"
        path.write_bytes(dump(inventory))
        return path

    return save


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], own_home: Path) -> Stage:
    """Where `arcstep walk` is run."""
    return Stage(monkeypatch, capsys, own_home)


@pytest.fixture(scope="session")
def planned(demo_snapshot: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Path]:
    """The saved plan of a cluster of the demo fleet to a goal; that Windows pools of a neighbour stay was accepted."""
    folder = tmp_path_factory.mktemp("plans")

    def plan(cluster: str, goal: str) -> Path:
        path = folder / f"{cluster}-{goal}.md"
        if not path.exists():
            consent = ("--accept", "POOLS-STAY:agreed with their owner:2027-12-31")
            main(["plan", cluster, "--to", goal, "--from", str(demo_snapshot), "--out", str(path), *consent])
        return path

    return plan
