"""What the screen of a plan of instances says in prose: verdict, stages, parts, times, risks, the document. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner.catalog import Catalog
from planner.fleetplan import FleetPlan, InstancePlan, Member, StagePlan
from planner.goals import in_words
from planner.plan import ClockLine
from planner.ports import SourceError
from planner.schedule.words import late_words, minutes_in_words, one_lapse
from planner.timing import MustStart, Timing
from tui.explain import dead_end_page, dispute_items, risk_items
from tui.look import UNKNOWN, WARNING, Look, Spans, clock_sign, count, moment, verdict_sign
from tui.prose import GAP, Item, Page, bullet, field, heading, line, para


def verdict(plan: FleetPlan, look: Look, notes: Sequence[str]) -> Spans:
    """The verdict in a sentence, with what must be known about how the plan came to be."""
    sign = verdict_sign(plan.verdict)
    words = ((f"{look.sign(sign)} {plan.verdict}: ", sign.tone), (plan.verdict_because, ""))
    return (*words, *((f" {note}", "warning") for note in notes))


def title(plan: FleetPlan) -> Spans:
    """Where to, and how much of it there is."""
    updates = sum(bool(stage.update) for instance in plan.instances for stage in instance.stages)
    where = plan.instances[0].name if len(plan.instances) == 1 else count(len(plan.instances), "instance")
    parts = (count(len(plan.steps), "step"), count(updates, "release update"))
    return ((where, "strong"), (f"  goal {in_words(plan.goal)}", "accent"), (f"  {' · '.join(parts)}", "muted"))


def stage_page(plan: FleetPlan, instance: InstancePlan, stage: StagePlan, look: Look) -> Page:
    """A stage: what its update waits for, and why no shorter way does."""
    page: list[Item] = [heading(f"{instance.name} on {stage.release}")]
    awaited, bound = plan.waited_for(stage), {one.step: one for one in stage.binding if one.step}
    if stage.update and awaited:
        page.append(para((f"The update after it ({stage.update}) waits for:", "")))
        for who, id in awaited:
            how = f"  {bound[id].version}, to {bound[id].needs} ({id})" if id in bound else f"  ({id})"
            page.append(bullet((who, "strong"), how, sign=(look.sign(WARNING), WARNING.tone)))
    elif stage.update:
        page.append(para(f"The update after it ({stage.update}) strands nobody as they then stand."))
    else:
        page.append(para("The last stage: no update follows."))
    return (*page, GAP, para(instance.minimal))


def instance_page(instance: InstancePlan, look: Look) -> Page:
    """An instance: by when to begin with it, and its own clocks."""
    page: list[Item] = [heading(f"{instance.name}: {instance.release} → {instance.target or 'unknown'}")]
    if instance.must_start is not None:
        page += [GAP, heading("Must start by"), *must_start_items(instance.must_start)]
    return (*page, GAP, heading("Clocks of the instance"), *_clocks(instance.clocks, instance.must_start, look))


def member_page(member: Member, look: Look) -> Page:
    """A cluster's part, its clocks, and where it cannot go."""
    page: list[Item] = [heading(member.name), field("part", str(member.part)), para(member.because)]
    if member.held_up:
        page.append(bullet(f"Not now: {member.held_up}", sign=(look.sign(WARNING), WARNING.tone)))
    page += [field("today", f"{member.version}, {member.support}"), field("leads to", member.target)]
    if member.steps:
        page.append(field("steps", ", ".join(member.steps)))
    if member.must_start is not None:
        page += [GAP, heading("Must start by"), *must_start_items(member.must_start)]
    if member.dead_end is not None:
        page += [GAP, *dead_end_page(member.dead_end, look)]
    return (*page, GAP, heading("Clocks"), *_clocks(member.clocks, member.must_start, look))


def _clocks(clocks: Iterable[ClockLine], start: MustStart | None, look: Look) -> Page:
    """Clocks as the plan remembers them; the one that decides is marked."""
    items: list[Item] = []
    for clock in clocks:
        sign = clock_sign(clock.state, None)  # type: ignore[arg-type]  # a plan keeps the word of the state
        is_it = start is not None and (start.clock, start.deadline) == (clock.kind, clock.ends)
        decides = " · decides" if is_it else ""
        items.append(bullet((clock.kind, "strong"), (decides, "accent"), sign=(look.sign(sign), sign.tone)))
        items.append(para(clock.reading, indent=2))
        items.append(para((f"{clock.rule} · {clock.source}".strip(" ·"), "muted"), indent=2))
    return tuple(items)


