"""The palette: every action of the screen, every instance and cluster by name, the places there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tui import errands

if TYPE_CHECKING:
    from tui.app import PlannerApp

MOST_CLUSTERS = MOST_INSTANCES = 30
"""Hits of each shown for one search; the fleet may hold many thousands."""


class Commands(Provider):
    """Names are shown as text objects: nothing from outside is parsed as markup."""

    @property
    def _planner(self) -> PlannerApp:
        return cast("PlannerApp", self.app)

    def _actions(self) -> Iterator[tuple[str, str, Callable[[], object]]]:
        seen = {"palette", "app.focus_next", "app.focus_previous", "back", "clear"}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.id and binding.action not in seen and active.node is self.screen and active.enabled:
                seen.add(binding.action)
                yield binding.description, binding.tooltip, partial(self.screen.run_action, binding.action)
        planner = self._planner
        yield "Source", "sign in, open a snapshot, or see the demo", partial(errands.show_source, planner)
        yield "Plans and journals", "what was saved, what runs, what waits", partial(errands.show_journals, planner)
        yield "Timeline", "support against the days, nearest end first", partial(errands.show_timeline, planner)
        yield "Support scope", "what Microsoft supports, and who is responsible", partial(errands.show_scope, planner)
        yield "Theme", "choose colours", planner.action_change_theme
        yield "Leave", "leave arcstep", partial(planner.exit, 0)

    async def discover(self) -> Hits:
        """All actions."""
        for name, help_text, command in self._actions():
            yield DiscoveryHit(Content(name), command, text=name, help=help_text)

    async def search(self, query: str) -> Hits:
        """Actions, instances and clusters that match."""
        matcher = self.matcher(query)
        for name, help_text, command in self._actions():
            score = matcher.match(name)
            if score > 0:
                yield Hit(score, Content(name), command, text=name, help=help_text)
        for hit in self._named(query.casefold()):
            yield hit

    def _named(self, word: str) -> Iterator[Hit]:
        """Instances, then clusters, whose name contains the word; so many of each."""
        planner = self._planner
        inventory = planner.state.inventory
        instances = (one for one in (inventory.instances if inventory else ()) if word in one.name.casefold())
        for one in islice(instances, MOST_INSTANCES):
            command = partial(errands.open_instance, planner, one.id)
            yield Hit(0.6, Content(one.name), command, text=one.name, help="instance: may its hosts be updated?")
        clusters = (row for row in planner.state.rows if word in row.name.casefold())
        for row in islice(clusters, MOST_CLUSTERS):
            command = partial(errands.show_cluster, planner, row.key)
            yield Hit(0.5, Content(row.name), command, text=row.name, help="open this cluster")
