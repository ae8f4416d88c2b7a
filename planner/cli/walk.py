"""`arcstep walk`: opening a plan for walking, who walks it and on what, and the walk on plain lines."""

from __future__ import annotations

import argparse
import getpass
import platform
import shlex
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from planner.cli.arguments import spec_from
from planner.cli.codes import NO_PATH, OK, USAGE
from planner.cli.exits import exit_of_beginning
from planner.cli.running import UsageError, knowledge, say
from planner.documents.datablock import digest_of
from planner.files import ensure_directory, shown, state_directory
from planner.inventory import clean
from planner.ports import Source, SourceError
from planner.sources import SourceSpec, open_cluster_plan, open_source
from planner.walking import Crew

if TYPE_CHECKING:
    from planner.azure.reader import AzureSource
    from planner.catalog import Catalog
    from planner.emulator.demo import DemoSource
    from planner.emulator.mishaps import Mishaps, Named
    from planner.events import Event
    from planner.plan import Plan

__all__ = ["Opened", "crew_for", "journals_of", "open_walk", "refusal_of", "run"]

_UNWALKED: Final = "The plan cannot be walked"


@dataclass(frozen=True)
class Opened:
    """A plan that may be walked, and the source it is walked on; nothing was read from that yet."""

    plan: Plan
    digest: str
    file: str
    """The plan's file as it was named, fit to be shown."""
    catalog: Catalog
    source: Source
    allow_upgrades: bool
    mishaps: Mishaps | None = None
    speed: float | None = None
    """Emulated seconds in a second of a rehearsal; None = as usual."""
    faults: str = ""
    """What goes wrong in a rehearsal, as it was asked for."""

    @property
    def is_rehearsal(self) -> bool:
        """True where Azure is the emulator."""
        return _is_demo(self.source)

    @property
    def directory(self) -> Path:
        """Where its journal lies. Raises FileError."""
        return journals_of(self.source)

    @property
    def resume(self) -> str:
        """The command that takes the walk up again, with all that it was begun with."""
        played = [
            *(["--faults", self.faults] if self.faults else []),
            *(["--speed", f"{self.speed:g}"] if self.speed else []),
        ]
        return shlex.join(["arcstep", "walk", self.file, *rights(self.source, self.allow_upgrades), *played])

    async def crew(self) -> Crew:
        """Who walks it. Signs in where upgrades are allowed. Raises SourceError.

        A rehearsal that is over, or was aborted, begins anew.
        """
        if self.is_rehearsal:
            _put_away(self.directory, self.plan, self.digest)
        return await crew_for(
            self.source,
            self.plan,
            self.catalog,
            digest=self.digest,
            allow_upgrades=self.allow_upgrades,
            mishaps=self.mishaps,
            speed=self.speed,
        )


def run(arguments: argparse.Namespace) -> int:
    """The walk on plain lines. Raises SourceError, UsageError."""
    if not arguments.plain:
        raise UsageError(
            "a walk on screen needs a terminal. Without one, walk on plain lines: arcstep walk FILE --plain"
        )
    opened = open_walk(arguments)
    if not opened.plan.steps:
        say(f"nothing to walk: {opened.plan.verdict_because}")
        return OK
    from planner.cli.plainwalk import walk_plainly

    return walk_plainly(opened, ascii=bool(vars(arguments).get("ascii")))


def open_walk(arguments: argparse.Namespace) -> Opened:
    """The plan and the source that the arguments of `walk` name. Raises SourceError for what cannot be walked."""
    given = vars(arguments)
    spec = spec_from(arguments)
    _check_source(spec, given)
    document = open_cluster_plan(arguments.plan)
    if document.plan is None or not document.executable:
        why = document.problems[0] if document.problems else "its data cannot be read."
        raise SourceError(_UNWALKED, why, f"Make it anew; arcstep show {document.name} says more.", USAGE)
    plan = document.plan
    if (refusal := refusal_of(plan)) is not None:
        raise refusal
    return Opened(
        plan=plan,
        digest=digest_of(plan),
        file=shown(arguments.plan),
        catalog=(catalog := knowledge(arguments)),
        source=_stage(plan, catalog) if spec.kind == "demo" else open_source(spec),
        allow_upgrades=bool(given.get("allow_upgrades")),
        mishaps=_assigned(plan, given.get("faults", ())),
        faults=",".join(f"{name}@{step}" if step else str(name) for name, step in given.get("faults", ())),
        speed=given.get("speed"),
    )


