"""Which clusters of a plan are on which of its instances: two instances may have one name."""

from __future__ import annotations

from planner.fleetplan import FleetPlan, Member


def members_by_instance(plan: FleetPlan) -> dict[str, tuple[Member, ...]]:
    """The clusters of a plan, in its own order, by the id of their instance.

    Documents of earlier versions tell no ids: there whose steps a cluster has decides, else the name.
    """
    held = {id: one.id for one in plan.instances for stage in one.stages for batch in stage.batches for id in batch}
    named = {one.name: one.id for one in reversed(plan.instances)}
    found: dict[str, list[Member]] = {one.id: [] for one in plan.instances}
    for member in plan.members:
        guess = next((held[id] for id in member.steps if id in held), named.get(member.instance))
        home = member.instance_id if member.instance_id and member.instance_id in found else guess
        if home is not None:
            found[home].append(member)
    return {id: tuple(members) for id, members in found.items()}
