"""Sources over files: what a snapshot answers, and what is no snapshot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from planner.documents.markdown import render
from planner.documents.snapshot import dump
from planner.files import FileError
from planner.inventory import SourceKind
from planner.ports import Progress, SourceError
from planner.sources import SourceSpec, open_plan, open_source
from tests.builders import cluster, inventory
from tests.documents.plans import PLAN


async def test_a_snapshot_answers_with_what_is_in_it(tmp_path: Path) -> None:
    whole = inventory(cluster("a"), cluster("b"))
    path = tmp_path / "s.json"
    path.write_bytes(dump(whole))
    source = open_source(SourceSpec("file", path))
    seen: list[Progress] = []
    read = await source.load(seen.append)
    assert replace(read, source=whole.source) == whole
    assert read.source is SourceKind.SNAPSHOT and source.label == "snapshot"
    assert [(step.done, step.total) for step in seen] == [(2, 2)]
    path.unlink()
    assert await source.load_all() is read
    assert await source.refresh(read, read.clusters[0]) is read
    await source.close()
    await source.close()


async def test_a_file_that_is_gone_is_said_when_it_is_read(tmp_path: Path) -> None:
    source = open_source(SourceSpec("file", tmp_path / "none.json"))
    with pytest.raises(SourceError) as caught:
        await source.load()
    assert caught.value.exit_code == 2


async def test_a_plan_under_another_name_is_still_no_snapshot(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(render(PLAN), "utf-8")
    with pytest.raises(FileError) as caught:
        await open_source(SourceSpec("file", path)).load()
    assert "a plan" in caught.value.why


def test_a_saved_plan_opens(tmp_path: Path) -> None:
    path = tmp_path / "p.md"
    path.write_text(render(PLAN), "utf-8")
    assert open_plan(path).plan == PLAN
