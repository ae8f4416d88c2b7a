"""Markdown marks: outside text made inert, fences that hold, commands as shell text, tick boxes.

Shell text is a rendering for people; nothing reads it back or runs it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

_SPECIAL: Final = re.compile(r"([\\`*_\[\]#|~$])")
_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\n": " ", "\r": " "})
_URL: Final = re.compile(r"https?://[A-Za-z0-9._~:/?#@!&'()*+,;=%-]*[A-Za-z0-9/_=&-]")
_BARE: Final = re.compile(r"[A-Za-z0-9_./:=+-]+")
_CMDLET: Final = re.compile(r"[A-Z][a-z]+-[A-Z][A-Za-z]+")
_LONG_COMMAND: Final = 100


def text(value: object) -> str:
    """Any text so that it says only what it says: no emphasis, link, comment, table cell or line of its own."""
    return _SPECIAL.sub(r"\\\1", str(value)).translate(_ENTITIES)


def sentence(words: str) -> str:
    """Inert text that ends like a sentence, so that another may follow."""
    return text(words if words.endswith((".", "!", "?", ":")) else f"{words}.")


def moment(at: datetime) -> str:
    """A moment as people read it in every time zone: 2026-05-20 14:05 UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def linked(value: str) -> str:
    """As `text`, with web addresses left usable; for citations."""
    done: list[str] = []
    end = 0
    for found in _URL.finditer(value):
        done += (text(value[end : found.start()]), f"<{found[0]}>")
        end = found.end()
    return "".join((*done, text(value[end:])))


def joined(values: Iterable[object], none: str = "none") -> str:
    """Values with commas between, each made inert."""
    return ", ".join(map(text, values)) or none


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A table of inert cells, with an empty line after it; nothing at all where there are no rows."""
    body = [f"| {' | '.join(text(cell) for cell in row)} |" for row in rows]
    if not body:
        return []
    return [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *body, ""]


def box(id: str, label: str) -> str:
    """A line with a tick box that is found again by its id, wherever the text around it goes."""
    return f"- [ ] {label} <!-- item:{id} -->"


def fence(content: str, language: str) -> list[str]:
    """A code block whose fence is longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall(r"`+", content)), default=0)
    marks = "`" * max(3, longest + 1)
    return [f"{marks}{language}", *content.split("\n"), marks, ""]


def bash(argv: Sequence[str]) -> str:
    """The command for a POSIX shell."""
    return _wrapped([shlex.quote(_one_line(part)) for part in argv], " \\\n  ")


def powershell(argv: Sequence[str]) -> str:
    """The command for PowerShell: single quotes, doubled inside."""
    parts = [_powershell_word(_one_line(part)) for part in argv]
    call = "& " if parts and parts[0].startswith("'") else ""
    return call + _wrapped(parts, " `\n  ")


def command_blocks(argv: Sequence[str]) -> list[str]:
    """Both renderings, or one where they are the same."""
    posix, windows = bash(argv), powershell(argv)
    if argv and _CMDLET.fullmatch(argv[0]):
        return ["PowerShell:", "", *fence(windows, "powershell")]
    if posix == windows:
        return ["Bash and PowerShell:", "", *fence(posix, "sh")]
    return ["Bash:", "", *fence(posix, "bash"), "PowerShell:", "", *fence(windows, "powershell")]


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
