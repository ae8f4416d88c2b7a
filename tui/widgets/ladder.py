"""The path as a ladder: one rail for Kubernetes, one for Azure Local, a rung for each move, the goal on top."""

from __future__ import annotations

from collections.abc import Sequence

from planner.plan import Move
from tui.look import RUNG, TODO, Look, Span
from tui.prose import Item, Page, line, para

VERSION, RELEASE = 9, 8


def ladder(
    path: Sequence[Move], look: Look, *, goal: str = "", notes: bool = True, most: int = 0, here: str = ""
) -> Page:
    """Rungs from the goal down to today. A rail shows a name only where its layer moves.

    `most` > 0 limits the lines: the goal and the next moves stay, the middle is counted. `here` = the step to point at.
    """
    if not path:
        return (para(("No path to draw.", "muted")),)
    rail = look.text("│")
    rows: list[Item] = [_titles()]
    moves = path[1:]
    for place in range(len(moves), 0, -1):
        move = moves[place - 1]
        rows.append(_rung(move, rail, look, top=place == len(moves), goal=goal, notes=notes, here=here))
    rows.append(_today(path[0], look, notes=notes))
    left_out = len(rows) - most + 1 if most else 0
    if left_out > 1 and most >= 5:
        note = line((f"{'':4} {'':{VERSION}} {look.text('·')}   {look.text('·')} {left_out} more moves", "muted"))
        rows[2 : 2 + left_out] = [note]
    return tuple(rows)


def _titles() -> Item:
    return line((f"{'':4} {'KUBERNETES':>{VERSION + 2}}   AZURE LOCAL", "muted"))


def _rung(move: Move, rail: str, look: Look, *, top: bool, goal: str, notes: bool, here: str) -> Item:
    dot = look.sign(RUNG)
    hop = move.kind == "hop"
    version = move.version if hop or top else ""
    release = move.release if not hop or top else ""
    note = (goal or "goal") if top else "hop" if hop else "update"
    spans: list[Span] = [
        (f"{move.step:<4} ", "cursor" if here and move.step == here else "accent"),
        (f"{version:>{VERSION}} ", "strong" if hop else "muted"),
        (dot if hop else rail, RUNG.tone if hop else "muted"),
        ("   ", ""),
        (rail if hop else dot, "muted" if hop else RUNG.tone),
        (f" {release:<{RELEASE}}", "muted" if hop else "strong"),
    ]
    if notes:
        spans.append((note, "good" if top else "muted"))
    return line(*spans)


def _today(start: Move, look: Look, *, notes: bool) -> Item:
    dot = look.sign(TODO)
    spans: list[Span] = [
        (f"{'now':<4} ", "muted"),
        (f"{start.version:>{VERSION}} {dot}   {dot} {start.release:<{RELEASE}}", "strong"),
    ]
    if notes:
        spans.append(("today", "muted"))
    return line(*spans)
