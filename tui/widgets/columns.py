"""Which columns a table shows at a width, and how wide. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column: at least `least` cells, `wish` where there is room. `drop` > 0: left out first, highest number first."""

    id: str
    title: str
    least: int
    wish: int
    drop: int = 0


def fit(columns: Sequence[Column], width: int, gap: int = 1) -> list[tuple[int, int]]:
    """(place, width) of each column shown. Wishes are met from the left of what is spare; too narrow drops columns."""
    chosen = list(range(len(columns)))

    def needed(field: str) -> int:
        return sum(getattr(columns[place], field) for place in chosen) + gap * (len(chosen) - 1)

    while len(chosen) > 1 and needed("least") > width:
        worst = max(chosen, key=lambda place: (columns[place].drop, place))
        if columns[worst].drop == 0:
            break
        chosen.remove(worst)
    sizes = {place: columns[place].least for place in chosen}
    spare = width - needed("least")
    while spare > 0:
        hungry = [place for place in chosen if sizes[place] < columns[place].wish]
        if not hungry:
            break
        share = max(1, spare // len(hungry))
        for place in hungry:
            more = min(share, columns[place].wish - sizes[place], spare)
            sizes[place] += more
            spare -= more
    return [(place, sizes[place]) for place in chosen]
