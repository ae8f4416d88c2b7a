"""arcstep's own theme: dark, calm, with colour kept for what matters; and what each tone is made of.

Tones use the variables every Textual theme has, so that any theme can be chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from rich.style import Style
from textual.color import Color
from textual.theme import Theme

ARCSTEP: Final = Theme(
    name="arcstep",
    primary="#7cc4f2",
    secondary="#8fb8c9",
    accent="#d58cf0",
    warning="#e6b450",
    error="#f2686f",
    success="#7ec98f",
    foreground="#d4dbe3",
    background="#10151b",
    surface="#161d26",
    panel="#1b2531",
    dark=True,
    variables={
        "foreground-muted": "#8492a3",
        "block-cursor-background": "#2a4158",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#1d2935",
        "block-cursor-blurred-foreground": "#d4dbe3",
        "error-muted": "#7d2a31",
        "text-error": "#ffffff",
        "scrollbar": "#3a4756",
        "scrollbar-hover": "#8492a3",
        "scrollbar-active": "#7cc4f2",
        "scrollbar-background": "#10151b",
        "scrollbar-background-hover": "#10151b",
        "scrollbar-background-active": "#10151b",
    },
)


class Recipe(NamedTuple):
    """Theme variables of a tone; `ansi` is the style in a terminal's own 16 colours instead."""

    color: str = ""
    background: str = ""
    bold: bool = False
    ansi: Style = Style()


TONES: Final[Mapping[str, Recipe]] = {
    "good": Recipe("success", ansi=Style(color="green")),
    "warning": Recipe("warning", ansi=Style(color="yellow")),
    "bad": Recipe("error", ansi=Style(color="red")),
    "stranded": Recipe("accent", ansi=Style(color="magenta")),
    "unknown": Recipe("secondary", ansi=Style(color="cyan")),
    "muted": Recipe("foreground-muted", ansi=Style(dim=True)),
    "strong": Recipe(bold=True, ansi=Style(bold=True)),
    "accent": Recipe("primary", ansi=Style(color="blue")),
    "heading": Recipe("primary", bold=True, ansi=Style(color="blue", bold=True)),
    "alert": Recipe("text-error", "error-muted", bold=True, ansi=Style(bold=True, reverse=True)),
    "cursor": Recipe(
        "block-cursor-foreground", "block-cursor-background", bold=True, ansi=Style(bold=True, reverse=True)
    ),
    "blurred": Recipe("block-cursor-blurred-foreground", "block-cursor-blurred-background", ansi=Style(underline=True)),
}


def tone_style(name: str, variables: Mapping[str, str], under: Color, *, ansi: bool) -> Style:
    """The style of a tone over a background."""
    recipe = TONES[name]
    if ansi:
        return recipe.ansi
    behind = Color.parse(variables[recipe.background]) if recipe.background else None
    ground = under.blend(behind, behind.a, 1) if behind else under
    front = Color.parse(variables[recipe.color]) if recipe.color else None
    return Style(
        color=ground.blend(front, front.a, 1).rich_color if front else None,
        bgcolor=ground.rich_color if behind else None,
        bold=recipe.bold or None,
    )
