"""Results of looking: findings, who has to act, and the verdict they add up to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs; `order` sorts worst first."""

    BLOCKER = "blocker"
    UNKNOWN = "unknown"
    WARNING = "warning"
    INFO = "info"

    @property
    def order(self) -> int:
        """0 is worst."""
        return list(Severity).index(self)

    @property
    def casts_doubt(self) -> bool:
        """What has such a finding is not drawn as fine, whatever its support state: it cannot be changed as things are."""
        return self is Severity.BLOCKER


class Owner(StrEnum):
    """Whose responsibility it is (support policy, "Shared responsibility")."""

    MICROSOFT = "Microsoft"
    CLUSTER_OPERATOR = "cluster operator"
    INSTANCE_OWNER = "Azure Local owner"


class Verdict(StrEnum):
    """What the findings of a plan add up to."""

    GO = "GO"
    GO_WITH_RISKS = "GO WITH RISKS"
    NO_GO = "NO-GO"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact a judgement rests on."""

    fact: str
    value: str
    source: str
    at: datetime | None = None
    """When the fact was read; None for knowledge from the catalog, whose date stands in `source`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of one rule about one subject. Plain text throughout, never markup."""

    code: str
    """Stable, never reused, such as K8S-SUP-01."""
    severity: Severity
    subject: str
    """Key (lower-cased id) of the cluster or instance."""
    title: str
    """One sentence: what is."""
    why: str
    """What follows from it."""
    cure: str
    """What to do next; "" where nothing needs doing."""
    owner: Owner
    rules: tuple[str, ...] = ()
    """Policy rules such as P11."""
    disputes: tuple[str, ...] = ()
    """Contradictions between documents such as C2."""
    evidence: tuple[Evidence, ...] = ()
    sources: tuple[str, ...] = ()
    """Short keys or full names of the documents, as the catalog cites them."""
