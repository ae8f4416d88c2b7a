"""A saved plan seen on another day: which of its dates have passed since, and how old its facts and catalog are then.

Only what the plan itself holds is judged. The day moves the clocks, not the knowledge: what was unknown stays unknown,
and what has no date in the plan is left to newer facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from planner.clocks import ClockKind, ClockState, utc_day
from planner.plan import ClockLine, Plan
from planner.states import SupportState

_DATED: Final = (ClockKind.KUBERNETES, ClockKind.RELEASE)
"""The clocks whose ends come from documents; the others run on facts, which may have moved since."""
_WORST: Final = (SupportState.STRANDED, SupportState.OUT_OF_SUPPORT)


class Part(StrEnum):
    """What of a plan a day can change."""

    CLOCK = "clock"
    SUPPORT = "support"
    ACCEPTANCE = "acceptance"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Passed:
    """One date of the plan that lies between the day it was made and the day it is seen on."""

    part: Part
    what: str
    """Such as "Azure Local release", a risk id or a step id."""
    on: date
    """The last good day; of a release, the day it is dated."""
    text: str
    """A sentence."""


@dataclass(frozen=True, slots=True)
class Rejudged:
    """What a plan comes to on another day. Days are whole calendar days in UTC."""

    day: date
    planned: date
    """The day the plan was made for."""
    facts_days: int | None
    """Age of the oldest fact on that day; negative = newer than the day, None = no fact says when it was read."""
    catalog_days: int
    """Age of the catalog on that day; negative = newer than the day."""
    support: str
    """Support state on that day, as far as the plan's clocks tell."""
    changes: tuple[Passed, ...]
    left_open: tuple[str, ...]
    """What this judgement cannot tell, a sentence each."""

    @property
    def is_changed(self) -> bool:
        """Something the plan says holds no longer, or waits no longer."""
        return bool(self.changes)

    @property
    def is_earlier(self) -> bool:
        """The day lies before the plan was made; then nothing is judged."""
        return self.day < self.planned

    @property
    def ages(self) -> str:
        """How old facts and catalog are on that day, in words."""
        facts = "age of facts unknown" if self.facts_days is None else f"facts {_age(self.facts_days)}"
        return f"{facts}, catalog {_age(self.catalog_days)}"

    @property
    def summary(self) -> str:
        """One sentence."""
        if self.is_earlier:
            days = _days((self.planned - self.day).days)
            return (
                f"As of {self.day}: the plan and its facts are newer than this day, by {days}; nothing is judged back."
            )
        if not self.changes:
            return f"As of {self.day}: nothing dated in the plan has changed since it was made ({self.planned})."
        things = f"{len(self.changes)} thing{'s' * (len(self.changes) != 1)}"
        return f"As of {self.day}: {things} changed since the plan was made ({self.planned})."


def rejudged(plan: Plan, day: datetime) -> Rejudged:
    """The plan on the day in UTC. Raises ValueError for a moment without a time zone."""
    today, planned = utc_day(day), utc_day(plan.as_of)
    read = [utc_day(fact.at) for fact in plan.subject.facts if fact.at is not None]
    ended = tuple(clock for clock in plan.subject.clocks if _has_ended_since(clock, planned, today))
    support = _support(plan, ended)
    return Rejudged(
        day=today,
        planned=planned,
        facts_days=(today - min(read)).days if read else None,
        catalog_days=(today - plan.catalog_date).days,
        support=support,
        changes=(
            *(_clock(clock, today) for clock in ended),
            *_out_of_support(plan, support, ended),
            *_acceptances(plan, planned, today),
            *_releases(plan, planned, today),
        ),
        left_open=() if today <= planned else tuple(_left_open(plan)),
    )


def _has_ended_since(clock: ClockLine, planned: date, today: date) -> bool:
    return clock.state != ClockState.ENDED and clock.ends is not None and planned <= clock.ends < today


def _clock(clock: ClockLine, today: date) -> Passed:
    assert clock.ends is not None  # only what has an end has ended
    text = f"{clock.kind}: ended on {clock.ends} ({clock.rule}), {_days((today - clock.ends).days)} ago"
    if clock.latest is not None and clock.latest != clock.ends:
        text += f"; another rule gives {clock.latest}"
    if clock.kind not in _DATED:
        text += ", unless newer facts say otherwise"
    return Passed(Part.CLOCK, clock.kind, clock.ends, f"{text}.")


def _support(plan: Plan, ended: tuple[ClockLine, ...]) -> str:
    """P10: support ends with the first clock that ends; the bridge is no part of it. Nothing here makes it better."""
    counts = any(clock.kind != ClockKind.BRIDGE for clock in ended)
    return SupportState.OUT_OF_SUPPORT if counts and plan.subject.support not in _WORST else plan.subject.support


def _out_of_support(plan: Plan, support: str, ended: tuple[ClockLine, ...]) -> Iterator[Passed]:
    if support == plan.subject.support:
        return
    counted = [(clock.ends, clock.kind) for clock in ended if clock.ends and clock.kind != ClockKind.BRIDGE]
    last, kind = min(counted)
    text = f"Support: {support} after {last} ({kind}, P10); it was {plan.subject.support} when the plan was made."
    yield Passed(Part.SUPPORT, "support", last, text)


def _acceptances(plan: Plan, planned: date, today: date) -> Iterator[Passed]:
    """A risk accepted twice is accepted until the later day."""
    until: dict[str, date] = {}
    named = [(one.id, one.until) for one in plan.accepted]
    named += [(risk.id, risk.accepted_until) for risk in plan.risks if risk.accepted_until is not None]
    for name, last in named:
        until[name] = max(last, until.get(name, last))
    for name, last in until.items():
        if planned <= last < today:
            days = _days((today - last).days)
            text = f"{name}: the acceptance ran out on {last}, {days} ago; a person has to accept it again."
            yield Passed(Part.ACCEPTANCE, name, last, text)


def _releases(plan: Plan, planned: date, today: date) -> Iterator[Passed]:
    for step in plan.steps:
        if step.not_before is not None and planned < step.not_before <= today:
            text = f"{step.id} {step.title}: the release is dated {step.not_before}; that day has come."
            yield Passed(Part.RELEASE, step.id, step.not_before, text)


def _left_open(plan: Plan) -> Iterator[str]:
    for clock in plan.subject.clocks:
        if clock.state == ClockState.UNKNOWN:
            yield f"{clock.kind}: not known when the plan was made, and not known now."
        elif clock.ends is None:
            yield f"{clock.kind}: had no end when the plan was made; whether it has one now only newer facts tell."


def _age(days: int) -> str:
    if days == 0:
        return "of that day"
    return f"{_days(days)} old" if days > 0 else f"{_days(-days)} newer"


def _days(count: int) -> str:
    return f"{count:,} day{'s' * (count != 1)}"
