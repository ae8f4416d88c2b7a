"""Journals for tests: a plan small enough to be damaged at every byte, and one event of each kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from planner import events as e
from planner.documents.datablock import digest_of
from planner.documents.eventlines import read_line, write_line
from planner.events import Decision, Event, Fingerprint, Order
from planner.journal import Journal, journal_path
from planner.sighting import Image, Neighbour, PoolSight, Sighting
from tests.builders import AS_OF
from tests.documents.plans import HOP, PLAN, SUBJECT

CANARY = "https://arm.test/operations/1?c=canary-c&s=canary-s"
SMALL_STEP = replace(HOP, commands=(), before=(), verify=(), if_wrong=(), gate="")
SMALL = replace(
    PLAN,
    subject=replace(SUBJECT, clocks=(), facts=(), support_because=""),
    path=(),
    steps=(SMALL_STEP,),
    preflight=(),
    alternatives=(),
    risks=(),
    unknowns=(),
    disputes=(),
    findings=(),
    must_not=(),
    sources=(),
)
DIGEST = digest_of(SMALL)
BEGAN = e.Began(AS_OF, "grace", "desk", DIGEST, SMALL)


def at(minutes: float = 0) -> datetime:
    return AS_OF + timedelta(minutes=minutes)


def sighting(minutes: float = 1, version: str = "1.28.9", states: str = "Succeeded") -> Sighting:
    pools = (PoolSight("pool1", "CBLMariner", 3, ((version, 3),), states, states, ""),)
    return Sighting(
        at(minutes),
        version=version,
        provisioning_state=states,
        current_state=states,
        connectivity="Connected",
        pools=pools,
        offered=("1.29.4",),
        images=(Image("1.29.4", "CBLMariner", True),),
        neighbours=(Neighbour("mes-test", "1.29.4", True),),
        modified_at=at(-60),
        control_plane=3,
    )


PRINT = Fingerprint("1.28.9", "Succeeded", "Succeeded", ("pool1",), "cl", '"tag"', "0" * 64)
ORDER = Order("S01", SUBJECT.id, "mes-prod", "1.28.9", "1.29.4")
WALK: tuple[Event, ...] = (
    BEGAN,
    e.Looked(at(1), "S01", sighting(1)),
    e.Confirmed(at(2), "S01", "grace", "mes-prod", PRINT),
    e.Intended(at(2.1), "S01", ORDER, "0" * 64, '"tag"', "request"),
    e.Accepted(at(2.2), "S01", CANARY, "correlation"),
    e.Polled(at(3), "S01", "Upgrading"),
    e.Noted(at(4), "S01", "all → fine\nso far", "ada"),
    e.Looked(at(50), "S01", sighting(50, "1.29.4")),
)
"""A walk from its beginning to its end."""
OTHERS: tuple[Event, ...] = (
    e.Reopened(at(1), "ada", "laptop"),
    e.LookFailed(at(1), "S01", "No answer.", "Wait."),
    e.Ticked(at(1), "S01.2", True, "grace", "seen"),
    e.Started(at(1), "S01", "grace"),
    e.Refused(at(1), "S01", "no", "wait", (e.Complaint("a", "b", "c"),)),
    e.Doubted(at(1), "S01", "no answer"),
    e.PollFailed(at(1), "S01", "no answer", "wait"),
    e.Decided(at(1), "S01", Decision.HOLD, "grace", "lunch"),
)
"""The kinds of event that are not in `WALK`."""


def lines_of(events: tuple[Event, ...]) -> bytes:
    """The bytes of a journal."""
    seal, lines = "", list[bytes]()
    for number, event in enumerate(events, start=1):
        lines.append(write_line(number, event, seal))
        _, seal = read_line(lines[-1][:-1], number, seal)
    return b"".join(lines)


def written(directory: Path, events: tuple[Event, ...] = WALK) -> Path:
    """A journal on disk."""
    began = events[0]
    assert isinstance(began, e.Began)
    path = journal_path(directory, began.plan, began.digest)
    with Journal.create(path, began) as journal:
        for event in events[1:]:
            journal.append(event)
    return path
