"""What has become of a plan, as a page: the fate of each step with its reasons, what moved, how old both sides are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.documents.driftlines import advice, ages, sentence
from planner.fates import Drift, Fate, Reason, Shift, StepFate
from planner.inventory import Unread
from tui.look import UNKNOWN, WARNING, Look, Span, fate_sign
from tui.prose import GAP, Item, Page, bullet, field, heading, para


def drift_page(drift: Drift, look: Look, gaps: Sequence[Unread] = (), problems: Sequence[str] = ()) -> Page:
    """The whole comparison. `gaps` is what could not be read, `problems` what is wrong with the plan's document."""
    page: list[Item] = [item for step in drift.steps for item in step_items(step, step.title, look)]
    page += [item for reason in drift.whole for item in whole_items(reason, look)]
    page += [GAP, para(("Next: ", "muted"), advice(drift))]
    page += cautions(drift, look, gaps, problems)
    return (*page, *behind(drift))


def behind(drift: Drift) -> tuple[Item, ...]:
    """How old both sides are, and what moved between them."""
    page: list[Item] = []
    _, *rows = ages(drift)
    page += [GAP, heading(f"Revision {drift.revision} → now")]
    page += [field(what, f"{then} → {now}", width=8) for what, then, now in rows]
    for title, shifts in (("Reality", drift.facts), ("Knowledge", drift.knowledge), ("Policy", drift.policy)):
        if shifts:
            page += [GAP, heading(title), *map(_shift, shifts)]
    return tuple(page)


def step_items(step: StepFate, title: str, look: Look) -> Iterator[Item]:
    """A step with its fate, and its reasons."""
    yield bullet((f"{step.id}  ", "accent"), *_fate(step.fate), f"  {title}", sign=_sign(step.fate, look))
    for reason in step.reasons:
        yield para(sentence(reason.what), _cause(reason), indent=2)


def whole_items(reason: Reason, look: Look) -> Iterator[Item]:
    """What bears on more than a step."""
    yield bullet(*_fate(reason.fate), f"  {sentence(reason.what)}", _cause(reason), sign=_sign(reason.fate, look))


def _fate(fate: Fate) -> tuple[Span, ...]:
    return ((f"{fate:<10}", fate_sign(fate).tone),)


def _sign(fate: Fate, look: Look) -> Span:
    sign = fate_sign(fate)
    return (look.sign(sign), sign.tone)


def _cause(reason: Reason) -> Span:
    return (f"  ({reason.cause})" if reason.cause is not None else "", "muted")


def cautions(drift: Drift, look: Look, gaps: Sequence[Unread], problems: Sequence[str]) -> Iterator[Item]:
    """What the comparison itself suffers from."""
    warning, unknown = (look.sign(WARNING), WARNING.tone), (look.sign(UNKNOWN), UNKNOWN.tone)
    if drift.read_at < drift.planned_from:
        yield bullet("These facts are older than those the plan was made from.", sign=warning)
    yield from (bullet(f"not read: {gap.what}: {gap.reason}", sign=unknown) for gap in gaps)
    yield from (bullet(text, sign=warning) for text in problems)


def _shift(shift: Shift) -> Item:
    return bullet((shift.what, "strong"), f": {shift.then} → {shift.now}")
