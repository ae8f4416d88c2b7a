"""arcstep's own theme: dark, calm, with colour kept for what matters."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

ARCSTEP: Final = Theme(
    name="arcstep",
    primary="#5aa9e6",
    secondary="#7fb4ca",
    accent="#7cc4f2",
    warning="#e6b450",
    error="#f2686f",
    success="#7ec98f",
    foreground="#d4dbe3",
    background="#10151b",
    surface="#10151b",
    panel="#171e27",
    dark=True,
    variables={
        "arc-muted": "#8492a3",
        "arc-stranded": "#d58cf0",
        "arc-head": "#1b2531",
        "arc-cursor": "#2a4158",
        "arc-cursor-text": "#ffffff",
        "arc-blurred": "#1d2935",
        "arc-alert": "#7d2a31",
        "arc-alert-text": "#ffffff",
    },
)
