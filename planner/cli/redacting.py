"""`--redact` and `--key`: what a verb shows or saves goes under aliases, and the key is safe before anything else is."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from planner.acceptance import Acceptance
from planner.cli.running import UsageError, say
from planner.documents.aliases import Key
from planner.documents.keyfile import extend_key, key_path, read_key
from planner.documents.kinds import AnyPlan
from planner.documents.redaction import redact, redact_acceptances, redact_id
from planner.files import shown
from planner.inventory import Inventory
from planner.plan import Plan


def key_file(arguments: argparse.Namespace) -> Path | None:
    """The key to use, None where nothing is redacted. Raises UsageError before anything is read."""
    key: Path | None = arguments.key
    out: Path | None = arguments.out
    if not arguments.redact:
        if key is not None:
            raise UsageError("--key says where the key of --redact is kept; give both or neither.")
        return None
    if key is None and out is None:
        raise UsageError("--redact keeps its key beside the file that is saved: give --out FILE, or --key FILE.")
    key = key or key_path(out or Path())
    if out is not None and out.absolute() == key.absolute():
        raise UsageError(f"{shown(out)} cannot be both the key and the redacted file.")
    return key


def redacted_facts(inventory: Inventory, path: Path) -> Inventory:
    """The facts under aliases. Raises FileError: the key cannot be kept, and nothing was saved."""
    made = extend_key(path, lambda key: redact(inventory, key))
    _say_key(path)
    return made


def redacted_case(
    inventory: Inventory, ids: Sequence[str], accepted: Sequence[Acceptance], path: Path
) -> tuple[Inventory, tuple[str, ...], tuple[Acceptance, ...]]:
    """Facts, the lower-cased ids of what is planned in them, and acceptances, all under aliases. Raises FileError."""

    def learn(key: Key) -> tuple[tuple[Inventory, tuple[str, ...], tuple[Acceptance, ...]], Key]:
        facts, learned = redact(inventory, key)
        words, learned = redact_acceptances(accepted, learned)
        own = tuple(ids) if facts is inventory else tuple(redact_id(id, learned).casefold() for id in ids)
        return (facts, own, words), learned

    made = extend_key(path, learn)
    _say_key(path)
    return made


def key_of(plan_file: Path, given: Path | None, plan: AnyPlan) -> Key | None:
    """The key that explains a plan: the one given, or one that lies beside it. Raises FileError."""
    path = given or key_path(plan_file)
    if given is None and not path.exists():
        return None
    key = read_key(path)
    name = _first_name(plan)
    if not key.explains(name):
        say(f"{shown(path)} does not know {name}: names are shown as they stand in the file.")
        return None
    say(f"names come from {shown(path)}; the file holds aliases, and its digest is that of the file.")
    return key


def _first_name(plan: AnyPlan) -> str:
    """The name of its cluster, or of the first of its instances."""
    if isinstance(plan, Plan):
        return plan.subject.name
    return next((one.name for one in (*plan.instances, *plan.members)), "any of its names")


def _say_key(path: Path) -> None:
    say(f"{shown(path)} says which alias stands for what: keep it, and do not pass it on.")
