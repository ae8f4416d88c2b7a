"""Files are written whole or not at all, under names of our own making, and never over what is not ours."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.documents.markdown import render
from planner.documents.snapshot import dump
from planner.files import FileError, ensure_directory, is_ours, plan_file_name, read_bytes, safe_name, write_atomic
from tests.builders import inventory
from tests.documents.plans import PLAN

PLAN_BYTES = render(PLAN).encode()
SNAPSHOT_BYTES = dump(inventory())


def refused(write: Callable[[], object]) -> FileError:
    with pytest.raises(FileError) as caught:
        write()
    assert caught.value.exit_code == 2
    assert caught.value.cure
    return caught.value


def test_what_is_written_is_there_and_private(tmp_path: Path) -> None:
    target = tmp_path / "p.md"
    write_atomic(target, b"x" * 100_000)
    assert target.read_bytes() == b"x" * 100_000
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["p.md"]


def test_an_open_umask_changes_nothing(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_atomic(tmp_path / "p.md", b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "p.md").stat().st_mode) == 0o600


def test_our_own_kinds_of_file_are_known() -> None:
    assert is_ours(PLAN_BYTES)
    assert is_ours(b"---\narcstep: fleet\nschema: 1\n")
    assert is_ours(SNAPSHOT_BYTES)
    assert not is_ours(b"# My notes\n")
    assert not is_ours(b'{"kind": "something"}')


def test_a_snapshot_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "s.json"
    write_atomic(target, SNAPSHOT_BYTES)
    newer = SNAPSHOT_BYTES + b"\n"
    write_atomic(target, newer)
    assert target.read_bytes() == newer
    assert os.listdir(tmp_path) == ["s.json"]


def test_a_replaced_plan_is_kept_beside_it_once(tmp_path: Path) -> None:
    """It may hold ticks and names of people."""
    target = tmp_path / "p.md"
    ticked = PLAN_BYTES.replace(b"[ ]", b"[x]")
    write_atomic(target, ticked)
    write_atomic(target, PLAN_BYTES)
    write_atomic(target, PLAN_BYTES)
    assert target.read_bytes() == PLAN_BYTES
    assert (tmp_path / "p.md.bak").read_bytes() == ticked


def test_a_foreign_file_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "notes.md"
    target.write_bytes(b"# My notes\n")
    error = refused(lambda: write_atomic(target, PLAN_BYTES))
    assert "did not write" in error.why and "notes.md" in error.what
    assert target.read_bytes() == b"# My notes\n"
    write_atomic(target, PLAN_BYTES, over_foreign=True)
    assert target.read_bytes() == PLAN_BYTES


def test_an_empty_file_has_nothing_to_lose(tmp_path: Path) -> None:
    target = tmp_path / "p.md"
    target.touch()
    write_atomic(target, PLAN_BYTES)
    assert target.read_bytes() == PLAN_BYTES


def test_links_are_never_written_through(tmp_path: Path) -> None:
    precious = tmp_path / "precious.md"
    precious.write_bytes(PLAN_BYTES)
    link = tmp_path / "p.md"
    link.symlink_to(precious)
    for force in (False, True):
        error = refused(lambda force=force: write_atomic(link, b"new", over_foreign=force))
        assert "symbolic link" in error.why
    assert precious.read_bytes() == PLAN_BYTES and link.is_symlink()


def test_a_link_at_the_backup_is_replaced_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"precious")
    (tmp_path / "p.md.bak").symlink_to(precious)
    write_atomic(tmp_path / "p.md", PLAN_BYTES)
    write_atomic(tmp_path / "p.md", PLAN_BYTES + b"\n")
    assert precious.read_bytes() == b"precious"


def test_directories_and_devices_are_refused(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    assert "regular file" in refused(lambda: write_atomic(tmp_path / "d", b"x")).why
    os.mkfifo(tmp_path / "fifo")
    assert "regular file" in refused(lambda: write_atomic(tmp_path / "fifo", b"x")).why


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    error = refused(lambda: write_atomic(tmp_path / "no" / "p.md", b"x"))
    assert "no such file or directory" in error.why and "no/p.md" in error.what


def test_a_name_no_file_may_have_is_refused(tmp_path: Path) -> None:
    refused(lambda: write_atomic(tmp_path / ("x" * 300), b"x"))
    refused(lambda: write_atomic(tmp_path / "a\0b", b"x"))


def test_a_really_read_only_place_is_said() -> None:
    """The kernel's own files: nobody, root included, may make one there."""
    error = refused(lambda: write_atomic(Path("/proc/self/arcstep.md"), b"x"))
    assert "nothing was changed" in error.why


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_without_the_right_to_write_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "permission" in refused(lambda: write_atomic(tmp_path / "p.md", b"x")).why