def must_start_items(start: MustStart) -> Page:
    """The subtraction, a line each, down to the day."""
    items: list[Item] = [field("deadline", f"{start.deadline}, {start.clock} ({start.rule})", width=30)]
    items += [field(f"less {share.what}", minutes_in_words(share.minutes), width=30) for share in start.shares]
    if start.by is not None:
        items.append(field("must start by", moment(start.by), "bad" if start.is_past else "strong", width=30))
    late = late_words(start)
    return (*items, *((para((late, "bad")),) if late else ()))


def times_page(plan: FleetPlan, look: Look, strange: Sequence[str] = ()) -> Page:
    """Waves, fit, the most urgent start, downtime, and what to relax where nothing fits.

    `strange` = patterns of the calendar that name no instance, a sentence each.
    """
    timing = plan.timing
    if timing is None:
        return (para(("There is nothing to do, so nothing takes time.", "muted")),)
    page: list[Item] = []
    if timing.conflicts:
        page += [heading("Nothing fits into the calendar"), *_conflicts(timing, look), GAP]
    if timing.lapses:
        page += [heading("Out of support inside the plan"), *_lapses(timing, look), GAP]
    page += [heading("How long"), field("work", _span(timing.low, timing.high)), *_fit(timing)]
    page.append(field("calendar", timing.calendar or "none: any time is allowed. c reads one", width=16))
    page.append(field("time zone", timing.zone))
    page += (bullet(f"{text}.", sign=(look.sign(WARNING), WARNING.tone)) for text in strange)
    if timing.must_start is not None:
        page += [GAP, heading("The most urgent start"), *must_start_items(timing.must_start)]
    if plan.critical:
        page += [GAP, heading("What decides the finish"), para(" → ".join(plan.critical))]
    page += [GAP, heading("Waves"), *_waves(plan)]
    if timing.downtime:
        page += [GAP, heading("Downtime, not rolling"), *(bullet(text) for text in timing.downtime)]
    page += [GAP, heading("Side by side"), *(bullet(text) for text in plan.limits)]
    return tuple(page)


def _conflicts(timing: Timing, look: Look) -> Iterable[Item]:
    for conflict in timing.conflicts:
        what = " and ".join(conflict.constraints)
        yield bullet("Relax ", (what, "strong"), f": all would be done by {moment(conflict.finish)}.",
                     sign=(look.sign(WARNING), WARNING.tone))  # fmt: skip


def _lapses(timing: Timing, look: Look) -> Iterable[Item]:
    return (bullet(one_lapse(one), sign=(look.sign(WARNING), WARNING.tone)) for one in timing.lapses)


def _span(low: int, high: int) -> str:
    return f"{minutes_in_words(low)} to {minutes_in_words(high)}, one after the other"


def _fit(timing: Timing) -> Page:
    fit = timing.fit
    if fit is None:
        return ()
    where = f" at step {fit.step}" if fit.step else ""
    words = f"{minutes_in_words(fit.high)} of a {minutes_in_words(fit.window)} window: {fit.fit}{where}"
    return (field("window", words, "warning" if fit.step else "good"),)


def _waves(plan: FleetPlan) -> Iterable[Item]:
    for wave in plan.waves:
        span = f"{moment(wave.start)} to {moment(wave.end)}" if wave.start and wave.end else "not scheduled"
        yield line((wave.name, "strong"), (f"  {', '.join(wave.instances)}", ""), (f"  {span}", "muted"))
        if wave.soak:
            yield para((f"then {minutes_in_words(wave.soak)} of soak", "muted"), indent=2)
        if wave.stop:
            yield para((f"stop: {wave.stop}", "warning"), indent=2)


def risks_page(plan: FleetPlan, catalog: Catalog | None) -> Page:
    """What must not be done, known issues, what is not known, where documents disagree."""
    page: list[Item] = [heading("What must not be done"), *(bullet(text) for text in plan.must_not)]
    page += [GAP, heading("Known issues")]
    page += [item for risk in plan.risks for item in (*risk_items(risk), GAP)] or [para(("None matches.", "good"))]
    page += [heading("Unknown"), *(bullet(text, sign=(UNKNOWN.glyph, UNKNOWN.tone)) for text in plan.unknowns)]
    return (*page, *dispute_items(plan.disputes, catalog))


def document(plan: FleetPlan) -> str:
    """The plan as its document. Raises SourceError for one that is too large."""
    from planner.documents.markdown import render

    return render(plan)


def shown_document(plan: FleetPlan) -> str:
    """The document for looking at; in place of one that is too large the sentence that says so."""
    try:
        return document(plan)
    except SourceError as error:
        return f"{error.what}: {error.why} {error.cure}"
