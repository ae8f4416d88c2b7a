"""A journal gives back every event as it was, notices any change, and never tells of an event that did not happen."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner import events as e
from planner import journal as journal_module
from planner.documents.eventlines import LineError, read_line, read_lines, write_line
from planner.events import EVENTS, Event
from planner.files import FileError
from planner.journal import Journal, journal_path, journals, own_runs, read, standing, walks_directory
from planner.locks import Holder, acquire, lock_path
from planner.plan import Plan
from planner.sighting import PoolSight, Sighting
from planner.walk import replay
from tests.builders import AS_OF
from tests.documents.plans import NO_PATH, PLAN
from tests.journals import BEGAN, CANARY, DIGEST, OTHERS, SMALL, WALK, at, lines_of, written


def refused(act: Callable[[], object]) -> FileError:
    with pytest.raises(FileError) as caught:
        act()
    assert caught.value.why and caught.value.cure
    return caught.value


# -- every kind of event comes back --

HARMLESS = st.characters(exclude_categories=("C", "Zl", "Zp"))
TEXTS = st.text(HARMLESS | st.just("\n"), max_size=40).map(lambda text: unicodedata.normalize("NFC", text))
MOMENTS = st.datetimes(datetime(2000, 1, 2), datetime(2999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
COUNTS = st.integers(0, 10_000)
POOLS = st.builds(
    PoolSight,
    name=TEXTS,
    os_sku=TEXTS,
    count=COUNTS | st.none(),
    ready=st.lists(st.tuples(TEXTS, COUNTS), max_size=3).map(tuple),
    error=TEXTS,
)
LISTS = st.lists(TEXTS, max_size=3).map(tuple)
SIGHTINGS = st.builds(
    Sighting,
    at=MOMENTS,
    version=TEXTS,
    pools=st.none() | st.lists(POOLS, max_size=3).map(tuple),
    offered=st.none() | LISTS,
    modified_at=st.none() | MOMENTS,
    control_plane=st.none() | COUNTS,
    gaps=LISTS,
    error=TEXTS,
)
FIELDS: dict[type[object], st.SearchStrategy[object]] = {
    str: TEXTS,
    datetime: MOMENTS,
    Sighting: SIGHTINGS,
    Plan: st.sampled_from([SMALL, PLAN, NO_PATH]),
}


def made(kind: type[Event]) -> st.SearchStrategy[Event]:
    """Any event of a kind; parts without a strategy of their own are made of texts and enums."""
    hints = {field.name: field.type for field in fields(kind)}
    own = {name: FIELDS[found] for name, hint in hints.items() for found in FIELDS if hint == found.__name__}
    rest = {
        "fingerprint": st.builds(e.Fingerprint, *[TEXTS] * 3, LISTS, *[TEXTS] * 3),
        "order": st.builds(e.Order, *[TEXTS] * 5),
        "complaints": st.lists(st.builds(e.Complaint, *[TEXTS] * 3), max_size=2).map(tuple),
        "decision": st.sampled_from(e.Decision),
        "done": st.booleans(),
    }
    return st.builds(kind, **own, **{name: rest[name] for name in hints if name in rest})


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_an_event_of_any_kind_comes_back_as_it_was(kind: type[Event]) -> None:
    @settings(max_examples=25)
    @given(
        made(kind), st.just(1) if kind is e.Began else st.integers(2, 10**8), st.sampled_from(["", "0123456789abcdef"])
    )
    def comes_back(event: Event, number: int, before: str) -> None:
        line = write_line(number, event, before)
        assert line.endswith(b"\n") and line.count(b"\n") == 1 and line.isascii()
        assert read_line(line[:-1], number, before)[0] == event

    comes_back()


def test_there_is_an_example_of_every_kind() -> None:
    assert {type(event) for event in (*WALK, *OTHERS)} == set(EVENTS)


def test_a_walk_comes_back_from_the_disk(tmp_path: Path) -> None:
    path = written(tmp_path, (*WALK, *OTHERS))
    found = read(path)
    assert found.events == (*WALK, *OTHERS)
    assert (found.problems, found.torn, found.whole) == ((), False, path.stat().st_size)
    with Journal.open(path) as journal:
        assert journal.events == found.events


@pytest.mark.parametrize("note", ["\x1b[31mred", "a\u202eb", "\ud800", "\x00", "a\u200bb", "x" * 20_000])
def test_hostile_text_is_made_harmless_and_the_journal_stays_readable(tmp_path: Path, note: str) -> None:
    path = written(tmp_path, (BEGAN, e.Noted(at(1), "S01", note, "ada")))
    found = read(path)
    assert not found.problems
    noted = found.events[1]
    assert isinstance(noted, e.Noted) and noted.text != note
    assert not re.search("[\x00-\x09\x0b-\x1f\u200b\u202e\ud800]", noted.text)


def test_what_others_wrote_into_a_sealed_line_is_made_harmless_too() -> None:
    line = write_line(1, replace(BEGAN, by="grace"), "")
    head = line[: line.index(b',"sum"')].replace(b'"grace"', b'"\\u001b[31m\\u202e"')
    event, _ = read_line(sealed(head), 1, "")
    assert isinstance(event, e.Began) and event.by == "\ufffd[31m\ufffd"


def sealed(head: bytes, before: str = "") -> bytes:
    """A line whose sum is right, whatever it holds."""
    import hashlib

    return head + b',"sum":"' + hashlib.sha256(before.encode() + head).hexdigest()[:16].encode() + b'"}'


# -- what cannot be kept --


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(e.TimePassed(at(1)), id="only time"),
        pytest.param(e.Reopened(datetime(2026, 5, 20), "a", "b"), id="no time zone"),  # noqa: DTZ001
        pytest.param(e.Reopened(datetime(9999, 1, 1, tzinfo=UTC), "a", "b"), id="another millennium"),
        pytest.param(e.Looked(at(1), "S01", Sighting(datetime(2026, 5, 20))), id="a look without time zone"),  # noqa: DTZ001
        pytest.param(BEGAN, id="a second beginning"),
    ],
)
def test_what_could_not_be_read_back_is_not_written(tmp_path: Path, event: Event) -> None:
    path = written(tmp_path)
    before = path.read_bytes()
    with Journal.open(path) as journal:
        refused(lambda: journal.append(event))
        journal.append(OTHERS[0])
    assert path.read_bytes().startswith(before)
    assert read(path).events == (*WALK, OTHERS[0])


def test_a_moment_keeps_its_time_zone(tmp_path: Path) -> None:
    moment = datetime(2026, 5, 20, 14, tzinfo=timezone(timedelta(hours=2)))
    path = written(tmp_path, (BEGAN, e.Reopened(moment, "a", "b")))
    assert read(path).events[1].at == moment


def test_a_journal_has_a_size_it_never_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path)
    monkeypatch.setattr(journal_module, "LARGEST", path.stat().st_size + 10)
    with Journal.open(path) as journal:
        assert "more than" in refused(lambda: journal.append(OTHERS[0])).why
    assert read(path).events == WALK
    monkeypatch.setattr(journal_module, "LARGEST", path.stat().st_size - 1)
    assert "more than" in refused(lambda: read(path)).why


# -- damage --

DATA = lines_of(WALK)
ENDS = [place + 1 for place, byte in enumerate(DATA) if byte == ord("\n")]


def test_a_journal_cut_off_anywhere_tells_what_came_whole() -> None:
    for length in range(len(DATA)):
        found = read_lines(DATA[:length])
        whole = sum(end <= length for end in ENDS)
        assert found.events == WALK[:whole]
        assert found.problems == ()
        assert found.torn is (length > 0 and length not in ENDS)
        assert found.whole == max((end for end in ENDS if end <= length), default=0)


@pytest.mark.parametrize("bits", [0x01, 0x80])
def test_a_flipped_bit_anywhere_is_noticed(bits: int) -> None:
    for place in range(len(DATA)):
        damaged = bytearray(DATA)
        damaged[place] ^= bits
        found = read_lines(bytes(damaged))
        line = sum(end <= place for end in ENDS)
        assert found.events == WALK[:line], place
        assert found.problems or found.torn, place
        assert found.torn or "used" in found.problems[0]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    assert read_lines(data).events == ()


@given(st.binary(max_size=200), st.integers(0, len(WALK)))
def test_any_bytes_behind_a_journal_add_nothing(data: bytes, place: int) -> None:
    end = ([0, *ENDS])[place]
    found = read_lines(DATA[:end] + data + b"\n")
    assert found.events == WALK[:place]
    assert found.problems


def rows() -> list[bytes]:
    return DATA.splitlines(keepends=True)


@pytest.mark.parametrize("place", range(len(WALK) - 1))
def test_a_line_taken_out_shows(place: int) -> None:
    lines = rows()
    del lines[place]
    found = read_lines(b"".join(lines))
    assert found.events == WALK[:place] and len(found.problems) == 1


@pytest.mark.parametrize("place", range(len(WALK) - 1))
def test_two_lines_in_another_order_show(place: int) -> None:
    lines = rows()
    lines[place], lines[place + 1] = lines[place + 1], lines[place]
    found = read_lines(b"".join(lines))
    assert found.events == WALK[:place] and f"Line {place + 1}" in found.problems[0]


def test_a_line_of_another_journal_shows() -> None:
    other = lines_of((replace(BEGAN, by="eve"), *WALK[1:])).splitlines(keepends=True)
    found = read_lines(b"".join((*rows()[:3], *other[3:])))
    assert found.events == WALK[:3] and found.problems


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        pytest.param(b'"schema":1', b'"schema":2', "a newer arcstep (schema 2", id="newer schema"),
        pytest.param(b'"Began"', b'"Danced"', "does not know", id="unknown kind"),
        pytest.param(b'"Began"', b'"TimePassed"', "does not know", id="never kept"),
        pytest.param(b'"Began"', b'"Reopened"', "begins once", id="no beginning"),
        pytest.param(b'"host":"desk"', b'"host":7', "no event of the kind", id="a number for a text"),
        pytest.param(b'"host":"desk",', b"", "no event of the kind", id="a field missing"),
        pytest.param(b'"2026-05-20T00:00:00Z","by"', b'"2026-05-20T00:00:00","by"', "time zone", id="naive moment"),
        pytest.param(b'"n":1', b'"n":2', "checksum", id="another number"),
        pytest.param(b'"data":{', b'"data":' + b"[" * 50_000, "no event of the kind", id="nested deeply"),
        pytest.param(b'"revision":1', b'"revision":1' + b"0" * 5000, "no event of the kind", id="a huge number"),
    ],
)
def test_a_line_sealed_by_somebody_else_still_has_to_make_sense(old: bytes, new: bytes, why: str) -> None:
    line = lines_of((BEGAN,))[:-1]
    head = line[: line.rindex(b',"sum"')]
    assert old in head
    found = read_lines(sealed(head.replace(old, new, 1)) + b"\n")
    assert found.events == ()
    assert why in found.problems[0]


def test_no_problem_tells_what_a_line_holds() -> None:
    line = write_line(2, WALK[4], "")
    head = line[: line.index(b',"sum"')].replace(b'"step":"S01"', b'"step":5')
    with pytest.raises(LineError) as caught:
        read_line(sealed(head), 2, "")
    assert "canary" not in str(caught.value)


# -- on disk --


def test_only_this_user_can_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = written(tmp_path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with Journal.open(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_directory_of_walks_is_private(own_home: Path) -> None:
    made = walks_directory()
    assert made.name == "walks" and own_home in made.parents
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (made, made.parent)} == {0o700}
    made.chmod(0o777)
    refused(walks_directory)


def test_a_torn_line_is_cut_off_and_the_walk_goes_on(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_bytes(DATA[:-5])
    assert read(path).torn
    assert path.stat().st_size == len(DATA) - 5, "reading changes nothing"
    with Journal.open(path) as journal:
        assert journal.events == WALK[:-1]
        journal.append(WALK[-1])
    assert path.read_bytes() == DATA


def test_a_damaged_journal_is_for_reading_only(tmp_path: Path) -> None:
    path = written(tmp_path)
    damaged = DATA.replace(b"Upgrading", b"Succeeded")
    path.write_bytes(damaged + b"torn")
    with Journal.open(path) as journal:
        assert journal.events == WALK[:5]
        assert "Line 6" in journal.problems[0]
        assert "damaged" in refused(lambda: journal.append(OTHERS[0])).why
    assert path.read_bytes() == damaged + b"torn"


def test_a_walk_is_begun_once(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert "one already" in refused(lambda: Journal.create(path, BEGAN)).why
    assert path.read_bytes() == DATA


@pytest.mark.parametrize("left", [b"", b"{", DATA[:10], DATA[:1000]])
def test_a_beginning_that_was_never_kept_is_begun_anew(tmp_path: Path, left: bytes) -> None:
    path = journal_path(tmp_path, SMALL, DIGEST)
    path.write_bytes(left)
    refused(lambda: Journal.open(path))
    assert journals(tmp_path) == []
    Journal.create(path, BEGAN).close()
    assert read(path).events == (BEGAN,)


def test_what_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    path = journal_path(tmp_path, SMALL, DIGEST)
    path.write_bytes(b"my notes, without an end")
    refused(lambda: Journal.create(path, BEGAN))
    assert path.read_bytes() == b"my notes, without an end"


@pytest.mark.parametrize("kind", ["link", "dangling link", "pipe", "directory"])
def test_what_is_no_file_is_refused(tmp_path: Path, kind: str) -> None:
    precious = written(tmp_path)
    path = tmp_path / "other.jsonl"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "directory":
        path.mkdir()
    else:
        path.symlink_to(precious if kind == "link" else tmp_path / "nothing")
    for act in (lambda: Journal.create(path, BEGAN), lambda: Journal.open(path), lambda: read(path)):
        refused(act)
    assert precious.read_bytes() == DATA
    assert not (tmp_path / "nothing").exists()


def test_nothing_is_appended_to_a_file_that_is_not_the_journal_any_more(tmp_path: Path) -> None:
    path = written(tmp_path)
    with Journal.open(path) as journal:
        path.rename(tmp_path / "moved")
        refused(lambda: journal.append(OTHERS[0]))
        written(tmp_path)
        assert "replaced" in refused(lambda: journal.append(OTHERS[0])).why
    assert read(path).events == WALK


def test_two_writers_are_noticed(tmp_path: Path) -> None:
    path = written(tmp_path)
    with Journal.open(path) as one, Journal.open(path) as two:
        one.append(OTHERS[0])
        refused(lambda: two.append(OTHERS[1]))
    assert read(path).events == (*WALK, OTHERS[0])


def test_a_closed_journal_takes_nothing(tmp_path: Path) -> None:
    journal = Journal.open(written(tmp_path))
    journal.close()
    journal.close()
    assert "closed" in refused(lambda: journal.append(OTHERS[0])).why


def test_its_name_is_of_our_own_making(tmp_path: Path) -> None:
    hostile = replace(SMALL, subject=replace(SMALL.subject, name="../../etc/x\n"))
    path = journal_path(tmp_path, hostile, DIGEST)
    assert path.parent == tmp_path and re.fullmatch(r"etc-x-[0-9a-f]{8}\.jsonl", path.name)
    assert path != journal_path(tmp_path, hostile, "0" * 64)


# -- all journals --


def of_cluster(name: str, events: tuple[Event, ...], minutes: float = 0) -> tuple[Event, ...]:
    """The events as the walk of another cluster, later."""
    plan = replace(
        SMALL, subject=replace(SMALL.subject, name=name, id=SMALL.subject.id + name), title=f"plan of {name}"
    )
    moved: list[Event] = [replace(BEGAN, at=at(minutes), plan=plan, digest=f"{len(name):064}")]
    for event in events[1:]:
        event = replace(event, at=event.at + timedelta(minutes=minutes))
        if isinstance(event, e.Confirmed):
            event = replace(event, typed=name)
        if isinstance(event, e.Looked):
            event = replace(event, seen=replace(event.seen, at=event.at))
        moved.append(event)
    return tuple(moved)


def test_the_list_says_where_every_walk_stands_newest_first(tmp_path: Path) -> None:
    hold = e.Decided(at(3), "S01", e.Decision.HOLD, "grace")
    abort = replace(hold, decision=e.Decision.ABORT)
    written(tmp_path)
    written(tmp_path, of_cluster("run", WALK[:6], 100))
    written(tmp_path, of_cluster("held", (*WALK[:2], hold), 200))
    written(tmp_path, of_cluster("ended", (*WALK[:2], abort), 300))
    (tmp_path / "notes.txt").write_text("not a journal")
    entries = journals(tmp_path)
    assert [(entry.cluster, entry.standing) for entry in entries] == [
        ("ended", "aborted, S01 ready"),
        ("held", "on hold, S01 ready"),
        ("run", "S01 running"),
        ("mes-prod", "done"),
    ]
    assert [entry.is_open for entry in entries] == [False, False, True, False]
    assert [entry.is_over for entry in entries] == [False, False, False, True]
    running = entries[2]
    assert (running.title, running.began, running.last) == ("plan of run", at(100), at(103))
    assert (running.by, running.host, running.holder, running.problems) == ("grace", "desk", None, ())


def test_the_list_follows_what_is_appended_and_who_holds_it(tmp_path: Path) -> None:
    path = written(tmp_path, WALK[:5])
    assert [entry.standing for entry in journals(tmp_path)] == ["S01 running"]
    holder = Holder(os.getpid(), "desk", "grace", AS_OF)
    with acquire(lock_path(tmp_path, SMALL.subject.id, SMALL.subject.name), holder), Journal.open(path) as journal:
        for event in WALK[5:]:
            journal.append(event)
        (entry,) = journals(tmp_path)
        assert (entry.standing, entry.holder) == ("done", holder)
    assert journals(tmp_path)[0].holder is None
    path.unlink()
    assert journals(tmp_path) == []


def test_the_list_notices_damage_that_leaves_the_size_as_it_is(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert not journals(tmp_path)[0].problems
    path.write_bytes(DATA.replace(b"Upgrading", b"Succeeded"))
    os.utime(path, (0, 0))
    assert journals(tmp_path)[0].problems


def test_a_journal_with_problems_is_on_the_list_with_them(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_bytes(DATA.replace(b"Upgrading", b"Succeeded"))
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_bytes(lines_of((BEGAN, WALK[4])))
    (tmp_path / "noise.jsonl").write_bytes(b"noise\n")
    (tmp_path / "link.jsonl").symlink_to(path)
    entries = {entry.path.name: entry for entry in journals(tmp_path)}
    assert entries[path.name].standing == "S01 running"
    assert all(len(entry.problems) == 1 for entry in entries.values())
    assert "not sent" in entries["wrong.jsonl"].problems[0]
    assert "symbolic link" in entries["link.jsonl"].problems[0]
    assert "Line 1" in entries["noise.jsonl"].problems[0]


def test_a_directory_that_is_not_there_has_no_journals(tmp_path: Path) -> None:
    assert journals(tmp_path / "none") == []
    assert own_runs(tmp_path / "none") == ()


def test_own_runs_come_from_all_journals(tmp_path: Path) -> None:
    written(tmp_path)
    written(tmp_path, of_cluster("other", WALK, 500))
    written(tmp_path, of_cluster("unfinished", WALK[:6], 900))
    (tmp_path / "noise.jsonl").write_bytes(b"noise\n")
    assert [(run.nodes, run.minutes) for run in own_runs(tmp_path)] == [(6, 48), (6, 48)]


def test_the_signed_address_is_in_the_journal_and_nowhere_else(tmp_path: Path, own_home: Path) -> None:
    path = written(tmp_path)
    path.write_bytes(DATA + b"x\n")
    with acquire(lock_path(tmp_path, SMALL.subject.id, "mes-prod"), Holder(1, "desk", "grace", AS_OF)):
        entries = journals(tmp_path)
    with Journal.open(path) as journal:
        error = refused(lambda: journal.append(WALK[4]))
    said = f"{entries} {error} {standing(replay(WALK))} {read(path).problems}"
    files = [found for home in (tmp_path, own_home) for found in home.rglob("*") if found.is_file()]
    assert "canary" in CANARY and "canary" not in said
    assert [found for found in files if b"canary" in found.read_bytes()] == [path]
