"""How a cluster stands before an upgrade: whether it is as the order expects, and what changed since it was confirmed (PR4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from planner.azure.decode import ClusterState, Doubts, cluster_state, node_pools, upgrade_profile
from planner.azure.fields import Json, inside, text, texts
from planner.azure.queries import Part, part_path
from planner.azure.upgrade_body import UpgradeBody, upgrade_body
from planner.events import Fingerprint, Order
from planner.inventory import NodePool, Observed, Unknown, Upgrade, clean, value_of
from planner.version import KubernetesVersion

PLAN_AGAIN: Final = "Look again, make a new plan from what runs now, and confirm that."
_WAIT: Final = "Wait until both states are Succeeded, or find out what holds them back, then prepare it again."
_SUCCEEDED: Final = "succeeded"


@dataclass(frozen=True, slots=True)
class Objection:
    """Why an upgrade must not be sent, in one sentence, and what to do about it."""

    why: str
    cure: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A cluster as it was read for one upgrade."""

    state: ClusterState
    pools: tuple[NodePool, ...]
    upgrades: Observed[tuple[Upgrade, ...]]
    contact: str
    """The connectivity Azure tells; "" where it could not be read."""
    body: UpgradeBody
    etag: str
    has_key: bool
    doubts: tuple[tuple[str, str], ...]

    @property
    def fingerprint(self) -> Fingerprint:
        """All of it that must still be so when the upgrade is sent."""
        return Fingerprint(
            version=_text(self.state.version),
            provisioning_state=value_of(self.state.provisioning_state) or "",
            current_state=value_of(self.state.current_state) or "",
            pools=tuple(sorted(_line(pool) for pool in self.pools)),
            location=value_of(self.state.custom_location) or "",
            etag=self.etag,
            body_sha256=self.body.sha256,
        )


def standing(
    documents: dict[Part, object], pools: list[Json], etag: str | None, order: Order, at: datetime
) -> Standing:
    """What the answers about a cluster say. Raises ValueError for a document that cannot be sent back."""
    doubts: Doubts = []
    document = documents[Part.STATE]
    keys = texts(inside(document, "properties", "linuxProfile", "ssh", "publicKeys"))
    return Standing(
        state=cluster_state(document, at, "arm", doubts),
        pools=value_of(node_pools(pools, at, doubts)) or (),
        upgrades=upgrade_profile(documents[Part.PROFILE], at, "profile", doubts),
        contact=text(inside(documents.get(Part.CONTACT), "properties", "connectivityStatus"), 60) or "",
        body=upgrade_body(document, order.target),
        etag=clean(etag or ""),
        has_key=bool(keys),
        doubts=tuple(doubts),
    )


def is_about(document: object, cluster: str) -> bool:
    """True where a document is the provisioned cluster instance of that cluster."""
    own = part_path(Part.STATE, cluster).partition("?")[0]
    found = inside(document, "id")
    return isinstance(found, str) and found.casefold() == own.casefold()


def objection(now: Standing, order: Order) -> Objection | None:
    """Why the cluster is not as the order expects; None where it is."""
    return next(_objections(now, order), None)


def _objections(now: Standing, order: Order) -> Iterator[Objection]:
    for what, reason in now.doubts:
        yield Objection(f"{what} cannot be trusted: {reason}.", "Look at the cluster in the portal before any upgrade.")
    wanted, target = KubernetesVersion.parse(order.origin), KubernetesVersion.parse(order.target)
    found = now.state.version
    if isinstance(found, Unknown):
        yield Objection(f"{found.reason}.", PLAN_AGAIN)
    elif found.value != wanted:
        yield Objection(f"The cluster is on {found.value}, and the step begins at {wanted}.", PLAN_AGAIN)
    for name, state in (
        ("provisioningState", now.state.provisioning_state),
        ("currentState", now.state.current_state),
    ):
        said = value_of(state) or "not told"
        if said.casefold() != _SUCCEEDED:
            yield Objection(f"{name} is {said}, so the cluster is not at rest.", _WAIT)
    if isinstance(now.state.custom_location, Unknown):
        yield Objection(f"{now.state.custom_location.reason}.", "Look at the cluster in the portal before any upgrade.")
    yield from _of_pools(now.pools, wanted)
    yield from _of_profile(now.upgrades, target)


