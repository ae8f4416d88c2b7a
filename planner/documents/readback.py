"""Reading a plan document back: what people ticked and noted, and whether the text still says what the data says.

A document passes through mail, wikis and editors. Line ends, bullets, boxes, quotes, dashes and white space may change
on the way without meaning anything; everything else that changed is a divergence.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from planner.documents.kinds import AnyPlan
from planner.fleetplan import FleetPlan
from planner.inventory import clean
from planner.plan import Plan

_ITEM: Final = re.compile(
    r"^\s*(?:[-*+•]|\d{1,3}[.)])?\s*\\?(?:\[\s*(?P<mark>[xX✓✔]?)\s*\\?\]|(?P<glyph>[☐☑☒✅✔✓⬜]))\s*"
    r"(?P<label>.*?)\s*<!--\s*item:(?P<id>[A-Za-z0-9._-]{1,80})\s*-->(?P<note>.*)$"
)
_BOX: Final = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])?\s*\\?(?:\[\s*[xX✓✔]?\s*\\?\]|[☐☑☒✅✔✓⬜])")
"""How a box begins; an editor may have wrapped the line before its id."""
_ID_COMMENT: Final = re.compile(r"<![-–‐‑‒−]{2}\s*item:[A-Za-z0-9._-]{1,80}\s*[-–‐‑‒−]{2}>")
"""What a note stands behind; it is taken from the line as it is, since a note means what was written."""
_BOX_LINES: Final = 12
_LONGEST: Final = 8_000
"""Characters of a piece: what is longer is taken in parts, so that a file made to be slow to read is not."""
_FOREIGN: Final = 1000
"""So many pieces may have come to a text for which it is still compared with the data piece by piece."""
_STARTS: Final = re.compile(r"^\s*(?:[-*+•]\s|\d{1,3}[.)]\s|#|\||>|<!--|\*\*|__)")
"""What begins something of its own, and so does not go on with the line above."""
_WHOLE: Final = ("\n", "#", "|")
"""How the normal form of code, a heading and a row of a table begins: nothing goes on with them."""
_DASHES: Final = re.compile("--+")
_TICKED: Final = frozenset("☑☒✅✔✓")
_FENCE: Final = re.compile(r"^\s*(`{3,}|~{3,})")
_BULLET: Final = re.compile(r"^\s*[*+•]\s+")
_RULER: Final = re.compile(r"[|:\-\s]+")
_SAME: Final = str.maketrans(
    {
        **dict.fromkeys("“”„‟″", '"'),
        **dict.fromkeys("‘’‚‛′", "'"),
        **dict.fromkeys("–—‐‑‒−", "-"),
        "…": "...",
        "\N{NO-BREAK SPACE}": " ",
        "\N{NARROW NO-BREAK SPACE}": " ",
        "\N{VARIATION SELECTOR-16}": "",
    }
)
_NOTE_LIMIT: Final = 2000
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Tick:
    """A box of the document: ticked or not, and what was written beside or below it."""

    done: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A plan document as read. Only `plan`, or `fleet`, says what is planned; the text is for people."""

    name: str
    text: str
    plan: Plan | None
    """The plan of one cluster. None where the document holds a plan of instances, and where the data block is missing,
    damaged or of a newer schema: then the text can be read, and no more."""
    ticks: Mapping[str, Tick]
    """By item id, such as S01.2."""
    problems: tuple[str, ...] = field(default=())
    """Sentences; a document with any of them is never acted on."""
    fleet: FleetPlan | None = None
    """The plan of instances; None where it holds the plan of one cluster, or none that can be read."""

    @property
    def holds(self) -> AnyPlan | None:
        """The plan of either kind."""
        return self.plan or self.fleet

    @property
    def executable(self) -> bool:
        """True when data, text and seal agree, so that work may be based on it; only the plan of one cluster is walked."""
        return self.holds is not None and not self.problems


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of prose: as it stands, in its normal form, and the box on it."""

    number: int
    raw: str
    normal: str
    item: str = ""
    tick: Tick | None = None


def prose_digest(prose: str) -> str:
    """SHA-256 of the prose in its normal form: ticks, notes, and what wikis mangle are left out, line breaks too."""
    return hashlib.sha256("".join(line.normal for line in _lines(prose)).encode("utf-8")).hexdigest()


def read_ticks(prose: str) -> tuple[dict[str, Tick], list[str]]:
    """All boxes by id, and sentences about those that contradict each other."""
    ticks: dict[str, Tick] = {}
    problems: list[str] = []
    for line in _lines(prose):
        if line.tick is None:
            continue
        before = ticks.get(line.item)
        if before is not None:
            both = "" if before.done == line.tick.done else ", once ticked and once not"
            problems.append(f"Box {line.item} stands twice{both}; line {line.number} is the later one.")
        if before is None or before.done:
            ticks[line.item] = line.tick
    return ticks, problems


def differences(found: str, generated: str) -> list[str]:
    """The first places where the text says something else than the data, as sentences."""
    ours, theirs = list(_lines(generated)), list(_lines(found))
    if len(theirs) > 2 * len(ours) + _FOREIGN:
        return [f"It says {len(theirs):,} things where the data says {len(ours):,}: too many to compare."]
    sentences: list[str] = []
    for kind, a, b, c, d in _edits([line.normal for line in ours], [line.normal for line in theirs]):
        old, new = _quote(ours[a:b]), _quote(theirs[c:d])
        place = f"Line {theirs[c].number}" if c < len(theirs) else "The end"
        match kind:
            case "delete":
                sentences.append(f"{place}: {old} was removed.")
            case "insert":
                sentences.append(f"{place}: {new} was added.")
            case _:
                sentences.append(f"{place} reads {new}; the data says {old}.")
    more = len(sentences) - _SHOWN
    return sentences[:_SHOWN] + ([f"And {more} more places."] if more > 0 else [])


def _edits(ours: list[str], theirs: list[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """What has to be done to the one to get the other; what is alike at both ends is not even compared."""
    shorter = min(len(ours), len(theirs))
    head = next((n for n in range(shorter) if ours[n] != theirs[n]), shorter)
    tail = next((n for n in range(shorter - head) if ours[-1 - n] != theirs[-1 - n]), shorter - head)
    old, new = ours[head : len(ours) - tail], theirs[head : len(theirs) - tail]
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
        if kind != "equal":
            yield kind, a + head, b + head, c + head, d + head


def _quote(lines: list[_Line]) -> str:
    words = clean(" ".join(lines[0].raw.split()), 100) if lines else ""
    return f"“{words}”" + (f" and {len(lines) - 1} more lines" if len(lines) > 1 else "")


def without_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Front matter as a flat mapping, and the text with its lines blanked, so that line numbers stay."""
    lines = text.split("\n")
    if not lines or lines[0].strip() != "---":
        return {}, text
    end = next((number for number, line in enumerate(lines[1:60], 1) if line.strip() == "---"), None)
    if end is None:
        return {}, text
    pairs = (line.partition(":") for line in lines[1:end])
    values = {key.strip(): _plain(value) for key, colon, value in pairs if colon}
    return values, "\n".join(["" for _ in lines[: end + 1]] + lines[end + 1 :])


