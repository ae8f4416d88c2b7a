"""Instance: can the hosts be updated, and what would become of each cluster they carry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from planner.destination import release_name
from planner.fleet.targets import targets
from planner.fleet.whatif import Effect, WhatIf, what_if
from planner.inventory import Instance, Unknown, value_of
from planner.moves import Platform
from planner.standpoint import platform_of
from planner.support import ClockState
from tui import errands, instance_rows, selectors
from tui.explain import cluster_page, instance_clock_items
from tui.look import Span, clock_sign, clock_words
from tui.messages import FleetPlanAsked, ReadingAsked
from tui.prose import GAP, Page, field, heading, plain
from tui.screens.frame import Frame
from tui.state import AppState
from tui.widgets.line import Line
from tui.widgets.page_view import PageView
from tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from planner.support import Clock
    from tui.lens import Lens

ROOMY, TALL = 24, 32
"""From these heights on the highlighted cluster, and all later releases, are told under the list."""


class InstanceScreen(Frame):
    """One Azure Local instance."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "release(-1)", "Release", show=False, id="instance.previous", tooltip="try the release before"),
        Binding(
            "right", "release(1)", "Release", key_display="← →", id="instance.next", tooltip="try the release after"
        ),
        Binding("p", "plan", "Plan it", id="instance.plan", tooltip="plan this update, with only the hops it needs"),
        Binding(
            "P", "plan_all", "Plan all", id="instance.plan_all", tooltip="bring all its clusters to the newest version"
        ),
        Binding(
            "t", "timeline", "Timeline", id="instance.timeline", tooltip="support of its clusters against a date axis"
        ),
        Binding("a", "moment", "As of", show=False, id="instance.as_of", tooltip="judge as of another day"),
        Binding("r", "refresh", "Refresh", show=False, id="instance.refresh", tooltip="read its clusters again"),
        Binding("o", "portal", "Portal", show=False, id="instance.portal", tooltip="open it in the Azure portal"),
    ]
    CSS = """
    #under { height: 4; }
    InstanceScreen.-low #under { display: none; }
    InstanceScreen.-tall #under { height: 13; }
    """
    HELP_TITLE = "Instance"
    HELP_TEXT = (
        "The hosts: may they be updated, to which release, and what would become of each cluster they carry. "
        "Newly stranded clusters come first; the next column says which hops save them."
    )
    hint_order = ("open", "release(1)", "plan", "plan_all", "timeline", "why", "help", "back")

    def __init__(self, instance_id: str) -> None:
        super().__init__()
        self._id = instance_id
        self._target: Platform | None = None
        """The release last tried; None = the next one."""
        self._lens: Lens | None = None
        self._answers: dict[Platform, WhatIf] = {}
        """By the lens they were worked out with."""

    def body(self) -> Iterator[Widget]:
        """The question, the clusters, the highlighted one in words, what later releases would do."""
        yield Line(id="question")
        yield VirtualTable(instance_rows.columns(""), id="hosted")
        under = PageView(id="under", classes="under")
        under.can_focus = False
        yield under
        yield Line(id="later")

    async def on_resize(self) -> None:
        """A low window keeps its lines for the list; a tall one has room for every later release."""
        self.set_class(self.size.height < ROOMY, "-low")
        self.set_class(self.size.height >= TALL, "-tall")
        self._explain()
        await super().on_resize()

    @property
    def instance(self) -> Instance | None:
        """The instance as last read."""
        return self.state.inventory.instance_by_id.get(self._id) if self.state.inventory else None

    @property
    def _is_there(self) -> bool:
        return self.instance is not None and self.state.lens is not None

    @property
    def table(self) -> VirtualTable:
        """The clusters."""
        return self.query_one("#hosted", VirtualTable)

    # -- what is asked

    @property
    def reachable(self) -> tuple[Platform, ...]:
        """Every release that can be tried, in order of time."""
        instance, lens = self.instance, self.state.lens
        return targets(instance, lens.judge, lens.routes) if instance and lens else ()

    def _place(self, reachable: tuple[Platform, ...]) -> int:
        return reachable.index(self._target) if self._target in reachable else 0

    def _ask(self) -> WhatIf | str:
        """The answer for the release that is tried, or why there is none."""
        instance, lens = self.instance, self.state.lens
        assert instance is not None and lens is not None  # nothing is drawn without them
        reachable = self.reachable
        if not reachable:
            here = platform_of(instance, lens.judge)
            if isinstance(here, Unknown):
                return f"Nobody can tell: {here.reason}."
            return f"The catalog knows no update from {release_name(here, lens.catalog)}."
        target = reachable[self._place(reachable)]
        if self._lens is not lens:
            self._lens, self._answers = lens, {}
        if target not in self._answers:
            found = what_if(instance, target, lens.judge, lens.routes)
            if isinstance(found, Unknown):
                return f"Nobody can tell: {found.reason}."
            self._answers[target] = found
        return self._answers[target]

    # -- drawing

    def show(self, state: AppState) -> None:
        """The release of today, its clock, the answer, the clusters worst first."""
        instance, lens = self.instance, state.lens
        if instance is None or lens is None or state.inventory is None or state.as_of is None:
            self.say(self.crumbs("Fleet", "instance"), (("This instance is no longer in what was read.", "warning"),))
            return
        hosted = state.inventory.clusters_by_instance.get(self._id, ())
        clock = lens.judge.instance_clock(instance)
        answer = self._ask()
        self.say(
            (*self.crumbs("Fleet", instance.name), *instance_rows.extent(instance, clock, len(hosted), self._today)),
            instance_rows.answer(answer, self.look),
            selectors.sentence_right(state),
        )
        self._warn_of(clock)
        self._fill(answer)
        self._explain()

    @property
    def _today(self) -> date:
        """The day all judgements refer to."""
        assert self.state.as_of is not None
        return self.state.as_of.date()

    def _warn_of(self, clock: Clock) -> None:
        if clock.state is not ClockState.ENDED:
            self.warn(())
            return
        days = clock.days_left(self._today)
        sign = self.look.sign(clock_sign(clock.state, days))
        words = f"Release {clock_words(clock.state, days)} [{clock.source}]. {clock.reading}"
        self.warn(((sign, ""), (" ", ""), (words, "")))

    def _fill(self, answer: WhatIf | str) -> None:
        empty = ((("It hosts no cluster that was read.", ""),),)
        ask, later = self.query_one("#question", Line), self.query_one("#later", Line)
        inventory, lens = self.state.inventory, self.state.lens
        assert inventory is not None and lens is not None
        if isinstance(answer, str):
            ask.show(())
            later.show(())
            clusters = {cluster.key: cluster for cluster in inventory.clusters_by_instance.get(self._id, ())}

            def blank(key: str) -> tuple[Span, ...]:
                state = lens.judge.state(clusters[key])
                return instance_rows.blank_cells(clusters[key], state, self._today, self.look)

            self.table.show(list(clusters), blank, columns=instance_rows.columns(""), empty=empty)
            return
        reachable = self.reachable
        place, number = self._place(reachable), len(reachable)
        ask.show(instance_rows.question(answer, place, number), *instance_rows.way(answer, place, number))
        later.show(instance_rows.foot(answer))
        effects = {effect.cluster.key: effect for effect in answer.effects}

        def cells(key: str) -> tuple[Span, ...]:
            effect = effects[key]
            return instance_rows.cells(effect, lens.judge.state(effect.cluster), self._today, self.look)

        self.table.show(list(effects), cells, columns=instance_rows.columns(answer.name), empty=empty)

    def _explain(self) -> None:
        effect, answer = self._effect(), self._ask() if self._is_there else ""
        page = instance_rows.under(effect, self.look) if effect is not None else ()
        if self.size.height >= TALL and isinstance(answer, WhatIf):
            page = (*page, GAP, *instance_rows.later_page(answer))
        self.query_one("#under", PageView).show(page)
        self.follow_why()

    # -- what is highlighted

    def _effect(self) -> Effect | None:
        if not self._is_there:
            return None
        answer, key = self._ask(), self.table.key
        if isinstance(answer, str):
            return None
        return next((effect for effect in answer.effects if effect.cluster.key == key), None)

    def why(self) -> Page:
        """The highlighted effect, then the instance with its clock."""
        instance, lens, inventory = self.instance, self.state.lens, self.state.inventory
        if instance is None or lens is None or inventory is None:
            return ()
        answer, effect = self._ask(), self._effect()
        hosts = (
            heading(instance.name),
            field("build", str(value_of(instance.build) or "unknown")),
            field("update", value_of(instance.update_state) or "unknown"),
            GAP,
            *instance_clock_items(instance, lens, self.look),
        )
        if effect is not None and isinstance(answer, WhatIf):
            return (*instance_rows.effect_page(answer, effect, lens.catalog, self.look), GAP, *hosts)
        cluster = inventory.by_key.get(self.table.key)
        return (*hosts, GAP, *cluster_page(lens, cluster, self.look)) if cluster else hosts

    def copies(self) -> list[tuple[str, str]]:
        """Name, id, the answer, the explanation."""
        instance = self.instance
        if instance is None or not self._is_there:
            return []
        answer = self._ask()
        words = answer if isinstance(answer, str) else f"{instance.name}: {answer.verdict}"
        return [("name", instance.name), ("ARM id", instance.id), ("answer", words), ("explanation", plain(self.why()))]

    # -- keys

    @on(VirtualTable.RowHighlighted)
    def _highlighted(self) -> None:
        self._explain()

    @on(VirtualTable.RowOpened)
    def _opened(self, event: VirtualTable.RowOpened) -> None:
        errands.show_cluster(self.planner, event.key)

    def action_release(self, by: int) -> None:
        """Try the release before or after."""
        reachable = self.reachable
        if not reachable:
            return
        place = max(0, min(self._place(reachable) + by, len(reachable) - 1))
        self._target = reachable[place]
        self.show(self.state)

    def action_plan(self) -> None:
        """The update that is tried, with the hops without which it would strand somebody."""
        answer = self._ask() if self._is_there else ""
        if self.table.keys and isinstance(answer, WhatIf):
            self.post_message(FleetPlanAsked(tuple(self.table.keys), answer.goal))

    def action_plan_all(self) -> None:
        """One plan that brings all its clusters to the newest version within reach."""
        if self.table.keys:
            self.post_message(FleetPlanAsked(tuple(self.table.keys)))

    def action_timeline(self) -> None:
        """Support of its clusters against the days."""
        instance = self.instance
        errands.show_timeline(self.planner, errands.query_of(self.state, instance) if instance else "")

    def action_moment(self) -> None:
        """Judge as of another day."""
        errands.ask_moment(self.planner)

    def action_refresh(self) -> None:
        """Read its clusters again, node pools included."""
        if self.table.keys:
            self.post_message(ReadingAsked(tuple(self.table.keys)))

    def action_portal(self) -> None:
        """Open it in the portal."""
        if self.instance is not None:
            errands.open_portal_of(self.planner, self.instance.id)
