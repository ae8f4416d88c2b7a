"""Proofs: the checks arcstep ticks by itself, each from one sighting. What was not seen stays open (PR5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from planner.plan import Check, Proof, Step
from planner.sighting import Sighting
from planner.signs import Contact, Nodes, contact_of, nodes_on, progress
from planner.version import KubernetesVersion


class Mark(StrEnum):
    """How a check stands."""

    OPEN = "open"
    OK = "ok"
    NOT_SO = "not so"
    """Looked at, and it is not so: nobody can tick it away."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A mark and what it rests on."""

    mark: Mark
    evidence: str


_OF_THE_SITE: Final = frozenset({Proof.SETTLED, Proof.REPORTED, Proof.ROLLED})
"""Proofs that rest on what the site tells Azure: without contact they rest on old news."""


def prove(check: Check, step: Step | None, seen: Sighting) -> Verdict:
    """How a check that arcstep makes stands by this sighting; OPEN where the sighting does not tell."""
    found = _judge(check, step, seen)
    if found.mark is Mark.OK and check.proof in _OF_THE_SITE and contact_of(seen.connectivity) is Contact.LOST:
        return Verdict(Mark.OPEN, f"Azure says {seen.connectivity}, so this is old: {found.evidence}")
    return found


def _judge(check: Check, step: Step | None, seen: Sighting) -> Verdict:
    target = step.target if step is not None else ""
    match check.proof:
        case Proof.FRESH:
            return _fresh(seen)
        case Proof.CONNECTED:
            return _connected(seen)
        case Proof.OFFERED:
            return _offered(seen, target)
        case Proof.SETTLED:
            return _settled(seen)
        case Proof.IMAGE:
            return _image(seen, target)
        case Proof.ALONE:
            return _alone(seen)
        case Proof.REPORTED:
            return _reported(seen, target)
        case Proof.ROLLED:
            return _of_nodes(nodes_on(seen.pools, target), progress(seen.pools, target))
        case Proof.GATES:
            return Verdict(Mark.OK, "every step before this one is done")
        case Proof.RELEASE:
            return _release(seen, target)
        case Proof.LISTED:
            return _listed(seen, target)
        case Proof.NEIGHBOUR:
            return _neighbour(seen, *_awaited(check, step))
        case Proof.BY_HAND:
            return Verdict(Mark.OPEN, "")


def at_rest(seen: Sighting) -> bool:
    """Both states say Succeeded."""
    return all(state.casefold() == "succeeded" for state in (seen.provisioning_state, seen.current_state))


def updating(seen: Sighting) -> bool:
    """The instance says that an update runs."""
    return "inprogress" in seen.update_state.casefold()


def has_failed(seen: Sighting) -> bool:
    """The instance says that an update failed, or that it needs attention."""
    state = seen.update_state.casefold()
    return "failed" in state or state == "needsattention"


def _states(seen: Sighting) -> str:
    return f"provisioningState {seen.provisioning_state or '?'}, currentState {seen.current_state or '?'}"


def _fresh(seen: Sighting) -> Verdict:
    missing = [
        name
        for name, read in (
            ("version", bool(seen.version)),
            ("states", bool(seen.provisioning_state and seen.current_state)),
            ("node pools", seen.pools is not None),
            ("offered versions", seen.offered is not None),
        )
        if not read
    ]
    if missing:
        return Verdict(Mark.OPEN, f"could not be read: {', '.join(missing)}")
    return Verdict(Mark.OK, f"read {seen.at:%Y-%m-%d %H:%M} UTC")


def _connected(seen: Sighting) -> Verdict:
    if not seen.connectivity:
        return Verdict(Mark.OPEN, "Azure does not say")
    connected = seen.connectivity.casefold() == "connected"
    return Verdict(Mark.OK if connected else Mark.NOT_SO, f"Azure says {seen.connectivity}")


def _offered(seen: Sighting, target: str) -> Verdict:
    if seen.offered is None:
        return Verdict(Mark.OPEN, "the upgrade profile could not be read")
    listed = ", ".join(seen.offered) or "nothing"
    return Verdict(Mark.OK if target in seen.offered else Mark.NOT_SO, f"offered now: {listed}")


def _settled(seen: Sighting) -> Verdict:
    if not (seen.provisioning_state and seen.current_state and seen.version):
        return Verdict(Mark.OPEN, "a state could not be read")
    if not at_rest(seen):
        return Verdict(Mark.NOT_SO, _states(seen))
    return _of_nodes(nodes_on(seen.pools, seen.version), f"{_states(seen)}; {progress(seen.pools, seen.version)}")


