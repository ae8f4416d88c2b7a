"""Why, for an instance in the grouped list: its release and clock, its clusters by state, what was not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.inventory import Instance, Inventory, Unread, value_of
from tui.explain import instance_clock_items
from tui.groups import NOWHERE, Group, worst_of
from tui.look import Look, count
from tui.prose import GAP, Item, Page, bullet, field, heading, para

if TYPE_CHECKING:
    from tui.lens import Lens


def group_page(lens: Lens, group: Group, look: Look) -> Page:
    """The instance behind a row of the grouped list, over all its clusters and not only those a filter leaves."""
    shown, inventory, today = group.instance, lens.judge.inventory, lens.judge.as_of.date()
    instance = inventory.instance_by_id.get(shown.id)
    sign, words = worst_of(shown, today)
    page: list[Item] = [heading(shown.name)]
    page.append(bullet((words, sign.tone), sign=(look.sign(sign), sign.tone)))
    if shown.worst is not None:
        page.append(para(("Worst: ", "muted"), shown.worst.name))
        page.append(para(("Nearest end: ", "muted"), str(shown.ends or "unknown")))
    page += [GAP, heading(count(shown.clusters, "cluster"))]
    page += [field(str(state), f"{number:,}") for state, number in shown.states] or [para(("It hosts none.", "muted"))]
    if instance is None:
        page += [GAP, para(f"{NOWHERE.capitalize()}: no custom location that was read leads to the instance.")]
    else:
        page += [GAP, heading("Release"), field("build", str(value_of(instance.build) or "unknown"))]
        page += [field("update", value_of(instance.update_state) or "unknown"), GAP]
        page += instance_clock_items(instance, lens, look)
    gaps = _gaps(inventory, instance)
    if gaps:
        page += [GAP, heading("Not read")]
        page += [bullet(f"{gap.what}: {gap.reason}", sign=("?", "unknown")) for gap in gaps]
    return tuple(page)


def _gaps(inventory: Inventory, instance: Instance | None) -> list[Unread]:
    """What could not be read of the instance and its custom locations; for the unknown one, of the whole fleet."""
    subjects = {""}
    if instance is not None:
        subjects = {instance.id, *(one.id for one in inventory.locations if value_of(one.instance) == instance.id)}
    return [gap for gap in inventory.unread if gap.subject.casefold() in subjects]
