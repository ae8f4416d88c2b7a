"""Work that takes long, on a thread that neither the loop nor the end of the program waits for."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

T = TypeVar("T")


async def on_own_thread(work: Callable[[], T], name: str) -> T:
    """What `work` gives, or raises. Cancelling the caller leaves the thread to end by itself; so does leaving arcstep."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(fill: Callable[[], None]) -> None:
        if not future.done():
            fill()

    def run() -> None:
        try:
            fill = partial(future.set_result, work())
        except Exception as error:
            fill = partial(future.set_exception, error)
        with contextlib.suppress(RuntimeError):  # the loop is gone: nobody waits any more
            loop.call_soon_threadsafe(settle, fill)

    threading.Thread(target=run, name=f"arcstep-{name}", daemon=True).start()
    return await future
