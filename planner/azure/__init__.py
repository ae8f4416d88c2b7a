"""The live reader of Azure: the only part of arcstep that knows the SDK. It reads and never writes."""

from __future__ import annotations
