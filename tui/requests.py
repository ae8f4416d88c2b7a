"""The command log: every request made to Azure and every command shown for copying, newest last. Paths only."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from planner.ports import Source

MOST: Final = 1000
"""Lines kept."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One request (`status` and `seconds` are known) or one command that was copied."""

    at: datetime | None
    text: str
    status: int | None = None
    seconds: float | None = None


class Requests:
    """A ring of entries. `clock` None = times are not known."""

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        self._clock = clock
        self._kept: deque[Entry] = deque(maxlen=MOST)

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._kept))

    def __len__(self) -> int:
        return len(self._kept)

    def listen(self, source: Source) -> None:
        """Keep what a source sends, where it tells."""
        if hasattr(source, "tell_requests"):
            source.tell_requests(self.request)

    def request(self, method: str, path: str, status: int, seconds: float) -> None:
        """A request was answered; status 0 = it was not. `path` is without its query, which may hold a signature."""
        self._keep(f"{method} {path.partition('?')[0]}", status, seconds)

    def command(self, text: str) -> None:
        """A command was copied."""
        self._keep(text, None, None)

    def _keep(self, text: str, status: int | None, seconds: float | None) -> None:
        from planner.inventory import clean  # a path may hold a name from outside

        self._kept.append(Entry(self._clock() if self._clock else None, clean(text), status, seconds))
