"""What has become of a plan of instances, as a page: what to do next, each instance with its steps, the plan made anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.documents.fleetdriftlines import anew_sentences, fleet_advice, place_of, said_once, title_of
from planner.fleet.fates import FleetDrift
from planner.inventory import Unread
from tui.drift_page import behind, cautions, step_items, whole_items
from tui.look import Look
from tui.prose import GAP, Item, Page, heading, para

NOTHING = "This plan has no steps, so there is nothing that could have drifted."


def fleet_drift_page(drift: FleetDrift, look: Look, gaps: Sequence[Unread] = (), problems: Sequence[str] = ()) -> Page:
    """The whole comparison. `gaps` is what could not be read, `problems` what is wrong with the plan's document."""
    page: list[Item] = [para(("Next: ", "muted"), fleet_advice(drift))]
    if not drift.steps:
        page += [para(NOTHING)]
    page += [*_instances(drift, look), *cautions(drift, look, gaps, problems)]
    for reason in drift.whole:
        page += whole_items(reason, look)
    if drift.anew is not None:
        page += [GAP, heading("Made anew"), *(para(words) for words in anew_sentences(drift.anew))]
    moment = f"{drift.read_at:%Y-%m-%d %H:%M} UTC"
    page += [GAP, para((f"A cluster made after {moment} is not among these: R on Fleet reads the list anew.", "muted"))]
    return (*page, *behind(drift))


def _instances(drift: FleetDrift, look: Look) -> Iterator[Item]:
    fates = {step.id: step for step in drift.steps}
    for one in drift.instances:
        yield GAP
        yield heading(place_of(one))
        for reason in one.reasons:
            yield from whole_items(reason, look)
        for step in said_once(one, fates):
            yield from step_items(step, title_of(step, one), look)
