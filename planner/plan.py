"""The plan as a value: steps, checks, gates, alternatives, the dead end, and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from planner.acceptance import Acceptance
from planner.awaited import Awaited
from planner.bands import Band
from planner.findings import Evidence, Finding, Owner, Verdict
from planner.search import Numbers
from planner.timing import Timing

PLAN_SCHEMA = 1


class StepKind(StrEnum):
    """What a step changes."""

    REPAIR = "repair"
    KUBERNETES = "kubernetes"
    RELEASE = "release"
    NEIGHBOUR = "neighbour"
    OS_PATCH = "os-patch"
    DECIDE = "decide"
    """A person decides about a cluster that cannot be saved, before an update."""


class Reversibility(StrEnum):
    """Whether a step can be undone."""

    REVERSIBLE = "reversible"
    FORWARD_ONLY = "forward only"
    REBUILD_ONLY = "rebuild only"


class Proof(StrEnum):
    """What arcstep itself looks at to tick a check; a check without one is a person's."""

    BY_HAND = ""
    FRESH = "fresh"
    CONNECTED = "connected"
    OFFERED = "offered"
    SETTLED = "settled"
    IMAGE = "image"
    ALONE = "alone"
    REPORTED = "reported"
    ROLLED = "rolled"
    GATES = "gates"
    """Every step before this one is done; the walk knows that by itself."""
    RELEASE = "release"
    LISTED = "listed"
    NEIGHBOUR = "neighbour"


@dataclass(frozen=True, slots=True)
class Check:
    """One line with a tick box. `manual` = a person has to look; otherwise arcstep reads it."""

    id: str
    """Such as S01.2 (step) or PRE.3 (pre-flight); found again by this id."""
    text: str
    manual: bool
    rules: tuple[str, ...] = ()
    proof: Proof = Proof.BY_HAND
    """How a walk ticks it; BY_HAND exactly where `manual` is true."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command as a list of arguments; shell text is a rendering and is never parsed back."""

    argv: tuple[str, ...]
    purpose: str


@dataclass(frozen=True, slots=True)
class RiskNote:
    """A risk as it bears on this plan."""

    id: str
    title: str
    severity: str
    state: str
    """applies, open (must be ticked) or accepted."""
    cure: str
    steps: tuple[str, ...]
    source: str
    accepted_reason: str = ""
    accepted_until: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One executable unit of a plan."""

    id: str
    """S01, S02, …"""
    kind: StepKind
    title: str
    """Such as "Kubernetes 1.29.4 → 1.30.14" or "release 2411 → 2411.2"."""
    where: str
    """Name of the cluster or instance."""
    owner: Owner
    origin: str
    target: str
    release: str
    """Release key the step is made on, or updates to."""
    purpose: str
    """Why this step, in a sentence."""
    basis: str
    """documented, observed, rule, live or catalog: how the move is known."""
    commands: tuple[Command, ...]
    expected: str
    watch: str
    before: tuple[Check, ...]
    verify: tuple[Check, ...]
    gate: str
    """The decision after it; "" where none."""
    if_wrong: tuple[tuple[str, str], ...]
    """(sign, what to do) rows."""
    reversibility: Reversibility
    risks: tuple[str, ...]
    rules: tuple[str, ...]
    sources: tuple[str, ...]
    not_before: date | None = None
    """The release is dated after as_of."""
    nodes: int | None = None
    """Of control plane and pools, where the step replaces them all; None = another kind of step, or not known."""
    duration: Band | None = None
    """How long it usually takes; None = nobody published it, and nobody measured it."""
    awaits: tuple[Awaited, ...] = ()
    """The clusters a step of kind neighbour waits for; empty for other kinds, and where an older arcstep wrote it."""

    @property
    def awaited(self) -> tuple[Awaited, ...]:
        """The clusters it waits for, whichever arcstep wrote it: an older one wrote a step for each."""
        if self.awaits or self.kind is not StepKind.NEIGHBOUR:
            return self.awaits
        return (Awaited(self.where, self.origin, self.target),)


@dataclass(frozen=True, slots=True)
class Move:
    """One move of a drawn path: the state it leads to."""

    kind: str
    """hop or release."""
    release: str
    """Release key after the move."""
    version: str
    """Kubernetes version after the move."""
    step: str = ""
    """Id of the step that makes it, in the recommended path."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way: the optimum of one component, or a rebuild."""

    label: str
    """recommended, fewest stops, fewest off-list moves, …, rebuild."""
    numbers: Numbers | None
    moves: tuple[Move, ...]
    note: str
    same_as_recommended: bool = False


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason of a dead end."""

    rules: tuple[str, ...]
    what: str
    """Which move is refused, such as "hop 1.27.9 → 1.29 on 2508"."""
    why: str
    missing: bool = False
    """True: refused because nobody knows, not because a rule forbids."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """A way out of a dead end, in rank order."""

    title: str
    how: str
    owner: Owner
    risk: str
    rules: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class DeadEnd:
    """No path, as a value. `by_rule` False = by missing knowledge (exit 3, verdict UNKNOWN)."""

    by_rule: bool
    summary: str
    causes: tuple[Cause, ...]
    """Minimal: lifting all of them, and nothing less, opens a path."""
    ways_out: tuple[WayOut, ...]


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A clock as it stood at as_of, for the document."""

    kind: str
    state: str
    ends: date | None
    latest: date | None
    rule: str
    reading: str
    source: str


