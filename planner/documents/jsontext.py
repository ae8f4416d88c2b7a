"""The text of everything `--json` prints."""

from __future__ import annotations

import msgspec
from msgspec import Struct


def encode(document: Struct) -> str:
    """The JSON text, indented by two, with a line end."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode("utf-8") + "\n"
