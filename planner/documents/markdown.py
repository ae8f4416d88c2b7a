"""The plan document: one markdown file that people sign and the program reads back.

Front matter holds the headline, prose is generated from the plan, and a sealed data block at the end is what counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from planner.documents import carrying, driftsection, fleetdoc, sections, stepsection, summary
from planner.documents.datablock import BlockError, read_block, render_block, sealed, split
from planner.documents.kinds import AnyPlan
from planner.documents.readback import (
    Document,
    Tick,
    differences,
    prose_digest,
    read_ticks,
    without_front_matter,
)
from planner.documents.timing import schedule
from planner.fleetplan import FleetPlan
from planner.plan import Plan
from planner.ports import SourceError

__all__ = ["LARGEST_DOCUMENT", "Document", "Tick", "carried", "read", "render"]

LARGEST_DOCUMENT: Final = 16 * 1024 * 1024
"""In characters; a plan of one cluster needs well under a hundred thousand, one of instances some thousand a step."""
_UNTOUCHED: Final[Mapping[str, Tick]] = MappingProxyType({})


def render(plan: AnyPlan, ticks: Mapping[str, Tick] = _UNTOUCHED) -> str:
    """The document of a plan, with boxes ticked and notes written on them by item id.

    The same plan gives the same text, on any machine and at any time. Ticks and notes stand outside digest and seal.
    Raises SourceError (exit 2) for a plan so large that nobody could read its document back.
    """
    data, digest = sealed(plan)
    prose = _prose(plan)
    seal = prose_digest("\n".join(prose))
    written = [carrying.ticked(line, ticks) for line in prose]
    lines = ["---", *_headline(plan, digest), "---", "", *written, *render_block(plan, data, digest, seal), ""]
    text = "\n".join(lines)
    if len(text) > LARGEST_DOCUMENT:
        why = f"with {len(plan.steps):,} steps it would have {len(text):,} characters, more than is read back."
        raise SourceError("The plan does not fit into a document", why, "Plan fewer instances at a time.", 2)
    return text


def carried(document: Document, anew: Plan) -> dict[str, Tick]:
    """What people ticked and wrote in a document that holds for the next revision of its plan too; for `render`."""
    if document.plan is None:
        return {}
    return carrying.carried(document.ticks, _prose(document.plan), _prose(anew), anew)


def read(text: str, name: str) -> Document:
    """A document read back: the plan from its data block, boxes and notes from its text, and what is wrong with it.

    Raises SourceError (exit 2) only for a text too large to be a plan; everything else is a sentence in `problems`.
    """
    if len(text) > LARGEST_DOCUMENT:
        why = f"it has {len(text):,} characters, more than any plan ({LARGEST_DOCUMENT:,})."
        raise SourceError(f"{name} cannot be read as a plan", why, "Give the file arcstep plan wrote.", 2)
    unified = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").replace("\r\n", "\n").replace("\r", "\n")
    prose, block_text = split(unified)
    headline, prose = without_front_matter(prose)
    ticks, problems = read_ticks(prose)
    if block_text is None:
        missing = "It has no data block: it was not made by arcstep, is cut off, or its comments were taken out."
        return Document(name, unified, None, ticks, (missing, *problems))
    try:
        block = read_block(block_text)
    except BlockError as error:
        return Document(name, unified, None, ticks, (str(error), *problems))
    problems = [*block.problems, *problems]
    if prose_digest(prose) != block.prose_digest:
        edits = differences(prose, "\n".join(_prose(block.plan)))
        problems += ["The text was edited by hand; only the data counts.", *edits]
    problems += _headline_problems(headline, block.plan, block.digest)
    if isinstance(block.plan, FleetPlan):
        return Document(name, unified, None, ticks, tuple(problems), block.plan)
    return Document(name, unified, block.plan, ticks, tuple(problems))


def _headline_problems(headline: dict[str, str], plan: AnyPlan, digest: str) -> list[str]:
    """Keys of ours that say something else; a wiki may add its own, or drop them all."""
    wanted, _ = without_front_matter("\n".join(("---", *_headline(plan, digest), "---")))
    changed = [key for key, value in wanted.items() if headline.get(key, value) != value]
    return [f"The headline was edited by hand: {', '.join(changed)}."] if changed else []


def _headline(plan: AnyPlan, digest: str) -> list[str]:
    pairs = fleetdoc.front_matter(plan, digest) if isinstance(plan, FleetPlan) else summary.front_matter(plan, digest)
    return [f"{key}: {value}" for key, value in pairs]


def _prose(plan: AnyPlan) -> list[str]:
    return [*(fleetdoc.sections_of(plan) if isinstance(plan, FleetPlan) else _sections_of(plan)), *_ABOUT_DATA]


def _sections_of(plan: Plan) -> list[str]:
    """All sections in order; those that have nothing to say are left out."""
    return [
        *summary.head(plan),
        *sections.justification(plan),
        *sections.current_state(plan),
        *sections.path(plan),
        *sections.risks(plan),
        *stepsection.preflight(plan),
        *stepsection.implementation(plan),
        *stepsection.acceptance(plan),
        *sections.backout(plan),
        *schedule(plan),
        *sections.approvals(plan),
        *sections.sources(plan),
        *driftsection.history(plan),
    ]


_ABOUT_DATA: Final = (
    "## Data",
    "",
    "The text above was generated from this block, and only this block counts. Ticks and notes live in the text; "
    "change nothing here.",
    "",
)
