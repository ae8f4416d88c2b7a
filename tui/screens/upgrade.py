"""Upgrade: who, what, from where to where, the one line that changes; then the cluster's name, typed exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.widget import Widget

from planner.plan import Step
from planner.ports import Prepared, SourceError
from planner.walk import WalkError
from tui.look import BLOCKER, WARNING, Look
from tui.prose import GAP, Item, Page, bullet, field, lay_out, para
from tui.screens.dialog import WIDTH, Dialog
from tui.state import Failure
from tui.widgets.field import Field
from tui.widgets.line import Line
from tui.widgets.page_view import PageView

if TYPE_CHECKING:
    from tui.walking import Walking

AROUND = 13
"""Lines of the screen that title, field, problem, keys and margins take."""
NO_WAY_BACK = "This moves the control plane AND all node pools. There is no way back (P15)."


class UpgradeScreen(Dialog[None]):
    """Reads the cluster first; the name can be typed once the change is on screen. Only enter under the right name sends."""

    keys: ClassVar[tuple[tuple[str, str], ...]] = (("⏎", "Upgrade, once the name is typed"), ("esc", "No"))

    def __init__(self, step: Step, walking: Walking) -> None:
        super().__init__()
        self._step, self._walking = step, walking
        self.prepared: Prepared | None = None

    @property
    def title_text(self) -> str:
        """Which upgrade."""
        return f"{self._step.id}  {self._step.title}"

    def content(self) -> list[Widget]:
        """What will be done, the field, what is wrong."""
        view = PageView((para((f"Reading {self._step.where} again; nothing is sent …", "accent")),), id="facts")
        view.can_focus = False
        view.styles.height = 10
        name = Field(placeholder=f"type {self._step.where} to upgrade it", id="name", disabled=True)
        return [view, name, Line(id="problem")]

    def on_mount(self) -> None:
        """Read at once; nothing may cover what is confirmed."""
        self.app.clear_notifications()
        self._prepare()

    @work(exclusive=True, group="prepare", exit_on_error=False)
    async def _prepare(self) -> None:
        try:
            self.prepared = await self._walking.prepare()
        except (SourceError, WalkError) as error:
            failure = Failure.of(error)
            self._show(failure_page(failure, self.look))
            return
        self._show(prepared_page(self.prepared, self._walking.resource_group, self.look))
        name = self.query_one("#name", Field)
        name.disabled = False
        name.focus()

    def _show(self, page: Page) -> None:
        view = self.query_one("#facts", PageView)
        view.show(page)
        view.styles.height = min(len(lay_out(page, WIDTH - 6)), max(6, self.app.size.height - AROUND))

    @on(Field.Changed)
    def _typing(self, event: Field.Changed) -> None:
        self.query_one("#problem", Line).show(())

    @on(Field.Submitted)
    def _typed(self, event: Field.Submitted) -> None:
        """Exactly the name, without mercy for spaces and case."""
        prepared = self.prepared
        if prepared is None:
            return
        if event.value != prepared.order.name:
            problem = f"That is not {prepared.order.name}; nothing was sent."
            self.query_one("#problem", Line).show(((problem, "bad"),))
            return
        self.dismiss(None)
        self._walking.confirm(prepared, event.value)


def prepared_page(prepared: Prepared, resource_group: str, look: Look) -> Page:
    """The change and everything it touches."""
    order = prepared.order
    page: list[Item] = [
        field("as", f"{prepared.account} in {prepared.tenant}", "strong", 10),
        field("cluster", f"{order.name}, resource group {resource_group}", "", 10),
        field("upgrade", f"{order.origin} → {order.target}", "strong", 10),
        GAP,
    ]
    for pointer, now, then in prepared.diff:
        page += [para((pointer, "muted")), para((f"- {now}", "bad"), indent=2), para((f"+ {then}", "good"), indent=2)]
    page += [GAP, bullet((NO_WAY_BACK, "warning"), sign=(look.sign(WARNING), WARNING.tone))]
    page += [bullet(text, sign=(look.sign(WARNING), WARNING.tone)) for text in prepared.warnings]
    return tuple(page)


def failure_page(failure: Failure, look: Look) -> Page:
    """Why it cannot be started."""
    return (
        bullet((failure.what, "strong"), sign=(look.sign(BLOCKER), BLOCKER.tone)),
        para(failure.why),
        para((failure.cure, "strong")),
        GAP,
        para(("Nothing was sent.", "good")),
    )
