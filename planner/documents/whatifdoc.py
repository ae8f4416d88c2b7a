"""What `arcstep whatif --json` prints."""

from __future__ import annotations

from datetime import date
from typing import Final

from msgspec import Struct

from planner.documents.wire import Moment
from planner.fleet.whatif import Effect, Loss, WhatIf
from planner.inventory import Instance, Unread, value_of
from planner.support import Judge

WHATIF_SCHEMA: Final = 1


class FixEntry(Struct, frozen=True):
    """Hops to make on one release, in order."""

    on: str
    """Key of the release."""
    versions: tuple[str, ...]


class EffectEntry(Struct, frozen=True):
    """What the update would mean for one cluster."""

    name: str
    id: str
    resource_group: str
    version: str | None
    """null = unknown."""
    bearing: str
    """stranded, ceiling reached, stranded already, cannot judge, minor removed, patch outdated or fine."""
    newly: bool
    """True where it is the update that strands it or leaves it without a hop."""
    offered: tuple[str, ...]
    """What it could hop to after the update; empty also where `listed` is false."""
    listed: bool
    """False where nobody published the list of the release."""
    first: tuple[FixEntry, ...]
    """The hops that save it; with a `gap` the least of them."""
    do_first: str
    """The same, or what is missing, in a few words."""
    gap: str
    """What nobody knows and could turn the answer; "" = nothing."""
    why: str
    rules: tuple[str, ...]
    then: str
    """What to do right after the update, in a few words; "" = nothing."""
    now: str
    """Why it cannot be changed as things are; "" = nothing speaks against it."""


class LossEntry(Struct, frozen=True):
    """Whom an update straight to a release would newly strand."""

    release: str
    """Key of the release."""
    cluster: str | None
    """The first; null = nobody."""
    version: str | None
    stranded: int
    unjudged: int


class UnreadPart(Struct, frozen=True):
    """Something that should have been read and was not."""

    what: str
    subject: str
    reason: str


class WhatIfDocument(Struct, frozen=True):
    """The answer of `arcstep whatif --json`. Effects stand worst first, losses in order of time."""

    schema: int
    as_of: Moment
    source: str
    exit: int
    """The exit code, the highest number that applies."""
    catalog: date
    """The date of the newest fact in the catalog."""
    instance: str
    instance_id: str
    build: str | None
    """null = unknown."""
    release: str | None
    """Key of today's release; null = unknown."""
    target: str | None
    """Key of the release tried; null where none could be."""
    way: tuple[str, ...]
    """Keys of the releases updated to, the fewest."""
    target_ended: date | None
    """The last day of support of the target itself where that has passed; null where it has not, or is not known."""
    verdict: str
    effects: tuple[EffectEntry, ...]
    losses: tuple[LossEntry, ...]
    unplaced: int | None
    """Clusters of unknown instance: each may be on this one; null where nothing was judged."""
    not_read: int | None
    """Clusters that were not read at all: likewise."""
    not_now: tuple[str, ...]
    """Why the hosts cannot be updated as things are, a text each; empty where nothing speaks against it."""
    unread: tuple[UnreadPart, ...]


def whatif_document(
    instance: Instance, answer: WhatIf | str, judge: Judge, gaps: tuple[Unread, ...], exit_code: int
) -> WhatIfDocument:
    """An answer as it is printed; a text is the reason why there is none."""
    build, known = value_of(instance.build), answer if isinstance(answer, WhatIf) else None
    entry = judge.instance_entry(instance)
    return WhatIfDocument(
        schema=WHATIF_SCHEMA,
        as_of=judge.as_of,
        source=str(judge.inventory.source),
        exit=exit_code,
        catalog=judge.catalog.newest_fact,
        instance=instance.name,
        instance_id=instance.id,
        build=str(build) if build is not None else None,
        release=entry.key if entry is not None else None,
        target=known.target.key if known else None,
        way=tuple(platform.key for platform in known.way) if known else (),
        target_ended=known.ended if known else None,
        verdict=known.verdict if known else str(answer),
        effects=tuple(map(_effect, known.effects)) if known else (),
        losses=tuple(map(_loss, known.losses)) if known else (),
        unplaced=known.unplaced if known else None,
        not_read=known.unread if known else None,
        not_now=known.not_now if known else (),
        unread=tuple(UnreadPart(gap.what, gap.subject, gap.reason) for gap in gaps),
    )


def _effect(effect: Effect) -> EffectEntry:
    cluster = effect.cluster
    return EffectEntry(
        name=cluster.name,
        id=cluster.id,
        resource_group=cluster.resource_group,
        version=str(effect.version) if effect.version is not None else None,
        bearing=str(effect.bearing),
        newly=effect.newly,
        offered=tuple(map(str, effect.offered)),
        listed=effect.is_listed,
        first=tuple(FixEntry(fix.on, tuple(map(str, fix.versions))) for fix in effect.fixes),
        do_first=effect.first,
        gap=effect.gap,
        why=effect.why,
        rules=effect.rules,
        then=effect.then,
        now=effect.now,
    )


def _loss(loss: Loss) -> LossEntry:
    version = str(loss.version) if loss.version is not None else None
    return LossEntry(loss.release, loss.cluster or None, version, loss.count, loss.unjudged)
