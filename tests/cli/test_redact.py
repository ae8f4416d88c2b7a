"""`--redact` and `--key`: the key first or nothing, private, never knowing less; names come back on screen alone."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.documents.aliases import Key, Kind
from planner.documents.keyfile import extend_key, key_path, read_key
from planner.documents.markdown import read
from planner.documents.snapshot import load
from planner.files import FileError
from planner.inventory import Inventory
from tests.builders import cluster, inventory, offered
from tests.cli.conftest import Arcstep

Saved = Callable[[Inventory], Path]


@pytest.fixture
def fleet(saved: Saved) -> Path:
    live = offered(["1.31.13", "1.32.9", "1.33.5"])
    return saved(inventory(cluster("mes-prod", "1.32.9"), cluster("wms", "1.31.13"), release="2604", live=live))


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_snapshot_and_its_key(arcstep: Arcstep, fleet: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    answer = arcstep("snapshot", "--from", fleet, "--redact", "--out", out)
    assert answer.code == 0, answer.err
    assert "mes-prod" not in answer.err and "out.key.json says which alias stands for what" in answer.err
    assert [one.name for one in load(out.read_bytes(), "out").clusters] == ["cluster-1", "cluster-2"]
    key = tmp_path / "out.key.json"
    assert key == key_path(out) and mode_of(key) == mode_of(out) == 0o600
    rows = json.loads(key.read_text("utf-8"))
    assert (rows["kind"], rows["schema"]) == ("arcstep-key", 1)
    assert ["cluster", "mes-prod", "cluster-1"] in rows["aliases"]


def test_a_key_is_used_again_and_extended(arcstep: Arcstep, fleet: Path, saved: Saved, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    arcstep("snapshot", "--from", fleet, "--redact", "--out", out)
    before = read_key(tmp_path / "out.key.json")
    more = saved(inventory(cluster("aaa", "1.32.9"), cluster("wms", "1.31.13"), release="2604"))
    assert arcstep("snapshot", "--from", more, "--redact", "--out", out).code == 0
    after = read_key(tmp_path / "out.key.json")
    assert after.aliases[: len(before.aliases)] == before.aliases
    assert [one.name for one in load(out.read_bytes(), "out").clusters] == ["cluster-3", "cluster-2"]


def test_plan_show_and_drift_under_one_key(arcstep: Arcstep, fleet: Path, tmp_path: Path) -> None:
    snapshot, plan, key = tmp_path / "s.json", tmp_path / "p.md", tmp_path / "k.json"
    arcstep("snapshot", "--from", fleet, "--redact", "--key", key, "--out", snapshot)
    made = arcstep("plan", "mes-prod", "--to", "latest", "--from", fleet, "--redact", "--key", key, "--out", plan)
    assert "mes-prod" not in made.out and "cluster-1: 1.32.9 → 1.33.5" in made.out
    again = arcstep("plan", "cluster-1", "--to", "latest", "--from", snapshot)
    assert again.out == plan.read_text("utf-8"), "the plan of redacted facts is the redacted plan"
    assert "cluster-1" in arcstep("drift", plan, "--from", snapshot).out

    bytes_before = plan.read_bytes()
    shown = arcstep("show", plan, "--key", key)
    assert shown.code == 0
    assert "# mes-prod: 1.32.9 → 1.33.5" in shown.out and "--name mes-prod" in shown.out and "rg-test" in shown.out
    assert "cluster-1" not in shown.out and plan.read_bytes() == bytes_before
    assert "# cluster-1:" in arcstep("show", plan).out, "without the key aliases stay"

    digest = arcstep("show", plan, "--json").json["digest"]
    named = arcstep("show", plan, "--key", key, "--json").json
    assert named["digest"] == digest and f'digest: "{digest}"' in shown.out
    assert named["plan"]["subject"]["name"] == "mes-prod"
    assert not read(shown.out, "copy.md").executable, "a copy with names is for reading only"


def test_a_key_beside_the_plan_is_found(arcstep: Arcstep, fleet: Path, tmp_path: Path) -> None:
    plan = tmp_path / "p.md"
    arcstep("plan", "wms", "--to", "latest", "--from", fleet, "--redact", "--out", plan)
    assert "wms" not in plan.read_text("utf-8")
    shown = arcstep("show", plan)
    assert "# wms:" in shown.out and "names come from" in shown.err
    (tmp_path / "p.key.json").unlink()
    assert "# cluster-" in arcstep("show", plan).out


def test_a_key_of_something_else_explains_nothing(arcstep: Arcstep, fleet: Path, tmp_path: Path) -> None:
    plan, key = tmp_path / "p.md", tmp_path / "k.json"
    arcstep("plan", "wms", "--to", "latest", "--from", fleet, "--redact", "--out", plan)
    extend_key(key, lambda old: (None, old.learned([(Kind.GROUP, "x")])))
    shown = arcstep("show", plan, "--key", key)
    assert "does not know cluster-" in shown.err and "# cluster-" in shown.out


def test_an_edited_plan_is_shown_as_it_is_with_names(arcstep: Arcstep, fleet: Path, tmp_path: Path) -> None:
    plan = tmp_path / "p.md"
    arcstep("plan", "wms", "--to", "latest", "--from", fleet, "--redact", "--out", plan)
    plan.write_text(plan.read_text("utf-8").replace("## Decision summary", "## Decision\n\nby hand\n"), "utf-8")
    shown = arcstep("show", plan)
    assert shown.code == 3 and "by hand" in shown.out and "# wms:" in shown.out


def test_words_of_an_acceptance_stay_at_home(arcstep: Arcstep, fleet: Path, tmp_path: Path) -> None:
    plan = tmp_path / "p.md"
    accept = "RECOVERY-SKIP:agreed by Jane Doe:2026-12-31"
    arcstep(*("plan", "wms", "--to", "latest", "--from", fleet, "--accept", accept, "--redact", "--out", plan))
    assert "Jane" not in plan.read_text("utf-8") and "reason-1" in plan.read_text("utf-8")
    assert "agreed by Jane Doe" in arcstep("show", plan, "--json").out


# -- arguments --


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("plan", "wms", "--to", "latest", "--redact"), "give --out FILE, or --key FILE"),
        (("plan", "wms", "--to", "latest", "--key", "k.json"), "both or neither"),
        (("snapshot", "--out", "x.json", "--redact", "--key", "x.json"), "cannot be both"),
        (("plan", "wms", "--to", "latest", "--redact", "--key", "k", "--catalog", "o.toml"), "--catalog overlay"),
    ],
)
def test_arguments_that_cannot_be_meant(arcstep: Arcstep, fleet: Path, arguments: tuple[str, ...], why: str) -> None:
    answer = arcstep(*arguments, "--from", fleet)
    assert (answer.code, answer.out) == (2, "") and why in answer.err


def test_without_a_file_the_plan_goes_to_the_screen_under_aliases(
    arcstep: Arcstep, fleet: Path, tmp_path: Path
) -> None:
    answer = arcstep("plan", "wms", "--to", "latest", "--from", fleet, "--redact", "--key", tmp_path / "k", "--json")
    assert answer.json["plan"]["subject"]["name"] == "cluster-2" and "wms" not in answer.out + answer.err


# -- the key, or nothing at all --


def refused(arcstep: Arcstep, fleet: Path, out: Path) -> str:
    """The redaction is refused, and the directory is as it was."""
    before = {path.name: path.read_bytes() for path in out.parent.iterdir() if path.is_file()}
    answer = arcstep("snapshot", "--from", fleet, "--redact", "--out", out)
    assert (answer.code, answer.out) == (2, "")
    assert {path.name: path.read_bytes() for path in out.parent.iterdir() if path.is_file()} == before
    return answer.err


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder / "s.json"


def test_no_link_is_followed(arcstep: Arcstep, fleet: Path, tmp_path: Path, out: Path) -> None:
    real = tmp_path / "elsewhere.json"
    extend_key(real, lambda old: (None, old.learned([(Kind.GROUP, "x")])))
    content = real.read_bytes()
    key_path(out).symlink_to(real)
    assert "symbolic link" in refused(arcstep, fleet, out)
    key_path(out).unlink()
    key_path(out).symlink_to(tmp_path / "nowhere")
    assert "symbolic link" in refused(arcstep, fleet, out)
    assert real.read_bytes() == content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"notes of mine",
        b'{"kind":"arcstep-snapshot","schema":1}',
        b'{"kind":"arcstep-key","schema":2,"aliases":[]}',
        b'{"kind":"arcstep-key","schema":1,"aliases":[["rg","a","rg-1"],["rg","b","rg-1"]]}',
        b'{"kind":"arcstep-key","schema":1,"aliases":[["planet","a","planet-1"]]}',
    ],
)
def test_what_is_no_key_is_never_replaced(arcstep: Arcstep, fleet: Path, out: Path, content: bytes) -> None:
    key_path(out).write_bytes(content)
    assert "cannot be used as a key" in refused(arcstep, fleet, out)


def test_a_directory_in_the_place_of_the_key(arcstep: Arcstep, fleet: Path, out: Path) -> None:
    key_path(out).mkdir()
    assert "key.json" in refused(arcstep, fleet, out)


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
def test_a_full_disk_leaves_nothing_behind(
    arcstep: Arcstep, fleet: Path, out: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*_: object, **__: object) -> object:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        assert "the disk is full" in refused(arcstep, fleet, out)
    assert list(out.parent.iterdir()) == []


def test_a_directory_that_is_not_there(arcstep: Arcstep, fleet: Path, out: Path) -> None:
    answer = arcstep("snapshot", "--from", fleet, "--redact", "--out", out, "--key", out.parent / "no" / "k.json")
    assert answer.code == 2 and "no such file or directory" in answer.err and not out.exists()


def test_the_key_is_there_when_the_document_fails(arcstep: Arcstep, fleet: Path, out: Path) -> None:
    out.write_bytes(b"notes of mine")
    assert arcstep("snapshot", "--from", fleet, "--redact", "--out", out).code == 2
    assert out.read_bytes() == b"notes of mine" and read_key(key_path(out)).aliases


def test_a_key_others_can_read_is_closed(arcstep: Arcstep, fleet: Path, out: Path) -> None:
    arcstep("snapshot", "--from", fleet, "--redact", "--out", out)
    key_path(out).chmod(0o644)
    arcstep("snapshot", "--from", fleet, "--redact", "--out", out)
    assert mode_of(key_path(out)) == 0o600


def test_a_key_given_for_showing_has_to_be_there(arcstep: Arcstep, fleet: Path, tmp_path: Path) -> None:
    plan = tmp_path / "p.md"
    arcstep("plan", "wms", "--to", "latest", "--from", fleet, "--out", plan)
    answer = arcstep("show", plan, "--key", tmp_path / "none.json")
    assert (answer.code, answer.out) == (2, "") and "no such file" in answer.err


_LEARNER = """
import sys
from pathlib import Path
from planner.documents.aliases import Kind
from planner.documents.keyfile import extend_key
for number in range(12):
    extend_key(Path(sys.argv[1]), lambda key: (None, key.learned([(Kind.GROUP, f"{sys.argv[2]}{number}")])))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="directories cannot be locked there")
def test_two_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "k.json"
    runs = [subprocess.Popen([sys.executable, "-c", _LEARNER, str(path), word]) for word in ("a", "b", "c")]
    assert [run.wait(timeout=60) for run in runs] == [0, 0, 0]
    assert {one.real for one in read_key(path).aliases} == {f"{word}{n}" for word in "abc" for n in range(12)}


def test_a_refusal_of_what_learns_changes_nothing(tmp_path: Path) -> None:
    def fail(_: Key) -> tuple[None, Key]:
        raise FileError("x", "y.", "z.")

    with pytest.raises(FileError):
        extend_key(tmp_path / "k.json", fail)
    assert list(tmp_path.iterdir()) == []
