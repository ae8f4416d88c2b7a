"""Goal: where to. Each choice says what it costs; free text is checked while it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from planner.inventory import Cluster, value_of
from planner.plan import Plan
from tui.look import Span, count
from tui.screens.dialog import Dialog
from tui.widgets.columns import Column
from tui.widgets.field import Field
from tui.widgets.line import Line
from tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from tui.lens import Lens

WORDS = {
    "latest": "newest version within reach",
    "supported": "nearest state in support",
    "os-patch": "newest patch, same minor",
}
COLUMNS = (
    Column("goal", "", 9, 9),
    Column("to", "", 7, 8),
    Column("cost", "", 17, 18),
    Column("what", "", 10, 30, 1),
)


class GoalScreen(Dialog[str]):
    """Dismisses with the text of a goal."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False, id="goal.up", priority=True),
        Binding("down", "move(1)", "Down", show=False, id="goal.down", priority=True),
    ]
    heading = "Goal"
    keys: ClassVar[tuple[tuple[str, str], ...]] = (("↑ ↓", "Choose"), ("⏎", "Plan"), ("esc", "Cancel"))

    def __init__(self, cluster: Cluster, lens: Lens, goal: str = "latest") -> None:
        super().__init__()
        self._cluster, self._lens, self._start = cluster, lens, goal
        self._goals = self._choices()

    @property
    def title_text(self) -> str:
        """For which cluster."""
        return f"Goal for {self._cluster.name}, now on {value_of(self._cluster.version) or 'an unknown version'}"

    def _choices(self) -> list[str]:
        version = value_of(self._cluster.version)
        if version is None:
            return list(WORDS)
        minors = [entry.minor for entry in self._lens.catalog.minors]
        ahead = sorted(minor for minor in minors if minor > version.minor)
        reachable = [str(minor) for minor in ahead if self._plan(str(minor)) is not None]
        return [*WORDS, *reachable]

    def _plan(self, goal: str) -> Plan | None:
        try:
            return self._lens.plan(self._cluster, goal)
        except ValueError:
            return None

    def content(self) -> list[Widget]:
        """A field, what is wrong with it, the choices."""
        table = VirtualTable(COLUMNS, header=False, lit=True, id="goals")
        table.styles.height = min(10, len(self._goals))
        table.can_focus = False
        field = Field(placeholder="or type 1.32, 1.32.9, or a release such as 2510", id="goal")
        return [table, field, Line(id="problem")]

    def on_mount(self) -> None:
        """The field has the keys; the arrows move in the list."""
        table = self.query_one(VirtualTable)
        table.show(self._goals, self._cells)
        table.highlight(self._start)
        self.query_one(Field).focus()

    def _cells(self, goal: str) -> tuple[Span, ...]:
        plan = self._plan(goal)
        if plan is None or plan.dead_end is not None:
            cost: Span = (
                ("no path", "bad") if plan and plan.dead_end and plan.dead_end.by_rule else ("unknown", "unknown")
            )
        else:
            cost = _cost(plan)
        return ((goal, "strong"), (plan.goal_version if plan else "", ""), cost, (WORDS.get(goal, ""), "muted"))

    def action_move(self, by: int) -> None:
        """Up or down the choices."""
        self.query_one(VirtualTable).action_move(by)

    @on(Field.Changed)
    def _check(self, event: Field.Changed) -> None:
        self.query_one("#problem", Line).show(((self._problem(event.value.strip()), "warning"),))

    def _problem(self, text: str) -> str:
        if not text:
            return ""
        try:
            plan = self._lens.plan(self._cluster, text)
        except ValueError as error:
            return str(error)
        return "There is no path to it; enter shows why." if plan.dead_end else ""

    @on(Field.Submitted)
    def _submitted(self, event: Field.Submitted) -> None:
        text = event.value.strip()
        goal = text or self.query_one(VirtualTable).key
        try:
            self._lens.plan(self._cluster, goal)
        except ValueError as error:
            self.query_one("#problem", Line).show(((str(error), "bad"),))
        else:
            self.dismiss(goal)

    @on(VirtualTable.RowOpened)
    def _opened(self, event: VirtualTable.RowOpened) -> None:
        self.dismiss(event.key)


def _cost(plan: Plan) -> Span:
    numbers = plan.numbers
    if numbers is None or not plan.steps:
        return ("reached already", "good")
    parts = [count(numbers.hops, "hop")] if numbers.hops else []
    parts += [count(numbers.release_updates, "update")] if numbers.release_updates else []
    return (", ".join(parts), "")
