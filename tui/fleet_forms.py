"""What is asked and saved around a plan of instances: goal, calendar, document, other forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui import saving
from tui.errands import OPENED
from tui.messages import FleetPlanAsked, FleetPlanSaved
from tui.saving import Forms, is_savable, save_document

if TYPE_CHECKING:
    from planner.fleetplan import FleetPlan
    from tui.app import PlannerApp

FORMS: Final[Forms] = {
    "calendar": (".ics", "planned times and deadlines, for a calendar"),
    "page": (".html", "the document as a page for printing"),
}


def ask_goal(app: PlannerApp) -> None:
    """Type another goal; it is checked while it is typed."""
    job, catalog = app.state.fleet_job, app.state.catalog
    if job is None or job.opened or catalog is None:
        app.notify(OPENED, markup=False)
        return
    from planner.goals import GoalError, parse_goal
    from tui.screens.ask import AskScreen

    def problem(text: str) -> str:
        try:
            parse_goal(text, catalog)
        except GoalError as error:
            return str(error)
        return ""

    def chosen(goal: str | None) -> None:
        if goal:
            app.post_message(FleetPlanAsked(job.keys, goal))

    text = "latest, supported, os-patch, a minor such as 1.32, a version such as 1.32.9, or an Azure Local release such as 2510."
    app.push_screen(AskScreen("Goal", text, job.goal, problem, "supported"), chosen)


def save_markdown(app: PlannerApp) -> None:
    """Save the document: the form that is signed and read back."""
    plan = _plan(app)
    if plan is not None:
        from tui.fleet_plan_pages import document

        save_document(app, file_name(plan), lambda: document(plan), FleetPlanSaved)


def choose_form(app: PlannerApp) -> None:
    """Choose another form, then save it."""
    plan = _plan(app)
    if plan is not None:
        saving.choose_form(app, FORMS, file_name(plan), lambda form: render_form(form, plan))


def render_form(form: str, plan: FleetPlan) -> bytes:
    """The content of a file in one of FORMS."""
    if form == "calendar":
        from planner.documents.fleetcalendar import render_fleet_calendar

        return render_fleet_calendar(plan)
    from planner.documents.page import render_page

    return render_page(plan).encode()


def file_name(plan: FleetPlan) -> str:
    """The name a plan is saved under unless the operator says otherwise."""
    from planner.files import safe_name

    first = plan.instances[0].name if len(plan.instances) == 1 else f"{len(plan.instances)}-instances"
    return safe_name(f"{first[:50]}-{plan.goal}", "\n".join(one.id for one in plan.instances), ".md")


def _plan(app: PlannerApp) -> FleetPlan | None:
    """The plan on the table, or why there is none to save."""
    job = app.state.fleet_job
    edited = job is not None and bool(job.opened and job.notes)
    return job.plan if is_savable(app, there=job is not None and job.plan is not None, edited=edited) and job else None
