"""Why a cluster is in the support state it is in, in one sentence with date and rule."""

from __future__ import annotations

from planner.clocks import ClockState, offer_words, reason_in
from planner.inventory import Cluster, Unknown
from planner.states import Outlook, Place, SupportState
from planner.version import KubernetesVersion


def kubernetes_because(cluster: Cluster, place: Place, outlook: Outlook) -> str:
    """One sentence on the Kubernetes part; for ended support it says what still works (P4, P6, P7)."""
    if isinstance(cluster.version, Unknown):
        return f"The Kubernetes version could not be read: {reason_in(cluster.version)}."
    version, offer, clock = cluster.version.value, place.offer, outlook.clock
    release = f"Azure Local {place.entry.release}" if place.entry is not None else "the instance"
    match outlook.state:
        case SupportState.STRANDED:
            gap = f"offers {offer.lowest} and later" if offer is not None else "lies past the last list that reaches it"
            return f"{release} {gap}; as only the next minor may follow (P11), no legal hop from {version} is left."
        case SupportState.OUT_OF_SUPPORT:
            ended = f"Kubernetes {version.minor} left support on {clock.ends} ({clock.rule})"
            return f"{ended}; {still_works(place, version)}."
        case SupportState.GRACE:
            return (
                f"Kubernetes {version.minor} was removed from the list; support ends after {clock.ends} ({clock.rule})."
            )
        case SupportState.PREVIEW:
            return f"{version} is a preview: best effort, not for production (P9)."
        case SupportState.PATCH_OUTDATED:
            return f"{release} lists Kubernetes {version.minor} but not the patch {version} (P8, disputed: C2)."
        case SupportState.SUPPORTED:
            until = f", support ends after {clock.ends}" if clock.ends is not None else ""
            return f"{version} is on the list of {release} ({offer_words(offer)}){until} (P1, P10)."
        case SupportState.UNKNOWN:
            return (
                clock.reading
                if clock.state is ClockState.UNKNOWN
                else f"The version list of {release} is not known (P10)."
            )


def still_works(place: Place, version: KubernetesVersion) -> str:
    """What a cluster out of support can still do, as part of a sentence (P4, P6, P7)."""
    help_means = "Microsoft's help means “upgrade first”"
    if place.offer is not None and version in place.offer.versions:
        return f"it runs on, pools can be scaled and it can still be installed here, but {help_means}"
    return f"it runs on and existing pools can be scaled, but no new pools or clusters on it, and {help_means}"
