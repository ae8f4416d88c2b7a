"""From a state to what the eye sees: word, glyph, ASCII twin and tone; dates, ages and numbers.

Colour comes third: whatever a tone says is also said by a word and, where it matters, a glyph. Pure; no Textual.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from planner.clocks import ClockState
    from planner.fates import Fate
    from planner.findings import Severity, Verdict
    from planner.states import SupportState

SOON: Final = 45
"""Days within which an end of support is a warning."""

Span = tuple[str, str]
"""A piece of text and its tone."""
Spans = tuple[Span, ...]


class Sign(NamedTuple):
    """A glyph with its ASCII twin, the tone it wears and what it says in help."""

    glyph: str
    ascii: str
    tone: str
    word: str


OK: Final = Sign("✔", "+", "good", "fine")
WARNING: Final = Sign("▲", "!", "warning", "warning: act before the date")
BLOCKER: Final = Sign("✖", "x", "bad", "out of support, or a blocker")
STRANDED: Final = Sign("◆", "#", "stranded", "stranded: no legal hop is left")
UNKNOWN: Final = Sign("?", "?", "unknown", "unknown: could not be read or is not known; never counted as fine")
TODO: Final = Sign("○", "o", "muted", "to do, or not started")
RUNNING: Final = Sign("▶", ">", "accent", "running, or the next thing to do")
RUNG: Final = Sign("●", "*", "accent", "a state on the path")
MARK: Final = Sign("•", "@", "accent", "marked")
INFO: Final = Sign("·", "-", "muted", "for information")
SIGNS: Final = (OK, WARNING, BLOCKER, STRANDED, UNKNOWN, TODO, RUNNING, RUNG, MARK, INFO)

# By the values of the core's enumerations: their modules are not imported for the first frame.
_SUPPORT: Final[Mapping[str, Sign]] = {
    "stranded": STRANDED,
    "out of support": BLOCKER,
    "unknown": UNKNOWN,
    "grace": WARNING,
    "preview": WARNING,
    "patch outdated": WARNING,
    "supported": OK,
}
_SEVERITY: Final[Mapping[str, Sign]] = {"blocker": BLOCKER, "unknown": UNKNOWN, "warning": WARNING, "info": INFO}
_CLOCK: Final[Mapping[str, Sign]] = {
    "ended": BLOCKER,
    "grace": WARNING,
    "running": OK,
    "unknown": UNKNOWN,
    "not started": OK,
}
_VERDICT: Final[Mapping[str, Sign]] = {"GO": OK, "GO WITH RISKS": WARNING, "NO-GO": BLOCKER, "UNKNOWN": UNKNOWN}
_FATE: Final[Mapping[str, Sign]] = {
    "done": OK,
    "valid": TODO,
    "changed": WARNING,
    "impossible": BLOCKER,
    "unknown": UNKNOWN,
}
_TWINS: Final = {sign.glyph: sign.ascii for sign in SIGNS} | {
    "→": "->", "←": "<-", "↑": "^", "↓": "v", "…": "...", "·": "-", "›": ">", "‹": "<", "–": "-", "—": "-", "−": "-",
    "≤": "<=", "≥": ">=", "×": "x", "⏎": "Enter", "│": "|", "─": "-", "├": "+", "└": "+", "┌": "+", "┬": "+", "╵": "|",
    "“": '"', "”": '"', "‘": "'", "’": "'", "☐": "[ ]", "☑": "[x]", "±": "+/-", "►": ">", "▶": ">", "█": "#", "░": "-",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """How things are drawn: with the full set of glyphs or with their ASCII twins."""

    ascii: bool = False

    def text(self, text: str) -> str:
        """The text as this look can show it; in ASCII what has no twin becomes "?"."""
        if not self.ascii or text.isascii():
            return text
        return "".join(c if c.isascii() else _TWINS.get(c, "?") for c in text)

    def sign(self, sign: Sign) -> str:
        """The glyph, or its ASCII twin."""
        return sign.ascii if self.ascii else sign.glyph


def support_sign(state: SupportState, ends: date | None, as_of: date) -> Sign:
    """Supported turns into a warning when the end is near."""
    if state == "supported" and ends is not None and (ends - as_of).days <= SOON:
        return WARNING
    return _SUPPORT[state]


def support_words(state: SupportState, ends: date | None, as_of: date) -> str:
    """The support state in at most 17 cells, such as "ended 163 d ago" or "ends in 18 d"."""
    left = None if ends is None else (ends - as_of).days
    match str(state), left:
        case ("out of support", int(days)) if days < 0:
            return f"ended {-days} d ago"
        case ("grace", int(days)) if days >= 0:
            return f"grace, {days} d left"
        case ("supported", int(days)):
            return f"ends in {days} d" if days <= SOON else f"supported, {days} d"
        case _:
            return str(state)


def severity_sign(severity: Severity) -> Sign:
    """The sign of a finding."""
    return _SEVERITY[severity]


def verdict_sign(verdict: Verdict) -> Sign:
    """The sign of a plan's verdict."""
    return _VERDICT[verdict]


def fate_sign(fate: Fate) -> Sign:
    """The sign of what has become of a step."""
    return _FATE[fate]


def clock_sign(state: ClockState, days_left: int | None) -> Sign:
    """The sign of a clock; a running one warns when its end is near."""
    if state == "running" and days_left is not None and days_left <= SOON:
        return WARNING
    return _CLOCK[state]


def clock_words(state: ClockState, days_left: int | None) -> str:
    """How a clock stands, in a few words."""
    match str(state), days_left:
        case ("ended", int(days)):
            return f"ended {-days} d ago" if days < 0 else "ends today"
        case ("grace", int(days)):
            return f"grace, {days} d left"
        case ("running", int(days)):
            return f"{days} d left"
        case _:
            return str(state)


def number(value: int) -> str:
    """1,000 and not 1000."""
    return f"{value:,}"


def count(value: int, noun: str, plural: str = "") -> str:
    """ "1 cluster", "38 clusters"."""
    return f"{number(value)} {noun if value == 1 else plural or noun + 's'}"


def moment(at: datetime) -> str:
    """A moment to the minute; midnight, which stands for a whole day, without its zeros."""
    if (at.hour, at.minute) == (0, 0):
        return f"{at:%Y-%m-%d}"
    return f"{at:%Y-%m-%d %H:%M} UTC"


def age(seconds: float) -> str:
    """A span of time in its largest unit: "4 s", "12 min", "3 h", "18 d"."""
    seconds = max(0, int(seconds))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{number(seconds // size)} {unit}"
    return f"{seconds} s"
