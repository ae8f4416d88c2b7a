"""Rules about node images: whether those of the next versions are there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple, cast

from planner.findings import Finding
from planner.inventory import Known, OfferedVersion, Readiness
from planner.policy.case import (
    INSTANCE_OWNER,
    UNKNOWN,
    WARNING,
    Case,
    CaseRule,
    breaks_a_rule,
    listed,
    offer_fact,
)


class Images(NamedTuple):
    """Images a next hop needs and that are not known to be ready, such as "Linux for 1.32.8, 1.32.9"."""

    absent: tuple[str, ...]
    unsaid: tuple[str, ...]


def image_not_ready(case: Case) -> Iterator[Finding]:
    """K8S-OFFER-03: the node image of a next version is not ready; Windows rows count only with Windows pools."""
    images = _images(case)
    if images.absent:
        title = f"Node images not ready: {'; '.join(images.absent)}."
        yield _finding(case, title, known=True)
    if images.unsaid:
        title = f"Whether these node images are ready is not said: {'; '.join(images.unsaid)}."
        yield _finding(case, title, known=False)


def _finding(case: Case, title: str, *, known: bool) -> Finding:
    return Finding(
        code="K8S-OFFER-03",
        severity=WARNING if known else UNKNOWN,
        subject=case.subject,
        title=title,
        why="An upgrade to a version without its node image is refused or stops half way.",
        cure="Wait for the download (4 to 5 GB each), check the storage path; switch on Windows node pools if in use.",
        owner=INSTANCE_OWNER,
        evidence=(offer_fact(case.place.offer),),
        sources=("IMG", "WIN"),
    )


def _images(case: Case) -> Images:
    """Worked out once for all clusters of a place with the same version and Windows images."""
    pools = case.cluster.pools.value if isinstance(case.cluster.pools, Known) else ()
    skus = frozenset(pool.os_sku or "Windows" for pool in pools if pool.is_windows)
    key = ("images", id(case.outlook), skus)
    kept = case.judge.memo.get(key)
    if kept is None:
        kept = case.judge.memo[key] = _look(case, skus)
    return cast("Images", kept)


def _look(case: Case, skus: frozenset[str]) -> Images:
    live = case.place.live
    rows = live.value if live is not None else ()  # list_old_or_unread says that there are none
    absent: dict[tuple[str, str], list[str]] = {}
    unsaid: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row.is_preview or (case.version is not None and breaks_a_rule(case.version, row.version)):
            continue
        for name, images in _needed(row, skus):
            states = {image.ready for image in images}
            if True in states:
                continue
            message = next((image.message for image in images if image.message), None)
            found = absent if False in states else unsaid
            found.setdefault((name, f" ({message})" if message else ""), []).append(str(row.version))
    return Images(_grouped(absent), _grouped(unsaid))


def _needed(row: OfferedVersion, skus: frozenset[str]) -> Iterator[tuple[str, list[Readiness]]]:
    """The image rows a hop needs: any Linux one, and that of each Windows SKU in use."""
    yield "Linux", [image for image in row.readiness if (image.os_type or "").casefold() == "linux"]
    for sku in sorted(skus):
        yield sku, [image for image in row.readiness if (image.os_sku or "").casefold() == sku.casefold()]


def _grouped(found: dict[tuple[str, str], list[str]]) -> tuple[str, ...]:
    return tuple(f"{name} for {listed(versions)}{message}" for (name, message), versions in found.items())


IMAGE_RULES: Final[tuple[CaseRule, ...]] = (image_not_ready,)
