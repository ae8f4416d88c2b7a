"""How an answer goes out: whole, or broken off, late or never, on a real socket."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from aiohttp import web

    from planner.emulator.messages import Answer

__all__ = ["deliver"]

_DRIP: Final = 0.1
"""Seconds between two bytes of a slow answer."""


async def deliver(request: web.BaseRequest, answer: Answer, closing: asyncio.Event) -> web.StreamResponse:
    """Send an answer as its fault wants; `closing` ends what would go on for ever."""
    from aiohttp import web

    kind = {"Content-Type": f"{answer.content_type}; charset=utf-8"}
    headers = {**answer.headers, **kind}
    match answer.broken:
        case "hang" | "reset" | "lost":
            if answer.broken == "hang":
                await closing.wait()
            if request.transport is not None:
                request.transport.abort()
        case "cut" | "drip":
            response = web.StreamResponse(status=answer.status, headers=headers)
            response.content_length = len(answer.body)
            with suppress(ConnectionError):
                await _in_pieces(request, response, answer, closing)
            return response
        case _:
            pass
    return web.Response(status=answer.status, body=answer.body, headers=headers)


async def _in_pieces(
    request: web.BaseRequest, response: web.StreamResponse, answer: Answer, closing: asyncio.Event
) -> None:
    await response.prepare(request)
    if answer.broken == "drip":
        for place in range(len(answer.body)):
            if closing.is_set():
                break
            await response.write(answer.body[place : place + 1])
            with suppress(TimeoutError):
                await asyncio.wait_for(closing.wait(), _DRIP)
        return
    await response.write(answer.body[: len(answer.body) // 2])
    if request.transport is not None:
        request.transport.close()
