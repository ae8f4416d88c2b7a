"""The walk that is open in this app, as the screens see it: values only, no Textual, no session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.documents.readback import Document
    from planner.durations import Run
    from planner.legs import Leg
    from planner.plan import Plan
    from planner.walk import Walk
    from tui.state import Failure


@dataclass(frozen=True, eq=False, repr=False)
class OpenWalk:
    """A walk on screen. `walk` None = it is being taken up, or `failure` says why it could not be."""

    name: str
    """Of the cluster."""
    resume: str = ""
    """How it is taken up again."""
    walk: Walk | None = None
    failure: Failure | None = None
    who: str = ""
    """As whom arcstep would upgrade; "" = it may not."""
    holder: str = ""
    """Who else holds the walk; then it is only shown here."""
    problems: tuple[str, ...] = ()
    """What is wrong with the journal."""
    trouble: str = ""
    """What could not be kept on disk just now."""
    is_rehearsal: bool = False
    """True where Azure is the emulator."""
    runs: tuple[Run, ...] = field(default=())
    """Finished upgrades of earlier walks, for the usual time."""

    @property
    def leg(self) -> Leg | None:
        """The leg whose turn it is."""
        return self.walk.leg if self.walk is not None else None

    @property
    def open_leg(self) -> Leg | None:
        """The leg of which something may be going on in Azure, whoever shows it."""
        return self.walk.open_leg if self.walk is not None else None


def refusal(plan: Plan, problems: Sequence[str], file: str, *, can_look: bool) -> Failure | None:
    """Why a plan is not walked; None where it may be. `problems` are those of its document, `file` where that lies."""
    from planner.findings import Verdict
    from tui.state import Failure

    if problems:
        return Failure("the document cannot be trusted", " ".join(problems), "Make the plan anew, then walk it.", 2)
    if plan.dead_end is not None or not plan.steps:
        why = plan.dead_end.summary if plan.dead_end is not None else "Nothing has to be done: it has no steps."
        return Failure("it has no steps to walk", why, "g on Plan chooses another goal.", 40)
    if plan.verdict in (Verdict.NO_GO, Verdict.UNKNOWN):
        cure = "Do what the first step and the risks ask for, then plan again."
        return Failure(f"its verdict is {plan.verdict}", plan.verdict_because, cure, 40)
    if not can_look:
        why = "A walk looks at the cluster as it is now, and there is no Azure here."
        return Failure(
            "a walk needs Azure", why, f"Start it with: arcstep walk {file or 'FILE'}; or rehearse: --demo.", 2
        )
    return None


def kept_stages(document: Document) -> tuple[tuple[str, str], ...]:
    """How far each step of a saved plan was walked, as its journal tells; empty where it was not. Blocks on disk."""
    from planner.documents.datablock import digest_of
    from planner.files import FileError, state_directory
    from planner.walking import as_kept

    if document.plan is None or not document.executable:
        return ()
    try:
        walk = as_kept(document.plan, digest_of(document.plan), state_directory() / "walks")
    except FileError:
        return ()  # Plans and journals says what is wrong with it
    return tuple((leg.id, str(leg.stage)) for leg in walk.legs) if walk is not None else ()


def moved(open_walk: OpenWalk, walk: Walk, trouble: str) -> OpenWalk:
    """Something happened on the walk."""
    return replace(open_walk, walk=walk, trouble=trouble)
