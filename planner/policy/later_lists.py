"""Rule about published lists of later releases that live lists have shown to be out of date."""

from __future__ import annotations

from collections.abc import Iterator

from planner.findings import Evidence, Finding
from planner.moves import Platform
from planner.policy.case import INSTANCE_OWNER, WARNING, Site, listed
from planner.proven import disproof
from planner.sisters import proofs_for
from planner.standpoint import platform_of


def later_lists_out_of_date(site: Site) -> Iterator[Finding]:
    """K8S-OFFER-02: live lists, of this instance or of others, show that published lists of later releases begin too low."""
    instance, catalog = site.place.instance, site.judge.catalog
    here = platform_of(instance, site.judge) if instance is not None else None
    if not isinstance(here, Platform):
        return
    proofs = proofs_for(site.place, here, site.judge)
    wrong = [
        entry
        for entry in catalog.releases
        if entry.key != here.key and disproof(catalog, proofs, entry.key) is not None
    ]
    proof = disproof(catalog, proofs, wrong[0].key) if wrong else None
    if proof is None:
        return
    who = f"{proof.by} on {proof.key}" if proof.by else f"{proof.key} here"
    yield Finding(
        code="K8S-OFFER-02",
        severity=WARNING,
        subject=site.subject,
        title=f"What {listed(entry.key for entry in wrong)} offer is not known: published from {wrong[0].lowest} on, but "
        f"the live list of {who} begins at {proof.lowest}.",
        why="A minor that is gone does not come back, so these lists are out of date (P3, P18). How much higher the real ones "
        "begin nobody knows.",
        cure="Bring the catalog up to date with an overlay before an update to these releases is planned.",
        owner=INSTANCE_OWNER,
        rules=("P3", "P5", "P18"),
        evidence=(Evidence(f"catalog, {wrong[0].key}", listed(wrong[0].offers or ()), wrong[0].offers_source),),
        sources=("SKV",),
    )
