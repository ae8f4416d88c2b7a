"""What stands under the rows of the Walk screen: a page on the highlighted row, and why. Pure functions."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from planner.catalog import Catalog
from planner.legs import TOOL, Leg, Stage
from planner.outlook import IN_FLIGHT, LOOK_AGAIN, WORRY
from planner.plan import Check, Command, Proof, Step, StepKind
from planner.proofs import Mark
from planner.rollout import errors_of
from planner.walk import Walk, why_not_start
from tui.explain import deed, rule_items, shell, source_items, step_page
from tui.look import BLOCKER, WARNING, Look, Span, age, count, moment
from tui.open_walk import OpenWalk
from tui.prose import GAP, Item, Page, bullet, heading, para
from tui.walk_rows import Kind, WalkRow, clock
from tui.walk_words import is_early, until

NOTICES: Final = {
    StepKind.KUBERNETES: "arcstep notices by itself when the cluster moves, whoever started it.",
    StepKind.RELEASE: "arcstep notices when the instance reports an update in progress, and when it reports {target}.",
    StepKind.NEIGHBOUR: "arcstep notices when {where} runs {target} or newer and is at rest.",
    StepKind.REPAIR: "arcstep notices when both states are Succeeded and every pool runs one version.",
    StepKind.OS_PATCH: "arcstep sees states, pools and node counts, not the age of a node image: look at that yourself.",
    StepKind.DECIDE: "Nothing in Azure tells what was decided: a person says so.",
}
"""How arcstep learns that a step was made."""
NOTICES_OF_MANY: Final = "arcstep notices when each cluster of the gate runs its version or newer and is at rest."


def page_of(row: WalkRow, walk: Walk, shown: OpenWalk, now: datetime, look: Look) -> Page:
    """The most useful lines about a row, most important first."""
    match row.kind:
        case Kind.LEG:
            return _leg_page(row.leg)
        case Kind.CHECK:
            return _check_page(row, walk, shown)
        case Kind.START:
            return _start_page(row.leg, walk, shown, look)
        case Kind.WATCH:
            return _watch_page(row.leg, walk, now, look)
        case Kind.GATE:
            return _gate_page(row.leg, walk)


# -- a leg that is not current


def _leg_page(leg: Leg) -> Page:
    if leg.step is None:
        return (para(("Pre-flight list", "strong"), ": what has to be true before the first step."), *_notes(leg))
    page = [para((f"{leg.id} ", "strong"), leg.step.purpose)]
    if leg.stage is Stage.DONE and leg.started is not None and leg.ended is not None:
        minutes = age((leg.ended - leg.started).total_seconds())
        page.append(para(f"Started {moment(leg.started)}, ended {moment(leg.ended)}: {minutes}."))
    page.append(para((f"{leg.step.owner} · {leg.step.reversibility}", "muted")))
    return (*page, *_notes(leg))


# -- a check


def _check_page(row: WalkRow, walk: Walk, shown: OpenWalk) -> Page:
    check = row.check
    if check is None:
        return ()
    tick = row.leg.tick(check.id)
    page = [para((f"{check.id} ", "strong"), check.text), _how(check, row.leg, shown)]
    if tick is not None and tick.note:
        tone = "bad" if tick.mark is Mark.NOT_SO else "strong"
        page.append(para(("seen: ", "muted"), (tick.note, tone), (f"  {tick.by}, {moment(tick.at)}", "muted")))
    elif tick is not None and tick.mark is Mark.OK:
        page.append(para((f"ticked by {tick.by}, {moment(tick.at)}", "muted")))
    if check.rules:
        page.append(para(("rules: ", "muted"), ", ".join(check.rules), ("   w shows them", "muted")))
    gaps = row.leg.seen.gaps if row.leg.seen is not None and not check.manual else ()
    page += [bullet(gap, sign=("?", "unknown")) for gap in gaps]
    return (*page, *_trouble(row.leg, walk, None), *_notes(row.leg, check.id))


def _how(check: Check, leg: Leg, shown: OpenWalk) -> Item:
    mark = leg.mark(check.id)
    if mark is Mark.NOT_SO:
        return para(("arcstep looked, and it is not so: it cannot be ticked away. Mend it, then r looks again.", "bad"))
    if mark is Mark.OK:
        return para(("Ticked. space takes a tick of yours back, n adds a note.", "muted"))
    if shown.holder:
        return para(("Open.", "muted"))
    if check.manual:
        return para(("Look yourself, then press enter or space. n writes down what you saw.", "accent"))
    if leg.tick(check.id) is None or check.proof is Proof.BY_HAND:
        return para(("arcstep ticks it with the next look; r looks now.", "accent"))
    return para(("arcstep could not tell. r looks again; or look yourself and press space.", "unknown"))


# -- the start


def _start_page(leg: Leg, walk: Walk, shown: OpenWalk, look: Look) -> Page:
    step = leg.step
    if step is None:
        return ()
    page: list[Item] = []
    if leg.refusal is not None:
        page += _refusal(leg, look)
    if leg.doubt:
        page.append(para(("Not known: ", "unknown"), leg.doubt))
    if leg.stage in (Stage.CHECKING, Stage.READY, Stage.TODO):
        page += _how_to_start(leg, step, shown, why_not_start(walk))
    elif leg.started is not None:
        page.append(para(f"Started {moment(leg.started)}{_by(leg)}."))
        if leg.correlation:
            page.append(para(("correlation id, for a support case: ", "muted"), leg.correlation))
    page += command_items(step.commands if not leg.is_hop else deed(step))
    if step.kind is not StepKind.KUBERNETES:
        page.append(para(("expected: ", "muted"), step.expected))
    return (*page, *_notes(leg, leg.id))


def _how_to_start(leg: Leg, step: Step, shown: OpenWalk, blocked: str) -> list[Item]:
    page: list[Item] = []
    if blocked:
        page.append(para(("Not yet: ", "warning"), blocked))
    tone = "accent" if not blocked else "muted"
    if leg.is_hop and shown.who:
        text = (
            "enter: arcstep reads the cluster, shows the one line that changes, asks for the name, sends one request."
        )
        page.append(para((text, tone), (" Or run the command yourself; arcstep notices.", "muted")))
    elif leg.is_hop:
        text = "arcstep is read-only here: run this, then press enter to say that it was started. "
        page.append(para((text + "Only with --allow-upgrades at its start does it upgrade itself.", tone)))
    else:
        page.append(
            para((f"Done by: {step.owner}, on {step.where}. ", "strong"), ("enter says that it was started.", tone))
        )
        page.append(para(step.purpose))
        notice = NOTICES[step.kind] if len(step.awaits) < 2 else NOTICES_OF_MANY
        text = notice.format(target=step.target, where=step.where)
        page.append(para((f"{text} It looks every {age(LOOK_AGAIN[leg.stage].total_seconds())}.", "muted")))
    return page


def command_items(commands: tuple[Command, ...]) -> list[Item]:
    """Each command as a shell takes it, with what it is for."""
    items: list[Item] = []
    for command in commands:
        items += [
            para((shell(command.argv), "strong"), indent=2),
            para((f"{command.purpose} · y copies", "muted"), indent=2),
        ]
    return items


def _by(leg: Leg) -> str:
    if leg.way is None:
        return " by somebody else: this walk did not start it"
    return " by arcstep" if str(leg.way) == TOOL else " by hand"


def _refusal(leg: Leg, look: Look) -> list[Item]:
    refusal = leg.refusal
    if refusal is None:
        return []
    page = [bullet((refusal.why, "bad"), sign=(look.sign(BLOCKER), "bad")), para(refusal.cure)]
    for complaint in refusal.complaints:
        page.append(bullet((complaint.name, "strong"), f": {complaint.message}"))
        if complaint.recommendation:
            page.append(para(("do: ", "muted"), complaint.recommendation, indent=2))
    return page


# -- the watch


def _watch_page(leg: Leg, walk: Walk, now: datetime, look: Look) -> Page:
    step, rollout = leg.step, leg.rollout
    page: list[Item] = []
    if leg.stage in (Stage.TODO, Stage.CHECKING, Stage.READY):
        page.append(para(("Begins when the step was started. ", "muted"), step.watch if step else ""))
        return tuple(page)
    page += _trouble(leg, walk, now)
    if leg.refusal is not None:
        page += _refusal(leg, look)
    if is_early(leg):
        page.append(_early(leg))
    elif rollout is not None:
        page.append(para((f"{rollout.state}: ", "strong"), rollout.meaning))
        page.append(para(("next: ", "muted"), rollout.action, (f"  [{rollout.source}]", "muted")))
    if leg.seen is not None and errors_of(leg.seen):
        page.append(para((f"{look.sign(WARNING)} ", "warning"), (errors_of(leg.seen), "warning")))
    page.append(para(_change(leg, now), _next_look(walk, now)))
    if leg.status:
        page.append(para((f"The operation says {leg.status}; the cluster has the last word.", "muted")))
    if rollout is not None:
        page.append(para((rollout.evidence, "muted")))
    if step is not None and leg.is_open:
        page.append(para(("normal now: ", "muted"), step.watch))
    if step is not None and leg.stage is Stage.ATTENTION:
        page += [bullet((sign, "strong"), f": {cure}") for sign, cure in step.if_wrong]
    if leg.correlation:
        page.append(para(("correlation id, for a support case: ", "muted"), leg.correlation))
    return (*page, *_notes(leg, leg.id))


def _early(leg: Leg) -> Item:
    if leg.stage is Stage.RUNNING:
        return para(("Begun: ", "strong"), "the cluster does not show it yet. arcstep looks again by itself.")
    wait = age(IN_FLIGHT.total_seconds())
    return para(
        ("Not known: ", "unknown"),
        f"the cluster does not show it. Until {wait} after the request it may still come; nothing is sent again.",
    )


def _change(leg: Leg, now: datetime) -> Span:
    if leg.changed is None:
        return ("Nothing has moved yet. ", "")
    if not leg.is_open:
        return (f"Last change {clock(leg.changed, now)} UTC. ", "")
    quiet = now - leg.changed
    worry = f"{WORRY.total_seconds() / 60:.0f} min"
    if not leg.is_hop:  # how long the work of others goes without a sign is not known
        return (f"Last change {age(quiet.total_seconds())} ago. ", "")
    if quiet >= WORRY:
        return (f"No change for {age(quiet.total_seconds())}: look closely, {worry} is the mark. ", "warning")
    return (f"Last change {age(quiet.total_seconds())} ago; worry after {worry} without one. ", "")


def _next_look(walk: Walk, now: datetime) -> Span:
    due = [moment for moment in (walk.look_due, walk.poll_due) if moment is not None]
    return (f"Next look {until(min(due), now)}." if due else "Looking now.", "muted")


def _trouble(leg: Leg, walk: Walk, now: datetime | None) -> list[Item]:
    if not leg.trouble:
        asked = "The operation could not be asked, the cluster tells instead: "
        return [para((asked, "warning"), f"{leg.silence} {leg.cure}")] if leg.silence and leg.is_open else []
    again = f" Next try {until(walk.look_due, now)}." if now is not None and walk.look_due is not None else ""
    return [para(("The last look brought nothing: ", "warning"), f"{leg.trouble} {leg.cure}{again}")]


# -- the gate, notes, why


def _gate_page(leg: Leg, walk: Walk) -> Page:
    following = walk.legs[walk.place + 1] if walk.place + 1 < len(walk.legs) else None
    page = [para((leg.gate, "strong"))]
    if leg.stage is Stage.GATE:
        page.append(para(("enter decides: proceed, hold or abort.", "accent")))
    else:
        missing = count(len(leg.missing(leg.after)), "check")
        page.append(para((f"Opens when the change is made and {missing} after it are ticked.", "muted")))
    if following is not None and following.step is not None:
        page.append(para(("next: ", "muted"), f"{following.id} {following.step.title}, {following.step.owner}"))
    else:
        page.append(para(("next: ", "muted"), "nothing, this is the last step"))
    if leg.step is not None:
        page.append(para((f"This step is {leg.step.reversibility}.", "muted")))
    return (*page, *_notes(leg, leg.id))


def _notes(leg: Leg, item: str = "") -> list[Item]:
    notes = [note for note in leg.notes if not item or note.item == item]
    return [para((f"note, {note.by}: ", "muted"), note.text) for note in notes]


def why_page(row: WalkRow, walk: Walk, shown: OpenWalk, catalog: Catalog | None, now: datetime, look: Look) -> Page:
    """Rules and sources behind a row, in full."""
    leg, step = row.leg, row.leg.step
    title = row.id if row.kind is Kind.CHECK else f"{leg.id}  {row.text}"
    head = (heading(title), *page_of(row, walk, shown, now, look))
    if row.kind is Kind.CHECK and row.check is not None:
        return (*head, *rule_items(row.check.rules, catalog), *(source_items(step.sources, catalog) if step else ()))
    if step is None:
        return head
    ticks = frozenset(tick.item for tick in leg.ticks if tick.mark is Mark.OK)
    return (*head, GAP, *step_page(step, walk.plan.risks, catalog, ticks))


def log_page(walk: Walk, most: int = 0) -> Page:
    """The log, newest first; `most` > 0 limits the lines."""
    lines = walk.log[::-1][: most or None]
    width = max((len(line.step) for line in lines), default=0)
    return tuple(
        Item(
            ((f"{clock(line.at, walk.now)} ", "muted"), (f"{line.step:<{width}} ", "accent"), (line.text, "")),
            hang=8 + width,
            fixed=bool(most),
        )
        for line in lines
    )
