"""What Azure's two states, the versions and the ready nodes mean together: one reading of a rollout, never two.

Azure reports "Failed" while an upgrade goes on and "Succeeded" while it hangs, so no single field is believed (PR5).
The table is read from the top, the first row that fits decides, and the last row fits everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from planner.sighting import Sighting
from planner.signs import At, Contact, Extension, Flag, Nodes, Signs, progress, signs_of


class RolloutState(StrEnum):
    """What goes on with the upgrade of a cluster."""

    RUNNING = "running"
    TIMED_OUT = "running, client timed out"
    FINISHED = "finished"
    FLAG_STUCK = "finished, flag stuck"
    PARTIAL = "partially rolled"
    FAILED = "failed"
    UNCHANGED = "finished without change"
    DISCONNECTED = "disconnected"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table; an empty set of a column fits every value."""

    state: RolloutState
    meaning: str
    action: str
    source: str
    provisioning: frozenset[Flag] = frozenset()
    current: frozenset[Flag] = frozenset()
    version: frozenset[At] = frozenset()
    nodes: frozenset[Nodes] = frozenset()
    extension: frozenset[Extension] = frozenset()
    contact: frozenset[Contact] = frozenset()

    def fits(self, signs: Signs) -> bool:
        """True when every column that asks for something finds it."""
        return (
            (not self.provisioning or signs.provisioning in self.provisioning)
            and (not self.current or signs.current in self.current)
            and (not self.version or signs.version in self.version)
            and (not self.nodes or signs.nodes in self.nodes)
            and (not self.extension or signs.extension in self.extension)
            and (not self.contact or signs.contact in self.contact)
        )


@dataclass(frozen=True, slots=True)
class Rollout:
    """The reading of a sighting: what it means, what to do next, by which source, and the evidence in words."""

    state: RolloutState
    meaning: str
    action: str
    source: str
    evidence: str

    @property
    def is_under_way(self) -> bool:
        """True while Azure works, as far as can be seen."""
        return self.state in (RolloutState.RUNNING, RolloutState.TIMED_OUT)


_B, _S, _F, _O = Flag.BUSY, Flag.SUCCEEDED, Flag.FAILED, Flag.OTHER
_WHOLE: Final = frozenset({Nodes.ALL, Nodes.EMPTY})
_WAIT: Final = "Nothing to do: wait, and look again."
_LOOK: Final = "Look again in a few minutes; start nothing on this cluster until it is known."

