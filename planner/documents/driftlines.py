"""Drift, and what two plans say differently, on plain lines of 80 characters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Final

from planner.documents.grid import grid, wrapped
from planner.documents.marks import moment
from planner.fates import Drift, Fate, Reason, Shift, StepFate
from planner.findings import Verdict
from planner.goals import in_words
from planner.plan import Change

WIDTH: Final = 80
_STEP, _FATE, _CAUSE = 4, 10, 17
_TABLE: Final = (_STEP, _FATE, WIDTH - _STEP - _FATE - _CAUSE - 6, _CAUSE)
_AGES: Final = (8, 34, 34)
_SHIFTS: Final = (20, 28, 28)
_SIDE: Final = (1, 37, 36)
MARKS: Final = {"same": "=", "changed": "~", "added": "+", "removed": "-", "done": "*"}
NOT_TOLD: Final = "-"


def drift_lines(drift: Drift) -> list[str]:
    """The whole comparison: how old both sides are, the table, and what moved."""
    lines = [
        *wrapped(f"{drift.title} (goal {in_words(drift.goal)}): {headline(drift)}", WIDTH),
        "",
        *ages_lines(drift),
        "",
    ]
    if drift.steps:
        rows = [row for step in drift.steps for row in step_rows(step, step.title)]
        lines += [*table(rows), ""]
    lines += [*whole_lines(drift.whole), *shift_lines(drift)]
    return lines[:-1]


def table(rows: Sequence[tuple[str, str, str, str]]) -> list[str]:
    """Steps with their verdicts, under a head."""
    return grid([("STEP", "VERDICT", "WHAT", "CAUSE"), *rows], _TABLE)


def whole_lines(reasons: Sequence[Reason]) -> list[str]:
    """What bears on more than a step, and an empty line after it; nothing where there is none."""
    rows = [("", str(one.fate), sentence(one.what), _cause(one)) for one in reasons]
    return [*grid(rows, _TABLE), ""] if rows else []


def shift_lines(drift: Drift) -> list[str]:
    """What moved, a table for each kind of cause, and an empty line after each."""
    lines: list[str] = []
    for title, shifts in (("REALITY", drift.facts), ("KNOWLEDGE", drift.knowledge), ("POLICY", drift.policy)):
        if shifts:
            lines += [*grid([(title, "THEN", "NOW"), *map(_shift, shifts)], _SHIFTS), ""]
    return lines


def headline(drift: Drift) -> str:
    """The fate of the whole in a few words, such as "drifted: 1 done, 1 changed, 1 impossible"."""
    counts = [(fate, drift.count(fate)) for fate in Fate]
    told = ", ".join(f"{number} {fate}" for fate, number in counts if number)
    word = {
        Fate.DONE: "every step is done",
        Fate.VALID: "as planned",
        Fate.UNKNOWN: "not all of it can be told",
    }.get(drift.fate, "drifted")
    return f"{word}: {told}" if told else word


def ages(drift: Drift) -> list[tuple[str, str, str]]:
    """Rows: facts, moment and catalog, of the plan and of now, with their age at the moment of the comparison."""

    def aged(at: datetime) -> str:
        return f"{moment(at)}{_days((drift.as_of - at).days)}"

    def aged_day(day: date) -> str:
        return f"{day}{_days((drift.as_of.date() - day).days)}"

    return [
        ("", f"PLAN, REVISION {drift.revision}", "NOW"),
        ("facts", aged(drift.planned_from), aged(drift.read_at)),
        ("judged", aged(drift.planned_at), moment(drift.as_of)),
        ("catalog", aged_day(drift.planned_catalog), aged_day(drift.catalog)),
    ]


def ages_lines(drift: Drift) -> list[str]:
    """The same as a table."""
    return grid(ages(drift), _AGES)


def advice(drift: Drift, written: str = "") -> str:
    """What to do next, in a sentence. `written` is the file of the next revision, "" where there is none."""
    if written:
        return f"read {written}, have it signed anew, and walk that one; this plan is superseded."
    if settled := settled_advice(drift):
        return settled
    match drift.fate:
        case Fate.DONE | Fate.VALID:
            return "nothing stands against it; go on with the walk."
        case Fate.UNKNOWN:
            return "have what is missing read, or read it with an account that may, and compare again."
        case Fate.CHANGED | Fate.IMPOSSIBLE:
            return f"plan again, which writes revision {drift.revision + 1}, and have that signed anew."


def settled_advice(drift: Drift) -> str:
    """What to do where no step is to be made next; "" where one is."""
    if drift.fate is Fate.DONE:
        return "nothing; every step is done. Accept the change in the document, and file it."
    if drift.fate is not Fate.VALID:
        return ""
    if not drift.steps:
        return "nothing has to be done."
    if drift.verdict in (Verdict.NO_GO, Verdict.UNKNOWN):
        return f"nothing has drifted, and the plan is {drift.verdict} as before: see its first lines."
    return ""


def command(drift: Drift, plan_file: str, written: str = "") -> tuple[str, ...]:
    """The command that does it, as arguments; empty where there is none."""
    match drift.fate:
        case _ if written:
            return ()
        case Fate.VALID if drift.steps and drift.verdict not in (Verdict.NO_GO, Verdict.UNKNOWN):
            return ("arcstep", "walk", plan_file)
        case Fate.CHANGED | Fate.IMPOSSIBLE:
            return ("arcstep", "drift", plan_file, "--out", "FILE.md")
        case _:
            return ()


def change_lines(changes: Sequence[Change], before: str, after: str) -> list[str]:
    """Two columns, the one plan left and the other right: = same, ~ changed, + added, - removed, * done."""
    rows = [("", before, after), *((MARKS[one.kind], *side_by_side(one)) for one in changes)]
    return grid(rows, _SIDE, " | ")


def side_by_side(change: Change) -> tuple[str, str]:
    """What stands left and right; a step names itself, everything else is named by its part."""
    lead = "" if change.part == "step" else f"{change.part} "
    left, right = (f"{lead}{text}" if text else "" for text in (change.before, change.after))
    return left, right


def sentence(words: str) -> str:
    """A reason as it stands alone."""
    return words if words.endswith((".", "?", "!")) else f"{words}."


def step_rows(step: StepFate, title: str) -> list[tuple[str, str, str, str]]:
    """The title with the first reason's cause, then the reasons; a cause is not said twice in a row."""
    if not step.reasons:
        return [(step.id, str(step.fate), title, "")]
    rows = [(step.id, str(step.fate), title, _cause(step.reasons[0]))]
    causes = [_cause(step.reasons[0]), *map(_cause, step.reasons)]
    for reason, (last, cause) in zip(step.reasons, pairwise(causes), strict=True):
        rows.append(("", "", sentence(reason.what), cause if cause != last else ""))
    return rows


def _cause(reason: Reason) -> str:
    return str(reason.cause) if reason.cause is not None else NOT_TOLD


def _shift(shift: Shift) -> tuple[str, str, str]:
    return shift.what, shift.then, shift.now


def _days(days: int) -> str:
    return f" ({days:,} d old)" if days > 0 else ""
