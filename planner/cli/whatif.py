"""`arcstep whatif`: what an update of the hosts would do to the clusters they carry."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator
from typing import Final

from planner.cli.codes import NO_PATH, OK, UNKNOWN
from planner.cli.detail import in_detail
from planner.cli.naming import find_instance
from planner.cli.running import UsageError, judged, knowledge, print_out, reading, say
from planner.cli.table import can_draw, columns
from planner.destination import release_name
from planner.fleet.targets import TargetError, full_name, resolve_target, targets
from planner.fleet.whatif import Bearing, Effect, WhatIf, what_if
from planner.inventory import LISTED, Instance, Inventory, Known, Unknown, Unread
from planner.moves import Platform
from planner.ports import Report, Source
from planner.routes import Routes
from planner.standpoint import platform_of
from planner.support import Judge

_SIGNS: Final = {
    Bearing.STRANDED: ("◆", "#"),
    Bearing.CEILING: ("✖", "x"),
    Bearing.ALREADY: ("◆", "#"),
    Bearing.CANNOT_JUDGE: ("?", "?"),
    Bearing.MINOR_REMOVED: ("▲", "!"),
    Bearing.PATCH_OUTDATED: ("▲", "!"),
    Bearing.FINE: ("✔", "+"),
}


def run(arguments: argparse.Namespace) -> int:
    """Read the fleet, the hosted clusters in detail, try the release, print. Raises SourceError, UsageError."""
    catalog = knowledge(arguments)

    async def read(source: Source, report: Report) -> tuple[Inventory, str]:
        inventory = await source.load(report)
        instance = find_instance(inventory, arguments.instance)
        return await in_detail(source, inventory, (instance,), report), instance.id

    inventory, id = reading(arguments, read)
    judge, routes = judged(arguments, inventory, catalog)
    instance = inventory.instance_by_id[id]
    answer = _answer(instance, arguments.release, judge, routes)
    gaps = _gaps(instance, inventory)
    code = exit_of_what_if(answer, inventory, gaps)
    if arguments.json:
        from planner.documents.jsontext import encode
        from planner.documents.whatifdoc import whatif_document

        print_out(encode(whatif_document(instance, answer, judge, gaps, code)))
    elif isinstance(answer, WhatIf):
        print_out(_text(answer, judge, plain=getattr(arguments, "ascii", False) or not can_draw()))
    else:
        say(answer)
    _say_gaps(answer, inventory, gaps)
    return code


def exit_of_what_if(answer: WhatIf | str, inventory: Inventory, gaps: tuple[Unread, ...]) -> int:
    """Somebody would lose every hop; or it is not known, of somebody, of somebody unseen, or of the list; or nobody would.

    What is known of a cluster that is offline or being changed, or of hosts that are, may be another thing tomorrow: not 0.
    """
    if isinstance(answer, str):
        return UNKNOWN
    if answer.blocking:
        return NO_PATH
    partial = bool(gaps) or answer.is_partial or len(inventory.clusters) < (inventory.expected or 0)
    passing = bool(answer.not_now) or any(effect.now for effect in answer.effects)
    return UNKNOWN if answer.open or answer.is_unlisted or partial or passing else OK


def _answer(instance: Instance, wanted: str | None, judge: Judge, routes: Routes) -> WhatIf | str:
    """The answer, or a sentence why there is none. Raises UsageError for a release that cannot be reached."""
    here = platform_of(instance, judge)
    if isinstance(here, Unknown):
        return f"nothing can be said: {here.reason}."
    reachable = targets(instance, judge, routes)
    if not reachable and wanted is None:
        return f"nothing can be said: the catalog knows no update from {release_name(here, judge.catalog)}."
    try:
        target = reachable[0] if wanted is None else resolve_target(wanted, instance, judge, routes)
    except TargetError as error:
        raise UsageError(str(error)) from None
    if wanted is None:
        _say_default(here, reachable, judge)
    answer = what_if(instance, target, judge, routes)
    return f"nothing can be said: {answer.reason}." if isinstance(answer, Unknown) else answer


def _say_default(here: Platform, reachable: tuple[Platform, ...], judge: Judge) -> None:
    names = [full_name(one, here, reachable, judge.catalog) for one in reachable]
    others = f" --release tries another: {', '.join(names[1:])}." if names[1:] else ""
    say(f"tried is the next release, {names[0]}.{others}")


def _text(answer: WhatIf, judge: Judge, *, plain: bool) -> str:
    sign = "ascii" if plain else "drawn"
    rows = [
        (
            _sign(effect)[sign == "ascii"],
            effect.cluster.name,
            str(effect.version or "?"),
            effect.on_it,
            effect.first or "-",
        )
        for effect in answer.effects
    ]
    table = columns(("", "CLUSTER", "VERSION", f"ON {answer.name}", "DO FIRST"), rows) if rows else []
    return "\n".join(
        [
            _headline(answer, judge),
            answer.verdict,
            *_ended(answer),
            "",
            *table,
            *_reasons(answer),
            *_later(answer),
            *_next(answer),
            "",
        ]
    )


def _ended(answer: WhatIf) -> Iterator[str]:
    """That the release tried is out of support itself: safe to go to is not the same as good to stay on."""
    if answer.ended is not None:
        yield f"{answer.name} itself left support on {answer.ended}."


def _sign(effect: Effect) -> tuple[str, str]:
    """Nothing that is not known, or cannot be changed now, is drawn as fine."""
    if (effect.gap and not effect.blocks) or not effect.is_listed:
        return ("?", "?")
    return ("▲", "!") if effect.now and effect.bearing is Bearing.FINE else _SIGNS[effect.bearing]


def _headline(answer: WhatIf, judge: Judge) -> str:
    catalog = judge.catalog
    keys = [answer.here.key, *(platform.key for platform in answer.way)]
    return (
        f"{answer.instance.name} runs {release_name(answer.here, catalog)}; updates tried: {' > '.join(keys)}. "
        f"As of {judge.as_of:%Y-%m-%d %H:%M} UTC, {judge.inventory.source}."
    )


def _reasons(answer: WhatIf) -> Iterator[str]:
    """Why, for each that is not simply fine; clusters with one reason share a line."""
    told: dict[str, list[str]] = {}
    for effect in answer.effects:
        if effect.bearing is not Bearing.FINE or effect.gap or effect.now or not effect.is_listed:
            gap = f" Not known: {effect.gap}." if effect.gap else ""
            now = f" Not now: {effect.now}" if effect.now else ""
            told.setdefault(f"{effect.why}{gap}{now}", []).append(effect.cluster.name)
    if told:
        yield ""
    for why, names in told.items():
        yield f"{', '.join(names)}: {why}"


def _later(answer: WhatIf) -> Iterator[str]:
    """For every later release the first cluster it would strand; releases in a row that lose the same share a line."""
    runs = answer.later_runs
    if runs:
        yield from ("", "Updated straight to a later release:")
    for names, loss in runs:
        yield f"  {', '.join(names)}: {loss.words(len(answer.effects), partial=answer.is_partial)}."


def _next(answer: WhatIf) -> Iterator[str]:
    """How to have it planned, hops first."""
    if answer.effects and not answer.count(Bearing.CANNOT_JUDGE):
        command = shlex.join(("arcstep", "plan", "--instance", answer.instance.name, "--to", answer.goal))
        yield from ("", f"Plan this update, with only the hops it needs: {command} --out FILE.md")


def _gaps(instance: Instance, inventory: Inventory) -> tuple[Unread, ...]:
    hosted = inventory.clusters_by_instance.get(instance.id, ())
    return tuple(gap for cluster in hosted for gap in inventory.unread_of(cluster))


def _say_gaps(answer: WhatIf | str, inventory: Inventory, gaps: tuple[Unread, ...]) -> None:
    """Partial is called partial (PR14)."""
    for gap in gaps:
        cluster = inventory.by_key.get(gap.subject.casefold())
        say(f"not read: {gap.what} of {cluster.name if cluster is not None else gap.subject}: {gap.reason}")
    count, expected = len(inventory.clusters), inventory.expected
    if expected is not None and count < expected:
        say(f"partial: {count:,} of {expected:,} clusters read; those missing may be on this instance.")
    if isinstance(answer, str):
        return
    if answer.unplaced:
        noun = "cluster" if answer.unplaced == 1 else "clusters"
        say(f"partial: the instance of {answer.unplaced:,} {noun} is not known; this may be it.")
    listed = [effect.cluster.name for effect in answer.effects if _is_listed(effect.cluster.pools)]
    if listed:
        say(f"node pools of {', '.join(listed)} come from a list that may not be all: a Windows pool may be missing.")


def _is_listed(pools: object) -> bool:
    return isinstance(pools, Known) and pools.source == LISTED
