"""Acceptances: a person's dated consent to a named risk, as it is written on a command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from planner.catalog import Catalog

RECOVERY_SKIP = "RECOVERY-SKIP"
"""The name under which a person accepts a skip out of a stranded place (P12, P13)."""
SCALE_ROUTE = "SCALE-ROUTE"
"""The name under which a person accepts newer node images by scaling, documented once and withdrawn (C13)."""
POOLS_STAY = "POOLS-STAY"
"""The name under which a person accepts that Windows pools stay on their version after an update until they are replaced."""
_NAMES = frozenset({RECOVERY_SKIP, SCALE_ROUTE, POOLS_STAY})


class AcceptanceError(ValueError):
    """An acceptance that cannot be used; the message says how one is written."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A person's dated consent to a named risk."""

    id: str
    reason: str
    until: date


def parse_acceptance(text: str, catalog: Catalog) -> Acceptance:
    """Read "ID:REASON:DATE". Raises AcceptanceError for another shape, an unknown id, or a date that is none."""
    parts = text.split(":")
    if len(parts) < 3 or not parts[0].strip() or not ":".join(parts[1:-1]).strip():
        raise AcceptanceError(
            f"{text!r} is not ID:REASON:DATE, such as RECOVERY-SKIP:approved by the board:2026-06-30."
        )
    name, reason, day = parts[0].strip(), ":".join(parts[1:-1]).strip(), parts[-1].strip()
    if name not in _NAMES and name not in catalog.risk_by_id:
        raise AcceptanceError(f"{name!r} is not a risk arcstep knows; they are listed on the plan's Risks tab.")
    try:
        return Acceptance(name, reason, date.fromisoformat(day))
    except ValueError:
        raise AcceptanceError(f"{day!r} is not a date such as 2026-06-30.") from None
