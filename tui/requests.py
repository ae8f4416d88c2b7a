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


def brief(text: str) -> str:
    """A request by its cluster and what was asked of it; anything else as it is."""
    method, _, path = text.partition(" /")
    if not path or not method.isupper():
        return text
    words = path.split("/")
    folded = [word.casefold() for word in words]
    last = len(folded) - folded[::-1].index("providers") if "providers" in folded else 0
    subject = next(
        (words[place + 1] for place, word in enumerate(folded[:-1]) if word in _SUBJECTS and place + 1 < last), ""
    )
    tail = "/".join(words[last + 1 :] if subject else words[last:])
    return f"{method} {subject}: {tail}" if subject else f"{method} {tail}"


_SUBJECTS: Final = ("connectedclusters", "customlocations")


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
