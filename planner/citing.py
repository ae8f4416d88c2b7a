"""What a plan cites: every rule it names in words, and the full text of every source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Final, cast

from planner.catalog import Catalog
from planner.clocks import RULE_SOURCES, RULE_WORDS
from planner.plan import CitedRule, Command, Plan

_KEY: Final = re.compile(r"[A-Z][A-Z0-9-]+")
"""What may be a citation key; a citation may be words with keys in them."""
_POLICY: Final = re.compile(r"P\d{1,2}(?!\w)")
"""A policy rule, but for the letter before it: begun with a plain letter a pattern is found much faster."""
_WINDOW_RULES: Final = {name: re.compile(rf"\b{name}\b") for name in RULE_WORDS}


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
    said = "\n".join(_texts(value))
    names = {"P15", *(found[0] for found in _POLICY.finditer(said) if not _is_inside_a_word(found))}
    names |= {name for name, pattern in _WINDOW_RULES.items() if name in said and pattern.search(said)}
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


def _texts(value: object) -> Iterator[str]:
    """Every text in a value, wherever it stands; a plan has some thousand, and each plan asks."""
    ahead = [value]
    while ahead:
        one = ahead.pop()
        if type(one) is str:
            yield one
        elif type(one) is tuple:
            ahead.extend(cast("tuple[object, ...]", one))
        else:
            ahead.extend(getattr(one, name) for name in _members(type(one)))


@cache
def _members(kind: type) -> tuple[str, ...]:
    """Fields that may name a rule; a command does not, whatever its arguments are called."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) and kind is not Command else ()
