"""Whether an instance is on a build an update begins on: a release of the right label is not always enough."""

from __future__ import annotations

from planner.catalog import Catalog
from planner.inventory import Instance, value_of
from planner.moves import Platform, updates
from planner.version import Build


def build_short(instance: Instance, on: Platform, after: Platform, catalog: Catalog) -> str:
    """That another build has to be taken before the update from today's release `on`, and which; "" where that is not known.

    A build newer than all the update is known to begin on is not judged: a person looks at it.
    """
    build = value_of(instance.build)
    entry = catalog.by_key.get(on.key)
    if build is None or entry is None or catalog.entry_of(build) is not entry:
        return ""
    begins = next((update.from_builds for update in updates(catalog, on) if update.target == after), ())
    if not begins or str(build) in begins or build > max(map(Build.parse, begins)):
        return ""
    which = " or ".join(begins)
    return (
        f"{instance.name} is on build {build}, and the update to {after.key} begins on {which}: take that build first."
    )
