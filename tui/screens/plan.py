"""Plan: what exactly, in which order, why, whose job, with what risk. A dead end stands in place of the steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from planner.plan import Plan, Step
from tui import errands, facts, plan_forms, plan_times, replay, selectors
from tui.explain import dead_end_page, shell, step_page, step_summary
from tui.look import BLOCKER, WARNING, Spans, verdict_sign
from tui.messages import PlanAsked
from tui.plan_pages import aside, document, nothing_page, risks_page, unknowns_page, verdict, verdict_page
from tui.plan_rows import ALTERNATIVE_COLUMNS, STEP_COLUMNS, step_cells, way_cells
from tui.prose import GAP, Page, heading, para, source_lines
from tui.screens.tabbed import Tabbed
from tui.state import AppState, Job
from tui.timeline_calendar import strange_items, strange_patterns
from tui.widgets.banner import Banner
from tui.widgets.ladder import ladder
from tui.widgets.page_view import PageView
from tui.widgets.split import Split
from tui.widgets.virtual_table import VirtualTable

DOCUMENT = 4
"""Place of the tab with the document."""


class StepTable(VirtualTable):
    """Where enter leads to the walk."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Walk", id="plan.walk", tooltip="walk this plan, step by step"),
    ]


class PlanScreen(Tabbed):
    """The plan on the table: made now, or opened from a file."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "view", "Step", show=False, id="plan.view", tooltip="the highlighted step in full"),
        Binding("g", "goal", "Goal", id="plan.goal", tooltip="another goal for this cluster"),
        Binding("c", "calendar", "Calendar", show=False, id="plan.calendar", tooltip="windows and freezes from a file"),
        Binding("e", "export", "Save as", id="plan.export", tooltip="save the plan as Markdown"),
        Binding("E", "forms", "Other forms", show=False, id="plan.forms", tooltip="save as calendar, page or ticket"),
        Binding("d", "drift", "Drift", id="plan.drift", tooltip="compare the plan with the facts of now"),
        Binding("r", "again", "Refresh", show=False, id="plan.again", tooltip="read the cluster and plan again"),
        Binding("z", "zoom", "Enlarge", show=False, id="plan.zoom", tooltip="hide or show what stands under the steps"),
        Binding("o", "portal", "Portal", show=False, id="plan.portal", tooltip="open the cluster in the Azure portal"),
        Binding("u", "scope", "Support scope", show=False, id="plan.scope", tooltip="what Microsoft supports"),
    ]
    panel_opens_itself = True
    HELP_TITLE = "Plan"
    HELP_TEXT = "The steps to the goal, other ways, risks, what is not known, and the document."
    hint_order = ("open", "turn(1)", "export", "goal", "drift", "why", "help", "back")
    tabs = ("Steps", "Alternatives", "Risks", "Unknowns", "Document")

    @property
    def job(self) -> Job | None:
        """What is on the table."""
        return self.state.job

    @property
    def plan(self) -> Plan | None:
        """The plan, once there is one."""
        return self.job.plan if self.job else None

    # -- drawing

    def body(self) -> Iterator[Widget]:
        """When it has to begin, over the tabs."""
        yield Banner(id="times")
        yield from super().body()

    def show(self, state: AppState) -> None:
        """The verdict, what has ended, the tab."""
        job, plan = state.job, self.plan
        if job is None:
            return
        if plan is None:
            self._show_without(job)
            return
        judged = verdict(plan, self.look.sign(verdict_sign(plan.verdict)), job.notes)
        self.say(self._title(plan), (*replay.mark(replay.replayed(state)), *judged), aside(job))
        self.warn(replay.banner(state, self.look))
        self.query_one("#times", Banner).show(plan_times.begins(plan, self.look), plan_times.takes(plan))
        self.redraw()

    def _title(self, plan: Plan) -> Spans:
        way = f"   {plan.subject.version} → {plan.goal_version or '?'}"
        goal = f"  goal {plan.goal}" if plan.goal != plan.goal_version else ""
        start = self.crumbs("Saved plan" if self.job and self.job.opened else "Fleet", plan.subject.name)
        return (*start, (way, "accent"), (goal, "muted"))

    def _show_without(self, job: Job) -> None:
        """Still waiting, or failed, or a document whose data cannot be used: then its text."""
        self.query_one("#times", Banner).show(())
        if job.text:
            problems = " ".join(job.notes)
            self.say(
                self.crumbs("Saved plan", job.name),
                ((f"{self.look.sign(WARNING)} For reading only. ", "warning"), (problems, "")),
            )
            if self.current != DOCUMENT:
                self.call_later(self._turn_to, DOCUMENT)
            self.redraw()
            return
        if job.failure is not None:
            words: Spans = ((f"{self.look.sign(BLOCKER)} {job.failure.what}: ", "bad"), (job.failure.why, ""))
        else:
            words = ((f"Planning {job.name}: {job.busy} …", "accent"),)
        self.say((("Plan  ", "strong"), (job.name, "")), words)

    def aside(self) -> tuple[Spans, ...]:
        """For a saved plan with the ages of facts and catalog on that day, where there is room."""
        seen, as_of = replay.replayed(self.state), self.state.as_of
        if seen is None or as_of is None:
            return super().aside()
        return selectors.aside(self.state, *replay.moments(seen, as_of))

    def counts(self) -> tuple[int | None, ...]:
        """Steps, ways, risks, unknowns."""
        plan = self.plan
        if plan is None:
            return ()
        return (len(plan.steps), len(plan.alternatives), len(plan.risks), len(plan.unknowns), None)

    def tab(self, place: int) -> Widget:
        """A table over a page, or a page."""
        if place == 0:
            return Split(StepTable(STEP_COLUMNS))
        return Split(VirtualTable(ALTERNATIVE_COLUMNS)) if place == 1 else PageView()

    def fill(self, place: int) -> None:
        """Draw a tab."""
        plan, job = self.plan, self.job
        content = self.query_one(f"#tab-{place}")
        if plan is None:
            page = source_lines(job.text) if job and job.text and place == DOCUMENT else ()
            if isinstance(content, Split):
                content.only_page(page)
            elif isinstance(content, PageView):
                content.show(page, top=False)
        elif isinstance(content, Split):
            self._fill_split(content, plan, place)
        elif isinstance(content, PageView):
            content.show(self._page(plan, place), top=False)

    def _page(self, plan: Plan, place: int) -> Page:
        if place == 2:
            return risks_page(plan)
        if place == 3:
            strange = () if self.job and self.job.opened else strange_patterns(self.state)
            changes = replay.changes_page(replay.replayed(self.state))
            return (*changes, *strange_items(strange, self.look), *unknowns_page(plan, self.state.catalog))
        return source_lines(self.job.text if self.job and self.job.text else document(plan))

    def _fill_split(self, content: Split, plan: Plan, place: int) -> None:
        if place == 0 and (plan.dead_end is not None or not plan.steps):
            content.only_page(dead_end_page(plan.dead_end, self.look) if plan.dead_end else nothing_page(plan))
        elif place == 0:
            steps = {step.id: step for step in plan.steps}
            content.show(list(steps), lambda key: step_cells(steps[key]))
            self._describe(content)
        elif plan.alternatives:
            ways = {str(number): way for number, way in enumerate(plan.alternatives)}
            content.show(list(ways), lambda key: way_cells(ways[key]))
            self._describe(content)
        else:
            content.only_page((para(("There is no other way to compare.", "muted")),))

    @on(VirtualTable.RowHighlighted)
    def _highlighted(self) -> None:
        content = self.query_one(f"#tab-{self.current}")
        if isinstance(content, Split) and self.plan is not None:
            self._describe(content)
        self.follow_why()

    def _describe(self, content: Split) -> None:
        plan = self.plan
        step = self._step()
        if plan is None:
            return
        if self.current == 0 and step is not None:
            stage = dict(self.job.walked).get(step.id) if self.job else None
            walked = (para(("walked: ", "muted"), (stage, "strong")),) if stage else ()
            first, *rest = step_summary(step)
            times = plan_times.of_step(step, plan)
            content.describe((*walked, first, *((para(*times),) if times else ()), *rest))
        elif self.current == 1 and content.table.key:
            way = plan.alternatives[int(content.table.key)]
            path = (plan.path[0], *way.moves)
            drawn = ladder(path, self.look, goal="goal") if way.moves else (para(way.note),)
            content.describe((heading(way.label), *drawn))

    def _step(self) -> Step | None:
        content = self.query(f"#tab-{self.current}")
        split = content.first() if content else None
        if self.plan is None or self.current != 0 or not isinstance(split, Split):
            return None
        return next((step for step in self.plan.steps if step.id == split.table.key), None)

    def why(self) -> Page:
        """The highlighted step in full, or the verdict with what it rests on."""
        plan, step = self.plan, self._step()
        if plan is None:
            return ()
        catalog = self.state.catalog
        if step is not None and plan.dead_end is None:
            return step_page(step, plan.risks, catalog, self.job.ticks if self.job else frozenset())
        return verdict_page(plan)

    def beside(self) -> Page:
        """The whole ladder over the highlighted step."""
        plan = self.plan
        if plan is None or plan.dead_end is not None:
            return self.why()
        drawn = ladder(plan.path, self.look, goal="goal", here=step.id if (step := self._step()) else "")
        return (heading(facts.path_title(plan)), *drawn, GAP, *self.why())

    def copies(self) -> list[tuple[str, str]]:
        """The command of the step, the plan's document, the evidence."""
        plan, step = self.plan, self._step()
        if plan is None:
            return []
        commands = [(command.purpose, shell(command.argv)) for command in step.commands] if step else []
        name = "evidence of the dead end" if plan.dead_end else "document"
        return [*commands, (name, document(plan)), ("cluster name", plan.subject.name), ("ARM id", plan.subject.id)]

    def copied(self, name: str, text: str) -> None:
        """Commands are in the command log too."""
        super().copied(name, text)
        step = self._step()
        if step is not None and name in [command.purpose for command in step.commands]:
            self.planner.requests.command(text)

    # -- keys

    @on(VirtualTable.RowOpened)
    def _opened(self, event: VirtualTable.RowOpened) -> None:
        if isinstance(event.table, StepTable):
            errands.walk_plan(self.planner)
        else:
            self.action_view()

    def action_view(self) -> None:
        """The step in full."""
        from tui.screens.why import WhyScreen

        page = self.why()
        if page:
            self.app.push_screen(WhyScreen(page, "Step" if self._step() else "Plan"))

    def action_goal(self) -> None:
        """Another goal."""
        if self.job and not self.job.opened:
            errands.ask_goal(self.planner, self.job.key, self.job.goal)
        else:
            self.notify(errands.OPENED, markup=False)

    def action_calendar(self) -> None:
        """Windows and freezes."""
        errands.ask_calendar(self.planner, opened=self.job is not None and bool(self.job.opened))

    def action_again(self) -> None:
        """Read and plan again."""
        if self.job and not self.job.opened:
            self.post_message(PlanAsked(self.job.key, self.job.goal))

    def action_export(self) -> None:
        """Save the plan as Markdown."""
        plan_forms.save_markdown(self.planner)

    def action_forms(self) -> None:
        """Save the plan in another form."""
        plan_forms.choose_form(self.planner)

    def action_drift(self) -> None:
        """What has become of the plan by the facts of now."""
        errands.compare_plan(self.planner)

    def action_zoom(self) -> None:
        """More room for the list."""
        content = self.query_one(f"#tab-{self.current}")
        if isinstance(content, Split):
            content.toggle_class("-zoomed")

    def action_portal(self) -> None:
        """Open the cluster in the portal."""
        if self.plan:
            errands.open_portal_of(self.planner, self.plan.subject.id)

    def action_scope(self) -> None:
        """What Microsoft supports."""
        errands.show_scope(self.planner)
