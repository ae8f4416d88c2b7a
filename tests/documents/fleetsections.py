"""The document of the plan of instances that the tests read, and its sections."""

from __future__ import annotations

import re

from planner.documents.markdown import render
from tests.documents.fleetplans import FLEET

TEXT = render(FLEET)


def section(title: str, text: str = TEXT) -> str:
    """What stands under a heading, up to the next one of its level."""
    level = title.partition(" ")[0]
    after = text.partition(f"\n{title}\n")[2]
    assert after, title
    return re.split(rf"^#{{2,{len(level)}}} ", after, maxsplit=1, flags=re.MULTILINE)[0]


def headings(text: str) -> list[str]:
    return re.findall(r"^## (.*)$", text, flags=re.MULTILINE)
