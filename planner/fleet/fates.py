"""What has become of a plan of instances: types only. Fates, reasons and shifts are those of the plan of one cluster."""

from __future__ import annotations

from dataclasses import dataclass

from planner.fates import Drift, Fate, Reason, overall
from planner.findings import Verdict


@dataclass(frozen=True, slots=True)
class InstanceDrift:
    """One instance of the plan as it is now."""

    id: str
    name: str
    planned: str
    """Key of the release the plan found it on, or "unknown"."""
    release: str
    """Key of the release it runs now, or "unknown"."""
    steps: tuple[str, ...]
    """Ids of its steps, in the plan's order."""
    reasons: tuple[Reason, ...]
    """Clusters that came, went or moved, and releases off the plan's way. VALID = worth knowing, and no more."""
    looked_at: int
    """How many clusters are on it now; each of them was judged, whether the plan knows it or not."""


@dataclass(frozen=True, slots=True)
class Anew:
    """The plan as it would be made now, with the same goal. Times are left out: a document does not keep its calendar."""

    verdict: Verdict
    because: str
    differences: tuple[str, ...]
    """Where it goes another way than what is left of the plan, a clause each; empty = the same steps."""

    @property
    def differs(self) -> bool:
        """It says another order."""
        return bool(self.differences)


@dataclass(frozen=True, slots=True)
class FleetDrift(Drift):
    """A saved plan of instances against newer facts and today's knowledge. `steps` are those of all its instances."""

    instances: tuple[InstanceDrift, ...] = ()
    """In the plan's order."""
    anew: Anew | None = None
    """None where none can be made."""

    @property
    def fate(self) -> Fate:
        """The worst of all; DONE where every step is done."""
        around = tuple(reason for one in self.instances for reason in one.reasons)
        return overall(self.steps, (*self.whole, *around))
