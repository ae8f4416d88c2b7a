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
