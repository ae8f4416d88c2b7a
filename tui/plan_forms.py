"""Saving the plan on the table: the document, and what can be made of it for a calendar, for paper, for a change board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.messages import PlanSaved

if TYPE_CHECKING:
    from planner.plan import Plan
    from tui.app import PlannerApp

FORMS: Final = {
    "calendar": (".ics", "the dates of the plan, for a calendar"),
    "page": (".html", "the document as a page for printing"),
    "ticket": (".json", "the fields of a change ticket"),
}
"""For each form the ending of its file, and what it is."""


def save_markdown(app: PlannerApp) -> None:
    """Save the document: the form that is signed, read back and walked."""
    plan = _plan(app)
    if plan is None:
        return
    from planner.files import plan_file_name
    from tui.plan_pages import document
    from tui.screens.save_as import SaveScreen

    def saved(where: str | None) -> None:
        if where:
            app.post_message(PlanSaved(where))
            app.notify(f"Plan saved: {where}", markup=False)

    app.push_screen(SaveScreen("plan", plan_file_name(plan), lambda: document(plan).encode()), saved)


def choose_form(app: PlannerApp) -> None:
    """Choose another form, then save it."""
    plan = _plan(app)
    if plan is None:
        return
    from tui.screens.choose import ChooseScreen

    def chosen(form: str | None) -> None:
        if form:
            _save_form(app, plan, form)

    choices = [(name, f"{what} ({ending})") for name, (ending, what) in FORMS.items()]
    app.push_screen(ChooseScreen("Save the plan as", choices), chosen)


def _save_form(app: PlannerApp, plan: Plan, form: str) -> None:
    from planner.files import plan_file_name
    from tui.screens.save_as import SaveScreen

    def saved(where: str | None) -> None:
        if where:
            app.notify(f"Saved as {form}: {where}", markup=False)

    name = plan_file_name(plan).removesuffix(".md") + FORMS[form][0]
    app.push_screen(SaveScreen(form, name, lambda: render_form(form, plan)), saved)


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
    """The plan on the table, or why there is none to save. Saving what was changed by hand would seal the change."""
    job = app.state.job
    if job is None or job.plan is None:
        app.notify("There is no plan to save yet.", markup=False)
        return None
    if job.opened and job.notes:
        app.notify("This document is not as it was made, and nothing is based on it. Make the plan anew.", markup=False)
        return None
    return job.plan
