"""A journal's lines: one event each, as JSON, sealed with a checksum that also covers the line before.

So a line that was changed, removed, moved or added shows. The seal tells damage from a journal as it was written; it is
no signature.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

import msgspec

from planner import events as e
from planner.documents.datablock import canonical
from planner.events import EVENTS, Event
from planner.inventory import clean

JOURNAL_SCHEMA: Final = 1
BEGINNING: Final = b'{"schema":'
"""Every line begins like this."""
_LINE: Final = re.compile(
    rb'(\{"schema":(\d{1,6}),"n":(\d{1,9}),"event":"([A-Za-z]{1,40})","data":(.*)),"sum":"([0-9a-f]{16})"\}'
)
_KINDS: Final = {kind.__name__: kind for kind in EVENTS}
_LONGEST_TEXT: Final = 8192
"""Characters of a line of text; an operation's address is the longest that is kept."""
_PERHAPS_HOSTILE: Final = re.compile(rb'[^ -~]|\\(?!["\\n])')
"""Anything but printable ASCII, quotes and line breaks; all other characters are written as escapes."""
_YEARS: Final = range(2000, 3000)


class LineError(ValueError):
    """A line that cannot be used, or an event that cannot be kept; the message is the reason, without an end stop."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a journal holds. With `problems` it ends early: nothing may be appended, and nobody knows what followed."""

    events: tuple[Event, ...] = ()
    problems: tuple[str, ...] = ()
    """A sentence each."""
    torn: bool = False
    """The last line is not whole: it was being written when the process or the machine ended, and does not count."""
    whole: int = 0
    """Bytes up to the end of the last line that counts."""
    seal: str = ""
    """Checksum of that line."""


def write_line(number: int, event: Event, before: str) -> bytes:
    """The line of an event, with its end; `before` is the seal of the line before, "" for the first."""
    data = canonical(msgspec.to_builtins(event))
    head = b'%s%d,"n":%d,"event":"%s","data":%s' % (
        BEGINNING,
        JOURNAL_SCHEMA,
        number,
        type(event).__name__.encode("ascii"),
        data,
    )
    return b'%s,"sum":"%s"}\n' % (head, _sum(head, before).encode("ascii"))


def read_line(line: bytes, number: int, before: str) -> tuple[Event, str]:
    """The event of a line without its end, and the line's seal. Raises LineError."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise LineError("it is damaged")
    schema = int(found[2])
    if schema > JOURNAL_SCHEMA:
        raise LineError(
            f"it was written by a newer arcstep (schema {schema}; this one reads up to {JOURNAL_SCHEMA}), so update arcstep"
        )
    seal = _sum(found[1], before)
    if seal.encode("ascii") != found[6] or int(found[3]) != number:
        raise LineError("its checksum is wrong, so it was changed, or a line before it was taken out")
    event = _event(found[4].decode("ascii"), found[5])
    if isinstance(event, e.Began) is not (number == 1):
        raise LineError("a walk begins once, with the first line")
    return event, seal


def read_lines(data: bytes) -> Record:
    """The record in a whole file. Never raises: what cannot be used is a problem."""
    events: list[Event] = []
    problems: list[str] = []
    seal, whole = "", 0
    for number, line in enumerate(_lines(data), start=1):
        try:
            event, seal = read_line(line, number, seal)
        except LineError as error:
            problems.append(
                f"Line {number} of the journal cannot be used: {error}. What comes after it does not count."
            )
            break
        events.append(event)
        whole += len(line) + 1
    return Record(tuple(events), tuple(problems), not data.endswith(b"\n") and bool(data), whole, seal)


def _lines(data: bytes) -> Iterator[bytes]:
    """The lines that have an end."""
    start = 0
    while (end := data.find(b"\n", start)) >= 0:
        yield data[start:end]
        start = end + 1


def _sum(head: bytes, before: str) -> str:
    return hashlib.sha256(before.encode("ascii") + head).hexdigest()[:16]


def _event(name: str, data: bytes) -> Event:
    kind = _KINDS.get(name)
    if kind is None:
        raise LineError("it holds an event of a kind this arcstep does not know")
    try:
        if len(data) > _LONGEST_TEXT or _PERHAPS_HOSTILE.search(data):
            event = msgspec.convert(_cleaned(json.loads(data)), kind)
        else:  # many times faster, and there is nothing to make harmless
            event = msgspec.json.decode(data, type=kind)
    except (ValueError, RecursionError):
        raise LineError(f"what it holds is no event of the kind {name}") from None
    if not all(_is_usable(at) for at in _moments(event)):
        raise LineError("it holds a moment without a time zone, or of another millennium")
    return event


def _moments(event: Event) -> Iterator[datetime]:
    """The moments a walk reckons with."""
    yield event.at
    if isinstance(event, e.Began):
        yield event.plan.as_of
    if isinstance(event, e.Looked):
        yield event.seen.at
        if event.seen.modified_at is not None:
            yield event.seen.modified_at


def _is_usable(at: datetime) -> bool:
    return at.utcoffset() is not None and at.year in _YEARS


def _cleaned(value: object) -> object:
    """Every text made harmless; line breaks inside a text stay. Names of fields are checked by the conversion."""
    if isinstance(value, str):
        if len(value) <= _LONGEST_TEXT and value.isascii() and value.isprintable():
            return value
        return "\n".join(clean(line, _LONGEST_TEXT) for line in value.split("\n"))
    if isinstance(value, dict):
        return {key: _cleaned(one) for key, one in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_cleaned(one) for one in cast("list[object]", value)]
    return value