def _image(seen: Sighting, target: str) -> Verdict:
    used = {pool.os_sku.casefold(): pool.os_sku for pool in seen.pools or ()}
    if not used:
        return Verdict(Mark.OPEN, "the node pools could not be read")
    told = [image for image in seen.images if image.version == target and image.os_sku.casefold() in used]
    bad = [image for image in told if image.ready is False]
    if bad:
        return Verdict(Mark.NOT_SO, "; ".join(f"{image.os_sku}: {image.message or 'not ready'}" for image in bad))
    ready = {image.os_sku.casefold() for image in told if image.ready}
    silent = sorted(sku or "a pool without an OS SKU" for key, sku in used.items() if not key or key not in ready)
    if silent:
        return Verdict(Mark.OPEN, f"the live list says nothing of {', '.join(silent)}")
    return Verdict(Mark.OK, f"ready for {', '.join(sorted(used.values()))}")


def _alone(seen: Sighting) -> Verdict:
    """One change on an instance at a time: not while its hosts are updated, nor beside another upgrade."""
    if updating(seen):
        return Verdict(Mark.NOT_SO, f"update state of the instance: {seen.update_state}")
    busy = [other.name for other in seen.neighbours if other.busy]
    if busy:
        return Verdict(Mark.NOT_SO, f"Azure works on {', '.join(busy)}")
    unread = [f"the states of {other.name}" for other in seen.neighbours if other.busy is None]
    if not seen.update_state:
        unread.insert(0, "the update state of the instance")
    if unread:
        return Verdict(Mark.OPEN, f"could not be read: {', '.join(unread)}")
    count = len(seen.neighbours)
    beside = f"nothing runs on {count} other cluster{'' if count == 1 else 's'}" if count else "no other cluster"
    return Verdict(Mark.OK, f"update state {seen.update_state}, {beside}")


def _reported(seen: Sighting, target: str) -> Verdict:
    if not (seen.version and seen.provisioning_state and seen.current_state):
        return Verdict(Mark.OPEN, "version or state could not be read")
    so = seen.version == target and at_rest(seen)
    return Verdict(Mark.OK if so else Mark.NOT_SO, f"version {seen.version}, {_states(seen)}")


def _of_nodes(nodes: Nodes, evidence: str) -> Verdict:
    mark = {Nodes.ALL: Mark.OK, Nodes.EMPTY: Mark.OK, Nodes.UNKNOWN: Mark.OPEN}.get(nodes, Mark.NOT_SO)
    return Verdict(mark, evidence)


def _release(seen: Sighting, target: str) -> Verdict:
    if not seen.release:
        return Verdict(Mark.OPEN, "the release of the instance could not be read")
    so = seen.release == target and not updating(seen)
    mark = Mark.NOT_SO if not so else Mark.OPEN if has_failed(seen) else Mark.OK
    return Verdict(mark, f"release {seen.release}, update state {seen.update_state or '?'}")


def _listed(seen: Sighting, target: str) -> Verdict:
    if seen.release != target:
        return Verdict(Mark.OPEN, "counts once the instance is on the release")
    if not seen.listed:
        return Verdict(Mark.OPEN, "the version list could not be read")
    return Verdict(Mark.OK, f"read {seen.at:%Y-%m-%d %H:%M} UTC")


def _awaited(check: Check, step: Step | None) -> tuple[str, str]:
    """The cluster a check of a gate is about, and what it has to run."""
    awaited = step.awaited if step is not None else ()
    found = next((one for one in awaited if one.check in ("", check.id)), None)
    return ("", "") if found is None else (found.cluster, found.target)


def _neighbour(seen: Sighting, name: str, target: str) -> Verdict:
    found = [one for one in seen.neighbours if one.name == name]
    if len(found) != 1 or not found[0].version:
        return Verdict(Mark.OPEN, f"the version of {name} could not be read")
    try:
        enough = KubernetesVersion.parse(found[0].version) >= KubernetesVersion.parse(target)
    except ValueError:
        return Verdict(Mark.OPEN, f"{name} runs {found[0].version}")
    settled = "" if found[0].settled else ", not at rest"
    return Verdict(Mark.OK if enough and found[0].settled else Mark.NOT_SO, f"{name} runs {found[0].version}{settled}")
