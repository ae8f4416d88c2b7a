"""Markdown marks: outside text made inert, fences that hold, commands as shell text, tick boxes.

Shell text is a rendering for people; nothing reads it back or runs it.
"""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

_SPECIAL: Final = re.compile(r"([\\`*_\[\]#|~$])")
_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\n": " ", "\r": " "})
_OPENING: Final = re.compile(r"^(\d{1,9}(?=[.)](?:\s|$))|(?=[-+=]))")
"""What would make a list, a ruler or a heading of the text it begins."""
_URL: Final = re.compile(r"https?://[A-Za-z0-9._~:/?#@!&'()*+,;=%-]*[A-Za-z0-9/_=&-]")
_BARE: Final = re.compile(r"[A-Za-z0-9_./:=+-]+")
_CMDLET: Final = re.compile(r"[A-Z][a-z]+-[A-Z][A-Za-z]+")
_NO_ID: Final = re.compile(r"[^A-Za-z0-9._-]")
_LONGEST_ID: Final = 80
_NUMBERED: Final = re.compile(r"(\D*)(\d{1,9})")
_ROW: Final = 4
"""From so many ids in a row on only the first and the last of them are named."""
_LONG_COMMAND: Final = 100
_POSIX_BREAK: Final = " \\\n  "
_WINDOWS_BREAK: Final = " `\n  "
_LOOKING: Final = frozenset({"show", "list", "get-upgrades", "get-versions"})
"""Verbs that change nothing: their commands stand on one line, which both shells read alike."""


def text(value: object) -> str:
    """Any text so that it says only what it says: no emphasis, link, comment, list, table cell or line of its own."""
    return _OPENING.sub(r"\1\\", _inert(str(value).strip()))


def _inert(value: str) -> str:
    return _SPECIAL.sub(r"\\\1", value).translate(_ENTITIES)


def sentence(words: str) -> str:
    """Inert text that ends like a sentence, so that another may follow."""
    return text(words if words.endswith((".", "!", "?", ":")) else f"{words}.")


def moment(at: datetime) -> str:
    """A moment as people read it in every time zone: 2026-05-20 14:05 UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def linked(value: str) -> str:
    """As `text`, with web addresses left usable; for citations."""
    value = value.strip()
    done: list[str] = []
    end = 0
    for found in _URL.finditer(value):
        done += (_inert(value[end : found.start()]), f"<{found[0]}>")
        end = found.end()
    return _OPENING.sub(r"\1\\", "".join((*done, _inert(value[end:]))))


def joined(values: Iterable[object], none: str = "none") -> str:
    """Values with commas between, each made inert."""
    return ", ".join(map(text, values)) or none


def spanned(ids: Sequence[str], most: int = 0) -> str:
    """Ids with commas between; a long row of consecutive ones is S03 to S12. Of more than `most` parts some are counted."""
    parts = [*_spans(ids)]
    if not most or len(parts) <= most:
        return ", ".join(parts)
    named = ", ".join(parts[: most - 1])
    return f"{named} and more, {len(ids):,} in all"


def _spans(ids: Sequence[str]) -> Iterator[str]:
    start = 0
    for place in range(1, len(ids) + 1):
        if place < len(ids) and _follows(ids[place - 1], ids[place]):
            continue
        run = ids[start:place]
        yield from [f"{run[0]} to {run[-1]}"] if len(run) >= _ROW else run
        start = place


def _follows(one: str, other: str) -> bool:
    before, after = _NUMBERED.fullmatch(one), _NUMBERED.fullmatch(other)
    return before is not None and after is not None and before[1] == after[1] and int(after[2]) == int(before[2]) + 1


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A table of inert cells, with an empty line after it; nothing at all where there are no rows."""
    body = [f"| {' | '.join(_inert(str(cell).strip()) for cell in row)} |" for row in rows]
    if not body:
        return []
    return [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *body, ""]


def box(id: str, label: str) -> str:
    """A line with a tick box that is found again by its id, wherever the text around it goes."""
    return f"- [ ] {label} <!-- item:{_NO_ID.sub('-', id)[:_LONGEST_ID]} -->"


def labelled(label: str, words: str) -> list[str]:
    """A paragraph with its label in bold, and an empty line after it."""
    return [f"**{label}:** {words}", ""]


def fence(content: str, language: str) -> list[str]:
    """A code block whose fence is longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall(r"`+", content)), default=0)
    marks = "`" * max(3, longest + 1)
    return [f"{marks}{language}", *content.split("\n"), marks, ""]


def bash(argv: Sequence[str]) -> str:
    """The command for a POSIX shell."""
    return _wrapped([shlex.quote(_one_line(part)) for part in argv], _POSIX_BREAK)


def powershell(argv: Sequence[str]) -> str:
    """The command for PowerShell: single quotes, doubled inside."""
    parts = [_powershell_word(_one_line(part)) for part in argv]
    call = "& " if parts and parts[0].startswith("'") else ""
    return call + _wrapped(parts, _WINDOWS_BREAK)


def command_blocks(argv: Sequence[str], purpose: str) -> list[str]:
    """The command for both shells under its purpose; in one block where both read it alike."""
    if argv and _CMDLET.fullmatch(argv[0]):
        return [f"**PowerShell:** {text(purpose)}", "", *fence(powershell(argv), "powershell")]
    posix, windows = bash(argv), powershell(argv)
    if _only_looks(argv):
        posix, windows = (one.replace(mark, " ") for one, mark in ((posix, _POSIX_BREAK), (windows, _WINDOWS_BREAK)))
    if posix == windows:
        return [f"**Bash and PowerShell:** {text(purpose)}", "", *fence(posix, "sh")]
    posix_block, windows_block = fence(posix, "bash"), fence(windows, "powershell")
    return [f"**Bash:** {text(purpose)}", "", *posix_block, "**PowerShell:** the same", "", *windows_block]


def _only_looks(argv: Sequence[str]) -> bool:
    verbs = itertools.takewhile(lambda part: not part.startswith("-"), argv)
    return not _LOOKING.isdisjoint(verbs)


def _powershell_word(part: str) -> str:
    return part if _BARE.fullmatch(part) else "'" + re.sub("(['‘’‚‛])", r"\1\1", part) + "'"


def _one_line(part: str) -> str:
    return re.sub(r"[\r\n]+", " ", part)


def _wrapped(parts: Sequence[str], break_mark: str) -> str:
    """One line, or where that is long a line for each option with its values."""
    line = " ".join(parts)
    if len(line) <= _LONG_COMMAND:
        return line
    lines: list[list[str]] = [[]]
    for part in parts:
        if part.startswith("--"):
            lines.append([])
        lines[-1].append(part)
    return break_mark.join(" ".join(words) for words in lines if words)
