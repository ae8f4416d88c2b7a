"""What a plan cites: every rule it names in words, and the full text of every source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Final, cast

from planner.catalog import Catalog
from planner.clocks import RULE_SOURCES, RULE_WORDS
from planner.plan import CitedRule, Plan

_KEY: Final = re.compile(r"[A-Z][A-Z0-9-]+")
"""What may be a citation key; a citation may be words with keys in them."""
_RULE: Final = re.compile(rf"\b(?:P\d{{1,2}}|{'|'.join(RULE_WORDS)})\b")


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
    names = {"P15", *(name for said in _texts(value) for name in _RULE.findall(said))}
    return tuple(_in_words(names, {**clock_sources, **RULE_SOURCES}, catalog))


def _in_words(names: set[str], sources: Mapping[str, str], catalog: Catalog) -> Iterator[CitedRule]:
    for rule in catalog.rules:
        if rule.id in names:
            yield CitedRule(rule.id, f"{rule.title}: {rule.text}", "stated", rule.source)
    for name, words in RULE_WORDS.items():
        if name in names:
            known = "stated" if name == "PUB" else "derived"
            says = f"Support ends on {words}." if name == "PUB" else f"Support ends {words}."
            yield CitedRule(name, says, known, sources.get(name, ""))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in cast("tuple[object, ...]", value):
            yield from _texts(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))
