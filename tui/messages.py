"""What screens tell the app. Each is a past event; only the app changes the state.

Plain classes: seven dataclasses would be felt in the first frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from planner.plan import Plan
    from planner.schedule.calendar import Calendar


class MarksToggled(Message):
    """Rows were marked, or unmarked where all were marked."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        super().__init__()
        self.keys = keys


class ReadingAsked(Message):
    """Facts are wanted again: of these clusters, or of the whole fleet when empty."""

    def __init__(self, keys: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.keys = keys


class ReadingStopped(Message):
    """The running reading is to be given up."""


class PlanAsked(Message):
    """A plan for a cluster to a goal is wanted."""

    def __init__(self, key: str, goal: str = "latest") -> None:
        super().__init__()
        self.key, self.goal = key, goal


class FleetPlanAsked(Message):
    """One plan for several clusters to a goal is wanted; the keys come in the order of the fleet, worst first."""

    def __init__(self, keys: tuple[str, ...], goal: str = "latest") -> None:
        super().__init__()
        self.keys, self.goal = keys, goal


class CalendarChosen(Message):
    """Plans are to keep to this calendar from now on; `file` is where it was read, "" = there is none."""

    def __init__(self, calendar: Calendar, file: str) -> None:
        super().__init__()
        self.calendar, self.file = calendar, file


class FleetPlanSaved(Message):
    """The plan of instances on the table was written to this place."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where = where


class PlanSaved(Message):
    """The plan on the table was written to this place."""

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where = where


class WalkAsked(Message):
    """The walk of a plan is wanted. `file` is where the plan was saved; "" = nowhere."""

    def __init__(self, plan: Plan, digest: str, file: str = "") -> None:
        super().__init__()
        self.plan, self.digest, self.file = plan, digest, file


class MomentChosen(Message):
    """Judgements are to refer to this day (ISO date); "" = the moment of the facts."""

    def __init__(self, day: str) -> None:
        super().__init__()
        self.day = day


class SourceChosen(Message):
    """Another source is wanted: "live", "demo", or the path of a file."""

    def __init__(self, which: str) -> None:
        super().__init__()
        self.which = which
