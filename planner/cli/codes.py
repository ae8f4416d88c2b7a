"""Exit codes: a stable contract. The highest number that applies wins, and unknown is never 0."""

from __future__ import annotations

from typing import Final

OK: Final = 0
USAGE: Final = 2
UNKNOWN: Final = 3
OUT_OF_REACH: Final = 4
UPGRADE_AVAILABLE: Final = 10
ENDS_SOON: Final = 20
OUT_OF_SUPPORT: Final = 30
NO_PATH: Final = 40
DRIFTED: Final = 50
INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141

MEANINGS: Final = (
    (OK, "fine"),
    (USAGE, "wrong arguments, or a file that cannot be used"),
    (UNKNOWN, "something could not be read or judged, or a walk is not finished"),
    (OUT_OF_REACH, "not signed in, or Azure cannot be reached"),
    (UPGRADE_AVAILABLE, "an upgrade is available"),
    (ENDS_SOON, "support ends within --within days, or in grace"),
    (OUT_OF_SUPPORT, "out of support"),
    (
        NO_PATH,
        "stranded or would be, no compliant path, a plan that is NO-GO, or a walk that needs attention or was aborted",
    ),
    (DRIFTED, "a saved plan has drifted"),
)
