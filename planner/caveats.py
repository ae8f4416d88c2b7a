"""What a plan has to warn of: risks, unknowns, disputes, and the verdict they add up to."""

from __future__ import annotations

from collections.abc import Container, Iterable

from planner.acceptance import RECOVERY_SKIP, SCALE_ROUTE, Acceptance
from planner.catalog import Catalog
from planner.clocks import release_ends
from planner.draft import Draft
from planner.findings import Finding, Severity, Verdict
from planner.goals import GoalKind
from planner.holding import held_up
from planner.inventory import Cluster, Unknown, value_of
from planner.moves import MoveKind, State
from planner.plan import RiskNote, Step, StepKind
from planner.search import Path
from planner.settled import unsettled
from planner.support import SupportState


def risks_of(steps: Iterable[Step], held: Iterable[Acceptance], catalog: Catalog) -> tuple[RiskNote, ...]:
    """Known issues the steps meet: open, applying or accepted; high severity first."""
    accepted = {acceptance.id: acceptance for acceptance in held}
    by_risk: dict[str, list[str]] = {}
    for step in steps:
        for name in step.risks:
            by_risk.setdefault(name, []).append(step.id)
    notes = [_risk_note(name, tuple(ids), accepted.get(name), catalog) for name, ids in by_risk.items()]
    weight = {"high": 0, "medium": 1, "low": 2}
    return tuple(sorted(notes, key=lambda note: (weight.get(note.severity, 3), note.id)))


_CONSENTS = {
    RECOVERY_SKIP: (
        "Skipping minors may not work and cannot be undone",
        "back up, rehearse on another cluster, or rebuild instead",
        "CU, BUL",
    ),
    SCALE_ROUTE: (
        "Newer node images by scaling were documented once (2026-05-13) and withdrawn in the next edition (2026-05-18)",
        "wait for a newer version, or rehearse on another cluster and check the age of every node",
        "BUL-FULL, BUL",
    ),
}
"""What a person accepts under a name that is no known issue: title, cure, source."""


def _risk_note(name: str, steps: tuple[str, ...], accepted: Acceptance | None, catalog: Catalog) -> RiskNote:
    risk = catalog.risk_by_id.get(name)
    if risk is None:
        title, cure, source = _CONSENTS[name]
        severity, state = "high", "applies"
    else:
        title, severity, state = risk.title, risk.severity, "open" if risk.match.fact else "applies"
        cure, source = risk.cure, risk.source
    if accepted is None:
        return RiskNote(name, title, severity, state, cure, steps, source)
    return RiskNote(name, title, severity, "accepted", cure, steps, source, accepted.reason, accepted.until)


