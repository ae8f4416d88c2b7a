"""The verdict of a plan: GO, GO WITH RISKS, NO-GO or UNKNOWN, the sentence that says why, and where the plan ends."""

from __future__ import annotations

from planner.acceptance import POOLS_STAY
from planner.builds import build_short
from planner.caveats import missing_facts
from planner.clocks import release_ends
from planner.draft import Draft
from planner.findings import Finding, Severity, Verdict
from planner.holding import held_up
from planner.moves import MoveKind, State
from planner.openings import has_open_checks
from planner.plan import RiskNote, Step, StepKind
from planner.settled import unsettled
from planner.support import SupportState


def verdict_of(
    draft: Draft, steps: tuple[Step, ...], risks: tuple[RiskNote, ...], findings: tuple[Finding, ...]
) -> tuple[Verdict, str]:
    """GO, GO WITH RISKS, NO-GO or UNKNOWN, and the sentence that says why; the worst reason is named."""
    if draft.dead_end is not None:
        verdict = Verdict.NO_GO if draft.dead_end.by_rule else Verdict.UNKNOWN
        return verdict, draft.dead_end.summary
    if against := _against(draft, steps, risks, findings):
        return Verdict.NO_GO, against
    if unknown := _too_little(draft):
        return Verdict.UNKNOWN, unknown
    if not steps:
        return _at_rest(draft, findings)
    ends = _where_it_ends(draft)
    if draft.is_refresh:
        return Verdict.GO_WITH_RISKS, f"{_DISPUTED}{ends}"
    open_risks, reading = [note.id for note in risks if note.state == "open"], _to_be_read(steps)
    if open_risks:
        count = len(open_risks)
        what = "1 known issue may apply and has" if count == 1 else f"{count} known issues may apply and have"
        return Verdict.GO_WITH_RISKS, f"{what} to be ruled out first: see Risks.{reading}{ends}"
    if any(step.kind is StepKind.DECIDE for step in steps):
        why = f"That Windows pools stay on their version was accepted by name ({POOLS_STAY})."
        return Verdict.GO_WITH_RISKS, f"{why}{reading}{ends}"
    if any(step.kind is StepKind.NEIGHBOUR for step in steps):
        why = "Other clusters of the instance have to move before it is updated."
        return Verdict.GO_WITH_RISKS, f"{why}{reading}{ends}"
    if any(move.basis == "catalog" for move in draft.path.moves) if draft.path is not None else False:
        return Verdict.GO_WITH_RISKS, f"Offers come from the catalog and are not confirmed live.{reading}{ends}"
    if reading or ends:
        return Verdict.GO_WITH_RISKS, f"{reading}{ends}".strip()
    return Verdict.GO, "Every move is legal, offered now, and no known issue is open."


def _against(draft: Draft, steps: tuple[Step, ...], risks: tuple[RiskNote, ...], findings: tuple[Finding, ...]) -> str:
    """What forbids to begin, the worst reason first; "" where nothing does."""
    if steps and steps[0].kind is StepKind.REPAIR:
        return f"Not now: {steps[0].purpose}"
    if waits := _held_up_before(draft):
        return f"Not now: {waits}"
    blocker = next((finding for finding in findings if _blocks(finding, draft)), None)
    if blocker is not None:
        return f"{blocker.code}: {blocker.title} {blocker.cure}"
    if short := _build_short(draft):
        return f"Not now: {short}"
    if decision := _decision(steps, risks):
        return decision
    unaccepted = [note for note in risks if note.state == "applies" and note.severity == "high"]
    if not unaccepted:
        return ""
    first, more = unaccepted[0], f", and {len(unaccepted) - 1} more" if len(unaccepted) > 1 else ""
    why = f"{first.id} applies{more}: {first.title.rstrip('.')}. Cure it, or have a named person accept it, first."
    return why + _where_it_ends(draft)


def _to_be_read(steps: tuple[Step, ...]) -> str:
    """That a person has to look at something before the first update, as a sentence to be added; "" where that is not so."""
    return " Its open checks are to be looked at before the first update." if has_open_checks(steps) else ""


def _held_up_before(draft: Draft) -> str:
    """The first cluster an update waits for that cannot be changed as things are; "" where all of them can (P17)."""
    for one in draft.solution.neighbours if draft.solution is not None else ():
        if one.cluster is None or one.needed is None:
            continue
        if one.is_repair:
            return f"{one.name} has to be repaired first: nodes of it run what {one.before} strands. {one.behind}"
        trouble = unsettled(one.cluster) or held_up(one.cluster, draft.judge)
        if trouble:
            return f"{one.name} has to move first, and no hop of it may begin. {trouble}"
        if missing := missing_facts(one.cluster):
            what = ", ".join(missing)
            return (
                f"{one.name} has to move first; its {what} could not be read, so nobody can say that a hop may begin."
            )
    return ""


