"""What screens tell the app. Each is a past event; only the app changes the state."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message


@dataclass
class MarksToggled(Message):
    """Rows were marked, or unmarked where all were marked."""

    keys: tuple[str, ...]


@dataclass
class ReadingAsked(Message):
    """Facts are wanted again: of these clusters, or of the whole fleet when empty."""

    keys: tuple[str, ...] = ()


@dataclass
class ReadingStopped(Message):
    """The running reading is to be given up."""


@dataclass
class PlanAsked(Message):
    """A plan for a cluster to a goal is wanted."""

    key: str
    goal: str = "latest"


@dataclass
class PlanSaved(Message):
    """The plan on the table was written to this place."""

    where: str


@dataclass
class MomentChosen(Message):
    """Judgements are to refer to this day (ISO date); "" = the moment of the facts."""

    day: str


@dataclass
class SourceChosen(Message):
    """Another source is wanted: "live", "demo", or the path of a file."""

    which: str
