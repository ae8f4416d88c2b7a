"""One walk of a cluster at a time, between real processes: who has it is said, and a dead holder has nothing."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from planner import locks
from planner.files import FileError
from planner.locks import SOMEBODY, Held, Holder, acquire, holder_of, lock_path
from tests.builders import AS_OF

ME = Holder(os.getpid(), "desk", "grace", AS_OF)
ROOT = Path(__file__).resolve().parent.parent
CHILD = """
import os, sys
from datetime import datetime
from pathlib import Path
from planner.locks import Held, Holder, acquire
path, since = Path(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
try:
    lock = acquire(path, Holder(os.getpid(), "laptop", "ada", since))
except Held as error:
    print("held by", error.holder.pid, flush=True)
else:
    print("mine", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that tries to take the lock, and holds it until its input ends or it is killed."""
    command = [sys.executable, "-c", CHILD, str(path), AS_OF.isoformat()]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        try:
            yield child
        finally:
            child.kill()


def says(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    return child.stdout.readline().strip()


def refused(act: Callable[[], object]) -> FileError:
    with pytest.raises(FileError) as caught:
        act()
    assert caught.value.exit_code == 2 and caught.value.cure
    return caught.value


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return lock_path(tmp_path, "/subscriptions/1/clusters/mes-prod", "mes-prod")


def test_a_second_process_is_told_who_has_it(path: Path) -> None:
    with another(path) as child:
        assert says(child) == "mine"
        with pytest.raises(Held) as caught:
            acquire(path, ME)
        assert caught.value.holder == Holder(child.pid, "laptop", "ada", AS_OF)
        assert caught.value.why == f"ada on laptop (process {child.pid}), since 2026-05-20 00:00 UTC has it."
        assert holder_of(path) == caught.value.holder


def test_we_are_told_to_a_second_process(path: Path) -> None:
    with acquire(path, ME), another(path) as child:
        assert says(child) == f"held by {os.getpid()}"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
def test_a_killed_holder_frees_it_without_anybody_doing_anything(path: Path) -> None:
    with another(path) as child:
        assert says(child) == "mine"
        child.kill()
        child.wait()
        assert str(child.pid) in path.read_text(), "it could not tidy up"
        assert holder_of(path) is None
        with acquire(path, ME):
            assert holder_of(path) == ME


def test_a_released_lock_is_free_and_says_nothing_of_who_had_it(path: Path) -> None:
    lock = acquire(path, ME)
    lock.release()
    lock.release()
    assert holder_of(path) is None
    assert path.read_bytes() == b""
    with another(path) as child:
        assert says(child) == "mine"


def test_it_holds_within_one_process_too(path: Path) -> None:
    with acquire(path, ME):
        with pytest.raises(Held) as caught:
            acquire(path, replace(ME, user="other"))
        assert caught.value.holder == ME
    acquire(path, ME).release()


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def forked(act: Callable[[], int]) -> int:
    """A child process that ends with what `act` returns."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            code = act()
        finally:
            os._exit(code)
    return child


@needs_fork
def test_who_only_looks_never_stands_in_the_way(path: Path) -> None:
    """Two others look all the time while it is taken and given back, and never see one who has gone."""
    acquire(path, ME).release()
    names = {None, ME, SOMEBODY}

    def look_on() -> int:
        while holder_of(path) in names:
            pass
        return 1

    lookers = [forked(look_on) for _ in range(2)]
    try:
        for _ in range(300):
            acquire(path, ME).release()
        assert [os.waitpid(looker, os.WNOHANG) for looker in lookers] == [(0, 0)] * 2
    finally:
        for looker in lookers:
            os.kill(looker, signal.SIGKILL)
            os.waitpid(looker, 0)


@needs_fork
def test_of_many_who_want_it_at_once_one_gets_it(path: Path) -> None:
    for _ in range(20):
        ready, go = os.pipe()
        tried, trying = os.pipe()

        def want() -> int:
            os.close(go)  # noqa: B023
            os.read(ready, 1)  # noqa: B023
            try:
                acquire(path, ME)
                won = True
            except Held:
                won = False
            os.write(trying, b"x")  # noqa: B023
            os.close(trying)  # noqa: B023
            while os.read(tried, 1):  # until everybody has tried  # noqa: B023
                pass
            return int(won)

        children = [forked(want) for _ in range(4)]
        os.close(trying)
        os.close(go)
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        os.close(ready)
        os.close(tried)
        assert sorted(codes) == [0, 0, 0, 1]


def test_one_who_died_is_not_named_while_the_next_one_takes_over(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = json.dumps({"pid": 4711, "host": "old", "user": "gone", "since": AS_OF.isoformat()})
    path.write_text(left)
    seen: list[Holder | None] = []
    real = locks.write_handle

    def look_before(handle: int, data: bytes) -> None:
        seen.append(holder_of(path))
        real(handle, data)

    monkeypatch.setattr(locks, "write_handle", look_before)
    assert holder_of(path) is None
    with acquire(path, ME):
        assert seen == [SOMEBODY]
        assert holder_of(path) == ME
    assert str(SOMEBODY) == "another arcstep"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        "null",
        '{"pid": 1}',
        '{"pid": "x", "host": "a", "user": "b", "since": "2026-05-20T00:00:00+00:00"}',
        '{"pid": 1, "host": 2, "user": "b", "since": "2026-05-20T00:00:00+00:00"}',
        '{"pid": 1, "host": "a", "user": "b", "since": "2026-05-20T00:00:00"}',
        '{"pid": 1, "host": "a", "user": "b", "since": 5}',
        "[" * 4000,
        "\udcff",
        "x" * 10_000,
    ],
)
def test_a_lock_whose_text_means_nothing_is_held_by_somebody(path: Path, text: str) -> None:
    with acquire(path, ME):
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        assert holder_of(path) == SOMEBODY
        with pytest.raises(Held):
            acquire(path, ME)


def test_names_in_a_lock_cannot_act(path: Path) -> None:
    with acquire(path, replace(ME, user="a\x1b[31m", host="b\u202e")):
        found = holder_of(path)
    assert found == replace(ME, user="a\ufffd[31m", host="b\ufffd")


def test_only_this_user_can_read_it(path: Path) -> None:
    before = os.umask(0)
    try:
        acquire(path, ME).release()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("kind", ["link", "dangling link", "pipe", "directory"])
def test_what_is_no_lock_file_is_refused(path: Path, tmp_path: Path, kind: str) -> None:
    precious = tmp_path / "precious"
    precious.write_text("precious")
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "directory":
        path.mkdir()
    else:
        path.symlink_to(precious if kind == "link" else tmp_path / "nothing")
    refused(lambda: acquire(path, ME))
    refused(lambda: holder_of(path))
    assert precious.read_text() == "precious"
    assert not (tmp_path / "nothing").exists()


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs a directory nobody can write to")
def test_where_no_lock_can_be_made_nothing_is_walked() -> None:
    assert "nothing is walked" in refused(lambda: acquire(Path("/proc/self/x.lock"), ME)).why


def test_a_lock_nobody_ever_took_has_no_holder(path: Path) -> None:
    assert holder_of(path) is None
    assert not path.exists()


def test_a_cluster_has_one_lock_however_its_id_is_spelled(tmp_path: Path) -> None:
    one = lock_path(tmp_path, "/Subscriptions/1/X", "mes-prod")
    assert one == lock_path(tmp_path, "/subscriptions/1/x", "mes-prod")
    assert one != lock_path(tmp_path, "/subscriptions/2/x", "mes-prod")
    assert lock_path(tmp_path, "id", "../../etc/passwd").parent == tmp_path
