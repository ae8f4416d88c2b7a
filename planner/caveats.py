"""What a plan has to warn of: risks, unknowns and disputes."""

from __future__ import annotations

from collections.abc import Container, Iterable

from planner.acceptance import POOLS_STAY, RECOVERY_SKIP, SCALE_ROUTE, Acceptance
from planner.catalog import Catalog
from planner.draft import Draft, instance_name
from planner.findings import Finding, Severity
from planner.goals import GoalKind
from planner.inventory import Cluster, Unknown, value_of
from planner.moves import MoveKind
from planner.neighbours.unseen import unseen_by
from planner.plan import RiskNote, Step
from planner.search import Path


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
    POOLS_STAY: (
        "An update leaves Windows node pools without a hop: they stay on their version until they are replaced",
        "replace those pools by an SKU whose images go on, before the update",
        "WIN",
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
        lines += [
            f"{doubt.cluster.name}: {doubt.what}; it could turn the update to {doubt.before}."
            for doubt in draft.solution.doubts
        ]
        if path.numbers.release_updates:
            where = instance_name(draft.cluster, draft.judge) or "the instance"
            clauses = unseen_by(draft.judge).clauses(where)
            lines += [f"{clause[:1].upper()}{clause[1:]}; an update might strand them." for clause in clauses]
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