TABLE: Final = (
    Row(
        RolloutState.DISCONNECTED,
        "The cluster has no contact with Azure, so what Azure says about it is old.",
        "Restore the connection (P22), then look again. What runs on the site goes on without Azure.",
        "CON",
        contact=frozenset({Contact.LOST}),
    ),
    Row(
        RolloutState.UNKNOWN,
        "A state could not be read, or is a word arcstep does not know.",
        _LOOK,
        "SDK",
        provisioning=frozenset({_O}),
    ),
    Row(
        RolloutState.UNKNOWN,
        "A state could not be read, or is a word arcstep does not know.",
        _LOOK,
        "SDK",
        current=frozenset({_O}),
    ),
    Row(
        RolloutState.UNKNOWN,
        "The cluster is set to a version that is neither where this step begins nor where it ends, or the version could "
        "not be read.",
        "Find out who changed it, and make a new plan from what runs now.",
        "SDK",
        version=frozenset({At.OTHER, At.UNKNOWN}),
    ),
    Row(
        RolloutState.RUNNING,
        "Azure works on the cluster: nodes are replaced one by one.",
        _WAIT,
        "CU",
        provisioning=frozenset({_B}),
    ),
    Row(
        RolloutState.TIMED_OUT,
        "Failed beside Upgrading: only the client gave up waiting, the upgrade goes on by itself.",
        "Nothing to do: wait for currentState to end. Do not start it again.",
        "CU",
        provisioning=frozenset({_F}),
        current=frozenset({_B}),
    ),
    Row(
        RolloutState.FLAG_STUCK,
        "Every node runs the target, yet currentState stays behind: known with the AKS extension of 2503 and 2504.",
        "If it lasts: update the instance to 2505 or later, or restart the flow with a harmless az aksarc update (toggle "
        "an unused CSI driver).",
        "STK",
        provisioning=frozenset({_S}),
        current=frozenset({_B}),
        version=frozenset({At.TARGET}),
        nodes=_WHOLE,
        extension=frozenset({Extension.AFFECTED}),
    ),
    Row(
        RolloutState.FLAG_STUCK,
        "Every node runs the target, yet currentState says that work goes on.",
        "Wait half an hour. If it lasts, check the version of the AKS extension, then restart the flow with a harmless az "
        "aksarc update or open a support case.",
        "STK",
        provisioning=frozenset({_S}),
        current=frozenset({_B}),
        version=frozenset({At.TARGET}),
        nodes=_WHOLE,
    ),
    Row(
        RolloutState.UNKNOWN,
        "The states contradict each other and the node versions could not be read.",
        _LOOK,
        "SDK",
        provisioning=frozenset({_S}),
        current=frozenset({_B}),
        nodes=frozenset({Nodes.UNKNOWN}),
    ),
    Row(
        RolloutState.RUNNING,
        "provisioningState is ahead: currentState says that work goes on, and not every node is on the target.",
        "Wait. If nothing changes for half an hour, treat it as stuck.",
        "CU",
        provisioning=frozenset({_S}),
        current=frozenset({_B}),
    ),
    Row(
        RolloutState.FAILED,
        "Azure ended the operation with an error, and nothing works on the cluster any more.",
        "Read the error; run the diagnostic checker and az aksarc get-logs; open a support case. Start no other hop.",
        "CU",
        provisioning=frozenset({_F}),
    ),
    Row(
        RolloutState.FAILED,
        "currentState is Failed: the work on the cluster ended with an error.",
        "Read the error; run the diagnostic checker and az aksarc get-logs; open a support case. Start no other hop.",
        "CU",
        current=frozenset({_F}),
    ),
    Row(
        RolloutState.FINISHED,
        "Both states are Succeeded, the version is the target, and every ready node runs it.",
        "Make the checks that follow.",
        "CU",
        version=frozenset({At.TARGET}),
        nodes=_WHOLE,
    ),
    Row(
        RolloutState.PARTIAL,
        "Both states say Succeeded, but not every node of every pool is ready on the target.",
        "Look again in a few minutes. If it stays, start no other hop: find out what holds the pool back.",
        "CU",
        version=frozenset({At.TARGET}),
        nodes=frozenset({Nodes.SOME, Nodes.NONE}),
    ),
    Row(
        RolloutState.UNCHANGED,
        "Both states are Succeeded, and version and nodes are where they were.",
        "Nothing came of it, or it was never begun: read the error if there is one, then decide anew.",
        "CU",
        version=frozenset({At.ORIGIN}),
        nodes=frozenset({Nodes.NONE, Nodes.EMPTY}),
    ),
    Row(
        RolloutState.PARTIAL,
        "The version is where it was, yet some nodes run the target.",
        "Start no other hop: find out who changed the version back, and make a new plan.",
        "CU",
        version=frozenset({At.ORIGIN}),
        nodes=frozenset({Nodes.SOME, Nodes.ALL}),
    ),
    Row(RolloutState.UNKNOWN, "The node versions could not be read.", _LOOK, "SDK"),
)
"""Truth table of CU and STK. The last row fits everything that no other row names."""


def decode(seen: Sighting, origin: str, target: str) -> Rollout:
    """The one reading of a sighting, for an upgrade from `origin` to `target`."""
    row = row_for(signs_of(seen, origin, target))
    return Rollout(row.state, row.meaning, row.action, row.source, evidence(seen, target))


def row_for(signs: Signs) -> Row:
    """The first row that fits; there always is one."""
    return next(row for row in TABLE if row.fits(signs))


def evidence(seen: Sighting, target: str) -> str:
    """The facts the reading rests on, on one line."""
    states = f"provisioningState {seen.provisioning_state or '?'}, currentState {seen.current_state or '?'}"
    facts = f"{states}, version {seen.version or '?'}, nodes on {target}: {progress(seen.pools, target)}"
    return f"{facts}; {errors_of(seen)}" if errors_of(seen) else facts


def errors_of(seen: Sighting) -> str:
    """What the cluster and its pools report as errors, on one line; "" where nothing."""
    told = [("the cluster", seen.error), *((f"pool {pool.name}", pool.error) for pool in seen.pools or ())]
    return "; ".join(f"{who} reports: {error}" for who, error in told if error)