CALLS = ("open", "write", "fsync", "replace")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EACCES, errno.EDQUOT])
def test_any_fault_at_any_call_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    target = tmp_path / "s.json"
    write_atomic(target, SNAPSHOT_BYTES)
    real = getattr(os, call)

    def fail(*args: object, **kwargs: object) -> object:
        if call == "write":
            real(args[0], bytes(args[1])[:7])  # type: ignore[call-overload]
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        error = refused(lambda: write_atomic(target, SNAPSHOT_BYTES * 2))
    assert "nothing was changed" in error.why
    assert ("Free some space" in error.cure) == (number in (errno.ENOSPC, errno.EDQUOT))
    assert target.read_bytes() == SNAPSHOT_BYTES
    assert os.listdir(tmp_path) == ["s.json"]


def test_dying_in_the_middle_leaves_the_old_file_whole(tmp_path: Path) -> None:
    target = tmp_path / "s.json"
    write_atomic(target, SNAPSHOT_BYTES)
    pid = os.fork()
    if pid == 0:  # the child dies half way through, as with kill -9
        real = os.write
        os.write = lambda handle, data: (real(handle, bytes(data)[:5]), os._exit(9))[0]  # type: ignore[assignment]
        write_atomic(target, SNAPSHOT_BYTES * 2)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9
    assert target.read_bytes() == SNAPSHOT_BYTES


# -- reading --


def test_reading_has_a_limit_and_wants_a_regular_file(tmp_path: Path) -> None:
    target = tmp_path / "s.json"
    target.write_bytes(b"12345")
    assert read_bytes(target, 5) == b"12345"
    assert "more than 4 bytes" in refused(lambda: read_bytes(target, 4)).why
    assert refused(lambda: read_bytes(tmp_path / "none", 4)).why == "there is no such file or directory."
    assert refused(lambda: read_bytes(tmp_path, 4)).why == "it is a directory."
    assert "not a regular file" in refused(lambda: read_bytes(Path("/dev/zero"), 4)).why


# -- names --

SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,70}-[0-9a-f]{8}\.md")


@given(st.text(max_size=200), st.text(max_size=50))
def test_any_text_gives_a_safe_name(text: str, identity: str) -> None:
    assert SAFE.fullmatch(safe_name(text, identity, ".md"))


@pytest.mark.parametrize("bad", ["../x", "/etc/x", "CON", "nul", ".", "..", "", "x" * 5000, "a\nb", "-rf", "~", "Ⅷ"])
def test_hostile_names_give_safe_names(bad: str) -> None:
    name = safe_name(bad, "id", ".md")
    assert SAFE.fullmatch(name)
    assert name.split(".")[0].upper() not in {"CON", "NUL"}


def test_names_that_look_alike_stay_apart_by_the_id() -> None:
    assert safe_name("a/b", "one", ".md") != safe_name("a-b", "two", ".md")
    assert safe_name("a", "ID", ".md") == safe_name("a", "id", ".md")


def test_a_plan_is_named_after_its_cluster_and_target() -> None:
    assert re.fullmatch(r"mes-prod-1\.29\.4-[0-9a-f]{8}\.md", plan_file_name(PLAN))
    long = replace(PLAN, subject=replace(PLAN.subject, name="x" * 200))
    assert "-1.29.4-" in plan_file_name(long)


# -- own directories --


def test_own_directories_are_private(tmp_path: Path) -> None:
    made = ensure_directory(tmp_path / "a" / "b")
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    made.chmod(0o770)
    assert "somebody else" in refused(lambda: ensure_directory(made)).why