@dataclass(frozen=True, slots=True)
class Subject:
    """The cluster a plan is for, and the facts it was made from (the fingerprint of drift)."""

    id: str
    name: str
    resource_group: str
    subscription: str
    instance: str
    """Name of the instance; "" where unknown."""
    instance_id: str
    release: str
    """Release key, or "unknown"."""
    build: str
    version: str
    support: str
    """Support state at as_of."""
    support_because: str
    support_ended: date | None
    """Set when a clock of support has run out: the warning in the first screen."""
    provisioning_state: str
    current_state: str
    pools: tuple[str, ...]
    """One line a pool: name, OS SKU, count, versions."""
    clocks: tuple[ClockLine, ...]
    facts: tuple[Evidence, ...]
    """Each with its original source and time."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two plans."""

    part: str
    """verdict, goal, end, step, risk or unknown."""
    kind: str
    """added, removed, changed, same or done."""
    before: str
    """"" where it was added."""
    after: str
    """"" where it was removed."""


@dataclass(frozen=True, slots=True)
class CitedRule:
    """A rule that a plan names, in words."""

    id: str
    """Such as P11 or LBL."""
    says: str
    known: str
    """stated (a document says so), derived (counted from what documents say) or assumed (by arcstep)."""
    source: str
    """Citation keys."""


@dataclass(frozen=True, slots=True)
class PastStep:
    """A step of an earlier revision that this one no longer holds."""

    id: str
    title: str
    where: str
    fate: str
    """done or superseded."""
    because: str
    """What was seen, or why it was given up."""


@dataclass(frozen=True, slots=True)
class Revision:
    """An earlier revision of a plan, as the next one remembers it."""

    number: int
    as_of: datetime
    catalog_date: date
    steps: tuple[PastStep, ...]
    changes: tuple[Change, ...]
    """What the next revision says differently."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything the document says. Same facts, same knowledge, same as_of: the same value, and the same bytes."""

    schema: int
    title: str
    goal: str
    """As asked for: latest, supported, os-patch, 1.32 or 1.32.9."""
    goal_version: str
    """What it came to; "" where nothing."""
    as_of: datetime
    catalog_date: date
    verdict: Verdict
    verdict_because: str
    subject: Subject
    path: tuple[Move, ...]
    """Starts with today's state (kind "start")."""
    numbers: Numbers | None
    steps: tuple[Step, ...]
    preflight: tuple[Check, ...]
    alternatives: tuple[Alternative, ...]
    dead_end: DeadEnd | None
    risks: tuple[RiskNote, ...]
    unknowns: tuple[str, ...]
    disputes: tuple[str, ...]
    """A line each: id, the question, and which reading was followed."""
    findings: tuple[Finding, ...]
    must_not: tuple[str, ...]
    """What must not be done, a sentence each."""
    sources: tuple[tuple[str, str], ...]
    """(citation key, full source)."""
    revision: int = 1
    outcome: str = ""
    """Where the last step leaves the cluster, and until when that is in support; "" where nothing moves."""
    accepted: tuple[Acceptance, ...] = ()
    """What named persons accepted when it was made, whether a step meets it or not."""
    history: tuple[Revision, ...] = ()
    """Earlier revisions, the oldest first; their step ids are never given to another step."""
    rules: tuple[CitedRule, ...] = ()
    """Every rule the plan names, in the order of their ids."""
    timing: Timing | None = None
    """When it is to be made; None where there is nothing to do, or it was made by an older arcstep."""

    @property
    def renews_images(self) -> bool:
        """True where no version moves and only node images are renewed."""
        return any(step.kind is StepKind.OS_PATCH for step in self.steps)
