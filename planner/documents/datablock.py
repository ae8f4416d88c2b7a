"""The data block of a plan document: the plan itself as JSON, sealed with a SHA-256 of its canonical form.

The seal tells an edit from a file as it was made. It is no signature: whoever changes the data can seal it anew.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final, cast

import msgspec

from planner.documents.kinds import KINDS, AnyPlan, DocumentKind, kind_of
from planner.documents.layout import laid_out
from planner.documents.marks import fence
from planner.inventory import clean
from planner.plan import Plan

_BEGIN: Final = re.compile(
    r"^[ \t]*<!--\s*arcstep:(plan|fleet)\s+schema=(\d{1,6})\s+sha256=([0-9a-f]{64})\s+prose=([0-9a-f]{64})\s*-->[ \t]*$",
    re.MULTILINE,
)
_ANY_BEGIN: Final = re.compile(r"^[ \t]*<!--\s*arcstep:(?:plan|fleet)\b", re.MULTILINE)
_END: Final = re.compile(r"^[ \t]*<!--\s*arcstep:end\s*-->[ \t]*$", re.MULTILINE)
_FENCE: Final = re.compile(r"^[ \t]*(`{3,}|~{3,})")
_RISKY: Final = re.compile("[<>`\x7f-\U0010ffff]")
_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,80}")
_LONGEST_LINE: Final = 8192
_YEARS: Final = (1900, 9000)
"""Outside of these nobody can count days, or turn a time zone; a day without an end may lie later."""
_NAMED: Final = 5
"""Fields or ids that are named; of more the number is said."""
_PLAIN: Final = frozenset({str, int, bool, type(None)})
"""Types that are JSON as they are."""


class BlockError(ValueError):
    """The data block cannot be used; the message is a sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Block:
    """A data block as found: the plan where it could be read, and every reason not to act on it."""

    plan: AnyPlan
    digest: str
    prose_digest: str
    problems: tuple[str, ...]


def canonical(value: object) -> bytes:
    """The one form a value is sealed in: sorted keys, no white space, UTF-8."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return text.encode("ascii")


def digest_of(plan: AnyPlan) -> str:
    """SHA-256 of the plan's canonical form, as 64 hex digits."""
    return sha256(canonical(plan_data(plan)))


def sealed(plan: AnyPlan) -> tuple[dict[str, Any], str]:
    """The plan as JSON values, and their digest."""
    data = plan_data(plan)
    return data, sha256(canonical(data))


