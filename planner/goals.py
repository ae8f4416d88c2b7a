"""Goals: what an operator asks for, and the sentences for what cannot be asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from planner.catalog import Catalog
from planner.version import InvalidVersion, KubernetesVersion, Minor


class GoalError(ValueError):
    """The goal cannot be planned for; the message is a sentence with the nearest names or the rule."""


class GoalKind(StrEnum):
    """What a goal fixes."""

    LATEST = "latest"
    SUPPORTED = "supported"
    OS_PATCH = "os-patch"
    MINOR = "minor"
    PATCH = "patch"
    RELEASE = "release"
    """An Azure Local release: the hops without which an update to it would strand a cluster, and no more."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a path should lead. `minor` is set for MINOR and PATCH, `version` for PATCH, `release` for RELEASE."""

    kind: GoalKind
    minor: Minor | None = None
    version: KubernetesVersion | None = None
    release: str = ""
    """As the catalog names it: a label such as 2510, or a key such as 12.2510, which says the OS line too."""

    def __str__(self) -> str:
        return str(self.version or self.minor or self.release or self.kind)


LATEST = Goal(GoalKind.LATEST)
SUPPORTED = Goal(GoalKind.SUPPORTED)
OS_PATCH = Goal(GoalKind.OS_PATCH)
_RELEASE_GOAL = re.compile(r"(?:1[0-2]\.)?\d{4}(?:\.\d{1,2})?")
_WORDS = {str(goal): goal for goal in (LATEST, SUPPORTED, OS_PATCH)}


def goal_of_minor(minor: Minor) -> Goal:
    """The goal "newest patch of this minor that can be reached"."""
    return Goal(GoalKind.MINOR, minor)


def goal_of_version(version: KubernetesVersion) -> Goal:
    """The goal "exactly this patch"."""
    return Goal(GoalKind.PATCH, version.minor, version)


def goal_of_release(release: str) -> Goal:
    """The goal "this Azure Local release, with nobody stranded by it"."""
    return Goal(GoalKind.RELEASE, release=release)


def parse_goal(text: str, catalog: Catalog) -> Goal:
    """Read latest, supported, os-patch, a minor (1.32), a version (1.32.9) or an Azure Local release (2510, 12.2510).

    Raises GoalError with the nearest names the catalog knows.
    """
    word = text.strip().casefold()
    if word in _WORDS:
        return _WORDS[word]
    if any(word in (entry.key, str(entry.release)) for entry in catalog.releases):
        return goal_of_release(word)
    try:
        return goal_of_minor(Minor.parse(word))
    except InvalidVersion:
        pass
    try:
        return goal_of_version(KubernetesVersion.parse(word))
    except InvalidVersion:
        from difflib import get_close_matches  # only a goal nobody knows needs it

        known = [*_WORDS, *(str(entry.minor) for entry in catalog.minors), *map(str, listed_versions(catalog))]
        known += dict.fromkeys(str(entry.release) for entry in catalog.releases)
        near = get_close_matches(word, known, n=3, cutoff=0.3) or list(_WORDS)
        raise GoalError(f"{text!r} is not a goal. Nearest: {', '.join(near)}.") from None


def in_words(goal: str) -> str:
    """A goal as a sentence names it: a release is called one, for 2510 alone says little."""
    return f"release {goal}" if _RELEASE_GOAL.fullmatch(goal) else goal


def listed_versions(catalog: Catalog) -> tuple[KubernetesVersion, ...]:
    """Every version any known list of the catalog offers, ascending."""
    return tuple(sorted({version for entry in catalog.releases for version in entry.offers or ()}))


def check_goal(goal: Goal, current: KubernetesVersion, live: tuple[KubernetesVersion, ...], catalog: Catalog) -> None:
    """Refuse what can never be a goal from here.

    Raises GoalError: a goal below the current version (P15: downgrades are not possible), or a version or minor that
    neither the live list nor any known list offers, with the nearest ones.
    """
    wanted = goal.version or goal.minor
    if (goal.version is not None and goal.version < current) or (goal.minor is not None and goal.minor < current.minor):
        raise GoalError(f"{wanted} is below {current}, and downgrades are not possible (P15).")
    if wanted is None or current in (goal.version,) or (goal.minor == current.minor and goal.version is None):
        return
    versions = sorted({*listed_versions(catalog), *live})
    if goal.version is not None and goal.version not in versions:
        near = sorted(versions, key=lambda version: _distance(version, goal.version))[:3]
        names = ", ".join(map(str, sorted(near)))
        raise GoalError(
            f"{goal.version} is on no list arcstep knows, and Azure does not offer it here. Nearest: {names}."
        )
    minors = sorted({version.minor for version in versions})
    if goal.version is None and goal.minor not in minors:
        near_minors = ", ".join(map(str, minors[-3:]))
        raise GoalError(
            f"{goal.minor} is on no list arcstep knows, and Azure does not offer it here. Nearest: {near_minors}."
        )


def _distance(version: KubernetesVersion, wanted: KubernetesVersion | None) -> tuple[int, int]:
    assert wanted is not None
    return abs(version.minor - wanted.minor), abs(version.patch - wanted.patch)
