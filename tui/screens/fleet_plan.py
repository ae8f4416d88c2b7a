"""Plan of instances: one order for all their clusters, each cluster's part, times, risks, and the document."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from planner.fleetplan import FleetPlan
from tui import errands, fleet_forms
from tui import fleet_plan_pages as pages
from tui.explain import shell, step_page, step_summary
from tui.fleet_job import FleetJob
from tui.fleet_plan_rows import MEMBER_COLUMNS, ORDER_COLUMNS, Listed, member_cells
from tui.look import BLOCKER, WARNING, Spans
from tui.messages import FleetPlanAsked
from tui.prose import Page, para, source_lines
from tui.screens.tabbed import Tabbed
from tui.state import AppState
from tui.timeline_calendar import strange_patterns
from tui.widgets.page_view import PageView
from tui.widgets.split import Split
from tui.widgets.virtual_table import VirtualTable

ORDER, CLUSTERS, TIMES, RISKS, DOCUMENT = range(5)


PARTS = (
    "What becomes of a cluster",
    (
        ("planned", "it reaches the goal"),
        ("nothing to do", "it is at the goal, or beyond it, and stays there safely"),
        ("carried along", "not asked for, or it cannot reach the goal; no update strands it all the same"),
        ("isolated", "no order saves it: a person decides about it before the update"),
        ("held up", "its steps cannot begin as things are, such as while it is offline"),
        ("unknown", "too little could be read of it to judge"),
    ),
)


class FleetPlanScreen(Tabbed):
    """The plan of instances on the table: made now, or opened from a file."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "goal", "Goal", id="fleet_plan.goal", tooltip="another goal for the same clusters"),
        Binding("c", "calendar", "Calendar", id="fleet_plan.calendar", tooltip="windows and freezes from a TOML file"),
        Binding("e", "export", "Save", id="fleet_plan.export", tooltip="save the plan as Markdown"),
        Binding("E", "forms", "Other forms", show=False, id="fleet_plan.forms", tooltip="save as calendar or page"),
        Binding("d", "drift", "Drift", id="fleet_plan.drift", tooltip="compare the plan with the facts of now"),
        Binding("t", "timeline", "Time", id="fleet_plan.timeline", tooltip="the plan against the days"),
        Binding("r", "again", "Refresh", show=False, id="fleet_plan.again", tooltip="read the clusters and plan again"),
        Binding("v", "view", "Step", show=False, id="fleet_plan.view", tooltip="what is highlighted, in full"),
        Binding("z", "zoom", "Enlarge", show=False, id="fleet_plan.zoom", tooltip="hide or show what stands below"),
    ]
    HELP_TITLE = "Plan of instances"
    HELP_TEXT = (
        "One order for all clusters of an instance: no release update before a hop it would make impossible. Walk each "
        "cluster by a plan of its own: enter on Clusters, then p."
    )
    HELP_NOTES = (PARTS,)
    hint_order = ("open", "turn(1)", "export", "goal", "drift", "calendar", "timeline", "help", "back")
    tabs = ("Order", "Clusters", "Times", "Risks", "Document")
    panel_opens_itself = True

    def __init__(self) -> None:
        super().__init__()
        self._listed: Listed | None = None

    @property
    def job(self) -> FleetJob:
        """What is on the table."""
        return self.state.fleet_job or FleetJob()

    @property
    def plan(self) -> FleetPlan | None:
        """The plan, once there is one."""
        return self.job.plan

    @property
    def listed(self) -> Listed | None:
        """The plan with what its rows look up."""
        if self.plan is None:
            return None
        if self._listed is None or self._listed.plan is not self.plan:
            self._listed = Listed(self.plan)
        return self._listed

    # -- drawing

    def show(self, state: AppState) -> None:
        """The verdict, and the tab."""
        job, plan = self.job, self.plan
        if plan is None:
            self._show_without(job)
            return
        start = self.crumbs("Saved plan" if job.opened else "Fleet", "plan")
        right: Spans = ((job.busy, "accent"),) if job.busy else (("saved", "good"),) if job.saved else ()
        self.say((*start, ("  ", ""), *pages.title(plan)), pages.verdict(plan, self.look, job.notes), right)
        self.redraw()

    def _show_without(self, job: FleetJob) -> None:
        """Still waiting, failed, or a document whose data cannot be used: then its text."""
        words: Spans = ((f"Planning: {job.busy} …", "accent"),)
        if job.failure is not None:
            words = ((f"{self.look.sign(BLOCKER)} {job.failure.what}: ", "bad"), (f"{job.failure.why} ", ""))
            words += ((job.failure.cure, "strong"),)
        elif job.text:
            words = ((f"{self.look.sign(WARNING)} For reading only. ", "warning"), (" ".join(job.notes), ""))
        self.say((("Plan of instances", "strong"),), words)
        if job.text and self.current != DOCUMENT:
            self.call_later(self._turn_to, DOCUMENT)
        self.redraw()

    def counts(self) -> tuple[int | None, ...]:
        """Steps, clusters, risks."""
        plan = self.plan
        return (len(plan.steps), len(plan.members), None, len(plan.risks), None) if plan else ()

    def tab(self, place: int) -> Widget:
        """A table over a page, or a page."""
        if place == ORDER:
            return Split(VirtualTable(ORDER_COLUMNS))
        return Split(VirtualTable(MEMBER_COLUMNS)) if place == CLUSTERS else PageView()

    def fill(self, place: int) -> None:
        """Draw a tab."""
        content, listed = self.query_one(f"#tab-{place}"), self.listed
        if isinstance(content, Split):
            self._fill_split(content, listed, place)
        elif isinstance(content, PageView):
            content.show(self._page(place), top=False)

    def _page(self, place: int) -> Page:
        plan = self.plan
        if plan is None:
            return source_lines(self.job.text) if place == DOCUMENT else ()
        if place == TIMES:
            strange = () if self.job.opened else strange_patterns(self.state)
            return pages.times_page(plan, self.look, strange)
        if place == RISKS:
            return pages.risks_page(plan, self.state.catalog)
        return source_lines(self.job.text or pages.shown_document(plan))

    def _fill_split(self, content: Split, listed: Listed | None, place: int) -> None:
        if listed is None:
            content.only_page(())
        elif place == ORDER and not listed.plan.steps:
            content.only_page((para(listed.plan.verdict_because), para(("g chooses another goal.", "muted"))))
        elif place == ORDER:
            content.show(list(listed.order()), lambda key: listed.cells(key, self.look), listed.columns)
            self._describe(content)
        else:
            content.show(list(listed.members), lambda key: member_cells(listed.members[key], self.look))
            self._describe(content)

    @on(VirtualTable.RowHighlighted)
    def _highlighted(self) -> None:
        content = self.query_one(f"#tab-{self.current}")
        if isinstance(content, Split) and self.listed is not None:
            self._describe(content)
        self.follow_why()

    def _describe(self, content: Split) -> None:
        key, listed = content.table.key, self.listed
        if listed is None or not key:
            return
        if self.current == CLUSTERS:
            content.describe(pages.member_page(listed.members[key], self.look))
        elif key in listed.steps:
            content.describe(step_summary(listed.steps[key]))
        elif key in listed.stages:
            content.describe(pages.stage_page(self.plan, *listed.stages[key], self.look))

    def _key(self) -> str:
        found = self.query(f"#tab-{self.current}").first() if self.query(f"#tab-{self.current}") else None
        return found.table.key if isinstance(found, Split) else ""

    def why(self) -> Page:
        """What is highlighted, in full."""
        listed, key = self.listed, self._key()
        if listed is None or not key:
            return ()
        if self.current == CLUSTERS:
            return pages.member_page(listed.members[key], self.look)
        if key in listed.steps:
            return step_page(listed.steps[key], listed.plan.risks, self.state.catalog, self.job.ticks)
        return pages.instance_page(listed.stages[key][0], self.look) if key in listed.stages else ()

    def copies(self) -> list[tuple[str, str]]:
        """The commands of the step, and the document."""
        listed, key = self.listed, self._key()
        if listed is None:
            return []
        step = listed.steps.get(key)
        commands = [(command.purpose, shell(command.argv)) for command in step.commands] if step else []
        return [*commands, ("document", self.job.text or pages.shown_document(listed.plan))]

    # -- keys

    @on(VirtualTable.RowOpened)
    def _opened(self, event: VirtualTable.RowOpened) -> None:
        key = event.key.casefold()
        inventory = self.state.inventory
        if self.current == CLUSTERS and inventory is not None and key in inventory.by_key:
            from tui.screens.cluster import ClusterScreen

            self.app.push_screen(ClusterScreen(key))
            return
        self.action_view()

    def action_view(self) -> None:
        """What is highlighted, in full."""
        from tui.screens.why import WhyScreen

        page = self.why()
        if page:
            self.app.push_screen(WhyScreen(page, "Cluster" if self.current == CLUSTERS else "Step"))

    def action_goal(self) -> None:
        """Another goal."""
        fleet_forms.ask_goal(self.planner)

    def action_calendar(self) -> None:
        """Windows and freezes."""
        errands.ask_calendar(self.planner, opened=bool(self.job.opened))

    def action_again(self) -> None:
        """Read and plan again."""
        job = self.job
        if not job.opened:
            self.post_message(FleetPlanAsked(job.keys, job.goal))

    def action_export(self) -> None:
        """Save the plan as Markdown."""
        fleet_forms.save_markdown(self.planner)

    def action_forms(self) -> None:
        """Save the plan in another form."""
        fleet_forms.choose_form(self.planner)

    def action_drift(self) -> None:
        """What has become of it by the facts of now."""
        errands.compare_fleet_plan(self.planner)

    def action_timeline(self) -> None:
        """The plan against the days."""
        if self.plan is None:
            self.notify("There is no plan to draw yet.", markup=False)
            return
        from tui.screens.timeline import TimelineScreen

        self.app.push_screen(TimelineScreen(self.plan))
        if self.plan.steps and not (self.plan.timing and self.plan.timing.slots) and not self.job.opened:
            self.notify("No step has its time yet: c on the plan reads a calendar.", markup=False)

    def action_zoom(self) -> None:
        """More room for the list."""
        content = self.query_one(f"#tab-{self.current}")
        if isinstance(content, Split):
            content.toggle_class("-zoomed")

    @property
    def is_root(self) -> bool:
        """Nothing stands behind a plan that was opened from a file."""
        return super().is_root or bool(self.job.opened and self.state.inventory is None)

    def action_back(self) -> None:
        """Back; a reading for this plan is given up with it."""
        if self.job.busy:
            self.planner.workers.cancel_group(self.planner, "plan")
        super().action_back()
