"""What the Plan screen says of a plan as a whole: verdict, risks, unknowns, the document. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from planner.catalog import Catalog
from planner.goals import in_words
from planner.plan import Plan
from tui import plan_times
from tui.explain import dispute_items, risk_items
from tui.look import UNKNOWN, Spans, verdict_sign
from tui.prose import GAP, Item, Page, bullet, field, heading, para
from tui.state import Job


def verdict(plan: Plan, sign: str, notes: Sequence[str]) -> Spans:
    """The verdict in a sentence, with what must be known about how the plan came to be."""
    tone = verdict_sign(plan.verdict).tone
    because = f"there is no compliant path to {in_words(plan.goal)}." if plan.dead_end else plan_times.because(plan)
    if plan.dead_end and not plan.dead_end.by_rule:
        because = f"nobody can tell a path to {in_words(plan.goal)}; knowledge is missing."
    return ((f"{sign} {plan.verdict}: ", tone), (because, ""), *((f" {note}", "warning") for note in notes))


def nothing_page(plan: Plan) -> Page:
    """There is nothing to do."""
    return (para((plan.verdict_because, "good")), GAP, para(("g chooses another goal.", "muted")))


def verdict_page(plan: Plan) -> Page:
    """The verdict with what it rests on."""
    page: list[Item] = [heading(plan.title), field("verdict", str(plan.verdict)), para(plan.verdict_because)]
    page += [GAP, heading("What must not be done"), *(bullet(text) for text in plan.must_not)]
    page += [GAP, heading("Facts"), *(field(fact.fact, fact.value, width=28) for fact in plan.subject.facts)]
    page += [GAP, heading("Sources"), *(bullet((key, "strong"), f"  {text}") for key, text in plan.sources)]
    return tuple(page)


def risks_page(plan: Plan) -> Page:
    """Known issues."""
    if not plan.risks:
        return (para(("No known issue touches these moves.", "good")),)
    items = [item for risk in plan.risks for item in (*risk_items(risk), GAP)]
    return (
        para(("Known issues that touch these moves. An open one has to be ruled out by a person.", "muted")),
        GAP,
        *items,
    )


def unknowns_page(plan: Plan, catalog: Catalog | None) -> Page:
    """What is not known, and where documents disagree."""
    page = [bullet(text, sign=(UNKNOWN.glyph, UNKNOWN.tone)) for text in plan.unknowns]
    page = page or [para(("Nothing this plan rests on is unknown.", "good"))]
    return (*page, *dispute_items(plan.disputes, catalog))


def document(plan: Plan) -> str:
    """The plan as its document."""
    from planner.documents.markdown import render

    return render(plan)


def aside(job: Job) -> Spans:
    """What goes on, or that the plan was saved."""
    if job.busy:
        return ((job.busy, "accent"),)
    return (("saved", "good"),) if job.saved else ()