def rights(source: Source, allow_upgrades: bool) -> list[str]:
    """The options that say where a walk is made, and whether arcstep may upgrade."""
    return [*(["--demo"] if _is_demo(source) else []), *(["--allow-upgrades"] if allow_upgrades else [])]


def refusal_of(plan: Plan) -> SourceError | None:
    """Why a plan must not be walked, with the exit code `plan` gives it; None where it may."""
    code = exit_of_beginning(plan)
    if code == OK:
        return None
    cure = "Plan again once that has changed." if code == NO_PATH else "Have it read, then plan again."
    return SourceError(_UNWALKED, f"{plan.title} is {plan.verdict}. {plan.verdict_because}", cure, code)


def journals_of(source: Source) -> Path:
    """Where the journals of walks on this source lie: what was only rehearsed never passes for done. Raises FileError."""
    return ensure_directory(ensure_directory(state_directory()) / ("rehearsals" if _is_demo(source) else "walks"))


async def crew_for(
    source: Source,
    plan: Plan,
    catalog: Catalog,
    *,
    digest: str,
    allow_upgrades: bool = False,
    mishaps: Mishaps | None = None,
    speed: float | None = None,
) -> Crew:
    """Who walks a plan on a source, and what they may use. Signs in where upgrades are allowed. Raises SourceError.

    On the demo the walk is a rehearsal, taken up where an earlier one of the same plan left it.
    """
    by, host = _person(), clean(platform.node()) or "this machine"
    if _is_demo(source):
        from planner.emulator.rehearsal import SPEED, Rehearsal

        kept = _kept(journals_of(source), plan, digest)
        demo = cast("DemoSource", source)
        rehearsal = Rehearsal(demo, plan, catalog, mishaps=mishaps, speed=speed or SPEED, kept=kept)
        upgrader = await rehearsal.upgrader() if allow_upgrades else None
        return Crew(by, host, rehearsal.clock, rehearsal, upgrader, rehearsal.speed, rehearsal.hand)
    if source.label == "snapshot":
        raise _not_now()
    azure = cast("AzureSource", source)
    return Crew(by, host, _utc_now, azure, await azure.upgrader() if allow_upgrades else None)


def _check_source(spec: SourceSpec, given: Mapping[str, object]) -> None:
    if spec.kind == "file":
        raise _not_now()
    if spec.as_of is not None:
        raise SourceError(_UNWALKED, "--as-of names another moment, and a walk happens now.", "Leave it out.", USAGE)
    for option in ("faults", "speed"):
        if option in given and spec.kind != "demo":
            why = f"--{option} is for a rehearsal: nothing is made to go wrong, or faster, in Azure."
            raise SourceError(_UNWALKED, why, f"Give --demo as well, or leave --{option} out.", USAGE)


def _not_now() -> SourceError:
    why = "a walk looks at the cluster as it is now, and a file tells how it was."
    return SourceError(_UNWALKED, why, "Leave --from out to walk in Azure, or give --demo to rehearse.", USAGE)


def _assigned(plan: Plan, named: tuple[Named, ...]) -> Mishaps:
    from planner.emulator.mishaps import MishapError, assigned
    from planner.plan import StepKind

    try:
        return assigned(named, [step.id for step in plan.steps if step.kind is StepKind.KUBERNETES])
    except MishapError as error:
        raise SourceError("The rehearsal cannot begin", f"{error}.", "See arcstep walk --help.", USAGE) from None


def _stage(plan: Plan, catalog: Catalog) -> Source:
    from planner.emulator.demo import DemoSource
    from planner.emulator.rehearsal import world_for

    return DemoSource(world_for(plan, catalog), quota=False)


def _is_demo(source: Source) -> bool:
    return source.label == "demo"


def _person() -> str:
    """Who walks, as the operating system tells it."""
    try:
        return clean(getpass.getuser()) or "operator"
    except (OSError, KeyError, ImportError):
        return "operator"


def _kept(directory: Path, plan: Plan, digest: str) -> tuple[Event, ...]:
    """What the journal of a rehearsal holds; nothing where none was begun."""
    from planner.journal import journal_path, read

    path = journal_path(directory, plan, digest)
    return read(path).events if path.exists() else ()


def _put_away(directory: Path, plan: Plan, digest: str) -> None:
    """Remove the journal of a rehearsal that is over or was aborted."""
    from planner.journal import journal_path
    from planner.walk import WalkError, replay

    with suppress(WalkError):
        walk = replay(_kept(directory, plan, digest))
        if walk.is_over or walk.aborted:
            journal_path(directory, plan, digest).unlink(missing_ok=True)


def _utc_now() -> datetime:
    return datetime.now(UTC)
