"""JSON in lines that people can read and compare."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final, cast

_WIDTH: Final = 400
"""Characters of a line, before one member a line is opened up."""


def laid_out(value: object, before: str = "", after: str = "") -> list[str]:
    """JSON in as few lines as stay readable: what fits in `_WIDTH` stands on one line, the rest is opened up."""
    line = before + json.dumps(value, ensure_ascii=False) + after
    if len(line) <= _WIDTH or not isinstance(value, dict | list | tuple) or not value:
        return [line]
    if isinstance(value, dict):
        members = [(f" {json.dumps(key)}: ", member) for key, member in cast("dict[str, object]", value).items()]
        opening, closing = "{", "}"
    else:
        members = [(" ", member) for member in cast("Sequence[object]", value)]
        opening, closing = "[", "]"
    last = len(members) - 1
    lines = [before + opening]
    for place, (lead, member) in enumerate(members):
        lines += laid_out(member, lead, "," if place < last else "")
    return [*lines, closing + after]
