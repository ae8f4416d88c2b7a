"""Drift, and what two plans say differently, as markdown; and the part of a plan document that tells of earlier revisions."""

from __future__ import annotations

from collections.abc import Sequence

from planner.documents.driftlines import NOT_TOLD, ages, headline, sentence, side_by_side
from planner.documents.marks import moment, table, text
from planner.fates import Drift, Reason, Shift
from planner.plan import Change, Plan, Revision


def drift_section(drift: Drift, next_step: str) -> list[str]:
    """The whole comparison as a document of its own; `next_step` says what to do."""
    lines = [f"# Drift of {text(drift.title)}", "", f"**{text(headline(drift)).capitalize()}.**", ""]
    head, *dates = ages(drift)
    lines += table([text(word.capitalize()) for word in head], dates)
    rows = [
        (step.id, step.title, step.where, step.fate, _whats(step.reasons), _causes(step.reasons))
        for step in drift.steps
    ]
    lines += table(("Step", "What", "Where", "Verdict", "Why", "Cause"), rows)
    lines += table(
        ("Verdict", "Of the whole", "Cause"), [(r.fate, sentence(r.what), _causes((r,))) for r in drift.whole]
    )
    lines += _shifts("Reality that moved", drift.facts)
    lines += _shifts("Knowledge that changed", drift.knowledge)
    lines += _shifts("Policy judged differently", drift.policy)
    return [*lines, f"Next: {text(next_step)}", ""]


def changes_section(changes: Sequence[Change], before: str, after: str) -> list[str]:
    """Two columns, the one plan left and the other right."""
    return table((text(before), text(after), ""), [(*side_by_side(one), one.kind) for one in changes])


def history(plan: Plan) -> list[str]:
    """Earlier revisions, the newest first: what was done, what was given up and why, what the next one says differently."""
    if not plan.history:
        return []
    lines = ["## Changes", ""]
    for revision in reversed(plan.history):
        lines += _revision(revision)
    return lines


def _revision(revision: Revision) -> list[str]:
    number = revision.number
    lines = [f"### From revision {number} to {number + 1}", ""]
    lines += [f"Revision {number} was made from facts of {moment(revision.as_of)} and the catalog of "
              f"{revision.catalog_date}.", ""]  # fmt: skip
    rows = [(step.id, step.title, step.where, step.fate, sentence(step.because)) for step in revision.steps]
    lines += table(("Step", "What", "Where", "Now", "Why"), rows)
    if not revision.changes:
        return [*lines, "Nothing differs but the day of the facts.", ""]
    return lines + changes_section(revision.changes, f"Revision {number}", f"Revision {number + 1}")


def _shifts(title: str, shifts: Sequence[Shift]) -> list[str]:
    rows = [(shift.what, shift.then, shift.now) for shift in shifts]
    return [f"## {title}", "", *table(("What", "Then", "Now"), rows)] if rows else []


def _whats(reasons: Sequence[Reason]) -> str:
    return " ".join(sentence(reason.what) for reason in reasons)


def _causes(reasons: Sequence[Reason]) -> str:
    return ", ".join(dict.fromkeys(str(reason.cause) for reason in reasons if reason.cause is not None)) or NOT_TOLD