def _of_pools(pools: tuple[NodePool, ...], wanted: KubernetesVersion) -> Iterator[Objection]:
    if not pools:
        yield Objection("Azure lists no node pool, so nobody could tell when the upgrade is done.", PLAN_AGAIN)
    for pool in pools:
        for state in (pool.provisioning_state, pool.current_state):
            if state is not None and state.casefold() != _SUCCEEDED:
                yield Objection(f"Node pool {pool.name} is {state}, so it is not at rest.", _WAIT)
        if pool.count is None or any(row.version is None for row in pool.ready):
            yield Objection(f"What the nodes of pool {pool.name} run could not be read.", PLAN_AGAIN)
        elif other := next((row for row in pool.ready if row.count and row.version != wanted), None):
            yield Objection(f"Node pool {pool.name} has nodes on {other.version}, not on {wanted}.", PLAN_AGAIN)


def _of_profile(upgrades: Observed[tuple[Upgrade, ...]], target: KubernetesVersion) -> Iterator[Objection]:
    if isinstance(upgrades, Unknown):
        yield Objection(f"{upgrades.reason[:1].upper()}{upgrades.reason[1:]}.", PLAN_AGAIN)
        return
    offered = [str(found.version) for found in upgrades.value if not found.is_preview]
    if any(found.version == target and found.is_preview for found in upgrades.value):
        yield Objection(f"Azure offers {target} as a preview only.", PLAN_AGAIN)
    elif str(target) not in offered:
        yield Objection(f"Azure does not offer {target} now, but {', '.join(offered) or 'nothing'}.", PLAN_AGAIN)


def warnings(now: Standing) -> tuple[str, ...]:
    """What does not forbid the upgrade, and should be known before it."""
    return tuple(_warnings(now))


def _warnings(now: Standing) -> Iterator[str]:
    if not now.contact:
        yield "Whether the cluster is in contact with Azure could not be read."
    elif now.contact.casefold() != "connected":
        yield f"Azure says that the cluster is {now.contact}: what it tells of it may be old."
    for pool in now.pools:
        ready = sum(row.count for row in pool.ready)
        if ready != pool.count:
            yield f"Only {ready} of {pool.count} nodes of pool {pool.name} are ready."
    for addon in now.state.addons:
        if addon.error is not None:
            yield f"{addon.name} reports an error: {clean(addon.error, 200)}"
    if not now.has_key:
        yield "The cluster's document names no SSH key; Azure is known to refuse such a document."
    if not now.etag:
        yield "Azure sent no tag for the document, so a change in the very last moment would not be noticed."


def changes(before: Fingerprint, now: Fingerprint) -> tuple[str, ...]:
    """What differs between two looks, in words; an empty tuple where nothing does."""
    return tuple(_changes(before, now))


def _changes(before: Fingerprint, now: Fingerprint) -> Iterator[str]:
    for name, old, new in (
        ("version", before.version, now.version),
        ("provisioningState", before.provisioning_state, now.provisioning_state),
        ("currentState", before.current_state, now.current_state),
        ("custom location", before.location, now.location),
    ):
        if old != new:
            yield f"{name} {old or '?'} → {new or '?'}"
    if before.pools != now.pools:
        gone = [line for line in before.pools if line not in now.pools]
        come = [line for line in now.pools if line not in before.pools]
        yield f"node pools: {', '.join(gone) or 'none'} → {', '.join(come) or 'none'}"
    if before.body_sha256 != now.body_sha256:
        yield "the settings of the cluster"
    if before.etag != now.etag:
        yield "the tag of the document"


def _text(found: Observed[KubernetesVersion]) -> str:
    return "" if isinstance(found, Unknown) else str(found.value)


def _line(pool: NodePool) -> str:
    ready = ", ".join(sorted(f"{row.count} on {row.version or '?'}" for row in pool.ready if row.count)) or "none ready"
    return f"{pool.name} {pool.os_sku or '?'} {'?' if pool.count is None else pool.count}: {ready}"
