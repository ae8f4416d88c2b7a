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
from dataclasses import dataclass, field
from typing import Final

from planner.inventory import clean
from planner.plan import Plan

_ITEM: Final = re.compile(
    r"^\s*(?:[-*+•]|\d{1,3}[.)])?\s*\\?(?:\[\s*(?P<mark>[xX✓✔]?)\s*\\?\]|(?P<glyph>[☐☑☒✅✔✓⬜]))\s*"
    r"(?P<label>.*?)\s*<!--\s*item:(?P<id>[A-Za-z0-9._-]{1,80})\s*-->(?P<note>.*)$"
)
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
    """A plan document as read. Only `plan` says what is planned; the text is for people."""

    name: str
    text: str
    plan: Plan | None
    """None where the data block is missing, damaged or of a newer schema: then the text can be read, and no more."""
    ticks: Mapping[str, Tick]
    """By item id, such as S01.2."""
    problems: tuple[str, ...] = field(default=())
    """Sentences; a document with any of them is never acted on."""

    @property
    def executable(self) -> bool:
        """True when data, text and seal agree, so that a walk may be based on it."""
        return self.plan is not None and not self.problems


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of prose: as it stands, in its normal form, and the box on it."""

    number: int
    raw: str
    normal: str
    item: str = ""
    tick: Tick | None = None


def prose_digest(prose: str) -> str:
    """SHA-256 of the prose in its normal form: ticks, notes, and what wikis mangle are left out."""
    return hashlib.sha256("\n".join(line.normal for line in _lines(prose)).encode("utf-8")).hexdigest()


def read_ticks(prose: str) -> tuple[dict[str, Tick], list[str]]:
    """All boxes by id, and sentences about those that contradict each other."""
    ticks: dict[str, Tick] = {}
    problems: list[str] = []
    for line in _lines(prose):
        if line.tick is None:
            continue
        before = ticks.get(line.item)
        if before is not None and before.done != line.tick.done:
            problems.append(
                f"Box {line.item} stands twice, once ticked and once not; line {line.number} is the later one."
            )
        if before is None or before.done:
            ticks[line.item] = line.tick
    return ticks, problems


def differences(found: str, generated: str) -> list[str]:
    """The first places where the text says something else than the data, as sentences."""
    ours, theirs = list(_lines(generated)), list(_lines(found))
    matcher = difflib.SequenceMatcher(None, [line.normal for line in ours], [line.normal for line in theirs], False)
    sentences: list[str] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            continue
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
    """Lines that say something, with notes joined to the box they belong to."""
    item: _Line | None = None
    fence = ""
    for number, raw in enumerate(prose.split("\n"), 1):
        mark = _FENCE.match(raw)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        found = None if fence else _ITEM.match(_unmangled(raw)) if "<!--" in raw else None
        if found:
            if item is not None:
                yield item
            item = _box(number, raw, found)
        elif item is not None and item.tick is not None and raw.strip() and raw[0] in " \t>":
            note = f"{item.tick.note} {_words(raw)}".strip()
            item = _Line(item.number, item.raw, item.normal, item.item, Tick(item.tick.done, clean(note, _NOTE_LIMIT)))
        else:
            if item is not None:
                yield item
                item = None
            normal = _normal(raw)
            if normal:
                yield _Line(number, raw, normal)
    if item is not None:
        yield item


def _box(number: int, raw: str, found: re.Match[str]) -> _Line:
    done = bool(found["mark"]) or (found["glyph"] or "") in _TICKED
    tick = Tick(done, clean(_words(found["note"]), _NOTE_LIMIT))
    return _Line(number, raw, f"-[]{_squeezed(found['label'])}<!--item:{found['id']}-->", found["id"], tick)


def _words(raw: str) -> str:
    return " ".join(raw.strip(" \t>").split())


def _normal(raw: str) -> str:
    plain = _unmangled(raw)
    return "" if _RULER.fullmatch(plain) else _squeezed(_BULLET.sub("- ", plain))


def _squeezed(text: str) -> str:
    joined = "".join(text.split())
    return joined if joined.isascii() else unicodedata.normalize("NFC", joined)


def _unmangled(text: str) -> str:
    return text if text.isascii() else text.translate(_SAME)
