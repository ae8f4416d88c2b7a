"""The rows of a plan of instances, as spans: what stands in front of each cluster."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.fleetplan import Part
from tests.documents.fleetplans import FLEET
from tui.fleet_plan_rows import part_sign
from tui.look import BLOCKER, OK, STRANDED, TODO, WARNING, Sign


@pytest.mark.parametrize(
    ("part", "support", "held_up", "sign"),
    [
        (Part.NOTHING_TO_DO, "supported", "", OK),
        (Part.NOTHING_TO_DO, "out of support", "", WARNING),
        (Part.NOTHING_TO_DO, "patch outdated", "", WARNING),
        (Part.PLANNED, "out of support", "", TODO),
        (Part.PLANNED, "supported", "It is offline.", BLOCKER),
        (Part.ISOLATED, "stranded", "", STRANDED),
    ],
)
def test_a_cluster_is_only_green_where_nothing_is_to_be_done_and_it_is_in_support(
    part: Part, support: str, held_up: str, sign: Sign
) -> None:
    assert part_sign(replace(FLEET.members[0], part=part, support=support, held_up=held_up)) is sign
