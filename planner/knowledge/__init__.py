"""The shipped knowledge: TOML files edited by people, read into a `Catalog`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pkgutil import get_data
from typing import TYPE_CHECKING, Final

from planner.catalog import Catalog, CatalogError
from planner.inventory import clean

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FILES", "load_catalog"]

FILES: Final = (
    "sources.toml",
    "releases.toml",
    "minors.toml",
    "windows.toml",
    "risks.toml",
    "disputes.toml",
    "policy.toml",
    "scope.toml",
    "sections.toml",
)
LARGEST: Final = 4_000_000
"""An overlay with more bytes than this is not read."""


def load_catalog(overlays: Sequence[Path] = ()) -> Catalog:
    """The shipped catalog with overlay files laid on in order. Raises CatalogError.

    An overlay is a TOML file of the same form: `[[release]]`, `[[risk]]`, … add entries or change keys of entries that
    exist; what it touches carries its file name.
    """
    if not overlays:
        return _shipped()
    from planner.knowledge.parse import parse

    return parse(_texts(), [(clean(path.name), _overlay_text(path)) for path in overlays])


@lru_cache(maxsize=1)
def _shipped() -> Catalog:
    from planner.knowledge.parse import parse

    return parse(_texts())


def _texts() -> dict[str, str]:
    # pkgutil and not importlib.resources: the same loaders, also from a zip, but ten times quicker to import.
    return {name: (get_data(__name__, name) or b"").decode("utf-8") for name in FILES}


def _overlay_text(path: Path) -> str:
    name = clean(str(path))
    try:
        if not path.exists():
            raise CatalogError(f"{name}: there is no such file")
        if not path.is_file() or path.stat().st_size > LARGEST:
            raise CatalogError(f"{name}: not a catalog overlay: not a file of at most {LARGEST:,} bytes")
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise CatalogError(f"{name}: is not UTF-8 text") from None
    except OSError as problem:
        raise CatalogError(f"{name}: cannot be read: {problem.strerror or problem}") from None
