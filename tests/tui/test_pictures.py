"""The pictures in `screenshots` are what the screens draw; compared on one pinned Python and Textual."""

from __future__ import annotations

import asyncio
import sys
from importlib.metadata import version

import pytest

from screenshots.make import SHOTS, SIZES, Kept, Shot, draw, picture

PINNED = ((3, 11), "8.2.8")
HERE = (sys.version_info[:2], version("textual"))
same_machine = pytest.mark.skipif(HERE != PINNED, reason=f"pictures are drawn with {PINNED}, this is {HERE}")


@pytest.fixture(scope="module")
def source() -> Kept:
    return asyncio.run(Kept.read())


@same_machine
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
async def test_picture(source: Kept, shot: Shot, size: tuple[int, int]) -> None:
    drawn = await draw(source, shot, size)
    assert drawn == picture(shot, size).read_text("utf-8"), "make screenshots draws it anew"


def test_no_picture_is_left_over() -> None:
    wanted = {picture(shot, size) for shot in SHOTS for size in SIZES}
    assert set(picture(SHOTS[0], SIZES[0]).parent.glob("*.svg")) == wanted
