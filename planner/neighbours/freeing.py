"""Ways out for a neighbour that keeps its instance from a release update: what would let it move, or make it no matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.findings import Owner
from planner.moves import Refusal
from planner.neighbours.groups import Refused
from planner.plan import WayOut


def free_neighbours(refused: Sequence[Refused], instance: str) -> list[WayOut]:
    """Every way out for the neighbours that updates were refused for, those of one cluster together."""
    named = {one.name: one for one in reversed(refused)}
    return [way for one in reversed(named.values()) for way in _ways(one, instance)]


def _ways(refused: Refused, instance: str) -> Iterator[WayOut]:
    name, held = refused.name, refused.hindrance
    match held.refusal if held is not None else None:
        case Refusal.CEILING | Refusal.NO_IMAGE:
            sku = held.sku if held is not None else ""
            yield WayOut(
                f"Replace the {sku} node pools of {name} first",
                "Add a pool with a newer Windows SKU (or Linux), move the workloads, delete the old pool, and plan again.",
                Owner.CLUSTER_OPERATOR,
                "workloads have to run on the newer Windows",
                (),
                "WIN",
            )
        case Refusal.NO_LIST | Refusal.CANNOT_JUDGE:
            key = refused.origin if held is not None and held.refusal is Refusal.NO_LIST else refused.target
            yield WayOut(
                "Give arcstep the list",
                f"Write what {key} offers, with where you read it, into an overlay and pass it with --catalog.",
                Owner.CLUSTER_OPERATOR,
                "as good as its source",
                (),
                "",
            )
        case Refusal.NOT_OFFERED:
            yield WayOut(
                f"Find out why Azure does not offer {name} the hop",
                f"See what az aksarc get-upgrades says of {name}. A state that is not Succeeded, a cluster out of contact, "
                "or a node image that is not ready keeps upgrades from being offered; mend that, and plan again.",
                Owner.CLUSTER_OPERATOR,
                "none: it only reads",
                ("P18",),
                "SDK",
            )
        case _:
            pass
    joint = f" arcstep plan --instance {instance} --to {refused.target} plans all clusters jointly." if instance else ""
    yield WayOut(
        f"Settle {name} first",
        f"Plan it on its own (arcstep plan {name} --to supported), or rebuild or retire it; the instance can be updated "
        f"after that.{joint}",
        Owner.CLUSTER_OPERATOR,
        "see that cluster's own plan",
        ("P18",),
        "SKV",
    )
