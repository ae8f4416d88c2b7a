"""Open checks before a release update: what nobody could read has to be looked at by a person first (PR14)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from planner.checklist import check
from planner.plan import Step, StepKind

OPEN: Final = "O"
"""Begins the last part of their ids, such as S03.O1: so a plan that was read back tells them apart as well."""


def opened(step: Step, texts: Iterable[str]) -> Step:
    """An update with these checks before all others; a person ticks them."""
    lines = tuple(check(f"{step.id}.{OPEN}{place}", text, rules=("P18",)) for place, text in enumerate(texts, 1))
    return replace(step, before=(*lines, *step.before)) if lines else step


def has_open_checks(steps: Iterable[Step]) -> bool:
    """Somebody has to look before one of the updates: GO WITH RISKS at best, and never exit 0."""
    return any(is_open_check(line.id) for step in steps if step.kind is StepKind.RELEASE for line in step.before)


def is_open_check(id: str) -> bool:
    """Whether the id of a check is that of one made here."""
    return id.rpartition(".")[2].startswith(OPEN)
