"""The screens by name, imported when they are first gone to, so that the first frame does not wait for them."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.command import Provider
    from textual.screen import Screen

    from tui.state import Failure


def commands() -> type[Provider]:
    """What the palette offers."""
    from tui.commands import Commands

    return Commands


def fleet() -> Screen[object]:
    """The home screen."""
    from tui.screens.fleet import FleetScreen

    return FleetScreen()


def plan() -> Screen[object]:
    """The plan on the table."""
    from tui.screens.plan import PlanScreen

    return PlanScreen()


def is_plan(screen: object) -> bool:
    """Whether the plan is already in front."""
    from tui.screens.plan import PlanScreen

    return isinstance(screen, PlanScreen)


def fleet_plan() -> Screen[object]:
    """The plan of instances on the table."""
    from tui.screens.fleet_plan import FleetPlanScreen

    return FleetPlanScreen()


def is_fleet_plan(screen: object) -> bool:
    """Whether the plan of instances is already in front."""
    from tui.screens.fleet_plan import FleetPlanScreen

    return isinstance(screen, FleetPlanScreen)


def walk() -> Screen[object]:
    """The walk that is open."""
    from tui.screens.walk import WalkScreen

    return WalkScreen()


def is_walk(screen: object) -> bool:
    """Whether the walk is already in front."""
    from tui.screens.walk import WalkScreen

    return isinstance(screen, WalkScreen)


def source() -> Screen[object]:
    """Sign-in and source."""
    from tui.screens.source import SourceScreen

    return SourceScreen()


def is_source(screen: object) -> bool:
    """Whether the choice of a source is already in front."""
    from tui.screens.source import SourceScreen

    return isinstance(screen, SourceScreen)


def error(failure: Failure, cause: BaseException | None = None, title: str = "") -> Screen[None]:
    """An error; with where it arose, without values, where it was a mistake."""
    from tui.screens.error import ErrorScreen

    return ErrorScreen(failure, frames(cause) if cause is not None else (), title)


def frames(error: BaseException) -> tuple[str, ...]:
    """Where an exception arose: files, lines and functions, and its kind; never its data."""
    found = traceback.extract_tb(error.__traceback__)
    return (*(f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in found), type(error).__name__)
