"""What really went out: a policy behind the guard tells of every request, for the command log. No query, no body (PR9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import AsyncHTTPPolicy
from azure.core.rest import AsyncHttpResponse, HttpRequest

from planner.azure.pacing import Pace

Told = Callable[[str, str, int, float], None]
"""Method, path without its query, status (0 = no answer came), seconds."""


class Listener(Protocol):
    """Who listens, if anybody: the wire."""

    pace: Pace
    on_request: Told | None


class Witness(AsyncHTTPPolicy[HttpRequest, AsyncHttpResponse]):
    """The last policy: it sees each request that leaves, repeated ones too. One for each pipeline."""

    def __init__(self, wire: Listener) -> None:
        super().__init__()
        self._wire = wire

    async def send(self, request: PipelineRequest[HttpRequest]) -> PipelineResponse[HttpRequest, AsyncHttpResponse]:
        """Pass it on, and tell."""
        wanted, clock, status = request.http_request, self._wire.pace.clock, 0
        began = clock()
        try:
            answer = await self.next.send(request)
            status = answer.http_response.status_code
            return answer
        finally:
            if self._wire.on_request is not None:
                self._wire.on_request(wanted.method, urlsplit(wanted.url).path, status, clock() - began)
