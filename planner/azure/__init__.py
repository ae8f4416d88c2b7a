"""Live Azure, and the only part of arcstep that knows the SDK. It reads; `upgrader` alone writes, where that was allowed."""

from __future__ import annotations
