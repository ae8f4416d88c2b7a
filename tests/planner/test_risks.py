"""Which known issues a move meets, by value, on the shipped catalog."""

from __future__ import annotations

import pytest

from planner.knowledge import load_catalog
from planner.moves import Ground, LegalMove, MoveKind, Platform, State
from planner.risks import risks_of
from planner.version import OsLine
from tests.builders import version

CATALOG = load_catalog()
H23, H24 = OsLine.H23, OsLine.H24


def met(ground: Ground, move: LegalMove) -> set[str]:
    return {risk.id for risk in risks_of(CATALOG, ground, move)}


def hop(release: str, line: OsLine, old: str, new: str) -> LegalMove:
    here = Platform(release, line)
    return LegalMove(MoveKind.HOP, State(here, version(old)), State(here, version(new)), "catalog", ())


def update(old: str, new: str, line: OsLine = H24) -> LegalMove:
    running = version("1.31.13")
    origin, target = State(Platform(old, line), running), State(Platform(new, line), running)
    return LegalMove(MoveKind.RELEASE, origin, target, "rule", ())


@pytest.mark.parametrize(
    ("move", "risk", "meets"),
    [
        (hop("2604", H24, "1.30.14", "1.31.13"), "AKS-GATEKEEPER-131", True),
        (hop("11.2510", H23, "1.29.13", "1.30.14"), "AKS-GATEKEEPER-131", False),
        (hop("2503", H23, "1.28.14", "1.29.9"), "AKS-STUCK-UPGRADING", True),
        (hop("2507", H23, "1.28.14", "1.29.9"), "AKS-STUCK-UPGRADING", False),
        (hop("2411", H23, "1.28.9", "1.29.4"), "AKS-AUDITLOG-DISK", True),
        (hop("2507", H23, "1.28.14", "1.29.9"), "AKS-AUDITLOG-DISK", False),
        (update("2603", "2604"), "AZL-2604-CAU", True),
        (update("2602", "2603"), "AZL-2604-CAU", False),
        (update("2603", "2604"), "AKS-GATEKEEPER-131", False),
    ],
)
def test_a_known_issue_is_met_where_it_was_seen_and_nowhere_else(move: LegalMove, risk: str, meets: bool) -> None:
    assert (risk in met(Ground(move.origin.platform), move)) is meets


def test_windows_issues_need_a_windows_pool() -> None:
    move = hop("12.2510", H24, "1.31.10", "1.32.6")
    assert "AKS-WIN-FEATURE-OFF" not in met(Ground(move.origin.platform), move)
    assert "AKS-WIN-FEATURE-OFF" in met(Ground(move.origin.platform, windows=frozenset({"windows2022"})), move)


def test_an_image_that_is_ready_live_clears_the_doubt_only_here() -> None:
    move = hop("2604", H24, "1.31.13", "1.32.9")
    ready = frozenset({version("1.32.9")})
    assert "AKS-IMAGE-NOT-READY" in met(Ground(move.origin.platform), move)
    assert "AKS-IMAGE-NOT-READY" not in met(Ground(move.origin.platform, images_ready=ready), move)
    assert "AKS-IMAGE-NOT-READY" in met(Ground(Platform("2605", H24), images_ready=ready), move)
