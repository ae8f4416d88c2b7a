"""The lists of the Plan screen: its columns, and a row of each."""

from __future__ import annotations

from planner.plan import Alternative, Step, StepKind
from tui.look import Span
from tui.widgets.columns import Column

STEP_COLUMNS = (
    Column("step", "STEP", 4, 4),
    Column("what", "WHAT", 29, 44),
    Column("where", "WHERE", 9, 20),
    Column("who", "WHO", 17, 17),
    Column("undo", "UNDO", 12, 12, drop=1),
)
ALTERNATIVE_COLUMNS = (
    Column("label", "WAY", 26, 28),
    Column("hops", "HOPS", 4, 5),
    Column("updates", "UPDATES", 7, 8),
    Column("off", "OFF-LIST", 8, 9),
    Column("stops", "STOPS", 5, 6),
    Column("note", "AGAINST THE RECOMMENDED", 23, 60),
)


def step_cells(step: Step) -> tuple[Span, ...]:
    """A step."""
    tone = "strong" if step.kind in (StepKind.KUBERNETES, StepKind.RELEASE) else "warning"
    return (
        (step.id, "accent"),
        (step.title, tone),
        (step.where, ""),
        (str(step.owner), ""),
        (str(step.reversibility), "muted"),
    )


def way_cells(way: Alternative) -> tuple[Span, ...]:
    """Another way, in numbers."""
    tone = "good" if way.label == "recommended" else "strong"
    numbers = way.numbers
    note = "the recommended path" if way.same_as_recommended else way.note
    if numbers is None:
        return ((way.label, tone), *((("-", "muted"),) * 4), (note, "muted"))
    figures = (numbers.hops, numbers.release_updates, numbers.off_list_moves, numbers.stops)
    return ((way.label, tone), *((str(figure), "") for figure in figures), (note, "muted"))
