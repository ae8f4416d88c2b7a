"""What a plan cites: every rule it names in words, and the full text of every source."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from operator import attrgetter
from typing import Final, cast

from planner.catalog import Catalog
from planner.clocks import RULE_SOURCES, RULE_WORDS
from planner.plan import CitedRule, Command, Plan

_KEY: Final = re.compile(r"[A-Z][A-Z0-9-]+")
"""What may be a citation key; a citation may be words with keys in them."""
_RULE: Final = re.compile(rf"(?:P\d{{1,2}}|{'|'.join(RULE_WORDS)})(?!\w)")
"""A rule, but for the letter before it: begun with a plain letter a pattern is found much faster."""


def cited(plan: Plan, catalog: Catalog) -> Plan:
    """The plan with every rule it names in words, and the full text of every source it cites."""
    rules = rules_named(plan, {clock.rule: clock.source for clock in plan.subject.clocks}, catalog)
    text: list[str] = [source for step in plan.steps for source in step.sources]
    text += [note.source for note in plan.risks] + [clock.source for clock in plan.subject.clocks]
    text += [source for finding in plan.findings for source in finding.sources]
    text += [way.source for way in plan.dead_end.ways_out] if plan.dead_end else []
    return replace(plan, sources=full_sources((*text, *(rule.source for rule in rules)), catalog), rules=rules)


def full_sources(texts: Iterable[str], catalog: Catalog) -> tuple[tuple[str, str], ...]:
    """(key, full source) of every citation key in the texts."""
    keys = {key for entry in texts for key in _KEY.findall(entry)}
    return tuple((key, catalog.sources[key]) for key in sorted(keys) if key in catalog.sources)


def rules_named(value: object, clock_sources: Mapping[str, str], catalog: Catalog) -> tuple[CitedRule, ...]:
    """Whatever looks like a rule anywhere in a value, in words; what can be undone is told by P15, whichever steps there are.

    `clock_sources` says where the end of a clock was read, by the rule that gave it.
    """
    said = "\n".join(set(_texts(value)))
    names = {"P15", *(found[0] for found in _RULE.finditer(said) if not _is_inside_a_word(found))}
    return tuple(_in_words(names, {**clock_sources, **RULE_SOURCES}, catalog))


def _is_inside_a_word(found: re.Match[str]) -> bool:
    before = found.string[found.start() - 1] if found.start() else " "
    return before.isalnum() or before == "_"


def _in_words(names: set[str], sources: Mapping[str, str], catalog: Catalog) -> Iterator[CitedRule]:
    for rule in catalog.rules:
        if rule.id in names:
            yield CitedRule(rule.id, f"{rule.title}: {rule.text}", "stated", rule.source)
    for name, words in RULE_WORDS.items():
        if name in names:
            known = "stated" if name == "PUB" else "derived"
            says = f"Support ends on {words}." if name == "PUB" else f"Support ends {words}."
            yield CitedRule(name, says, known, sources.get(name, ""))


def _texts(value: object) -> list[str]:
    """Every text in a value, wherever it stands; a plan has some thousand, and each plan asks."""
    texts: list[str] = []
    ahead: list[tuple[object, ...]] = [(value,)]
    for values in ahead:  # which grows meanwhile
        for one in values:
            kind = type(one)
            if kind is str:
                texts.append(cast(str, one))
            elif kind is tuple:
                ahead.append(cast("tuple[object, ...]", one))
            elif (read := _reader(kind)) is not None:
                ahead.append(read(one))
    return texts


@cache
def _reader(kind: type) -> Callable[[object], tuple[object, ...]] | None:
    """Reads the fields that may name a rule, at once; a command does not, whatever its arguments are called."""
    if not is_dataclass(kind) or kind is Command:
        return None
    names = [field.name for field in fields(kind)]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda one: tuple(getattr(one, name) for name in names)
