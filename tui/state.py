"""The one state of the app and its transitions: values and pure functions, no Textual.

Only `PlannerApp` assigns the state; screens watch it. Screens ask for changes with messages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from planner.ports import Progress, SourceError
from tui.look import SOON
from tui.query import Row

if TYPE_CHECKING:
    from planner.catalog import Catalog
    from planner.documents.readback import Document
    from planner.inventory import Inventory
    from planner.plan import Plan
    from planner.schedule.calendar import Calendar
    from planner.states import SupportState
    from tui.fleet_job import FleetJob
    from tui.lens import Lens
    from tui.open_walk import OpenWalk


class Phase(StrEnum):
    """How far the reading of the fleet is."""

    WAITING = "waiting"
    LOADING = "loading"
    READY = "ready"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Failure:
    """What failed, why, and what to do next."""

    what: str
    why: str
    cure: str
    exit_code: int = 1

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """The failure behind an exception; only the kind of an unforeseen one is told, never its data."""
        if isinstance(error, SourceError):
            return cls(error.what, error.why, error.cure, error.exit_code)
        if isinstance(error, OSError):
            return cls("a file could not be used", error.strerror or type(error).__name__, "Choose another place.", 2)
        if isinstance(error, ValueError):
            return cls("a value could not be used", str(error), "Correct it and try again.", 2)
        return cls("arcstep made a mistake", f"{type(error).__name__} was raised.", "Please report it.", 1)


@dataclass(frozen=True, slots=True)
class Totals:
    """The fleet in numbers. `read` counts clusters without a gap; `expected` what Azure said there are."""

    states: Mapping[SupportState, int] = field(default_factory=dict)
    ends_soon: int = 0
    """Supported now, but an end is within the next 45 days."""
    clusters: int = 0
    instances: int = 0
    read: int = 0
    expected: int = 0
    gaps: int = 0
    """Facts that could not be read and belong to no cluster: of instances, version lists, subscriptions."""

    def of(self, state: SupportState) -> int:
        """How many clusters are in this state."""
        return self.states.get(state, 0)

    @property
    def is_partial(self) -> bool:
        """Something that should have been read was not."""
        return self.read < self.expected


@dataclass(frozen=True, eq=False, repr=False)
class Job:
    """The plan on the table: for which cluster and goal, and how far it is."""

    key: str
    goal: str
    name: str
    busy: str = ""
    """What is going on, in words; "" when settled."""
    plan: Plan | None = None
    notes: tuple[str, ...] = ()
    """What the operator must know about how this plan came to be, such as facts that could not be read again."""
    failure: Failure | None = None
    saved: str = ""
    """Where it was saved last; "" = not yet."""
    opened: str = ""
    """The file it was opened from; "" = made now."""
    ticks: frozenset[str] = frozenset()
    """Ids of ticked checks of an opened document."""
    text: str = ""
    """The opened document as it was read."""
    walked: tuple[tuple[str, str], ...] = ()
    """How far each step of an opened plan was walked, as its journal tells: (step, stage); empty where it was not."""


@dataclass(frozen=True, eq=False, repr=False)
class AppState:
    """Everything the screens show. Compared by identity: each transition makes a new one."""

    label: str = ""
    """Which kind of source, in a word."""
    now: datetime | None = None
    """The moment ages are counted to; the clock for a live source, else the moment of the facts."""
    as_of: datetime | None = None
    """The moment all judgements refer to; None until known."""
    phase: Phase = Phase.WAITING
    progress: Progress | None = None
    failure: Failure | None = None
    inventory: Inventory | None = None
    lens: Lens | None = None
    catalog: Catalog | None = None
    """The knowledge, once loaded; also without an inventory, for an opened plan."""
    rows: tuple[Row, ...] = ()
    """Worst first."""
    totals: Totals = Totals()
    marks: frozenset[str] = frozenset()
    reading: frozenset[str] = frozenset()
    """Keys of the clusters being read again."""
    job: Job | None = None
    fleet_job: FleetJob | None = None
    """The plan of instances on the table."""
    calendar: Calendar | None = None
    """What plans keep to, with the runs of this site; None = any time."""
    calendar_file: str = ""
    """Where it was read; "" = none was given."""
    may_upgrade: bool = False
    """Upgrades were allowed at the start; whether a source can make them is its own affair."""
    walk: OpenWalk | None = None


def without_facts(state: AppState) -> AppState:
    """Another source is gone to: nothing of the last one stays but what does not come from it."""
    return AppState(
        catalog=state.catalog,
        may_upgrade=state.may_upgrade,
        calendar=state.calendar,
        calendar_file=state.calendar_file,
    )


def loading(state: AppState) -> AppState:
    """A reading of the whole fleet begins; what is on screen stays until new rows arrive."""
    return replace(state, phase=Phase.LOADING, progress=None, failure=None)


def progressed(state: AppState, progress: Progress) -> AppState:
    """The reading came further."""
    return replace(state, progress=progress)


def judged(state: AppState, lens: Lens, rows: Sequence[Row], *, done: bool) -> AppState:
    """Facts and their judgement arrived; `done` = the whole reading, else the part read so far."""
    inventory = lens.judge.inventory
    return replace(
        state,
        as_of=lens.judge.as_of,
        inventory=inventory,
        lens=lens,
        catalog=lens.catalog,
        rows=tuple(rows),
        totals=count_totals(rows, inventory, lens.judge.as_of.date()),
        marks=frozenset(key for key in state.marks if key in inventory.by_key) if done else state.marks,
        phase=Phase.READY if done else state.phase,
        progress=None if done else state.progress,
    )


def failed(state: AppState, failure: Failure) -> AppState:
    """The reading failed as a whole; rows of an earlier one stay on screen, marked by the failure."""
    return replace(state, phase=Phase.FAILED, failure=failure, progress=None)


def cancelled(state: AppState) -> AppState:
    """The operator stopped the reading; what arrived until then stays and is called partial."""
    return replace(state, phase=Phase.CANCELLED, progress=None)


def count_totals(rows: Sequence[Row], inventory: Inventory, as_of: date) -> Totals:
    """The numbers of the first lines."""
    states: dict[SupportState, int] = {}
    soon = missing = 0
    for row in rows:
        states[row.state] = states.get(row.state, 0) + 1
        missing += bool(row.missing)
        days = row.days(as_of)
        soon += str(row.state) in _STILL_SUPPORTED and days is not None and days <= SOON
    return Totals(
        states=states,
        ends_soon=soon,
        clusters=len(rows),
        instances=len(inventory.instances),
        read=len(rows) - missing,
        expected=max(inventory.expected or 0, len(rows)),
        gaps=sum(gap.subject.casefold() not in inventory.by_key for gap in inventory.unread),
    )


_STILL_SUPPORTED = ("supported", "grace", "patch outdated")


def mark(state: AppState, keys: Sequence[str]) -> AppState:
    """Mark these rows, or unmark them where all of them are marked already."""
    chosen = frozenset(keys)
    return replace(state, marks=state.marks - chosen if chosen <= state.marks else state.marks | chosen)


def reading(state: AppState, keys: frozenset[str]) -> AppState:
    """These clusters are being read again."""
    return replace(state, reading=keys)


def job_begun(state: AppState, key: str, goal: str, busy: str) -> AppState:
    """A plan was asked for."""
    cluster = state.inventory.by_key.get(key) if state.inventory else None
    return replace(state, job=Job(key, goal, cluster.name if cluster else key, busy=busy))


def job_opening(state: AppState) -> AppState:
    """A saved plan is being opened."""
    return replace(state, label="saved plan", job=Job("", "", "", busy="opening it", opened="file"))


def job_opened(state: AppState, document: Document, walked: tuple[tuple[str, str], ...] = ()) -> AppState:
    """A saved plan was read; what is wrong with it is said, its data is what counts. `walked` is what its journal tells."""
    plan = document.plan
    job = Job(
        key=plan.subject.id.casefold() if plan else "",
        goal=plan.goal if plan else "",
        name=plan.subject.name if plan else document.name,
        plan=plan,
        notes=document.problems,
        opened=document.name,
        ticks=frozenset(item for item, tick in document.ticks.items() if tick.done),
        text=document.text,
        walked=walked,
    )
    asked = state.as_of if document.executable else None
    return replace(state, job=job, as_of=(asked or plan.as_of) if plan else None)


def job_failed(state: AppState, failure: Failure) -> AppState:
    """There is no plan to show."""
    job = state.job or Job("", "", "")
    return replace(state, failure=failure, job=replace(job, busy="", failure=failure))


def planned(state: AppState, notes: Sequence[str] = ()) -> AppState:
    """The plan of the job on the table, from the facts there are now, or the reason why there is none."""
    job = state.job
    if job is None:
        return state
    cluster = state.inventory.by_key.get(job.key) if state.inventory else None
    if state.lens is None or cluster is None:
        failure = Failure(
            "nothing to plan", "The cluster is no longer in what was read.", "R reads the fleet again.", 3
        )
        return replace(state, job=replace(job, busy="", plan=None, failure=failure))
    try:
        plan = state.lens.plan(cluster, job.goal, state.calendar)
    except ValueError as error:
        failure = Failure("this goal cannot be planned", str(error), "g chooses another goal.", 2)
        return replace(state, job=replace(job, busy="", plan=None, failure=failure))
    return replace(state, job=replace(job, busy="", plan=plan, notes=tuple(notes), failure=None))


def job_saved(state: AppState, where: str) -> AppState:
    """The plan was written."""
    return replace(state, job=replace(state.job, saved=where)) if state.job else state


def exit_code(state: AppState) -> int:
    """How arcstep ends: 0, or what made it show nothing at all."""
    nothing = state.inventory is None and (state.job is None or state.job.plan is None)
    return state.failure.exit_code if state.failure and nothing else 0
