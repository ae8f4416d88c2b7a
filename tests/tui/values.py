"""Rows and a judged fleet as values, for tests without a screen."""

from __future__ import annotations

from datetime import date, timedelta

from planner.knowledge import load_catalog
from planner.path import Routes
from planner.states import SupportState
from planner.support import Judge
from tests import builders as b
from tests.tui.stage import fleet
from tui.fleet_rows import rows_of
from tui.lens import Lens
from tui.look import Look
from tui.query import Row, worst_first
from tui.state import AppState, judged, loading

TODAY = date(2026, 5, 20)
PLAIN = Look()


def row(
    name: str = "a",
    version: str | None = "1.31.10",
    state: SupportState = SupportState.SUPPORTED,
    days: int | None = 90,
    *,
    tags: tuple[tuple[str, str], ...] = (),
    **more: str,
) -> Row:
    values = {"key": name, "name": name, "group": "rg", "instance": "plant12", "release": "2510", "missing": ""} | more
    text = f"{name} rg {values['instance']} 2510 {version or 'unknown'} {state}".casefold()
    ends = None if days is None else TODAY + timedelta(days=days)
    return Row(version=b.version(version) if version else None, state=state, ends=ends, text=text, tags=tags, **values)


ROWS = (
    row("mes", "1.28.9", SupportState.OUT_OF_SUPPORT, -163, tags=(("Line", "3"), ("owner", "Hall North"))),
    row("pos", "1.30.4", days=18, instance="store", release="2411.2", tags=(("line", "30"),)),
    row("lab", None, SupportState.UNKNOWN, None, missing="no permission", release=""),
    row("far", "1.31.10", days=140, subscription="Prod stores 1f2e", tags=(("deadline", "3"),)),
)


def lens_of(inventory=None) -> Lens:
    facts, catalog = inventory or fleet(), load_catalog()
    return Lens(Judge(facts, catalog, facts.as_of), Routes(catalog))


def ready(inventory=None) -> AppState:
    lens = lens_of(inventory)
    return judged(loading(AppState(label="snapshot")), lens, sorted(rows_of(lens.judge), key=worst_first), done=True)


def text_of(spans) -> str:
    return "".join(text for text, _ in spans)
