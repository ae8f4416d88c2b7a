"""Why: rules, evidence, sources and age behind a thing, as pages of plain text. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from planner.catalog import Catalog
from planner.findings import Evidence, Finding
from planner.fleet.instance_clocks import instance_clocks
from planner.inventory import Cluster, Instance, Known
from planner.plan import Check, Command, DeadEnd, RiskNote, Step
from planner.schedule.words import minutes_in_words
from planner.support import Clock
from tui.look import Look, clock_sign, clock_words, count, moment, severity_sign, support_sign
from tui.prose import GAP, Item, Page, bullet, field, heading, para

if TYPE_CHECKING:
    from tui.lens import Lens


def cluster_page(lens: Lens, cluster: Cluster, look: Look) -> Page:
    """Why a cluster is in its support state: the sentence, the clocks, the findings, the gaps."""
    judge = lens.judge
    support = judge.support(cluster)
    state, ends = judge.state(cluster)
    sign = support_sign(state, ends, judge.as_of.date())
    page: list[Item] = [
        heading(cluster.name),
        bullet((str(state), sign.tone), sign=(look.sign(sign), sign.tone)),
        para(support.because),
    ]
    if support.way_back:
        page.append(para(("Way back: ", "muted"), support.way_back))
    page += [GAP, heading("Clocks"), *clock_items(support.clocks, lens, look)]
    findings = lens.findings(cluster)
    page += [GAP, heading("Findings")]
    page += [_finding_line(finding, look) for finding in findings] or [para(("none", "muted"))]
    gaps = judge.inventory.unread_of(cluster)
    if gaps:
        page += [GAP, heading("Not read")]
        page += [bullet(f"{gap.what}: {gap.reason}", sign=("?", "unknown")) for gap in gaps]
    return (*page, GAP, *_age(cluster, judge.inventory.as_of))


def _finding_line(finding: Finding, look: Look) -> Item:
    sign = severity_sign(finding.severity)
    return bullet((finding.code, "strong"), f"  {finding.title}", sign=(look.sign(sign), sign.tone))


def _age(cluster: Cluster, otherwise: object) -> Page:
    version = cluster.version
    if not isinstance(version, Known):
        return (para(("Version: ", "muted"), (version.reason, "unknown")),)
    return (para((f"Version {version.value} was read from {version.source}, {moment(version.at)}.", "muted")),)


def clock_items(clocks: Iterable[Clock], lens: Lens, look: Look) -> Page:
    """Each clock as it stands through a lens."""
    return clock_items_at(clocks, lens.judge.as_of.date(), look)


def clock_items_at(clocks: Iterable[Clock], today: date, look: Look) -> Page:
    """Each clock with its reading, rule, source and what its end rests on."""
    items: list[Item] = []
    for clock in clocks:
        sign = clock_sign(clock.state, clock.days_left(today))
        words = clock_words(clock.state, clock.days_left(today))
        items.append(bullet((str(clock.kind), "strong"), f"  {words}", sign=(look.sign(sign), sign.tone)))
        items.append(para(clock.reading, indent=2))
        behind = " · ".join(part for part in (clock.rule, clock.source, str(clock.confidence)) if part)
        items.append(para((behind, "muted"), indent=2))
    return tuple(items)


def instance_clock_items(instance: Instance, lens: Lens, look: Look) -> Page:
    """The six clocks of an instance; those of a cluster name it."""
    items: list[Item] = []
    for one in instance_clocks(instance, lens.judge):
        items += clock_items((one.clock,), lens, look)
        unknown = f"; {count(one.unknown, 'cluster')} without an answer" if one.unknown else ""
        items += [para((f"cluster {one.cluster}{unknown}", "muted"), indent=2)] if one.cluster else []
    return tuple(items)


def finding_page(finding: Finding, catalog: Catalog, look: Look) -> Page:
    """One finding: what is, what follows, what to do, whose job it is, and everything it rests on."""
    sign = severity_sign(finding.severity)
    page: list[Item] = [
        heading(finding.code),
        bullet((str(finding.severity), sign.tone), sign=(look.sign(sign), sign.tone)),
        para((finding.title, "strong")),
        para(finding.why),
    ]
    if finding.cure:
        page += [GAP, heading("What to do"), para(finding.cure)]
    page += [para(("Who: ", "muted"), str(finding.owner))]
    page += _evidence(finding.evidence)
    page += rule_items(finding.rules, catalog)
    page += dispute_items(finding.disputes, catalog)
    page += source_items(finding.sources, catalog)
    return tuple(page)


def _evidence(evidence: Iterable[Evidence]) -> list[Item]:
    items: list[Item] = []
    for fact in evidence:
        read = f" ({fact.source}, {moment(fact.at)})" if fact.at else f" ({fact.source})" if fact.source else ""
        items.append(bullet(f"{fact.fact}: ", (fact.value, "strong"), (read, "muted")))
    return [GAP, heading("Evidence"), *items] if items else []


def rule_items(ids: Iterable[str], catalog: Catalog | None) -> list[Item]:
    """Policy rules with their text and source."""
    items: list[Item] = []
    for rule_id in ids:
        rule = catalog.rule_by_id.get(rule_id) if catalog else None
        if rule is None:
            items.append(bullet((rule_id, "strong")))
            continue
        items += [bullet((rule.id, "strong"), f"  {rule.title}"), para(rule.text, indent=2)]
        items.append(para((rule.source, "muted"), indent=2))
    return [GAP, heading("Rules"), *items] if items else []


def dispute_items(texts: Iterable[str], catalog: Catalog | None) -> list[Item]:
    """Contradictions between documents, by id or in words that begin with it; both sides where the knowledge is loaded."""
    items: list[Item] = []
    for text in texts:
        dispute_id, _, words = text.partition(":")
        dispute = catalog.dispute_by_id.get(dispute_id) if catalog else None
        if dispute is None:
            items.append(bullet((dispute_id, "strong"), f" {words}"))
            continue
        items.append(bullet((dispute.id, "strong"), f"  {dispute.title}"))
        items += [bullet(claim, (f" [{source}]", "muted"), indent=2) for claim, source in dispute.sides]
        items.append(para(("arcstep follows: ", "muted"), dispute.ruling, indent=2))
    return [GAP, heading("Documents disagree"), *items] if items else []


def source_items(keys: Iterable[str], catalog: Catalog | None) -> list[Item]:
    """Citation keys with what they stand for."""
    items = [
        bullet((key, "strong"), (f"  {catalog.sources[key]}", "muted"))
        if catalog and key in catalog.sources
        else bullet((key, "muted"))
        for key in keys
    ]
    return [GAP, heading("Sources"), *items] if items else []


def step_page(
    step: Step, risks: Sequence[RiskNote], catalog: Catalog | None, ticks: frozenset[str] = frozenset()
) -> Page:
    """A step in full: why, commands, what to expect, checks, what to do when it goes wrong."""
    page: list[Item] = [
        heading(f"{step.id}  {step.title}"),
        para(step.purpose),
        field("where", f"{step.where}, release {step.release}"),
        field("who", str(step.owner)),
        field("undo", str(step.reversibility)),
        field("known from", step.basis),
    ]
    if step.not_before:
        page.append(field("not before", f"{step.not_before:%Y-%m-%d}", "warning"))
    page += awaited_items(step)
    page += _checks("Before", step.before, ticks)
    if step.commands:
        page += [GAP, heading("Commands")]
        for command in step.commands:
            page += [para((command.purpose, "muted")), para((shell(command.argv), "accent"), indent=2)]
    page += [GAP, heading("Expected"), para(step.expected)]
    if step.watch:
        page += [GAP, heading("Watch"), para(step.watch)]
    page += _checks("Verify", step.verify, ticks)
    if step.gate:
        page += [GAP, heading("Gate"), para(step.gate)]
    if step.if_wrong:
        page += [GAP, heading("If it goes wrong")]
        page += [bullet((sign, "strong"), f": {cure}") for sign, cure in step.if_wrong]
    met = [risk for risk in risks if step.id in risk.steps]
    if met:
        page += [GAP, heading("Risks"), *(item for risk in met for item in risk_items(risk))]
    page += rule_items(step.rules, catalog)
    page += source_items(step.sources, catalog)
    return tuple(page)


def awaited_items(step: Step) -> list[Item]:
    """The clusters a release update waits for, each with its hops and what stands before the first of them."""
    if not step.awaits:
        return []
    page: list[Item] = [GAP, heading("Clusters that move first")]
    for one in step.awaits:
        way = " → ".join((one.origin, *(one.hops or (one.target,))))
        time = "" if one.duration is None else f"  up to {minutes_in_words(one.duration.high)}"
        page.append(bullet((one.cluster, "strong"), f"  {way}", (time, "muted")))
        if one.note:
            page.append(para((one.note, "warning"), indent=2))
    return page


def shell(argv: Iterable[str]) -> str:
    """A command as a shell would take it; a rendering only."""
    import shlex

    return shlex.join(argv)


def _checks(title: str, checks: Iterable[Check], ticks: frozenset[str]) -> list[Item]:
    items = [
        bullet(check.text, (" (look yourself)" if check.manual else "", "muted"), sign=(_box(check, ticks), "accent"))
        for check in checks
    ]
    return [GAP, heading(title), *items] if items else []


def _box(check: Check, ticks: frozenset[str]) -> str:
    return "[x]" if check.id in ticks else "[ ]"


def step_summary(step: Step) -> Page:
    """A step in a few lines, for under the list."""
    page = [para((f"{step.id} ", "strong"), step.purpose)]
    page += [para((shell(command.argv), "accent"), indent=2) for command in deed(step)]
    page.append(para((f"{step.reversibility} · known from: {step.basis} · {', '.join(step.rules)}", "muted")))
    if step.gate:
        page.append(para(("then: ", "muted"), step.gate))
    return tuple(page)


def deed(step: Step) -> tuple[Command, ...]:
    """The command that makes the step, where arcstep knows one; else the first, which looks."""
    making = tuple(command for command in step.commands if "--kubernetes-version" in command.argv)
    return making or step.commands[:1]


def risk_items(risk: RiskNote) -> Page:
    """A risk, whether it applies, and its cure."""
    tone = {"applies": "warning", "accepted": "muted"}.get(risk.state, "unknown")
    items = [bullet((risk.id, "strong"), f"  {risk.title}", sign=("▲" if risk.state == "applies" else "?", tone))]
    items.append(para((f"{risk.severity}, {risk.state}", tone), (f" · {', '.join(risk.steps)}", "muted"), indent=2))
    if risk.accepted_reason:
        until = f" until {risk.accepted_until:%Y-%m-%d}" if risk.accepted_until else ""
        items.append(para(f"accepted{until}: {risk.accepted_reason}", indent=2))
    if risk.cure:
        items.append(para(("cure: ", "muted"), risk.cure, indent=2))
    items.append(para((risk.source, "muted"), indent=2))
    return tuple(items)


def dead_end_page(dead_end: DeadEnd, look: Look) -> Page:
    """Why there is no path, and every way out in rank order."""
    what = "No compliant path" if dead_end.by_rule else "Cannot judge: knowledge is missing"
    page: list[Item] = [heading(what), para(dead_end.summary)]
    page += [GAP, heading("Because")]
    for cause in dead_end.causes:
        sign = ("?", "unknown") if cause.missing else (look.text("✖"), "bad")
        rules = f"  [{', '.join(cause.rules)}]" if cause.rules else ""
        page.append(bullet((cause.what, "strong"), (rules, "muted"), sign=sign))
        if cause.why.rstrip(".") not in dead_end.summary:
            page.append(para(cause.why, indent=2))
    page += [GAP, heading("Ways out")]
    for place, way in enumerate(dead_end.ways_out, 1):
        page += [bullet((way.title, "strong"), (f"  {way.owner}", "muted"), sign=(f"{place}", "accent"))]
        page += [para(way.how, indent=2)]
        if way.risk:
            page.append(para(("risk: ", "muted"), way.risk, indent=2))
        behind = " · ".join(part for part in (", ".join(way.rules), way.source) if part)
        page.append(para((behind, "muted"), indent=2))
    if not dead_end.ways_out:
        page.append(para(("none is known", "unknown")))
    return tuple(page)


def scope_page(catalog: Catalog) -> Page:
    """Support scope: what Microsoft supports and does not, and who is responsible."""
    page: list[Item] = []
    section = ""
    tones = {"yes": "good", "no": "bad"}
    for line in catalog.scope:
        if line.section != section:
            section = line.section
            page += [GAP, heading(section)]
        page.append(bullet((line.supported, tones.get(line.supported, "warning")), f"  {line.text}"))
        page.append(para((" · ".join(part for part in (line.owner, line.source, line.url) if part), "muted"), indent=2))
    return tuple(page)
