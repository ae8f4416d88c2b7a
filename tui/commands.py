"""The palette: every action of the screen, every cluster by name, the places there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tui import errands

if TYPE_CHECKING:
    from tui.app import PlannerApp

MOST_CLUSTERS = 30
"""Hits of clusters shown for one search; the fleet may hold many thousands."""


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
        """Actions and clusters that match."""
        matcher = self.matcher(query)
        for name, help_text, command in self._actions():
            score = matcher.match(name)
            if score > 0:
                yield Hit(score, Content(name), command, text=name, help=help_text)
        found = 0
        for row in self._planner.state.rows:
            if query.casefold() in row.name.casefold():
                found += 1
                command = partial(errands.show_cluster, self._planner, row.key)
                yield Hit(0.5, Content(row.name), command, text=row.name, help="open this cluster")
                if found == MOST_CLUSTERS:
                    return