def unknowns_of(draft: Draft, findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """What nobody could read or has published, as far as it bears on this plan; a sentence each."""
    lines = [f"{finding.code}: {finding.title}" for finding in findings if finding.severity is Severity.UNKNOWN]
    path = draft.path
    if path is not None and draft.solution is not None:
        unconfirmed = [m for m in path.moves if m.kind is MoveKind.HOP and m.basis == "catalog"]
        if unconfirmed:
            keys = dict.fromkeys(move.origin.platform.key for move in unconfirmed)
            lines.append(
                f"Offers on {', '.join(keys)} come from the catalog and are not confirmed; read the live list there."
            )
        for gate in draft.solution.neighbours:
            if gate.needed is None:
                lines.append(
                    f"The version of {gate.name} on the same instance is not known; an update might strand it."
                )
        if any(
            draft.judge.catalog.by_key[m.target.platform.key].released is None
            for m in path.moves
            if m.kind is MoveKind.RELEASE
        ):
            lines.append(
                "Some releases on the path have no published date; whether they are served to this instance is not known."
            )
    if draft.is_refresh:
        lines.append(
            "Whether a newer node image has come to the hosts, and how old the nodes are: Azure does not tell."
        )
    lines += [f"The acceptance of {one.id} ran out on {one.until} and counts for nothing." for one in draft.past]
    lines.append("How long a hop or a release update takes is not published.")
    return tuple(dict.fromkeys(lines))


def disputes_of(findings: tuple[Finding, ...], draft: Draft) -> tuple[str, ...]:
    """Contradictions between documents that the findings and the path rest on: id, question and ruling."""
    named = {dispute for finding in findings for dispute in finding.disputes}
    if draft.path is not None and draft.path.numbers.off_list_moves:
        named.add("C2")
    if draft.goal.kind is GoalKind.OS_PATCH:
        named |= {"C1", "C13"}
    if draft.path is not None:
        named |= disputed_along(draft.path, draft.judge.catalog)
    return rulings(named, draft.judge.catalog)


def disputed_along(path: Path, catalog: Catalog) -> frozenset[str]:
    """Contradictions about a release or a minor that a path passes, both ends included."""
    releases = {state.platform.key for state in path.states}
    return catalog.disputes_about(releases, {state.version.minor for state in path.states})


def rulings(named: Container[str], catalog: Catalog) -> tuple[str, ...]:
    """The named contradictions, a line each: id, question and ruling."""
    disputes = [dispute for dispute in catalog.disputes if dispute.id in named]
    return tuple(f"{dispute.id}: {dispute.title} {dispute.ruling}" for dispute in disputes)


def verdict_of(
    draft: Draft, steps: tuple[Step, ...], risks: tuple[RiskNote, ...], findings: tuple[Finding, ...]
) -> tuple[Verdict, str]:
    """GO, GO WITH RISKS, NO-GO or UNKNOWN, and the sentence that says why; the worst reason is named."""
    if draft.dead_end is not None:
        verdict = Verdict.NO_GO if draft.dead_end.by_rule else Verdict.UNKNOWN
        return verdict, draft.dead_end.summary
    if steps and steps[0].kind is StepKind.REPAIR:
        return Verdict.NO_GO, f"Not now: {steps[0].purpose}"
    if waits := _held_up_before(draft):
        return Verdict.NO_GO, f"Not now: {waits}"
    blocker = next((finding for finding in findings if _blocks(finding, draft)), None)
    if blocker is not None:
        return Verdict.NO_GO, f"{blocker.code}: {blocker.title} {blocker.cure}"
    missing = missing_facts(draft.cluster)
    unaccepted = [note for note in risks if note.state == "applies" and note.severity == "high"]
    if unaccepted:
        first, more = unaccepted[0], f", and {len(unaccepted) - 1} more" if len(unaccepted) > 1 else ""
        why = f"{first.id} applies{more}: {first.title.rstrip('.')}. Cure it, or have a named person accept it, first."
        return Verdict.NO_GO, why + _where_it_ends(draft)
    if missing:
        return Verdict.UNKNOWN, f"{', '.join(missing)} could not be read, so nobody can say that a hop may begin."
    if too_little := _too_little(draft):
        return Verdict.UNKNOWN, f"{too_little}{_where_it_ends(draft)}"
    if not steps:
        return _at_rest(draft, findings)
    ends = _where_it_ends(draft)
    if draft.is_refresh:
        return Verdict.GO_WITH_RISKS, f"{_DISPUTED}{ends}"
    open_risks = [note.id for note in risks if note.state == "open"]
    if open_risks:
        count = len(open_risks)
        what = "1 known issue may apply and has" if count == 1 else f"{count} known issues may apply and have"
        return Verdict.GO_WITH_RISKS, f"{what} to be ruled out first: see Risks.{ends}"
    if any(step.kind is StepKind.NEIGHBOUR for step in steps):
        return Verdict.GO_WITH_RISKS, f"Other clusters of the instance have to move before it is updated.{ends}"
    if any(move.basis == "catalog" for move in draft.path.moves) if draft.path is not None else False:
        return Verdict.GO_WITH_RISKS, f"Offers come from the catalog and are not confirmed live.{ends}"
    if ends:
        return Verdict.GO_WITH_RISKS, ends.strip()
    return Verdict.GO, "Every move is legal, offered now, and no known issue is open."


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


def _too_little(draft: Draft) -> str:
    """What is not known of the clusters of the instance and could turn the answer to an update; "" where nothing is."""
    solution = draft.solution
    dark = [gate.name for gate in solution.neighbours if gate.needed is None] if solution is not None else []
    if dark:
        return f"Too little is known of {', '.join(dark[:3])}: nobody can say what an update does to it."
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


def missing_facts(cluster: Cluster) -> tuple[str, ...]:
    """The facts without which no hop may be called safe, as far as they are unknown."""
    facts = (
        ("state", cluster.provisioning_state),
        ("current state", cluster.current_state),
        ("node pools", cluster.pools),
    )
    missing = [name for name, fact in facts if isinstance(fact, Unknown)]
    pools = value_of(cluster.pools) or ()
    if any(pool.count != 0 and not any(ready.version for ready in pool.ready) for pool in pools):
        missing.append("node versions")
    return tuple(missing)
