"""Saving the plan on the table: the document, and what can be made of it for a calendar, for paper, for a change board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui import saving
from tui.messages import PlanSaved
from tui.saving import Forms, is_savable, save_document

if TYPE_CHECKING:
    from planner.plan import Plan
    from tui.app import PlannerApp

FORMS: Final[Forms] = {
    "calendar": (".ics", "the dates of the plan, for a calendar"),
    "page": (".html", "the document as a page for printing"),
    "ticket": (".json", "the fields of a change ticket"),
}


def save_markdown(app: PlannerApp) -> None:
    """Save the document: the form that is signed, read back and walked."""
    plan = _plan(app)
    if plan is not None:
        from planner.files import plan_file_name
        from tui.plan_pages import document

        save_document(app, plan_file_name(plan), lambda: document(plan), PlanSaved)


def choose_form(app: PlannerApp) -> None:
    """Choose another form, then save it."""
    plan = _plan(app)
    if plan is not None:
        from planner.files import plan_file_name

        saving.choose_form(app, FORMS, plan_file_name(plan), lambda form: render_form(form, plan))


def render_form(form: str, plan: Plan) -> bytes:
    """The content of a file in one of FORMS."""
    if form == "calendar":
        from planner.documents.calendar import render_calendar

        return render_calendar(plan)
    if form == "page":
        from planner.documents.page import render_page

        return render_page(plan).encode()
    from planner.documents.ticket import render_ticket

    return render_ticket(plan).encode()


def _plan(app: PlannerApp) -> Plan | None:
    """The plan on the table, or why there is none to save."""
    job = app.state.job
    edited = job is not None and bool(job.opened and job.notes)
    return job.plan if is_savable(app, there=job is not None and job.plan is not None, edited=edited) and job else None
