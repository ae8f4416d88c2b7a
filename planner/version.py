"""Versions of Kubernetes and of Azure Local: parse, order, distance.

Values only. A text that is not exactly of the known shape is refused with `InvalidVersion`; nothing is padded or
guessed.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from packaging.version import Version

__all__ = ["Build", "InvalidVersion", "KubernetesVersion", "Minor", "OsLine", "Release"]


class InvalidVersion(ValueError):
    """The text is not a version of the kind asked for; the message quotes it."""


_FULL: Final = re.compile(r"v?\d{1,4}\.\d{1,4}\.\d{1,4}")
_MINOR: Final = re.compile(r"v?\d{1,4}\.\d{1,4}")
_RELEASE: Final = re.compile(r"(\d\d)(0[1-9]|1[0-2])(?:\.(\d{1,2}))?")
_BUILD: Final = re.compile(r"(\d{2})\.(\d{4})\.(\d{1,5})\.(\d{1,6})")


class Minor(NamedTuple):
    """A Kubernetes minor such as 1.31. Subtraction gives minors apart."""

    major: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Minor:
        """Read "1.31". Raises InvalidVersion."""
        if not isinstance(text, str) or not _MINOR.fullmatch(text) or not text.isascii():
            raise InvalidVersion(f"{text!r} is not a Kubernetes minor such as 1.31")
        major, number = Version(text).release
        return cls(major, number)

    def __str__(self) -> str:
        return f"{self.major}.{self.number}"

    def __sub__(self, other: Minor) -> int:
        """Minors apart; positive when self is newer. A change of major counts as 1,000 minors."""
        return (self.major - other.major) * 1000 + self.number - other.number

    @property
    def next(self) -> Minor:
        """The only minor a supported cluster may hop to (P11)."""
        return Minor(self.major, self.number + 1)

    @property
    def previous(self) -> Minor:
        """The minor below, which can still hop into this one."""
        return Minor(self.major, self.number - 1)


class KubernetesVersion(NamedTuple):
    """A full Kubernetes version such as 1.31.10, ordered by number and never as text."""

    minor: Minor
    patch: int

    @classmethod
    def parse(cls, text: str) -> KubernetesVersion:
        """Read "1.31.10" or "v1.31.10". Raises InvalidVersion on anything else, numbers included."""
        if not isinstance(text, str):
            raise InvalidVersion(f"{text!r} is not a Kubernetes version such as 1.31.10")
        return _parse_kubernetes(text)

    def __str__(self) -> str:
        major, number = self.minor
        return f"{major}.{number}.{self.patch}"


@lru_cache(maxsize=4096)
def _parse_kubernetes(text: str) -> KubernetesVersion:
    if not _FULL.fullmatch(text) or not text.isascii():
        raise InvalidVersion(f"{text!r} is not a Kubernetes version such as 1.31.10")
    major, minor, patch = Version(text).release
    return KubernetesVersion(Minor(major, minor), patch)


class OsLine(StrEnum):
    """The host operating system line an Azure Local build belongs to."""

    H23 = "23H2"
    H24 = "24H2"


class Release(NamedTuple):
    """An Azure Local release label: 2411 is (24, 11, 0), 2411.2 is (24, 11, 2)."""

    year: int
    month: int
    point: int = 0

    @classmethod
    def parse(cls, text: str) -> Release:
        """Read "2411" or "2411.2". Raises InvalidVersion."""
        found = _RELEASE.fullmatch(text) if isinstance(text, str) and text.isascii() else None
        if not found:
            raise InvalidVersion(f"{text!r} is not an Azure Local release such as 2510")
        return cls(int(found[1]), int(found[2]), int(found[3] or 0))

    def __str__(self) -> str:
        point = f".{self.point}" if self.point else ""
        return f"{self.year:02}{self.month:02}{point}"

    @property
    def label(self) -> int:
        """Months since 2000-01, so that labels can be counted apart."""
        return self.year * 12 + self.month - 1


class Build(NamedTuple):
    """A full Azure Local build such as 12.2510.1002.531, as an update summary reports it."""

    prefix: int
    release: Release
    train: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Build:
        """Read "12.2510.1002.531"; builds 10.2408.2.7 carry the point release in the third field.

        Raises InvalidVersion, also for a prefix other than 10, 11 or 12.
        """
        found = _BUILD.fullmatch(text) if isinstance(text, str) and text.isascii() else None
        if not found or int(found[1]) not in (10, 11, 12):
            raise InvalidVersion(f"{text!r} is not an Azure Local build such as 12.2510.1002.531")
        label = Release.parse(found[2])
        third = int(found[3])
        point = third if int(found[1]) == 10 and third < 100 else 0
        return cls(int(found[1]), Release(label.year, label.month, point), third, int(found[4]))

    @property
    def line(self) -> OsLine:
        """10 and 11 are OS 25398 (23H2), 12 is OS 26100 (24H2)."""
        return OsLine.H24 if self.prefix == 12 else OsLine.H23

    def __str__(self) -> str:
        label = f"{self.release.year:02}{self.release.month:02}"
        return f"{self.prefix}.{label}.{self.train}.{self.number}"