def sha256(data: bytes) -> str:
    """The digest of some bytes, as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def plan_data(plan: AnyPlan) -> dict[str, Any]:
    """The plan as JSON values: objects, lists, texts, numbers.

    A member at its default is left out, so that a plan keeps its digest when later versions of arcstep add members. That
    holds as long as a default is never changed.
    """
    return cast("dict[str, Any]", _plain(plan, whole=False))


def _plain(value: object, *, whole: bool) -> object:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, tuple):
        return [_plain(one, whole=whole) for one in cast("tuple[object, ...]", value)]
    members = _members(type(value))
    if members is None:
        return cast("object", msgspec.to_builtins(value))
    found: dict[str, object] = {}
    for name, default in members:
        member: object = getattr(value, name)
        if whole or default is MISSING or member != default:
            found[name] = _plain(member, whole=whole)
    return found


@cache
def _members(of: type[object]) -> tuple[tuple[str, object], ...] | None:
    """Names and defaults of a dataclass; None for what is none."""
    return tuple((one.name, cast("object", one.default)) for one in fields(of)) if is_dataclass(of) else None


def render_block(plan: AnyPlan, data: dict[str, Any], digest: str, prose_digest: str) -> list[str]:
    """The lines of the block: plain ASCII, and no mark in it that could end it early or that an editor would touch.

    Data and digest are those of `sealed`.
    """
    content = "\n".join(laid_out(data))
    begin = f"<!-- arcstep:{kind_of(plan).word} schema={plan.schema} sha256={digest} prose={prose_digest} -->"
    return [begin, "", *fence(_RISKY.sub(_escape, content), "json"), "<!-- arcstep:end -->"]


def _escape(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1] if ord(found[0]) > 0x7F else f"\\u{ord(found[0]):04x}"


def split(text: str) -> tuple[str, str | None]:
    """The prose, and the block from its marker on; None where there is no marker. The last marker counts."""
    begins = list(_ANY_BEGIN.finditer(text))
    if not begins:
        return text, None
    start = begins[-1].start()
    end = _END.search(text, start)
    return text[:start] + (text[end.end() :] if end else ""), text[start : end.end() if end else len(text)]


def read_block(block: str) -> Block:
    """The plan in a block. Raises BlockError where there is none to be had."""
    begin = _BEGIN.match(block)
    if begin is None:
        raise BlockError("The marker in front of the data block was changed, so that its digest is lost.")
    kind, schema, digest, prose_digest = KINDS[begin[1]], int(begin[2]), begin[3], begin[4]
    _check_schema(kind, schema)
    value = _decode(_content(block[begin.end() :]))
    problems: list[str] = []
    found = sha256(canonical(value))
    if found != digest:
        problems.append(
            f"The data was changed after the plan was made: its digest is {found[:12]}…, not {digest[:12]}…."
        )
    safe = _cleaned(value)
    if safe != value:
        problems.append("The data held characters that do not belong in a plan; they were replaced.")
    plan = _plan(safe, kind)
    if plan.schema != schema:
        problems.append(f"The marker says schema {schema}, and the data says {plan.schema}.")
    if twice := sorted(id for id, count in Counter(_ids(plan)).items() if count > 1):
        problems.append(f"The data holds an id twice, so that nobody can say what its tick is for: {_few(twice)}.")
    if safe == value:
        problems += _strange(value, _plain(plan, whole=True))
    return Block(plan, digest, prose_digest, tuple(problems))


def _check_schema(kind: DocumentKind, schema: int) -> None:
    if schema > kind.newest:
        raise BlockError(
            f"The plan was made by a newer arcstep (schema {schema}; this one reads up to {kind.newest}): update arcstep."
        )
    if schema < kind.oldest:
        raise BlockError(
            f"The plan was made by an older arcstep (schema {schema}; this one reads from {kind.oldest} on): plan again."
        )


def _ids(plan: AnyPlan) -> Iterator[str]:
    """The ids that boxes of the text carry."""
    for step in plan.steps:
        yield step.id
        yield from (check.id for check in (*step.before, *step.verify))
    if isinstance(plan, Plan):
        yield from (check.id for check in plan.preflight)


def _few(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(clean(name) for name in names[:_NAMED]) + more


def _strange(value: object, known: object) -> list[str]:
    """What the data holds and the plan read from it does not; a member that is missing has its default, and that is fine."""
    names = list(dict.fromkeys(_unknown(value, known, "")))
    if not names:
        return []
    return [f"The data holds fields or values this arcstep does not know: {_few(names)}."]


def _unknown(value: object, known: object, where: str) -> Iterator[str]:
    """Where the one holds something that the other does not; both are JSON values."""
    if isinstance(value, dict) and isinstance(known, dict):
        ours = cast("dict[str, object]", known)
        for name, member in cast("dict[str, object]", value).items():
            place = f"{where}.{name}" if where else name
            if name in ours:
                yield from _unknown(member, ours[name], place)
            else:
                yield place
        return
    if isinstance(value, list) and isinstance(known, list):
        theirs, ours = cast("list[object]", value), cast("list[object]", known)
        for one, other in zip(theirs, ours, strict=False):
            yield from _unknown(one, other, where)
        if len(theirs) != len(ours):
            yield where
        return
    same = type(cast("object", value)) is type(known) and value == known
    if not same and canonical(cast("object", value)) != canonical(known):
        yield where


def _content(inside: str) -> str:
    """What stands between the fences."""
    lines = inside.split("\n")
    fences = [number for number, line in enumerate(lines) if _FENCE.match(line)]
    ended = _END.search(inside) is not None
    if len(fences) < 2 or not ended:
        raise BlockError("The file is cut off inside the data block: it has no end.")
    return "\n".join(lines[fences[0] + 1 : fences[-1]])


def _decode(content: str) -> object:
    try:
        return json.loads(content, object_pairs_hook=_no_duplicates)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} of the block"
        raise BlockError(f"The data block is damaged at {place}: {error.msg}.") from None
    except RecursionError:
        raise BlockError("The data block is nested too deeply to be a plan.") from None
    except ValueError as error:
        raise BlockError(f"The data block cannot be used: {clean(str(error))}.") from None


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _cleaned(value: object) -> object:
    """Every text made harmless; line breaks inside a text stay."""
    if isinstance(value, str):
        return "\n".join(clean(line, _LONGEST_LINE) for line in value.split("\n"))
    if isinstance(value, list):
        return [_cleaned(one) for one in cast("list[object]", value)]
    if isinstance(value, dict):
        return {clean(key): _cleaned(one) for key, one in cast("Mapping[str, object]", value).items()}
    return value


def _plan(value: object, kind: DocumentKind) -> AnyPlan:
    if not isinstance(value, dict):
        raise BlockError("The data block holds no plan.")
    try:
        plan: AnyPlan = msgspec.convert(value, kind.holds)
    except (msgspec.ValidationError, RecursionError) as error:
        where = str(error).replace("`", "").replace("$.", "")
        raise BlockError(f"The data block is not a plan of schema {kind.newest}: {clean(where)}.") from None
    for id in _ids(plan):
        if not _ID.fullmatch(id):
            raise BlockError(f"The data block is not a plan: {clean(id)!r} cannot be the id of a step or a check.")
    for day in _days(plan):
        if isinstance(day, datetime) and day.tzinfo is None:
            raise BlockError("The data block is not a plan: a moment in it has no time zone.")
        if day.year < _YEARS[0] or (isinstance(day, datetime) and day.year > _YEARS[1]):
            raise BlockError(f"The data block is not a plan: {day.isoformat()} is no day of any plan.")
    return plan


def _days(value: object) -> Iterator[date]:
    """Every day and every moment in a plan, wherever it stands."""
    if isinstance(value, date):
        yield value
    elif isinstance(value, tuple):
        for one in cast("tuple[object, ...]", value):
            yield from _days(one)
    elif type(value) not in _PLAIN:
        for name, _ in _members(type(value)) or ():
            yield from _days(getattr(value, name))
