"""Saving a plan: as the document that is signed and read back, or in another form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.message import Message

    from tui.app import PlannerApp

Forms = Mapping[str, tuple[str, str]]
"""For each form the ending of its file, and what it is."""


def save_document(app: PlannerApp, name: str, make: Callable[[], str], kept: Callable[[str], Message]) -> None:
    """Ask where, write it there, and tell the app with the message `kept` makes of the place."""
    from tui.screens.save_as import SaveScreen

    def saved(where: str | None) -> None:
        if where:
            app.post_message(kept(where))
            app.notify(f"Plan saved: {where}", markup=False)

    app.push_screen(SaveScreen("plan", name, lambda: make().encode()), saved)


def choose_form(app: PlannerApp, forms: Forms, name: str, render: Callable[[str], bytes]) -> None:
    """Choose another form, then save it; `name` is that of the document."""
    from tui.screens.choose import ChooseScreen
    from tui.screens.save_as import SaveScreen

    def chosen(form: str | None) -> None:
        if not form:
            return

        def saved(where: str | None) -> None:
            if where:
                app.notify(f"Saved as {form}: {where}", markup=False)

        app.push_screen(SaveScreen(form, name.removesuffix(".md") + forms[form][0], lambda: render(form)), saved)

    choices = [(form, f"{what} ({ending})") for form, (ending, what) in forms.items()]
    app.push_screen(ChooseScreen("Save the plan as", choices), chosen)


def is_savable(app: PlannerApp, *, there: bool, edited: bool) -> bool:
    """Whether the plan on the table can be saved; why not is said. Saving what was changed by hand would seal the change."""
    if not there:
        app.notify("There is no plan to save yet.", markup=False)
    elif edited:
        app.notify("This document is not as it was made, and nothing is based on it. Make the plan anew.", markup=False)
    return there and not edited