def _build_short(draft: Draft) -> str:
    """That the first update begins on a build the instance is not on; "" where it does, or nobody knows."""
    instance, path = draft.judge.inventory.instance_of(draft.cluster), draft.path
    first = next((move for move in path.moves if move.kind is MoveKind.RELEASE), None) if path is not None else None
    if instance is None or first is None:
        return ""
    return build_short(instance, first.origin.platform, first.target.platform, draft.judge.catalog)


def _decision(steps: tuple[Step, ...], risks: tuple[RiskNote, ...]) -> str:
    """Whose Windows pools an update leaves without a hop; "" where it does so to nobody, or a named person accepted it."""
    decisions = [step for step in steps if step.kind is StepKind.DECIDE]
    if not decisions or any(note.id == POOLS_STAY and note.state == "accepted" for note in risks):
        return ""
    more = f", and about {len(decisions) - 1} more" if len(decisions) > 1 else ""
    cure = f"Replace them, or have a named person accept {POOLS_STAY}, first."
    return f"Not now: it has to be decided about {decisions[0].where} first{more}. {decisions[0].purpose} {cure}"


def _too_little(draft: Draft) -> str:
    """What is not known of the cluster and its neighbours, so that nothing may be called safe; "" where all is."""
    solution, missing = draft.solution, missing_facts(draft.cluster)
    if missing:
        return f"{', '.join(missing)} could not be read, so nobody can say that a hop may begin."
    dark = [gate.name for gate in solution.neighbours if gate.needed is None] if solution is not None else []
    if dark:
        why = f"Too little is known of {', '.join(dark[:3])}: nobody can say what an update does to it."
        return f"{why}{_where_it_ends(draft)}"
    for doubt in solution.doubts if solution is not None else ():
        why = f"Nobody can say what the update to {doubt.before} does to {doubt.cluster.name}: {doubt.what}."
        return f"{why}{_where_it_ends(draft)}"
    return ""


_DISPUTED = (
    "Disputed (C13): newer node images by scaling were documented once and withdrawn; a named person accepted it."
)


def outcome_of(draft: Draft) -> str:
    """Where the plan ends and until when that is in support: the release's earliest dated end (P10)."""
    return _outcome(draft)[0]


def _outcome(draft: Draft) -> tuple[str, bool]:
    """The sentence, and whether the release the path ends on is in support."""
    end, catalog = _end(draft), draft.judge.catalog
    if end is None:
        return "", True
    entry = catalog.by_key.get(end.platform.key)
    where = f"Kubernetes {end.version} on Azure Local {end.platform.key}"
    if entry is None:
        return f"{where}, whose support is not known.", False
    ends, rule, _ = release_ends(catalog, entry, end.platform.line)[0]
    if ends < draft.judge.today:
        return f"{where}, which left support on {ends} ({rule}): the cluster stays out of support.", False
    return f"{where}, a release in support until {ends} ({rule}).", True


def _end(draft: Draft) -> State | None:
    if draft.is_refresh and draft.solution is not None:
        return draft.solution.standpoint.state
    return draft.path.end if draft.path is not None and draft.path.moves else None


def _where_it_ends(draft: Draft) -> str:
    """A path may reach its goal and still leave the cluster out of support: that belongs into the verdict."""
    outcome, in_support = _outcome(draft)
    return "" if in_support else f" It ends on {outcome}"


def _blocks(finding: Finding, draft: Draft) -> bool:
    """Whether a finding forbids the first step. Being stranded does not where a recovery hop was accepted."""
    recovers = draft.path is not None and any(move.recovery for move in draft.path.moves)
    return finding.severity is Severity.BLOCKER and not (recovers and finding.code == "K8S-STRAND-01")


def _at_rest(draft: Draft, findings: tuple[Finding, ...]) -> tuple[Verdict, str]:
    """No step is needed for the goal; that is only good news where the cluster is in support."""
    support = draft.judge.support(draft.cluster)
    kept_back = next((finding for finding in findings if finding.code.startswith("K8S-WIN-")), None)
    if kept_back is not None and support.state is not SupportState.SUPPORTED:
        return Verdict.NO_GO, f"No move leads further: {kept_back.title} {kept_back.cure}"
    match support.state:
        case SupportState.SUPPORTED:
            return Verdict.GO, "The goal is reached already; nothing has to be done."
        case SupportState.UNKNOWN:
            return Verdict.UNKNOWN, f"No move leads further, and support cannot be judged: {support.because}"
        case _:
            return Verdict.NO_GO, f"No move leads further, and the cluster stays {support.state}: {support.because}"
