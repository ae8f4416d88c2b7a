"""Everything arcstep knows and does without a screen."""

from __future__ import annotations

__version__ = "0.1.0"
