"""settings.toml: keys moved by their binding ids, a theme. Read tolerantly: what is not understood is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may set."""

    theme: str = "arcstep"
    keys: Mapping[str, str] = field(default_factory=dict)
    """From binding id to keys, such as "fleet.plan" = "p"."""
    allow_upgrades: bool = False
    """[walk] allow_upgrades = true: as --allow-upgrades does."""


def settings_path() -> Path:
    """Where the settings of this user are."""
    from platformdirs import user_config_path

    return user_config_path("arcstep") / "settings.toml"


def read_settings(path: Path) -> Settings:
    """The settings in a file; defaults where it is missing or not to be understood."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return Settings()
    import tomllib

    try:
        found = tomllib.loads(text)
    except ValueError:
        return Settings()
    theme, keys, walk = found.get("theme"), found.get("keys"), found.get("walk")
    return Settings(
        theme=theme if isinstance(theme, str) else Settings().theme,
        keys={
            name: value
            for name, value in (keys.items() if isinstance(keys, dict) else ())
            if isinstance(value, str) and value
        },
        allow_upgrades=isinstance(walk, dict) and walk.get("allow_upgrades") is True,
    )
