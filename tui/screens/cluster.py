"""Cluster: how is this one, by which clocks, where could it go."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from planner.findings import Finding
from planner.goals import in_words
from planner.inventory import Cluster, NodePool, value_of
from planner.plan import Plan
from planner.support import SupportState
from tui import errands, facts
from tui.explain import cluster_page, finding_page
from tui.look import Span, Spans, severity_sign, support_sign
from tui.messages import PlanAsked, ReadingAsked
from tui.prose import GAP, Page, bullet, heading, lay_out, para
from tui.screens.tabbed import Tabbed
from tui.state import AppState
from tui.widgets.columns import Column
from tui.widgets.ladder import ladder
from tui.widgets.page_view import PageView
from tui.widgets.virtual_table import VirtualTable

FINDING_COLUMNS = (
    Column("sign", "", 1, 1),
    Column("code", "CODE", 14, 14),
    Column("title", "FINDING", 30, 90),
    Column("severity", "SEVERITY", 8, 8),
    Column("owner", "WHO", 17, 17, drop=1),
)
POOL_COLUMNS = (
    Column("sign", "", 1, 1),
    Column("pool", "POOL", 10, 20),
    Column("nodes", "NODES", 6, 8),
    Column("os", "OS", 11, 14),
    Column("versions", "VERSIONS READY", 18, 30),
    Column("state", "STATE", 10, 20),
    Column("size", "SIZE", 14, 20, drop=1),
)


class ClusterScreen(Tabbed):
    """One cluster."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "plan", "Plan", id="cluster.plan", tooltip="plan to the newest version"),
        Binding("g", "goal", "Goal", id="cluster.goal", tooltip="choose a goal, then plan"),
        Binding("i", "instance", "Instance", show=False, id="cluster.instance", tooltip="the instance that hosts it"),
        Binding("r", "refresh", "Refresh", show=False, id="cluster.refresh", tooltip="read this cluster again"),
        Binding("o", "portal", "Portal", show=False, id="cluster.portal", tooltip="open it in the Azure portal"),
        Binding("u", "scope", "Support scope", show=False, id="cluster.scope", tooltip="what Microsoft supports"),
    ]
    CSS = """
    #top { height: 8; }
    #clocks { width: 44; }
    """
    HELP_TITLE = "Cluster"
    HELP_TEXT = "One cluster: clocks, findings, path, node pools, facts."
    hint_order = ("open", "turn(1)", "plan", "goal", "why", "help", "back")
    tabs = ("Overview", "Findings", "Path", "Pools", "Facts")

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key

    async def on_mount(self) -> None:
        """Profile and node pools are read for the cluster that is looked at."""
        await super().on_mount()
        self.post_message(ReadingAsked((self.key,)))

    @property
    def cluster(self) -> Cluster | None:
        """The cluster as last read."""
        return self.state.inventory.by_key.get(self.key) if self.state.inventory else None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Its findings, worst first."""
        lens, cluster = self.state.lens, self.cluster
        return lens.findings(cluster) if lens and cluster else ()

    def _plan(self) -> Plan | str:
        """The path to the newest version, or why there is none to show."""
        lens, cluster = self.state.lens, self.cluster
        if lens is None or cluster is None:
            return "This cluster is no longer in what was read."
        try:
            return lens.plan(cluster, "latest")
        except ValueError as error:
            return str(error)

    # -- drawing

    def show(self, state: AppState) -> None:
        """Where it runs, how it stands."""
        cluster, lens = self.cluster, state.lens
        if cluster is None or lens is None or state.as_of is None:
            self.say(self.crumbs("Fleet", self.key), (("This cluster is no longer in what was read.", "warning"),))
            return
        support = lens.judge.support(cluster)
        row_state, ends = lens.judge.state(cluster)
        sign = support_sign(row_state, ends, state.as_of.date())
        left = (*self.crumbs("Fleet", cluster.name), (f"   {errands.place_of(state, cluster)}", "muted"))
        ended = row_state in (SupportState.OUT_OF_SUPPORT, SupportState.STRANDED)
        again: Spans = (("reading again", "accent"),) if cluster.key in state.reading else ()
        if ended:
            self.say(left, facts.summary(cluster, lens.next_move(cluster)), again)
            today = state.as_of.date()
            self.warn(facts.ended_banner(row_state, support.because, support.clocks, today, self.look))
        else:
            words: list[Span] = [(f"{self.look.sign(sign)} {str(row_state).capitalize()}: ", sign.tone)]
            self.say(left, (*words, (support.because, "")), again)
            self.warn(())
        self.redraw()

    def counts(self) -> tuple[int | None, ...]:
        """Findings, moves, pools."""
        plan, cluster = self._plan(), self.cluster
        pools = value_of(cluster.pools) if cluster else None
        moves = len(plan.path) - 1 if isinstance(plan, Plan) and plan.path else None
        return (None, len(self.findings), moves, len(pools) if pools is not None else None, None)

    def tab(self, place: int) -> Widget:
        """Overview is two pages and the findings; the others one widget each."""
        if place == 0:
            return _Overview()
        if place in (1, 3):
            return VirtualTable(FINDING_COLUMNS if place == 1 else POOL_COLUMNS)
        return PageView()

    def fill(self, place: int) -> None:
        """Draw a tab."""
        cluster, lens = self.cluster, self.state.lens
        if cluster is None or lens is None:
            return
        content = self.query_one(f"#tab-{place}")
        if place == 0:
            self._fill_overview(cluster)
        elif place == 1 and isinstance(content, VirtualTable):
            self._fill_findings(content)
        elif place == 3 and isinstance(content, VirtualTable):
            _fill_pools(content, cluster, self)
        elif isinstance(content, PageView):
            page = self._path_page() if place == 2 else facts.facts_page(cluster, self.state.inventory)
            content.show(page, top=False)

    def _fill_overview(self, cluster: Cluster) -> None:
        lens = self.state.lens
        assert lens is not None
        plan, room = self._plan(), max(9, self.size.height - 14)
        clocks = facts.clock_lines(lens.judge.support(cluster), lens.judge.as_of.date(), self.look)
        if isinstance(plan, str):
            path: Page = (heading("Path"), para(plan))
        elif plan.dead_end is not None:
            tone = "bad" if plan.dead_end.by_rule else "unknown"
            path = (
                heading(f"To {plan.goal_version or plan.goal}: no path"),
                para((plan.dead_end.summary, tone)),
            )
        else:
            path = (heading(facts.path_title(plan)), *ladder(plan.path, self.look, notes=False, most=room - 1))
        self.query_one("#clocks", PageView).show(clocks, top=False)
        self.query_one("#ladder", PageView).show(path, top=False)
        self.query_one("#top").styles.height = max(len(clocks), min(room, len(lay_out(path, 34)))) + 1
        self._fill_findings(self.query_one("#short", VirtualTable))

    def _fill_findings(self, table: VirtualTable) -> None:
        found = {f"{place}": finding for place, finding in enumerate(self.findings)}
        look = self.look

        def cells(key: str) -> tuple[Span, ...]:
            finding = found[key]
            sign = severity_sign(finding.severity)
            return (
                (look.sign(sign), sign.tone),
                (finding.code, "strong"),
                (finding.title, ""),
                (str(finding.severity), sign.tone),
                (str(finding.owner), "muted"),
            )

        table.show(list(found), cells, empty=((("No finding. Nothing needs doing.", "good"),),))

    def _path_page(self) -> Page:
        plan = self._plan()
        if isinstance(plan, str):
            return (para(plan),)
        if plan.dead_end is not None:
            from tui.explain import dead_end_page

            return dead_end_page(plan.dead_end, self.look)
        goal = f"goal: {in_words(plan.goal)}"
        steps = [
            bullet((step.title, "strong"), (f"  {step.where} · {step.owner}", "muted"), sign=(step.id, "accent"))
            for step in plan.steps
        ]
        return (heading(facts.path_title(plan)), GAP, *ladder(plan.path, self.look, goal=goal), GAP, *steps)

    # -- what is highlighted

    def _finding(self) -> Finding | None:
        place = {0: "#short", 1: "#tab-1"}.get(self.current)
        tables = self.query(place).results(VirtualTable) if place else ()
        key = next((table.key for table in tables), "")
        return self.findings[int(key)] if key and int(key) < len(self.findings) else None

    def why(self) -> Page:
        """The finding under the cursor, or the cluster."""
        lens, cluster, finding = self.state.lens, self.cluster, self._finding()
        if lens is None or cluster is None:
            return ()
        if finding is not None:
            return finding_page(finding, lens.catalog, self.look)
        return cluster_page(lens, cluster, self.look)

    def copies(self) -> list[tuple[str, str]]:
        """Name, id, explanation."""
        cluster = self.cluster
        return [("name", cluster.name), ("ARM id", cluster.id), *super().copies()] if cluster else []

    # -- keys

    @on(VirtualTable.RowHighlighted)
    def _highlighted(self) -> None:
        self.follow_why()

    @on(VirtualTable.RowOpened)
    def _opened(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """The highlighted thing in full."""
        from tui.screens.why import WhyScreen

        page = self.why()
        if page:
            self.app.push_screen(WhyScreen(page))

    def action_plan(self) -> None:
        """Plan to the newest version."""
        self.post_message(PlanAsked(self.key))

    def action_goal(self) -> None:
        """Choose a goal first."""
        errands.ask_goal(self.planner, self.key)

    def action_instance(self) -> None:
        """The instance that hosts it."""
        errands.show_instance(self.planner, self.key)

    def action_refresh(self) -> None:
        """Read it again."""
        self.post_message(ReadingAsked((self.key,)))

    def action_portal(self) -> None:
        """Open it in the portal."""
        errands.open_portal(self.planner, self.key)

    def action_scope(self) -> None:
        """What Microsoft supports."""
        errands.show_scope(self.planner)


class _Overview(Vertical):
    """Clocks beside the ladder, findings below."""

    def compose(self) -> list[Widget]:  # type: ignore[override]
        """The three parts."""
        clocks, rungs = PageView(id="clocks"), PageView(id="ladder")
        clocks.can_focus = rungs.can_focus = False
        return [
            Horizontal(clocks, rungs, id="top"),
            VirtualTable(FINDING_COLUMNS[:4], id="short"),
        ]


def _fill_pools(table: VirtualTable, cluster: Cluster, screen: ClusterScreen) -> None:
    pools = value_of(cluster.pools)
    found: dict[str, NodePool] = {pool.name: pool for pool in pools or ()}
    reason = "" if pools is not None else getattr(cluster.pools, "reason", "")
    empty = (((f"Node pools could not be read: {reason}", "unknown"),),) if reason else ((("No node pool.", ""),),)
    table.show(list(found), lambda key: facts.pool_cells(found[key], screen.look), empty=empty)
