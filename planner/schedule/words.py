"""A calendar in words: what limits the work on an instance, for documents and screens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import time
from typing import Final

from planner.clocks import ClockKind
from planner.schedule.calendar import Calendar, Freeze, Window
from planner.schedule.slots import freezes_of, names, windows_of
from planner.timing import Lapse, MustStart

WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR


def calendar_words(calendar: Calendar, instance: str | None = None) -> str:
    """Windows, freezes and waits in one line; of an instance, or of all. "" where no calendar was given.

    That work is allowed at any time where no window applies is said: silence would read as a limit.
    """
    return "; ".join(_parts(calendar, instance)) if calendar.is_given else ""


def unmatched(calendar: Calendar, instances: Iterable[str]) -> tuple[str, ...]:
    """Patterns that name none of the instances, a sentence each: a freeze with a typing error would freeze nothing."""
    found = tuple(instances)
    limits = [
        *(("window", window.name, window.instances) for window in calendar.windows),
        *(("freeze", freeze.name, freeze.instances) for freeze in calendar.freezes),
        *(("wave", wave.name, wave.instances) for wave in calendar.waves),
    ]
    return tuple(
        f'{what} "{name}": no instance has a name like {pattern}'
        for what, name, patterns in limits
        for pattern in patterns
        if not any(names((pattern,), instance) for instance in found)
    )


def minutes_in_words(count: int) -> str:
    """Minutes as people say them: 6 h 10 min; from two days on with days, 31 days 2 h."""
    days, count = divmod(count, _DAY) if count >= 2 * _DAY else (0, count)
    hours, minutes = divmod(count, _HOUR)
    parts = [f"{days} days"] if days else []
    parts += [f"{hours} h"] if hours else []
    parts += [f"{minutes} min"] if minutes or not parts else []
    return " ".join(parts)


def _parts(calendar: Calendar, instance: str | None) -> Iterator[str]:
    windows = calendar.windows if instance is None else windows_of(calendar, instance)
    freezes = calendar.freezes if instance is None else freezes_of(calendar, instance)
    if windows:
        yield from (f"window {_window(window)}" for window in windows)
        if instance is None and all(window.instances for window in windows):
            yield "an instance that no window names: any time"
    else:
        yield "no window applies: any time" if calendar.windows else "any time"
    yield from (f"freeze {_freeze(freeze)}" for freeze in freezes)
    if calendar.soak:
        yield f"soak {minutes_in_words(calendar.soak)} after a release update"
    if calendar.lead_days:
        yield f"lead time {_days(calendar.lead_days)}"
    if calendar.start is not None:
        yield f"nothing before {calendar.start}"
    if calendar.finish_by is not None:
        yield f"nothing after {calendar.finish_by}"


def _window(window: Window) -> str:
    days = " ".join(WEEKDAYS[day] for day in sorted(window.days)) if len(window.days) < len(WEEKDAYS) else "every day"
    hours = "all day" if window.opens == window.closes == time() else f"{window.opens:%H:%M}-{window.closes:%H:%M}"
    return f"{window.name} ({days} {hours})"


def _freeze(freeze: Freeze) -> str:
    if freeze.yearly:
        return f"{freeze.name} ({freeze.first:%m-%d} to {freeze.last:%m-%d} each year)"
    if freeze.first == freeze.last:
        return f"{freeze.name} ({freeze.first})"
    return f"{freeze.name} ({freeze.first} to {freeze.last})"


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def late_words(found: MustStart | None) -> str:
    """That it is too late to begin, and what can still be reached; "" where it is not."""
    if found is None or not found.is_past:
        return ""
    what = "no start is early enough" if found.by is None else f"must start by {found.by:%Y-%m-%d} is past"
    return " ".join(filter(None, (f"{what[0].upper()}{what[1:]}: {reach_words(found)}.", relax_words(found))))


def overdue_words(starts: Iterable[tuple[str, MustStart | None]]) -> str:
    """For whom it is too late, each with a name: the worst in full, of the others how many; "" where it is for nobody.

    What fits nowhere is worse than any number of days.
    """
    late = [(name, found) for name, found in starts if found is not None and found.is_past]
    late.sort(key=lambda one: (one[1].finish is not None, -(one[1].days_unsupported or 0), one[0]))
    if not late:
        return ""
    name, worst = late[0]
    others = f" It is too late for {len(late) - 1} more." if len(late) > 1 else ""
    return f"{name}: {late_words(worst)}{others}"


def lapse_words(lapses: Sequence[Lapse]) -> str:
    """Whom a plan itself takes out of support: the longest in full, of the others how many; "" where it is nobody."""
    if not lapses:
        return ""
    others = len(lapses) - 1
    more = f" The same holds for {others} more." if others else ""
    return f"{one_lapse(lapses[0])}{more}"


def one_lapse(found: Lapse) -> str:
    """For how long a cluster is out of support inside its plan, and between which steps."""
    return (
        f"{found.cluster} is out of support for {_days(found.days)} inside this plan: {found.update} takes Kubernetes "
        f"{found.minor} away, its support ends {found.ends} (P3), and {found.hop} is over later."
    )


def relax_words(found: MustStart) -> str:
    """What would have to give way for a deadline that is missed; "" where nothing holds the work back."""
    if found.relax:
        sets = [f"without {' and '.join(one.constraints)}" for one in found.relax[:_SETS]]
        more = len(found.relax) - len(sets)
        sets += ["in 1 other way" if more == 1 else f"in {more} other ways"] if more else []
        return f"In time {', or '.join(sets)}."
    if found.soonest is None:
        return ""
    better = found.finish is None or found.soonest.date() < found.finish.date()
    when = f": even without any limit of the calendar it ends on {found.soonest:%Y-%m-%d}" if better else ""
    return f"Nothing makes it in time{when}."


_SETS: Final = 3
"""Ways out that are named in a sentence; of more the number is said."""


def reach_words(found: MustStart) -> str:
    """When work begun now would end, and for how long the deadline is missed."""
    if found.finish is None:
        return "nothing fits into the calendar"
    missed = found.days_unsupported or 0
    if not missed:
        return f"earliest finish {found.finish:%Y-%m-%d}"
    since = "unsupported" if found.clock != ClockKind.BRIDGE else f"after {found.deadline}, {found.clock}"
    return f"earliest finish {found.finish:%Y-%m-%d}, {_days(missed)} {since}"