def _plain(line: str) -> str:
    return unicodedata.normalize("NFC", line.translate(_SAME).strip())


def _lines(prose: str) -> Iterator[_Line]:
    """What the text says, piece by piece: a paragraph, an item of a list, a row, a line of code, or a box with its notes."""
    rows = prose.split("\n")
    held: _Line | None = None
    fence, gap, place = "", False, 0
    while place < len(rows):
        raw, number, taken = rows[place], place + 1, 1
        mark = _FENCE.match(raw)
        found = None if fence or mark else _box_at(rows, place)
        if fence or mark:
            piece = _code(number, raw)
            if mark and (not fence or mark[1].startswith(fence)):
                fence = "" if fence else mark[1]
        elif found is not None:
            piece, taken = found
        elif not raw.strip():
            piece = None
        elif held is not None and (longer := _continued(held, raw, gap)) is not None:
            held, piece = longer, None
        else:
            piece = _Line(number, raw, _normal(raw))
        gap = not raw.strip()
        if piece is not None or (gap and held is not None and held.tick is None):
            if held is not None and held.normal:
                yield held
            held = piece
        place += taken
    if held is not None and held.normal:
        yield held


def _continued(held: _Line, raw: str, gap: bool) -> _Line | None:
    """The piece with a line that belongs to it; None where the line begins something of its own."""
    if held.normal.startswith(_WHOLE) or len(held.raw) > _LONGEST:
        return None
    if held.tick is not None:
        if raw[0] not in " \t>" and (gap or _STARTS.match(raw)):
            return None
        note = clean(f"{held.tick.note} {_words(raw)}".strip(), _NOTE_LIMIT)
        return replace(held, tick=Tick(held.tick.done, note))
    quoted = held.raw.lstrip().startswith(">") and raw.lstrip().startswith(">")
    if not quoted and _STARTS.match(raw):
        return None
    more = _squeezed(_unmangled(raw.lstrip(" \t>") if quoted else raw))
    more = more.removeprefix("-") if held.normal.endswith("-") else more
    return replace(held, raw=f"{held.raw} {raw.strip()}", normal=held.normal + more)


def _box_at(rows: list[str], place: int) -> tuple[_Line, int] | None:
    """The box that begins in a row, and how many rows it takes; None where none does."""
    if not _BOX.match(_unmangled(rows[place])):
        return None
    for taken in range(1, _BOX_LINES):
        raw = " ".join(row.strip() if row_number else row for row_number, row in enumerate(rows[place : place + taken]))
        if len(raw) > _LONGEST:
            return None
        if "<!--" in raw and (found := _ITEM.match(_unmangled(raw))):
            return _box(place + 1, raw, found), taken
        after = rows[place + taken] if place + taken < len(rows) else ""
        if not after.strip() or _FENCE.match(after) or (_STARTS.match(after) and "<!--" not in after):
            return None
    return None


def _code(number: int, raw: str) -> _Line | None:
    """A line of code, whose line break counts; None for an empty one."""
    return _Line(number, raw, "\n" + _squeezed(_unmangled(raw), code=True)) if raw.strip() else None


def _box(number: int, raw: str, found: re.Match[str]) -> _Line:
    done = bool(found["mark"]) or (found["glyph"] or "") in _TICKED
    comment = _ID_COMMENT.search(raw)
    note = raw[comment.end() :] if comment else found["note"]
    tick = Tick(done, clean(_words(note), _NOTE_LIMIT))
    return _Line(number, raw, f"-[]{_squeezed(found['label'])}<!--item:{found['id']}-->", found["id"], tick)


def _words(raw: str) -> str:
    return " ".join(raw.strip(" \t>").split())


def _normal(raw: str) -> str:
    plain = _unmangled(raw)
    return "" if _RULER.fullmatch(plain) else _squeezed(_BULLET.sub("- ", plain))


def _squeezed(text: str, *, code: bool = False) -> str:
    joined = "".join(text.split())
    dashed = joined if code else _DASHES.sub("-", joined)
    return dashed if dashed.isascii() else unicodedata.normalize("NFC", dashed)


def _unmangled(text: str) -> str:
    return text if text.isascii() else text.translate(_SAME)
