"""The snapshot as it lies on disk: an allow-list of fields, with every repeated value written once.

A fact is `[stamp, value]`, or a text that says why nobody could read it. Rows point into the tables by index, so equal
facts are one object after loading too. No address, key or token has a field here (PR9).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

SNAPSHOT_SCHEMA: Final = 1
SNAPSHOT_KIND: Final = "arcstep-snapshot"

Index = Annotated[int, Meta(ge=0)]
Moment = Annotated[datetime, Meta(tz=True)]
TextFact = tuple[Index, str] | str
MomentFact = tuple[Index, Moment] | str
CountFact = tuple[Index, int] | str
IndexesFact = tuple[Index, tuple[Index, ...]] | str


class Row(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A row with names; what is at its default is not written."""


class PoolRow(Row, frozen=True):
    """A node pool."""

    name: str
    os_type: str | None = None
    os_sku: str | None = None
    count: int | None = None
    vm_size: str | None = None
    provisioning_state: str | None = None
    current_state: str | None = None
    ready: tuple[tuple[int, str | None], ...] = ()
    """Ready nodes and the version they run."""
    error: str | None = None
    autoscale: tuple[int | None, int | None] | None = None


class UpgradeRow(Row, frozen=True):
    """A target of an upgrade profile."""

    version: str
    preview: bool = False


class AddonRow(Row, frozen=True):
    """A row of the control plane status."""

    name: str
    phase: str | None = None
    ready: bool | None = None
    error: str | None = None


class ReadinessRow(Row, frozen=True):
    """Whether a node image is there."""

    os_type: str | None = None
    os_sku: str | None = None
    ready: bool | None = None
    message: str | None = None


class OfferRow(Row, frozen=True):
    """A version on a live list; `upgrades` null = the list did not say."""

    version: str
    preview: bool = False
    readiness: tuple[ReadinessRow, ...] = ()
    upgrades: tuple[str, ...] | None = None


class ClusterRow(Row, frozen=True):
    """A cluster; each fact is an index into the table of its kind."""

    id: tuple[Index, str]
    """The id cut after its last slash: index into `prefixes`, and the rest."""
    name: str
    resource_group: str
    subscription: str
    custom_location: Index
    version: Index
    provisioning_state: Index
    current_state: Index
    connectivity: Index
    last_contact: Index
    upgrades: Index
    pools: Index
    control_plane_count: Index
    addons: Index
    location: str | None = None
    tags: tuple[tuple[str, str], ...] = ()
    error: str | None = None
    created_at: Moment | None = None
    modified_at: Moment | None = None
    modified_by: str | None = None
    etag: str | None = None


class LocationRow(Row, frozen=True):
    """A custom location."""

    id: tuple[Index, str]
    name: str
    instance: Index
    offered: Index
    bridge_status: Index


class InstanceRow(Row, frozen=True):
    """An Azure Local instance."""

    id: tuple[Index, str]
    name: str
    resource_group: str
    subscription: str
    build: Index
    update_state: Index
    last_updated: Index
    connectivity: Index


class SubscriptionRow(Row, frozen=True):
    """A subscription."""

    id: str
    name: str
    state: Index
    first_seen: Moment | None = None


class UnreadRow(Row, frozen=True):
    """A gap in the reading."""

    what: str
    subject: str
    reason: str


class Facts(Struct, frozen=True, forbid_unknown_fields=True):
    """The tables of facts, one for each kind of value."""

    texts: tuple[TextFact, ...]
    versions: tuple[TextFact, ...]
    builds: tuple[TextFact, ...]
    moments: tuple[MomentFact, ...]
    counts: tuple[CountFact, ...]
    upgrades: tuple[IndexesFact, ...]
    pools: tuple[IndexesFact, ...]
    offers: tuple[IndexesFact, ...]


class SnapshotFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole snapshot. `kind` stands first, so that a look at the first bytes tells what the file is."""

    kind: Literal["arcstep-snapshot"]
    schema: Literal[1]
    made_from: Literal["live", "snapshot", "demo"]
    as_of: Moment
    tenant: str | None
    account: str | None
    expected: int | None
    stamps: tuple[tuple[Moment, str], ...]
    """When (of the fact itself) and from which kind of source."""
    prefixes: tuple[str, ...]
    upgrades: tuple[UpgradeRow, ...]
    pools: tuple[PoolRow, ...]
    offers: tuple[OfferRow, ...]
    addons: tuple[tuple[AddonRow, ...], ...]
    facts: Facts
    subscriptions: tuple[SubscriptionRow, ...]
    instances: tuple[InstanceRow, ...]
    locations: tuple[LocationRow, ...]
    unread: tuple[UnreadRow, ...]
    clusters: tuple[ClusterRow, ...]


class SnapshotHead(Struct, frozen=True):
    """Just enough to say why a file cannot be used."""

    kind: str = ""
    schema: int = 0
