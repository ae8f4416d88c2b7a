"""What a calendar allows on the instance of a row: its frozen days on the bars, its windows in a line of their own, in words.

Pure; no Textual.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from planner.axis import Axis, shifted
from planner.fleetplan import FleetPlan
from planner.schedule.days import Frozen, frozen_days, open_days
from planner.schedule.slots import HORIZON, freezes_of, windows_of
from planner.schedule.words import calendar_words, unmatched
from planner.timeline import Ink, Mark, lane, runs
from tui.look import WARNING, Look, Spans, count
from tui.prose import GAP, Item, Page, bullet, field, heading, para
from tui.state import AppState, Phase
from tui.timeline_rows import TONES

if TYPE_CHECKING:
    from planner.schedule.calendar import Calendar, Freeze, Window

NO_INSTANCE: Final = "Which instance it is on is not known, so only what holds for every instance is drawn."
_TOLD: Final = 12
"""Freezes in Why: three years of four."""


class Limits:
    """A calendar seen from today on. Rows whose instances have the same windows and freezes share what is worked out."""

    def __init__(self, calendar: Calendar, today: date, strange: tuple[str, ...] = ()) -> None:
        self._calendar, self._today, self._strange = calendar, today, strange
        self._rules: dict[str, tuple[tuple[Window, ...], tuple[Freeze, ...]]] = {}
        self._seen: tuple[Axis, int] | None = None
        self._marks: dict[object, tuple[Mark, ...]] = {}
        self._open: dict[object, tuple[Mark, ...]] = {}
        self._ahead: dict[object, tuple[Frozen, ...]] = {}

    def frozen(self, instance: str, axis: Axis, width: int) -> tuple[Mark, ...]:
        """The frozen days of an instance on an axis; "" = its name is not known."""
        return self._kept(self._marks, instance, axis, width, self._frozen)

    def lane(self, instance: str, axis: Axis, width: int) -> tuple[Ink, ...]:
        """Frozen days, and those on which work is allowed, in cells."""
        allowed = self._kept(self._open, instance, axis, width, self._allowed)
        return lane((*allowed, *self.frozen(instance, axis, width)), axis, width)

    def _kept(
        self,
        kept: dict[object, tuple[Mark, ...]],
        instance: str,
        axis: Axis,
        width: int,
        make: Callable[[str, date, date], tuple[Mark, ...]],
    ) -> tuple[Mark, ...]:
        """Worked out once for an axis and what limits an instance."""
        if self._seen != (axis, width):
            self._seen = axis, width
            self._marks.clear()
            self._open.clear()
        rules = self._rules_of(instance)
        if rules not in kept:
            kept[rules] = make(instance, max(axis.first, self._today), axis.last_day(width - 1))
        return kept[rules]

    def _rules_of(self, instance: str) -> tuple[tuple[Window, ...], tuple[Freeze, ...]]:
        if instance not in self._rules:
            self._rules[instance] = windows_of(self._calendar, instance), freezes_of(self._calendar, instance)
        return self._rules[instance]

    def _frozen(self, instance: str, first: date, last: date) -> tuple[Mark, ...]:
        return tuple(Mark(Ink.FREEZE, one.first, one.last) for one in self._spells(instance, first, last))

    def _allowed(self, instance: str, first: date, last: date) -> tuple[Mark, ...]:
        days = open_days(self._calendar, instance, first, last)
        return tuple(Mark(Ink.WINDOW, day, day) for day in sorted(days))

    def _spells(self, instance: str, first: date, last: date) -> tuple[Frozen, ...]:
        return frozen_days(self._calendar, instance, first, last)

    def _coming(self, instance: str) -> tuple[Frozen, ...]:
        rules = self._rules_of(instance)
        if rules not in self._ahead:
            self._ahead[rules] = self._spells(instance, self._today, shifted(self._today, HORIZON.days))
        return self._ahead[rules]

    # -- in words

    def line(self, instance: str, look: Look) -> tuple[Spans, ...]:
        """For the line under the list: the freeze in force or the next one; then the windows, the longest form first."""
        coming, windows = self._coming(instance), self._rules_of(instance)[0]
        left = (_sign(Ink.FREEZE, look), (f" {self._words(coming[0])}" if coming else " no freeze to come", ""))
        then = ((f"then {coming[1].first}  ", "muted"),) if len(coming) > 1 else ()
        names = ", ".join(window.name for window in windows)
        words = f"window {names}" if names else "any time"
        right = (_sign(Ink.WINDOW, look), (f" {words}", "muted"))
        if not instance:
            right = (("its instance is not known", "warning"),)
        return (left, (*then, *right), right)

    def _words(self, one: Frozen) -> str:
        if one.first <= self._today:
            return f"{one.what} until {one.last}"
        days = f"{one.first}" if one.first == one.last else f"{one.first} to {one.last}"
        return f"{one.what} {days}"

    def page(self, instance: str, look: Look) -> Page:
        """Everything the calendar says about an instance, and which of its patterns name nothing."""
        calendar, coming = self._calendar, self._coming(instance)
        words = calendar_words(calendar, instance)
        page: list[Item] = [
            heading(f"Calendar for {instance or 'every instance'}"),
            para(f"{words[:1].upper()}{words[1:]}."),
        ]
        if not instance:
            page.append(para((NO_INSTANCE, "warning")))
        page += [bullet(self._words(one), sign=_sign(Ink.FREEZE, look)) for one in coming[:_TOLD]]
        if len(coming) > _TOLD:
            page.append(para((f"and {count(len(coming) - _TOLD, 'more freeze')} in three years", "muted"), indent=2))
        page.append(field("time zone", calendar.zone_name))
        return (*page, *strange_items(self._strange, look), GAP)


def _sign(ink: Ink, look: Look) -> tuple[str, str]:
    return (ink.ascii if look.ascii else ink.glyph, TONES[ink])


def lane_spans(inks: Sequence[Ink], look: Look) -> Spans:
    """A lane in its tones."""
    return tuple(((ink.ascii if look.ascii else ink.glyph) * cells, TONES.get(ink, "")) for ink, cells in runs(inks))


def limits_of(state: AppState, plan: FleetPlan | None, today: date) -> Limits | None:
    """What the calendar in use allows; None where there is none, or where a plan keeps to another one."""
    calendar = state.calendar
    if calendar is None or not calendar.is_given or (plan is not None and not keeps_to(plan, calendar)):
        return None
    return Limits(calendar, today, strange_patterns(state))


def keeps_to(plan: FleetPlan, calendar: Calendar) -> bool:
    """Whether a plan was made with this calendar; a saved one keeps its calendar in words only."""
    timing = plan.timing
    if timing is None:
        return True
    name = plan.instances[0].name if len(plan.instances) == 1 else None
    return (timing.calendar, timing.zone) == (calendar_words(calendar, name), calendar.zone_name)


def other_calendar(plan: FleetPlan | None) -> str:
    """Of a plan whose calendar is not at hand: what it says of it in words; "" where it kept to none."""
    words = plan.timing.calendar if plan is not None and plan.timing is not None else ""
    return f"calendar of this plan, not drawn: {words}" if words else ""


def strange_patterns(state: AppState) -> tuple[str, ...]:
    """Patterns of the calendar in use that name no instance that was read, a sentence each; none before all was read."""
    if state.calendar is None or state.inventory is None or state.phase is not Phase.READY:
        return ()
    return unmatched(state.calendar, (one.name for one in state.inventory.instances))


def strange_items(sentences: Sequence[str], look: Look) -> Page:
    """The same on a page; a freeze with a typing error freezes nothing."""
    sign = (look.sign(WARNING), WARNING.tone)
    return tuple(bullet(f"{sentence}.", sign=sign) for sentence in sentences)


def strange_notice(sentences: Sequence[str]) -> str:
    """The same in one sentence; "" where every pattern names something."""
    if not sentences:
        return ""
    more = f", and {count(len(sentences) - 1, 'more pattern names', 'more patterns name')} nothing" * (
        len(sentences) > 1
    )
    return f"Calendar: {sentences[0]}{more}."
