"""The stable names a policy rule can have become: finding codes, clocks, moves, checks, views."""

from __future__ import annotations

from typing import Final

FINDING_CODES: Final = (
    "K8S-SUP-01",  # minor out of support
    "K8S-SUP-02",  # grace
    "K8S-SUP-03",  # patch outdated
    "K8S-SUP-04",  # preview
    "K8S-SUP-05",  # support cannot be judged
    "K8S-SUP-06",  # support ends soon
    "K8S-STRAND-01",  # stranded
    "K8S-STRAND-02",  # a later release would strand it
    "K8S-SKEW-01",  # pools run different versions
    "K8S-SKEW-02",  # wanted and observed version differ
    "K8S-STATE-01",  # state is not Succeeded
    "K8S-STATE-02",  # timed out but continuing
    "K8S-STATE-03",  # Upgrading flag is stuck
    "K8S-STATE-04",  # add-on not ready
    "K8S-OFFER-01",  # live edge refused
    "K8S-OFFER-02",  # live list and catalog disagree
    "K8S-OFFER-03",  # image not ready
    "K8S-OFFER-04",  # version list old or unread
    "K8S-WIN-01",  # Windows ceiling
    "K8S-WIN-02",  # Windows image no longer shipped
    "K8S-OS-01",  # node OS patch is due and manual
    "K8S-CP-01",  # single control plane node: downtime
    "K8S-READ-01",  # not readable
    "AZL-SUP-01",  # release out of support
    "AZL-SUP-02",  # release support ends soon
    "AZL-SUP-03",  # release unknown to the catalog
    "AZL-STATE-01",  # update in progress or failed
    "AZL-ARB-01",  # Arc Resource Bridge clock or offline
    "ARC-CONN-01",  # no contact, certificates at risk
    "ARC-CONN-02",  # may be stopped
    "ARC-AGENT-01",  # upstream skew, for information
    "SUB-STATE-01",  # subscription suspended
    "CAT-AGE-01",  # catalog is old
)
"""Every finding code there is. Stable: a code is never reused or given another meaning."""

CLOCKS: Final = (
    "Kubernetes minor",
    "Azure Local release",
    "Last contact",
    "Stopped",
    "Subscription",
    "Arc Resource Bridge",
)
"""Names of the clocks, the values of `planner.support.ClockKind`."""

MOVES: Final = ("hop", "release update", "recovery hop", "image refresh", "rebuild")
"""What a policy rule can allow or forbid."""

CHECKS: Final = ("pre-flight check", "step check")
"""Where a policy rule becomes a line with a tick box."""

VIEWS: Final = ("Support scope", "Why")
"""Views that carry a policy rule as text."""

CARRIERS: Final = frozenset((*FINDING_CODES, *CLOCKS, *MOVES, *CHECKS, *VIEWS))
"""Everything a policy rule can have become."""
